"""Residents' messages counted as they come and are worked on, so that figures need not read them.

A deed says what it does to a message within `counting`; what the message counts for is compared
before and after. `recount` counts everything anew, from the messages and their steps.
"""

from calendar import monthrange
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from engagement.models import MessageTally, Referral, ReferralStep, Submission
from engagement.models.submission import BEFORE_NOBODY
from governance.structure import structure_today
from localities import bulk
from localities.preparable import Preparable

Measure, Span, Kind = MessageTally.Measure, MessageTally.Span, ReferralStep.Kind
ALL = 0  # whose messages


class Fact(NamedTuple):
    """What a message counts for, by the day it was received."""

    whose: int
    span: str
    measure: str
    on: date
    topic: str = ""
    locality: str = ""
    language: str = ""
    channel: str = ""
    days: int = 0

    @property
    def of_month(self):
        return self._replace(span=Span.MONTH.value, on=self.on.replace(day=1))


TABLE = MessageTally._meta.db_table
COLUMNS = ", ".join(f'"{name}"' for name in Fact._fields)


def received(whose, on, topic, locality, language, channel):
    day, measure = Span.DAY.value, Measure.RECEIVED.value
    return Fact(whose, day, measure, on, topic, locality or "", language, channel)


def counted(messages, calendar_at):
    """What messages count for, by the day: three queries, however many they are.

    Working days are reckoned by the bank holidays that were known when the step was taken, so that
    one which is entered late makes no count another than the deed wrote.
    """
    counts = Counter()
    holders, sent_on = {}, set()
    leads = Referral.objects.filter(role=Referral.Role.LEAD, submission__in=messages.values("pk"))
    for pk, body, status in leads.order_by().values_list("submission", "body", "status"):
        holders.setdefault(pk, {ALL})
        if body:
            holders[pk].add(body)
        if status == "referred_on":
            sent_on.add(pk)
    firsts = {Measure.ACKNOWLEDGED: {}, Measure.ANSWERED: {}}
    steps = ReferralStep.objects.filter(
        referral__in=leads.values("pk"), kind__in=[Kind.ACKNOWLEDGED, Kind.ANSWERED]
    )
    for pk, kind, at in steps.order_by().values_list("referral__submission", "kind", "at"):
        measures = firsts if kind == Kind.ANSWERED else (Measure.ACKNOWLEDGED,)  # an answer is both
        for measure in measures:
            firsts[measure][pk] = min(at, firsts[measure].get(pk, at))

    messages = messages.exclude(status__in=BEFORE_NOBODY).order_by()
    what = "pk", "received_on", "topic", "locality", "language", "channel"
    for pk, on, *about in messages.values_list(*what):
        waits = {
            measure.value: max(calendar_at(at).working_days_between(on, timezone.localdate(at)), 0)
            for measure, of in firsts.items()
            if (at := of.get(pk))
        }
        # One that was put before nobody counts no more once its words are gone.
        for whose in holders.get(pk, ()):
            counts[received(whose, on, *about)] += 1
            for measure, days in waits.items():
                counts[Fact(whose, Span.DAY.value, measure, on, days=days)] += 1
            if pk in sent_on:
                counts[Fact(whose, Span.DAY.value, Measure.SENT_ON.value, on)] += 1
    return counts


def count_new(submission, referrals):
    """Count a message that was stored this moment."""
    holders = {ALL} | {each.body_id for each in referrals if each.status and each.body_id}
    about = submission.topic_id, submission.locality_id, submission.language, submission.channel
    add({received(whose, submission.received_on, *about): 1 for whose in holders})


@contextmanager
def counting(*submissions):
    """Count what a deed makes of messages that are locked, and of those that were put with them.

    It is the last thing that a deed writes: others who count wait for it from then on.
    """
    pks = [each.pk for each in submissions]
    together = Submission.objects.filter(Q(pk__in=pks) | Q(merged_into__in=pks))
    these = Submission.objects.filter(pk__in=list(together.values_list("pk", flat=True)))
    calendar_at = structure_today().calendar_at
    before = counted(these, calendar_at)
    yield
    after = counted(these, calendar_at)
    after.subtract(before)
    add({fact: number for fact, number in after.items() if number})


