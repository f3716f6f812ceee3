from django.conf import settings
from django.db import models
from django.utils import timezone

from localities.history import HistoricalRecords


class RetentionPeriod(models.Model):
    """For how long something that residents sent is kept, and where that is written."""

    class Slug(models.TextChoices):
        PERSON = "person", "Who wrote it"
        FEEDBACK = "feedback", "Feedback and ideas"
        COMPLAINT = "complaint", "Complaints"
        REJECTED = "rejected", "Messages that were rejected"
        SIGN_UP = "sign-up", "Who signed up for an activity"
        MAIL = "mail", "Mails that were sent"

    slug = models.CharField(max_length=12, primary_key=True, choices=Slug.choices)
    what = models.CharField(max_length=200, help_text="What is removed, in words for everyone.")
    months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Whole months. Leave empty for “kept for good”."
    )
    starts = models.CharField(max_length=120, help_text="From when, such as “after it was closed”.")
    source_title = models.CharField(max_length=300, help_text="Where this is written.")
    source_url = models.URLField("source web address", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self):
        return self.get_slug_display()


class Erasure(models.Model):
    """That what a resident sent was removed, by whom and why; never what it was."""

    class Extent(models.TextChoices):
        PERSON = "person", "Who wrote it"
        EVERYTHING = "everything", "Everything they wrote"

    class Cause(models.TextChoices):
        RESIDENT = "resident", "Withdrawn by the resident"
        REQUEST = "request", "Asked for"
        PERIOD = "period", "The time for keeping it was over"

    submission = models.ForeignKey(
        "engagement.Submission", on_delete=models.CASCADE, related_name="erasures"
    )
    extent = models.CharField(max_length=10, choices=Extent.choices)
    cause = models.CharField(max_length=8, choices=Cause.choices)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the resident, or whoever keeps the server.",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "extent"], name="submission_erased_once_to_an_extent"
            )
        ]

    def __str__(self):
        return f"Erasure of {self.submission_id}"
