"""Signing in has one door, and it closes for a while on those who guess."""

from datetime import timedelta
from math import ceil

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe


@require_safe
def admin_sign_in(request):
    """The admin sends here those it does not let in: to the one door, if they are not yet in."""
    if request.user.is_authenticated:
        raise PermissionDenied(
            "Your account does not open the admin. If it should, ask a governance administrator."
        )
    asked_for = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(asked_for, allowed_hosts=None):
        asked_for = reverse("admin:index")
    return redirect_to_login(asked_for)


def locked_out(request, response, credentials):
    """What someone reads after too many wrong passwords, and when they may try again."""
    attempts = AxesProxyHandler.get_implementation().get_user_attempts(request, credentials)
    latest = [found.aggregate(Max("attempt_time"))["attempt_time__max"] for found in attempts]
    ends_at = max(filter(None, latest), default=timezone.now()) + settings.AXES_COOLOFF_TIME
    # A time of day without seconds, at which it works.
    try_again_at = (ends_at + timedelta(minutes=1)).replace(second=0, microsecond=0)
    page = render(
        request,
        "registration/locked_out.html",
        {"failure_limit": settings.AXES_FAILURE_LIMIT, "try_again_at": try_again_at},
        status=429,
    )
    page["Retry-After"] = ceil((try_again_at - timezone.now()).total_seconds())
    return page
