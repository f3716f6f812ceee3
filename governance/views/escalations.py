"""Matters that are escalated: the list of them, and one with what its reader may do."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import action_points, record
from governance.came_from import came_from, is_kept, written_at
from governance.forms import ask_for_file_again
from governance.grouped import COUNTED, in_number
from governance.list_forms import EscalationFilterForm
from governance.matter import Matter, with_last_change
from governance.matter_in_words import REOPENED_ONCE
from governance.matters import fetched, rows
from governance.models import Meeting, StaffSettings
from governance.models.escalation import year_and_number
from governance.move_forms import MOVE_FORMS
from governance.permissions import (
    bodies_to_raise_for,
    can_make,
    can_see_escalation,
    can_take_away,
)
from governance.structure import structure_today
from governance.telling import why_brought
from governance.timeline import timeline_of
from governance.views.action_points import with_forms
from governance.views.pages import CONFLICT, file_of
from governance.views.way_back import WayBack, way_back_to
from governance.way_up import rungs
from governance.workflow import EscalationStatus, Move, may_move

LIST = "governance:escalations"

# --- The list -------------------------------------------------------------------------------------


@login_required
@require_safe
@record.asked_once()
def escalation_list(request):
    """What someone may see, in the order they asked for or mostly want, a page at a time by key."""
    structure = structure_today()
    form = EscalationFilterForm(
        request.GET,
        bodies=structure.bodies,
        standing=request.standing,
        order=StaffSettings.order_of(request.user),
    )
    context = {"form": form, "can_raise": bool(bodies_to_raise_for(request.standing))}
    if not form.is_valid():
        return render(request, "governance/escalation_list.html", context, status=400)
    found, order = form.found(), form.chosen_order
    here = {name: place for name in ("before", "after") if (place := form.cleaned_data[name])}
    page = found.page(order, **here, counted=0 if here else COUNTED + 1)
    matters = fetched(page.keys, request.standing, structure)
    number = len(found.first(COUNTED + 1, order)) if here else page.found
    context |= {
        "rows": rows([matters[key] for key in page.keys if key in matters], structure=structure),
        "number": in_number(number),
        "is_filtered": form.is_narrowed,
        "carried": WayBack(LIST, request.GET.urlencode()).carried,
        "next_url": page.further and f"?{form.query(before=page.further)}",
        "previous_url": page.back and f"?{form.query(after=page.back)}",
    }
    return render(request, "governance/escalation_list.html", context)


# --- One matter -----------------------------------------------------------------------------------


@login_required
@require_safe
@record.asked_once()
def escalation(request, reference):
    matter = fetch(request, reference)
    is_draft = matter.escalation.status == EscalationStatus.DRAFT
    if is_draft and (address := written_at(matter.escalation, request.standing)):
        return redirect(address)
    return matter_page(request, matter)


@login_required
@require_safe
def file(request, reference, pk):
    """A file that goes with a matter, for those who may see the matter."""
    matter = fetch(request, reference)
    found = next((each.document for each in matter.files if each.pk == pk), None)
    if found is None:
        raise Http404
    page = reverse("governance:escalation", args=[reference])
    return file_of(request, found, beside=lambda: [(page, f"Go back to the matter {reference}.")])


def fetch(request, reference):
    """The matter of a reference; that there is one is nobody's business who may not see it."""
    asked = year_and_number(reference)
    found = with_last_change(year=asked[0], number=asked[1]) if asked else []
    matter = Matter(found[0]) if found else None
    if matter is None or not can_see_escalation(request.standing, matter):
        raise Http404
    return matter


def moves_open_to(standing, matter):
    """The moves that the deeds would accept from someone now."""
    possible = {
        Move.RAISE: lambda: not is_kept(matter.escalation),
        Move.REOPEN: lambda: not matter.was_reopened,
        Move.PASS_UP: lambda: bool(matter.lines_on),
        Move.SEND_BACK: lambda: matter.can_ask_back,
        Move.CONSULT: lambda: bool(matter.to_consult),
        Move.DETACH: lambda: any(can_take_away(standing, matter, file) for file in matter.files),
        Move.MERGE: lambda: bool(matter.beside),
        Move.ASK_OUT_OF_LINE: lambda: matter.exception_asked is None,
        Move.REFUSE_OUT_OF_LINE: lambda: matter.exception_asked is not None,
        Move.REBASE: lambda: matter.is_off_todays_way,
        Move.WITHDRAW: lambda: not matter.took_in,
        Move.ADD_ACTION: lambda: matter.escalation.decision_id is not None,
    }
    return {
        move
        for move in Move
        if may_move(matter.escalation.status, move)
        and can_make(move, standing, matter)
        and possible.get(move, lambda: True)()
    }


