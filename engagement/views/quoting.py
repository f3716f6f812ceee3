"""Making what a resident wrote fit for everyone to read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from engagement.actions import quoting
from engagement.forms import plain_data
from engagement.permissions import check_can_redact
from engagement.redaction import suggested
from engagement.team_forms import RedactForm
from engagement.views.message import fetch
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed


def redact_again(request, sentence, *, status, reference):
    progress = fetch(request, reference)
    check_can_redact(request.user)
    form = RedactForm(plain_data(request.POST))
    return redact_page(request, progress, form, refusal=sentence, status=status)


@for_staff(shows_again=redact_again)
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request, reference):
    """Mark what is to be blacked out; or, with the other button, show it to nobody any more."""
    progress = fetch(request, reference)
    check_can_redact(request.user)
    if request.method != "POST":
        return redact_page(request, progress)
    submission = progress.submission
    if "take_back" in request.POST:
        quoting.take_back(submission=submission, by=request.user)
        messages.success(request, "What the resident wrote is shown to nobody but staff now.")
        return redirect("engagement:staff_submission", submission.reference)
    form = RedactForm(plain_data(request.POST))
    if not form.is_valid():
        return redact_page(request, progress, form)
    try:
        quoting.redact(submission=submission, by=request.user, **form.cleaned_data)
    except ValidationError as refused:
        faults = refused.message_dict if hasattr(refused, "error_dict") else None
        for name, sentences in (faults or {"marked": refused.messages}).items():
            form.add_error(name, sentences)
        return redact_page(request, progress, form)
    except MoveNotAllowed as refused:
        return redact_page(request, fetch(request, reference), form, refusal=str(refused))
    messages.success(
        request, "It is kept. Everyone can read it beside what came of it, once that is published."
    )
    return redirect("engagement:staff_submission", submission.reference)


def redact_page(request, progress, form=None, *, refusal="", status=200):
    submission = progress.submission
    before = getattr(submission, "redaction", None)
    if form is None:
        contact = getattr(submission, "contact", None)
        form = RedactForm(
            initial={
                "marked": before.marked if before else suggested(submission.message, contact),
                "reason": before.reason if before else "",
                "seen": before.revision if before else 0,
            }
        )
    context = {
        "submission": submission,
        "progress": progress,
        "redaction": before,
        "form": form,
        "refusal": refusal,
    }
    status = CONFLICT if refusal and status == 200 else status
    return render(request, "engagement/redaction_form.html", context, status=status)
