"""Many messages: lists of them, each in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Left

from engagement.catalogue import catalogue_of
from engagement.explanation import ENGAGEMENT_TEAM
from engagement.models import Referral, Submission
from engagement.models.submission import keys_of
from engagement.permissions import can_put_under_theme, can_screen
from engagement.personal_data import excerpt
from engagement.routing import TRIAGE_BODY
from engagement.workflow import ReferralStatus
from governance.grouped import COUNTED, Group, in_number
from governance.names import names_of
from governance.structure import structure_today
from localities.kept_query import (
    KeptRows,
    KeptUnion,
    any_of,
    asked_together,
    union_of,
)

BEGINNING = 300  # characters of a message; what is hidden in it is found before it is cut shorter


class Head(NamedTuple):
    """Which message a row is about, who works on it, and what marks it."""

    reference: str
    worked_on_by: str
    is_complaint: bool
    is_foreign: bool


class Clock(NamedTuple):
    """When a message came and by when the next thing is due, or why nothing is."""

    received_on: date
    due: date | None
    due_state: str
    is_copy: bool
    is_asked: bool
    status: str


@dataclass(frozen=True, slots=True)
class Row:
    """A message in a list: before whom it lies, and by when the next thing is due.

    What is drawn of its head and clock is kept from one page to the next, and so has nothing that a
    resident wrote.
    """

    referral: Referral
    body: str
    due: date | None
    due_state: str
    may_be_gathered: bool = False  # under a theme, by whom the list is for

    @property
    def submission(self):
        return self.referral.submission

    @property
    def head(self):
        submission, worker = self.submission, self.referral.assigned_to
        return Head(
            reference=submission.reference,
            worked_on_by=str(worker or ""),
            is_complaint=submission.flags.get("complaint") is not None,
            is_foreign=submission.flags.get("language") is not None,
        )

    @property
    def clock(self):
        referral = self.referral
        return Clock(
            received_on=self.submission.received_on,
            due=self.due,
            due_state=self.due_state,
            is_copy=self.is_copy,
            is_asked=referral.is_asked,
            status=referral.stands,
        )

    @property
    def is_copy(self):
        return self.referral.role == Referral.Role.COPY

    @property
    def excerpt(self):
        """How the message begins, where the list was made with it."""
        return excerpt(getattr(self.referral, "beginning", ""))


# What a list says of each; a message has far more columns, and they are read for each row.
OF_A_ROW = (
    *("submission", "body", "role", "status", "is_open", "due_on", "paused_on"),
    *(
        "submission__received_on",
        "submission__status",
        "submission__theme",
        "submission__flags",
        "submission__language",
    ),
    *("submission__topic", "submission__locality__name"),
    *("assigned_to__username", "assigned_to__first_name", "assigned_to__last_name"),
)


def visible_to(standing):
    """The referrals that someone may read, newest first."""
    found = Referral.objects.order_by("-pk")
    if standing.is_engagement_team:
        return found
    return found.filter(body__in=standing.sits_on)


def as_listed(referrals):
    """The same with what a list says of each, but for the residents' words.

    Their topics are for `rows` to name.
    """
    found = referrals.select_related("submission__locality", "assigned_to").with_whether_back()
    return found.only(*OF_A_ROW)


def with_beginnings(referrals):
    """The same, with so much of each message as a list shows."""
    return referrals.annotate(beginning=Left("submission__message", BEGINNING))


def may_read_beginnings(standing):
    """Those who act on messages may."""
    return bool(standing.is_engagement_team or standing.officer_of)


def listed(keys, standing):
    """The referrals with these keys, by key, as a list shows them to someone: one query."""
    ask = listed_with_beginnings if may_read_beginnings(standing) else listed_without_words
    return ask(keys)


@KeptRows
def listed_without_words(keys):
    return as_listed(Referral.objects.filter(any_of("pk", keys)))


@KeptRows
def listed_with_beginnings(keys):
    return with_beginnings(listed_without_words.write(keys))


def listed_together(*lists, standing):
    """The referrals that each of some short lists finds, newest first, in two queries.

    A list is a queryset, or what a kept union asks for their keys.
    """
    asked = (
        each if isinstance(each, tuple) else union_of([each.values_list("pk")]) for each in lists
    )
    found = asked_together(*([each] for each in asked))
    shown = listed((key for each in found for (key,) in each), standing)
    return [[shown[key] for (key,) in sorted(each, reverse=True) if key in shown] for each in found]


def pressing(referrals):
    """All of them are open, which is not asked for: else SQLite would look through what is open."""
    return referrals.filter(is_pressing=True)


# What lies before someone, the most pressing first, and in which order each is shown.
GROUPS = (
    ("urgent", "May be urgent: to be read today"),
    ("overdue", "Overdue"),
    ("back", "Back from above, to be answered"),
    ("new", "New, to be acknowledged"),
    ("due", "In hand, to be answered"),
    ("waiting", "Waiting for a resident or a body above"),
    ("copies", "Copies, to know of"),
)
NUMBERS = {key: number for number, (key, _) in enumerate(GROUPS)}
IN_HAND, NOT_TO_DO = "due", {"waiting", "copies"}
SHOWN = 10  # of each
HELD = len(GROUPS)  # asked for with the groups, and only counted


@dataclass(frozen=True, slots=True)
class Held:
    """How many messages are held because they look like spam, and since when the oldest is."""

    number: str = ""
    since: date | None = None


def referrals_before(standing):
    """What lies before the bodies someone sits on, the most pressing first, and their copies."""
    [found] = asked_together(asked_before(standing))
    return in_groups(found, standing)


def asked_before(standing):
    """What is to be asked for these groups, together with more.

    The engagement team also sees what lies before the Centre of Excellence, before nobody else, or
    before a closed body that nobody follows; and for who may decide on it, what is held.
    """
    bodies, today = set(standing.sits_on), standing.day
    if standing.is_engagement_team:
        structure = structure_today()
        centre = structure.body_with_slug(TRIAGE_BODY)
        bodies |= structure.closed_for_good() | ({centre.pk} if centre else set())
    asked = [lying_before_body.of(body=body, today=today) for body in sorted(bodies)]
    if standing.is_engagement_team:
        # That somebody reads it today is the team's to see to, whoever has it.
        asked += [lying_before_nobody.of(today=today), urgent_anywhere.of()]
    if can_screen(standing):
        asked.append(held_as_spam.of())
    return asked


def in_groups(found, standing):
    """The groups, of what was found, and what is held; for who has no bodies no groups at all."""
    if not (standing.sits_on or standing.is_engagement_team):
        return [], Held()
    today = standing.day
    held = [(since, pk) for number, since, pk in found if number == HELD]
    pages = pages_of(row for row in found if row[0] != HELD)
    shown = listed((pk for page in pages for pk in page[:SHOWN]), standing)
    still_there = [[shown[pk] for pk in page[:SHOWN] if pk in shown] for page in pages]
    every_row = iter(rows(chain.from_iterable(still_there), today=today))
    groups = [
        Group(key, title, list(islice(every_row, len(these))), len(page), SHOWN)
        for (key, title), page, these in zip(GROUPS, pages, still_there, strict=True)
    ]
    return groups, counted(held)


def next_to_do(standing, *, after):
    """The reference of what somebody may turn to after a message; None if that was all.

    It is what comes next in the order of the groups, and after the last the first again. Once the
    message is in hand, what nobody has taken up goes before the others that are.
    """
    groups, _ = referrals_before(standing)
    references = {
        group.key: [row.submission.reference for row in group.rows]
        for group in groups
        if group.key not in NOT_TO_DO
    }
    to_do = list(dict.fromkeys(chain.from_iterable(references.values())))
    if after in references.get(IN_HAND, ()) and to_do[0] not in references[IN_HAND]:
        return to_do[0]
    at = to_do.index(after) if after in to_do else len(to_do)
    others = to_do[at + 1 :] + to_do[:at]
    return others[0] if others else None


@KeptUnion
def lying_before_body(body, today):
    also_leading = Referral.objects.leading().filter(
        submission=OuterRef("submission"), body=OuterRef("body")
    )
    mine = Referral.objects.filter(body=body)
    copies = mine.filter(role=Referral.Role.COPY).exclude(Exists(also_leading))
    return [*lying(mine, today), first_of("copies", copies, "-pk")]


@KeptUnion
def lying_before_nobody(today):
    return lying(Referral.objects.filter(body=None), today)


@KeptUnion
def urgent_anywhere():
    return [first_of("urgent", Referral.objects.filter(is_pressing=True), "due_on", "pk")]


def counted(held):
    """The messages that are held, in a number; what reads a union may give its days as text."""
    if not held:
        return Held()
    since, _ = held[0]
    return Held(in_number(len(held)), date.fromisoformat(str(since)))


@KeptUnion
def held_as_spam():
    """The oldest first: the day it came and its key."""
    held = Submission.objects.filter(is_held=True).order_by("pk")
    return [held.values_list(Value(HELD), "received_on", "pk")[: COUNTED + 1]]


def lying(referrals, today):
    """The first of each group among the referrals to a body, or to nobody.

    Each is found by an index and asked for in all of its order, since PostgreSQL does not know that
    what is empty is the same in all rows. What waits has no day by which something is due.
    """
    in_hand = referrals.filter(is_open=True)
    calm = in_hand.filter(is_pressing=False)
    new = calm.filter(status=ReferralStatus.REFERRED, due_on__gte=today)
    due = calm.filter(status=ReferralStatus.ACKNOWLEDGED, due_on__gte=today)
    escalated = Q(status=ReferralStatus.ESCALATED)
    by_day = "body_id", "due_on", "pk"
    by_status = "body_id", "status", "due_on", "pk"
    return [
        first_of("urgent", referrals.filter(is_pressing=True), *by_day),
        first_of("overdue", calm.exclude(escalated).filter(due_on__lt=today), *by_day),
        first_of("back", in_hand.back_from_above(), *by_status),
        first_of("new", new, *by_status),
        first_of("due", due, *by_status),
        first_of("waiting", in_hand.exclude(escalated).filter(due_on=None), *by_day),
        first_of("waiting", in_hand.filter(escalated).waiting(), *by_status),
    ]


def first_of(group, referrals, *order):
    """Their group and keys, and one more of them than is shown."""
    found = referrals.order_by(*order).values_list(Value(NUMBERS[group]), "due_on", "pk")
    return found[: SHOWN + 1]


def pages_of(found):
    """The keys of each group in its order, each once: what is found of several bodies as one."""
    pages = [{} for _ in GROUPS]
    for number, due, pk in found:
        pages[number][pk] = str(due or ""), pk
    ordered = [sorted(page, key=page.get) for page in pages]
    ordered[NUMBERS["copies"]].reverse()
    return [page[: SHOWN + 1] for page in ordered]


def rows(referrals, *, today=None, structure=None, standing=None):
    """Referrals with the names of their bodies and topics, and how near their next due day is.

    With someone's standing also whether they may gather it under a theme.
    """
    referrals = list(referrals)
    structure = structure or structure_today()
    name_from_memory(referrals, catalogue_of(structure).topics)
    holders = {each.pk: holder_of(each, structure) for each in referrals}
    names = names_of(set(filter(None, holders.values())), structure, short=True)
    days = structure.calendar
    return [
        Row(
            referral=each,
            body=names.get(holders[each.pk], ENGAGEMENT_TEAM),
            due=(due := each.due_on),
            due_state=days.due_state(due, today or structure.day).value if due else "",
            may_be_gathered=bool(standing) and can_put_under_theme(standing, each),
        )
        for each in referrals
    ]


def rows_named(references, standing):
    """The messages of these references that somebody may read, in their order."""
    keys = keys_of(references)
    if not keys:
        return []
    found = visible_to(standing).leading().filter(submission__in=keys)
    [found] = listed_together(found[: len(keys)], standing=standing)
    by_reference = {row.submission.reference: row for row in rows(found)}
    return [by_reference[each] for each in references if each in by_reference]


def name_from_memory(referrals, topics):
    """Give each message its topic as if the database had joined it.

    One that was added since these were read is asked for when it is shown.
    """
    topics = {each.pk: each for each in topics}
    for submission in (each.submission for each in referrals):
        if topic := topics.get(submission.topic_id):
            submission.topic = topic


def holder_of(referral, structure):
    """The body, by primary key, that has it: while it is open, whoever follows one that closed."""
    follower = referral.is_open and referral.body_id and structure.holder_of(referral.body_id)
    return follower.pk if follower else referral.body_id
