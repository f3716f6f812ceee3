"""A resident's message later: opened with its reference and code, for a short time.

A wrong reference and a wrong code look the same.
"""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from engagement import ideas, outcomes, throttle
from engagement.actions import submissions
from engagement.catalogue import whom_to_call
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
from engagement.receipts import reads_as_reference, receipt_for_new_secret, receipt_of
from engagement.sending import is_token, new_token, sending_key
from engagement.views.opening import TOO_OLD, Door, private
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed

ONCE_MORE = gettext_lazy(
    "Nothing was sent yet. What you typed is here: please press the button once more."
)


def receipts():
    return Receipt.objects.select_related(
        "submission__topic",
        "submission__ward",
        "submission__merged_into",
        "submission__redaction",
        "submission__keyed_in",
    )


def renew(reference, email):
    """Mail a new code; but not many in an hour, which is counted for what is wrong as well."""
    found = receipt_for_new_secret(reference, email)
    asked_for = f"{reads_as_reference(reference)} {email.strip().lower()}"
    may_ask = throttle.allows_for(throttle.MAILING, asked_for)
    if not may_ask or found is None:
        submissions.renew_nothing()
    else:
        submissions.renew_secret(submission=found.submission)
    return may_ask


DOOR = Door(
    name="receipt",
    form=OpenReceiptForm,
    lost_form=NewSecretForm,
    find=receipt_of,
    rows=receipts,
    renew=renew,
    wrong=gettext_lazy(
        "We cannot open a message with this reference and code. Check both: they are on the page "
        "that you saw after sending. If the code is lost, ask for a new one below."
    ),
    wrong_field=None,
    run_out=gettext_lazy(
        "Your message was open for half an hour and has been closed, so that nobody else reads it. "
        "Enter the reference and the code again."
    ),
    code_sent=gettext_lazy(
        "If this reference and this e-mail address belong together, a new code is on its way "
        "there, and the old one does not work any more."
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request):
    """The door, and behind it the message."""
    if request.method == "POST":
        return DOOR.enter(request)
    opened = DOOR.opened(request)
    return receipt_page(request, opened) if opened else DOOR.ask_again(request)


def with_open_receipt(deed):
    """Hand a view that posts the submission this visitor has open; others go to the door."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def answer(request):
        if request.method != "POST":
            return redirect("engagement:receipt")
        opened = DOOR.opened(request)
        if opened is None:
            # What was typed comes back on the door's page, to be copied.
            typed = plain_data(request.POST).get("message", "")
            return DOOR.ask_again(request, typed=typed, was_open=True)
        return deed(request, opened)

    return answer


@with_open_receipt
def add(request, opened):
    sentence = (
        _("Added. The engagement team reads it with your message.")
        if opened.submission.is_held
        else _("Added. The body that has your message has been told.")
    )
    form = AdditionForm(plain_data(request.POST))
    return say_more(request, opened, submissions.add, sentence, addition=form)


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
    sentence = _("Your message is open again, and lies before the body that answered it.")
    form = NotAnsweredForm(plain_data(request.POST), auto_id="not_answered_%s")
    return say_more(request, opened, submissions.not_answered, sentence, not_answered=form)


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


new_code = require_http_methods(["GET", "HEAD", "POST"])(DOOR.send_new_code)
close = require_http_methods(["GET", "HEAD", "POST"])(DOOR.leave)


def csrf_failure(request, *, is_from_here):
    """The page the form was on, with what was typed; from elsewhere, to be copied at the door."""
    typed = plain_data(request.POST)
    name = request.resolver_match.url_name
    if name == "receipt_new_code":
        return DOOR.ask_for_new_code_again(request, typed)
    opened = DOOR.opened(request)
    if opened is None or not is_from_here:
        form = OpenReceiptForm(initial={"reference": typed.get("reference", "")})
        return DOOR.ask(request, form, note=TOO_OLD, typed=typed.get("message", ""), status=403)
    if name == "receipt_reply":
        kept = {"reply": ReplyForm(typed, auto_id="reply_%s")}
    elif name == "receipt_not_answered":
        kept = {"not_answered": NotAnsweredForm(typed, auto_id="not_answered_%s")}
    else:
        kept = {"addition": AdditionForm(typed if "message" in typed else None)}
    return receipt_page(request, opened, note=TOO_OLD, status=403, **kept)


# --- Pages ----------------------------------------------------------------------------------------


def key_for(opened, form):
    """What marks this sending; None where the form has no token of ours."""
    token = form.cleaned_data["token"]
    if not is_token(token):
        return None
    return sending_key(token, {"to": opened.submission_id, "message": form.cleaned_data["message"]})


def say_more(request, opened, deed, sentence, **forms):
    """Add a resident's words to the message by a deed, once however often they are sent."""
    [form] = forms.values()
    if not form.is_valid():
        return receipt_page(request, opened, **forms)
    message, key = form.cleaned_data["message"], key_for(opened, form)
    if key is None:
        return receipt_page(request, opened, note=ONCE_MORE, **forms)
    return deed_done(
        request,
        opened,
        lambda: deed(submission=opened.submission, message=message, key=key),
        sentence,
        **forms,
    )


def deed_done(request, opened, deed, sentence, **forms):
    """Do it, say so, and show the message afresh; a refusal keeps what was typed."""
    try:
        deed()
    except MoveNotAllowed as refusal:
        return receipt_page(request, opened, note=str(refusal), status=CONFLICT, **forms)
    messages.success(request, sentence)
    return redirect("engagement:receipt")


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
    sent, initial = reply, {"question": question and question.pk}
    reply = ReplyForm(auto_id="reply_%s", initial=initial)
    if sent and question and sent.is_to(question):
        reply = sent  # one to an older question can only be copied
    addition = addition or AdditionForm()
    not_answered = not_answered or NotAnsweredForm(auto_id="not_answered_%s")
    withdrawal = withdrawal or WithdrawForm()
    context = {
        "submission": opened.submission,
        "language": name_of(opened.submission.language),
        "progress": progress,
        "whom_to_call": whom_to_call(progress),
        "question": question,
        "reply": reply,
        "typed": left_over(
            (sent or reply, reply is sent),
            (not_answered, progress.may_say_not_answered),
            (addition, True),
            nothing_is_open=progress.is_withdrawn,
        ),
        "outcomes": outcomes.of_submission(opened.submission),
        "idea": ideas.of_submission(opened.submission),
        "addition": addition,
        # What was typed comes back, also where there is nobody to read it.
        "may_add": addition.is_bound or not progress.is_rejected,
        "not_answered": not_answered,
        "withdrawal": withdrawal,
        "has_errors": any(form.errors for form in (reply, addition, not_answered, withdrawal)),
        "token": new_token(),
        "note": note,
    }
    return private(render(request, "engagement/receipt_detail.html", context, status=status))


def left_over(*forms, nothing_is_open):
    """What was typed into a form that the page does not show any more, to be copied."""
    for form, is_open in forms:
        if form.is_bound and (nothing_is_open or not is_open):
            return form.data.get("message", "")
    return ""
