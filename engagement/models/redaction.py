import re

from django.conf import settings
from django.db import models

PASSAGE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
BLACK = "\N{FULL BLOCK}" * 3


class Redaction(models.Model):
    """A message as it may be shown to everyone: what is blacked out, why, and who did it.

    The original stays with the message; both go with it. There is no history of it.
    """

    submission = models.OneToOneField(
        "engagement.Submission",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="redaction",
    )
    marked = models.TextField(
        max_length=8000, help_text="What the resident wrote; [[ and ]] stand around what is hidden."
    )
    shown = models.TextField(max_length=8000, help_text="What everyone may read.")
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    revision = models.PositiveIntegerField(
        default=1, help_text="Raised with each edit, so that an old page is known."
    )

    def __str__(self):
        return f"Redaction of {self.submission_id}"

    @property
    def parts(self):
        """For staff: each part of the message, and whether it is blacked out."""
        parts = enumerate(PASSAGE.split(self.marked))
        return [(part, bool(number % 2)) for number, part in parts if part]

    @property
    def parts_shown(self):
        """For everyone: each part that may be read, and None for what may not."""
        parts = enumerate(re.split(f"({BLACK})", self.shown))
        return [None if number % 2 else part for number, part in parts if part]
