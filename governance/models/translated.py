from django.conf import settings
from django.db import models
from django.utils.html import format_html
from django.utils.translation import get_language

ENGLISH = "en-GB"  # as HTML writes it


class Translated(models.Model):
    """Something whose texts may stand in other languages beside English.

    Pages show `said`, which marks as English what nobody has translated; `text_of` is the same as
    plain text.
    """

    TRANSLATED = ()  # the names of the fields

    translations = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="By language, then by field.",
    )

    class Meta:
        abstract = True

    def translation_of(self, name):
        """The text in the language of the page, or nothing."""
        return self.translations.get(get_language(), {}).get(name, "")

    def text_of(self, name):
        return self.translation_of(name) or getattr(self, name)

    def in_every_language(self, name):
        """The translations there are of a text, by language."""
        return {code: texts[name] for code, texts in self.translations.items() if texts.get(name)}

    @property
    def said(self):
        return Said(self)

    @property
    def plainly(self):
        """The same without marks, where there is no room for them: `{{ story.plainly.title }}`."""
        return Plainly(self)


class Plainly:
    """The texts of a row in the language of the page, or in English; none is read unasked."""

    def __init__(self, row):
        self.row = row

    def __getitem__(self, name):
        if name not in self.row.TRANSLATED:
            raise KeyError(name)
        return self.row.text_of(name)


class Said:
    """The texts of a row as a page says them: `{{ topic.said.name }}`."""

    def __init__(self, row):
        self.row = row

    def __getitem__(self, name):
        if name not in self.row.TRANSLATED:
            raise KeyError(name)
        text = self.row.text_of(name)
        if text and self.language_of(name):
            return format_html('<span lang="{}">{}</span>', ENGLISH, text)
        return text

    def language_of(self, name):
        """What marks a text that is not in the language of the page."""
        is_english = get_language() in {None, settings.LANGUAGE_CODE}
        return "" if is_english or self.row.translation_of(name) else ENGLISH

    @property
    def marks(self):
        """For each text what marks the element around it: `<div{{ story.said.marks.text }}>`."""
        mark = format_html(' lang="{}"', ENGLISH)
        return {name: mark if self.language_of(name) else "" for name in self.row.TRANSLATED}

    @property
    def blocks(self):
        """Each text there is with what marks its language, for those of several paragraphs."""
        names = [name for name in self.row.TRANSLATED if getattr(self.row, name)]
        return [(self.row.text_of(name), self.language_of(name)) for name in names]
