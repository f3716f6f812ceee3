"""You said, they decided, we did: the public pages, their feed, and where staff write them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from engagement import outcomes
from engagement.actions import outcomes as deeds
from engagement.catalogue import catalogue_today
from engagement.feeds import outcomes_feed
from engagement.forms import plain_data
from engagement.models import Activity, Outcome, Story, Submission, Theme
from engagement.outcome_forms import OutcomeFilterForm, OutcomeForm
from engagement.permissions import (
    can_draft_outcome,
    can_draft_outcomes,
    can_publish_outcome,
    can_work_on_theme,
)
from engagement.publishing_forms import TakeBackForm
from engagement.row_choices import with_chosen
from engagement.views.publishing import published_list, publishing_views, staff_list
from governance.decided import to_choose
from governance.models import Body, Decision, Document, Escalation
from governance.names import named_bodies, names_of
from governance.structure import structure_today
from governance.telling import with_article
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT, feed_file
from governance.workflow import MoveNotAllowed
from localities.models import Locality

IN_FEED = 50
CHOICES = 200  # decisions and documents offered, the newest
NOT_FOR_YOU = "Outcomes are written by officers of bodies and the engagement team."


@require_safe
def you_said(request):
    """What came of what residents said, the latest first; how soon; and what is still open."""
    return published_list(
        request,
        "engagement/you_said.html",
        OutcomeFilterForm,
        outcomes.public(),
        outcomes.shown,
        answered=outcomes.answered,
        unanswered=outcomes.unanswered,
    )


@require_safe
def outcome(request, pk):
    found = outcomes.public().filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such outcome, or it is not published.")
    context = told(found) | {
        "activities": Activity.objects.published().filter(outcome=found),
        "stories": Story.objects.published().filter(outcome=found).defer("text"),
    }
    return render(request, "engagement/outcome_detail.html", context)


def told(outcome):
    """What the page of one outcome shows, also where staff preview it."""
    [each] = outcomes.shown([outcome])
    body = structure_today().body(outcome.body_id)
    return {
        "outcome": outcome,
        "told": each,
        "body": body,
        "quotes": outcomes.quotes_of(outcome),
    }


@require_safe
def feed(request):
    page = f"{settings.PORTAL_URL}{reverse('engagement:you_said')}"
    content = outcomes_feed(outcomes.shown(outcomes.public()[:IN_FEED]), page=page)
    return feed_file(content)


# --- Staff ----------------------------------------------------------------------------------------


@login_required
@require_safe
def outcome_list(request):
    """The outcomes one may work on, and the themes that have none."""
    standing = request.standing
    if not can_draft_outcomes(standing):
        raise PermissionDenied(NOT_FOR_YOU)
    found = Outcome.objects.select_related("theme", "submission").defer("submission__message")
    themes = Theme.objects.filter(outcomes=None, closed_on=None)
    if not standing.is_engagement_team:
        found = found.filter(body__in=standing.officer_of)
        themes = themes.filter(lead_body__in=standing.officer_of)

    def describe(page):
        return {"outcomes": page, "themes": themes[:CHOICES]}

    return staff_list(request, "engagement/outcome_list.html", found, describe)


def new_again(request, sentence, *, status):
    return new_page(request, refusal=sentence, status=status)


@for_staff(shows_again=new_again)
@require_http_methods(["GET", "HEAD", "POST"])
def outcome_new(request):
    """An outcome of a theme, or of one message."""
    return new_page(request)


def new_page(request, *, refusal="", status=200):
    if not can_draft_outcomes(request.standing):
        raise PermissionDenied(NOT_FOR_YOU)
    theme, submission = what_of(request)
    data = plain_data(request.POST) if request.method == "POST" else None
    decision = decision_on(theme, submission)
    initial = {
        "state": Outcome.State.DECIDED if decision else Outcome.State.CONSIDERED,
        "title": theme.title if theme else "",
        "decision": decision and decision.pk,
    }
    decides = decision.body_id if decision else theme and theme.lead_body_id
    if decides and (body := structure_today().body(decides)):
        initial |= {"body": body.slug, "locality": body.locality}
    form = form_for(request, data, initial=initial)
    if form.is_bound and not refusal and form.is_valid():
        try:
            made = deeds.draft(by=request.user, theme=theme, submission=submission, **words(form))
        except MoveNotAllowed as refused:
            refusal, status = str(refused), CONFLICT
        else:
            messages.success(request, "The draft is kept. Look at it before it is published.")
            return redirect("engagement:staff_outcome", made.pk)
    context = {
        "form": form,
        "theme": theme,
        "submission": submission,
        "refusal": refusal,
        # Of a decision that was taken above, those write who took it.
        "decided_above": decision
        and not can_draft_outcome(request.standing, decision.body_id)
        and body_named(decision),
    }
    return render(request, "engagement/outcome_form.html", context, status=status)


def decision_on(theme, submission):
    """What was decided on the matter that a theme or a message became; None while nothing is."""
    if theme:
        found = Q(pk=theme.escalation_id)
    else:
        leads = submission.referrals.leading().exclude(escalation=None)
        found = Q(pk__in=leads.values("escalation"))
    matters = Escalation.objects.filter(found).exclude(decision=None)
    matter = matters.select_related("decision").order_by("pk").last()
    return matter and matter.decision


def body_named(decision):
    """The body that took it, as inside a sentence."""
    return with_article(names_of({decision.body_id})[decision.body_id])


def what_of(request):
    """The theme or the message that the address names, if its reader may work on it."""
    number = request.GET.get("theme", "")
    if number.isascii() and number.isdecimal() and len(number) < 19:
        theme = get_object_or_404(Theme, pk=int(number))
        if not can_work_on_theme(request.standing, theme):
            raise Http404
        return theme, None
    found = Submission.objects.with_reference(plain_data(request.GET).get("message", ""))
    submission = found.defer("message").first()
    leads = submission and submission.referrals.leading().values_list("body", flat=True)
    if not submission or not any(can_draft_outcome(request.standing, body) for body in leads):
        raise Http404("Say of which theme or message this is the outcome.")
    return None, submission


def fetch(request, pk):
    found = get_object_or_404(
        Outcome.objects.select_related("theme", "decision", "evidence_document", "locality"), pk=pk
    )
    if not can_draft_outcome(request.standing, found.body_id):
        raise Http404
    return found


def edit_again(request, sentence, *, status, pk):
    found = fetch(request, pk)
    form = form_for(request, plain_data(request.POST), also=found)
    return edit_page(request, found, form, refusal=sentence, status=status)


@for_staff(shows_again=edit_again)
@require_http_methods(["GET", "HEAD", "POST"])
def outcome_edit(request, pk):
    """One outcome as residents will read it, and its words to change."""
    found = fetch(request, pk)
    if request.method != "POST":
        return edit_page(request, found)
    form = form_for(request, plain_data(request.POST), also=found)
    if not form.is_valid():
        return edit_page(request, found, form)
    try:
        deeds.change(outcome=found, by=request.user, seen=form.cleaned_data["seen"], **words(form))
    except MoveNotAllowed as refused:
        return edit_page(request, fetch(request, pk), form, refusal=str(refused))
    again = " Those who asked are told again." if found.is_published else ""
    messages.success(request, f"It is saved.{again}")
    return redirect("engagement:staff_outcome", pk)


def words(form):
    """What was written, with the row of the body that was chosen from the structure."""
    written = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
    return written | {"body": Body.objects.get(pk=written["body"].pk)}


def edit_page(request, found, form=None, *, take_back=None, refusal="", status=None):
    may_write = can_publish_outcome(request.standing) or not found.is_published
    initial = {
        name: getattr(found, name) for name in ("title", "said", "state", "did", "evidence_url")
    }
    initial |= {
        "body": body_of(found).slug,
        "decision": found.decision_id,
        "evidence_document": found.evidence_document_id,
        "locality": found.locality_id,
        "topic": found.topic_id,
        "seen": found.revision,
    }
    context = told(found) | {
        "form": form or form_for(request, initial=initial, also=found),
        "may_write": may_write,
        "may_publish": can_publish_outcome(request.standing),
        "take_back": take_back or TakeBackForm(),
        "has_errors": bool(take_back and take_back.errors),
        "refusal": refusal,
        "history": found.history.select_related("history_user")[:20],
    }
    status = status or (CONFLICT if refusal else 200)
    return render(request, "engagement/outcome_edit.html", context, status=status)


def body_of(found):
    """The body of an outcome, as it was last where it has closed: what it decided stays its own."""
    pk = found.body_id
    body = structure_today().body(pk)
    if body is None:
        body = named_bodies([pk])[pk]
        body.short_name = names_of([pk], short=True)[pk]
    return body


def form_for(request, data=None, *, initial=None, also=None):
    """The form with what its writer may choose, and what was chosen before."""
    standing = request.standing
    bodies = [body for body in structure_today().bodies if can_draft_outcome(standing, body.pk)]
    if also and also.body_id not in {body.pk for body in bodies}:
        bodies.append(body_of(also))
    documents = Document.objects.filter(is_public=True)[:CHOICES]
    return OutcomeForm(
        data,
        initial=initial,
        bodies=bodies,
        decisions=decisions_to_choose(bodies, also),
        documents=with_chosen(documents, also and also.evidence_document),
        localities=Locality.objects.all(),
        topics=catalogue_today().topics,
    )


def decisions_to_choose(bodies, also):
    """The last ones of bodies, and the one that was chosen before, should it not be one."""
    ours = Decision.objects.filter(body__in=[body.pk for body in bodies])
    offered = list(to_choose(ours)[:CHOICES])
    chosen = also and also.decision_id
    if chosen and chosen not in {each.pk for each in offered}:
        offered += to_choose(Decision.objects.filter(pk=chosen))
    return offered


outcome_publish, outcome_take_back = publishing_views(
    "outcome",
    deeds,
    fetch=fetch,
    page=edit_page,
    published="It is published. Those who asked are told by mail.",
)
