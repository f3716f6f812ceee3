"""Meetings and their papers: the list, a calendar of each body, and documents."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.exports.calendar import calendar_of
from governance.meetings import seen_meetings, visible_meetings
from governance.models import Body, Document, Meeting, Strategy, TermsOfReference
from governance.permissions import documents_open_to
from governance.telling import with_article
from governance.views.pages import calendar_file, file_of, gone, not_found
from governance.views.paging import page_by_number
from localities.kept_query import either

SHOWN = 100  # meetings on one page


@require_safe
def meetings(request):
    """Today's and the next meetings of all bodies; those that are not public only for staff."""
    coming = visible_meetings(request.standing).filter(starts_at__date__gte=timezone.localdate())
    page = page_by_number(coming, SHOWN, request.GET.get("page"))
    if page is None:
        return not_found(request, _("This list has no such page."))
    return render(request, "governance/meeting_list.html", {"page": page})


@require_safe
def body_calendar(request, slug):
    """The public meetings of a body, for calendar programs, which cannot sign in."""
    body = get_object_or_404(Body.objects.named(), slug=slug)
    public = Meeting.objects.filter(body=body, is_public=True)
    found = list(public.prefetch_related(Prefetch("body", Body.objects.named())))
    page = settings.PORTAL_URL + reverse("governance:body", args=[slug])
    content = calendar_of(
        f"{body.name}, Tower Hamlets Together",
        found,
        host=urlsplit(settings.PORTAL_URL).hostname,
        address_of=lambda meeting: f"{page}#meeting-{meeting.pk}",
    )
    return calendar_file(content, slug, found)


@require_safe
def document(request, pk):
    """A document's file or link, for those who may read it; others cannot tell that it exists."""
    found = Document.objects.filter(documents_open_to(request.standing), pk=pk).first()
    if found is None:
        if Document.history.filter(id=pk, is_public=True).exists():
            return gone(
                request,
                _(
                    "This document was public once, and is so no longer. If you work for the "
                    "partnership, sign in: you may still be able to read it."
                ),
                go_on=(),
            )
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404("There is no such document, or it is not open to you.")
    if found.url:
        return redirect(found.url)
    return file_of(request, found, beside=lambda: pages_beside(request.standing, found))


def pages_beside(standing, document):
    """The pages of the bodies whose document it is, as far as someone may know of that."""
    return [
        (
            reverse("governance:body", args=[body.slug]),
            f"See the meetings and papers of {with_article(body.name)}.",
        )
        for body in bodies_with(document, standing)
    ]


def bodies_with(document, standing):
    """The bodies whose document it is, by name, as far as someone may know of that."""
    meetings = seen_meetings(standing).filter(papers__document=document)
    dated = (model.objects.filter(document=document) for model in (TermsOfReference, Strategy))
    theirs = either((meetings, *dated), "body")
    return Body.objects.named().filter(pk__in=theirs).order_by("name")
