"""Facts that hold for a time: both ends are included, an empty end means "still"."""

from django.db import models
from django.db.models import F, Q


def in_force(day, through=""):
    """The condition that a dated row holds on `day`; `through` names a relation to look along."""
    start, end = (f"{through}__{name}" if through else name for name in ("start_date", "end_date"))
    return (Q(**{f"{start}__isnull": True}) | Q(**{f"{start}__lte": day})) & (
        Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day})
    )


def overlapping(start_date, end_date):
    """The condition that a dated row shares a day with the period given; either end may be None."""
    condition = Q()
    if end_date is not None:
        condition &= Q(start_date__isnull=True) | Q(start_date__lte=end_date)
    if start_date is not None:
        condition &= Q(end_date__isnull=True) | Q(end_date__gte=start_date)
    return condition


class DatedQuerySet(models.QuerySet):
    def on(self, day):
        """The rows that hold on `day`."""
        return self.filter(in_force(day))


class Dated(models.Model):
    """Something that holds from one day to another."""

    start_date = models.DateField(
        "first day", null=True, blank=True, help_text="Leave empty for “since before our record”."
    )
    end_date = models.DateField(
        "last day", null=True, blank=True, help_text="Leave empty for “still”."
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(start_date__isnull=True)
                | Q(end_date__isnull=True)
                | Q(end_date__gte=F("start_date")),
                name="%(app_label)s_%(class)s_ends_after_start",
                violation_error_message="The last day is before the first day.",
            )
        ]

    def is_in_force_on(self, day):
        return (self.start_date is None or self.start_date <= day) and (
            self.end_date is None or self.end_date >= day
        )

    def has_ended_by(self, day):
        """Whether its last day is before `day`."""
        return self.end_date is not None and self.end_date < day
