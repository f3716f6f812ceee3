from django.conf import settings
from django.db import models


class EscalationReader(models.Model):
    """A body whose people may read a matter; until it is raised only its officers and the author.

    It follows from the steps and notices, and is kept so that a list of what somebody may read need
    not look through them.
    """

    escalation = models.ForeignKey(
        "governance.Escalation", on_delete=models.CASCADE, related_name="readers"
    )
    body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Of a matter that was never raised. Empty: everyone on the body reads it.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "body"], name="escalation_reader_once")
        ]

    def __str__(self):
        return f"Body {self.body_id} reads {self.escalation_id}"
