"""Open data: what there is, and each set as a file for a spreadsheet or a program."""

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance import data_sets
from governance.as_on import on_the_day_asked
from governance.kept import keep_page
from governance.structure import structure_on
from governance.views.pages import csv_file


@require_safe
@keep_page("as_on", "known_on")
@on_the_day_asked
def data(request, as_on):
    context = {"as_on": as_on, "sets": data_sets.SETS, "licence": data_sets.LICENCE}
    return render(request, "governance/data.html", context)


@require_safe
@keep_page("as_on", "known_on")
@on_the_day_asked
def data_csv(request, as_on, key):
    found, rows = rows_of(as_on, key)
    return with_licence(csv_file([found.columns, *rows], key))


@require_safe
@keep_page("as_on", "known_on")
@on_the_day_asked
def data_json(request, as_on, key):
    found, rows = rows_of(as_on, key)
    content = {
        "title": str(found.title),
        "about": str(found.about),
        "licence": data_sets.LICENCE,
        "attribution": list(found.attribution),
        "as_on": as_on.day if found.has_days else None,
        "known_on": as_on.known_on if found.has_days else None,
        "rows": [dict(zip(found.columns, row, strict=True)) for row in rows],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{key}.json"'
    return with_licence(response)


def rows_of(as_on, key):
    found = data_sets.of_key(key)
    if found is None:
        raise Http404(f"There is no data called “{key}”.")
    structure = structure_on(as_on.day, as_on.known_on)
    asked = data_sets.Asked(as_on, structure, settings.PORTAL_URL)
    return found, found.rows(asked)


def with_licence(response):
    response["Link"] = f'<{data_sets.LICENCE}>; rel="license"'
    return response
