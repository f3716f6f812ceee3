"""What a body works with, as on a day: its terms, strategies, projects, meetings, decisions.

All of it as it is recorded now, or as it was at a moment; but for projects, which are as now.

Of what anyone may read it is the database's answers that are kept, so that all this is drawn anew
only when one of them is another. For who is signed in it depends on who they are.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.decided import reopened, with_reopening, with_reopening_known
from governance.meetings import open_papers, seen_meetings
from governance.models import (
    Cadence,
    Decision,
    Document,
    Strategy,
    TermsOfReference,
)
from governance.permissions import ANYONE, documents_open_to
from governance.plan import projects_of
from governance.record import kept_with_work
from governance.work_known import (
    LATEST_FIRST,
    dated_facts,
    decisions_known,
    meetings_known,
    papers_known,
    with_documents,
)
from localities.kept_query import Answer, KeptQuery

COMING, LATEST = 3, 5

# What is found: an answer that is kept, or rows for one reader.
Found = Answer | list


@dataclass(frozen=True)
class Texts:
    """The terms of reference and the strategies of a body on a day."""

    day: date
    found_terms: Found
    strategies: Found

    @property
    def terms(self):
        return next(iter(self.found_terms), None)


@dataclass(frozen=True)
class Meetings:
    """How often a body meets, the next meetings and the last ones, each with its papers."""

    day: date
    slug: str
    found_rhythm: Found
    meetings: Found
    papers: Found

    @property
    def rhythm(self):
        return next(iter(self.found_rhythm), None)

    @property
    def coming(self):
        return self.with_papers([each for each in self.meetings if not self.is_over(each)])

    @property
    def held(self):
        return self.with_papers([each for each in self.meetings if self.is_over(each)][::-1])

    def is_over(self, meeting):
        return timezone.localdate(meeting.starts_at) < self.day

    def with_papers(self, meetings):
        papers = defaultdict(list)
        for paper in self.papers:
            papers[paper.meeting_id].append(paper)
        return [(meeting, papers[meeting.pk]) for meeting in meetings]


@dataclass(frozen=True)
class Work:
    """All this of a body; what `is_public` is the same for everyone now, and drawn once."""

    is_public: bool
    texts: Texts
    projects: list
    meetings: Meetings
    decisions: Found


def work_of(body, as_on, standing, followed=()):
    """Terms and rhythm of the day, the next meetings after it, the last ones and decisions.

    With the projects of the closed bodies that it has `followed`.
    """
    day, known_on = as_on.day, as_on.known_on
    is_public = not standing.is_signed_in and known_on is None
    if is_public:
        found = found_by_anyone(body.pk, day)
    else:
        if known_on is None:
            found = {name: list(ask(standing, body.pk, day)) for name, ask in QUESTIONS.items()}
        else:
            found = found_as_known(standing, body.pk, day, known_on)
        for meeting in found["meetings"]:
            meeting.body = body
        for decision in found["decisions"]:
            decision.reopened = reopened(decision)
    return Work(
        is_public=is_public,
        texts=Texts(day, found["terms"], found["strategies"]),
        projects=projects_of(body, day, standing, followed),
        meetings=Meetings(day, body.slug, found["rhythm"], found["meetings"], found["papers"]),
        decisions=found["decisions"],
    )


def rhythm_of(standing, body, day):
    return Cadence.objects.on(day).filter(body=body).order_by(*LATEST_FIRST)


def terms_of(standing, body, day):
    terms = TermsOfReference.objects.on(day).filter(body=body).order_by(*LATEST_FIRST)
    return with_document(terms, standing)


def strategies_of(standing, body, day):
    strategies = Strategy.objects.on(day).filter(body=body).order_by(*LATEST_FIRST)
    return with_document(strategies, standing)


def with_document(facts, standing):
    """With the document of each, and whether it is open to someone."""
    readable = Document.objects.filter(documents_open_to(standing), pk=OuterRef("document"))
    return facts.select_related("document").annotate(document_is_open=Exists(readable))


def meetings_of(standing, body, day):
    """The next meetings of a body and the last ones, the first one first."""
    found = seen_meetings(standing).filter(body=body)
    coming = found.filter(starts_at__date__gte=day).order_by("starts_at", "pk")[:COMING]
    held = found.filter(starts_at__date__lt=day).order_by("-starts_at", "-pk")[:LATEST]
    return found.filter(Q(pk__in=coming.values("pk")) | Q(pk__in=held.values("pk")))


def papers_of(standing, body, day):
    near = meetings_of(standing, body, day).order_by()
    return open_papers(standing).filter(meeting__in=near.values("pk")).order_by("kind", "pk")


def decisions_of(standing, body, day):
    decisions = Decision.objects.filter(is_public=True)
    if standing.is_signed_in:
        decisions = with_reopening(Decision.objects.visible_to(standing), standing)
    return decisions.filter(body=body, decided_on__lte=day)[:LATEST]


QUESTIONS = {
    "rhythm": rhythm_of,
    "terms": terms_of,
    "strategies": strategies_of,
    "meetings": meetings_of,
    "papers": papers_of,
    "decisions": decisions_of,
}


def of_anyone(ask):
    def of_anyone(body, day):
        return ask(ANYONE, body, day)

    of_anyone.__qualname__ = ask.__qualname__
    return KeptQuery(of_anyone)


OF_ANYONE = {name: of_anyone(ask) for name, ask in QUESTIONS.items()}


@kept_with_work
def found_by_anyone(body, day):
    return {name: question.answer(body=body, day=day) for name, question in OF_ANYONE.items()}


def found_as_known(standing, body, day, known_on):
    """The same as it was recorded at a moment, in a fixed number of queries."""
    held = {
        name: list(dated_facts(model, day, known_on, [body]))
        for name, model in (
            ("rhythm", Cadence),
            ("terms", TermsOfReference),
            ("strategies", Strategy),
        )
    }
    with_documents([*held["terms"], *held["strategies"]], standing)
    found = meetings_known(standing, known_on).filter(body=body)
    coming = found.filter(starts_at__date__gte=day).order_by("starts_at", "id")[:COMING]
    last = found.filter(starts_at__date__lt=day).order_by("-starts_at", "-id")[:LATEST]
    meetings = [*list(last)[::-1], *coming]
    papers = papers_known(standing, known_on, meetings)
    decisions = decisions_known(standing, known_on).filter(body=body, decided_on__lte=day)
    return held | {
        "meetings": meetings,
        "papers": [paper for its in papers.values() for paper in its],
        "decisions": with_reopening_known(decisions[:LATEST], standing, known_on),
    }
