"""What the steps of a matter do to it: which way they take it, and who acts at its end."""

from django.utils.timezone import localdate

from governance.models import EscalationStep

Kind = EscalationStep.Kind

# The steps that take a matter one body further.
TRAVELS = {Kind.RAISED, Kind.PASSED_UP, Kind.OUT_OF_LINE}

# From one of these on it follows the lines of another day.
SETS_LINES = {Kind.MOVED, Kind.REBASED}

# Steps that nobody records for another body: they are of the person who took them.
OWN_STEPS = {
    Kind.MOVED,
    Kind.COMMENTED,
    Kind.FILE_ADDED,
    Kind.FILE_REMOVED,
    Kind.REBASED,
    Kind.REFUSED_OUT,
}

# The step that asks for an exception, and those after which it is no longer asked.
ASKS = Kind.ASKED_OUT
SETTLES = {*TRAVELS, Kind.REFUSED_OUT, Kind.SENT_BACK, Kind.RESOLVED}

# The steps that bring it to its holder for a reason that its own words do not tell.
BROUGHT = {Kind.PASSED_UP, Kind.OUT_OF_LINE, Kind.REOPENED}

# The steps after which the body that holds it has it in hand.
TAKES_IN_HAND = {Kind.ACCEPTED, Kind.ANSWERED, Kind.REOPENED}


def views_asked(steps, in_place_of):
    """The steps that ask for a view which is not given yet, by the key of the body that was asked.

    Who has the place of that body gives it by saying something, or by having the matter itself.
    `in_place_of(body, day)` says who had it by a day, by key.
    """
    asked = {}
    for step in steps:
        gave = {step.to_body_id} | ({step.from_body_id} if step.kind == Kind.COMMENTED else set())
        if asked:
            day = localdate(step.at)
            asked = {
                pk: each for pk, each in asked.items() if gave.isdisjoint(in_place_of(pk, day))
            }
        if step.kind == Kind.CONSULTED:
            asked[step.consulted_body_id] = step
    return asked


def go_on(way, step):
    """Take the bodies of a way one step further."""
    if step.kind in TRAVELS:
        way.append(step.to_body)
    elif step.kind == Kind.MOVED and step.from_body in way:
        way[len(way) - 1 - way[::-1].index(step.from_body)] = step.to_body
    elif step.kind == Kind.SENT_BACK and len(way) > 1:
        way[-2] = step.to_body
    elif step.kind == Kind.ANSWERED:
        way[-1] = step.to_body


def acting_body(way, day):
    """The body whose officers act for the last one of a way.

    Bodies outside the partnership have no officers here, nor has a closed one that nobody follows:
    those of the body below act for them.
    """
    able = (
        body
        for body in reversed(way)
        if not body.kind.outside_partnership and not body.has_ended_by(day)
    )
    return next(able, way[0])
