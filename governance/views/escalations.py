"""Pages of matters that are escalated. Every deed has an address of its own, to which is posted.

A refusal at the wrong moment shows the matter as it is now, with the sentence and what was typed.
"""

from functools import wraps
from itertools import zip_longest
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from governance import action_points
from governance.actions import asides, decisions, escalations, exceptions, merging
from governance.actions.steps import RECORDED_AS, check_moment, check_not_overtaken
from governance.forms import (
    EscalationFilterForm,
    EscalationForm,
    FinishForm,
    RaiseNewForm,
    new_sending_token,
)
from governance.matter import Matter
from governance.matters import rows
from governance.measures import measured
from governance.models import Body, Decision, Escalation, Meeting, Milestone
from governance.move_forms import MOVE_FORMS
from governance.permissions import can_make, can_see_escalation, can_take_away
from governance.structure import structure_today
from governance.telling import names_in, with_article
from governance.uploads import download
from governance.views.for_staff import for_staff
from governance.workflow import Move, MoveNotAllowed, may_move

PAGE = 25
CONFLICT = 409
LONGEST_NUMBER = 18  # digits of a key that every database takes


# --- The list -------------------------------------------------------------------------------------


@login_required
@require_safe
def escalation_list(request):
    """What someone may see, newest first, a page at a time by key."""
    form = EscalationFilterForm(request.GET, bodies=structure_today().bodies)
    context = {"form": form, "can_raise": bool(request.standing.sits_on)}
    if not form.is_valid():
        return render(request, "governance/escalation_list.html", context, status=400)
    asked = {
        name: value
        for name, value in form.cleaned_data.items()
        if value and name not in {"before", "after"}
    }
    found = form.apply(Escalation.objects.visible_to(request.standing))
    page, older, newer = page_by_key(
        found, **{k: form.cleaned_data[k] for k in ("before", "after")}
    )
    context |= {
        "rows": rows(page),
        "is_filtered": bool(asked),
        "next_url": older and f"?{urlencode(asked | {'before': older})}",
        "previous_url": newer and f"?{urlencode(asked | {'after': newer})}",
    }
    return render(request, "governance/escalation_list.html", context)


