"""What is wrong with how messages are routed and where residents are sent, as faults of a day.

`engagement.apps` registers these rules with `governance.faults` at the start.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagement.models import RoutingRule, Signpost
from engagement.routing import PLACE
from governance import record
from governance.fault import Fault, Mend, Rule
from governance.models import Body
from governance.names import names_of
from localities.models import Locality

CHECKED_EVERY = 6  # months

# What a rule names, by what its body does on that day.
NAMES_ONE_THAT = {
    "closed": gettext_lazy(
        "The rule “because %(rule)s” names %(body)s on days on which that body closed on %(day)s."
    ),
    "closes": gettext_lazy(
        "The rule “because %(rule)s” names %(body)s on days on which that body closes on %(day)s."
    ),
    "begins": gettext_lazy(
        "The rule “because %(rule)s” names %(body)s on days on which that body begins on %(day)s."
    ),
}


GIVES_A_COPY_TO_NOBODY = gettext_lazy(
    "The rule “because %(rule)s” gives a copy to %(body)s also on days on which neither that body "
    "nor one that follows it is there."
)


@dataclass(frozen=True)
class RuleOnDay:
    """A rule in force, with the days on which the body it names is there; likewise for the one that
    it gives a copy to, which has no last day if another one follows it.
    """

    pk: int
    name: str
    body: int | None
    body_name: str
    begins: date | None
    ends: date | None
    body_begins: date | None
    body_ends: date | None
    copy: int | None = None
    copy_name: str = ""
    copy_begins: date | None = None
    copy_ends: date | None = None


@dataclass(frozen=True)
class RulesOnDay:
    rules: tuple = ()
    places: tuple = ()  # of (code, name) of localities, if a rule sends messages to committees
    place_rule: int | None = None


def read_rules(structure):
    """The rules in force on the day, and those to come, in three queries."""
    day = structure.day
    if structure.known_on is None:
        rules = list(RoutingRule.objects.exclude(end_date__lt=day))
    else:
        known = record.known(RoutingRule, structure.known_on)
        rules = [rule for rule in known if not rule.has_ended_by(day)]
    by_place = [rule for rule in rules if rule.destination == PLACE and rule.is_in_force_on(day)]
    places = tuple(Locality.objects.values_list("code", "name")) if by_place else ()
    return RulesOnDay(
        rules_with_bodies(rules, known_on=structure.known_on),
        places,
        by_place[0].pk if by_place else None,
    )


def rules_with_bodies(rules, known_on=None):
    """The rules in their order, each with the days on which the body it names is there.

    Those are as we know them now, or as they were recorded at a moment.
    """
    pks = {pk for rule in rules for pk in (rule.body_id, rule.copy_to_id) if pk}
    if known_on is None:
        bodies = Body.objects.in_bulk(pks)
    else:
        bodies = {body.pk: body for body in record.known(Body, known_on) if body.pk in pks}
    names = names_of(bodies)
    return tuple(
        RuleOnDay(
            pk=rule.pk,
            name=rule.name,
            body=rule.body_id,
            body_name=names.get(rule.body_id) or _("a body that is gone"),
            begins=rule.start_date,
            ends=rule.end_date,
            body_begins=body.start_date if body else None,
            body_ends=body.end_date if body else None,
            copy=rule.copy_to_id,
            copy_name=names.get(rule.copy_to_id) or _("a body that is gone"),
            copy_begins=copy.start_date if copy else None,
            copy_ends=copy.end_date if copy and not copy.successor_id else None,
        )
        for rule in sorted(rules, key=lambda rule: (rule.order, rule.pk or 0))
        for body, copy in [(bodies.get(rule.body_id), bodies.get(rule.copy_to_id))]
    )


def find_rules_to_closed_bodies(rule, structure, beside):
    """A rule names a body that is not there on some day on which the rule is in force."""
    on_day = beside.read[rule.code]
    for each in on_day.rules:
        sentence = body_is_missing(each, structure.day)
        mend = Mend("engagement.routingrule", each.pk)
        if sentence:
            yield Fault(rule, structure.body(each.body), sentence, mend)
        if sentence := copy_is_missing(each, structure):
            yield Fault(rule, structure.body(each.copy), sentence, mend)
    for code, name in on_day.places:
        if structure.committee_of(code) is None:
            yield Fault(
                rule,
                None,
                _("Messages about the %(locality)s go to its committee, but it has none.")
                % {"locality": name},
                Mend("engagement.routingrule", on_day.place_rule),
            )


def body_is_missing(rule, day):
    """That the body a rule names is not there on some day of the rule; nothing if it always is."""
    if rule.body is None:
        return ""
    if rule.body_ends and (rule.ends is None or rule.ends > rule.body_ends):
        named, its_day = "closed" if rule.body_ends < day else "closes", rule.body_ends
    elif rule.body_begins and (rule.begins is None or rule.begins < rule.body_begins):
        named, its_day = "begins", rule.body_begins
    else:
        return ""
    given = {"rule": rule.name, "body": rule.body_name, "day": date_format(its_day)}
    return NAMES_ONE_THAT[named] % given


def copy_is_missing(rule, structure):
    """That on some day of the rule nobody is there to have its copies; nothing if always is."""
    if rule.copy is None:
        return ""
    day = structure.day
    is_now = (rule.begins is None or rule.begins <= day) and (rule.ends is None or rule.ends >= day)
    is_missing = (
        (rule.copy_ends and (rule.ends is None or rule.ends > rule.copy_ends))
        or (rule.copy_begins and (rule.begins is None or rule.begins < rule.copy_begins))
        or (is_now and structure.holder_of(rule.copy) is None)
    )
    given = {"rule": rule.name, "body": rule.copy_name}
    return GIVES_A_COPY_TO_NOBODY % given if is_missing else ""


def read_signposts(structure):
    if structure.known_on is None:
        return tuple(Signpost.objects.filter(is_shown=True))
    shown = record.known(Signpost, structure.known_on)
    return tuple(signpost for signpost in shown if signpost.is_shown)


def find_old_signposts(rule, structure, beside):
    last = months_before(structure.day, CHECKED_EVERY)
    for signpost in beside.read[rule.code]:
        if signpost.checked_on < last:
            yield Fault(
                rule,
                None,
                _("“%(signpost)s” was last checked on %(day)s.")
                % {"signpost": signpost.title, "day": date_format(signpost.checked_on)},
                Mend("engagement.signpost", signpost.pk),
            )


def months_before(day, months):
    """The same day of an earlier month, or the last there is."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


RULES = (
    Rule(
        "rule-to-closed",
        gettext_lazy("Rules that send messages to bodies that are not there"),
        gettext_lazy(
            "A rule that routes messages names a body that is there as long as the rule is in "
            "force, and each locality has a committee if rules send messages to it."
        ),
        find_rules_to_closed_bodies,
        read_rules,
    ),
    Rule(
        "old-signpost",
        gettext_lazy("Signposts that were not checked for long"),
        gettext_lazy("What residents are told of where to turn is checked every six months."),
        find_old_signposts,
        read_signposts,
    ),
)
