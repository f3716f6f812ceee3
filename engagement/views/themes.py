"""Themes: the list, one theme with its messages and counts, and what is done to it."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from engagement import queue
from engagement.actions import raising, themes
from engagement.explanation import ENGAGEMENT_TEAM
from engagement.forms import plain_data
from engagement.models import MatterDraft, SubmissionStatus, Theme
from engagement.permissions import can_gather, can_read_theme, can_work_on_theme, had_theme
from engagement.theme_counts import counts_of
from engagement.theme_forms import TEAM, GatherForm, ThemeChangeForm, ThemeCloseForm, ThemeForm
from engagement.views import escalating
from governance.list_forms import PageForm
from governance.matter import Matter
from governance.names import names_of
from governance.structure import structure_today
from governance.telling import with_article
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.views.paging import cut_to_page, first_of_page, page_by_key
from governance.workflow import MoveNotAllowed

HISTORY = 20  # changes shown
COUNTED = Count("submissions", filter=~Q(submissions__status=SubmissionStatus.WITHDRAWN))


def listing_again(request, sentence, *, status):
    return listing_page(request, form=begin_form(request), refusal=sentence, status=status)


@for_staff(shows_again=listing_again)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request):
    """The themes one may read; who may begin one finds the form above them."""
    if request.method != "POST":
        return listing_page(request)
    check_may_begin(request.standing)
    form = begin_form(request)
    if form.is_valid():
        try:
            theme = themes.create(by=request.user, **form.words())
        except ValidationError as refused:
            show_fault(form, refused)
        else:
            messages.success(request, f"The theme “{theme.title}” is there.")
            return redirect("engagement:theme", theme.pk)
    return listing_page(request, form=form)


def begin_form(request):
    """The form to begin a theme, with what was sent."""
    return ThemeForm(plain_data(request.POST), **begins_for(request.standing))


def listing_page(request, *, form=None, refusal="", typed="", status=200):
    form = form or ThemeForm(**begins_for(request.standing))
    paging = PageForm(plain_data(request.GET))
    if not paging.is_valid():
        return render(
            request, "engagement/theme_list.html", {"form": form, "paging": paging}, status=400
        )
    found = visible_to(request.standing).annotate(number=COUNTED)
    page, older, newer = page_by_key(found, **paging.cleaned_data)
    names = names_of({theme.lead_body_id for theme in page if theme.lead_body_id}, short=True)
    context = {
        "form": form if can_gather(request.standing) else None,
        "refusal": refusal,
        "typed": typed,
        "rows": [(theme, names.get(theme.lead_body_id, ENGAGEMENT_TEAM)) for theme in page],
        "next_url": older and f"?before={older}",
        "previous_url": newer and f"?after={newer}",
    }
    return render(request, "engagement/theme_list.html", context, status=status)


def show_fault(form, refused):
    """Where the title will not do it is said there."""
    at_title = refused.message_dict.get("title")
    form.add_error("title" if at_title else None, at_title or refused.messages)


def check_may_begin(standing):
    if not can_gather(standing):
        raise PermissionDenied("Only the engagement team and officers of a body begin a theme.")


def begins_for(standing):
    """For whom one may begin a theme, as forms are told."""
    return {"bodies": bodies_to_begin_for(standing), "is_team": standing.is_engagement_team}


def bodies_to_begin_for(standing):
    bodies = structure_today().bodies
    if standing.is_engagement_team:
        return list(bodies)
    return [body for body in bodies if body.pk in standing.officer_of]


def visible_to(standing):
    found = Theme.objects.all()
    if standing.is_engagement_team:
        return found
    return found.filter(lead_body__in=standing.sits_on)


@login_required
@require_safe
def detail(request, pk):
    return page(request, fetch(request, pk))


def fetch(request, pk):
    found = Theme.objects.select_related("lead_body", "created_by", "escalation")
    theme = found.with_whether_waited_for().filter(pk=pk).first()
    if theme is None or not can_read_theme(request.standing, theme):
        raise Http404
    return theme


def page(request, theme, *, gather=None, refusal="", status=None):
    """A theme with what came from where, and the messages of it that one may read."""
    paging = PageForm(plain_data(request.GET))
    is_page = paging.is_valid()
    rows, older, newer = [], None, None
    if is_page:
        found = queue.visible_to(request.standing).leading().filter(submission__theme=theme)
        found = first_of_page(found, **paging.cleaned_data)
        [rows] = queue.listed_together(found, standing=request.standing)
        rows, older, newer = cut_to_page(rows, **paging.cleaned_data)
    names = names_of({theme.lead_body_id} if theme.lead_body_id else ())
    may_work = can_work_on_theme(request.standing, theme)
    may_escalate = raising.can_escalate(request.standing, theme)
    draft = MatterDraft.objects.of(theme) if may_escalate else None
    counts = counts_of(theme)
    context = {
        "theme": theme,
        "lead": with_article(names[theme.lead_body_id]) if names else ENGAGEMENT_TEAM,
        "matter": Matter(theme.escalation) if theme.escalation else None,
        "counts": counts,
        "rows": queue.rows(rows),
        "counts_others": counts_others(request.standing, theme, counts),
        "next_url": older and f"?before={older}",
        "previous_url": newer and f"?after={newer}",
        "form": gather if may_work and gather else GatherForm() if may_work else None,
        "paging": paging,
        "may_work": may_work,
        "may_escalate": may_escalate and raising.is_for_somebody(theme, draft),
        "matter_draft": draft,
        "refusal": refusal,
    }
    status = status or (CONFLICT if refusal else 200 if is_page else 400)
    return render(request, "engagement/theme_detail.html", context, status=status)


def counts_others(standing, theme, counts):
    """Whether messages of a theme are counted that somebody may not read."""
    if standing.is_engagement_team:
        return False
    read = queue.visible_to(standing).leading().filter(submission__theme=theme)
    read = read.exclude(submission__status=SubmissionStatus.WITHDRAWN)
    return counts.total > read.values("submission").distinct().count()


# --- Named anew, closed, opened again ------------------------------------------------------------


def change_again(request, sentence, *, status, pk):
    theme = fetch_to_change(request, pk)
    form = change_form(request, theme, plain_data(request.POST))
    return change_page(request, theme, form=form, refusal=sentence, status=status)


@for_staff(shows_again=change_again)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    """Name a theme anew, say more of it, or give it to another body."""
    theme = fetch_to_change(request, pk)
    if request.method != "POST":
        return change_page(request, theme)
    form = change_form(request, theme, plain_data(request.POST))
    if not form.is_valid():
        return change_page(request, theme, form=form)
    try:
        themes.change(theme=theme, by=request.user, **form.words())
    except ValidationError as refused:
        show_fault(form, refused)
        return change_page(request, theme, form=form)
    except MoveNotAllowed as refused:
        return change_page(request, fetch(request, pk), form=form, refusal=str(refused))
    messages.success(request, "The theme is changed.")
    return redirect("engagement:theme", pk)


def close_again(request, sentence, *, status, pk):
    theme = fetch_to_change(request, pk)
    form = ThemeCloseForm(plain_data(request.POST), auto_id="close_%s")
    return change_page(request, theme, closing=form, refusal=sentence, status=status)


@for_staff(shows_again=close_again)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request, pk):
    """Take no more messages under a theme; or, with the other button, take them again."""
    theme = fetch_to_change(request, pk)
    if request.method != "POST":
        return redirect("engagement:theme_change", pk)
    form = ThemeCloseForm(plain_data(request.POST), auto_id="close_%s")
    if not form.is_valid():
        return change_page(request, theme, closing=form)
    deed = themes.reopen if "reopen" in request.POST else themes.close
    try:
        deed(theme=theme, by=request.user, **form.cleaned_data)
    except MoveNotAllowed as refused:
        return change_page(request, fetch(request, pk), closing=form, refusal=str(refused))
    opened = "The theme is open again." if deed is themes.reopen else "The theme is closed."
    messages.success(request, opened)
    return redirect("engagement:theme", pk)


def fetch_to_change(request, pk):
    theme = fetch(request, pk)
    if not can_work_on_theme(request.standing, theme):
        raise PermissionDenied("Only the officers of its body and the engagement team may do this.")
    return theme


def change_form(request, theme, data=None):
    body = theme.lead_body_id and structure_today().body(theme.lead_body_id)
    return ThemeChangeForm(
        data,
        initial={
            "title": theme.title,
            "description": theme.description,
            "lead_body": body.slug if body else TEAM,
            "seen": theme.revision,
        },
        **begins_for(request.standing),
    )


def change_page(request, theme, *, form=None, closing=None, refusal="", status=None):
    initial = {"seen": theme.revision}
    context = {
        "theme": theme,
        "form": form or change_form(request, theme),
        "closing": closing or ThemeCloseForm(initial=initial, auto_id="close_%s"),
        "has_errors": bool(closing and closing.errors),
        "history": theme.history.select_related("history_user")[:HISTORY],
        "refusal": refusal,
    }
    status = status or (CONFLICT if refusal else 200)
    return render(request, "engagement/theme_change.html", context, status=status)


# --- Put before a body above ----------------------------------------------------------------------


def escalate_again(request, sentence, *, status, pk):
    return escalate_page(request, pk, refusal=sentence, status=status)


@for_staff(shows_again=escalate_again)
@require_http_methods(["GET", "HEAD", "POST"])
def escalate(request, pk):
    """Put what the messages of a theme say before a body above, once."""
    return escalate_page(request, pk)


def escalate_page(request, pk, **not_done):
    if given_away := request.method == "POST" and theme_given_away(request.standing, pk):
        return listing_page(
            request,
            refusal="Another body looks into this theme now, and its officers alone may escalate "
            "it. Nothing was sent.",
            typed=escalating.form_of(request, given_away, given_away.lead_body, None).said,
            status=CONFLICT,
        )
    theme = fetch(request, pk)
    if not raising.is_theirs_to_escalate(request.standing, theme):
        raise PermissionDenied("Only the officers of the body that has it may escalate it.")
    context = {"theme": theme}
    if request.method != "POST":
        if refusal := raising.why_not_to_write(theme, MatterDraft.objects.of(theme)):
            return page(request, theme, refusal=refusal)
        context["first"] = raising.what_stands_against(theme, request.standing)
    return escalating.page(
        request,
        theme,
        body=theme.lead_body,
        draft=partial(raising.draft_from_theme, theme=theme),
        escalate=partial(raising.escalate_theme, theme=theme),
        context=context,
        here=reverse("engagement:theme_escalate", args=[theme.pk]),
        then=reverse("engagement:theme", args=[theme.pk]),
        **not_done,
    )


def theme_given_away(standing, pk, *, is_theirs=raising.is_theirs_to_escalate):
    """The theme, where others look into it now than this officer's body, which did before."""
    theme = Theme.objects.select_related("lead_body").filter(pk=pk).first()
    if theme is None or is_theirs(standing, theme):
        return None
    return theme if had_theme(standing, theme) else None
