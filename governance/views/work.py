"""What a body works with, as on a day: its terms, strategies, projects, meetings, decisions."""

from django.db.models import Prefetch, prefetch_related_objects

from governance.models import Cadence, Decision, Document, Meeting, Strategy, TermsOfReference
from governance.permissions import documents_open_to
from governance.plan import projects_of
from governance.views.meetings import open_papers, seen_meetings
from localities.kept_query import KeptQuery

COMING, LATEST = 3, 5


def work_of(body, day, standing, followed=()):
    """Terms and rhythm of the day, the next meetings after it, the last ones and decisions.

    With the projects of the closed bodies that it has `followed`.
    """
    asked = {"body": body.pk, "day": day}
    rhythms, terms, strategies = rhythms_of(**asked), terms_of(**asked), strategies_of(**asked)
    for facts in filter(None, (terms, strategies)):
        open_documents = Document.objects.filter(documents_open_to(standing))
        prefetch_related_objects(facts, Prefetch("document", open_documents))
    if standing.is_signed_in:
        seen = seen_meetings(standing)
        coming, held = list(coming_of(seen, **asked)), list(held_of(seen, **asked))
        decisions = latest_of(Decision.objects.visible_to(standing), **asked)
    else:
        coming, held = public_coming_of(**asked), public_held_of(**asked)
        decisions = public_decisions_of(**asked)
    if meetings := [*coming, *held]:
        for meeting in meetings:
            meeting.body = body
        prefetch_related_objects(meetings, Prefetch("papers", open_papers(standing)))
    return {
        "rhythm": next(iter(rhythms), None),
        "terms": next(iter(terms), None),
        "strategies": strategies,
        "projects": projects_of(body, day, standing, followed),
        "coming": coming,
        "held": held,
        "decisions": decisions,
    }


@KeptQuery
def rhythms_of(body, day):
    return Cadence.objects.on(day).filter(body=body)


@KeptQuery
def terms_of(body, day):
    return TermsOfReference.objects.on(day).filter(body=body)


@KeptQuery
def strategies_of(body, day):
    return Strategy.objects.on(day).filter(body=body)


def coming_of(meetings, body, day):
    return meetings.filter(body=body, starts_at__date__gte=day)[:COMING]


def held_of(meetings, body, day):
    return meetings.filter(body=body, starts_at__date__lt=day).order_by("-starts_at")[:LATEST]


def latest_of(decisions, body, day):
    return decisions.filter(body=body, decided_on__lte=day)[:LATEST]


@KeptQuery
def public_coming_of(body, day):
    return coming_of(Meeting.objects.filter(is_public=True), body, day)


@KeptQuery
def public_held_of(body, day):
    return held_of(Meeting.objects.filter(is_public=True), body, day)


@KeptQuery
def public_decisions_of(body, day):
    return latest_of(Decision.objects.filter(is_public=True), body, day)
