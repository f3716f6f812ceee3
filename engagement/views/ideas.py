"""Ideas of residents: the public list with its feed, one idea, and where staff work on them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engagement import ideas
from engagement.actions import ideas as deeds
from engagement.feeds import ideas_feed
from engagement.forms import plain_data
from engagement.idea_forms import IdeaFilterForm, IdeaForm, IdeaMoveForm, TakeUpForm
from engagement.models import Activity, Idea, Kind, Outcome
from engagement.permissions import (
    can_act_on,
    can_publish_idea,
    can_work_on_idea,
    can_work_on_ideas,
)
from engagement.publishing_forms import TakeBackForm
from engagement.row_choices import with_chosen
from engagement.views.message import fetch as fetch_message
from engagement.views.message import submission_page
from engagement.views.publishing import (
    UNKNOWN,
    published_list,
    publishing_views,
    seen_by_sender,
    staff_list,
)
from governance.models import Body, Project
from governance.structure import structure_today
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT, feed_file
from governance.workflow import MoveNotAllowed
from localities.models import Locality

IN_FEED = 50
CHOICES = 200  # activities, outcomes and projects offered, the newest
NOT_FOR_YOU = "Ideas are worked on by officers of bodies and the engagement team."


@require_safe
def idea_list(request):
    """The ideas of which residents agreed that they are public, the latest news first."""
    template = "engagement/idea_list.html"
    return published_list(request, template, IdeaFilterForm, ideas.public(), ideas.shown)


@require_safe
def idea(request, pk):
    found = ideas.in_full().published().filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such idea, or it is not published."))
    context = told(found) | {"quote": ideas.quote_of(found)}
    return render(request, "engagement/idea_detail.html", context)


def told(idea):
    """What the page of one idea shows, also where staff preview it."""
    holder = structure_today().holder_of(idea.body_id)  # itself, or who follows it
    return {"idea": idea, "told": ideas.told(idea), "holder": holder}


@require_safe
def feed(request):
    page = f"{settings.PORTAL_URL}{reverse('engagement:ideas')}"
    content = ideas_feed(ideas.public()[:IN_FEED], page=page)
    return feed_file(content)


# --- Staff ----------------------------------------------------------------------------------------


@login_required
@require_safe
def staff_ideas(request):
    """The ideas one may work on, the newest first."""
    standing = request.standing
    if not can_work_on_ideas(standing):
        raise PermissionDenied(NOT_FOR_YOU)
    found = Idea.objects.select_related("submission").defer("submission__message")
    if not standing.is_engagement_team:
        found = found.filter(body__in=standing.officer_of)

    def describe(page):
        return {"told": ideas.shown(page)}

    return staff_list(request, "engagement/idea_staff_list.html", found, describe)


def take_up_again(request, sentence, *, status, reference):
    return take_up_page(request, reference, refusal=sentence, status=status)


@for_staff(shows_again=take_up_again)
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request, reference):
    """A body takes up the idea in a message."""
    return take_up_page(request, reference)


def take_up_page(request, reference, *, refusal="", status=200):
    """The form; with a refusal from the start nothing is done."""
    progress = fetch_message(request, reference)
    submission, standing = progress.submission, request.standing
    if not can_act_on(standing, progress.lead):
        raise PermissionDenied("Only the officers of the body that has it may take up its idea.")
    if submission.kind != Kind.IDEA or submission.is_gone:
        sentence = "There is no idea in this message to be taken up."
        return submission_page(request, progress, refusal=sentence)
    before = getattr(submission, "idea", None)
    if before and request.method != "POST" and can_work_on_idea(standing, before.body_id):
        return redirect("engagement:staff_idea", before.pk)
    structure = structure_today()
    bodies = [body for body in structure.bodies if can_work_on_idea(standing, body.pk)]
    holder = progress.lead.body_id and structure.holder_of(progress.lead.body_id)
    form = TakeUpForm(
        plain_data(request.POST) if request.method == "POST" else None,
        initial={"body": holder and holder.slug, "locality": submission.locality_id},
        bodies=bodies,
        localities=Locality.objects.all(),
    )
    if form.is_bound and form.is_valid() and not refusal:
        words = form.cleaned_data | {"body": Body.objects.get(pk=form.cleaned_data["body"].pk)}
        try:
            made = deeds.take_up(submission=submission, by=request.user, **words)
        except MoveNotAllowed as refused:
            refusal, status = str(refused), CONFLICT
        else:
            messages.success(request, "The idea is taken up, and its resident can read it.")
            return redirect("engagement:staff_idea", made.pk)
    context = {"form": form, "submission": submission, "refusal": refusal}
    return render(request, "engagement/idea_take_up.html", context, status=status)


def fetch(request, pk):
    found = ideas.in_full().select_related("submission").defer("submission__message")
    found = found.filter(pk=pk).first()
    if found is None or not can_work_on_idea(request.standing, found.body_id):
        raise Http404
    return found


def idea_again(request, sentence, *, status, pk):
    found = fetch(request, pk)
    form = form_for(found, plain_data(request.POST))
    return staff_page(request, found, form=form, refusal=sentence, status=status)


@for_staff(shows_again=idea_again)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_idea(request, pk):
    """One idea as residents read it, its words to change, and what became of it."""
    found = fetch(request, pk)
    if request.method != "POST":
        return staff_page(request, found)
    form = form_for(found, plain_data(request.POST))
    if not form.is_valid():
        return staff_page(request, found, form=form)
    words = dict(form.cleaned_data)
    try:
        deeds.change(idea=found, by=request.user, seen=words.pop("seen"), **words)
    except MoveNotAllowed as refused:
        return staff_page(request, fetch(request, pk), form=form, refusal=str(refused))
    messages.success(request, "It is saved.")
    return redirect("engagement:staff_idea", pk)


def move_again(request, sentence, *, status, pk):
    found = fetch(request, pk)
    move = IdeaMoveForm(plain_data(request.POST), status=found.status, auto_id="move_%s")
    return staff_page(request, found, move=move, refusal=sentence, status=status)


@for_staff(shows_again=move_again)
@require_POST
def move(request, pk):
    """What became of it."""
    found = fetch(request, pk)
    form = IdeaMoveForm(plain_data(request.POST), status=found.status, auto_id="move_%s")
    is_stale = seen_by_sender(request) not in {UNKNOWN, found.revision}
    if not form.is_valid() and not is_stale:
        return staff_page(request, found, move=form)
    try:
        deeds.move(
            idea=found,
            move=form.data.get("move", ""),
            why=form.cleaned_data.get("why", ""),
            by=request.user,
            seen=form.cleaned_data.get("seen"),
        )
    except MoveNotAllowed as refused:
        return staff_page(request, fetch(request, pk), move=form, refusal=str(refused))
    messages.success(request, "It is kept, and the resident can read it.")
    return redirect("engagement:staff_idea", pk)


def form_for(found, data=None):
    """The words of the idea, with what it may belong to: also what it belongs to already."""
    activities = Activity.objects.published().order_by("-starts_at")[:CHOICES]
    outcomes = Outcome.objects.published()[:CHOICES]
    projects = Project.objects.filter(is_public=True)[:CHOICES]
    initial = {
        "title": found.title,
        "summary": found.summary,
        "locality": found.locality_id,
        "activity": found.activity_id,
        "outcome": found.outcome_id,
        "project": found.project_id,
        "seen": found.revision,
    }
    return IdeaForm(
        data,
        initial=initial,
        localities=Locality.objects.all(),
        activities=with_chosen(activities, found.activity),
        outcomes=with_chosen(outcomes, found.outcome),
        projects=with_chosen(projects, found.project),
    )


def staff_page(request, found, *, form=None, move=None, take_back=None, refusal="", status=None):
    may_publish = can_publish_idea(request.standing)
    seen = {"seen": found.revision}
    if move is None:
        move = IdeaMoveForm(status=found.status, initial=seen, auto_id="move_%s")
    elif refusal and status is None:  # it goes on from what its sender is now told
        data = {"move": move.data.get("move", ""), "why": move.data.get("why", "")} | seen
        move = IdeaMoveForm(data, status=found.status, auto_id="move_%s")
    context = told(found) | {
        "form": form or form_for(found),
        "move": move,
        "may_write": may_publish or not found.is_published,
        "may_publish": may_publish,
        "take_back": take_back or TakeBackForm(),
        "has_errors": any(each.errors for each in (move, take_back) if each),
        "refusal": refusal,
        "history": found.history.select_related("history_user")[:20],
    }
    status = status or (CONFLICT if refusal else 200)
    return render(request, "engagement/idea_edit.html", context, status=status)


publish, take_back = publishing_views(
    "idea", deeds, fetch=fetch, page=staff_page, published="It is published."
)
