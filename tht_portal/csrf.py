"""A form that came without its proof: nothing is done, and nothing that was typed is lost."""

from urllib.parse import urlsplit

from django.conf import settings
from django.shortcuts import render

from engagement.views import activities, feedback, interest, receipt
from tht_portal import sign_in
from tht_portal.typed import typed_page

TOO_OLD = (
    "Nothing was sent yet: the page had been open for long, or you have signed in again since. "
    "Look at it again, then press the button once more."
)


def failure(request, reason=""):
    """The page the form was on, with what was typed and a fresh proof.

    A resident's comes back wherever it was sent from: anyone may send it, so it lends nobody's
    standing, and it is read before it is sent. What is for a page of staff, or for a receipt that
    is open, comes back only where the browser says that it was typed on a page of ours: else
    another site could put its words before somebody as their own.
    """
    match = request.resolver_match
    name = match.view_name if match else ""
    if name in {"engagement:feedback", "engagement:feedback_check", "engagement:feedback_sent"}:
        return feedback.csrf_failure(request)
    if name.startswith("engagement:receipt"):
        return receipt.csrf_failure(request, is_from_here=is_from_here(request))
    if name == "engagement:activity_join":
        return activities.csrf_failure(request, **match.kwargs)
    if name.startswith("engagement:interest"):
        return interest.csrf_failure(request)
    shows_again = getattr(match.func, "shows_again", None) if match else None
    if not match or not is_from_here(request):
        return render(request, "403_csrf.html", status=403)
    if shows_again and request.user.is_authenticated:
        return shows_again(request, TOO_OLD, status=403, **match.kwargs)
    if shows_again:
        return sign_in.ask_to_sign_in_again(request)
    return typed_page(request) or render(request, "403_csrf.html", status=403)


def is_from_here(request):
    """Whether the browser says that the form stood on a page of the portal.

    A page of another site cannot make it say so. One that says nothing is not believed.
    """
    said = request.headers.get("Origin") or origin_of(request.headers.get("Referer", ""))
    ours = f"{request.scheme}://{request.get_host()}"
    return said in {ours, *settings.CSRF_TRUSTED_ORIGINS}


def origin_of(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
