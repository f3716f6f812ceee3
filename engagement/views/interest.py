"""A sign-up later: opened with its code for a short time, to be read or taken back."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from engagement import throttle
from engagement.actions import activities
from engagement.forms import plain_data
from engagement.interest import interest_of, place_in_line
from engagement.involvement_forms import NewCodeForm, OpenInterestForm
from engagement.models import Activity, Interest
from engagement.views.opening import TOO_OLD, Door, private
from governance.models import Body


def interests():
    activity = Activity.objects.prefetch_related(Prefetch("owner", Body.objects.named()))
    return Interest.objects.prefetch_related(Prefetch("activity", activity))


def renew(email):
    """Mail new codes; but not many in an hour, whoever has signed up."""
    may_ask = throttle.allows_for(throttle.MAILING, email.strip().lower())
    if may_ask:
        activities.renew_codes(email=email)
    return may_ask


DOOR = Door(
    name="interest",
    form=OpenInterestForm,
    lost_form=NewCodeForm,
    find=interest_of,
    rows=interests,
    renew=renew,
    wrong=gettext_lazy(
        "No sign-up has this code. Check it: it is on the page that you saw after signing up. If "
        "you have withdrawn, or the activity was long ago, there is nothing left to open."
    ),
    wrong_field="secret",
    run_out=gettext_lazy(
        "Your sign-up was open for half an hour and has been closed, so that nobody else reads it. "
        "Enter the code again."
    ),
    code_sent=gettext_lazy(
        "If someone has signed up with this e-mail address, a new code is on its way there, and "
        "the old one does not work any more."
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def interest(request):
    """The door, and behind it the sign-up."""
    if request.method == "POST":
        return DOOR.enter(request)
    opened = DOOR.opened(request)
    if opened is None:
        return DOOR.ask_again(request)
    context = {
        "interest": opened,
        "activity": opened.activity,
        "place_in_line": place_in_line(opened),
    }
    return private(render(request, "engagement/interest_detail.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request):
    """Take the sign-up back. Pressed again, there is nothing left to do."""
    if request.method != "POST":
        return redirect("engagement:interest")
    opened = DOOR.opened(request)
    if opened is None:
        return DOOR.ask_again(request)
    activities.withdraw(interest=opened)
    DOOR.leave(request)
    messages.success(
        request,
        _("You have withdrawn. Your name and how to reach you are removed."),
    )
    return redirect("engagement:interest")


new_code = require_http_methods(["GET", "HEAD", "POST"])(DOOR.send_new_code)
close = require_http_methods(["GET", "HEAD", "POST"])(DOOR.leave)


def csrf_failure(request):
    """The door again; a code that was typed is not shown."""
    if request.resolver_match.url_name == "interest_new_code":
        return DOOR.ask_for_new_code_again(request, plain_data(request.POST))
    return DOOR.ask(request, note=TOO_OLD, status=403)
