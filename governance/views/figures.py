"""A look back at a period: how many, how long, and what became of it, as tables with bars."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance import record
from governance.figures import Asked, parts_of
from governance.views import changes
from governance.views.pages import csv_file


@login_required
@require_safe
@record.asked_once()
def figures(request):
    form, period = changes.asked(request.GET, form_class=changes.PastForm)
    if form.errors:
        return render(request, "governance/figures.html", {"form": form}, status=400)
    if any(box in request.GET for box in form.boxes):
        return redirect(f"{reverse('governance:figures')}{period.query}")
    parts = parts_of(asked_for(request, period))
    context = {"form": form, "period": period, "parts": parts}
    return render(request, "governance/figures.html", context)


@login_required
@require_safe
@record.asked_once()
def figures_csv(request):
    """The same figures, one a line, for a spreadsheet."""
    form, period = changes.asked(request.GET, form_class=changes.PastForm)
    if form.errors:
        return render(request, "governance/figures.html", {"form": form}, status=400)
    heading = ["from", "to", "body", "part", "table", "of", "figure", "value"]
    of = [period.first_day, period.last_day, str(period.body or "")]
    lines = [
        [*of, str(part.title), str(table.title), str(row.name), str(column), value]
        for part, tables in parts_of(asked_for(request, period))
        for table in tables
        for row in table.rows
        for column, value in zip(table.columns, row.values, strict=True)
    ]
    return csv_file([heading, *lines], f"figures-{period.first_day}-{period.last_day}")


def asked_for(request, period):
    return Asked(period.first_day, period.last_day, request.standing, period.body)
