"""What is told publicly of outcomes: the latest, who said it, what is answered and what is not."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
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
from localities.kept_query import either

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
    """What is published of a message or of its theme, or of the one that it was put with."""
    return list(public().filter(about(submission)))


def is_told_of(submission):
    """Whether anything is, so that pages which are kept say how many said it."""
    return Outcome.objects.published().filter(about(submission)).exists()


def about(submission):
    itself = [pk for pk in (submission.pk, submission.merged_into_id) if pk]
    themes = Submission.objects.filter(pk__in=itself, theme__isnull=False).order_by()
    theirs = Outcome.objects.filter(submission__in=itself)
    of_themes = Outcome.objects.filter(theme__in=themes.values("theme"))
    return Q(pk__in=either((theirs, of_themes)))


def behind(outcome):
    """The messages of a theme or the one that it came of, and those that were put with them."""
    of_it = {"theme": outcome.theme_id} if outcome.theme_id else {"pk": outcome.submission_id}
    with_it = {f"merged_into__{name}": value for name, value in of_it.items()}
    both = (Submission.objects.filter(**each) for each in (of_it, with_it))
    return Submission.objects.filter(pk__in=either(both))


def quotes_of(outcome, *, number=QUOTES):
    """What residents wrote of it, as it was redacted for everyone, the newest first."""
    messages = behind(outcome).filter(may_publish=True).exclude(status__in=(*BEFORE_NOBODY, *GONE))
    found = Redaction.objects.filter(submission__in=messages).order_by("-pk")
    return list(found.only("shown", "submission__language").select_related("submission")[:number])


# --- How many -------------------------------------------------------------------------------------


def voices_of(outcomes):
    """How many messages stand behind each outcome: one query for all. None that was withdrawn.

    Of a message that was put with another each author said it, in whatever theme it is itself.
    """
    themes = {each.theme_id for each in outcomes if each.theme_id}
    singles = {each.submission_id for each in outcomes if each.submission_id}
    elsewhere = Q(theme=None) | ~Q(theme=F("merged_into__theme"))
    counted = [
        (themes, Q(theme__in=themes), "theme"),
        (themes, Q(merged_into__theme__in=themes) & elsewhere, "merged_into__theme"),
        (singles, Q(pk__in=singles), "pk"),
        (singles, Q(merged_into__in=singles), "merged_into"),
    ]
    parts = [
        Submission.objects.filter(which)
        .exclude(status__in=NOT_COUNTED)
        .order_by()
        .values_list(Value(sources is themes), column, "locality__name")
        .annotate(Count("pk"))
        for sources, which, column in counted
        if sources
    ]
    counts = {}
    for of_theme, key, locality, number in parts[0].union(*parts[1:], all=True) if parts else ():
        source = counts.setdefault((bool(of_theme), key), Counter())
        source[locality] += number
    return {
        each.pk: told(
            counts.get((each.theme_id is not None, each.theme_id or each.submission_id), {})
        )
        for each in outcomes
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
