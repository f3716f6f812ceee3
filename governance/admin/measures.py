"""Measures of bodies, and their readings, one by one or from a file."""

from django.contrib import admin

from governance.actions.import_readings import Readings
from governance.admin.base import PERIOD, PROOF, ForAdministrators, InForce, WorkAdmin
from governance.admin.importing import ImportsTables
from governance.admin.work import OfABody, OfBody
from governance.models import Measure, Reading


class ReadingInline(ForAdministrators, admin.TabularInline):
    model = Reading
    extra = 0
    fields = ["measured_on", "value", "note", "source_title", "source_url"]
    ordering = ["-measured_on"]


@admin.register(Measure)
class MeasureAdmin(OfABody):
    list_display = ["name", "body", "target", "unit", "better", "start_date", "end_date"]
    list_display_links = ["name"]
    list_filter = [InForce, OfBody, "evidence"]
    search_fields = ["name", "body__names__name"]
    fieldsets = [
        (None, {"fields": ["body", "name", "explanation", ("better", "target", "unit"), PERIOD]}),
        ("How we know the target", {"fields": PROOF}),
    ]
    inlines = [ReadingInline]


@admin.register(Reading)
class ReadingAdmin(ImportsTables, WorkAdmin):
    import_kind = Readings
    list_display = ["measure", "measured_on", "value", "note", "source_title"]
    list_display_links = ["measure", "measured_on"]
    list_filter = ["measure"]
    list_select_related = ["measure"]
    search_fields = ["measure__name"]
    fields = ["measure", "measured_on", "value", "note", ("source_title", "source_url")]
