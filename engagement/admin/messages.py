"""Topics, rules and signposts in the admin; what residents sent can be looked up, not changed.

Governance administrators mend the structure and the rules, for which they need the facts of a
message, not its words. The words are not in the admin at all, nor is how to reach a resident: they
are read on one page, to which the admin leads those of the engagement team.
"""

from django.contrib import admin
from django.db.models import Prefetch
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from engagement.catalogue import catalogue_today
from engagement.models import (
    Clue,
    Erasure,
    Phrase,
    Referral,
    ReferralStep,
    RetentionPeriod,
    RoutingRule,
    Signpost,
    Submission,
    Theme,
    Topic,
    WordFamily,
)
from engagement.permissions import can_see_messages
from engagement.replay import replay
from governance import record
from governance.actions.structure import structure_edited
from governance.admin.base import FirstPages
from governance.admin.translated import TranslatedAdmin
from governance.models import Body
from governance.structure import structure_on
from localities.admin_base import AskedAsOffered, LookedAt, ReasonedAdmin, VersionedAdmin


class AsksOnce:
    """A list asks for the version of the record once, and so need not ask for anyone's seats."""

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST":
            return super().changelist_view(request, extra_context)
        with record.asked_once():
            return super().changelist_view(request, extra_context)


class EngagementAdmin(AsksOnce, ReasonedAdmin):
    """Edited by the engagement team and by governance administrators.

    Every edit gives the record of the structure a new version, by which processes know that what
    they hold in memory is old.
    """

    def may(self, request):
        standing = request.standing
        return standing.is_engagement_team or standing.is_governance_administrator

    def has_module_permission(self, request):
        return self.may(request)

    def has_view_permission(self, request, obj=None):
        return self.may(request)

    def has_add_permission(self, request):
        return self.may(request)

    def has_change_permission(self, request, obj=None):
        return self.may(request)

    def has_delete_permission(self, request, obj=None):
        return self.may(request)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        structure_edited()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        structure_edited()


