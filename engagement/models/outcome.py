from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from localities.history import HistoricalRecords


class OutcomeQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)


class Outcome(models.Model):
    """What residents said of a theme or in a message, what a body decided, and what was done.

    All of it is in the words of staff: what residents wrote stays with their messages.
    """

    class State(models.TextChoices):
        CONSIDERED = "considered", _("Being considered")
        DECIDED = "decided", _("Decided")
        DONE = "done", _("Done")
        WILL_NOT = "will-not", _("Will not be done")

    theme = models.ForeignKey(
        "engagement.Theme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outcomes",
    )
    submission = models.ForeignKey(
        "engagement.Submission",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="outcomes",
    )
    body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="outcomes")
    locality = models.ForeignKey(
        "localities.Locality",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outcomes",
        help_text="Empty: the whole borough.",
    )
    topic = models.ForeignKey(
        "engagement.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes"
    )
    title = models.CharField(max_length=120)
    said = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CONSIDERED)
    decision = models.ForeignKey(
        "governance.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outcomes",
    )
    did = models.TextField(max_length=3000, blank=True)
    evidence_url = models.URLField(max_length=400, blank=True)
    evidence_document = models.ForeignKey(
        "governance.Document",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outcomes",
    )
    is_published = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When what is published changed last."
    )
    told_of = models.PositiveIntegerField(
        default=0, help_text="Raised with each publication of which the authors are told."
    )
    revision = models.PositiveIntegerField(
        default=0, help_text="Raised with each edit, so that an old page is known."
    )
    is_demonstration = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["-changed_at", "-id"],
                name="outcome_published",
                condition=Q(is_published=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(theme__isnull=False, submission__isnull=True)
                | Q(theme__isnull=True, submission__isnull=False),
                name="outcome_of_a_theme_or_a_message",
            ),
            models.CheckConstraint(
                condition=Q(state="considered") | Q(decision__isnull=False),
                name="outcome_decided_by_a_decision",
                violation_error_message="Choose the decision: without one, nothing was decided.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "will-not"]) | ~Q(did=""),
                name="outcome_says_what_was_done_or_why_not",
                violation_error_message="Say what was done, or why it will not be.",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | ~Q(evidence_url="")
                | Q(evidence_document__isnull=False),
                name="outcome_done_has_evidence",
                violation_error_message="Show that it was done: give a link or a document.",
            ),
        ]

    def __str__(self):
        return self.title


class OutcomeTold(models.Model):
    """Who of the authors was told of an outcome, and of which publication of it."""

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="told")
    submission = models.ForeignKey(
        "engagement.Submission", on_delete=models.CASCADE, related_name="+"
    )
    of = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outcome", "submission"], name="outcome_told_once")
        ]

    def __str__(self):
        return f"{self.submission_id} told of {self.outcome_id}"
