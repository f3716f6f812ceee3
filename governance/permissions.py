"""Who may do what. `can_…` answers, `check_can_…` refuses.

Standing comes from the seats someone holds today and from two groups; nothing else gives any.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from governance.models import Membership, Seat
from localities.dated import in_force

ENGAGEMENT_TEAM = "Engagement team"
GOVERNANCE_ADMINISTRATORS = "Governance administrators"


@dataclass(frozen=True)
class Standing:
    """What one person may act for on one day: bodies by primary key, and the groups."""

    day: date
    is_signed_in: bool = False
    sits_on: frozenset[int] = frozenset()
    officer_of: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()
    is_superuser: bool = False

    @property
    def is_engagement_team(self):
        return self.is_superuser or ENGAGEMENT_TEAM in self.groups

    @property
    def is_governance_administrator(self):
        return self.is_superuser or GOVERNANCE_ADMINISTRATORS in self.groups


def standing_of(person, day=None):
    """The standing of a person today, or on another day, read afresh in two queries."""
    day = day or timezone.localdate()
    if not person.is_authenticated or not person.is_active:
        return Standing(day)
    held = Membership.objects.filter(
        in_force(day), in_force(day, "seat"), in_force(day, "seat__body"), person=person
    )
    seats = list(held.values_list("seat__body_id", "seat__role"))
    return Standing(
        day=day,
        is_signed_in=True,
        sits_on=frozenset(body for body, _ in seats),
        officer_of=frozenset(body for body, role in seats if role in Seat.OFFICER_ROLES),
        groups=frozenset(person.groups.values_list("name", flat=True)),
        is_superuser=person.is_superuser,
    )


def can_sit_for(person, body):
    return body.pk in standing_of(person).sits_on


def can_act_for(person, body):
    """Officers act for their body: its chair, deputy chair and secretary."""
    return body.pk in standing_of(person).officer_of


def check_can_sit_for(person, body):
    if not can_sit_for(person, body):
        raise PermissionDenied(f"Only those who sit on {body} may do this.")


def check_can_act_for(person, body):
    if not can_act_for(person, body):
        raise PermissionDenied(f"Only the chair, deputy chair or secretary of {body} may do this.")
