"""What ideas and outcomes have in common: their lists, and how one is published and taken back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from engagement.catalogue import catalogue_today
from engagement.forms import plain_data
from engagement.publishing_forms import SeenForm, TakeBackForm
from governance.list_forms import PageForm
from governance.structure import structure_today
from governance.views.for_staff import for_staff
from governance.views.pages import not_found
from governance.views.paging import page_by_key, page_by_number
from governance.workflow import MoveNotAllowed
from localities.models import Locality

SHOWN = 20
UNKNOWN = -1  # the revision of nothing


def published_list(request, template, form_class, rows, shown, **also):
    """A list for everyone, with its filters; `shown` gives what stands of each of some rows."""
    form = form_class(
        plain_data(request.GET),
        bodies=structure_today().bodies,
        topics=catalogue_today().topics,
        localities=Locality.objects.all(),
    )
    if not form.is_valid():
        return render(request, template, {"form": form}, status=400)
    page = page_by_number(form.apply(rows), SHOWN, form.cleaned_data["page"])
    if page is None:
        return not_found(request, _("This list has no such page."))
    query = form.query()
    context = {
        "form": form,
        "page": page,
        "query": f"{query}&" if query else "",
        "told": shown(page.object_list),
        **{name: ask() for name, ask in also.items()},
    }
    return render(request, template, context)


def staff_list(request, template, rows, describe):
    """A list of those that one may work on, the newest first; `describe` gives its context."""
    pages = PageForm(plain_data(request.GET))
    status = 200 if pages.is_valid() else 400
    page, older, newer = page_by_key(
        rows,
        before=pages.cleaned_data.get("before"),
        after=pages.cleaned_data.get("after"),
    )
    context = {
        "form": pages,
        "next_url": older and f"?before={older}",
        "previous_url": newer and f"?after={newer}",
        **describe(page),
    }
    return render(request, template, context, status=status)


def seen_by_sender(request):
    """The revision that whoever pressed the button had before them."""
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else None
    return UNKNOWN if seen is None else seen


def publishing_views(name, deeds, *, fetch, page, published):
    """The view that publishes something, and the one that takes it back.

    `name` is what its deeds call it. `fetch(request, pk)` finds it for whoever may work on it,
    `page(request, found, …)` shows it to them with a `refusal` or a `take_back` form that lacks
    something, and `published` is what they are told once everyone can read it.
    """

    def publish_again(request, sentence, *, status, pk):
        return page(request, fetch(request, pk), refusal=sentence, status=status)

    @for_staff(shows_again=publish_again)
    @require_POST
    def publish(request, pk):
        found = fetch(request, pk)
        try:
            deeds.publish(**{name: found}, by=request.user, seen=seen_by_sender(request))
        except MoveNotAllowed as refused:
            return page(request, fetch(request, pk), refusal=str(refused))
        messages.success(request, published)
        return redirect(f"engagement:staff_{name}", pk)

    def take_back_again(request, sentence, *, status, pk):
        form = TakeBackForm(plain_data(request.POST))
        return page(request, fetch(request, pk), take_back=form, refusal=sentence, status=status)

    @for_staff(shows_again=take_back_again)
    @require_POST
    def take_back(request, pk):
        found = fetch(request, pk)
        form = TakeBackForm(plain_data(request.POST))
        if not form.is_valid():
            return page(request, found, take_back=form)
        try:
            deeds.take_back(**{name: found}, by=request.user, reason=form.cleaned_data["reason"])
        except MoveNotAllowed as refused:
            return page(request, fetch(request, pk), take_back=form, refusal=str(refused))
        messages.success(request, "It is no longer public.")
        return redirect(f"engagement:staff_{name}", pk)

    return publish, take_back
