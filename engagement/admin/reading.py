"""What messages are read by: phrases, clues, and the families of words that phrases name."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import Truncator

from engagement.admin.base import EngagementAdmin
from engagement.models import Clue, Phrase, WordFamily


@admin.register(Phrase)
class PhraseAdmin(EngagementAdmin):
    list_display = ["text", "sign", "topic", "weight", "language", "is_used"]
    list_filter = ["sign", "topic", "language", "is_used"]
    list_select_related = ["topic"]
    search_fields = ["text"]
    search_help_text = "Part of a phrase, such as “ambulance”"
    fieldsets = [
        (None, {"fields": ["text", "language"]}),
        ("What it is a sign of", {"fields": [("sign", "topic"), "weight", "is_used"]}),
    ]


@admin.register(Clue)
class ClueAdmin(EngagementAdmin):
    """What is edited here is the team’s from then on: learning anew leaves it as it is."""

    list_display = ["text", "to", "weight", "is_used", "is_learned"]
    list_filter = ["topic", "is_used", "is_learned"]
    list_select_related = ["topic"]
    search_fields = ["text"]
    search_help_text = "Part of a clue, such as “ambulance”"
    fields = ["text", "topic", "weight", "is_used"]

    @admin.display(description="to", ordering="topic")
    def to(self, clue):
        return clue.topic or "It may be urgent"

    def save_model(self, request, obj, form, change):
        obj.is_learned = False
        super().save_model(request, obj, form, change)


@admin.register(WordFamily)
class WordFamilyAdmin(EngagementAdmin):
    list_display = ["name", "some_words"]
    search_fields = ["name", "words"]
    search_help_text = "Part of a name or of a word, such as “ambulance”"
    readonly_fields = ["used_by"]
    fieldsets = [
        (None, {"fields": ["name", "words"]}),
        ("Phrases that use it", {"fields": ["used_by"]}),
    ]

    @admin.display(description="words")
    def some_words(self, family):
        return Truncator(family.words).chars(120)

    @admin.display(description="phrases")
    def used_by(self, family):
        phrases = family.phrases().select_related("topic")
        rows = (
            (
                reverse("admin:engagement_phrase_change", args=[phrase.pk]),
                phrase.text,
                phrase.topic or phrase.get_sign_display(),
                phrase.weight,
            )
            for phrase in phrases
        )
        row = "<div><a href='{}'>{}</a> ({}, weight {})</div>"
        return format_html_join("", row, rows) or "None yet"

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.phrases().exists())
