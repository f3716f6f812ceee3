"""Where in the borough: localities, wards, postcodes and the names residents use."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from localities.dated import Dated
from localities.history import HistoricalRecords
from localities.names import place_key


class Locality(models.Model):
    """One of the quarters into which the partnership divides the borough."""

    code = models.SlugField(
        primary_key=True, max_length=8, help_text="Its address; stays for good, such as “ne”."
    )
    name = models.CharField(max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "code"]
        verbose_name_plural = "localities"

    def __str__(self):
        return self.name


class Ward(Dated):
    """An electoral ward, known by its GSS code."""

    gss = models.CharField("GSS code", max_length=9, primary_key=True)
    name = models.CharField(max_length=80)
    former_name = models.CharField(max_length=80, blank=True)
    boundary = models.JSONField(
        default=dict, blank=True, help_text="GeoJSON geometry in longitude and latitude (WGS84)."
    )
    label_longitude = models.FloatField(null=True, blank=True)
    label_latitude = models.FloatField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["boundary"])

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self):
        if not is_outline(self.boundary):
            raise ValidationError({"boundary": "Enter a GeoJSON Polygon or MultiPolygon."})


class WardInLocality(Dated):
    """A ward belongs to a locality, for a time, as surely as our sources say."""

    class Confidence(models.TextChoices):
        NAMED_IN_SOURCE = "named-in-source", _("Named in a source")
        SUPPORTED = "supported", _("Supported by sources")
        INFERRED = "inferred", _("Inferred")
        INFERRED_CONTESTED = "inferred-contested", _("Inferred, and contested")

    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="localities")
    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="wards")
    confidence = models.CharField(max_length=20, choices=Confidence.choices)
    source = models.TextField(
        blank=True, help_text="Where this is written, or how it was inferred."
    )
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering = ["locality", "ward"]
        verbose_name = "ward in locality"
        verbose_name_plural = "wards in localities"

    def __str__(self):
        return f"{self.ward} in {self.locality}"


class Postcode(models.Model):
    """A unit postcode and the ward in which it lies.

    Nothing points here: an import swaps the whole table, which carries the nation's 1.7 million.
    """

    code = models.CharField(
        max_length=7, primary_key=True, help_text="Upper case without space: “E34AB”."
    )
    ward_gss = models.CharField(max_length=9)
    easting = models.PositiveIntegerField(help_text="Metres, British National Grid.")
    northing = models.PositiveIntegerField(help_text="Metres, British National Grid.")

    def __str__(self):
        return spaced(self.code)


class DeliveryOfficePostcode(models.Model):
    """A postcode for post boxes at a sorting office, which does not say where people are."""

    code = models.CharField(max_length=7, primary_key=True)

    def __str__(self):
        return spaced(self.code)


class PostcodeRelease(models.Model):
    """Which published table the postcodes were taken from."""

    title = models.CharField(max_length=120)
    published_on = models.DateField()
    loaded_at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField()

    class Meta:
        get_latest_by = "loaded_at"

    def __str__(self):
        return self.title


class PostcodeDistrict(models.Model):
    """The first half of a postcode, and the locality it settles, if it settles one."""

    code = models.CharField(max_length=4, primary_key=True)
    settles = models.ForeignKey(Locality, null=True, blank=True, on_delete=models.PROTECT)
    reaches_outside = models.BooleanField(
        default=False, help_text="Part of the district lies outside the borough."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.code


class DistrictInLocality(models.Model):
    """How many of a district's postcodes lie in a locality."""

    district = models.ForeignKey(
        PostcodeDistrict, on_delete=models.CASCADE, related_name="localities"
    )
    locality = models.ForeignKey(Locality, on_delete=models.PROTECT)
    postcodes = models.PositiveIntegerField()

    class Meta:
        ordering = ["district", "-postcodes"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "locality"], name="district_in_locality_once"
            )
        ]

    def __str__(self):
        return f"{self.district} in {self.locality}"


class PlaceName(models.Model):
    """A name residents use for a part of the borough."""

    class Kind(models.TextChoices):
        AREA = "area", _("Area")
        POINT = "point", _("Place")

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    note = models.CharField(max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["name", "kind"], name="place_name_once_a_kind")
        ]

    def __str__(self):
        return self.name


class PlaceSpelling(models.Model):
    """One way of writing a place name, reduced to what the finder compares."""

    place = models.ForeignKey(PlaceName, on_delete=models.CASCADE, related_name="spellings")
    key = models.CharField(max_length=80, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "key"], name="place_spelling_once")]

    def __str__(self):
        return self.key

    def clean(self):
        self.key = place_key(self.key)
        if not self.key:
            raise ValidationError({"key": "Enter the spelling in Latin letters."})


class PlaceInWard(models.Model):
    """A place lies in a ward; the first is the most likely."""

    place = models.ForeignKey(PlaceName, on_delete=models.CASCADE, related_name="wards")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place", "position"]
        constraints = [models.UniqueConstraint(fields=["place", "ward"], name="place_in_ward_once")]

    def __str__(self):
        return f"{self.place} in {self.ward}"


class AtlasVersion(models.Model):
    """Which version this is of what the finder keeps in memory: all of the above but postcodes.

    There is one row. Versions are random, not counted: one that was rolled back can never be
    mistaken for the next.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    version = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="atlas_version_is_one_row")]

    def __str__(self):
        return str(self.version)


def is_outline(geometry):
    """Whether this is a GeoJSON polygon, several, or nothing, with points that are numbers."""
    if geometry == {}:
        return True
    try:
        kind, polygons = geometry["type"], geometry["coordinates"]
        polygons = [polygons] if kind == "Polygon" else polygons
        points = [point for polygon in polygons for ring in polygon for point in ring]
        return kind in {"Polygon", "MultiPolygon"} and all(
            -180 <= longitude <= 180 and -90 <= latitude <= 90 for longitude, latitude in points
        )
    except (KeyError, TypeError, ValueError):
        return False


def spaced(code):
    """A postcode as people write it: `E34AB` becomes `E3 4AB`."""
    return f"{code[:-3]} {code[-3:]}"
