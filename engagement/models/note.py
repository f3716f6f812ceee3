from django.conf import settings
from django.db import models


class Note(models.Model):
    """What staff write down about a message for each other. The resident never reads it.

    It goes when the message goes. What was done that no step tells of stands here too.
    """

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        ASSIGNED = "assigned", "Assigned"
        REDACTED = "redacted", "Redacted"
        TAKEN_BACK = "taken_back", "Taken back"

    submission = models.ForeignKey(
        "engagement.Submission", on_delete=models.CASCADE, related_name="notes"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOTE)
    text = models.TextField(max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sending_key = models.CharField(
        max_length=64,
        unique=True,
        null=True,
        blank=True,
        help_text="One for each form and what was typed in it, so that pressing twice notes once.",
    )

    class Meta:
        ordering = ["submission", "pk"]

    def __str__(self):
        return f"Note on {self.submission_id}"
