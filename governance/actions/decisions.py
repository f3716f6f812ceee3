"""Deeds on decisions: write one down, and follow what it asks of people until that is done."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from governance.actions.steps import begin, needed, record, save
from governance.actions.structure import work_edited
from governance.emails import remind_of_action_point, tell_of_action_point, tell_of_moved_day
from governance.models import ActionPoint, Decision, Meeting, Membership
from governance.permissions import (
    check_can_finish,
    check_can_keep_record_of,
    check_can_move_due_day,
)
from governance.structure import structure_today
from governance.telling import capital, with_article
from governance.workflow import Move, MoveNotAllowed
from localities.dated import in_force
from localities.day_field import in_words


@transaction.atomic
def decide(*, body, title, text, by, decided_on=None, meeting=None, is_public=False):
    """Write down what a body decided: at a meeting, or without one by its chair on a day."""
    check_can_keep_record_of(by, body)
    return keep(
        body=body,
        title=title,
        text=text,
        by=by,
        decided_on=decided_on,
        meeting=meeting,
        is_public=is_public,
    )


def keep(
    *, body, title, text, by, decided_on=None, meeting=None, is_public=False, told_to_resolve=False
):
    """Write a decision, by someone who is known to be allowed to."""
    if meeting is not None:
        check_is_of(meeting, body)
        check_takes_place(meeting)
        decided_on = decided_on or timezone.localdate(meeting.starts_at)
        check_is_day_of(decided_on, meeting)
    decided_on = decided_on or timezone.localdate()
    check_has_come(decided_on)
    decision = Decision(
        body=body,
        meeting=meeting,
        decided_on=decided_on,
        title=needed(title, "title", "Enter a title for the decision"),
        text=needed(text, "text", "Write what was decided"),
        is_public=is_public,
        told_to_resolve=told_to_resolve,
    )
    decision.full_clean(exclude=["body", "meeting"])
    save(decision, by=by, reason="Decided")
    work_edited()  # the body's page shows it
    return decision


def check_takes_place(meeting):
    if meeting.status == Meeting.Status.CANCELLED:
        raise ValidationError({"meeting": "This meeting was cancelled. Choose another one."})


def check_has_come(decided_on):
    if decided_on > timezone.localdate():
        raise ValidationError({"decided_on": "The day of the decision must be today or before."})


def is_on(day, meeting):
    """Whether a meeting takes place on a day, or lasts into it."""
    first = timezone.localdate(meeting.starts_at)
    last = timezone.localdate(meeting.ends_at) if meeting.ends_at else first
    return first <= day <= last


def check_is_day_of(decided_on, meeting):
    """Refuse a decision that says it was taken at a meeting, on a day when that did not meet."""
    first = timezone.localdate(meeting.starts_at)
    if first > timezone.localdate():
        raise ValidationError({"meeting": "This meeting has not begun. Choose another one."})
    if not is_on(decided_on, meeting):
        raise ValidationError(
            {
                "decided_on": f"The meeting was on {in_words(first)}. Enter that day, "
                "or choose the meeting of another day."
            }
        )


def is_of(row, body):
    """Whether a decision or a meeting is of this body, or of one that it follows today."""
    return row.body_id == body.pk or row.body_id in structure_today().followed_by(body)


def check_is_of(row, body):
    """Refuse a decision or a meeting that is of neither this body nor one that it follows."""
    if not is_of(row, body):
        raise MoveNotAllowed(
            f"“{row}” is not of {with_article(body.name)}, before which the matter lies."
        )


@transaction.atomic
def add_action(*, escalation, text, body, due_on, by, kind="action", person=None, seen=None):
    """Say what the decision that resolved a matter asks of whom by when, or on what condition."""
    matter = begin(Move.ADD_ACTION, escalation, by=by, seen=seen)
    text = needed(text, "note", "Write what is to be done")
    if due_on < matter.today:
        raise ValidationError({"due_on": "The day must be today or later"})
    if not body.is_in_force_on(matter.today):
        raise ValidationError({"owner": f"{capital(with_article(body.name))} is not open today"})
    if person is not None and not seats_today([body]).filter(person=person).exists():
        raise ValidationError(
            {"owner": f"{person} does not sit on {with_article(body.name)} today"}
        )

    point = ActionPoint(
        decision=matter.escalation.decision,
        kind=kind,
        text=text,
        body=body,
        person=person,
        due_on=due_on,
    )
    point.full_clean(exclude=["decision", "body", "person"])
    save(point, by=by, reason="Added")
    tell_of_action_point(point, by=by)
    return record(matter, Move.ADD_ACTION, by=by, note=text)


@transaction.atomic
def finish(*, action_point, by, note=""):
    """Say that an action is done, or a condition met."""
    point = ActionPoint.objects.select_for_update().get(pk=action_point.pk)
    check_can_finish(by, point)
    if not point.is_open:
        raise MoveNotAllowed(
            f"{point.done_by} has marked this as done already, on {in_words(point.done_on)}."
        )

    point.done_on, point.done_by, point.done_note = timezone.localdate(), by, note.strip()
    save(point, by=by, reason="Done")
    return ActionPoint.objects.get(pk=point.pk)


@transaction.atomic
def move_due_day(*, action_point, due_on, reason, by, seen):
    """Give an action another day. Its history keeps the days it had, who moved them and why.

    `seen` is the day that stood on the page of whoever moves it.
    """
    point = ActionPoint.objects.select_for_update().get(pk=action_point.pk)
    check_can_move_due_day(by, point)
    if not point.is_open:
        raise MoveNotAllowed("This is done already, so its day stays as it is.")
    if point.due_on != seen:
        raise MoveNotAllowed(
            f"Since you opened this page, its day was moved to {in_words(point.due_on)}."
        )
    reason = needed(reason, "reason", "Write why the day is moved")
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": "The day must be today or later"})
    if due_on == point.due_on:
        raise ValidationError({"due_on": "This is the day it has. Enter another one"})

    point.due_on = due_on
    save(point, by=by, reason=reason)
    tell_of_moved_day(point, by=by)
    return ActionPoint.objects.get(pk=point.pk)


def remind_of_overdue(now):
    """Remind of every action whose day is over and of which nobody was; give what was done."""
    today = timezone.localdate(now)
    late = list(ActionPoint.objects.to_remind_of(today).values_list("pk", flat=True))
    return [sentence for pk in late if (sentence := _remind_of(pk, today))]


@transaction.atomic
def _remind_of(pk, today):
    """Remind of one action, if that is still to be done; another worker’s is left to it."""
    found = ActionPoint.objects.to_remind_of(today).filter(pk=pk)
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True)
    point = found.first()
    if point is None:
        return ""
    ActionPoint.objects.filter(pk=pk).update(reminded_on=today)
    remind_of_action_point(point)
    return f"{point.get_kind_display()} {pk} reminded"


def seats_today(bodies):
    """The seats of bodies that are held today."""
    today = timezone.localdate()
    return Membership.objects.filter(
        in_force(today), in_force(today, "seat"), seat__body__in=bodies, person__is_active=True
    )
