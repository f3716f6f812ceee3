"""Deeds on meetings: plan one, change it, cancel it. Calendars that hold it follow."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.actions.decisions import decide, is_on
from governance.actions.structure import lock_structure, work_edited
from governance.models import Body, Decision, Meeting
from governance.permissions import check_can_keep_record_of
from localities.day_field import in_words
from localities.history import signed

# What calendar programs must be told of again.
SHOWN_IN_CALENDARS = ("starts_at", "ends_at", "place", "status", "note")


@transaction.atomic
def plan(*, body, starts_at, by, reason, **fields):
    """Put a meeting of a body in its calendar."""
    lock_structure()
    check_can_keep_record_of(by, body)
    body = Body.objects.get(pk=body.pk)  # somebody may have closed it since it was read
    meeting = Meeting(body=body, starts_at=starts_at, **fields)
    return keep(meeting, by, reason)


@transaction.atomic
def change(*, meeting, by, reason, **fields):
    """Move a meeting, or change what is said of it; calendars see that it is newer."""
    meeting = locked(meeting)
    check_can_keep_record_of(by, meeting.body)
    changed = [name for name, value in fields.items() if getattr(meeting, name) != value]
    for name in changed:
        setattr(meeting, name, fields[name])
    note_change(meeting, changed)
    check_bears_its_decisions(meeting, changed)
    return keep(meeting, by, reason)


def locked(meeting):
    """The meeting afresh, behind the record, which a closing, an import or the admin locks first.

    A decision that names the meeting is written meanwhile: its key does not change.
    """
    lock_structure()
    return Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)


def note_change(meeting, changed):
    """Let calendars know that a meeting is newer, if what they show is among the changed fields.

    The note of one that is cancelled says why: if it takes place after all, it has its own again.
    """
    if set(changed) & set(SHOWN_IN_CALENDARS):
        meeting.sequence += 1
    if "status" in changed and "note" not in changed:
        before = meeting.history.first()
        if before and before.status == Meeting.Status.CANCELLED:
            was = meeting.history.exclude(status=Meeting.Status.CANCELLED).first()
            meeting.note = was.note if was else ""


@transaction.atomic
def cancel(*, meeting, by, reason):
    """Cancel a meeting; it stays in calendars, as cancelled, with the reason."""
    meeting = locked(meeting)
    check_can_keep_record_of(by, meeting.body)
    check_can_be_cancelled(meeting)
    return change(
        meeting=meeting, by=by, reason=reason, status=Meeting.Status.CANCELLED, note=reason
    )


@transaction.atomic
def take_down(*, meeting, title, text, by, is_public=False):
    """Write down what a meeting decided: once, however often the button is pressed.

    Who sends it again for everyone to read has thought better of it. Who does not say so the second
    time takes nothing back: that is what the form begins with.
    """
    meeting = locked(meeting)
    check_can_keep_record_of(by, meeting.body)
    same = Decision.objects.filter(meeting=meeting, title=title.strip(), text=text.strip()).first()
    if same is None:
        return decide(
            body=meeting.body, meeting=meeting, title=title, text=text, by=by, is_public=is_public
        )
    if is_public and not same.is_public:
        same.is_public = True
        signed(same, by, "Opened to everyone").save()
        work_edited()  # the body's page shows it
    return same


def check_can_be_cancelled(meeting):
    if meeting.status == Meeting.Status.HELD:
        raise ValidationError("A meeting that was held cannot be cancelled.")


def check_bears_its_decisions(meeting, changed):
    """Refuse to cancel a meeting that has decided something, or to move it off the day of that."""
    if not {"starts_at", "ends_at", "status"} & set(changed):
        return
    for decision in meeting.decisions.order_by("decided_on", "pk"):
        said = f"It decided “{decision.title}” on {in_words(decision.decided_on)}"
        way = "take it out of this decision first, where decisions are edited."
        if meeting.status == Meeting.Status.CANCELLED:
            raise ValidationError(
                {"status": f"{said}: it cannot be cancelled. Say that it was held, or {way}"}
            )
        if not is_on(decision.decided_on, meeting):
            raise ValidationError(
                {"starts_at": f"{said}: it cannot be on other days. Choose that day, or {way}"}
            )


def check_body_is_there(meeting):
    """Refuse to plan a meeting of a body for a day on which it is closed, or still to begin."""
    if meeting.status != Meeting.Status.PLANNED:
        return
    body, day = meeting.body, timezone.localdate(meeting.starts_at)
    if body.start_date and day < body.start_date:
        raise ValidationError(
            {
                "starts_at": f"{body} begins on {in_words(body.start_date)}: it cannot meet before "
                "that day. Choose a later one, or plan it for another body."
            }
        )
    if body.has_ended_by(day):
        raise ValidationError(
            {
                "starts_at": f"{body} closes on {in_words(body.end_date)}: it cannot meet after "
                "that day. Choose an earlier one, or plan it for another body."
            }
        )


def check_none_is_before(body):
    """Refuse a first day of a body after a meeting that is planned."""
    planned = Meeting.objects.filter(body=body, status=Meeting.Status.PLANNED)
    first = planned.order_by("starts_at").first()
    if first and body.start_date and (day := timezone.localdate(first.starts_at)) < body.start_date:
        raise ValidationError(
            {
                "start_date": f"{body} is to meet on {in_words(day)}, before that day. Cancel that "
                "meeting first, or choose an earlier first day."
            }
        )


def check_none_is_left(body, was_to_close_on):
    """Refuse a last day of a body before a meeting that is planned while it was to be there."""
    planned = Meeting.objects.filter(body=body, status=Meeting.Status.PLANNED)
    planned = planned.filter(starts_at__date__lte=was_to_close_on).order_by("starts_at")
    if (last := planned.last()) and body.has_ended_by(day := timezone.localdate(last.starts_at)):
        raise ValidationError(
            {
                "end_date": f"{body} is to meet on {in_words(day)}, after that day. Cancel that "
                "meeting first, or choose a later last day."
            }
        )


def keep(meeting, by, reason):
    """Write a meeting as it is now; for deeds that have asked who may."""
    meeting.full_clean(exclude=["body"])
    check_body_is_there(meeting)
    signed(meeting, by, reason).save()
    work_edited()  # the body's page shows it
    return meeting
