"""Stories and animations in the admin; "View on site" shows a draft as readers will see it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.html import format_html

from engagement import videos, webvtt
from engagement.admin.published import (
    TEXT,
    IllustratedAdmin,
    IllustratedForm,
    PublishedAdmin,
    PublishedFilter,
)
from engagement.models import Animation, Captions, Story
from governance.admin.base import ScansFirst
from localities.admin_base import EMPTY_ROWS


@admin.register(Story)
class StoryAdmin(IllustratedAdmin):
    picture_address = "engagement:story_picture"
    list_display = ["title", "owner_name", "published_on", "review_on"]
    list_filter = [PublishedFilter]
    filter_horizontal = ["organisations"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "text"]}),
        ("Picture", {"fields": IllustratedAdmin.picture_fields}),
        ("Whose work it is", {"fields": ["owner", "organisations"]}),
        ("What it belongs to", {"fields": ["project", "activity", "outcome"]}),
        PublishedAdmin.when,
    ]


class AnimationForm(IllustratedForm):
    new_video = forms.FileField(
        label="Film",
        required=False,
        help_text=f"{videos.NAMES}. It is kept here, and loaded only when someone presses play.",
    )
    drop_video = forms.BooleanField(label="Take the film away", required=False)

    def clean_new_video(self):
        upload = self.cleaned_data["new_video"]
        if upload:
            self.instance.new_video_type = videos.type_of(upload)
        return upload

    def clean(self):
        cleaned = super().clean()
        has_video = cleaned.get("new_video") or (
            self.instance.video and not cleaned.get("drop_video")
        )
        if cleaned.get("published_on") and not has_video and not cleaned.get("url"):
            self.add_error("published_on", "Choose a film or give a web address first.")
        return cleaned


class CaptionsForm(forms.ModelForm):
    captions_file = forms.FileField(
        label="Captions from a file",
        required=False,
        help_text="A .vtt file. It replaces what stands below.",
    )
    field_order = ["language", "captions_file", "captions", "transcript"]

    def clean(self):
        cleaned = super().clean()
        if upload := cleaned.get("captions_file"):
            cleaned["captions"] = read_captions(upload)
        if captions := cleaned.get("captions"):
            try:
                webvtt.check(captions)
            except ValidationError as refusal:
                self.add_error("captions_file" if upload else "captions", refusal)
        return cleaned


LONGEST_CAPTIONS = 500_000


def read_captions(upload):
    if upload.size > LONGEST_CAPTIONS:
        raise ValidationError({"captions_file": "The file is too large to be captions."})
    try:
        return upload.read().decode("utf-8-sig").replace("\r\n", "\n").replace("\x00", "")
    except UnicodeDecodeError as error:
        raise ValidationError(
            {"captions_file": "The file is not in UTF-8. Save it as UTF-8 and choose it again."}
        ) from error


class CaptionsInline(admin.StackedInline):
    model = Captions
    form = CaptionsForm
    extra = EMPTY_ROWS
    formfield_overrides = {models.TextField: TEXT}

    def has_view_permission(self, request, obj=None):
        return request.standing.edits_what_is_published

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Animation)
class AnimationAdmin(ScansFirst, IllustratedAdmin):
    form = AnimationForm
    picture_address = "engagement:animation_picture"
    list_display = ["title", "owner_name", "published_on", "review_on"]
    list_filter = [PublishedFilter]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "owner"]}),
        ("Film", {"fields": ["shown_video", "new_video", "drop_video", "url", "has_sound"]}),
        ("Poster: what is shown before it plays", {"fields": IllustratedAdmin.picture_fields}),
        PublishedAdmin.when,
    ]
    inlines = [CaptionsInline]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "shown_video"]

    @admin.display(description="Film now")
    def shown_video(self, animation):
        if not animation.video:
            return "None"
        address = reverse("engagement:animation_video", args=[animation.slug])
        return format_html('<a href="{}">{}</a>', address, animation.get_video_type_display())

    def save_model(self, request, obj, form, change):
        if upload := form.cleaned_data.get("new_video"):
            videos.keep(obj, upload, obj.new_video_type)
        elif form.cleaned_data.get("drop_video"):
            videos.discard(obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        with transaction.atomic():
            videos.discard(obj)
            super().delete_model(request, obj)
