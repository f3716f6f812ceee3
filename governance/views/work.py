"""What a body works with, as on a day: its terms, strategies, projects, meetings, decisions."""

from django.db.models import Prefetch

from governance.models import Cadence, Decision, Document, Strategy, TermsOfReference
from governance.permissions import documents_open_to
from governance.plan import projects_on
from governance.views.meetings import visible_meetings

COMING, LATEST = 3, 5


def work_of(body, day, standing, followed=()):
    """Terms and rhythm of the day, the next meetings after it, the last ones and decisions.

    With the projects of the closed bodies that it has `followed`.
    """
    open_documents = Document.objects.filter(documents_open_to(standing))
    meetings = visible_meetings(standing).filter(body=body)
    decisions = Decision.objects.visible_to(standing).filter(body=body, decided_on__lte=day)
    return {
        "rhythm": Cadence.objects.on(day).filter(body=body).first(),
        "terms": TermsOfReference.objects.on(day)
        .filter(body=body)
        .prefetch_related(Prefetch("document", open_documents))
        .first(),
        "strategies": Strategy.objects.on(day)
        .filter(body=body)
        .prefetch_related(Prefetch("document", open_documents)),
        "projects": projects_on(day, standing, body__in={body.pk, *followed}),
        "coming": meetings.filter(starts_at__date__gte=day)[:COMING],
        "held": meetings.filter(starts_at__date__lt=day).order_by("-starts_at")[:LATEST],
        "decisions": decisions[:LATEST],
    }
