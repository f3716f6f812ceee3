"""Residents' messages in the look-back: how many, about what, and how long they waited.

`engagement.apps` registers these parts with `governance.figures` at the start. They rest on tallies
that each deed keeps: at most a row for each kind of message in a month, however many came.
"""

from collections import Counter, defaultdict
from datetime import date

from django.db.models import CharField, Sum
from django.db.models.functions import Cast, Substr
from django.utils.dateformat import format as date_format

from engagement.catalogue import catalogue_today
from engagement.languages import name_of
from engagement.models import Channel, MessageTally
from engagement.tallies import tallies_of
from governance.figures import Part, Table
from governance.percentiles import percentile
from localities.models import Locality

Measure = MessageTally.Measure
MESSAGES = ["Messages"]
COUNTED = (
    "Messages that residents sent on a day of the period. Held and rejected ones are not counted; "
    "those withdrawn later are, since only their words are gone."
)


def tallied(asked):
    """How many messages count for what, by month: one query for both parts."""
    what = "topic", "locality", "language", "channel"
    # The beginning of an ISO day: SQLite would have Python cut each day to its month.
    month = Substr(Cast("on", CharField()), 1, len("2026-11"))
    rows = tallies_of(asked).values_list("measure", "days", month, *what)
    return list(rows.annotate(Sum("count")))


def month_in_words(month):
    """“November 2026”, of “2026-11”."""
    return date_format(date.fromisoformat(f"{month}-01"), "F Y")


class Received(Part):
    """What was received: one query more."""

    key = "received"
    title = "Residents’ messages: what was received"
    order = 50

    def tables(self, asked):
        months, topics, localities, languages, channels = (Counter() for _ in range(5))
        for measure, _, month, topic, locality, language, channel, number in asked.once(tallied):
            if measure != Measure.RECEIVED:
                continue
            months[month] += number
            topics[topic] += number
            localities[locality] += number
            languages[language] += number
            channels[channel] += number
        named = {topic.slug: topic.name for topic in catalogue_today().topics}
        places = {**dict(Locality.objects.values_list("pk", "name")), "": "Not known"}
        return [
            Table(
                "by-month",
                "By month",
                MESSAGES,
                [(month_in_words(month), months[month]) for month in sorted(+months)],
                first="Month",
                meaning=COUNTED,
            ),
            Table(
                "by-topic",
                "By topic",
                MESSAGES,
                [(named[topic], number) for topic, number in (+topics).most_common()],
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
                [(name_of(language), number) for language, number in (+languages).most_common()],
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
    """How long residents waited, and how many messages went on."""

    key = "worked"
    title = "Residents’ messages: what became of them"
    order = 51

    def tables(self, asked):
        counts = defaultdict(Counter)
        for measure, days, *_, number in asked.once(tallied):
            counts[measure][days] += number
        number, went_on = (counts[each].total() for each in (Measure.RECEIVED, Measure.SENT_ON))
        acknowledged, answered = counts[Measure.ACKNOWLEDGED], counts[Measure.ANSWERED]
        return [
            Table(
                "waits",
                "How long residents waited, in working days",
                ["Half of them at most", "Nine in ten at most", "Messages", "Not yet"],
                [
                    (
                        *(name, percentile(each, 50), percentile(each, 90)),
                        *(each.total(), number - each.total()),
                    )
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
