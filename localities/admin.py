"""Localities, wards, postcode districts and place names in the admin."""

from django.contrib import admin

from localities.actions.wards import check_one_locality_at_a_time
from localities.admin_base import ReasonedAdmin
from localities.models import (
    DistrictInLocality,
    Locality,
    PlaceInWard,
    PlaceName,
    PlaceSpelling,
    PostcodeDistrict,
    PostcodeRelease,
    Ward,
    WardInLocality,
)


class WardInLocalityInline(admin.StackedInline):
    model = WardInLocality
    extra = 0
    fields = [("ward", "locality"), ("start_date", "end_date"), "confidence", "source"]
    ordering = ["ward__name", "start_date"]


@admin.register(Locality)
class LocalityAdmin(ReasonedAdmin):
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
class WardAdmin(ReasonedAdmin):
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
class WardInLocalityAdmin(ReasonedAdmin):
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
    extra = 0


class PlaceInWardInline(admin.StackedInline):
    model = PlaceInWard
    extra = 0
    fields = ["position", "ward"]


@admin.register(PlaceName)
class PlaceNameAdmin(ReasonedAdmin):
    list_display = ["name", "kind", "note"]
    list_filter = ["kind", "wards__ward__localities__locality"]
    search_fields = ["name", "note", "spellings__key", "wards__ward__name"]
    fields = ["name", "kind", "note"]
    inlines = [PlaceInWardInline, PlaceSpellingInline]


class DistrictInLocalityInline(admin.StackedInline):
    model = DistrictInLocality
    extra = 0


@admin.register(PostcodeDistrict)
class PostcodeDistrictAdmin(ReasonedAdmin):
    list_display = ["code", "settles", "reaches_outside"]
    list_filter = ["settles", "reaches_outside"]
    list_select_related = ["settles"]
    search_fields = ["code"]
    inlines = [DistrictInLocalityInline]


@admin.register(PostcodeRelease)
class PostcodeReleaseAdmin(admin.ModelAdmin):
    """Which table was loaded when; written by the loaders alone."""

    list_display = ["title", "published_on", "rows", "loaded_at"]
    search_fields = ["title"]
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
