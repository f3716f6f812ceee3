"""Deeds that rename, close, merge and split bodies, and move lines.

Each is done whole or not at all, for any day, and can be rehearsed first: `rehearse(close, body=…)`
gives the `Impact` that a page shows. What it would leave without a holder needs a reason, or the
deed is refused in a sentence. `choices` says what becomes of single items, by their keys, and
`left_because` why a part of them is left, by the key of the part.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from governance import impact
from governance.actions import structure
from governance.actions.meetings import check_none_is_left
from governance.actions.structure import lock_structure, save, structure_edited
from governance.impact import (
    ENDS,
    GOES,
    ONE_DAY,
    Closing,
    Impact,
    Item,
    Part,
    earliest,
)
from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Evidence,
    ReportingLine,
)
from governance.permissions import check_can_edit_structure
from localities.day_field import in_words
from localities.models import Locality


@dataclass(frozen=True)
class NewBody:
    """A body that a deed is to open."""

    name: str
    kind: BodyKind
    short_name: str = ""
    slug: str = ""  # made from the name unless given
    locality: Locality | None = None
    mailbox: str = ""
    purpose: str = ""


class Rehearsed(Exception):
    """The deed was done to see what it touches, and is undone."""

    def __init__(self, impact):
        super().__init__("Rehearsed")
        self.impact = impact


class Stale(Exception):
    """Something has changed since the page was made from which this deed was asked for."""

    def __init__(self, impact):
        super().__init__(
            "Something has changed since you opened this page. Look at it again before you confirm."
        )
        self.impact = impact


def rehearse(deed, **given):
    """What a deed would touch, and what would become of it; nothing stays done."""
    try:
        deed(**given, rehearsing=True)
    except Rehearsed as rehearsed:
        return rehearsed.impact


# --- Bodies ---------------------------------------------------------------------------------------


@transaction.atomic
def rename(
    *,
    body,
    name,
    from_day,
    by,
    reason,
    short_name="",
    left_because=None,
    seen=None,
    rehearsing=False,
    **proof,
):
    """Give a body another name from a day on, as `structure.rename`, with what becomes of the old.

    Unless `proof` says otherwise, that it is so is assumed, for the reason given.
    """
    deed = Deed(from_day, by, reason, None, left_because)
    body = Body.objects.get(pk=body.pk)
    before = body.names.on(from_day - ONE_DAY).first() or body.names.on(from_day).first()
    renamed = structure.rename(
        body=body,
        name=name,
        short_name=short_name,
        from_day=from_day,
        by=by,
        reason=deed.reason,
        **(proof or deed.assumed("Renamed by a governance administrator.")),
    )
    deed.items.append(
        (NAME, Item(f"address-{body.pk}", f"/bodies/{body.slug}/", {GOES: "Stays its address."}))
    )
    if before is not None:
        until = f"Found by this name too, which ends on {in_words(from_day - ONE_DAY)}."
        deed.items.append((NAME, Item(f"name-{before.pk}", f"“{before.name}”", {ENDS: until})))
    deed.finish(seen, rehearsing)
    return renamed


@transaction.atomic
def close(
    *,
    body,
    last_day,
    by,
    reason,
    successor=None,
    choices=None,
    left_because=None,
    seen=None,
    rehearsing=False,
):
    """Close a body at the end of a day, and hand over what rests on it to its successor."""
    deed = Deed(last_day + ONE_DAY, by, reason, choices, left_because)
    body = Body.objects.get(pk=body.pk)
    deed.close(body, successor)
    deed.finish(seen, rehearsing)
    return Body.objects.get(pk=body.pk)


@transaction.atomic
def reschedule(*, body, last_day, successor, by, reason, left_because=None):
    """Move a closing that is planned to another day, or to another successor.

    What was handed over for the first day stays so: it is refused where that would leave something
    without a holder.
    """
    body = Body.objects.get(pk=body.pk)
    first = earliest(last_day, body.end_date)
    deed = Deed(first + ONE_DAY, by, reason, None, left_because)
    moved = structure.close(
        body=body, last_day=last_day, successor=successor, by=by, reason=deed.reason
    )
    check_none_is_left(moved, was_to_close_on=body.end_date or last_day)
    deed.finish(None, rehearsing=False)
    return Body.objects.get(pk=body.pk)


@transaction.atomic
def merge(
    *,
    bodies,
    into,
    from_day,
    by,
    reason,
    choices=None,
    left_because=None,
    seen=None,
    rehearsing=False,
):
    """Let one body follow several from a day on: one of them, another, or a new one."""
    deed = Deed(from_day, by, reason, choices, left_because)
    opened = ()
    if isinstance(into, NewBody):
        into = deed.open(into)
        opened = (into,)
    closing = [body for body in bodies if body.pk != into.pk]
    if not closing:
        raise ValidationError({"bodies": "Choose at least one body that closes."})
    together = frozenset(body.pk for body in closing)
    for body in Body.objects.filter(pk__in=together).order_by("pk"):
        deed.close(body, into, together=together, opened=opened)
    deed.finish(seen, rehearsing)
    return Body.objects.get(pk=into.pk)


@transaction.atomic
def split(
    *,
    body,
    into,
    from_day,
    by,
    reason,
    successor_of_open_matters,
    choices=None,
    left_because=None,
    seen=None,
    rehearsing=False,
):
    """Let several new bodies follow one from a day on; give them, in the order of `into`.

    One of them, or a body that there is, has what lies before it.
    """
    deed = Deed(from_day, by, reason, choices, left_because)
    opened = [deed.open(new) for new in into]
    successor = successor_of_open_matters
    if isinstance(successor, NewBody):
        successor = opened[into.index(successor)]
    deed.close(Body.objects.get(pk=body.pk), successor, opened=tuple(opened))
    deed.finish(seen, rehearsing)
    return opened


# --- Lines ----------------------------------------------------------------------------------------


@transaction.atomic
def move_line(
    *,
    line,
    to_body,
    from_day,
    by,
    reason,
    left_because=None,
    seen=None,
    rehearsing=False,
    **proof,
):
    """Let a line lead to another body from a day on; it ends the day before, and a new one begins.

    Matters already on their way keep the line of the day they were raised.
    """
    deed = Deed(from_day, by, reason, None, left_because)
    line = ReportingLine.objects.select_related("from_body", "to_body").get(pk=line.pk)
    check_holds_around(line, from_day)
    if to_body.pk == line.to_body_id:
        raise ValidationError({"to_body": "The line leads to this body already."})
    moved = ReportingLine(from_body=line.from_body, to_body=to_body, kind=line.kind)
    deed.items.append(
        (
            LINE,
            Item(
                f"line-{line.pk}",
                str(line),
                {GOES: f"{moved}, from {in_words(from_day)}."},
            ),
        )
    )
    structure.end_line(line=line, last_day=from_day - ONE_DAY, by=by, reason=deed.reason)
    moved = structure.draw_line(
        from_body=line.from_body,
        kind=line.kind,
        to_body=to_body,
        respect=line.respect,
        start_date=from_day,
        end_date=earliest(line.end_date, to_body.end_date),
        by=by,
        reason=deed.reason,
        **(proof or {"reasoning": f"Moved from “{line}”. {reason}"}),
    )
    deed.finish(seen, rehearsing)
    return moved


def check_holds_around(line, from_day):
    """Refuse to move a line that does not hold on the day before, or would end that day anyway."""
    before = from_day - ONE_DAY
    if line.is_in_force_on(before) and line.is_in_force_on(from_day):
        return
    says = f"“{line}” does not hold on {in_words(before)}, the day before: it "
    if line.start_date and line.start_date > before:
        says += (
            f"begins on {in_words(line.start_date)}. Choose a later day, or change in the line "
            "itself which body it leads to."
        )
    elif line.end_date < before:
        says += f"ended on {in_words(line.end_date)}. Choose an earlier day, or correct the line."
    else:
        says = f"“{line}” ends on {in_words(before)} already{followed_by(line, from_day)}"
    raise ValidationError({"from_day": says})


def followed_by(line, from_day):
    """How it goes on with a line that ends the day before, and what to do."""
    moved = ReportingLine.objects.filter(
        from_body=line.from_body, kind=line.kind, respect=line.respect, start_date=from_day
    )
    if (new := moved.select_related("to_body").first()) is None:
        return ". Choose an earlier day, or change the last day of the line first."
    return (
        f", and “{new}” begins on the day that you chose. If that is not right, correct that line; "
        "or choose an earlier day."
    )


# --- What the deeds are made of -------------------------------------------------------------------


NO_ADDRESS = "Enter a name with letters from A to Z or digits: the address is made of them."


class NamePart(Part):
    key = "names"
    order = 10
    title = "The name"


class LinePart(Part):
    key = "lines"
    order = 10
    title = "The line"
    explanation = "Matters already on their way keep the line of the day they were raised."


NAME, LINE = NamePart(), LinePart()


class Deed:
    """One deed under its lock: what it has touched so far, and what was without a holder before."""

    def __init__(self, from_day, by, reason, choices, left_because):
        lock_structure()
        check_can_edit_structure(by)
        self.from_day, self.by = from_day, by
        self.choices, self.left_because = choices or {}, left_because or {}
        self.reason = with_what_is_left(reason, self.left_because)
        self.days = impact.days_to_come(from_day)
        self.before = impact.without_holder(self.days)
        self.items = []

    def open(self, new):
        """Open a body, given as a `NewBody`."""
        name = " ".join(new.name.split())
        if not name:
            raise ValidationError({"name": "Enter the name of the new body."})
        slug = new.slug or slug_of(name)
        if not slug:
            raise ValidationError({"name": NO_ADDRESS})
        if Body.objects.filter(slug=slug).exists():
            raise ValidationError({"name": taken(slug)})
        proof = {"evidence": Evidence.ASSUMED, "reasoning": self.reason}
        body = Body(
            slug=slug,
            kind=new.kind,
            locality=new.locality,
            mailbox=new.mailbox,
            purpose=new.purpose,
            start_date=self.from_day,
            **proof,
        )
        body.full_clean()
        save(body, self.by, self.reason)
        named = BodyName(
            body=body, name=name, short_name=new.short_name, start_date=self.from_day, **proof
        )
        named.full_clean()
        save(named, self.by, self.reason)
        structure_edited(work_stays=True)
        return Body.objects.get(pk=body.pk)

    def close(self, body, successor, *, together=frozenset(), opened=()):
        """Close a body for which no closing is planned yet, and hand over what rests on it."""
        if body.end_date is not None:
            raise ValidationError(
                {
                    "body": f"{body} closes on {in_words(body.end_date)} already. Keep it open "
                    "first, then close it anew."
                }
            )
        if successor is not None:
            successor = Body.objects.get(pk=successor.pk)
        closing = Closing(body, self.from_day - ONE_DAY, successor, together, tuple(opened))
        items = impact.items_of(closing, self.choices)
        structure.close(
            body=body,
            last_day=closing.last_day,
            successor=successor,
            by=self.by,
            reason=self.reason,
        )
        for part, item in items:
            part.hand_over(closing, item, by=self.by, reason=self.reason)
        self.items += items

    def assumed(self, why):
        """How a fact is known that follows from the deed and is stated nowhere."""
        return {"evidence": Evidence.ASSUMED, "reasoning": f"{why} {self.reason}"}

    def finish(self, seen, rehearsing):
        """Judge what the deed leaves; refuse it, undo it after a rehearsal, or let it stand."""
        after = impact.without_holder(self.days)
        without = impact.newly_without(self.before, after)
        done = Impact(impact.sections_of(self.items, without))
        if rehearsing:
            raise Rehearsed(done)
        if seen is not None and seen != done.seen:
            raise Stale(done)
        done.check_reasons(self.left_because)


def with_what_is_left(reason, left_because):
    """The reason for the history, with why things are left."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "Enter the reason for this change."})
    left = [text.strip() for text in left_because.values() if text.strip()]
    return " ".join([reason, *left])


def taken(slug):
    return f"The address /bodies/{slug}/ is taken. Enter another name."


def slug_of(name):
    """The address of a new body with this name."""
    return slugify(name)[: Body._meta.get_field("slug").max_length]
