import re

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef

from governance import outbox
from governance.admin.base import LookOnly
from governance.models import Body, OutboxMessage
from governance.models.escalation import REFERENCE

ADDRESS = re.compile(r"[^\s<>(){}\[\]'\",;:]+@[^\s<>(){}\[\]'\",;:]+")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(LookOnly, admin.ModelAdmin):
    """Mails on their way, and those given up. Their text is for whom they are sent to.

    Who that is stands here where only staff can be meant: of a matter, or at the mailbox of a body.
    Other mails may be to residents, and how to reach them is for those who answer them.
    """

    list_display = ["subject", "sent_to", "status", "attempts", "due_at", "created_at", "fault"]
    list_filter = ["status"]
    search_fields = ["subject"]
    fields = ["sent_to", "subject", "status", "attempts", "created_at", "due_at", "sent_at"]
    fields += ["fault"]
    actions = ["try_again"]

    def get_queryset(self, request):
        mailboxes = Body.objects.filter(mailbox__iexact=OuterRef("to"))
        return super().get_queryset(request).annotate(is_to_mailbox=Exists(mailboxes))

    @admin.display(description="to")
    def sent_to(self, mail):
        is_of_staff = not mail.about or REFERENCE.fullmatch(mail.about) or mail.is_to_mailbox
        return mail.to if is_of_staff else "a person"

    @admin.display(description="error")
    def fault(self, mail):
        """Mail servers repeat the address in what they say."""
        return ADDRESS.sub("…", mail.error)

    @admin.action(description="Try again to send those given up", permissions=["view"])
    def try_again(self, request, queryset):
        count = outbox.try_again(queryset)
        if count:
            noun = "mail" if count == 1 else "mails"
            self.message_user(request, f"{count} {noun} will be tried again.", messages.SUCCESS)
        else:
            self.message_user(request, "None of these was given up.", messages.WARNING)
