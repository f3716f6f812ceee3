"""Through which of their posts somebody is told of what concerns a body, and who is if not.

The rule is that by which mail is addressed: `governance.outbox.told_among`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from governance.models import Seat
from governance.outbox import has_address, is_away, officers_on, told_among

CHAIR, DEPUTY = Seat.Role.CHAIR, Seat.Role.DEPUTY_CHAIR


@dataclass(frozen=True, slots=True)
class Post:
    """A body whose officer somebody is, with who is told of what concerns it."""

    body: object
    is_told: bool
    is_away: bool
    is_deputy: bool  # and holds no other post there
    has_address: bool  # without one they are told of nothing
    has_chair: bool
    chair_away_until: date | None
    others_told: tuple
    others: int

    @property
    def stands_in(self):
        """Whether they are told in place of the chair."""
        return self.is_told and self.is_deputy and not self.is_away


def posts_of(person, bodies, day):
    """The posts of somebody on these bodies, in one query."""
    held = officers_on(day).filter(seat__body__in=[body.pk for body in bodies])
    officers = defaultdict(list)
    for each in held.select_related("seat", "person__staff_settings").order_by("pk"):
        officers[each.seat.body_id].append(each)
    return [post(person, body, officers[body.pk], day) for body in bodies]


def stand_ins_for(chair, day):
    """The bodies whose chair somebody is, each with the deputies who are told in their place."""
    chaired = officers_on(day).filter(person=chair, seat__role=CHAIR).values("seat__body")
    held = officers_on(day).filter(seat__body__in=chaired).order_by("pk")
    officers = defaultdict(list)
    for each in held.select_related("seat__body", "person__staff_settings"):
        officers[each.seat.body].append(each)
    for body, those in officers.items():
        told = told_among(those, day)
        deputies = [each.person for each in those if each.seat.role == DEPUTY]
        yield body, [each for each in deputies if each in told and not is_away(each, day)]


def post(person, body, officers, day):
    told = told_among(officers, day)
    mine = [each for each in officers if each.person == person]
    chairs = [each.person for each in officers if each.seat.role == CHAIR]
    away = [each.staff_settings.absent_until for each in chairs if is_away(each, day)]
    others = dict.fromkeys(each.person for each in officers if each.person != person)
    return Post(
        body=body,
        is_told=person in told,
        is_away=any(is_away(each.person, day) for each in mine),
        is_deputy=bool(mine) and all(each.seat.role == DEPUTY for each in mine),
        has_address=has_address(person),
        has_chair=bool(chairs),
        chair_away_until=max(away, default=None),
        others_told=tuple(each for each in others if each in told),
        others=len(others),
    )
