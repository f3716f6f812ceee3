"""Deeds on a matter that its lines alone would not carry rightly.

An officer may ask for one. Each is an exception with a reason, approved or refused by a governance
administrator, and the timeline shows who asked and who decided.
"""

from django.db import transaction

from governance.actions.steps import begin, check_can_receive, needed, record, start_clocks
from governance.names import named_bodies
from governance.telling import capital, with_article
from governance.way import acting_body
from governance.workflow import Move, MoveNotAllowed
from localities.day_field import in_words


@transaction.atomic
def ask_out_of_line(*, escalation, to_body, reason, by, seen=None):
    """Ask a governance administrator to put a matter before a body to which no line leads."""
    matter = begin(Move.ASK_OUT_OF_LINE, escalation, by=by, seen=seen)
    reason = needed(reason, "note", "Write why no line will do")
    if matter.exception_asked:
        raise MoveNotAllowed(
            "This was asked already, and a governance administrator has not answered yet."
        )
    to_body = out_of_line_from(matter, to_body)
    return record(matter, Move.ASK_OUT_OF_LINE, by=by, note=reason, wanted_body=to_body)


@transaction.atomic
def refuse_out_of_line(*, escalation, reason, by, seen=None):
    """Say no to an exception that was asked for, and why; the matter stays where it lies."""
    matter = begin(Move.REFUSE_OUT_OF_LINE, escalation, by=by, seen=seen)
    reason = needed(reason, "note", "Write why it is refused")
    asked = matter.exception_asked
    if asked is None:
        raise MoveNotAllowed("Nobody asks for an exception now, so there is nothing to refuse.")
    return record(
        matter, Move.REFUSE_OUT_OF_LINE, by=by, note=reason, wanted_body=asked.wanted_body
    )


@transaction.atomic
def send_out_of_line(*, escalation, to_body, reason, by, seen=None):
    """Put a matter before a body to which no line leads from where it lies."""
    matter = begin(Move.OUT_OF_LINE, escalation, by=by, seen=seen)
    reason = needed(reason, "note", "Write why no line will do")
    to_body = out_of_line_from(matter, to_body)

    start_clocks(matter.escalation, to_body, matter.today)
    return record(matter, Move.OUT_OF_LINE, by=by, to_body=to_body, note=reason)


def out_of_line_from(matter, to_body):
    """The body named afresh, if it can have the matter and only an exception would bring it."""
    to_body = named_bodies([to_body.pk])[to_body.pk]
    if to_body == matter.holder:
        raise MoveNotAllowed(f"It lies before {with_article(to_body.name)} already.")
    if matter.structure.escalation_line(matter.holder, to_body):
        raise MoveNotAllowed(
            f"A line leads to {with_article(to_body.name)}: it can be passed up, with no exception."
        )
    way = [*matter.way_here, to_body]
    check_can_receive(to_body, acting_body(way, matter.today), matter.today)
    return to_body


@transaction.atomic
def rebase(*, escalation, reason, by, seen=None):
    """Let a matter follow today's lines from here on; where it lies stays as it is."""
    matter = begin(Move.REBASE, escalation, by=by, seen=seen)
    reason = needed(reason, "note", "Write why it is to follow today’s lines")
    if not matter.is_off_todays_way:
        raise MoveNotAllowed(
            f"{capital(with_article(matter.holder.name))} escalates today as it did on "
            f"{in_words(matter.lines_of)}: there is nothing to re-base."
        )

    return record(matter, Move.REBASE, by=by, note=reason)
