"""From what residents say to a matter before a body above."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from engagement.actions import raising
from engagement.casework_forms import EscalateForm
from engagement.forms import plain_data
from engagement.permissions import can_escalate_for
from engagement.views.message import fetch, submission_page
from engagement.workflow import Move, ReferralStatus, may_move
from governance.forms import new_sending_token
from governance.structure import structure_today
from governance.views.escalations import rungs
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed


def message_again(request, sentence, *, status, reference):
    return message_page(request, reference, refusal=sentence, status=status)


@for_staff(shows_again=message_again)
@require_http_methods(["GET", "HEAD", "POST"])
def message(request, reference):
    """Escalate what one message says."""
    return message_page(request, reference)


def message_page(request, reference, **not_done):
    progress = fetch(request, reference)
    lead = progress.lead
    if not can_escalate_for(request.standing, raising.raising_body(lead.body)):
        raise PermissionDenied("Only the officers of the body that has it may escalate it.")
    if not may_move(lead.status, Move.ESCALATE):
        return submission_page(request, progress, refusal=not_now(lead))
    return page(
        request,
        body=lead.body,
        do=lambda **words: raising.escalate(referral=lead, **words),
        initial={"seen": progress.seen},
        context={"submission": progress.submission},
        then=("engagement:staff_submission", progress.submission.reference),
        **not_done,
    )


def not_now(lead):
    if lead.status == ReferralStatus.ESCALATED:
        return f"It was escalated already, as {lead.escalation.reference}."
    return f"This message is {lead.get_status_display().lower()}, so it cannot be escalated now."


def page(request, *, body, do, initial, context, then, refusal="", status=200):
    """The form of a matter; what was typed is kept whatever is refused.

    With a refusal from the start nothing is done.
    """
    structure = structure_today()
    holder = raising.raising_body(body)
    form = EscalateForm(
        plain_data(request.POST) if request.method == "POST" else None,
        initial={"sending_token": new_sending_token(), **initial},
        lines=structure.lines_up(holder, "escalates_to") if holder else (),
        today=timezone.localdate(),
    )
    if form.is_bound and not refusal and form.is_valid():
        try:
            do(
                to_body=form.chosen_body,
                by=request.user,
                text=form.cleaned_data["text"],
                sending_key=form.sending_key(request.user),
                **form.words,
            )
        except MoveNotAllowed as refused:
            refusal, status = str(refused), CONFLICT
        else:
            messages.success(request, "You escalated it. The residents concerned can read why.")
            return redirect(*then)
    context |= {
        "form": form,
        "body": holder,
        "rungs": rungs(structure.ways_up(holder)) if holder else (),
        "refusal": refusal,
    }
    return render(request, "engagement/escalate_form.html", context, status=status)
