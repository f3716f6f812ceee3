"""A sign-up later: opened with its code for a short time, to be read or taken back."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from engagement import throttle
from engagement.actions import activities
from engagement.forms import plain_data
from engagement.interest import interest_of, place_in_line
from engagement.involvement_forms import NewCodeForm, OpenInterestForm
from engagement.models import Activity, Interest
from engagement.views.receipt import private
from governance.models import Body

OPEN_FOR = timedelta(minutes=30)
SESSION_KEY = "interest"
TOO_MANY = 429

WRONG = gettext_lazy(
    "No sign-up has this code. Check it: it is on the page that you saw after signing up. If you "
    "have withdrawn, or the activity was long ago, there is nothing left to open."
)
TOO_MANY_TRIES = gettext_lazy(
    "There were many tries from your internet connection. Wait for a quarter of an hour, then try "
    "again."
)
RUN_OUT = gettext_lazy(
    "Your sign-up was open for half an hour and has been closed, so that nobody else reads it. "
    "Enter the code again."
)
NEW_CODE_SENT = gettext_lazy(
    "If someone has signed up with this e-mail address, a new code is on its way there, and the "
    "old one does not work any more."
)
TOO_OLD = gettext_lazy(
    "Nothing was done yet: the page had been open for long, or your browser did not send the "
    "cookie that keeps forms safe. Please try once more."
)


@require_http_methods(["GET", "HEAD", "POST"])
def interest(request):
    """The door, and behind it the sign-up."""
    if request.method == "POST":
        return open_interest(request)
    was_open = SESSION_KEY in request.session
    opened = opened_interest(request)
    if opened is None:
        return door(request, note=RUN_OUT if was_open else "")
    context = {
        "interest": opened,
        "activity": opened.activity,
        "place_in_line": place_in_line(opened),
    }
    return private(render(request, "engagement/interest_detail.html", context))


def open_interest(request):
    form = OpenInterestForm(plain_data(request.POST))
    if not form.is_valid():
        return door(request, form)
    if not throttle.allows(throttle.GUESSING, request):
        form.add_error(None, TOO_MANY_TRIES)
        return door(request, form, status=TOO_MANY)
    found = interest_of(form.cleaned_data["secret"])
    if found is None:
        form.add_error("secret", WRONG)
        return door(request, form)
    throttle.give_back(throttle.GUESSING, request)
    request.session.cycle_key()
    request.session[SESSION_KEY] = {
        "interest": found.pk,
        "hash": found.secret_hash,
        "until": (timezone.now() + OPEN_FOR).isoformat(),
    }
    return redirect("engagement:interest")


def opened_interest(request):
    """The sign-up this visitor has open, or None. A new code closes what the old one opened."""
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return None
    if datetime.fromisoformat(kept["until"]) < timezone.now():
        del request.session[SESSION_KEY]
        return None
    activity = Activity.objects.prefetch_related(Prefetch("owner", Body.objects.named()))
    found = Interest.objects.prefetch_related(Prefetch("activity", activity))
    found = found.filter(pk=kept["interest"]).first()
    if found is None or not constant_time_compare(found.secret_hash, kept["hash"]):
        del request.session[SESSION_KEY]
        return None
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request):
    """Take the sign-up back. Pressed again, there is nothing left to do."""
    if request.method != "POST":
        return redirect("engagement:interest")
    was_open = SESSION_KEY in request.session
    opened = opened_interest(request)
    if opened is None:
        return door(request, note=RUN_OUT if was_open else "")
    activities.withdraw(interest=opened)
    request.session.pop(SESSION_KEY, None)
    messages.success(
        request,
        _("You have withdrawn. Your name and how to reach you are removed."),
    )
    return redirect("engagement:interest")


@require_http_methods(["GET", "HEAD", "POST"])
def new_code(request):
    """Mail new codes to an address that has signed up; say the same always."""
    if request.method != "POST":
        return redirect("engagement:interest")
    form = NewCodeForm(plain_data(request.POST), auto_id="new_%s")
    if not form.is_valid():
        return door(request, lost=form)
    if not throttle.allows(throttle.GUESSING, request):
        form.add_error(None, TOO_MANY_TRIES)
        return door(request, lost=form, status=TOO_MANY)
    activities.renew_codes(email=form.cleaned_data["email"])
    return door(request, note=NEW_CODE_SENT)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request):
    """Leave nothing open, as on a shared computer."""
    if request.method == "POST":
        request.session.pop(SESSION_KEY, None)
    return redirect("engagement:interest")


def csrf_failure(request):
    """The door again; a code that was typed is not shown."""
    return door(request, note=TOO_OLD, status=403)


def door(request, form=None, *, lost=None, note="", status=200):
    context = {
        "form": form or OpenInterestForm(),
        "lost": lost or NewCodeForm(auto_id="new_%s"),
        "note": note,
    }
    return private(render(request, "engagement/interest_open.html", context, status=status))