@admin.register(Topic)
class TopicAdmin(EngagementAdmin, TranslatedAdmin):
    list_display = ["name", "slug", "hint", "order", "is_offered"]
    list_filter = ["is_offered"]
    search_fields = ["name", "slug", "hint"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # it stands in published data


@admin.register(RoutingRule)
class RoutingRuleAdmin(EngagementAdmin, TranslatedAdmin):
    delete_confirmation_template = "admin/engagement/rule_delete_confirmation.html"
    list_display = [
        "order",
        "name",
        "topic",
        "about",
        "kind",
        "locality",
        "destination",
        "body",
        "start_date",
        "end_date",
    ]
    list_display_links = ["name"]
    list_filter = ["destination", "topic", "locality"]
    list_select_related = ["topic", "locality"]
    search_fields = ["name", "topic__name", "body__names__name"]
    fieldsets = [
        (None, {"fields": ["name", "order"]}),
        ("What it fits; what is left empty may be anything", {
            "fields": [("topic", "about"), ("kind", "locality"), "language"],
        }),
        ("Where it goes", {"fields": [("destination", "body")]}),
        ("When", {"fields": [("start_date", "end_date")]}),
    ]  # fmt: skip

    def get_queryset(self, request):
        return (
            super().get_queryset(request).prefetch_related(Prefetch("body", Body.objects.named()))
        )

    def formfield_for_foreignkey(self, db_field, request, **options):
        if db_field.name == "body":
            options["queryset"] = Body.objects.named()
        return super().formfield_for_foreignkey(db_field, request, **options)

    # --- Rehearsing -------------------------------------------------------------------------------

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Before a rule is saved, say what it would have done with the last 90 days."""
        if request.method == "POST" and "_rehearsed" not in request.POST and self.may(request):
            rule = self.get_object(request, object_id) if object_id else None
            if rule is not None or not object_id:
                form = self.get_form(request, rule, change=rule is not None)(
                    request.POST, instance=rule
                )
                if form.is_valid():
                    return self.rehearsal_page(request, form.save(commit=False))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def rehearsal_page(self, request, changed):
        today = timezone.localdate()
        day = max(today, changed.start_date or today)
        catalogue = catalogue_today()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "rule": changed,
            "title": "What this would have done",
            "day": day,
            "today": today,
            "replayed": replay(
                catalogue.rules_on(day), rules_with(changed, day), structure_on(day), today
            ),
            "posted": [
                (name, value)
                for name, values in request.POST.lists()
                for value in values
                if name not in {"csrfmiddlewaretoken", "_rehearsed"}
            ],
        }
        return TemplateResponse(request, "admin/engagement/rule_rehearsal.html", context)

    def delete_view(self, request, object_id, extra_context=None):
        rule = self.get_object(request, object_id)
        if rule is not None and self.may(request):
            today = timezone.localdate()
            rules = catalogue_today().rules_on(today)
            left = tuple(each for each in rules if each.pk != rule.pk)
            replayed = replay(rules, left, structure_on(today), today)
            extra_context = (extra_context or {}) | {"replayed": replayed, "today": today}
        return super().delete_view(request, object_id, extra_context)


def rules_with(changed, day):
    """The rules of a day as they are to be, in their order."""
    others = [rule for rule in catalogue_today().rules if rule.pk != changed.pk]
    rules = [rule for rule in [*others, changed] if rule.is_in_force_on(day)]
    # A new rule stands after those of its number, as it will once it has a key.
    return sorted(rules, key=lambda rule: (rule.order, rule.pk or float("inf")))


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


@admin.register(Signpost)
class SignpostAdmin(EngagementAdmin, TranslatedAdmin):
    list_display = ["title", "group", "phone", "url", "checked_on", "is_shown", "order"]
    list_filter = ["group", "is_shown"]
    search_fields = ["title", "text", "phone"]


@admin.register(RetentionPeriod)
class RetentionPeriodAdmin(EngagementAdmin):
    """There is a period for each thing that is kept: they are changed, not added or removed."""

    list_display = ["slug", "months", "starts", "source_title"]
    readonly_fields = ["slug"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnly(LookedAt, AsksOnce, AskedAsOffered):
    """Looked at by the same people, and changed by the deeds alone."""

    paginator = FirstPages

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        standing = request.standing
        return standing.is_engagement_team or standing.is_governance_administrator


class ReferralInline(ReadOnly, admin.TabularInline):
    model = Referral
    fields = ["body", "role", "status", "referred_at", "acknowledge_by", "answer_by"]
    extra = 0
    show_change_link = True

    def get_queryset(self, request):
        named = Prefetch("body", Body.objects.named())
        return super().get_queryset(request).prefetch_related(named)


@admin.register(Submission)
class SubmissionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["reference", "topic", "kind", "locality", "status", "received_on"]
    list_filter = ["status", "topic", "locality", "kind"]
    list_select_related = ["topic", "locality"]
    search_fields = ["pk"]
    search_help_text = "A whole reference, such as F-2026-000042"
    inlines = [ReferralInline]
    facts = [
        "reference",
        "status",
        "received_at",
        "topic",
        "kind",
        "about",
        "ward",
        "locality",
        "language",
        "may_publish",
        "is_demonstration",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("message")

    def get_search_results(self, request, queryset, search_term):
        if search_term:  # without one, Django asks too
            queryset = queryset.with_reference(search_term.replace("\x00", ""))
        return queryset, False

    def get_fields(self, request, obj=None):
        return [*self.facts, "page"] if can_see_messages(request.standing) else self.facts

    @admin.display(description="message")
    def page(self, submission):
        """The one page on which a message is read."""
        address = reverse("engagement:staff_submission", args=[submission.reference])
        return format_html('<a href="{}">Read it</a>', address)


class ReferralStepInline(ReadOnly, admin.TabularInline):
    model = ReferralStep
    fields = ["kind", "at", "by"]
    extra = 0


@admin.register(Referral)
class ReferralAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["submission", "body", "role", "status", "answer_by"]
    list_filter = ["role", "status"]
    list_select_related = ["submission"]
    fields = [
        "submission",
        "body",
        "role",
        "status",
        "rule",
        "referred_from",
        "referred_at",
        "clock_started_on",
        "acknowledge_by",
        "answer_by",
    ]
    inlines = [ReferralStepInline]

    def get_queryset(self, request):
        named = Prefetch("body", Body.objects.named())
        found = super().get_queryset(request).prefetch_related(named)
        return found.defer("submission__message", "reason")


@admin.register(Theme)
class ThemeAdmin(ReadOnly, VersionedAdmin):
    """Themes and what was changed in them, to look up; they are worked on among the messages."""

    list_display = ["title", "lead_body", "created_by", "created_at"]
    list_select_related = ["created_by"]
    search_fields = ["title"]
    fields = ["title", "description", "lead_body", "created_by", "created_at"]

    def get_queryset(self, request):
        named = Prefetch("lead_body", Body.objects.named())
        return super().get_queryset(request).prefetch_related(named)


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, admin.ModelAdmin):
    """Who had what removed, and why."""

    list_display = ["submission", "extent", "cause", "by", "at"]
    list_filter = ["extent", "cause"]
    list_select_related = ["submission", "by"]
    fields = ["submission", "extent", "cause", "reason", "by", "at"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("submission__message")
