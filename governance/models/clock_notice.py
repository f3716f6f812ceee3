from django.db import models
from django.db.models import Q


class ClockNotice(models.Model):
    """What the portal did of itself as the clock of a matter ran: remind, tell, reckon anew.

    It moves nothing. Each stage of a clock comes once, which the database holds.
    """

    class Kind(models.TextChoices):
        REMINDED = "reminded", "Reminded"
        TOLD = "told", "Told the body above"
        RECKONED = "reckoned", "Reckoned anew"

    class Clock(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", "Acknowledge"
        ANSWER = "answer", "Answer"

    escalation = models.ForeignKey(
        "governance.Escalation", on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    clock = models.CharField(max_length=11, choices=Clock.choices)
    clock_started_on = models.DateField()
    stage = models.PositiveSmallIntegerField(default=0, help_text="The first is 1.")
    body = models.ForeignKey(
        "governance.Body", on_delete=models.PROTECT, related_name="+", help_text="Who was told."
    )
    at = models.DateTimeField()
    due = models.DateField(help_text="The due day then, or as it was reckoned anew.")
    was_due = models.DateField(null=True, blank=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["escalation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "clock", "clock_started_on", "stage", "body"],
                condition=~Q(kind="reckoned"),
                name="clock_notice_comes_once",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"
