"""A form that came without its proof: nothing is done, and nothing that was typed is lost."""

from django.shortcuts import render

from engagement.views import erasing, escalating, feedback, receipt, staff
from governance.views import escalations


def failure(request, reason=""):
    """The page the form was on, with what was typed and a fresh proof; elsewhere a plain page."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if name in {"engagement:feedback", "engagement:feedback_check", "engagement:feedback_sent"}:
        return feedback.csrf_failure(request)
    if name.startswith("engagement:receipt"):
        return receipt.csrf_failure(request)
    if name == "engagement:staff_erase" and request.user.is_authenticated:
        return erasing.csrf_failure(request, **match.kwargs)
    if name == "engagement:staff_escalate" and request.user.is_authenticated:
        return escalating.csrf_failure(request, escalating.message, **match.kwargs)
    move = name.removeprefix("engagement:staff_")
    if move in staff.DEEDS and request.user.is_authenticated:
        return staff.csrf_failure(request, move, **match.kwargs)
    if name.startswith("governance:escalation_") and request.user.is_authenticated:
        return escalations.csrf_failure(request, **match.kwargs)
    return render(request, "403_csrf.html", status=403)
