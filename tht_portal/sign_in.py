"""Signing in has one door, and it closes for a while on those who guess."""

from datetime import timedelta
from ipaddress import ip_address
from math import ceil

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from engagement.forms import plain_lists, plain_text
from engagement.throttle import household_of
from governance.permissions import standing_of
from tht_portal.forms import SignInForm
from tht_portal.typed import typed_page

SIGNED_IN_AGAIN = (
    "Nothing was sent yet. You are signed in again, and what you typed is still here: look at it, "
    "then press the button once more."
)
NO_PROOF = (
    "You are not signed in yet: this page was open for too long, or your browser did not send the "
    "cookie that keeps forms safe. Sign in here once more. If you read this again, allow cookies "
    "for this site first. What you typed is still kept."
)


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


def counted_address(request):
    """From where wrong passwords are counted: whoever has one address of IPv6 has billions.

    None where someone is signed in by no request of a server's.
    """
    address = request.META.get("REMOTE_ADDR")
    return address and str(household_of(ip_address(address)))


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
        {
            "failure_limit": settings.AXES_FAILURE_LIMIT,
            "try_again_at": try_again_at,
            "carried": getattr(response, "carried", None),
        },
        status=429,
    )
    page["Retry-After"] = ceil((try_again_at - timezone.now()).total_seconds())
    return page


class SignInAgain:
    """Asks those to sign in whose session has ended while they typed, and keeps what they typed.

    A form for staff that comes from nobody is not sent to the sign-in page, which would lose it.
    The answer is a form to sign in that carries it along, to the same address. Once they have
    signed in they see the form as they left it, and press its button themselves. Neither address
    nor log nor session holds a word of it; a file is to be chosen again. Forms of the admin cannot
    be filled in anew: what was typed into one is shown, to be copied.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST" or request.user.is_authenticated:
            return None
        if hasattr(view, "shows_again"):
            return sign_in_again(request, view.shows_again, kwargs)
        if request.resolver_match.app_name == "admin":
            return typed_page(request, was_signed_out=True)
        return None


@sensitive_post_parameters("again-password")
@never_cache
def sign_in_again(request, shows_again, parameters):
    posted = request.POST
    if "again-username" not in posted:
        return ask_to_sign_in_again(request)
    # With a wrong password what was posted is put on record, and nothing of this may be.
    request.POST = QueryDict()
    form = SignInForm(request, posted, prefix="again")
    carried = without_sign_in(posted)
    if form.is_valid():
        login(request, form.get_user())
        request.standing = standing_of(request.user)
        request.POST = carried
        return shows_again(request, SIGNED_IN_AGAIN, status=200, **parameters)
    return sign_in_again_page(request, form, carried, status=429 if form.is_one_too_many else 403)


def ask_to_sign_in_again(request):
    """The form to sign in with, which carries along what was posted; nobody is signed in by it."""
    carried = without_sign_in(request.POST)
    # It was sent from this very page: its cookie did not come back, or is that of another sign-in.
    note = NO_PROOF if "again-username" in request.POST else ""
    request.POST = QueryDict()
    return sign_in_again_page(request, SignInForm(request, prefix="again"), carried, note=note)


def without_sign_in(posted):
    """What was posted, but for what proves who sent it."""
    carried = plain_lists(posted)
    for name in ("csrfmiddlewaretoken", "again-username", "again-password"):
        carried.pop(name, None)
    return carried


def sign_in_again_page(request, form, carried, *, note="", status=403):
    carried = [
        (plain_text(name), value) for name, values in carried.lists() if name for value in values
    ]
    context = {"form": form, "carried": carried, "note": note}
    page = render(request, "registration/sign_in_again.html", context, status=status)
    # Where this was one wrong password too many, another page takes its place.
    page.carried = carried
    return page
