from django import forms
from django.conf import settings
from django.contrib import admin

from governance.actions.structure import pages_edited
from governance.admin.base import ForAdministrators
from localities.admin_base import ReasonedAdmin, ReasonedForm
from tht_portal.languages import is_english
from tht_portal.models import LanguageCheck


class LanguageCheckForm(ReasonedForm):
    """Which language was checked: one of those that the portal speaks, but for English."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        spoken = [(code, name) for code, name in settings.LANGUAGES if not is_english(code)]
        self.fields["language"] = forms.ChoiceField(choices=[("", "---------"), *spoken])


@admin.register(LanguageCheck)
class LanguageCheckAdmin(ForAdministrators, ReasonedAdmin):
    """Until a language stands here, each of its pages says that it awaits a native speaker."""

    form = LanguageCheckForm
    list_display = ["language", "checked_on", "checked_by"]
    fieldsets = [
        (
            None,
            {
                "fields": ["language", "checked_on", "checked_by"],
                "description": (
                    "Pages in a language say that nobody who grew up with it has checked them yet, "
                    "until you add it here. Take it out again when much has been translated since."
                ),
            },
        )
    ]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        pages_edited()  # pages are kept, and say it

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        pages_edited()
