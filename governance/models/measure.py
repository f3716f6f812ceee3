from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.evidence import DatedFact
from localities.history import HistoricalRecords


class Measure(DatedFact):
    """Something that a body holds itself to: a figure with a target, for a time."""

    class Better(models.TextChoices):
        AT_LEAST = "at_least", _("At least the target")
        AT_MOST = "at_most", _("At most the target")

    body = models.ForeignKey("governance.Body", on_delete=models.CASCADE, related_name="measures")
    name = models.CharField(
        max_length=160, help_text="What is held to a target, as a resident would say it."
    )
    explanation = models.TextField(
        blank=True, help_text="What is measured and where, in plain English."
    )
    unit = models.CharField(
        max_length=20,
        default="%",
        blank=True,
        help_text="Stands after each number: %, days, people.",
    )
    target = models.FloatField(help_text="A number in that unit, such as 95.")
    better = models.CharField(
        max_length=8,
        choices=Better.choices,
        default=Better.AT_LEAST,
        help_text="When a reading counts as on target.",
    )
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["body", "name"]

    def __str__(self):
        return self.name

    def is_met_by(self, value):
        return value >= self.target if self.better == self.Better.AT_LEAST else value <= self.target


class Reading(models.Model):
    """What a measure was, for a period that ended on a day."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="readings")
    measured_on = models.DateField("last day of the period", help_text="For September, the 30th.")
    value = models.FloatField(help_text="In the unit of the measure, without it.")
    note = models.CharField(
        max_length=300,
        blank=True,
        help_text="What a reader must know of this figure. It is public.",
    )
    source_title = models.CharField("source", max_length=200, blank=True)
    source_url = models.URLField("address of the source", max_length=400, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["measure", "measured_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "measured_on"],
                name="reading_once_a_day",
                violation_error_message="There is a reading of this measure for this day already.",
            )
        ]

    def __str__(self):
        return f"{self.measure}, {self.measured_on:%Y-%m-%d}"
