from django.contrib import admin

from governance.admin.base import LookOnly, with_bodies
from governance.models import ActionPoint, Escalation, EscalationStep
from governance.models.escalation import REFERENCE


class EscalationStepInline(LookOnly, admin.TabularInline):
    model = EscalationStep
    fk_name = "escalation"
    extra = 0
    fields = ["kind", "at", "by", "from_body", "to_body", "consulted_body", "other_matter", "note"]

    def get_queryset(self, request):
        steps = super().get_queryset(request).select_related("by", "other_matter")
        return with_bodies(steps, "from_body", "to_body", "consulted_body")


@admin.register(Escalation)
class EscalationAdmin(LookOnly, admin.ModelAdmin):
    """Matters and their steps, to look up; they are moved by deeds alone."""

    list_display = ["reference", "title", "status", "category", "current_body", "answer_by"]
    list_select_related = ()  # the bodies come with their names, see below
    list_filter = ["status", "category"]
    search_fields = ["title"]
    search_help_text = "A reference such as E-2026-000042, or words of the title"
    inlines = [EscalationStepInline]

    def get_queryset(self, request):
        # What was never raised is its author's, and the raising body's officers'.
        raised = super().get_queryset(request).filter(raised_on__isnull=False)
        return with_bodies(raised, "raising_body", "current_body")

    def get_search_results(self, request, queryset, search_term):
        if REFERENCE.fullmatch(search_term.strip().upper()):
            return queryset.with_reference(search_term), False
        return super().get_search_results(request, queryset, search_term)


@admin.register(EscalationStep)
class EscalationStepAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["escalation", "kind", "at", "by", "from_body", "to_body"]
    list_filter = ["kind"]
    list_select_related = ["escalation", "by"]
    search_fields = ["escalation__title", "note"]
    ordering = ["-pk"]

    def get_queryset(self, request):
        raised = super().get_queryset(request).filter(escalation__raised_on__isnull=False)
        return with_bodies(raised, "from_body", "to_body")


@admin.register(ActionPoint)
class ActionPointAdmin(LookOnly, admin.ModelAdmin):
    """What decisions ask of people, to look up; it is followed on pages of its own."""

    list_display = ["text", "kind", "body", "person", "due_on", "done_on"]
    list_filter = ["kind", "is_open"]
    list_select_related = ["person"]
    search_fields = ["text", "decision__title"]

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request), "body")
