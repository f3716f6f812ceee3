"""Where a submission goes, and why: decided from the rules, the place and the structure of the day.

Nothing here asks the database. The reasons are keys and values, frozen with the referral and put
into words by `engagement.explanation`.
"""

from dataclasses import dataclass
from enum import StrEnum

from engagement.models import RoutingRule
from governance.on_day import BodyOnDay

TRIAGE_BODY = "centre-of-excellence"
FORMAT = 2  # of the frozen reasons

PLACE = RoutingRule.Destination.PLACE
TRIAGE = RoutingRule.Destination.TRIAGE


class Outcome(StrEnum):
    ROUTED = "routed"
    ASK = "ask"
    TRIAGE = "triage"
    QUARANTINE = "quarantine"


@dataclass(frozen=True)
class Route:
    """The body that is to answer, the bodies that are to know, and because of what.

    Without a lead it goes to the engagement team itself.
    """

    outcome: Outcome
    lead: BodyOnDay | None
    rule: RoutingRule | None
    copies: tuple[BodyOnDay, ...]
    because: dict


def decide(
    *, topic, about, kind, where, rules, structure, receivers=None, language="en", held=False
):
    """The first rule that fits decides; `rules` are those in force, in their order.

    `receivers` are the primary keys of the bodies that somebody would read a message for; without
    it the rules alone are judged. The Centre of Excellence can always receive: the engagement team
    acts for it. What is `held` as it looks like spam goes to nobody before it is released.
    """
    if held:
        return quarantined(where)
    locality = where.locality
    asked = {
        "topic": topic,
        "about": about,
        "kind": kind,
        "locality": locality,
        "language": language,
    }
    unmet = [(rule, rule.unmet(**asked)) for rule in rules]
    rule = next((rule for rule, missing in unmet if not missing), None)
    committee = locality and structure.committee_of(locality)

    outcome, lead, refused = led_by(rule, committee, where, structure, receivers)
    lead = lead or structure.body_with_slug(TRIAGE_BODY)
    of_place, place_refused = None, None
    if locality:
        of_place, place_refused = able_to_receive(committee, structure, receivers)
    of_rule, rule_refused = copy_of_rule(rule, outcome, structure, receivers)
    copies = tuple(body for body in dict.fromkeys([of_place, of_rule]) if body and body != lead)
    return Route(
        outcome,
        lead,
        rule,
        copies,
        because={
            "format": FORMAT,
            "outcome": outcome.value,
            "rule": rule and frozen_name(rule) | {"destination": rule.destination},
            "place": where.facts,
            "refused": refused,
            "lost": lost_to(rule, unmet),
            "lead": lead and named(lead),
            "copies": [named(body) for body in copies],
            "copy_refused": place_refused if place_refused != refused else None,
            # Of the copies, the one that the place does not ask for.
            "copy_of_rule": named(of_rule) if of_rule in copies and of_rule != of_place else None,
            "copy_of_rule_refused": rule_refused,
            # The committee of another locality, which follows the one that this one had.
            "follows": named(committee) if committee and committee.locality != locality else None,
        },
    )


def led_by(rule, committee, where, structure, receivers):
    """What a rule leads to: the outcome, the body that is to answer, and why another cannot.

    Without a body it is for the engagement team to find one.
    """
    if rule is None:
        return Outcome.TRIAGE, None, None
    if rule.destination == PLACE and where.locality is None:
        return Outcome.ASK if where.can_be_asked else Outcome.TRIAGE, None, None
    intended = committee if rule.destination == PLACE else rule.body
    lead, refused = able_to_receive(intended, structure, receivers)
    is_routed = lead and rule.destination != TRIAGE
    return Outcome.ROUTED if is_routed else Outcome.TRIAGE, lead, refused


def copy_of_rule(rule, outcome, structure, receivers):
    """The body that a rule gives a copy to, or who follows it; or None, and why it has none."""
    if rule is None or rule.copy_to_id is None or outcome == Outcome.ASK:
        return None, None
    holder = structure.holder_of(rule.copy_to_id)
    return able_to_receive(holder or rule.copy_to, structure, receivers)


def quarantined(where):
    because = {
        "format": FORMAT,
        "outcome": Outcome.QUARANTINE.value,
        "rule": None,
        "place": where.facts,
        "refused": None,
        "lead": None,
        "copies": [],
        "copy_refused": None,
    }
    return Route(Outcome.QUARANTINE, lead=None, rule=None, copies=(), because=because)


def lost_to(winner, unmet):
    """The rules that came near and lost, each with why, and how many were about something else.

    Near comes one that fits too but stands later, or that asks for one thing more.
    """
    near, others = [], 0
    for rule, missing in unmet:
        if rule is winner:
            continue
        if not missing:
            near.append(frozen_name(rule) | {"why": "later"})
        elif len(missing) == 1 and len(rule.conditions) > 1:
            near.append(frozen_name(rule) | {"why": missing[0]})
        else:
            others += 1
    return {"near": near, "others": others}


def able_to_receive(body, structure, receivers):
    """The body as it is on the day, or None and why it cannot have the message."""
    if body is None:
        return None, {"why": "no-committee", "body": None}
    on_day = structure.body(body)
    if on_day is None:
        return None, {"why": "closed", "body": named(body)}
    if body.slug != TRIAGE_BODY and receivers is not None and on_day.pk not in receivers:
        return None, {"why": "nobody", "body": named(on_day)}
    return on_day, None


def frozen_name(row):
    """The name of a rule or a topic as it is now, with its translations if it has any."""
    names = row.in_every_language("name")
    return {"name": row.name} | ({"names": names} if names else {})


def named(body):
    return {"slug": body.slug, "name": body.name or body.slug}
