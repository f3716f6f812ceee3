"""Where a message would go if it were sent now: the rules, the place and the structure of today."""

from dataclasses import dataclass

from django.utils import timezone

from engagement.catalogue import catalogue_today
from engagement.routing import Route, decide
from engagement.whereabouts import Whereabouts, settle
from governance.models import Body
from governance.working_days import Calendar


@dataclass(frozen=True)
class Judged:
    where: Whereabouts
    route: Route
    receivers: dict[int, Body]
    calendar: Calendar


def judge(answers, catalogue=None):
    """`answers` are those of the form: topic, about, kind, place, and the nearest if we asked."""
    today = timezone.localdate()
    catalogue = catalogue or catalogue_today()
    where = settle(answers["place"], answers["nearest"], today)
    route = decide(
        topic=answers["topic"],
        about=answers["about"],
        kind=answers["kind"],
        where=where,
        rules=catalogue.rules_on(today),
        structure=catalogue.structure,
        receivers=catalogue.receivers.keys(),
    )
    return Judged(where, route, catalogue.receivers, catalogue.structure.calendar)
