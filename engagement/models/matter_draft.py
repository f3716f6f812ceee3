from django.db import models
from django.db.models import Q

from governance.workflow import EscalationStatus


class MatterDraftQuerySet(models.QuerySet):
    def of(self, source):
        """What is being written from a message that a body has, or from a theme: the only one."""
        found = self.filter(**{named(source): source}, escalation__status=EscalationStatus.DRAFT)
        return found.select_related("escalation__created_by").first()


class MatterDraft(models.Model):
    """A matter that somebody is writing from a message or a theme, until it is raised."""

    escalation = models.OneToOneField(
        "governance.Escalation", on_delete=models.CASCADE, related_name="+"
    )
    referral = models.OneToOneField(
        "engagement.Referral", null=True, on_delete=models.CASCADE, related_name="matter_draft"
    )
    theme = models.OneToOneField(
        "engagement.Theme", null=True, on_delete=models.CASCADE, related_name="matter_draft"
    )
    text = models.TextField(blank=True, help_text="What residents are told once it is raised.")

    objects = MatterDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(referral=None, theme__isnull=False)
                | Q(referral__isnull=False, theme=None),
                name="matter_draft_is_of_a_message_or_a_theme",
            )
        ]

    def __str__(self):
        return f"Draft {self.escalation_id}"


def named(source):
    """The name of the field that points at it."""
    return source._meta.model_name
