"""Activities in the admin; who signed up is not in it, but on a page of those who hold it."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from engagement.actions import activities
from engagement.admin.published import PublishedAdmin, PublishedFilter
from engagement.models import Activity


@admin.register(Activity)
class ActivityAdmin(PublishedAdmin):
    list_display = ["title", "starts_at", "place", "places", "published_on", "is_cancelled"]
    list_filter = [PublishedFilter, "is_cancelled", "is_online", "localities"]
    filter_horizontal = ["localities"]
    fieldsets = [
        (None, {"fields": [
            "title", "slug", "summary", "details", "owner", "project", "outcome",
        ]}),
        ("When and where", {"fields": [
            ("starts_at", "ends_at"),
            ("place", "is_online"),
            "localities",
            ("is_cancelled", "note"),
        ]}),
        ("Who can come", {"fields": ["access", "languages"]}),
        ("Signing up", {
            "fields": ["takes_names", ("places", "closes_on"), "people"],
            "description": (
                "Those who have signed up and gave an e-mail address are told when the day, the "
                "time or the place changes, and when it is cancelled. If there are more places, "
                "those who wait move up; if there are fewer, nobody loses theirs."
            ),
        }),
        ("Afterwards", {"fields": ["result"]}),
        PublishedAdmin.when,
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "people"]

    @admin.display(description="Who has signed up")
    def people(self, activity):
        """The one page on which names are read."""
        if activity.pk is None:
            return "Nobody yet"
        address = reverse("engagement:activity_people", args=[activity.slug])
        return format_html('<a href="{}">Their list</a>', address)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change:
            activities.note_change(activity=form.instance, changed=form.changed_data)

    def has_delete_permission(self, request, obj=None):
        """One that people have signed up for is cancelled, so that they are told."""
        may = super().has_delete_permission(request, obj)
        return may and not (obj is not None and obj.interests.exists())
