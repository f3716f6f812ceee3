"""Topics, and the rules by which a message goes to a body, rehearsed before they are saved."""

from django.contrib import admin
from django.db.models import Prefetch
from django.template.response import TemplateResponse
from django.utils import timezone

from engagement.admin.base import EngagementAdmin
from engagement.catalogue import catalogue_today
from engagement.faults import body_is_missing, copy_is_missing, rules_with_bodies
from engagement.models import RoutingRule, Submission, Topic
from engagement.replay import replay
from governance.admin.base import KnowsBodies
from governance.admin.translated import TranslatedAdmin
from governance.models import Body
from governance.structure import structure_on


@admin.register(Topic)
class TopicAdmin(EngagementAdmin, TranslatedAdmin):
    list_display = ["name", "slug", "hint", "order", "is_offered"]
    list_filter = ["is_offered"]
    search_fields = ["name", "slug", "hint"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # it stands in published data


@admin.register(RoutingRule)
class RoutingRuleAdmin(KnowsBodies, EngagementAdmin, TranslatedAdmin):
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
        ("Where it goes", {"fields": [("destination", "body"), "copy_to"]}),
        ("When", {"fields": [("start_date", "end_date")]}),
    ]  # fmt: skip

    def get_queryset(self, request):
        return (
            super().get_queryset(request).prefetch_related(Prefetch("body", Body.objects.named()))
        )

    def delete_model(self, request, obj):
        # Its referrals lose it. Whoever changes these has their message first, then the structure.
        theirs = Submission.objects.filter(pk__in=obj.referrals.order_by().values("submission"))
        list(theirs.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        super().delete_model(request, obj)

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
        [with_bodies] = rules_with_bodies([changed])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "rule": changed,
            "title": "What this would have done",
            "fault": body_is_missing(with_bodies, today),
            "fault_of_copy": copy_is_missing(with_bodies, structure_on(day)),
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
