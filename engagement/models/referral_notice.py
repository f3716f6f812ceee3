from django.db import models
from django.db.models import Q

from governance.models import ClockNotice


class ReferralNotice(models.Model):
    """What the portal did of itself as the clock of a referral ran: remind, tell, reckon anew.

    It moves nothing, and holds no word of a resident. Each stage of a clock comes once, which the
    database holds.
    """

    class Kind(models.TextChoices):
        REMINDED = "reminded", "Reminded"
        TOLD = "told", "Told the engagement team"
        RECKONED = "reckoned", "Reckoned anew"

    referral = models.ForeignKey(
        "engagement.Referral", on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    clock = models.CharField(max_length=11, choices=ClockNotice.Clock.choices)
    clock_started_on = models.DateField()
    stage = models.PositiveSmallIntegerField(default=0, help_text="The first is 1.")
    at = models.DateTimeField()
    due = models.DateField(help_text="The due day then, or as it was reckoned anew.")
    was_due = models.DateField(null=True, blank=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["referral", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "clock", "clock_started_on", "stage"],
                condition=~Q(kind="reckoned"),
                name="referral_notice_comes_once",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"
