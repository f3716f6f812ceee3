"""What the pages of ideas and of outcomes have in common: the lists, and what was seen of one."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from engagement.catalogue import catalogue_today
from engagement.forms import plain_data
from engagement.publishing_forms import SeenForm
from governance.list_forms import PageForm
from governance.structure import structure_today
from governance.views.pages import not_found
from governance.views.paging import page_by_key, page_by_number
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
