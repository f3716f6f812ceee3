"""The pack of a meeting, and the decisions that are written down on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.actions import meetings
from governance.decision_forms import DecisionForm
from governance.models import Body, Meeting
from governance.pack import Pack, parts_of, to_answer, to_decide
from governance.permissions import can_keep_record_of, can_read_pack
from governance.telling import with_article
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed

WRITTEN = "The decision is written down."
WRITTEN_FOR_EVERYONE = "The decision is written down, and everyone may read it."
FOR_EVERYONE_BEFORE = (
    "The decision was written down before, and everyone may read it. If they should not, ask a "
    "governance administrator."
)


def pack_again(request, sentence, *, status, slug, pk):
    return pack_page(request, slug, pk, refusal=sentence, status=status)


@for_staff(shows_again=pack_again)
@require_http_methods(["GET", "HEAD", "POST"])
def pack(request, slug, pk):
    """Everything a meeting needs to know, and what it decides."""
    return pack_page(request, slug, pk)


def pack_page(request, slug, pk, *, refusal="", status=200):
    found = Meeting.objects.filter(body__slug=slug).prefetch_related(
        Prefetch("body", Body.objects.named())
    )
    meeting = get_object_or_404(found, pk=pk)
    standing = request.standing
    if not can_read_pack(standing, meeting):
        raise PermissionDenied(
            f"The pack is for those who sit on {with_article(meeting.body.name)}."
        )
    may_decide = can_keep_record_of(standing, meeting.body_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and not refusal:
        try:
            if form.is_valid():
                written = form.cleaned_data
                decision = meetings.take_down(meeting=meeting, by=request.user, **written)
                messages.success(request, said_of(decision, written["is_public"]))
                return redirect("governance:pack", slug, pk)
        except MoveNotAllowed as refused:
            form.add_error(None, str(refused))
            status = CONFLICT
        except ValidationError as refused:
            form.add_error(None, refused.messages)
    its_pack = Pack.of(meeting, standing)
    parts = parts_of(its_pack)
    context = {
        "pack": its_pack,
        "meeting": meeting,
        "body": meeting.body,
        "parts": parts,
        "to_decide": to_decide(parts),
        "to_answer": to_answer(parts),
        "form": form if may_decide else None,
        "refusal": refusal,
        "day_has_come": timezone.localdate(meeting.starts_at) <= timezone.localdate(),
    }
    return render(request, "governance/pack.html", context, status=status)


def said_of(decision, opens_it):
    """What the page says once a decision is written down, by who may read it now."""
    if not decision.is_public:
        return WRITTEN
    return WRITTEN_FOR_EVERYONE if opens_it else FOR_EVERYONE_BEFORE