def add(counts):
    """Add to the tallies, in one order, so that no two transactions wait for each other."""
    if not counts:
        return
    with_months = Counter(counts)
    for fact, number in counts.items():
        with_months[fact.of_month] += number
    rows = sorted((*fact, number) for fact, number in with_months.items())
    place = f"({', '.join(['%s'] * len(rows[0]))})"
    with connection.cursor() as cursor:
        cursor.execute(
            Preparable(
                f"INSERT INTO {TABLE} ({COLUMNS}, count) "
                f"VALUES {', '.join([place] * len(rows))} "
                f"ON CONFLICT ({COLUMNS}) DO UPDATE SET count = {TABLE}.count + EXCLUDED.count"
            ),
            [adapted(value) for row in rows for value in row],
        )


def adapted(value):
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


# --- Asking ---------------------------------------------------------------------------------------


def tallies_of(asked):
    """The tallies of a period, of all messages or of a body's: whole months, and days around them.

    No message is of a day to come, so that the month of today is whole.
    """
    first, last = asked.first, asked.last
    if last >= timezone.localdate():
        last = last.replace(day=monthrange(last.year, last.month)[1])
    begins = number_of(first) + (first.day > 1)
    ends = number_of(last) - (last.day < monthrange(last.year, last.month)[1])
    whose = asked.body.pk if asked.body else ALL
    of_days = Q(whose=whose, span=Span.DAY)
    if begins > ends:
        wanted = of_days & Q(on__range=(first, last))
    else:
        from_day, to_day = month(begins), month(ends)
        wanted = Q(whose=whose, span=Span.MONTH, on__range=(from_day, to_day))
        if first < from_day:
            wanted |= of_days & Q(on__gte=first, on__lt=from_day)
        if ends < number_of(last):
            wanted |= of_days & Q(on__gte=month(ends + 1), on__lte=last)
    return MessageTally.objects.filter(wanted).order_by()


def twelve_months_before(day):
    """The first and the last day of the twelve whole months before that of a day."""
    this_month = day.replace(day=1)
    return this_month.replace(year=this_month.year - 1), this_month - timedelta(days=1)


def number_of(day):
    return day.year * 12 + day.month - 1


def month(number):
    return date(number // 12, number % 12 + 1, 1)


# --- Counting anew --------------------------------------------------------------------------------


@transaction.atomic
def recount(*, mend=True):
    """Count everything anew, month by month; give how many rows were wrong, mended if asked."""
    if connection.vendor == "postgresql":  # Whoever counts meanwhile waits; SQLite has locked all.
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")
    days = [
        day
        for rows, field in ((Submission.objects, "received_on"), (MessageTally.objects, "on"))
        for day in rows.aggregate(first=Min(field), last=Max(field)).values()
        if day
    ]
    if not days:
        return 0
    calendar_at = structure_today().calendar_at
    numbers = range(number_of(min(days)), number_of(max(days)) + 1)
    return sum(recount_month(month(number), calendar_at, mend) for number in numbers)


def recount_month(first, calendar_at, mend):
    last = first.replace(day=monthrange(first.year, first.month)[1])
    right = counted(Submission.objects.filter(received_on__range=(first, last)), calendar_at)
    for fact, number in list(right.items()):
        right[fact.of_month] += number
    tallies = MessageTally.objects.filter(on__range=(first, last)).order_by()
    there = {Fact(*key): number for *key, number in tallies.values_list(*Fact._fields, "count")}
    wrong = sum(right[fact] != there.get(fact, 0) for fact in right.keys() | there.keys())
    if wrong and mend:
        tallies.delete()
        facts = sorted(right)  # what is read together is written together
        rows = ((*each._replace(on=each.on.isoformat()), right[each]) for each in facts)
        bulk.write(MessageTally, [*Fact._fields, "count"], rows)
    return wrong
