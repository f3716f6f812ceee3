"""Deeds that leave a matter where it lies: ask another body's view, say something, add a file."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.actions.steps import (
    begin,
    check_can_receive,
    needed,
    record,
    save,
)
from governance.models import Document, EscalationFile
from governance.names import named_bodies
from governance.permissions import check_can_take_away, standing_of
from governance.telling import capital, with_article
from governance.uploads import atomic_with_files, note_stored, remove_once_done
from governance.way import Kind
from governance.workflow import Move, MoveNotAllowed
from localities.day_field import in_words
from localities.history import signed

MOST_FILES = 20


@transaction.atomic
def consult(*, escalation, body, question, by, seen=None):
    """Ask the view of a body that the holder is aligned with; it reads and comments, no more."""
    matter = begin(Move.CONSULT, escalation, by=by, seen=seen)
    question = needed(question, "note", "Write what you ask them")
    line = matter.aligned.get(body.pk)
    body = named_bodies([body.pk])[body.pk]
    if line is None:
        raise MoveNotAllowed(
            f"{capital(with_article(matter.holder.name))} was not aligned with "
            f"{with_article(body.name)} on {in_words(matter.structure.day)}, the day whose lines "
            "this matter follows."
        )
    if matter.has_to_read(body):
        raise MoveNotAllowed(f"{capital(with_article(body.name))} has this matter to read already.")
    check_can_receive(body, body, matter.today)

    return record(matter, Move.CONSULT, by=by, line=line, note=question, consulted_body=body)


@transaction.atomic
def comment(*, escalation, text, by):
    """Say something to a matter. Saying the same again says it once.

    What happened to it meanwhile does not make a comment wrong, so none is refused for that.
    """
    matter = begin(Move.COMMENT, escalation, by=by, seen=None)
    text = needed(text, "note", "Write your comment")
    last = matter.last_step
    if (last.kind, last.by_id, last.note) == (Kind.COMMENTED, by.pk, text):
        return matter.escalation

    return record(matter, Move.COMMENT, by=by, from_body=voice_of(by, matter), note=text)


@atomic_with_files()
def attach(*, escalation, upload, by):
    """Add a file, an `uploads.Upload`, to a matter. The same file again is there already."""
    matter = begin(Move.ATTACH, escalation, by=by, seen=None)
    escalation = matter.escalation
    there = list(escalation.files.values_list("digest", flat=True))
    if upload.digest in there:
        return escalation
    if len(there) >= MOST_FILES:
        raise ValidationError(
            {"file": f"There are {MOST_FILES} files already. Take one away, or send a link."}
        )

    document = Document(
        title=upload.title,
        media_type=upload.media_type,
        size=upload.file.size,
        file=upload.file,
    )
    signed(document, by, Kind.FILE_ADDED.label).save()
    note_stored(document.file.name)
    EscalationFile.objects.create(
        escalation=escalation,
        document=document,
        digest=upload.digest,
        added_by=by,
        added_at=timezone.now(),
    )
    return note(matter, Move.ATTACH, by=by)


@atomic_with_files()
def change_files(*, escalation, by, upload=None, taken_away=()):
    """Leave a draft without the files that its form takes away, and with the one that it adds."""
    for file in taken_away:
        escalation = detach(escalation=escalation, file=file, by=by)
    return attach(escalation=escalation, upload=upload, by=by) if upload else escalation


@transaction.atomic
def detach(*, escalation, file, by, reason="", seen=None):
    """Take a file away for good: its row, its history and the file itself."""
    matter = begin(Move.DETACH, escalation, by=by, seen=seen)
    if matter.was_raised:
        reason = needed(reason, "note", "Write why it is taken away")
    found = matter.escalation.files.select_related("document").filter(pk=file.pk).first()
    if found is None:
        raise MoveNotAllowed("This file has been taken away already.")
    check_can_take_away(standing_of(by), matter, found)

    document, stored = found.document, found.document.file.name
    document.delete()
    Document.history.filter(id=found.document_id).delete()
    remove_once_done([stored])
    return note(matter, Move.DETACH, by=by, text=reason)


def note(matter, move, *, by, text=""):
    """Record it as a step; of a draft nobody has been told, so there its history is enough."""
    if matter.was_raised:
        return record(matter, move, by=by, from_body=voice_of(by, matter), note=text)
    save(matter.escalation, by=by, reason=move.label)
    return matter.escalation


def voice_of(person, matter):
    """The body for which someone speaks: the one nearest to its holder that they sit on."""
    sits_on = standing_of(person).sits_on
    return next((body for body in matter.voices if body.pk in sits_on), matter.holder)
