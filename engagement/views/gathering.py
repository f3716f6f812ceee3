"""Messages put under a theme: by their references on its page, or as they were ticked in a list."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from engagement import queue
from engagement.actions import themes
from engagement.forms import plain_data
from engagement.theme_forms import MOST_AT_ONCE, GatherForm, GatherUnderForm, references_in
from engagement.views.message_deeds import themes_for
from engagement.views.themes import begins_for, check_may_begin, fetch, fetch_to_change, show_fault
from engagement.views.themes import page as theme_page
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed


def gather_again(request, sentence, *, status, pk):
    form = GatherForm(plain_data(request.POST), standing=request.standing)
    return theme_page(request, fetch(request, pk), gather=form, refusal=sentence, status=status)


@for_staff(shows_again=gather_again)
@require_http_methods(["GET", "HEAD", "POST"])
def gather(request, pk):
    """Add messages by their references, or take some out: two buttons."""
    if request.method != "POST":
        return redirect("engagement:theme", fetch(request, pk).pk)
    theme = fetch_to_change(request, pk)
    form = GatherForm(plain_data(request.POST), standing=request.standing)
    if not form.is_valid():
        return theme_page(request, theme, gather=form)
    deed = themes.remove if "remove" in request.POST else themes.add
    try:
        deed(theme=theme, submissions=form.cleaned_data["references"], by=request.user)
    except MoveNotAllowed as refused:
        return theme_page(request, theme, gather=form, refusal=str(refused))
    done = "Taken out of the theme." if deed is themes.remove else "Added to the theme."
    messages.success(request, done)
    return redirect("engagement:theme", pk)


# --- As they were ticked -------------------------------------------------------------------------


def gather_under_again(request, sentence, *, status):
    return gather_under_page(request, plain_data(request.POST), refusal=sentence, status=status)


@for_staff(shows_again=gather_under_again)
@require_http_methods(["GET", "HEAD", "POST"])
def gather_under(request):
    """Put the messages that were ticked in a list under a theme that is there, or a new one."""
    check_may_begin(request.standing)
    if request.method != "POST":
        return gather_under_page(request)
    form = gather_under_form(request, plain_data(request.POST))
    if not form.is_valid():
        return gather_under_page(request, form=form)
    try:
        theme = themes.gather(by=request.user, **form.words())
    except ValidationError as refused:
        show_fault(form, refused)
        return gather_under_page(request, form=form)
    except MoveNotAllowed as refused:
        return gather_under_page(request, form=form, refusal=str(refused), status=CONFLICT)
    messages.success(request, f"Put under the theme “{theme.title}”.")
    return redirect("engagement:theme", theme.pk)


def gather_under_form(request, data=None):
    ticked = [each.replace("\0", "") for each in request.GET.getlist("message")]
    return GatherUnderForm(
        data,
        initial={"references": " ".join(ticked)},
        standing=request.standing,
        themes=themes_for(request.standing),
        **begins_for(request.standing),
    )


def gather_under_page(request, data=None, *, form=None, refusal="", status=200):
    form = form or gather_under_form(request, data)
    references = references_in(form["references"].value() or "")[:MOST_AT_ONCE]
    rows = queue.rows_named(references, request.standing)
    context = {"form": form, "rows": rows, "refusal": refusal}
    return render(request, "engagement/theme_gather_under.html", context, status=status)
