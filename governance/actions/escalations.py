"""Deeds that move a matter. Each locks it, judges it as it stands then, and records one step.

The lock makes whoever acts at the same time wait and then judge what the first one left. A
conditional UPDATE would do as much for the status, but would leave no history behind and could not
judge the steps. Without a lock for rows (SQLite) the transaction itself is the lock: it begins by
taking the only right to write.
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.emails import tell_of_last_step
from governance.matter import (
    Kind,
    Matter,
    acting_body,
    capital,
    named_bodies,
    with_article,
)
from governance.models import Body, Escalation, EscalationStep, EscalationWords
from governance.models.escalation import new_sending_key
from governance.outbox import can_receive
from governance.permissions import (
    check_can_make,
    check_can_see_escalation,
    check_can_sit_for,
    standing_of,
)
from governance.structure import structure_on, structure_today
from governance.workflow import CLIMBING, OPEN_STATUSES, Move, MoveNotAllowed, status_after
from localities.day_field import in_words

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
    asked="",
    tried="",
    needed_by=None,
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
        asked=asked,
        tried=tried,
        needed_by=needed_by,
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
    except IntegrityError:
        # The same press has come before, or arrived at the same moment.
        return Escalation.objects.get(sending_key=sending_key, created_by=by)
    return escalation


@transaction.atomic
def edit_draft(
    *,
    escalation,
    by,
    title,
    category="",
    situation="",
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
    escalation.asked = asked
    escalation.tried = tried
    escalation.needed_by = needed_by
    save(escalation, by=by, reason="Draft edited")
    EscalationWords.objects.filter(escalation=escalation).update(words=words_of(escalation))
    return escalation


@transaction.atomic
def raise_matter(*, escalation, to_body, by, note="", seen=None):
    """Put a draft before a body above, on an *escalates to* line in force today."""
    matter = begin(Move.RAISE, escalation, by=by, seen=seen)
    escalation = matter.escalation
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
    check_can_receive(to_body, acting_body(matter.path[:-1], matter.today), matter.today)

    matter.escalation.paused_on = matter.today
    return record(matter, Move.SEND_BACK, by=by, to_body=to_body, note=question)


@transaction.atomic
def answer_back(*, escalation, answer, by, seen=None):
    """Answer the question; the body that asked has the matter again, and its clock goes on."""
    matter = begin(Move.ANSWER, escalation, by=by, seen=seen)
    answer = needed(answer, "note", "Write your answer")
    to_body = matter.path[-1]
    check_can_receive(to_body, acting_body(matter.path, matter.today), matter.today)

    resume_clock(matter.escalation, matter.today)
    return record(matter, Move.ANSWER, by=by, to_body=to_body, note=answer)


@transaction.atomic
def resolve(*, escalation, outcome, by, seen=None):
    """Close the matter with what came of it."""
    matter = begin(Move.RESOLVE, escalation, by=by, seen=seen)
    outcome = needed(outcome, "note", "Write what was decided")

    return record(matter, Move.RESOLVE, by=by, note=outcome)


@transaction.atomic
def withdraw(*, escalation, reason, by, seen=None):
    """Take the matter back; its body does not pursue it."""
    matter = begin(Move.WITHDRAW, escalation, by=by, seen=seen)
    reason = needed(reason, "note", "Write why it is withdrawn")

    return record(matter, Move.WITHDRAW, by=by, from_body=matter.raising_body, note=reason)


@transaction.atomic
def reopen(*, escalation, reason, by, seen=None):
    """Put a resolved matter before the body that resolved it, once, with a clock of its own."""
    matter = begin(Move.REOPEN, escalation, by=by, seen=seen)
    if matter.was_reopened:
        raise MoveNotAllowed("This matter was reopened once. Raise a new one if it goes on.")
    reason = needed(reason, "note", "Write why it is reopened")
    check_can_receive(matter.holder, matter.acting_body, matter.today)
    is_theirs = matter.raising_body.pk in standing_of(by).officer_of

    start_clocks(matter.escalation, matter.holder, matter.today)
    matter.escalation.acknowledge_by = None  # It has been accepted before.
    from_body = matter.raising_body if is_theirs else matter.holder
    return record(matter, Move.REOPEN, by=by, from_body=from_body, note=reason)


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
    escalation = matter.escalation
    status = CLIMBING[escalation.status]
    start_clocks(escalation, to_body, matter.today)
    return write(matter, status, Kind.PASSED_UP, by=None, to_body=to_body, line=line, note=note)


# --- What the deeds are made of -------------------------------------------------------------------

RECORDED_AS = {
    Move.RAISE: Kind.RAISED,
    Move.ACCEPT: Kind.ACCEPTED,
    Move.PASS_UP: Kind.PASSED_UP,
    Move.SEND_BACK: Kind.SENT_BACK,
    Move.ANSWER: Kind.ANSWERED,
    Move.RESOLVE: Kind.RESOLVED,
    Move.WITHDRAW: Kind.WITHDRAWN,
    Move.REOPEN: Kind.REOPENED,
}


def begin(move, escalation, *, by, seen):
    """The matter, locked and read afresh, once this person may make this move on it now.

    What has happened meanwhile is judged before the person: who was overtaken wants to know by
    whom, and may no longer act for the body that has it now.
    """
    matter = Matter(Escalation.objects.select_for_update().get(pk=escalation.pk))
    standing = standing_of(by)
    check_can_see_escalation(standing, matter)
    check_not_overtaken(matter, seen)
    check_moment(move, matter)
    check_can_make(move, standing, matter)
    return move_on(matter, by=by) if matter.is_to_move else matter


def move_on(matter, *, by):
    """Record that a matter has come to the body that follows its closed holder."""
    escalation = matter.escalation
    closed, follower = escalation.current_body, matter.holder
    if matter.was_raised:
        EscalationStep.objects.create(
            escalation=escalation,
            kind=Kind.MOVED,
            at=timezone.now(),
            by=by,
            from_body=closed,
            to_body=follower,
            answer_by=escalation.answer_by if escalation.is_open else None,
        )
    else:
        escalation.raising_body = follower
    escalation.current_body = follower
    save(escalation, by=by, reason=Kind.MOVED.label)
    return Matter(escalation, today=matter.today)


def check_not_overtaken(matter, seen):
    """Refuse who saw the matter before its last change; `seen` is `Matter.seen` of their page."""
    if seen is not None and seen != matter.seen:
        raise MoveNotAllowed(f"Since you opened this page, {matter.what_happened()}.")


def check_moment(move, matter):
    try:
        status_after(matter.escalation.status, move)
    except MoveNotAllowed as refusal:
        because = f"{str(refusal).rstrip('.')}: {matter.what_happened()}."
        raise MoveNotAllowed(because) from None


def next_rung(matter, to_body):
    """The line on which it travels from where it lies, and the body above, which can receive it."""
    to_body = named_bodies([to_body.pk])[to_body.pk]
    line = matter.structure.escalation_line(matter.holder, to_body)
    if line is None:
        raise MoveNotAllowed(
            f"{capital(with_article(matter.holder.name))} did not escalate to "
            f"{with_article(to_body.name)} on {in_words(matter.structure.day)}, "
            "the day whose lines this matter follows."
        )
    to_body = who_has_it_now(to_body, matter.today)
    if to_body == matter.holder:
        raise MoveNotAllowed(
            f"It lies before {with_article(to_body.name)} already, which follows the body above."
        )
    way = [*matter.path, to_body]
    check_can_receive(to_body, acting_body(way, matter.today), matter.today)
    return line, to_body


def who_has_it_now(body, day):
    """The body itself, or if it has closed and there is one, the body that follows it."""
    follower = structure_on(day).holder_of(body) if body.has_ended_by(day) else None
    return named_bodies([follower.pk])[follower.pk] if follower else body


def check_is_open(body):
    if not Body.objects.on(timezone.localdate()).filter(pk=body.pk).exists():
        raise MoveNotAllowed(f"{capital(with_article(body.name))} is not open today.")


def check_can_receive(body, officers_body, day):
    """Refuse a body that is closed, or for which nobody would receive the matter."""
    if not body.is_in_force_on(day):
        name = capital(with_article(body.name))
        raise MoveNotAllowed(f"{name} is not open on {in_words(day)}, so it can receive nothing.")
    if not can_receive(officers_body, day=day):
        name = capital(with_article(officers_body.name))
        raise MoveNotAllowed(
            f"{name} has nobody to receive this matter today: neither an officer nor a mailbox "
            "is recorded. Ask a governance administrator."
        )


def start_clocks(escalation, body, today):
    """The body has it from today, and answers in its own number of working days."""
    days = structure_today().calendar
    escalation.clock_started_on = today
    escalation.acknowledge_days = body.acknowledge_days
    escalation.answer_days = body.answer_days
    escalation.acknowledge_by = days.due_day(today, body.acknowledge_days).due
    escalation.answer_by = days.due_day(today, body.answer_days).due
    escalation.paused_on = None
    escalation.paused_days = 0


def resume_clock(escalation, today):
    """Give back the working days for which the clock stood still."""
    days = structure_today().calendar
    escalation.paused_days += days.working_days_between(escalation.paused_on, today)
    escalation.answer_by = days.due_day(
        escalation.clock_started_on, escalation.answer_days, paused_days=escalation.paused_days
    ).due
    escalation.paused_on = None


def record(matter, move, *, by, from_body=None, to_body=None, line=None, note=""):
    """Give the matter the status that a move leads to, and write that it was made."""
    status = status_after(matter.escalation.status, move)
    words = {"from_body": from_body, "to_body": to_body, "line": line, "note": note}
    return write(matter, status, RECORDED_AS[move], by=by, **words)


def write(matter, status, kind, *, by, from_body=None, to_body=None, line=None, note=""):
    """Give the matter its status, write the step, and tell; a fresh object is given back."""
    escalation = matter.escalation
    from_body = from_body or matter.holder
    escalation.status = status
    escalation.current_body = to_body or matter.holder
    save(escalation, by=by, reason=kind.label)
    EscalationStep.objects.create(
        escalation=escalation,
        kind=kind,
        at=timezone.now(),
        by=by,
        from_body=from_body,
        to_body=escalation.current_body,
        line_id=line.pk if line else None,
        note=note.strip(),
        answer_by=escalation.answer_by if escalation.status in OPEN_STATUSES else None,
    )
    escalation = Escalation.objects.get(pk=escalation.pk)
    if escalation.raised_on:  # What was never raised, nobody has been told of.
        tell_of_last_step(escalation)
    return escalation


def save(escalation, *, by, reason):
    """Save with a history row that says who and why."""
    escalation._history_user = by
    escalation._change_reason = reason
    escalation.save()


def words_of(escalation):
    """All that was written of a matter, to find it by."""
    return "\n".join([escalation.title, escalation.situation, escalation.asked, escalation.tried])


def needed(text, field, why):
    if not text.strip():
        raise ValidationError({field: why})
    return text.strip()
