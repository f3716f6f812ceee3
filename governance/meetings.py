"""The meetings someone may know of, and the papers they may read."""

from django.db.models import Prefetch

from governance.models import Body, Document, Meeting, MeetingPaper
from governance.permissions import documents_open_to


def visible_meetings(standing, day=None):
    """The meetings someone may know of, with the papers they may read.

    Their bodies come with their names on a day, today if none is given.
    """
    return seen_meetings(standing).prefetch_related(
        Prefetch("body", Body.objects.named(day)), Prefetch("papers", open_papers(standing))
    )


def seen_meetings(standing):
    """Those that are not public are for staff alone."""
    if standing.is_signed_in:
        return Meeting.objects.all()
    return Meeting.objects.filter(is_public=True)


def open_papers(standing):
    open_documents = Document.objects.filter(documents_open_to(standing))
    return MeetingPaper.objects.filter(document__in=open_documents).select_related("document")
