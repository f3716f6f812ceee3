"""The pack of a meeting, and the decisions that are written down on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.actions import meetings
from governance.forms import DecisionForm
from governance.models import Body, Meeting
from governance.pack import Pack, parts_of
from governance.permissions import can_keep_meetings_of
from governance.telling import with_article
from governance.workflow import MoveNotAllowed


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pack(request, slug, pk):
    """Everything a meeting needs to know, and what it decides."""
    found = Meeting.objects.filter(body__slug=slug).prefetch_related(
        Prefetch("body", Body.objects.named())
    )
    meeting = get_object_or_404(found, pk=pk)
    standing = request.standing
    if not (standing.is_governance_administrator or meeting.body_id in standing.sits_on):
        raise PermissionDenied(
            f"The pack is for those who sit on {with_article(meeting.body.name)}."
        )
    may_decide = can_keep_meetings_of(request.user, meeting.body)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                meetings.take_down(meeting=meeting, by=request.user, **form.cleaned_data)
                messages.success(request, "The decision is written down.")
                return redirect("governance:pack", slug, pk)
        except MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
            status = 409
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
    its_pack = Pack.of(meeting, standing)
    context = {
        "pack": its_pack,
        "meeting": meeting,
        "body": meeting.body,
        "parts": parts_of(its_pack),
        "form": form if may_decide else None,
        "has_begun": meeting.starts_at <= timezone.now(),
    }
    return render(request, "governance/pack.html", context, status=status)