def page_by_key(found, *, before, after):
    """One page, newest first, and the keys from which the older and the newer page go on."""
    if after:
        page = list(found.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        has_newer, has_older = len(page) > PAGE, True
        page = page[:PAGE][::-1]
    else:
        found = found.filter(pk__lt=before) if before else found
        page = list(found.order_by("-pk")[: PAGE + 1])
        has_newer, has_older = bool(before), len(page) > PAGE
        page = page[:PAGE]
    if not page:
        return page, None, None
    return page, page[-1].pk if has_older else None, page[0].pk if has_newer else None


# --- A new matter ---------------------------------------------------------------------------------


def new_again(request, sentence, *, status):
    return new_page(request, refusal=sentence, status=status)


@for_staff(shows_again=new_again)
def escalation_new(request):
    """The form for a matter of a body one sits on; it is kept as a draft or raised at once."""
    return new_page(request)


def new_page(request, *, refusal="", status=200):
    structure = structure_today()
    mine = [body for body in structure.bodies if body.pk in request.standing.sits_on]
    slug = request.GET.get("body") or (mine[0].slug if len(mine) == 1 else "")
    if not slug:
        return render(request, "governance/escalation_body.html", {"bodies": mine})
    body = get_object_or_404(Body.objects.named(), slug=slug)
    if body.pk not in request.standing.sits_on or not structure.body(body):
        raise PermissionDenied(f"You do not sit on {with_article(body.name)}.")
    milestone = milestone_of(body, request.GET.get("milestone"))
    form_class = RaiseNewForm if request.POST.get("deed") == Move.RAISE else EscalationForm
    form = form_class(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        initial={
            "sending_token": new_sending_token(),
            **words_about(milestone),
            **words_of_a_measure(request, body),
        },
        lines=structure.lines_up(body, "escalates_to"),
        today=timezone.localdate(),
    )
    if form.is_bound and not refusal and form.is_valid():
        try:
            project = milestone and milestone.project
            escalation = draft_or_raise(form, body, project, by=request.user)
        except MoveNotAllowed as refused:
            refusal, status = str(refused), CONFLICT
        except ValidationError as faults:
            say_at_the_field(form, faults)
        else:
            move = Move.RAISE if escalation.raised_on else Move.EDIT
            messages.success(request, said_of(move, Matter(escalation)))
            return redirect("governance:escalation", escalation.reference)
    context = {
        "form": form,
        "edit_form": form,
        "body": body,
        "rungs": rungs(structure.ways_up(body)),
        "refusal": refusal,
    }
    return render(request, "governance/escalation_form.html", context, status=status)


def milestone_of(body, number):
    """The milestone of a project of the body that the address names, if it names one."""
    if not number:
        return None
    if not number.isascii() or not number.isdigit() or len(number) > LONGEST_NUMBER:
        raise Http404
    milestones = Milestone.objects.select_related("project")
    return get_object_or_404(milestones, pk=number, project__body=body)


def words_about(milestone):
    """What a matter about a slipped milestone says to begin with."""
    if milestone is None:
        return {}
    planned = f"{milestone.title} was planned for {date_format(milestone.due_on)}"
    if milestone.expected_on:
        now = f"and is now expected on {date_format(milestone.expected_on)}"
    else:
        now = "and has not been reached; no new day is set"
    return {
        "title": f"Slipped: {milestone.title}"[: Escalation._meta.get_field("title").max_length],
        "category": Escalation.Category.PERFORMANCE,
        "situation": f"In the project {milestone.project.name}: {planned}, {now}.",
    }


def words_of_a_measure(request, body):
    """What the form begins with when a measure of the body misses its target."""
    asked_for = request.GET.get("measure")
    found = asked_for and measured(body, asked_for, timezone.localdate())
    return found.words_of_a_matter() if found and found.misses else {}


@transaction.atomic
def draft_or_raise(form, body, project, *, by):
    words = {
        "raising_body": body,
        "project": project,
        "by": by,
        "sending_key": form.sending_key(by),
        **form.words,
    }
    escalation = escalations.draft(**words)
    if escalation.raised_on:  # It was pressed twice.
        return escalation
    escalation = with_files(form, escalation, by=by)
    if form.raising:
        return escalations.raise_matter(escalation=escalation, to_body=form.chosen_body, by=by)
    return escalation


def with_files(form, escalation, *, by):
    """The draft, without the files that its form takes away and with the one that it adds."""
    for file in form.taken_away:
        escalation = asides.detach(escalation=escalation, file=file, by=by)
    if form.cleaned_data["file"]:
        escalation = asides.attach(escalation=escalation, upload=form.cleaned_data["file"], by=by)
    return escalation


def say_at_the_field(form, faults):
    """Put what a deed found fault with at the fields of the form, or above them."""
    by_field = faults.message_dict if hasattr(faults, "error_dict") else {None: faults.messages}
    for name, sentences in by_field.items():
        form.add_error(name if name in form.fields else None, sentences)


# --- One matter -----------------------------------------------------------------------------------


@login_required
@require_safe
def escalation(request, reference):
    return matter_page(request, fetch(request, reference))


@login_required
@require_safe
def file(request, reference, pk):
    """A file that goes with a matter, for those who may see the matter."""
    matter = fetch(request, reference)
    found = next((each.document for each in matter.files if each.pk == pk), None)
    if found is None:
        raise Http404
    return download(found.file, found.media_type, found.title)


def fetch(request, reference):
    """The matter of a reference; that there is one is nobody's business who may not see it."""
    found = Escalation.objects.with_reference(reference).first()
    matter = Matter(found) if found else None
    if matter is None or not can_see_escalation(request.standing, matter):
        raise Http404
    return matter


def moves_open_to(standing, matter):
    """The moves that the deeds would accept from someone now."""
    possible = {
        Move.REOPEN: lambda: not matter.was_reopened,
        Move.PASS_UP: lambda: bool(matter.lines_up),
        Move.SEND_BACK: lambda: matter.came_from is not None,
        Move.CONSULT: lambda: bool(matter.to_consult),
        Move.DETACH: lambda: any(can_take_away(standing, matter, file) for file in matter.files),
        Move.MERGE: lambda: bool(matter.beside),
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


def matter_page(request, matter, *, sent=None, refusal="", status=None):
    """A matter, and what its reader may do. `sent` is the form that was sent and not taken."""
    open_moves = moves_open_to(request.standing, matter)
    forms = {move: form_of(move, request, matter) for move in MOVE_FORMS if move in open_moves}
    if sent and sent.move in forms:
        forms[sent.move] = sent
    context = {
        "matter": matter,
        "escalation": matter.escalation,
        "body": matter.raising_body,
        "form": sent,
        "refusal": str(refusal),
        "rungs": rungs(matter.ways_on),
        # What was typed for a move that is no longer open is shown to be copied.
        "typed": sent.said if sent and sent.move not in forms else "",
    }
    status = status or (CONFLICT if refusal else 200)
    if Move.EDIT in forms:
        # Saving and raising are two buttons of one form.
        edit_form, raise_form = forms[Move.EDIT], forms[Move.RAISE]
        context |= {
            "edit_form": raise_form if sent is raise_form else edit_form,
            "withdraw_form": forms[Move.WITHDRAW],
            "raise_address": reverse(
                "governance:escalation_raise", args=[matter.escalation.reference]
            ),
        }
        return render(request, "governance/escalation_form.html", context, status=status)
    groups = {"act": [], "aside": [], "exception": []}
    for form in forms.values():
        groups[form.group].append(form)
    decision = decision_of(matter)
    context |= {
        "groups": groups,
        "expected": expected_meeting(matter),
        "decision": decision,
        "asked_of_me": matter.view_asked_of(request.standing),
        "points": points_of(decision, request.standing),
        "rungs_today": rungs(matter.ways_today) if matter.is_off_todays_way else None,
    }
    return render(request, "governance/escalation_detail.html", context, status=status)


def form_of(move, request, matter, *sent):
    return MOVE_FORMS[move](*sent, matter=matter, standing=request.standing)


def decision_of(matter):
    """What came of the matter; none while nothing has."""
    found = Decision.objects.filter(pk=matter.escalation.decision_id).select_related("meeting")
    return found.prefetch_related(Prefetch("body", Body.objects.named())).first()


def points_of(decision, standing):
    """What a decision asks of whom by when, and who may say that it is done."""
    if decision is None:
        return []
    points, _ = action_points.rows(decision.action_points.all(), standing)
    for point in points:
        point.form = FinishForm(point=point)
    return points


def rungs(ways):
    """The lines of all ways by how far up they lead; one that several ways share stands once."""
    return [tuple(dict.fromkeys(filter(None, level))) for level in zip_longest(*ways)]


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


# --- Its moves ------------------------------------------------------------------------------------


def address_of(move):
    """Make a function that does one deed, given a form that is valid, the view of its address."""

    def again(request, sentence, *, status, reference):
        matter = fetch(request, reference)
        form = form_of(move, request, matter, request.POST, request.FILES)
        return matter_page(request, matter, sent=form, refusal=sentence, status=status)

    def decorate(do):
        @for_staff(shows_again=again)
        @wraps(do)
        def view(request, reference):
            matter = fetch(request, reference)
            if request.method == "POST":
                return attempt(request, matter, move, do)
            return redirect("governance:escalation", matter.escalation.reference)

        return view

    return decorate


def attempt(request, matter, move, do):
    """Do the deed; or show the matter as it is now, what was typed, and why it was not done."""
    form = form_of(move, request, matter, request.POST, request.FILES)
    try:
        if not form.is_valid():
            # That the page is stale explains more than a choice that is no longer there.
            check_not_overtaken(matter, form.cleaned_data.get("seen"))
            check_moment(move, matter)
            return matter_page(request, matter, sent=form)
        escalation = do(form, escalation=matter.escalation, by=request.user)
    except ValidationError as faults:
        say_at_the_field(form, faults)
        return matter_page(request, fetch(request, matter.escalation.reference), sent=form)
    except MoveNotAllowed as refusal:
        matter = fetch(request, matter.escalation.reference)
        if not was_done_before(matter, form, by=request.user):
            # The form goes on from what its sender is now told.
            posted = request.POST.copy()
            posted["seen"] = matter.seen
            form = form_of(move, request, matter, posted, request.FILES)
            return matter_page(request, matter, sent=form, refusal=refusal)
        escalation = matter.escalation
    matter = Matter(escalation)
    messages.success(request, said_of(move, matter))
    return redirect("governance:escalation", escalation.reference)


def was_done_before(matter, form, *, by):
    """Whether the last thing that happened is what this form asks for: it was pressed twice."""
    if form.move == Move.EDIT:
        return (
            matter.last_step is None
            and by == matter.last_change.history_user
            and form.is_as(matter)
        )
    step = matter.last_step
    return (
        step is not None
        and (step.by, step.kind) == (by, RECORDED_AS[form.move])
        and form.is_as(matter)
    )


def said_of(move, matter):
    """What the page says after the deed."""
    names = names_in(matter.last_step) if matter.last_step else {}
    return DONE[move].format(
        **names, reference=matter.escalation.reference, holder=with_article(matter.holder.name)
    )


DONE = {
    Move.EDIT: "{reference} is saved as a draft.",
    Move.RAISE: "You raised {reference} to {holder}.",
    Move.ACCEPT: "You accepted {reference} for {holder}.",
    Move.PASS_UP: "You passed {reference} up to {holder}.",
    Move.SEND_BACK: "You sent {reference} back to {holder} with your question.",
    Move.ANSWER: "You answered. {reference} is before {holder} again.",
    Move.RESOLVE: "You resolved {reference}. Every body on its way is told.",
    Move.WITHDRAW: "You withdrew {reference}.",
    Move.REOPEN: "You reopened {reference}. It is before {holder} again.",
    Move.CONSULT: "You asked {consulted} for its view of {reference}.",
    Move.COMMENT: "Your comment on {reference} is added.",
    Move.ATTACH: "The file is added to {reference}.",
    Move.DETACH: "The file is taken away from {reference}.",
    Move.MERGE: "You merged {reference} into {other}, which goes on for both.",
    Move.OUT_OF_LINE: "You sent {reference} out of line to {holder}.",
    Move.REBASE: "{reference} follows today’s lines from here on.",
    Move.ADD_ACTION: "It is added, and those to whom it falls are told.",
}


@address_of(Move.EDIT)
@transaction.atomic
def edit(form, *, escalation, by):
    edited = escalations.edit_draft(
        escalation=escalation, by=by, seen=form.cleaned_data["seen"], **form.words
    )
    return with_files(form, edited, by=by)


@address_of(Move.RAISE)
@transaction.atomic
def raise_matter(form, *, escalation, by):
    edited = escalations.edit_draft(
        escalation=escalation, by=by, seen=form.cleaned_data["seen"], **form.words
    )
    edited = with_files(form, edited, by=by)
    return escalations.raise_matter(escalation=edited, to_body=form.chosen_body, by=by)


@address_of(Move.ACCEPT)
def accept(form, **who):
    return escalations.accept(**form.note_as("note"), **who)


@address_of(Move.PASS_UP)
def pass_up(form, **who):
    return escalations.pass_up(to_body=form.chosen_body, **form.note_as("note"), **who)


@address_of(Move.SEND_BACK)
def send_back(form, **who):
    return escalations.send_back(**form.note_as("question"), **who)


@address_of(Move.ANSWER)
def answer(form, **who):
    return escalations.answer_back(**form.note_as("answer"), **who)


@address_of(Move.RESOLVE)
def resolve(form, **who):
    return escalations.resolve(seen=form.cleaned_data["seen"], **form.decided, **who)


@address_of(Move.WITHDRAW)
def withdraw(form, **who):
    return escalations.withdraw(**form.note_as("reason"), **who)


@address_of(Move.REOPEN)
def reopen(form, **who):
    return escalations.reopen(**form.note_as("reason"), **who)


@address_of(Move.ADD_ACTION)
def add_action(form, **who):
    return decisions.add_action(**form.asked, **who)


@address_of(Move.COMMENT)
def comment(form, **who):
    return asides.comment(text=form.cleaned_data["note"], **who)


@address_of(Move.CONSULT)
def consult(form, **who):
    return asides.consult(body=form.chosen_body, **form.note_as("question"), **who)


@address_of(Move.ATTACH)
def attach(form, **who):
    return asides.attach(upload=form.cleaned_data["file"], **who)


@address_of(Move.DETACH)
def detach(form, **who):
    return asides.detach(file=form.chosen_file, **form.note_as("reason"), **who)


@address_of(Move.MERGE)
def merge(form, **who):
    return merging.merge(into=form.chosen_matter, **form.note_as("reason"), **who)


@address_of(Move.OUT_OF_LINE)
def out_of_line(form, **who):
    return exceptions.send_out_of_line(to_body=form.chosen_body, **form.note_as("reason"), **who)


@address_of(Move.REBASE)
def rebase(form, **who):
    return exceptions.rebase(**form.note_as("reason"), **who)


MOVE_VIEWS = {
    Move.EDIT: edit,
    Move.RAISE: raise_matter,
    Move.ACCEPT: accept,
    Move.PASS_UP: pass_up,
    Move.SEND_BACK: send_back,
    Move.ANSWER: answer,
    Move.RESOLVE: resolve,
    Move.WITHDRAW: withdraw,
    Move.REOPEN: reopen,
    Move.ADD_ACTION: add_action,
    Move.COMMENT: comment,
    Move.CONSULT: consult,
    Move.ATTACH: attach,
    Move.DETACH: detach,
    Move.MERGE: merge,
    Move.OUT_OF_LINE: out_of_line,
    Move.REBASE: rebase,
}
