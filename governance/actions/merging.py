"""Two matters about the same thing: one goes on for both, and nobody loses sight of theirs.

Of matters that went into one that is merged in turn, all go into the last one: whoever looks for
what came of theirs has one step to go.
"""

from django.db import transaction

from governance import readers
from governance.actions.steps import add_step, begin, needed, record, save
from governance.actions.structure import lock_structure
from governance.emails import tell_of_last_step
from governance.matter import Matter
from governance.models import Escalation
from governance.way import Kind
from governance.workflow import Move, MoveNotAllowed


@transaction.atomic
def merge(*, escalation, into, reason, by, seen=None):
    """Let a matter go into another one that lies before the same body; that goes on for both.

    Who was asked for a view on it, and has not given it, is asked for it on the other.
    """
    lock_structure()  # as it asks for views: see `steps.begin`
    # Always in the same order, so that two who merge never wait for each other.
    both = Escalation.objects.filter(pk__in=[escalation.pk, into.pk])
    list(both.select_for_update().order_by("pk"))
    matter = begin(Move.MERGE, escalation, by=by, seen=seen)
    if escalation.pk == into.pk:
        raise MoveNotAllowed("A matter cannot be merged into itself. Choose another one.")
    goes_on = begin(Move.MERGE, into, by=by, seen=None)
    reason = needed(reason, "note", "Write why they are about the same thing")
    if (goes_on.holder, goes_on.acting_body) != (matter.holder, matter.acting_body):
        raise MoveNotAllowed("The two matters lie before different bodies. Choose another one.")

    asked = [
        (step, matter.now(step.from_body), matter.now(step.consulted_body))
        for step in matter.views_asked
    ]
    for earlier in those_in(matter.escalation):
        earlier.merged_into = goes_on.escalation
        follow(
            earlier, Kind.MERGED, goes_on.escalation, by=by, from_body=goes_on.holder, note=reason
        )
    matter.escalation.merged_into = goes_on.escalation
    merged = record(matter, Move.MERGE, by=by, note=reason, other_matter=goes_on.escalation)
    follow(goes_on.escalation, Kind.TOOK_IN, merged, by=by, from_body=goes_on.holder, note=reason)
    readers.add_those_of(merged, into=goes_on.escalation)
    for step, asker, body in asked:
        ask_anew(step, asker, body, on=Matter(goes_on.escalation), by=by)
    return merged


def ask_anew(step, asker, body, *, on, by):
    """Ask a body for its view on another matter, for who asked it, unless it has that to read.

    A body that has closed, and that nobody follows, gives none.
    """
    if on.has_to_read(body) or body.has_ended_by(on.today):
        return
    asks = {"line": step.line, "note": step.note, "consulted_body": body}
    record(on, Move.CONSULT, by=by, from_body=asker, **asks)


def carry_over(escalation, kind, *, by, from_body, note):
    """What came of a matter is what came of those that went into it."""
    for merged in those_in(escalation):
        merged.decision_id = escalation.decision_id
        follow(merged, kind, escalation, by=by, from_body=from_body, note=note)


def those_in(escalation):
    """The matters that went into this one, locked after it."""
    return list(escalation.merged.select_for_update().order_by("pk"))


def follow(escalation, kind, other, *, by, from_body, note=""):
    """Record on a matter what a body did with another one, and tell."""
    save(escalation, by=by, reason=kind.label)
    add_step(escalation, kind, by=by, from_body=from_body, note=note, other_matter=other)
    readers.keep_views([escalation.pk])
    tell_of_last_step(escalation)
