"""Localities, wards, postcodes, place names, GP practices and indicators in the admin."""

from django.contrib import admin

from localities.actions.atlas import atlas_edited
from localities.actions.wards import check_one_locality_at_a_time
from localities.admin_base import EMPTY_ROWS, LookedAt, ReasonedAdmin
from localities.models import (
    CareNetwork,
    DistrictInLocality,
    Indicator,
    IndicatorRelease,
    IndicatorValue,
    Locality,
    PlaceInWard,
    PlaceName,
    PlaceSpelling,
    PostcodeDistrict,
    PostcodeRelease,
    Practice,
    Ward,
    WardInLocality,
)

PERIOD = ("start_date", "end_date")


class AtlasAdmin(ReasonedAdmin):
    """An edit of what the finder keeps in memory."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        atlas_edited()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        atlas_edited()


class WardInLocalityInline(admin.StackedInline):
    model = WardInLocality
    formfield_overrides = ReasonedAdmin.formfield_overrides
    extra = 0
    fields = [("ward", "locality"), ("start_date", "end_date"), "confidence", "source"]
    ordering = ["ward__name", "start_date"]


@admin.register(Locality)
class LocalityAdmin(AtlasAdmin):
    list_display = ["name", "code", "order"]
    search_fields = ["name", "code", "wards__ward__name"]
    fields = ["code", "name", "order"]
    inlines = [WardInLocalityInline]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []  # its address stays for good

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        locality = form.instance
        check_one_locality_at_a_time(Ward.objects.filter(localities__locality=locality).distinct())


@admin.register(Ward)
class WardAdmin(AtlasAdmin):
    list_display = ["name", "gss", "former_name", "start_date", "end_date"]
    list_filter = ["localities__locality"]
    search_fields = ["name", "gss", "former_name"]
    fieldsets = [
        (None, {"fields": ["gss", "name", "former_name", ("start_date", "end_date")]}),
        (
            "On the map",
            {
                "fields": ["boundary", ("label_longitude", "label_latitude")],
                "classes": ["collapse"],
            },
        ),
    ]
    inlines = [WardInLocalityInline]

    def get_readonly_fields(self, request, obj=None):
        return ["gss"] if obj else []

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        check_one_locality_at_a_time([form.instance])


@admin.register(WardInLocality)
class WardInLocalityAdmin(AtlasAdmin):
    list_display = ["ward", "locality", "confidence", "start_date", "end_date"]
    list_filter = ["locality", "confidence"]
    list_select_related = ["ward", "locality"]
    search_fields = ["ward__name", "ward__former_name", "ward__gss", "source"]
    fields = [("ward", "locality"), ("start_date", "end_date"), "confidence", "source"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        check_one_locality_at_a_time([obj.ward])


class PlaceSpellingInline(admin.StackedInline):
    model = PlaceSpelling
    extra = EMPTY_ROWS


class PlaceInWardInline(admin.StackedInline):
    model = PlaceInWard
    extra = EMPTY_ROWS
    fields = ["position", "ward"]


@admin.register(PlaceName)
class PlaceNameAdmin(AtlasAdmin):
    list_display = ["name", "kind", "note"]
    list_filter = ["kind", "wards__ward__localities__locality"]
    search_fields = ["name", "note", "spellings__key", "wards__ward__name"]
    fields = ["name", "kind", "note"]
    inlines = [PlaceInWardInline, PlaceSpellingInline]


class DistrictInLocalityInline(admin.StackedInline):
    model = DistrictInLocality
    extra = EMPTY_ROWS


@admin.register(PostcodeDistrict)
class PostcodeDistrictAdmin(AtlasAdmin):
    list_display = ["code", "settles", "reaches_outside"]
    list_filter = ["settles", "reaches_outside"]
    list_select_related = ["settles"]
    search_fields = ["code"]
    inlines = [DistrictInLocalityInline]


@admin.register(PostcodeRelease)
class PostcodeReleaseAdmin(LookedAt, admin.ModelAdmin):
    """Which table was loaded when."""

    list_display = ["title", "published_on", "rows", "loaded_at"]
    search_fields = ["title"]


# --- GP practices ---------------------------------------------------------------------------------


@admin.register(CareNetwork)
class CareNetworkAdmin(ReasonedAdmin):
    list_display = ["name", "code", "locality"]
    list_filter = ["locality"]
    list_select_related = ["locality"]
    search_fields = ["name", "code"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Practice)
class PracticeAdmin(ReasonedAdmin):
    list_display = ["name", "code", "postcode", "network", "ward", "listed_on", "end_date"]
    list_filter = ["network"]
    list_select_related = ["network", "ward"]
    search_fields = ["name", "code", "postcode"]
    fields = [
        "code",
        "name",
        "postcode",
        "network",
        "ward",
        ("start_date", "end_date"),
        "listed_on",
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


# --- Indicators -----------------------------------------------------------------------------------


@admin.register(Indicator)
class IndicatorAdmin(ReasonedAdmin):
    """What is said of the figures. The figures themselves come from files alone."""

    list_display = ["name", "heading", "code", "unit", "order", "is_shown"]
    list_filter = ["is_shown", "heading"]
    search_fields = ["name", "code", "heading"]
    fieldsets = [
        (None, {"fields": ["code", "name", "heading", "explanation", "unit"]}),
        ("Where it is from", {"fields": ["source", "source_url", "licence"]}),
        ("On the pages", {"fields": [("order", "fresh_for_years"), "is_shown"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []  # newer files find it by this


@admin.register(IndicatorValue)
class IndicatorValueAdmin(LookedAt, admin.ModelAdmin):
    list_display = ["indicator", "area_code", "sex", "age", "period", "value", "release"]
    list_filter = ["area_kind"]
    list_select_related = ["indicator", "release"]
    search_fields = ["indicator__name", "indicator__code", "area_code"]


@admin.register(IndicatorRelease)
class IndicatorReleaseAdmin(LookedAt, admin.ModelAdmin):
    """Which file was taken in when."""

    list_display = ["title", "published_on", "rows", "added", "changed", "loaded_at"]
    search_fields = ["title"]
