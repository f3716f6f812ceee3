"""What residents sent, to look up.

Governance administrators mend the structure and the rules, for which they need the facts of a
message, not its words. The words are not in the admin at all, nor is how to reach a resident: they
are read on one page, to which the admin leads those of the engagement team.
"""

from django.contrib import admin
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.html import format_html

from engagement.admin.base import ReadOnly
from engagement.models import Referral, ReferralStep, Submission, Theme
from engagement.permissions import can_see_messages
from governance.models import Body
from localities.admin_history import VersionedAdmin


class ReferralInline(ReadOnly, admin.TabularInline):
    model = Referral
    fields = ["body", "role", "status", "referred_at", "acknowledge_by", "answer_by"]
    extra = 0
    show_change_link = True

    def get_queryset(self, request):
        named = Prefetch("body", Body.objects.named())
        return super().get_queryset(request).prefetch_related(named)


@admin.register(Submission)
class SubmissionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["reference", "topic", "kind", "locality", "status", "received_on"]
    list_filter = ["status", "topic", "locality", "kind"]
    list_select_related = ["topic", "locality"]
    search_fields = ["pk"]
    search_help_text = "A whole reference, such as F-2026-000042"
    inlines = [ReferralInline]
    facts = [
        "reference",
        "status",
        "received_at",
        "topic",
        "kind",
        "about",
        "ward",
        "locality",
        "language",
        "may_publish",
        "is_demonstration",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("message")

    def get_search_results(self, request, queryset, search_term):
        if search_term:  # without one, Django asks too
            queryset = queryset.with_reference(search_term.replace("\x00", ""))
        return queryset, False

    def get_fields(self, request, obj=None):
        return [*self.facts, "page"] if can_see_messages(request.standing) else self.facts

    @admin.display(description="message")
    def page(self, submission):
        """The one page on which a message is read."""
        address = reverse("engagement:staff_submission", args=[submission.reference])
        return format_html('<a href="{}">Read it</a>', address)


class ReferralStepInline(ReadOnly, admin.TabularInline):
    model = ReferralStep
    fields = ["kind", "at", "by"]
    extra = 0


@admin.register(Referral)
class ReferralAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["submission", "body", "role", "status", "answer_by"]
    list_filter = ["role", "status"]
    list_select_related = ["submission"]
    fields = [
        "submission",
        "body",
        "role",
        "status",
        "rule",
        "referred_from",
        "referred_at",
        "clock_started_on",
        "acknowledge_by",
        "answer_by",
    ]
    inlines = [ReferralStepInline]

    def get_queryset(self, request):
        named = Prefetch("body", Body.objects.named())
        found = super().get_queryset(request).prefetch_related(named)
        return found.defer("submission__message", "reason")


@admin.register(Theme)
class ThemeAdmin(ReadOnly, VersionedAdmin):
    """Themes and what was changed in them, to look up; they are worked on among the messages."""

    list_display = ["title", "lead_body", "created_by", "created_at"]
    list_select_related = ["created_by"]
    search_fields = ["title"]
    fields = ["title", "description", "lead_body", "created_by", "created_at"]

    def get_queryset(self, request):
        named = Prefetch("lead_body", Body.objects.named())
        return super().get_queryset(request).prefetch_related(named)