def why_not(standing, matter):
    """Why a move is not offered that this reader may look for, in a sentence."""
    reasons = {
        Move.PASS_UP: matter.why_not_up,
        Move.REOPEN: REOPENED_ONCE if matter.was_reopened else "",
    }
    sought = (
        reason
        for move, reason in reasons.items()
        if reason and may_move(matter.escalation.status, move) and can_make(move, standing, matter)
    )
    return next(sought, "")


def matter_page(request, matter, *, sent=None, refusal="", status=None):
    """A matter, and what its reader may do. `sent` is the form that was sent and not taken."""
    open_moves = moves_open_to(request.standing, matter)
    forms = {move: form_of(move, request, matter) for move in MOVE_FORMS if move in open_moves}
    if sent and sent.move in forms:
        ask_for_file_again(sent)
        forms[sent.move] = sent
    stands = sent and (sent.move in forms or (sent.move == Move.RAISE and Move.EDIT in forms))
    context = {
        "matter": matter,
        "escalation": matter.escalation,
        "body": matter.raising_body,
        # Of a form that is gone, what was wrong with it leads nowhere: why it is gone is enough.
        "form": sent if stands or not refusal else None,
        "refusal": str(refusal),
        "who_acts": matter.who_acts_for(request.standing),
        "rungs": rungs(matter.structure, matter.holder),
        # What was typed for a move that is no longer open is shown to be copied.
        "typed": sent.said if sent and sent.move not in forms else "",
        "way_back": (back := way_back_to(LIST, request)),
    }
    status = status or (CONFLICT if refusal else 200)
    if Move.EDIT in forms:
        may_raise = Move.RAISE in forms
        # Saving and raising are two buttons of one form; without the second it saves what was sent.
        edit_form = forms[Move.EDIT]
        if sent and sent.move == Move.RAISE and may_raise:
            edit_form = sent
        elif sent and sent.move == Move.RAISE:
            edit_form = form_of(Move.EDIT, request, matter, sent.data, sent.files)
            ask_for_file_again(edit_form)
        context |= {
            "edit_form": edit_form,
            "withdraw_form": forms[Move.WITHDRAW],
            "may_raise": may_raise,
            "raise_address": reverse(
                "governance:escalation_raise", args=[matter.escalation.reference]
            )
            + back.carried,
            "written_at": "" if may_raise else written_at(matter.escalation, request.standing),
        }
        return render(request, "governance/escalation_form.html", context, status=status)
    groups = {"act": [], "aside": [], "exception": []}
    for form in forms.values():
        groups[form.group].append(form)
    decision, decision_before = matter.decision, matter.decision_before_reopening
    context |= {
        "groups": groups,
        "why_not": why_not(request.standing, matter),
        "timeline": timeline_of(matter),
        "came_from": came_from(matter.escalation, request.standing),
        "expected": expected_meeting(matter),
        "decision": decision,
        "asked_of_me": matter.view_asked_of(request.standing),
        "why_brought": why_brought(matter.brought_by) if matter.brought_by else "",
        "points": points_of(decision, request.standing),
        "decision_before": decision_before,
        "points_before": points_of(decision_before, request.standing),
        "rungs_today": (
            rungs(structure_today(), matter.holder) if matter.is_off_todays_way else None
        ),
    }
    return render(request, "governance/escalation_detail.html", context, status=status)


def form_of(move, request, matter, *sent):
    return MOVE_FORMS[move](*sent, matter=matter, standing=request.standing)


def points_of(decision, standing):
    """What a decision asks of whom by when, and who may say that it is done."""
    if decision is None:
        return []
    points, _ = action_points.rows(decision.action_points.all(), standing)
    return with_forms(action_points.with_moved_days(points))


def expected_meeting(matter):
    """The next meeting of the body that has it, if its answer is due no earlier."""
    if not matter.escalation.is_open:
        return None
    meeting = (
        Meeting.objects.filter(
            body=matter.holder, status=Meeting.Status.PLANNED, starts_at__gte=timezone.now()
        )
        .order_by("starts_at")
        .first()
    )
    is_in_time = meeting and timezone.localdate(meeting.starts_at) <= matter.escalation.answer_by
    return meeting if is_in_time else None
