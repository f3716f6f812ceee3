"""What the pages of what is published have in common: a day, a preview, a review, a picture."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from engagement import pictures
from engagement.admin.base import EngagementAdmin
from governance.actions.structure import pages_edited
from governance.admin.base import KnowsBodies, LinesField, StoresFiles, with_bodies
from governance.admin.translated import TranslatedAdmin

TEXT = {
    "form_class": LinesField,
    "widget": AdminTextareaWidget(attrs={"rows": 8}),
}


class PublishedFilter(admin.SimpleListFilter):
    """Whether anyone can read it today."""

    title = "published"
    parameter_name = "published"

    def lookups(self, request, model_admin):
        return [
            ("yes", "Published"),
            ("later", "To be published later"),
            ("draft", "Drafts"),
            ("review", "To be reviewed"),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        conditions = {
            "yes": models.Q(published_on__lte=today),
            "later": models.Q(published_on__gt=today),
            "draft": models.Q(published_on__isnull=True),
            "review": models.Q(review_on__lte=today),
        }
        return queryset.filter(conditions.get(self.value(), models.Q()))


class PublishedAdmin(KnowsBodies, EngagementAdmin, TranslatedAdmin):
    """Something that is written, looked at as readers will see it, and published on a day."""

    formfield_overrides = {
        **EngagementAdmin.formfield_overrides,
        models.TextField: TEXT,
    }
    prepopulated_fields = {"slug": ["title"]}
    search_fields = ["title", "summary"]
    list_display_links = ["title"]
    when = (
        "When",
        {
            "fields": [("published_on", "review_on")],
            "description": (
                "Save it without a day first, look at it with “View on site” above, and set the "
                "day once it is right. To take it off the site again, empty the day."
            ),
        },
    )

    def note_edit(self):
        pages_edited()

    def get_queryset(self, request):
        return with_bodies(super().get_queryset(request), "owner")

    @admin.display(description="body")
    def owner_name(self, row):
        return row.owner.name

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # its address stays for good

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields


class IllustratedForm(forms.ModelForm):
    """A form with a picture to be chosen, or to be taken away."""

    new_picture = forms.FileField(
        label="Picture",
        required=False,
        help_text=(
            f"{pictures.NAMES}. It is made smaller, and where and when it was taken is removed "
            "from it. Have the consent of those who can be recognised."
        ),
    )
    drop_picture = forms.BooleanField(label="Take the picture away", required=False)

    def clean_new_picture(self):
        upload = self.cleaned_data["new_picture"]
        return pictures.prepared(upload) if upload else None

    def clean(self):
        cleaned = super().clean()
        stays = self.instance.picture and not cleaned.get("drop_picture")
        if (stays or cleaned.get("new_picture")) and not cleaned.get("picture_text"):
            sentence = "Say what the picture shows, for those who do not see it."
            self.add_error("picture_text", ValidationError(sentence))
        return cleaned


class IllustratedAdmin(PublishedAdmin, StoresFiles):
    form = IllustratedForm
    picture_address = ""
    picture_fields = ["shown_picture", "new_picture", "drop_picture", "picture_text"]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "shown_picture"]

    @admin.display(description="Picture now")
    def shown_picture(self, row):
        if not row.picture:
            return "None"
        width = pictures.widths_of(row)[0]
        address = reverse(self.picture_address, args=[row.slug, width])
        return format_html('<img src="{}" alt="{}" width="240">', address, row.picture_text)

    def save_model(self, request, obj, form, change):
        if picture := form.cleaned_data.get("new_picture"):
            pictures.keep(obj, picture)
        elif form.cleaned_data.get("drop_picture"):
            pictures.discard(obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        with transaction.atomic():
            pictures.discard(obj)
            super().delete_model(request, obj)
