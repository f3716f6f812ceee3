"""What the deeds on a matter are made of. Each locks it, judges it as it stands, records one step.

The lock makes whoever acts at the same time wait and then judge what the first one left. A
conditional UPDATE would do as much for the status, but would leave no history behind and could not
judge the steps. Without a lock for rows (SQLite) the transaction itself is the lock: it begins by
taking the only right to write.
"""

from django.core.exceptions import ValidationError
from django.utils import timezone

from governance import readers, tallies
from governance.actions.structure import lock_structure
from governance.emails import tell_of_last_step
from governance.matter import Matter
from governance.models import Body, Escalation, EscalationStep
from governance.names import named_bodies
from governance.outbox import can_receive
from governance.pauses import days_paused, pauses_of, run_on
from governance.permissions import check_can_make, check_can_see_escalation, standing_of
from governance.structure import structure_on, structure_today
from governance.telling import capital, with_article
from governance.way import Kind, acting_body
from governance.workflow import OPEN_STATUSES, Move, MoveNotAllowed, status_after
from localities.day_field import in_words
from localities.history import signed

RECORDED_AS = {
    Move.RAISE: Kind.RAISED,
    Move.ACCEPT: Kind.ACCEPTED,
    Move.PASS_UP: Kind.PASSED_UP,
    Move.SEND_BACK: Kind.SENT_BACK,
    Move.ANSWER: Kind.ANSWERED,
    Move.RESOLVE: Kind.RESOLVED,
    Move.WITHDRAW: Kind.WITHDRAWN,
    Move.REOPEN: Kind.REOPENED,
    Move.CONSULT: Kind.CONSULTED,
    Move.COMMENT: Kind.COMMENTED,
    Move.ATTACH: Kind.FILE_ADDED,
    Move.DETACH: Kind.FILE_REMOVED,
    Move.MERGE: Kind.MERGED,
    Move.ASK_OUT_OF_LINE: Kind.ASKED_OUT,
    Move.REFUSE_OUT_OF_LINE: Kind.REFUSED_OUT,
    Move.OUT_OF_LINE: Kind.OUT_OF_LINE,
    Move.REBASE: Kind.REBASED,
    Move.ADD_ACTION: Kind.ACTION_ADDED,
}

# Who closes a body locks the structure, and then the matters on which views are asked of it. These
# would lock it after theirs, to give what bodies work with a new version, and each would wait for
# the other; so they lock it first too. And no view is asked while one looks whose are.
LOCK_STRUCTURE_FIRST = {Move.RESOLVE, Move.REOPEN, Move.CONSULT}


def begin(move, escalation, *, by, seen):
    """The matter, locked and read afresh, once this person may make this move on it now.

    What has happened meanwhile is judged before the person: who was overtaken wants to know by
    whom, and may no longer act for the body that has it now.
    """
    if move in LOCK_STRUCTURE_FIRST:
        lock_structure()
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
    escalation.current_body = follower
    if not matter.was_raised:
        escalation.raising_body = follower
    save(escalation, by=by, reason=Kind.MOVED.label)
    if matter.was_raised:
        step = add_step(escalation, Kind.MOVED, by=by, from_body=closed)
        keep_views(matter, step)
    else:
        readers.move_draft(escalation)
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


def check_can_have_back(body, officers_body, day):
    """Refuse a body that had the matter before, where nobody is left who would receive it.

    One that has closed and that nobody follows has it back: the body below acts for it.
    """
    if officers_body.has_ended_by(day):
        name = capital(with_article(body.name))
        raise MoveNotAllowed(
            f"{name} has closed, and no body follows it or acts for it, so it can receive nothing."
        )
    check_can_receive(officers_body, officers_body, day)


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


def resume_clock(matter):
    """Give back the working days for which the clock stood still."""
    escalation, days = matter.escalation, matter.calendar
    pauses = pauses_of((step.kind, step.at) for step in matter.steps)
    run_on(pauses, matter.today)
    escalation.paused_days = days_paused(pauses, days)
    escalation.answer_by = days.due_day(
        escalation.clock_started_on, escalation.answer_days, paused_days=escalation.paused_days
    ).due
    escalation.paused_on = None


def record(matter, move, **step):
    """Give the matter the status that a move leads to, and write that it was made."""
    return write(matter, status_after(matter.escalation.status, move), RECORDED_AS[move], **step)


def write(matter, status, kind, *, by, from_body=None, to_body=None, line=None, note="", **named):
    """Give the matter its status, write the step, and tell; a fresh object is given back.

    `named` is what else the step names: the body consulted, the other matter.
    """
    escalation = matter.escalation
    from_body = from_body or matter.holder
    escalation.status = status
    escalation.current_body = to_body or matter.holder
    save(escalation, by=by, reason=kind.label)
    step = add_step(escalation, kind, by=by, from_body=from_body, line=line, note=note, **named)
    keep_views(matter, step)
    tallies.count([*matter.steps, step], matter.calendar)
    escalation = Escalation.objects.get(pk=escalation.pk)
    if escalation.raised_on:  # What was never raised, nobody has been told of.
        tell_of_last_step(escalation)
    return escalation


def keep_views(matter, step):
    """Let a step on a matter of which views were asked count for those; of most none ever was."""
    if any(each.kind == Kind.CONSULTED for each in (*matter.steps, step)):
        readers.keep_views([matter.escalation.pk])


def add_step(escalation, kind, *, by, from_body, line=None, note="", **named):
    """Write down one thing that happened to a matter, whose saved row says where it now is."""
    step = EscalationStep.objects.create(
        escalation=escalation,
        kind=kind,
        at=timezone.now(),
        by=by,
        from_body=from_body,
        to_body=escalation.current_body,
        line_id=line.pk if line else None,
        note=note.strip(),
        answer_by=escalation.answer_by if escalation.status in OPEN_STATUSES else None,
        **named,
    )
    if escalation.raised_on:
        consulted = named.get("consulted_body")
        bodies = {escalation.raising_body_id, escalation.current_body_id}
        readers.add(escalation, bodies | ({consulted.pk} if consulted else set()))
    else:
        readers.keep_up(escalation)
    return step


def save(escalation, *, by, reason):
    """Save with a history row that says who and why."""
    signed(escalation, by, reason).save()


def needed(text, field, why):
    if not text.strip():
        raise ValidationError({field: why})
    return text.strip()
