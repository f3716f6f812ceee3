from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from governance.models.evidence import DatedFact
from localities.history import HistoricalRecords


class ReportingLine(DatedFact):
    """One body answers to another, for a time, in one respect."""

    class Kind(models.TextChoices):
        REPORTS_TO = "reports_to", gettext_lazy("Reports to")
        ESCALATES_TO = "escalates_to", gettext_lazy("Escalates to")
        ALIGNED_WITH = "aligned_with", gettext_lazy("Aligned with")
        SUPPORTS = "supports", gettext_lazy("Supports")

    from_body = models.ForeignKey(
        "governance.Body", on_delete=models.PROTECT, related_name="lines_up"
    )
    to_body = models.ForeignKey(
        "governance.Body", on_delete=models.PROTECT, related_name="lines_down"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    respect = models.CharField(
        "in respect of", max_length=160, blank=True, help_text="Such as “NHS resources”."
    )
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["from_body", "kind", "to_body"]
        constraints = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(from_body=F("to_body")),
                name="reporting_line_joins_two_bodies",
                violation_error_message="A line joins two different bodies.",
            ),
        ]

    def __str__(self):
        is_ = "is " if self.kind == self.Kind.ALIGNED_WITH else ""
        return f"{self.from_body} {is_}{self.get_kind_display().lower()} {self.to_body}"
