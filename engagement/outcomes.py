"""What is told publicly of outcomes: the latest, who said it, what is answered and what is not."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.models import (
    MessageTally,
    Outcome,
    Redaction,
    Referral,
    Submission,
    SubmissionStatus,
    Theme,
)
from engagement.models.submission import BEFORE_NOBODY, GONE
from engagement.tallies import ALL, twelve_months_before
from governance.names import names_of
from governance.percentiles import percentile
from governance.structure import structure_today
from governance.telling import capital, with_article

FEWEST = 5  # smaller numbers are not told
QUOTES = 5  # of what many wrote, so many are shown
NOT_COUNTED = (*BEFORE_NOBODY, SubmissionStatus.WITHDRAWN)


@dataclass(frozen=True)
class Told:
    """An outcome as it is told publicly, with the name of the body and who said it."""

    outcome: Outcome
    body: str
    voices: "Voices"

    @property
    def who(self):
        """The body at the start of a sentence."""
        return capital(with_article(self.body))


@dataclass(frozen=True)
class Voices:
    """How many messages said it: in all, and for each locality, as far as that may be told."""

    total: str
    localities: tuple[tuple[str, str], ...]


def shown(outcomes, structure=None):
    """Outcomes as they are told, in three queries however many there are, or four where a body has
    closed. Whoever holds the structure of today already gives it.
    """
    structure = structure or structure_today()
    bodies = {each: whose(each, structure) for each in outcomes}
    names = names_of(set(bodies.values()), structure)
    voices = voices_of(list(bodies))
    return [Told(each, names[body], voices[each.pk]) for each, body in bodies.items()]


def whose(outcome, structure):
    """The body, by primary key, that decided it, or has it: then whoever follows a closed one."""
    holder = None if outcome.decision_id else structure.holder_of(outcome.body_id)
    return holder.pk if holder else outcome.body_id


def public():
    """Published outcomes, the one that changed last first."""
    found = Outcome.objects.published().select_related(
        "locality", "topic", "decision", "evidence_document", "theme"
    )
    return found.order_by("-changed_at", "-pk")


def latest(number=3, *, locality=None, structure=None):
    """The latest outcomes, for the home page and, with those of the whole borough, a locality's."""
    found = public()
    if locality is not None:
        found = found.filter(Q(locality=locality) | Q(locality=None))
    return shown(found[:number], structure)


def of_submission(submission):
    """What is published of a message or of its theme."""
    about = Q(submission=submission)
    if submission.theme_id:
        about |= Q(theme=submission.theme_id)
    return list(public().filter(about))


def quotes_of(outcome, *, number=QUOTES):
    """What residents wrote of it, as it was redacted for everyone, the newest first."""
    said_in = {"theme": outcome.theme_id} if outcome.theme_id else {"pk": outcome.submission_id}
    messages = Submission.objects.filter(may_publish=True, **said_in).exclude(
        status__in=(*BEFORE_NOBODY, *GONE)
    )
    found = Redaction.objects.filter(submission__in=messages).order_by("-pk")
    return list(found.only("shown", "submission__language").select_related("submission")[:number])


# --- How many -------------------------------------------------------------------------------------


def voices_of(outcomes):
    """How many messages stand behind each outcome: one query for all. None that was withdrawn."""
    themes = {each.theme_id for each in outcomes if each.theme_id}
    rows = (
        Submission.objects.filter(theme__in=themes)
        .exclude(status__in=NOT_COUNTED)
        .order_by()
        .values_list("theme", "locality__name")
        .annotate(Count("pk"))
        if themes
        else ()
    )
    counts = {}
    for theme, locality, number in rows:
        counts.setdefault(theme, {})[locality] = number
    one = {None: 1}
    return {
        each.pk: told(counts.get(each.theme_id, {}) if each.theme_id else one) for each in outcomes
    }


def told(counts):
    """Counts for each locality, None for no locality, as they may be told.

    A number under five is not told, nor what it could be worked out from: where one is hidden
    beside others that are told, the sum is only said to be “at least” what is known anyway.
    """
    total = sum(counts.values())
    enough = {name: number for name, number in counts.items() if number >= FEWEST}
    hidden = len(counts) - len(enough)
    if total < FEWEST:
        return Voices(_("Fewer than 5 messages"), ())
    if not enough:
        return Voices(messages(total), ())
    if not hidden:
        said = messages(total)
    else:
        said = _("At least %(number)s messages") % {"number": sum(enough.values()) + hidden}
    localities = sorted(counts, key=lambda name: (name is None, name or ""))
    return Voices(
        said,
        tuple(
            (
                name or _("Place not known"),
                messages(enough[name]) if name in enough else _("Fewer than 5 messages"),
            )
            for name in localities
        ),
    )


def messages(number):
    return ngettext("%(number)s message", "%(number)s messages", number) % {"number": number}


# --- What is answered -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """How many messages of some months were answered, and how soon, in working days."""

    first: date
    last: date
    number: int
    half: int
    nine_in_ten: int


def answered():
    """Of the messages of the last twelve whole months; None while they are few.

    One query, of counts by the month: no message is read. How many there were in all is not told,
    from which the few that are not answered could be worked out.
    """
    first, last = twelve_months_before(timezone.localdate())
    counted = MessageTally.objects.filter(
        whose=ALL,
        span=MessageTally.Span.MONTH,
        measure=MessageTally.Measure.ANSWERED,
        on__range=(first, last),
    )
    waits = Counter(dict(counted.order_by().values_list("days").annotate(Sum("count"))))
    number = waits.total()
    if number < FEWEST:
        return None
    return Answered(first, last, number, percentile(waits, 50), percentile(waits, 90))


# --- What is not answered -------------------------------------------------------------------------


@dataclass(frozen=True)
class Unanswered:
    """What is open: messages before a body, those past their day, themes without an outcome."""

    messages: str
    late: str
    themes: str


def unanswered():
    """How much is still open, publicly; two queries, each of an index of what is open."""
    # What was asked back, or lies above, is not late: its clock stands still.
    is_late = Q(answer_by__lt=timezone.localdate(), paused_on=None)
    waiting = Referral.objects.filter(is_open=True).order_by()
    numbers = waiting.aggregate(all=Count("pk"), late=Count("pk", filter=is_late))
    outcomes = Outcome.objects.published().filter(theme=OuterRef("pk"))
    said = Submission.objects.filter(theme=OuterRef("pk")).exclude(status__in=NOT_COUNTED)
    themes = Theme.objects.filter(~Exists(outcomes), Exists(said), closed_on=None)
    return Unanswered(
        at_least_five(numbers["all"]), at_least_five(numbers["late"]), str(themes.count())
    )


def at_least_five(number):
    return str(number) if number >= FEWEST or not number else _("fewer than 5")
