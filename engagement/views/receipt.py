"""A resident's message later: opened with its reference and code, for a short time.

Both are posted, never part of an address. A wrong reference and a wrong code look the same.
"""

from datetime import datetime, timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from engagement import ideas, outcomes, throttle
from engagement.actions import submissions
from engagement.forms import (
    AdditionForm,
    NewSecretForm,
    NotAnsweredForm,
    OpenReceiptForm,
    ReplyForm,
    WithdrawForm,
    plain_data,
)
from engagement.languages import name_of
from engagement.models import Receipt
from engagement.progress import Progress
from engagement.receipts import receipt_for_new_secret, receipt_of
from engagement.sending import is_token, new_token, sending_key
from governance.workflow import MoveNotAllowed

OPEN_FOR = timedelta(minutes=30)
SESSION_KEY = "receipt"

WRONG = gettext_lazy(
    "We cannot open a message with this reference and code. Check both: they are on the page that "
    "you saw after sending. If the code is lost, ask for a new one below."
)
TOO_MANY = gettext_lazy(
    "There were many tries from your internet connection. Wait for a quarter of an hour, then try "
    "again."
)
RUN_OUT = gettext_lazy(
    "Your message was open for half an hour and has been closed, so that nobody else reads it. "
    "Enter the reference and the code again."
)
TOO_OLD = gettext_lazy(
    "Nothing was done yet: the page had been open for long, or your browser did not send the "
    "cookie that keeps forms safe. Please try once more."
)
ONCE_MORE = gettext_lazy(
    "Nothing was sent yet. What you typed is here: please press the button once more."
)
NEW_CODE_SENT = gettext_lazy(
    "If this reference and this e-mail address belong together, a new code is on its way there, "
    "and the old one does not work any more."
)


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request):
    """The door, and behind it the message."""
    if request.method == "POST":
        return open_receipt(request)
    was_open = SESSION_KEY in request.session
    opened = opened_receipt(request)
    if opened is None:
        return door(request, note=RUN_OUT if was_open else "")
    return receipt_page(request, opened)


def open_receipt(request):
    form = OpenReceiptForm(plain_data(request.POST))
    if not form.is_valid():
        return door(request, form)
    if not throttle.allows(throttle.GUESSING, request):
        form.add_error(None, TOO_MANY)
        return door(request, form, status=429)
    found = receipt_of(form.cleaned_data["reference"], form.cleaned_data["secret"])
    if found is None:
        form.add_error(None, WRONG)
        return door(request, form)
    throttle.give_back(throttle.GUESSING, request)
    request.session.cycle_key()
    request.session[SESSION_KEY] = {
        "submission": found.submission_id,
        "hash": found.secret_hash,
        "until": (timezone.now() + OPEN_FOR).isoformat(),
    }
    return redirect("engagement:receipt")


def opened_receipt(request):
    """The receipt this visitor has open, or None. A new code closes what the old one opened."""
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return None
    if datetime.fromisoformat(kept["until"]) < timezone.now():
        del request.session[SESSION_KEY]
        return None
    found = Receipt.objects.select_related(
        "submission__topic",
        "submission__ward",
        "submission__merged_into",
        "submission__redaction",
        "submission__keyed_in",
    )
    found = found.filter(submission=kept["submission"]).first()
    if found is None or not constant_time_compare(found.secret_hash, kept["hash"]):
        del request.session[SESSION_KEY]
        return None
    return found


