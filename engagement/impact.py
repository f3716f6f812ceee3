"""What of residents' messages rests on a body that closes, and what becomes of it.

`engagement.apps` registers these parts with `governance.impact` at the start.
"""

from django.db.models import Count
from django.utils import timezone

from engagement.models import Activity, Idea, Referral, RoutingRule, Theme
from engagement.receivers import receivers_on
from engagement.routing import PLACE
from engagement.workflow import OPEN_IDEAS
from governance.actions.structure import save, structure_edited
from governance.impact import ENDS, GOES, LEFT, ONE_DAY, Item, Part, before_nobody, earliest
from governance.names import names_of
from governance.structure import structure_on
from governance.telling import capital, with_article
from localities.dated import overlapping
from localities.day_field import in_words
from localities.history import signed
from localities.models import Locality

RULE_FIELDS = [field for field in RoutingRule._meta.concrete_fields if not field.primary_key]


class Referrals(Part):
    key = "referrals"
    order = 20
    title = "Residents’ messages"
    explanation = (
        "A message before a body lies before the one that follows it from its first day on, with "
        "the clock that runs already. The receipt says so to the resident."
    )

    def rest_on(self, closing):
        leads = Referral.objects.filter(is_open=True, body__in=closing.bodies)
        leads = leads.select_related("submission").defer("submission__message", "reason")
        becomes = {LEFT: "No body follows: the engagement team has it."}
        if closing.successor:
            becomes = {GOES: capital(f"{closing.follower} has it.")}
        return [
            Item(f"referral-{lead.pk}", described(lead), becomes)
            for lead in leads.order_by("answer_by", "pk")
        ]

    def without_holder(self, day):
        structure, receiving = structure_on(day), receivers_on(day).keys()
        held = Referral.objects.filter(is_open=True, body__isnull=False).order_by()
        held = dict(held.values_list("body").annotate(Count("pk")))
        return before_nobody(held, "open message", structure, receiving)


class Rules(Part):
    key = "rules"
    order = 30
    title = "Rules that route messages"
    explanation = (
        "A rule ends with the body it names. The one that takes its place begins the day after, "
        "for the body that follows."
    )
    dated = (RoutingRule,)

    def rest_on(self, closing):
        rules = RoutingRule.objects.filter(
            overlapping(closing.from_day, None), body=closing.body
        ).order_by("order", "pk")
        becomes = {ENDS: "It ends: the next rule that fits decides."}
        if closing.successor:
            goes = f"It names {closing.follower} from {in_words(closing.from_day)}."
            becomes = {GOES: goes} | becomes
        items = [
            Item(
                f"rule-{rule.pk}",
                f"Because {rule.name}",
                becomes,
                needs_reason=frozenset({ENDS}),
                row=rule,
            )
            for rule in rules
        ]
        return items + self._places(closing) + self._copies(closing)

    def _places(self, closing):
        """The localities whose messages the body has as their committee."""
        by_place = RoutingRule.objects.filter(
            overlapping(closing.from_day, None), destination=PLACE
        )
        if closing.body.locality_id is None or not by_place.exists():
            return []
        becomes = {LEFT: "No committee follows: they go to triage."}
        if closing.successor:
            becomes = {GOES: capital(f"{closing.follower} has them.")}
        what = f"Messages about the {closing.body.locality}, and copies of them"
        return [Item(f"place-{closing.body.locality_id}", what, becomes)]

    def _copies(self, closing):
        """The rules that give the body a copy, which names it still when another one follows."""
        becomes = {LEFT: "No body follows: nobody gets these copies."}
        if closing.successor:
            becomes = {GOES: capital(f"{closing.follower} gets them.")}
        rules = RoutingRule.objects.filter(
            overlapping(closing.from_day, None), copy_to__in=closing.bodies
        )
        return [
            Item(f"copy-{rule.pk}", f"Copies of messages because {rule.name}", becomes)
            for rule in rules.order_by("order", "pk")
        ]

    def hand_over(self, closing, item, *, by, reason):
        rule = item.row
        if rule is None:
            return
        says = {field.attname: getattr(rule, field.attname) for field in RULE_FIELDS}
        if rule.start_date and rule.start_date > closing.last_day:
            signed(rule, by, reason).delete()
        else:
            rule.end_date = closing.last_day
            save(rule, by, reason)
        if item.choice == GOES:
            for body, start, end in terms_of(closing, says["start_date"], says["end_date"]):
                dates = {"start_date": start, "end_date": end}
                save(RoutingRule(**says | dates | {"body_id": body.pk}), by, reason)
        structure_edited(work_stays=True)

    def without_holder(self, day):
        structure, receiving = structure_on(day), receivers_on(day).keys()
        rules = list(RoutingRule.objects.on(day))
        names = names_of({rule.body_id for rule in rules if rule.body_id})
        without = {}
        for rule in rules:
            if rule.body_id and rule.body_id not in receiving:
                why = "has nobody to receive it" if structure.body(rule.body_id) else "has closed"
                without[f"rule-{rule.pk}"] = (
                    f"the rule “because {rule.name}” names {with_article(names[rule.body_id])}, "
                    f"which {why}."
                )
        if any(rule.destination == PLACE for rule in rules):
            for locality in Locality.objects.all():
                committee = structure.committee_of(locality.pk)
                if committee is None or committee.pk not in receiving:
                    without[f"place-{locality.pk}"] = (
                        f"no committee can receive messages about the {locality}."
                    )
        return without


class Involvement(Part):
    key = "involvement"
    order = 40
    title = "Activities, residents’ ideas and themes"
    explanation = (
        "Who follows a body holds its activities, with those who have signed up, and goes on with "
        "the ideas it has taken up and the open themes it looks into."
    )

    def rest_on(self, closing):
        becomes = {LEFT: "No body follows: the engagement team has it."}
        if closing.successor:
            becomes = {GOES: capital(f"{closing.follower} has it.")}
        activities = Activity.objects.filter(
            owner__in=closing.bodies, starts_at__date__gt=closing.last_day, is_cancelled=False
        )
        ideas = Idea.objects.filter(body__in=closing.bodies, status__in=OPEN_IDEAS)
        themes = Theme.objects.filter(lead_body__in=closing.bodies, closed_on=None)
        return [
            *(
                Item(f"activity-{row.pk}", f"{row.title}, {in_words(on_day(row))}", becomes)
                for row in activities.order_by("starts_at", "pk")
            ),
            *(
                Item(f"idea-{row.pk}", f"The idea “{row.title}”", becomes)
                for row in ideas.order_by("pk")
            ),
            *(
                Item(f"theme-{row.pk}", f"The theme “{row.title}”", becomes)
                for row in themes.order_by("pk")
            ),
        ]


def on_day(activity):
    return timezone.localdate(activity.starts_at)


def terms_of(closing, start_date, end_date):
    """Who follows from which day to which: one body, or where that is to close too, several."""
    body, seen = closing.successor, set()
    start = max(filter(None, (start_date, closing.from_day)))
    while body is not None and body.pk not in seen:
        seen.add(body.pk)
        if not body.has_ended_by(start):
            yield body, start, earliest(end_date, body.end_date)
            if body.end_date is None or (end_date and end_date <= body.end_date):
                return
            start = body.end_date + ONE_DAY
        body = body.successor


def described(lead):
    """A message by its reference and its days, never its words."""
    sent = timezone.localdate(lead.submission.received_at)
    due = f", due on {in_words(lead.answer_by)}" if lead.answer_by else ""
    return f"{lead.submission.reference}, sent on {in_words(sent)}{due}"
