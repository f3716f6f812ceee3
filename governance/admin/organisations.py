from django.contrib import admin

from governance.actions.structure_checks import check_partner
from governance.admin.base import (
    PERIOD,
    PROOF,
    InForce,
    RowsOfAPage,
    StructureAdmin,
)
from governance.admin.lifecycle import CHANGE_PARTNER, HasDeeds
from governance.models import Organisation, Partner


class PartnerInline(RowsOfAPage, admin.StackedInline):
    model = Partner
    extra = 0
    fields = [PERIOD, *PROOF]
    verbose_name = "time as a partner"
    verbose_name_plural = "times as a partner"


@admin.register(Organisation)
class OrganisationAdmin(HasDeeds, StructureAdmin):
    deeds = (CHANGE_PARTNER,)
    list_display = ["name", "kind", "ods_code", "start_date", "end_date", "evidence"]
    list_filter = [InForce, "kind", "evidence"]
    search_fields = ["name", "short_name", "ods_code", "slug"]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "slug", "kind", "ods_code", "website", "note"]}),
        ("When", {"fields": [PERIOD, "successor"]}),
        ("How we know", {"fields": PROOF}),
    ]
    inlines = [PartnerInline]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # its address stays for good

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        check_partner(form.instance)


@admin.register(Partner)
class PartnerAdmin(StructureAdmin):
    list_display = ["organisation", "start_date", "end_date", "evidence"]
    list_filter = ["evidence"]
    list_select_related = ["organisation"]
    search_fields = ["organisation__name", "organisation__short_name"]
    fieldsets = [
        (None, {"fields": ["organisation", PERIOD]}),
        ("How we know", {"fields": PROOF}),
    ]
    checks_name_fields = True

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        check_partner(form.instance.organisation)