def with_open_receipt(deed):
    """Hand a view that posts the submission this visitor has open; others go to the door."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def answer(request):
        opened = opened_receipt(request)
        if request.method != "POST":
            return redirect("engagement:receipt")
        if opened is None:
            # What was typed comes back on the door's page, to be copied.
            typed = plain_data(request.POST).get("message", "")
            return door(request, note=RUN_OUT, typed=typed)
        return deed(request, opened)

    return answer


@with_open_receipt
def add(request, opened):
    form = AdditionForm(plain_data(request.POST))
    if not form.is_valid():
        return receipt_page(request, opened, addition=form)
    key = key_for(opened, form)
    if key is None:
        return receipt_page(request, opened, addition=form, note=ONCE_MORE)
    return deed_done(
        request,
        opened,
        lambda: submissions.add(
            submission=opened.submission, message=form.cleaned_data["message"], key=key
        ),
        _("Added. The body that has your message has been told."),
        addition=form,
    )


@with_open_receipt
def reply(request, opened):
    """Answer the question that the body asked."""
    form = ReplyForm(plain_data(request.POST), auto_id="reply_%s")
    if not form.is_valid():
        return receipt_page(request, opened, reply=form)
    return deed_done(
        request,
        opened,
        lambda: submissions.reply(submission=opened.submission, **form.cleaned_data),
        _("Your answer is there. Those who asked have been told."),
        reply=form,
    )


@with_open_receipt
def not_answered(request, opened):
    form = NotAnsweredForm(plain_data(request.POST), auto_id="not_answered_%s")
    if not form.is_valid():
        return receipt_page(request, opened, not_answered=form)
    key = key_for(opened, form)
    if key is None:
        return receipt_page(request, opened, not_answered=form, note=ONCE_MORE)
    return deed_done(
        request,
        opened,
        lambda: submissions.not_answered(
            submission=opened.submission, message=form.cleaned_data["message"], key=key
        ),
        _("Your message is open again, and lies before the body that answered it."),
        not_answered=form,
    )


@with_open_receipt
def keep_private(request, opened):
    return deed_done(
        request,
        opened,
        lambda: submissions.keep_private(submission=opened.submission),
        _("We do not publish what you wrote, and show it to nobody else any more."),
    )


@with_open_receipt
def withdraw(request, opened):
    form = WithdrawForm(plain_data(request.POST))
    if not form.is_valid():
        return receipt_page(request, opened, withdrawal=form)
    return deed_done(
        request,
        opened,
        lambda: submissions.withdraw(submission=opened.submission),
        _("Your message is withdrawn. What you wrote and how to reach you has been removed."),
        withdrawal=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_code(request):
    """Mail a new code where the reference and the address belong together; say the same always."""
    if request.method != "POST":
        return redirect("engagement:receipt")
    form = NewSecretForm(plain_data(request.POST), auto_id="new_%s")
    if not form.is_valid():
        return door(request, lost=form)
    if not throttle.allows(throttle.GUESSING, request):
        form.add_error(None, TOO_MANY)
        return door(request, lost=form, status=429)
    found = receipt_for_new_secret(form.cleaned_data["reference"], form.cleaned_data["email"])
    if found is None:
        submissions.renew_nothing()
    else:
        submissions.renew_secret(submission=found.submission)
    return door(request, note=NEW_CODE_SENT)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request):
    """Leave nothing open, as on a shared computer."""
    if request.method == "POST":
        request.session.pop(SESSION_KEY, None)
    return redirect("engagement:receipt")


def csrf_failure(request):
    """The page the form was on, with what was typed."""
    note = TOO_OLD
    typed = plain_data(request.POST)
    opened = opened_receipt(request)
    if opened is not None:
        return receipt_page(
            request,
            opened,
            addition=AdditionForm(initial={"message": typed.get("message", "")}),
            note=note,
            status=403,
        )
    form = OpenReceiptForm(initial={"reference": typed.get("reference", "")})
    return door(request, form, note=note, typed=typed.get("message", ""), status=403)


# --- Pages ----------------------------------------------------------------------------------------


def key_for(opened, form):
    """What marks this sending; None where the form has no token of ours."""
    token = form.cleaned_data["token"]
    if not is_token(token):
        return None
    return sending_key(token, {"to": opened.submission_id, "message": form.cleaned_data["message"]})


def deed_done(request, opened, deed, sentence, **forms):
    """Do it, say so, and show the message afresh; a refusal keeps what was typed."""
    try:
        deed()
    except MoveNotAllowed as refusal:
        return receipt_page(request, opened, note=str(refusal), status=409, **forms)
    messages.success(request, sentence)
    return redirect("engagement:receipt")


def door(request, form=None, *, lost=None, note="", typed="", status=200):
    context = {
        "form": form or OpenReceiptForm(),
        "lost": lost or NewSecretForm(auto_id="new_%s"),
        "note": note,
        "typed": typed,
    }
    return private(render(request, "engagement/receipt_open.html", context, status=status))


def receipt_page(
    request,
    opened,
    *,
    addition=None,
    reply=None,
    not_answered=None,
    withdrawal=None,
    note="",
    status=200,
):
    progress = Progress(opened.submission)
    question = progress.question
    if reply is None:
        initial = {"question": question and question.pk}
        reply = ReplyForm(auto_id="reply_%s", initial=initial)
    context = {
        "submission": opened.submission,
        "language": name_of(opened.submission.language),
        "progress": progress,
        "question": question,
        "reply": reply,
        # What was typed to a question that is not open any more, to be copied.
        "typed": reply.data.get("message", "") if not question else "",
        "outcomes": outcomes.of_submission(opened.submission),
        "idea": ideas.of_submission(opened.submission),
        "addition": addition or AdditionForm(),
        "not_answered": not_answered or NotAnsweredForm(auto_id="not_answered_%s"),
        "withdrawal": withdrawal or WithdrawForm(),
        "token": new_token(),
        "note": note,
    }
    return private(render(request, "engagement/receipt_detail.html", context, status=status))


def private(response):
    response["Cache-Control"] = "private, no-store"
    return response
