"""Texts in other languages: a field for each text and language beside those in English."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models

from governance.admin.base import LinesField


def other_languages():
    return [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


class TranslatedForm(forms.ModelForm):
    """A row with its translations; a text left empty is shown in English."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for code, _ in other_languages():
            for name in self._meta.model.TRANSLATED:
                text = self.instance.translations.get(code, {}).get(name, "")
                self.initial.setdefault(in_form(name, code), text)

    def clean(self):
        cleaned = super().clean()
        translations = dict(self.instance.translations)
        for code, _ in other_languages():
            typed = {
                name: cleaned.get(in_form(name, code), "") for name in self._meta.model.TRANSLATED
            }
            translations[code] = {name: text for name, text in typed.items() if text}
        self.instance.translations = {code: texts for code, texts in translations.items() if texts}
        return cleaned


class TranslatedAdmin(admin.ModelAdmin):
    """An admin page with a section for each language but English: the last base of a page."""

    def get_form(self, request, obj=None, change=False, **options):
        form = form_with_translations(self.model, options.pop("form", self.form))
        return super().get_form(request, obj, change, form=form, **options)

    def get_fieldsets(self, request, obj=None):
        names = self.model.TRANSLATED
        ours = {in_form(name, code) for code, _ in other_languages() for name in names}
        fieldsets = [
            (title, options | {"fields": [each for each in options["fields"] if each not in ours]})
            for title, options in super().get_fieldsets(request, obj)
        ]
        for code, language in other_languages():
            options = {
                "fields": [in_form(name, code) for name in names],
                "description": "What is left empty is shown in English, and marked as such.",
            }
            fieldsets.append((f"In {language}", options))
        return fieldsets


def in_form(name, code):
    return f"{name}_{code.replace('-', '_')}"


def form_with_translations(model, base):
    fields = {
        in_form(name, code): field_for(model._meta.get_field(name), code)
        for code, _ in other_languages()
        for name in model.TRANSLATED
    }
    return type(base.__name__, (TranslatedForm, base), fields)


def field_for(field, code):
    """A field for the same text in another language."""
    is_long = isinstance(field, models.TextField)
    attrs = {"lang": code, "dir": "auto"}
    widget = AdminTextareaWidget(attrs | {"rows": 4}) if is_long else AdminTextInputWidget(attrs)
    return LinesField(
        label=field.verbose_name.capitalize(),
        required=False,
        max_length=field.max_length,
        widget=widget,
    )
