from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from engagement.clues import fault_in
from engagement.models.phrase import families_named_in

ONCE = "There is such a clue. Change its weight instead."


class Clue(models.Model):
    """What one word tells, or two side by side, or a family: a little for a topic or against it.

    A phrase says plainly what a message is about; clues add up where it says so in no phrase. What
    was learned is put right when more is learned, but not what people have edited.
    """

    text = models.CharField(
        max_length=80,
        help_text=(
            "A word in any of its forms, or two that stand side by side, or a family as {name}. "
            "“0” stands for any number, and “*” for what counts in every message."
        ),
    )
    topic = models.ForeignKey(
        "engagement.Topic",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="clues",
        help_text="None: it is a clue to whether a message may be urgent.",
    )
    weight = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        help_text="What it adds, or takes away where it is below 0. Less in long messages.",
    )
    is_used = models.BooleanField(default=True)
    is_learned = models.BooleanField("learned, and edited by nobody", default=False, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["topic", "-weight", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "topic"],
                name="clue_to_a_topic_once",
                violation_error_message=ONCE,
            ),
            models.UniqueConstraint(
                fields=["text"],
                condition=Q(topic__isnull=True),
                name="clue_to_urgency_once",
                violation_error_message=ONCE,
            ),
        ]

    def __str__(self):
        return f"{self.text} ({self.topic_id or 'urgent'})"

    def clean(self):
        fault = fault_in(self.text, families_named_in(self.text))
        if fault:
            raise ValidationError({"text": fault})
