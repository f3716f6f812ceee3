"""Open data: what there is, and each set as a file for a spreadsheet or a program."""

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance import data_sets
from governance.as_on import on_the_day_asked
from governance.kept import keep_page
from governance.structure import structure_on
from governance.views.pages import before_record, csv_file, not_found


@require_safe
@keep_page("as_on", "known_on")
@on_the_day_asked
def data(request, as_on):
    if page := before_record(request, as_on, _("Open data")):
        return page
    context = {"as_on": as_on, "sets": data_sets.SETS, "licence": data_sets.LICENCE}
    return render(request, "governance/data.html", context)


@require_safe
@keep_page("as_on", "known_on")
@on_the_day_asked
def data_csv(request, as_on, key):
    found, asked = asked_for(as_on, key)
    if is_before_record(found, asked):
        return none_before_record(request, asked)
    return with_licence(csv_file([found.columns, *found.rows(asked)], key))


@require_safe
@keep_page("as_on", "known_on")
@on_the_day_asked
def data_json(request, as_on, key):
    found, asked = asked_for(as_on, key)
    if is_before_record(found, asked):
        return none_before_record(request, asked)
    content = {
        "title": str(found.title),
        "about": str(found.about),
        "licence": data_sets.LICENCE,
        "attribution": list(found.attribution),
        "as_on": as_on.day if found.has_days else None,
        "known_on": as_on.known_on if found.has_days else None,
        "rows": [dict(zip(found.columns, row, strict=True)) for row in found.rows(asked)],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{key}.json"'
    return with_licence(response)


def asked_for(as_on, key):
    found = data_sets.of_key(key)
    if found is None:
        raise Http404(f"There is no data called “{key}”.")
    structure = structure_on(as_on.day, as_on.known_on)
    return found, data_sets.Asked(as_on, structure, settings.PORTAL_URL)


def is_before_record(found, asked):
    """Whether the set would tell of a day of which nothing was recorded."""
    return found.has_days and asked.structure.is_before_record


def none_before_record(request, asked):
    """No file at all: rows that have no first day are not known of such a day."""
    begins = _("Our record begins on %(day)s.") % {"day": date_format(asked.structure.first_day)}
    return not_found(request, begins)


def with_licence(response):
    response["Link"] = f'<{data_sets.LICENCE}>; rel="license"'
    return response
