from django.contrib import admin

from governance.actions.import_seats import Seats
from governance.actions.structure_checks import check_seat
from governance.admin.base import (
    PERIOD,
    PROOF,
    InForce,
    RowsOfAPage,
    StructureAdmin,
    with_bodies,
)
from governance.admin.importing import ImportsTables
from governance.admin.typed import OfFew
from governance.models import Membership, Seat


class MembershipInline(RowsOfAPage, admin.TabularInline):
    model = Membership
    extra = 0
    fields = ["person", "start_date", "end_date", "name_is_public"]
    ordering = ["start_date"]
    verbose_name = "holder"
    verbose_name_plural = "who holds it, from when to when"


@admin.register(Seat)
class SeatAdmin(ImportsTables, StructureAdmin):
    import_kind = Seats
    list_display = ["body", "role", "title", "on_behalf_of", "start_date", "end_date", "evidence"]
    list_display_links = ["body", "role"]
    list_filter = [InForce, "role", ("on_behalf_of", OfFew), "evidence"]
    list_select_related = ["on_behalf_of"]
    search_fields = [
        "body__names__name",
        "title",
        "on_behalf_of__name",
        "memberships__person__last_name",
        "memberships__person__username",
    ]
    fieldsets = [
        (None, {"fields": ["body", ("role", "title"), "on_behalf_of", PERIOD]}),
        ("How we know", {"fields": PROOF}),
    ]
    inlines = [MembershipInline]

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request), "body")

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        check_seat(form.instance)


@admin.register(Membership)
class MembershipAdmin(StructureAdmin):
    list_display = ["person", "seat", "body", "start_date", "end_date", "name_is_public"]
    list_display_links = ["person", "seat"]
    list_filter = [InForce, "name_is_public"]
    list_select_related = ["person", "seat"]
    search_fields = [
        "person__last_name",
        "person__first_name",
        "person__username",
        "seat__body__names__name",
        "seat__title",
    ]
    fields = ["seat", "person", PERIOD, "name_is_public"]

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request), "seat__body")

    @admin.display(description="body")
    def body(self, membership):
        return membership.seat.body

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        check_seat(form.instance.seat)
