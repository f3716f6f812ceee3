"""Many messages: lists of them, each in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from itertools import islice
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Left

from engagement.explanation import ENGAGEMENT_TEAM
from engagement.models import Referral
from engagement.personal_data import excerpt
from engagement.routing import TRIAGE_BODY
from engagement.workflow import ReferralStatus
from governance.names import names_of
from governance.structure import structure_today

BEGINNING = 300  # characters of a message; what is hidden in it is found before it is cut shorter


@dataclass(frozen=True, slots=True)
class Row:
    """A message in a list: before whom it lies, and by when the next thing is due."""

    referral: Referral
    body: str
    due: date | None
    due_state: str

    @property
    def submission(self):
        return self.referral.submission

    @property
    def excerpt(self):
        """How the message begins, where the list was made with it."""
        return excerpt(getattr(self.referral, "beginning", ""))


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that are in the same state for someone; only the most pressing are shown."""

    key: str
    title: str
    rows: list[Row]
    has_more: bool

    @property
    def count(self):
        return f"more than {len(self.rows)}" if self.has_more else str(len(self.rows))


def visible_to(standing):
    """The referrals that someone may read, newest first, without the residents' words."""
    found = (
        Referral.objects.select_related(
            "submission", "submission__topic", "submission__locality", "assigned_to"
        )
        .defer("reason", "submission__message")
        .order_by("-pk")
    )
    if standing.is_engagement_team:
        return found
    return found.filter(body__in=standing.sits_on)


def with_beginnings(referrals, standing):
    """The same, with so much of each message as a list shows to those who act on messages."""
    if not (standing.is_engagement_team or standing.officer_of):
        return referrals
    return referrals.annotate(beginning=Left("submission__message", BEGINNING))


def pressing_among(referrals, *, limit=10):
    """Those that may be urgent and that nobody has taken up, and whether there are more of them."""
    found = list(referrals.filter(is_pressing=True)[: limit + 1])
    return found[:limit], len(found) > limit


def referrals_before(standing, *, limit=10):
    """What lies before the bodies someone sits on, the most pressing first, and their copies.

    The engagement team also sees what lies before the Centre of Excellence, before nobody else, or
    before a closed body that nobody follows.
    """
    mine, today = set(standing.sits_on), standing.day
    bodies = mine
    if standing.is_engagement_team:
        structure = structure_today()
        centre = structure.body_with_slug(TRIAGE_BODY)
        theirs = structure.closed_for_good() | ({centre.pk} if centre else set())
        bodies = mine | theirs
    before_mine = Q(body__in=bodies)
    if standing.is_engagement_team:
        before_mine |= Q(body=None)
    if not mine and not standing.is_engagement_team:
        return []
    found = visible_to(standing).filter(before_mine)
    in_hand = found.filter(is_open=True).order_by("answer_by", "pk")
    lying = in_hand.filter(paused_on=None).exclude(status=ReferralStatus.ESCALATED)
    new = Q(status=ReferralStatus.REFERRED)
    late = Q(answer_by__lt=today) | Q(new, acknowledge_by__lt=today)
    also_leading = Referral.objects.leading().filter(
        submission=OuterRef("submission"), body=OuterRef("body")
    )
    # A copy has a body, and by bodies an index finds it.
    copies = visible_to(standing).filter(body__in=bodies, role=Referral.Role.COPY)
    copies = copies.exclude(Exists(also_leading))
    # That somebody reads it today is the engagement team's to see to, whoever has it.
    everyones = visible_to(standing).order_by("answer_by", "pk")
    urgent = everyones if standing.is_engagement_team else lying
    groups = (
        ("urgent", "May be urgent: to be read today", urgent.filter(is_pressing=True)),
        ("overdue", "Overdue", lying.filter(late, is_pressing=False)),
        ("decided", "Decided above, to be answered", in_hand.decided_above()),
        ("new", "New, to be acknowledged", lying.filter(new, is_pressing=False).exclude(late)),
        ("due", "In hand, to be answered", lying.exclude(new).exclude(late)),
        ("waiting", "Waiting for a resident or a body above", in_hand.waiting()),
        ("copies", "Copies, to know of", copies),
    )
    pages = pages_of([referrals[: limit + 1] for _, _, referrals in groups], standing)
    every_row = iter(rows((each for page in pages for each in page[:limit]), today=today))
    return [
        Group(key, title, list(islice(every_row, len(page[:limit]))), len(page) > limit)
        for (key, title, _), page in zip(groups, pages, strict=True)
    ]


def pages_of(groups, standing):
    """The referrals of each group, in its order: of all groups in two queries."""
    # Each is cut short inside: SQLite cannot cut what it then puts together.
    asked = [
        Referral.objects.order_by()
        .filter(pk__in=referrals.values("pk"))
        .values_list(Value(number), "pk")
        for number, referrals in enumerate(groups)
    ]
    places = list(asked[0].union(*asked[1:], all=True))
    shown = visible_to(standing).in_bulk({pk for _, pk in places})
    pages = [[shown[pk] for number, pk in places if number == each] for each in range(len(groups))]
    for referrals, page in zip(groups, pages, strict=True):
        for name in reversed(referrals.query.order_by):
            page.sort(key=attrgetter(name.removeprefix("-")), reverse=name.startswith("-"))
    return pages


def rows(referrals, *, today=None, structure=None):
    """Referrals with the names of their bodies, and how near their next due day is."""
    referrals = list(referrals)
    structure = structure or structure_today()
    names = names_of({each.body_id for each in referrals if each.body_id}, structure, short=True)
    days = structure.calendar
    return [
        Row(
            referral=each,
            body=names.get(each.body_id, ENGAGEMENT_TEAM),
            due=(due := next_due(each)),
            due_state=days.due_state(due, today or structure.day).value if due else "",
        )
        for each in referrals
    ]


def next_due(referral):
    """The day by which its body does what comes next; none when it is not open, or waits."""
    if not referral.is_open or referral.paused_on:
        return None
    if referral.status == ReferralStatus.REFERRED:
        return referral.acknowledge_by
    return referral.answer_by
