"""How long things are kept, and what was removed."""

from django.contrib import admin

from engagement.admin.base import EngagementAdmin, ReadOnly
from engagement.models import Erasure, RetentionPeriod


@admin.register(RetentionPeriod)
class RetentionPeriodAdmin(EngagementAdmin):
    """There is a period for each thing that is kept: they are changed, not added or removed."""

    list_display = ["slug", "months", "starts", "source_title"]
    readonly_fields = ["slug"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, admin.ModelAdmin):
    """Who had what removed, and why."""

    list_display = ["submission", "extent", "cause", "by", "at"]
    list_filter = ["extent", "cause"]
    list_select_related = ["submission", "by"]
    fields = ["submission", "extent", "cause", "reason", "by", "at"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("submission__message")
