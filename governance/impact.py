"""What rests on a body that closes, what becomes of it, and what would be without a holder.

Each part of the portal says so for its own rows, and hands them over; the apps `register` theirs
when they start. `governance.actions.lifecycle` asks them.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q

from governance.models import Body
from governance.names import names_of
from governance.outbox import officers_of
from governance.registered import Registered
from governance.structure import structure_on
from governance.telling import with_article
from localities.day_field import in_words

ONE_DAY = timedelta(days=1)

# What may become of something. Each part offers some of these, each with a sentence.
GOES, EACH, ENDS, LEFT = "goes", "each", "ends", "left"


@dataclass(frozen=True)
class Closing:
    """A body closes at the end of a day. `together` close others by the same deed."""

    body: Body
    last_day: date
    successor: Body | None = None
    together: frozenset[int] = frozenset()
    opened: tuple[Body, ...] = ()  # by the same deed

    @property
    def from_day(self):
        return self.last_day + ONE_DAY

    @property
    def name(self):
        return with_article(self.body.name)

    @property
    def follower(self):
        return self.successor and with_article(self.successor.name)

    @property
    def bodies(self):
        """The body, and the closed ones that it follows, by primary key."""
        return {self.body.pk} | structure_on(self.last_day).followed_by(self.body)


@dataclass(frozen=True)
class Item:
    """Something that rests on what ends: what may become of it, and what is chosen."""

    key: str
    what: str
    becomes: dict[str, str]  # choice → sentence; the first one is taken unless another is chosen
    chosen: str = ""
    needs_reason: frozenset[str] = frozenset({LEFT})
    row: object = field(default=None, compare=False, repr=False)

    @property
    def choice(self):
        return self.chosen or next(iter(self.becomes))

    @property
    def sentence(self):
        return self.becomes[self.choice]

    @property
    def is_left(self):
        return self.choice in self.needs_reason

    def decided(self, choices):
        """The item with what was chosen for it, if anything was."""
        chosen = choices.get(self.key, "")
        if chosen and chosen not in self.becomes:
            raise ValidationError(f"Choose one of the ways that are listed for “{self.what}”.")
        return replace(self, chosen=chosen)


@dataclass(frozen=True)
class Section:
    """The items of one part, and what would be without a holder for want of another choice."""

    part: "Part"
    items: tuple[Item, ...]
    without_holder: tuple[str, ...] = ()

    @property
    def needs_reason(self):
        return bool(self.without_holder) or any(item.is_left for item in self.items)


@dataclass(frozen=True)
class Impact:
    """Everything that a deed touches, part by part."""

    sections: tuple[Section, ...]

    @property
    def seen(self):
        """What a page carries, to know whether it is stale: the items and the ways they can go."""
        told = [
            (section.part.key, item.key, item.what, sorted(item.becomes.items()))
            for section in self.sections
            for item in section.items
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def check_reasons(self, left_because):
        """Refuse to leave something without saying why."""
        for section in self.sections:
            if section.needs_reason and not left_because.get(section.part.key, "").strip():
                left = [f"{item.what}: {item.sentence}" for item in section.items if item.is_left]
                sentences = " ".join([*left, *section.without_holder])
                raise ValidationError(
                    {section.part.key: f"{sentences} Choose who takes it over, or say why not."}
                )


class Part:
    """One kind of thing that rests on a body. Parts override what concerns them."""

    key = title = explanation = ""
    order = 0  # on the page
    dated = ()  # models of which a first or last day may change who is without a holder

    def rest_on(self, closing):
        """What rests on the body, each with what may become of it."""
        return []

    def hand_over(self, closing, item, *, by, reason):
        """Do what was chosen for an item, once the body has its last day."""

    def without_holder(self, day):
        """What is without a holder on a day, in sentences by key."""
        return {}


PARTS = Registered()
register = PARTS.register


# --- Asking them all ------------------------------------------------------------------------------


def items_of(closing, choices):
    """What rests on a body, part by part, with what was chosen."""
    return [(part, item.decided(choices)) for part in PARTS for item in part.rest_on(closing)]


def sections_of(items, newly_without):
    """Sections in the order of the parts. `items` are pairs, `newly_without` is by part."""
    # What the deed itself does comes first of its place.
    parts = dict.fromkeys([*(part for part, _ in items if part not in PARTS), *PARTS])
    return tuple(
        Section(part, tuple(its), tuple(without))
        for part in sorted(parts, key=lambda part: part.order)
        for its in [[item for its_part, item in items if its_part is part]]
        for without in [newly_without.get(part.key, [])]
        if its or without
    )


def days_to_come(from_day):
    """The day a deed takes effect, and every later one that is planned to change something."""
    days = {from_day}
    for model in {Body, *(model for part in PARTS for model in part.dated)}:
        starts = model.objects.filter(start_date__gt=from_day)
        days.update(starts.values_list("start_date", flat=True).distinct())
        # After the last day that there is comes none.
        ends = model.objects.filter(end_date__gte=from_day, end_date__lt=date.max)
        days.update(end + ONE_DAY for end in ends.values_list("end_date", flat=True).distinct())
    return sorted(days)


def without_holder(days):
    """What is without a holder on any of these days: (part, key, day) → sentence."""
    return {
        (part.key, key, day): sentence
        for day in days
        for part in PARTS
        for key, sentence in part.without_holder(day).items()
    }


def newly_without(before, after):
    """The sentences that are there after a deed and were not before, by part; each thing once."""
    told = {}
    for (part, key, day), sentence in sorted(after.items(), key=lambda entry: entry[0][2]):
        if (part, key, day) not in before and (part, key) not in told:
            told[part, key] = f"From {in_words(day)}: {sentence}"
    parts = {}
    for (part, _), sentence in told.items():
        parts.setdefault(part, []).append(sentence)
    return parts


def receiving_on(day):
    """The bodies, by primary key, that have an officer or a mailbox on a day."""
    officers = officers_of(OuterRef("pk"), day=day)
    able = Q(Exists(officers)) | ~Q(mailbox="")
    return set(Body.objects.on(day).filter(able).values_list("pk", flat=True))


def before_nobody(held, noun, structure, receiving):
    """A sentence for each body, by key, of which nobody has what lies before it on a day.

    `held` has how many of these lie before which body.
    """
    names = names_of(held)
    return {
        str(pk): f"{counted(number, noun)} before {names[pk]}: {why}."
        for pk, number in held.items()
        if (why := why_without(pk, names[pk], structure, receiving))
    }


def why_without(body, name, structure, receiving):
    """Why nobody has what lies before a body on a day, or None where somebody does."""
    holder = structure.holder_of(body)
    if holder is None:
        return f"{name} has closed and no body follows it"
    if holder.outside_partnership or holder.pk in receiving:
        return None
    of = name if holder.pk == body else f"{holder.name}, which follows {name},"
    return f"{of} has neither an officer nor a mailbox"


# --- What several parts say -----------------------------------------------------------------------


def counted(number, noun, plural=""):
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def earliest(*days):
    """The first of some last days, of which any may be open."""
    return min(filter(None, days), default=None)
