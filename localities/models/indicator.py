from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from localities.history import HistoricalRecords

OPEN_LICENCE = "Open Government Licence v3.0"


class Indicator(models.Model):
    """Something that others count or measure about the people of an area, and publish."""

    code = models.CharField(
        "number",
        max_length=40,
        unique=True,
        help_text="The publisher's own, by which a newer file finds it again.",
    )
    name = models.CharField(max_length=300)
    heading = models.CharField(
        max_length=120, blank=True, help_text="Indicators under one heading stand together."
    )
    explanation = models.TextField(
        blank=True, help_text="What it says, in plain English: whom it counts, and how."
    )
    unit = models.CharField(
        max_length=40, default="%", blank=True, help_text="Such as “%” or “per 100,000”."
    )
    source = models.CharField(max_length=200, help_text="Who publishes it, and under what title.")
    source_url = models.URLField("address of the source", max_length=400, blank=True)
    licence = models.CharField(max_length=120, default=OPEN_LICENCE)
    fresh_for_years = models.PositiveSmallIntegerField(
        default=3, help_text="A figure whose period ended longer ago is shown as old."
    )
    order = models.PositiveIntegerField(default=0)
    is_shown = models.BooleanField(default=True, help_text="Shown on the pages of localities.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class IndicatorRelease(models.Model):
    """A file of published figures, as it was taken in."""

    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of the file.")
    published_on = models.DateField(null=True, blank=True)
    loaded_at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.title


class IndicatorValue(models.Model):
    """What an indicator is in an area for a period. It has no history: an import writes many."""

    class AreaKind(models.TextChoices):
        WARD = "ward", _("Ward")
        LOCALITY = "locality", _("Locality")
        BOROUGH = "borough", _("Borough")
        COUNTRY = "country", _("Country")

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="values_of_it")
    release = models.ForeignKey(IndicatorRelease, on_delete=models.PROTECT, related_name="+")
    area_kind = models.CharField(max_length=8, choices=AreaKind.choices)
    area_code = models.CharField(max_length=9, help_text="GSS code, or a locality's own.")
    sex = models.CharField(max_length=40, blank=True)
    age = models.CharField(max_length=60, blank=True)
    period = models.CharField(max_length=40, help_text="As it is published, such as 2021/22.")
    start_date = models.DateField("first day of the period")
    end_date = models.DateField("last day of the period")
    value = models.FloatField(null=True, blank=True, help_text="Empty: not published.")
    lower = models.FloatField("lower 95% confidence limit", null=True, blank=True)
    upper = models.FloatField("upper 95% confidence limit", null=True, blank=True)
    count = models.FloatField(null=True, blank=True)
    denominator = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["indicator", "area_code", "-end_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "area_code", "sex", "age", "period"],
                name="indicator_value_once",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=models.F("start_date")),
                name="indicator_period_ends_after_start",
                violation_error_message="The period ends before it begins.",
            ),
        ]
        indexes = [models.Index(fields=["area_code", "indicator"], name="indicator_by_area")]

    def __str__(self):
        return f"{self.indicator_id} {self.area_code} {self.period}"
