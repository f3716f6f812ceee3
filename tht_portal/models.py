from django.db import models
from django.utils import timezone

from localities.history import HistoricalRecords


class LanguageCheck(models.Model):
    """Someone who grew up with a language has read what the portal says in it, and stands by it."""

    language = models.CharField(max_length=10, unique=True)
    checked_on = models.DateField(default=timezone.localdate)
    checked_by = models.CharField(
        max_length=120, help_text="Who, and for whom they work. Pages do not show it."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["language"]

    def __str__(self):
        return f"{self.language}, {self.checked_on}"
