"""Priorities, the projects of the programme plan, and the strategies of bodies."""

from django.contrib import admin

from governance.admin.base import (
    PERIOD,
    PROOF,
    ForAdministrators,
    InForce,
    RowsOfAPage,
    WorkAdmin,
)
from governance.admin.work import OfABody, OfBody
from governance.models import Milestone, Priority, Project, ProjectReport, Strategy
from localities.admin_base import EMPTY_ROWS


@admin.register(Priority)
class PriorityAdmin(WorkAdmin):
    list_display = ["name", "order", "start_date", "end_date", "evidence"]
    list_filter = [InForce, "evidence"]
    search_fields = ["name", "summary"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "summary", "order", PERIOD]}),
        ("How we know", {"fields": PROOF}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # its address stays for good

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields


class MilestoneInline(ForAdministrators, admin.TabularInline):
    model = Milestone
    extra = EMPTY_ROWS
    fields = ["title", "due_on", "expected_on", "reached_on"]


class ProjectReportInline(RowsOfAPage, admin.StackedInline):
    model = ProjectReport
    extra = EMPTY_ROWS
    fields = [("reported_on", "outlook"), "words"]
    verbose_name = "report"


@admin.register(Project)
class ProjectAdmin(OfABody):
    list_display = ["name", "body", "priority", "start_date", "end_date", "is_public"]
    list_display_links = ["name"]
    list_filter = [InForce, "is_public", "priority", OfBody]
    list_select_related = ["priority"]
    search_fields = ["name", "summary", "body__names__name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "body", "priority", "summary", PERIOD, "is_public"],
                "description": (
                    "“View on site” above shows the page as readers see it. Until it is public, "
                    "only those who have signed in do."
                ),
            },
        )
    ]
    inlines = [MilestoneInline, ProjectReportInline]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # its address stays for good

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields


@admin.register(Strategy)
class StrategyAdmin(OfABody):
    list_display = ["title", "body", "start_date", "end_date", "review_date", "evidence"]
    list_display_links = ["title"]
    list_filter = [InForce, "evidence", OfBody]
    search_fields = ["title", "summary", "body__names__name"]
    fieldsets = [
        (None, {"fields": ["body", "title", "summary", "document", PERIOD, "review_date"]}),
        ("How we know", {"fields": PROOF}),
    ]
