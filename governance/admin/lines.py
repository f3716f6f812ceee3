from django.contrib import admin

from governance.actions.structure_checks import check_line
from governance.admin.base import PERIOD, PROOF, InForce, StructureAdmin, with_bodies
from governance.admin.lifecycle import MOVE, HasDeeds
from governance.models import ReportingLine


@admin.register(ReportingLine)
class ReportingLineAdmin(HasDeeds, StructureAdmin):
    deeds = (MOVE,)
    list_display = ["from_body", "kind", "to_body", "respect", "start_date", "end_date", "evidence"]
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
