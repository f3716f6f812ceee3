"""What residents open with a code: a message, or a sign-up. Asked at the door, let in for a while.

Codes are posted, never part of an address, and tries are counted. That something is open stands in
the visitor's session alone; a new code closes what the old one opened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy

from engagement import throttle
from engagement.forms import plain_data

OPEN_FOR = timedelta(minutes=30)
TOO_MANY = 429

TOO_MANY_TRIES = gettext_lazy(
    "There were many tries from your internet connection. Wait for a quarter of an hour, then try "
    "again."
)
TOO_MANY_CODES = gettext_lazy(
    "A new code was asked for three times in the last hour, so no other one is sent now. If you "
    "got an e-mail, the code in the newest one works. If not, wait for an hour and try again."
)
TOO_OLD = gettext_lazy(
    "Nothing was done yet: the page had been open for long, or your browser did not send the "
    "cookie that keeps forms safe. Please try once more."
)


def as_typed(page):
    """The address of a page as one types it, for what may be printed."""
    return settings.PORTAL_URL.partition("://")[2] + reverse(page)


@dataclass(frozen=True)
class Door:
    """The way in to one kind of thing; a row of it has the hash of its code as `secret_hash`.

    `find` gives the row that what was typed into `form` opens, or None, and `rows` all of them
    with what their page needs; `renew` mails a new code for what was typed into `lost_form`, and
    gives whether that was still within what one may ask for.
    """

    name: str
    form: type
    lost_form: type
    find: Callable
    rows: Callable
    renew: Callable
    wrong: str
    wrong_field: str | None
    run_out: str
    code_sent: str

    @property
    def page(self):
        return f"engagement:{self.name}"

    @property
    def session_key(self):
        return f"opened-{self.name}"

    def ask(self, request, form=None, *, lost=None, note="", typed="", status=200):
        """Ask for the code. `typed` is what was typed elsewhere, to be copied."""
        lost = lost or self.lost_form(auto_id="new_%s")
        context = {
            "form": form or self.form(),
            "lost": lost,
            "has_errors": bool(lost.errors),
            "note": note,
            "typed": typed,
        }
        page = f"engagement/{self.name}_open.html"
        return private(render(request, page, context, status=status))

    def enter(self, request):
        form = self.form(plain_data(request.POST))
        if not form.is_valid():
            return self.ask(request, form)
        if not admits(request, form):
            return self.ask(request, form, status=TOO_MANY)
        found = self.find(**form.cleaned_data)
        if found is None:
            form.add_error(self.wrong_field, self.wrong)
            return self.ask(request, form)
        throttle.give_back(throttle.GUESSING, request)
        request.session.cycle_key()
        request.session[self.session_key] = {
            "key": found.pk,
            "hash": found.secret_hash,
            "until": (timezone.now() + OPEN_FOR).isoformat(),
        }
        return redirect(self.page)

    def opened(self, request):
        """What this visitor has open, or None."""
        kept = request.session.get(self.session_key)
        if kept is None or datetime.fromisoformat(kept["until"]) < timezone.now():
            return None
        found = self.rows().filter(pk=kept["key"]).first()
        if found is None or not constant_time_compare(found.secret_hash, kept["hash"]):
            return None
        return found

    def ask_again(self, request, *, typed="", was_open=False):
        """Ask for the code, and say that what was open has been closed."""
        was_open = request.session.pop(self.session_key, None) or was_open
        return self.ask(request, note=self.run_out if was_open else "", typed=typed)

    def send_new_code(self, request):
        """Mail a new code where there is somewhere to mail it; say the same if there is not."""
        if request.method != "POST":
            return redirect(self.page)
        form = self.lost_form(plain_data(request.POST), auto_id="new_%s")
        if not form.is_valid():
            return self.ask(request, lost=form)
        if not admits(request, form):
            return self.ask(request, lost=form, status=TOO_MANY)
        if not self.renew(**form.cleaned_data):
            form.add_error(None, TOO_MANY_CODES)
            return self.ask(request, lost=form, status=TOO_MANY)
        return self.ask(request, note=self.code_sent)

    def ask_for_new_code_again(self, request, typed):
        """Where that was asked without its proof: with what was typed, and nothing is mailed."""
        lost = self.lost_form(initial=typed, auto_id="new_%s")
        return self.ask(request, lost=lost, note=TOO_OLD, status=403)

    def leave(self, request):
        """Leave nothing open, as on a shared computer."""
        if request.method == "POST":
            request.session.pop(self.session_key, None)
        return redirect(self.page)


def admits(request, form):
    """Whether there may be one more try from there; if not, the form says so."""
    if throttle.allows(throttle.GUESSING, request):
        return True
    form.add_error(None, TOO_MANY_TRIES)
    return False


def private(response):
    response["Cache-Control"] = "private, no-store"
    return response
