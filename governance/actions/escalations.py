"""Deeds that take a matter up the lines and back: from its draft to what came of it."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from governance import readers
from governance.actions import decisions
from governance.actions.merging import carry_over
from governance.actions.steps import (
    begin,
    check_can_have_back,
    check_is_open,
    move_on,
    needed,
    next_rung,
    record,
    resume_clock,
    save,
    start_clocks,
    write,
)
from governance.actions.structure import work_edited
from governance.came_from import is_kept
from governance.matter_in_words import REOPENED_ONCE
from governance.models import Escalation, EscalationWords, User
from governance.models.escalation import new_sending_key
from governance.permissions import check_can_settle_with, check_can_sit_for, standing_of
from governance.way import Kind, acting_body
from governance.workflow import CLIMBING, EscalationStatus, Move, MoveNotAllowed

# What must be written before a draft can be raised, and the sentence that asks for it.
NEEDED = {
    "title": "Enter a title",
    "category": "Choose what kind of matter it is",
    "situation": "Describe the situation",
    "asked": "Write what you ask of the body above",
}


@transaction.atomic
def draft(
    *,
    raising_body,
    by,
    title,
    category="",
    situation="",
    affected="",
    asked="",
    tried="",
    needed_by=None,
    project=None,
    sending_key=None,
):
    """Begin a matter for a body one sits on. The same `sending_key` always gives the same draft."""
    sending_key = sending_key or new_sending_key()
    check_can_sit_for(by, raising_body)
    check_is_open(raising_body)

    escalation = Escalation(
        title=title,
        category=category,
        situation=situation,
        affected=affected,
        asked=asked,
        tried=tried,
        needed_by=needed_by,
        project=project,
        raising_body=raising_body,
        current_body=raising_body,
        created_by=by,
        created_on=timezone.localdate(),
        sending_key=sending_key,
    )
    try:
        with transaction.atomic():
            save(escalation, by=by, reason="Drafted")
            EscalationWords.objects.create(escalation=escalation, words=words_of(escalation))
            readers.add_draft(escalation)
    except IntegrityError:
        # The same press has come before, or arrived at the same moment.
        return Escalation.objects.get(sending_key=sending_key, created_by=by)
    return escalation


class SentBefore(MoveNotAllowed):
    """What is sent has the title of a matter that its sender began before: `escalation`."""

    def __init__(self, escalation):
        super().__init__(
            f"You began {escalation.reference} with the same title. Go on with that one. If this "
            "is another matter, give it another title."
        )
        self.escalation = escalation


@transaction.atomic
def draft_once(*, raising_body, by, title, sending_key, **words):
    """The same as `draft` for a form that may be gone back to and sent again.

    A browser that goes back fetches a new form and puts into it what was typed, so the words alone
    tell. With the same ones it is the matter that was begun with them, raised or not; with others
    under the same title it is refused, while that matter is open.
    """
    # Whoever sends two forms at once is heard one after the other.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    begun = Escalation.objects.filter(created_by=by, raising_body=raising_body, title=title)
    begun = begun.filter(Q(is_open=True) | Q(status=EscalationStatus.DRAFT)).order_by("-pk").first()
    if begun is None or begun.sending_key == sending_key:
        return draft(
            raising_body=raising_body, by=by, title=title, sending_key=sending_key, **words
        )
    if any(getattr(begun, name) != value for name, value in words.items()):
        raise SentBefore(begun)
    return begun


@transaction.atomic
def edit_draft(
    *,
    escalation,
    by,
    title,
    category="",
    situation="",
    affected="",
    asked="",
    tried="",
    needed_by=None,
    seen=None,
):
    """Write a draft anew."""
    matter = begin(Move.EDIT, escalation, by=by, seen=seen)

    escalation = matter.escalation
    escalation.title = title
    escalation.category = category
    escalation.situation = situation
    escalation.affected = affected
    escalation.asked = asked
    escalation.tried = tried
    escalation.needed_by = needed_by
    save(escalation, by=by, reason="Draft edited")
    EscalationWords.objects.filter(escalation=escalation).update(words=words_of(escalation))
    readers.keep_up(escalation)
    return escalation


@transaction.atomic
def raise_matter(*, escalation, to_body, by, note="", seen=None):
    """Put a draft before a body above, on an *escalates to* line in force today.

    What it came from may keep it, and lets go of it where it is raised.
    """
    matter = begin(Move.RAISE, escalation, by=by, seen=seen)
    escalation = matter.escalation
    if is_kept(escalation):
        raise MoveNotAllowed(
            "This draft comes from what residents said. Open it again, and raise it there, so that "
            "they are told."
        )
    missing = {name: why for name, why in NEEDED.items() if not getattr(escalation, name).strip()}
    if missing:
        raise ValidationError(missing)
    line, to_body = next_rung(matter, to_body)

    escalation.raised_on = matter.today
    start_clocks(escalation, to_body, matter.today)
    return record(matter, Move.RAISE, by=by, to_body=to_body, line=line, note=note)


@transaction.atomic
def raise_new(*, raising_body, to_body, by, sending_key=None, **words):
    """Draft a matter and raise it, in one press."""
    escalation = draft(raising_body=raising_body, by=by, sending_key=sending_key, **words)
    if escalation.raised_on:
        return escalation
    return raise_matter(escalation=escalation, to_body=to_body, by=by)


@transaction.atomic
def accept(*, escalation, by, note="", seen=None):
    """Acknowledge a matter: the body has it and will answer."""
    matter = begin(Move.ACCEPT, escalation, by=by, seen=seen)

    return record(matter, Move.ACCEPT, by=by, note=note)


@transaction.atomic
def pass_up(*, escalation, to_body, by, note="", seen=None):
    """Pass the matter to a body above the one that has it, on a line of the day it was raised."""
    matter = begin(Move.PASS_UP, escalation, by=by, seen=seen)
    line, to_body = next_rung(matter, to_body)

    start_clocks(matter.escalation, to_body, matter.today)
    return record(matter, Move.PASS_UP, by=by, to_body=to_body, line=line, note=note)


@transaction.atomic
def send_back(*, escalation, question, by, seen=None):
    """Ask the body it came from; the clock of the body that asks stands still meanwhile."""
    matter = begin(Move.SEND_BACK, escalation, by=by, seen=seen)
    question = needed(question, "note", "Write your question")
    to_body = matter.came_from
    if to_body is None:
        raise MoveNotAllowed("There is no other body that it came from, so no one to ask.")
    check_can_have_back(to_body, acting_body(matter.path[:-1], matter.today), matter.today)

    matter.escalation.paused_on = matter.today
    return record(matter, Move.SEND_BACK, by=by, to_body=to_body, note=question)


@transaction.atomic
def answer_back(*, escalation, answer, by, seen=None):
    """Answer the question; the body that asked has the matter again, and its clock goes on."""
    matter = begin(Move.ANSWER, escalation, by=by, seen=seen)
    answer = needed(answer, "note", "Write your answer")
    to_body = matter.path[-1]
    check_can_have_back(to_body, acting_body(matter.path, matter.today), matter.today)

    resume_clock(matter)
    return record(matter, Move.ANSWER, by=by, to_body=to_body, note=answer)


@transaction.atomic
def resolve(
    *,
    escalation,
    by,
    outcome="",
    title="",
    decided_on=None,
    meeting=None,
    decision=None,
    seen=None,
):
    """Close the matter with a decision of its body: one it has taken, or one told here.

    Of a new one `outcome` is the text; without a meeting the chair took it between meetings.
    """
    matter = begin(Move.RESOLVE, escalation, by=by, seen=seen)
    if decision is None:
        decision = decisions.keep(
            body=matter.holder,
            title=title or escalation.title,
            text=needed(outcome, "note", "Write what was decided"),
            decided_on=decided_on,
            meeting=meeting,
            by=by,
            told_to_resolve=True,
        )
    else:
        check_can_settle_with(by, decision)
        work_edited()  # fewer may read it from now on: the body's page shows it
    decisions.check_is_of(decision, matter.holder)

    matter.escalation.decision = decision
    resolved = record(matter, Move.RESOLVE, by=by, note=decision.text)
    carry_over(resolved, Kind.RESOLVED, by=by, from_body=resolved.current_body, note=decision.text)
    return resolved


@transaction.atomic
def withdraw(*, escalation, reason, by, seen=None):
    """Take the matter back; its body does not pursue it."""
    matter = begin(Move.WITHDRAW, escalation, by=by, seen=seen)
    reason = needed(reason, "note", "Write why it is withdrawn")
    if matter.took_in:
        others = " and ".join(other.reference for other in matter.took_in)
        raise MoveNotAllowed(
            f"Others wait for it too: {others} went into this matter. It can only be resolved."
        )

    return record(matter, Move.WITHDRAW, by=by, from_body=matter.raising_body, note=reason)


@transaction.atomic
def reopen(*, escalation, reason, by, seen=None):
    """Put a resolved matter before the body that resolved it, once, with a clock of its own."""
    matter = begin(Move.REOPEN, escalation, by=by, seen=seen)
    if matter.was_reopened:
        raise MoveNotAllowed(REOPENED_ONCE)
    reason = needed(reason, "note", "Write why it is reopened")
    check_can_have_back(matter.holder, matter.acting_body, matter.today)
    is_theirs = matter.raising_body.pk in standing_of(by).officer_of

    start_clocks(matter.escalation, matter.holder, matter.today)
    matter.escalation.acknowledge_by = None  # It has been accepted before.
    if matter.escalation.decision_id:
        work_edited()  # more may read it again
    matter.escalation.decision = None
    from_body = matter.raising_body if is_theirs else matter.holder
    reopened = record(matter, Move.REOPEN, by=by, from_body=from_body, note=reason)
    carry_over(reopened, Kind.REOPENED, by=by, from_body=from_body, note=reason)
    return reopened


def climb(*, matter, note):
    """Let an overdue matter go up by itself: where its body’s settings say so, and one line leads.

    For `actions.clocks`, which has locked it. Gives None where it cannot go.
    """
    if not matter.holder.climbs_by_itself or len(matter.lines_up) != 1:
        return None
    try:
        line, to_body = next_rung(matter, matter.lines_up[0].to_body)
    except MoveNotAllowed:
        return None
    if matter.is_to_move:
        matter = move_on(matter, by=None)
    escalation = matter.escalation
    status = CLIMBING[escalation.status]
    start_clocks(escalation, to_body, matter.today)
    return write(matter, status, Kind.PASSED_UP, by=None, to_body=to_body, line=line, note=note)


def words_of(escalation):
    """All that was written of a matter, to find it by."""
    texts = ("title", "situation", "affected", "asked", "tried")
    return "\n".join(getattr(escalation, name) for name in texts)
