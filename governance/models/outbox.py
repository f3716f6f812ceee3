from django.db import models
from django.db.models import Case, Q, Value, When


class OutboxMessage(models.Model):
    """A mail to be sent, written in the transaction of the deed it tells of."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        DEAD = "dead", "Given up"

    to = models.EmailField()
    about = models.CharField(
        max_length=20,
        blank=True,
        help_text="The reference of the matter or message that it tells of.",
    )
    subject = models.CharField(max_length=200)
    text = models.TextField(help_text="Cleared once it is sent.")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.QUEUED)
    is_queued = models.GeneratedField(
        expression=Case(When(status="queued", then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(help_text="When it is next tried; in the future while leased.")
    lease = models.CharField(max_length=32, blank=True, help_text="The worker that has it in hand.")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "mail"
        indexes = [
            models.Index(fields=["due_at", "id"], name="outbox_due", condition=Q(is_queued=True)),
            models.Index(fields=["about"], name="outbox_by_about"),
        ]

    def __str__(self):
        return f"Mail {self.pk}: {self.subject}"
