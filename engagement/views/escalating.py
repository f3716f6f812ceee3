"""From what residents say to a matter before a body above."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from engagement.actions import raising
from engagement.actions.referrals import check_open_to
from engagement.casework_forms import EscalateDraftForm, EscalateForm
from engagement.forms import plain_lists
from engagement.models import Theme
from engagement.views.message import fetch, submission_page
from governance.forms import ask_for_file_again, new_sending_token
from governance.matter import Matter
from governance.structure import structure_today
from governance.views.escalation_moves import say_at_the_field
from governance.views.escalations import form_of as matter_form_of
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.way_up import rungs
from governance.workflow import Move as MatterMove
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
    form = form_of(request, lead, lead.body, progress.seen)
    if not raising.is_theirs_to_escalate(request.standing, lead):
        refusal = why_no_longer_theirs(request, form, lead)
    elif not raising.may_be_escalated(lead):
        refusal = raising.why_not(lead)
    else:
        refusal = ""
    if refusal:
        typed = form.said if form.is_bound else ""
        return submission_page(request, progress, refusal=refusal, typed=typed)
    return page(
        request,
        lead,
        body=lead.body,
        draft=partial(raising.draft, referral=lead),
        escalate=partial(raising.escalate, referral=lead),
        last_step=progress.seen,
        context={"submission": progress.submission},
        here=reverse("engagement:staff_escalate", args=[reference]),
        then=reverse("engagement:staff_submission", args=[reference]),
        **not_done,
    )


def why_no_longer_theirs(request, form, lead):
    """What happened since who had it began to write; others are told that they may not."""
    seen = None
    if form.is_bound:
        form.full_clean()
        seen = form.cleaned_data.get("last_step")
    try:
        check_open_to(referral=lead, by=request.user, seen=seen)
    except MoveNotAllowed as happened:
        return str(happened)
    raise PermissionDenied("Only the officers of the body that has it may escalate it.")


def page(
    request, source, *, body, draft, escalate, context, here, then, last_step=None, **not_done
):
    """The form of a matter, kept as a draft or raised; what was typed is kept whatever is refused.

    With a refusal from the start nothing is done.
    """
    refusal, status = not_done.get("refusal", ""), not_done.get("status", 200)
    form = form_of(request, source, body, last_step)
    if form.is_bound and not refusal and form.is_valid():
        try:
            return done(request, form, draft, escalate, here=here, then=then)
        except ValidationError as faults:
            say_at_the_field(form, faults)
        except MoveNotAllowed as refused:
            refusal, status = str(refused), CONFLICT
            source.refresh_from_db(fields=["escalation"])
    if refusal:  # The form goes on from what its sender is now told.
        form = form_of(request, source, body, last_step, goes_on=True)
    ask_for_file_again(form)
    holder = raising.raising_body(body)
    matter = form.matter
    context |= {
        "form": form,
        "body": holder,
        "rungs": rungs(structure_today(), holder) if holder else None,
        "matter": matter,
        "escalation": matter and matter.escalation,
        "withdraw_form": matter and matter_form_of(MatterMove.WITHDRAW, request, matter),
        "refusal": refusal,
        "became": refusal and raising.became(source),
    }
    return render(request, "engagement/escalate_form.html", context, status=status)


def form_of(request, source, body, last_step, *, goes_on=False):
    """The form of the draft that is kept, or of a new matter; bound to what was sent."""
    structure = structure_today()
    holder = raising.raising_body(body)
    kept = raising.draft_of(source, holder, request.standing)
    matter = Matter(kept.escalation) if kept else None
    sent = request.method == "POST"
    data = plain_lists(request.POST)
    if goes_on:
        data["seen"] = matter.seen if matter else ""
        data["last_step"] = "" if last_step is None else last_step
    options = {
        "raising": request.POST.get("deed") != MatterMove.EDIT,
        "of_many": isinstance(source, Theme),
        "text": kept.text if kept else "",
        "last_step": last_step,
    }
    files = (data, request.FILES) if sent else ()
    if matter:
        form = EscalateDraftForm(*files, matter=matter, standing=request.standing, **options)
    else:
        form = EscalateForm(
            *files,
            initial={"sending_token": new_sending_token()},
            lines=structure.lines_up(holder, "escalates_to") if holder else (),
            today=structure.day,
            **options,
        )
    form.matter = matter
    return form


def done(request, form, draft, escalate, *, here, then):
    """Keep the draft, or raise the matter, and go on to the page that shows it."""
    written = form.written | {"by": request.user, "sending_key": form.sending_key(request.user)}
    if form.cleaned_data["last_step"] is not None:
        written["last_step"] = form.cleaned_data["last_step"]
    if not form.raising:
        kept = draft(**written)
        messages.success(request, f"{kept.reference} is saved as a draft.")
        return redirect(here)
    escalate(to_body=form.chosen_body, **written)
    messages.success(request, "You escalated it. The residents concerned can read why.")
    return redirect(then)
