from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from engagement.workflow import IdeaMove, IdeaStatus
from localities.history import HistoricalRecords


class IdeaQuerySet(models.QuerySet):
    def published(self):
        """What anyone may read: never without the resident's yes."""
        return self.filter(is_published=True, submission__may_publish=True)


class Idea(models.Model):
    """A resident's idea that a body has taken up, in the words of staff, and how far it is.

    It goes with the message: who takes their words back takes the idea back.
    """

    submission = models.OneToOneField(
        "engagement.Submission", on_delete=models.CASCADE, related_name="idea"
    )
    body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="ideas")
    topic = models.ForeignKey("engagement.Topic", on_delete=models.PROTECT, related_name="ideas")
    locality = models.ForeignKey(
        "localities.Locality",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ideas",
        help_text="Empty: the whole borough.",
    )
    title = models.CharField(max_length=120)
    summary = models.TextField(max_length=1000)
    status = models.CharField(max_length=9, choices=IdeaStatus.choices)
    activity = models.ForeignKey(
        "engagement.Activity",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="ideas",
    )
    outcome = models.ForeignKey(
        "engagement.Outcome",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="ideas",
    )
    project = models.ForeignKey(
        "governance.Project",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="ideas",
    )
    is_published = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(help_text="When what is told of it changed last.")
    revision = models.PositiveIntegerField(
        default=0, help_text="Raised with each edit and step, so that an old page is known."
    )
    is_demonstration = models.BooleanField(default=False)
    history = HistoricalRecords()

    objects = IdeaQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["-changed_at", "-id"],
                name="idea_published",
                condition=Q(is_published=True),
            ),
            models.Index(fields=["body", "-id"], name="idea_by_body"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("engagement:idea", args=[self.pk])


class IdeaStep(models.Model):
    """One thing that became of an idea: what a body did, and why, told to its author."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="steps")
    move = models.CharField(max_length=10, choices=IdeaMove.choices)
    text = models.TextField(max_length=2000)
    by_body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["idea", "pk"]

    def __str__(self):
        return f"{self.get_move_display()}: {self.idea_id}"
