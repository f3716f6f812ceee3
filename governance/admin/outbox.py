from django.contrib import admin, messages

from governance import outbox
from governance.admin.base import LookOnly
from governance.models import OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(LookOnly, admin.ModelAdmin):
    """Mails on their way, and those given up. Their text is for whom they are sent to."""

    list_display = ["subject", "to", "status", "attempts", "due_at", "created_at", "error"]
    list_filter = ["status"]
    search_fields = ["to", "subject", "error"]
    fields = ["to", "subject", "status", "attempts", "created_at", "due_at", "sent_at", "error"]
    actions = ["try_again"]

    @admin.action(description="Try again to send those given up", permissions=["view"])
    def try_again(self, request, queryset):
        count = outbox.try_again(queryset)
        if count:
            noun = "mail" if count == 1 else "mails"
            self.message_user(request, f"{count} {noun} will be tried again.", messages.SUCCESS)
        else:
            self.message_user(request, "None of these was given up.", messages.WARNING)
