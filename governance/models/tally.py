from django.db import models


class Tally(models.Model):
    """How often something happened at a body on a day, by how many working days it took.

    Derived from the steps of matters, written by the same transaction. From so few rows the median
    and other percentiles are exact, whatever the number of matters.
    """

    class Measure(models.TextChoices):
        RECEIVED = "received", "Put before it"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        ANSWERED = "answered", "Answered"
        RESOLVED = "resolved", "Resolved"
        PASSED_UP = "passed_up", "Passed up"
        SENT_BACK = "sent_back", "Sent back"

    body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    measure = models.CharField(max_length=12, choices=Measure.choices)
    days = models.PositiveIntegerField(default=0, help_text="Working days it took.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["on", "pk"]
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["on", "body", "measure", "days"], name="tally_is_one_row"
            )
        ]

    def __str__(self):
        return f"{self.count} {self.get_measure_display()} on {self.on}"
