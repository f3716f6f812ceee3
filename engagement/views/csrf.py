"""A form that came without its proof: nothing is done, and nothing that was typed is lost."""

from django.shortcuts import render

from engagement.views import activities, feedback, interest, receipt

TOO_OLD = (
    "Nothing was sent yet: the page had been open for long, or you have signed in again since. "
    "Look at it again, then press the button once more."
)


def failure(request, reason=""):
    """The page the form was on, with what was typed and a fresh proof; elsewhere a plain page."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if name in {"engagement:feedback", "engagement:feedback_check", "engagement:feedback_sent"}:
        return feedback.csrf_failure(request)
    if name.startswith("engagement:receipt"):
        return receipt.csrf_failure(request)
    if name == "engagement:activity_join":
        return activities.csrf_failure(request, **match.kwargs)
    if name.startswith("engagement:interest"):
        return interest.csrf_failure(request)
    shows_again = getattr(match.func, "shows_again", None) if match else None
    if shows_again and request.user.is_authenticated:
        return shows_again(request, TOO_OLD, status=403, **match.kwargs)
    return render(request, "403_csrf.html", status=403)
