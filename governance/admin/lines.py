from django import forms
from django.contrib import admin

from governance.actions.structure_checks import check_line
from governance.admin.base import PERIOD, PROOF, InForce, StructureAdmin, with_bodies
from governance.admin.lifecycle import MOVE, HasDeeds
from governance.models import Evidence, ReportingLine


class LineForm(forms.ModelForm):
    """A line says why it is there: charts show what is assumed with its reason.

    One that was recorded without may still be ended.
    """

    def clean(self):
        cleaned = super().clean()
        grounds = {"reasoning", "source_title", "decision"}
        is_told_anew = self.instance._state.adding or (grounds | {"evidence"}) & set(
            self.changed_data
        )
        is_assumed = cleaned.get("evidence") == Evidence.ASSUMED
        if is_told_anew and is_assumed and not any(cleaned.get(each) for each in grounds):
            self.add_error("reasoning", "Say why you assume it, or give a source or a decision.")
        return cleaned


@admin.register(ReportingLine)
class ReportingLineAdmin(HasDeeds, StructureAdmin):
    form = LineForm
    deeds = (MOVE,)
    list_display = ["from_body", "kind", "to_body", "evidence", "start_date", "end_date", "respect"]
    list_display_links = ["from_body", "kind"]
    list_select_related = ()  # the bodies come with their names, see below
    list_filter = [InForce, "kind", "evidence"]
    search_fields = ["from_body__names__name", "to_body__names__name", "respect", "quotation"]
    fieldsets = [
        (None, {"fields": ["from_body", "kind", "to_body", "respect", PERIOD]}),
        ("How we know", {"fields": PROOF}),
    ]
    checks_name_fields = True

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request), "from_body", "to_body")

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        check_line(form.instance)
