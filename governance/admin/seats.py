from dataclasses import replace

from django.contrib import admin
from django.utils.formats import date_format

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
from localities.admin_history import RowTold, period


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

    def tell_of_rows(self, rows):
        """Who held it after whom. Names are for administrators, who alone read this."""
        begun = [row for row in rows if row.type == "+"]
        ended = [row for row in rows if has_ended(row)]
        if len(begun) == len(ended) == 1 and follows(begun[0], ended[0]):
            rest = [row for row in rows if row not in (*begun, *ended)]
            more_of_old = as_holder(ended[0]).told(but=["end_date"])
            replaced = RowTold("replaced", by_whom(ended[0], begun[0]))
            told = [replaced, more_of_old, *map(told_of_holder, rest)]
        else:
            told = map(told_of_holder, rows)
        return list(filter(None, told))


def has_ended(row):
    """Whether a last day was given to someone's time in a seat."""
    was_open = row.before is not None and row.before.end_date is None
    return row.type == "~" and was_open and row.version.end_date is not None


def follows(new, old):
    first_day = new.version.start_date
    return first_day is not None and first_day > old.version.end_date


def by_whom(old, new):
    return f"{old.before.person} with {new.version.person}{period(new.version)}"


def told_of_holder(row):
    person = row.version.person
    if row.type == "+":
        return RowTold("gave the seat to", f"{person}{period(row.version)}")
    if row.type == "-":
        return RowTold("took out", f"{person} as one who holds or held it")
    if row.before is not None and row.before.person_id != row.version.person_id:
        return RowTold("replaced", by_whom(row, row), row.changes(but=["person"]))
    if has_ended(row):
        words = f"the time of {person} in it on {date_format(row.version.end_date)}"
        return RowTold("ended", words, row.changes(but=["end_date"]))
    return as_holder(row).told()


def as_holder(row):
    return replace(row, noun="holder")


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
