from django.conf import settings
from django.db import models
from django.db.models import Value


class DigestLine(models.Model):
    """Something to be told in the next daily mail: a line, where to read it, by when it is due.

    It belongs to a post, and so to whoever has that by then: `governance.digests.hand_on`. All
    lines of one deed are written at the same moment.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_lines"
    )
    body = models.ForeignKey(
        "governance.Body",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="For which they were. Without a body or a group they are told by name.",
    )
    group = models.CharField(
        max_length=150,
        blank=True,
        db_default="",
        help_text="For which they were, or, with a body, who is told where it has nobody.",
    )
    know = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        help_text="Addresses of those who need not be told: they were, or did it.",
    )
    about = models.CharField(max_length=20, blank=True)
    line = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    due = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["about"], name="digest_by_about")]

    def __str__(self):
        return self.line
