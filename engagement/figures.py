"""Residents' messages in the look-back: how many, about what, and how long they waited.

`engagement.apps` registers these parts with `governance.figures` at the start. What is counted is
grouped in the database: few rows come from it, however many messages there are.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, F, Min, OuterRef
from django.db.models.functions import TruncDate, TruncMonth
from django.utils.dateformat import format as date_format

from engagement.languages import name_of
from engagement.models import Channel, Referral, ReferralStep, Submission, SubmissionStatus, Topic
from governance.figures import Part, Table
from governance.structure import structure_today
from localities.models import Locality

NOT_COUNTED = [SubmissionStatus.HELD, SubmissionStatus.REJECTED]
Kind = ReferralStep.Kind
MESSAGES = ["Messages"]
COUNTED = (
    "Messages that residents sent on a day of the period. Held and rejected ones are not counted; "
    "those withdrawn later are, since only their words are gone."
)


def received(asked):
    """The messages received in a period; of a body, those that it had or has to answer."""
    found = Submission.objects.exclude(status__in=NOT_COUNTED).order_by()
    found = found.filter(received_on__range=(asked.first, asked.last))
    if asked.body:
        found = found.filter(Exists(leads_before(asked.body)))
    return found


def leads_before(body):
    return Referral.objects.filter(submission=OuterRef("pk"), role=Referral.Role.LEAD, body=body)


class Received(Part):
    """What was received: three queries, one of which counts the messages."""

    key = "received"
    title = "Residents’ messages: what was received"
    order = 50

    def tables(self, asked):
        counts = [
            (row, row.pop("number"))
            for row in received(asked)
            .values("topic", "locality", "language", "channel", month=TruncMonth("received_on"))
            .annotate(number=Count("pk"))
        ]

        def by(name):
            counted = Counter()
            for row, number in counts:
                counted[row[name]] += number
            return counted

        months, topics, localities = by("month"), by("topic"), by("locality")
        channels = by("channel")
        named = dict(Topic.objects.values_list("pk", "name"))
        places = {**dict(Locality.objects.values_list("pk", "name")), None: "Not known"}
        return [
            Table(
                "by-month",
                "By month",
                MESSAGES,
                [(date_format(month, "F Y"), months[month]) for month in sorted(months)],
                first="Month",
                meaning=COUNTED,
            ),
            Table(
                "by-topic",
                "By topic",
                MESSAGES,
                [(named[topic], number) for topic, number in topics.most_common()],
                first="Topic",
                meaning=f"{COUNTED} The topic is the one that the message has now.",
            ),
            Table(
                "by-locality",
                "By locality",
                MESSAGES,
                [(name, localities[code]) for code, name in places.items() if localities[code]],
                first="Locality",
                meaning=f"{COUNTED} “Not known” gave no place, or one that does not settle it.",
            ),
            Table(
                "by-language",
                "By language",
                MESSAGES,
                [(name_of(language), number) for language, number in by("language").most_common()],
                first="Language",
                meaning=COUNTED,
            ),
            Table(
                "by-channel",
                "By how it came",
                MESSAGES,
                [
                    (channel.label, channels[channel.value])
                    for channel in Channel
                    if channels[channel.value]
                ],
                first="How it came",
                meaning=f"{COUNTED} All but those that came online were keyed in by staff.",
            ),
        ]


class Worked(Part):
    """How long residents waited, and how many messages went on: five queries."""

    key = "worked"
    title = "Residents’ messages: what became of them"
    order = 51

    def tables(self, asked):
        messages = received(asked)
        number = messages.count()
        acknowledged = waits(messages, [Kind.ACKNOWLEDGED, Kind.ANSWERED])
        answered = waits(messages, [Kind.ANSWERED])
        moved = Referral.objects.filter(submission=OuterRef("pk"), status="referred_on")
        went_on = messages.filter(Exists(moved)).count()
        return [
            Table(
                "waits",
                "How long residents waited, in working days",
                ["Half of them at most", "Nine in ten at most", "Messages", "Not yet"],
                [
                    (name, each.share(50), each.share(90), each.number, number - each.number)
                    for name, each in (
                        ("Until it was acknowledged", acknowledged),
                        ("Until it was answered", answered),
                    )
                ],
                first="Wait",
                meaning=(
                    "Working days after the day it was received, up to the day of the first "
                    "acknowledgement (an answer counts as one) or the first answer, whoever gave "
                    "it. The half is the median, nine in ten the 90th percentile, of the messages "
                    "of the period for which it has happened. “Not yet” are the others, closed or "
                    "withdrawn without an answer among them."
                ),
            ),
            Table(
                "re-routed",
                "Sent on to another body",
                ["Messages", "Of a hundred"],
                [("Sent on", went_on, round(100 * went_on / number, 1) if number else None)],
                first="What",
                meaning=(
                    "Messages of the period that the body which had them first referred on to "
                    "another, once or more. Copies are not counted."
                ),
            ),
        ]


# --- Waiting --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waits:
    """How many messages waited for so many working days."""

    counts: Counter

    @property
    def number(self):
        return self.counts.total()

    def share(self, percent):
        """The smallest number of days within which so many of a hundred were done, or None."""
        so_far = 0
        for days in sorted(self.counts):
            so_far += self.counts[days]
            if so_far * 100 >= self.number * percent:
                return days
        return None


def waits(messages, kinds):
    """How long messages waited for their first step of these kinds: one query.

    The first steps are grouped by the two days that make the wait, so that few rows come back.
    """
    firsts = (
        ReferralStep.objects.filter(
            kind__in=kinds,
            referral__role=Referral.Role.LEAD,
            referral__submission__in=messages.values("pk"),
        )
        .order_by()
        .annotate(since=F("referral__submission__received_on"))
        .values("referral__submission", "since")
        .annotate(first_on=TruncDate(Min("at")))
    )
    sql, parameters = firsts.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT since, first_on, COUNT(*) FROM ({sql}) AS firsts GROUP BY since, first_on",
            parameters,
        )
        rows = cursor.fetchall()
    calendar, counts = structure_today().calendar, Counter()
    for start, end, number in rows:
        counts[calendar.working_days_between(as_day(start), as_day(end))] += number
    return Waits(counts)


def as_day(value):
    """A day as the database gave it: SQLite has texts."""
    return value if isinstance(value, date) else date.fromisoformat(value)
