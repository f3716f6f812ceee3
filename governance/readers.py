"""Which bodies read which matter, and how it stands. Kept by the transactions that write steps,
notices and due days.

The rule is that of `permissions.can_see_escalation`; a test compares the two.
"""

from collections import defaultdict
from itertools import groupby
from operator import attrgetter

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from governance.models import (
    ClockNotice,
    Escalation,
    EscalationReader,
    EscalationStep,
    StructureRecord,
)
from governance.structure import structure_today
from governance.way import TRAVELS, views_asked
from localities.kept_query import KeptUpdate

Kind = EscalationStep.Kind

BATCH = 10_000


def add(escalation, bodies):
    """Let the people of these bodies, given by key, read a matter from now on."""
    _keep(EscalationReader(escalation=escalation, body_id=pk) for pk in sorted(bodies))
    keep_up(escalation)


def add_draft(escalation):
    """Let the officers of its body and its author read a draft."""
    _keep(
        [
            EscalationReader(
                escalation=escalation,
                body_id=escalation.raising_body_id,
                author_id=escalation.created_by_id,
            )
        ]
    )
    keep_up(escalation)


def move_draft(escalation):
    """Let those of the body that has a draft now read it, and for the closed one nobody."""
    others = EscalationReader.objects.filter(escalation=escalation)
    others.exclude(body=escalation.raising_body_id).delete()
    add_draft(escalation)


def add_those_of(merged, *, into):
    """Let who reads a matter that was merged read the one that goes on for both."""
    add(into, set(merged.readers.values_list("body", flat=True)))


def _keep(readers):
    EscalationReader.objects.bulk_create(
        readers,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["escalation", "body"],
        update_fields=["author"],
    )


def keep_up(escalation):
    """Let all who read a matter find it as its own row stands now."""
    _keep_up_all(matter=escalation.pk)


def follow_kinds():
    """Let matters before bodies that are outside the partnership now lie before who took them.

    A deed may be taking one there by the kinds of before. So no deed keeps readers meanwhile: what
    has begun to is waited for, and what comes later reads the kinds as they are now.
    """
    if connection.vendor == "postgresql":  # elsewhere only one writes at a time
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(EscalationReader._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    _keep_up_each(astray().filter(is_open=True))


def astray():
    """The rows that say of their matter what its own row and its steps do not."""
    rows = EscalationReader.objects.alias(right_holds=_lies_before_reader())
    has_no_day = Q(due_on=None, escalation__due_on=None)
    return rows.exclude(
        Q(due_on=F("escalation__due_on")) | has_no_day,
        raising_body=F("escalation__raising_body"),
        current_body=F("escalation__current_body"),
        category=F("escalation__category"),
        status=F("escalation__status"),
        holds=F("right_holds"),
    )


def keep_views(matters):
    """Let the bodies whose view is asked find these matters as such, and those that gave it not."""
    wrong = defaultdict(list)
    for matter, body, is_asked in wrong_views(matters):
        wrong[body, is_asked].append(matter)
    for (body, is_asked), theirs in wrong.items():
        rows = EscalationReader.objects.filter(body=body, escalation__in=theirs)
        rows.update(view_asked=is_asked)


def follow_places(body):
    """The same once other days are recorded on which another body had the place of this one.

    Whoever spoke meanwhile spoke for it, or for themselves alone; so with those it follows.
    The structure is locked. Deeds read it once they have their matter, so whoever has one of these
    is waited for, and whoever comes later reads what is recorded now.
    """
    asked = EscalationStep.objects.filter(consulted_body__in=structure_today().places_before(body))
    matters = set(asked.order_by().values_list("escalation", flat=True))
    lock(matters)
    keep_views(matters)


def lock(matters):
    """Let no deed do anything to these meanwhile; their keys stay free to be pointed at.

    Whoever merges or resolves a matter locks what went into it after it, in no order of keys, and
    like everybody who locks several matters the structure before: so it is to be locked here too.
    """
    these = Escalation.objects.filter(pk__in=matters).order_by("pk")
    list(these.select_for_update(no_key=True).values_list("pk"))


def wrong_views(matters):
    """Where a row does not say as the steps do whether a view is asked, and what it is to say."""
    steps = EscalationStep.objects.filter(escalation__in=matters)
    asking = steps.filter(kind=Kind.CONSULTED).order_by().values("escalation")
    its = ("escalation_id", "kind", "at", "from_body_id", "to_body_id", "consulted_body_id")
    steps = steps.filter(escalation__in=asking).order_by("escalation", "pk").only(*its)
    in_place_of = structure_today().in_place_of
    right = {
        (matter, body)
        for matter, its in groupby(steps, attrgetter("escalation_id"))
        for body in views_asked(its, in_place_of)
    }
    marked = EscalationReader.objects.filter(escalation__in=matters, view_asked=True)
    said = set(marked.values_list("escalation", "body"))
    return sorted((*each, each in right) for each in right ^ said)


def _keep_up_each(rows):
    """The same for rows that only a search finds: it is done once, before any is changed."""
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(found), BATCH):
        rows = EscalationReader.objects.filter(pk__in=found[first : first + BATCH])
        rows.update(**_as_it_stands())


