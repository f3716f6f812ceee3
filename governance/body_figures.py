"""Escalations in the look-back: how long bodies take, what they passed on, what lies before them.

Never of a person. Bodies stand in the order of the structure: the figures are to learn from, and no
table of winners. They come from tallies and from an index of what is open: as few rows with a
million matters as with ten.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from governance.figures import Part, Table
from governance.models import Escalation, Tally
from governance.names import names_of
from governance.percentiles import median, percentile
from governance.structure import structure_today

Measure = Tally.Measure
ONE_DAY = timedelta(days=1)

# The ages by which open matters are told apart, in working days.
YOUNG, OLD = 20, 60

OF_WHAT_TOOK = (
    "Median: half took this long or less. 90th percentile: nine of ten took this long or less. "
    "Bodies stand in the order of the structure, and small numbers are not hidden: the page is for "
    "staff alone."
)


class Escalations(Part):
    """Two queries beside the structure's own, whatever their number."""

    key = "escalations"
    title = "Escalations"
    order = 10

    def tables(self, asked):
        structure = structure_today()
        counts, lying = counted(asked), lying_now(asked, structure)
        names = named(asked, structure, counts, lying)
        if not counts and not lying:
            return []
        return [
            took(
                "to-acknowledge",
                "Working days to acknowledge",
                names,
                {pk: counts[pk][Measure.ACKNOWLEDGED] for pk in names},
                "Working days from the day a matter comes before the body to the day the body "
                "accepts it, which is in the period.",
            ),
            took(
                "to-answer",
                "Working days to answer",
                names,
                {pk: counts[pk][Measure.ANSWERED] for pk in names},
                "Working days from the day a matter comes before the body to the day the body "
                "resolves it or passes it up, which is in the period, without those for which the "
                "clock stood still. What was withdrawn or merged is not counted.",
            ),
            Table(
                "what-bodies-did",
                "What came before bodies, and what they did",
                ["Put before it", "Resolved", "Passed up", "Sent back"],
                [
                    (
                        name,
                        *(
                            counts[pk][measure].total()
                            for measure in (
                                Measure.RECEIVED,
                                Measure.RESOLVED,
                                Measure.PASSED_UP,
                                Measure.SENT_BACK,
                            )
                        ),
                    )
                    for pk, name in names.items()
                ],
                first="Body",
                meaning="Put before it: raised or passed up to the body, or reopened before it, on "
                "a day of the period; a matter that comes back is counted each time. Sent back: "
                "with a question to the body below, while the clock stood still.",
            ),
            Table(
                "open-today",
                "Open today, by age",
                [
                    "Open",
                    "Overdue",
                    f"Up to {YOUNG} days",
                    f"{YOUNG + 1} to {OLD} days",
                    f"Over {OLD} days",
                    "Oldest, in days",
                ],
                [(name, *aged(lying.get(pk), structure)) for pk, name in names.items()],
                first="Body",
                meaning="What lies before the body today, whatever the period above, by working "
                "days since it was raised. Overdue: past the day to acknowledge or to answer it.",
            ),
        ]


def named(asked, structure, counts, lying):
    """The bodies of today in their order, then closed ones of which there is something to say."""
    if asked.body:
        return names_of([asked.body.pk], structure, short=True)
    today = [body.pk for body in structure.bodies]
    closed = sorted((counts.keys() | lying.keys()) - set(today))
    names = names_of([*today, *closed], structure, short=True)
    closed = {pk: f"{names[pk]} (closed)" for pk in closed}
    return {pk: names[pk] for pk in today} | closed


def counted(asked):
    """Body → measure → working days → how many, of a period."""
    tallies = Tally.objects.filter(on__range=(asked.first, asked.last)).order_by()
    if asked.body:
        tallies = tallies.filter(body=asked.body)
    counts = defaultdict(lambda: defaultdict(Counter))
    grouped = tallies.values_list("body", "measure", "days").annotate(Sum("count"))
    for body, measure, days, number in grouped:
        counts[body][measure][days] = number
    return counts


def lying_now(asked, structure):
    """What is open before each body: how much, how old, how much of it overdue.

    What lay before a closed body lies before the one that follows it, by date alone.
    """
    today = timezone.localdate()
    young, old = (days_before(today, days, structure.calendar) for days in (YOUNG, OLD))
    grouped = Escalation.objects.filter(is_open=True).order_by().values("current_body")
    if asked.body:
        bodies = {asked.body.pk} | structure.followed_by(asked.body)
        grouped = grouped.filter(current_body__in=bodies)
    grouped = grouped.annotate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        young=Count("pk", filter=Q(raised_on__gte=young)),
        old=Count("pk", filter=Q(raised_on__lt=old)),
        oldest=Min("raised_on"),
    )
    lying = defaultdict(list)
    for each in grouped:
        holder = structure.holder_of(each["current_body"])
        lying[holder.pk if holder else each["current_body"]].append(each)
    return lying


def aged(lying, structure):
    if not lying:
        return 0, 0, 0, 0, 0, None
    names = "open", "overdue", "young", "old"
    number, overdue, young, old = (sum(each[name] for each in lying) for name in names)
    since = min(each["oldest"] for each in lying)
    oldest = structure.calendar.working_days_between(since, timezone.localdate())
    return number, overdue, young, number - young - old, old, oldest


def days_before(today, days, calendar):
    """The first day from which no more than so many working days have passed."""
    day = today
    while (days := days - calendar.is_working_day(day)) >= 0:
        day -= ONE_DAY
    return day


def took(key, title, names, counts, meaning):
    """A table of how long bodies took; `counts` says how many took how many days."""
    return Table(
        key,
        title,
        ["Median", "90th percentile", "Of so many"],
        [
            (name, median(counts[pk]), percentile(counts[pk], 90), counts[pk].total())
            for pk, name in names.items()
        ],
        first="Body",
        meaning=f"{meaning} {OF_WHAT_TOOK}",
    )