@KeptUpdate
def _keep_up_all(matter):
    return EscalationReader.objects.filter(escalation=matter), _as_it_stands()


def _as_it_stands():
    matter = Escalation.objects.order_by().filter(pk=OuterRef("escalation"))
    own = ("raising_body", "current_body", "category", "status", "due_on")
    return {name: Subquery(matter.values(name)) for name in own} | {"holds": _lies_before_reader()}


def _lies_before_reader():
    """Whether the reader has the matter, or took it to a body outside, and such a body has it."""
    matter = Escalation.objects.order_by().filter(pk=OuterRef("escalation"))
    took_it_out = EscalationStep.objects.order_by().filter(
        escalation=OuterRef("escalation"),
        from_body=OuterRef("body"),
        kind__in=TRAVELS,
        to_body__kind__outside_partnership=True,
    )
    is_outside = matter.filter(current_body__kind__outside_partnership=True)
    return Case(
        When(Exists(matter.filter(current_body=OuterRef("body"))), then=Value(True)),
        When(Exists(is_outside) & Exists(took_it_out), then=Value(True)),
        default=Value(False),
    )


def right_ones(matters):
    """Who reads these by the steps and notices, as keys of matter, body and author.

    Who reads one that went into another reads that too, and the one it went into in turn.
    """
    read = told_of(matters)
    went_into = {matter: matter for matter in matters}
    while went_into:
        took_in = EscalationStep.objects.filter(kind=Kind.TOOK_IN, escalation__in=went_into)
        pairs = took_in.order_by().values_list("other_matter", "escalation")
        went_into = {merged: went_into[matter] for merged, matter in pairs}
        read |= {(went_into[merged], body) for merged, body in told_of(went_into)}
    drafts = Escalation.objects.filter(pk__in=matters, raised_on=None).order_by()
    return {(*each, None) for each in read} | {
        *drafts.values_list("pk", "raising_body", "created_by")
    }


def told_of(matters):
    """Who was told of these by their own steps and notices, as keys of matter and body."""
    raised = Escalation.objects.filter(pk__in=matters, raised_on__isnull=False).order_by()
    steps = EscalationStep.objects.filter(escalation__in=raised).order_by()
    notices = ClockNotice.objects.filter(escalation__in=raised).order_by()
    return {
        *raised.values_list("pk", "raising_body"),
        *steps.values_list("escalation", "to_body"),
        *steps.exclude(consulted_body=None).values_list("escalation", "consulted_body"),
        *notices.values_list("escalation", "body"),
    }


def recount(*, mend=True):
    """Find anew who reads what and how it stands; give how much was wrong, mended if asked."""
    number, last = 0, 0
    while last is not None:
        last, wrong = recount_after(last, mend=mend)
        number += wrong
    return number


@transaction.atomic
def recount_after(last, *, mend):
    """The same for the next matters after a key: theirs is the last of them, none at the end.

    They are locked, so that no deed tells somebody of one meanwhile.
    """
    StructureRecord.lock()
    following = Escalation.objects.filter(pk__gt=last).order_by("pk")
    matters = list(following.values_list("pk", flat=True)[:BATCH])
    lock(matters)
    rows = EscalationReader.objects.filter(escalation__in=matters)
    off = astray().filter(escalation__in=matters)
    right = right_ones(matters)
    wrong = right ^ set(rows.values_list("escalation", "body", "author"))
    number = len(wrong) + off.count() + len(wrong_views(matters))
    if mend and number:
        again = {matter for matter, *_ in wrong}
        rows.filter(escalation__in=again).delete()
        _keep(
            EscalationReader(escalation_id=matter, body_id=body, author_id=author)
            for matter, body, author in sorted(right, key=str)
            if matter in again
        )
        _keep_up_each(off)
        keep_views(matters)
    return (matters[-1] if matters else None), number
