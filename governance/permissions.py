"""Who may do what. `can_…` answers, `check_can_…` refuses.

Standing comes from the seats someone holds today and from two groups; nothing else gives any. Who
sits on a body stands in for the closed ones that it follows.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from governance.models import (
    Decision,
    MeetingPaper,
    Membership,
    Seat,
    Strategy,
    TermsOfReference,
)
from governance.structure import Structure, structure_of, structure_on
from governance.workflow import Move
from localities.dated import in_force
from localities.kept_query import KeptQuery

ENGAGEMENT_TEAM = "Engagement team"
GOVERNANCE_ADMINISTRATORS = "Governance administrators"

# The kind of body for which the engagement team works: it sits there without a seat.
ENGAGEMENT_KIND = "centre-of-excellence"


@dataclass(frozen=True)
class Standing:
    """What one person may act for on one day: bodies by primary key, and the groups."""

    day: date
    person: int | None = None
    is_signed_in: bool = False
    sits_on: frozenset[int] = frozenset()
    officer_of: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()
    is_superuser: bool = False
    # That of the day, where it was asked for them: so that a page need not ask once more.
    structure: Structure | None = field(default=None, repr=False, compare=False)

    @property
    def is_engagement_team(self):
        return self.is_superuser or ENGAGEMENT_TEAM in self.groups

    @property
    def is_governance_administrator(self):
        return self.is_superuser or GOVERNANCE_ADMINISTRATORS in self.groups

    @property
    def edits_what_is_published(self):
        """Whether they write what the public reads, and so see it before it does."""
        return self.is_engagement_team or self.is_governance_administrator


ANYONE = Standing(date.min)  # whoever has not signed in


def standing_of(person, day=None):
    """The standing of a person today, or on another day, read afresh.

    It takes two queries, and for who sits somewhere a third, for the structure of the day.
    """
    day = day or timezone.localdate()
    if not person.is_authenticated or not person.is_active:
        return Standing(day)
    seats = seats_held(person.pk, day)
    groups = frozenset(group.name for group in groups_held(person=person.pk))
    structure = structure_on(day) if seats or ENGAGEMENT_TEAM in groups else None
    return standing_by(person, day, seats, groups, structure)


def standing_at_hand(person, kept):
    """The standing of a person today, for a page that has just asked for the record's version.

    Seats are part of the structure, and so are asked for once a version; the groups come with the
    person. No deed relies on it.
    """
    day = timezone.localdate()
    groups = getattr(person, "group_names", None)
    if kept is None or groups is None:
        return standing_of(person, day)
    seats = seats_held_at(kept.version, person.pk, day)
    structure = structure_of(kept, day) if seats or ENGAGEMENT_TEAM in groups else None
    return standing_by(person, day, seats, groups, structure)


def seats_held(person, day):
    """The seats of someone on a day: for each its body and role."""
    return tuple(memberships_held(person=person, day=day))


@KeptQuery
def memberships_held(person, day):
    held = Membership.objects.filter(
        in_force(day), in_force(day, "seat"), in_force(day, "seat__body"), person=person
    )
    return held.values_list("seat__body_id", "seat__role", named=True)


@KeptQuery
def groups_held(person):
    return Group.objects.filter(user=person).values_list("name", named=True)


@lru_cache(maxsize=1024)
def seats_held_at(version, person, day):
    return seats_held(person, day)


def standing_by(person, day, seats, groups, structure):
    sits_on = {body for body, _ in seats}
    if ENGAGEMENT_TEAM in groups:
        sits_on |= {body.pk for body in structure.bodies if body.kind == ENGAGEMENT_KIND}
    return Standing(
        day=day,
        person=person.pk,
        is_signed_in=True,
        sits_on=with_those_followed(sits_on, structure),
        officer_of=with_those_followed(
            {body for body, role in seats if role in Seat.OFFICER_ROLES}, structure
        ),
        groups=groups,
        is_superuser=person.is_superuser,
        structure=structure,
    )


def with_those_followed(bodies, structure):
    """These bodies, and the closed ones that they follow."""
    return frozenset(bodies).union(*(structure.followed_by(body) for body in bodies))


def can_sit_for(person, body):
    return body.pk in standing_of(person).sits_on


def check_can_sit_for(person, body):
    if not can_sit_for(person, body):
        raise PermissionDenied(f"Only those who sit on {body} may do this.")


def bodies_to_raise_for(standing):
    """The bodies for which someone may raise a matter today, in the order of the structure."""
    bodies = standing.structure.bodies if standing.sits_on else ()
    return [body for body in bodies if body.pk in standing.sits_on]


def can_raise_for(standing, body):
    """Whoever sits on a body carries up what it cannot settle; of one that is closed, nobody does.

    What it had left to settle, the body that follows it carries up.
    """
    return body.pk in {each.pk for each in bodies_to_raise_for(standing)}


def check_can_raise_for(standing, body):
    if not can_raise_for(standing, body):
        raise PermissionDenied(
            f"Only those who sit on {body} may raise a matter for it, while it is there."
        )


def can_keep_record_of(standing, body_id):
    """Its officers keep a body's meetings, papers, decisions and measures; administrators may too.

    An officer is its chair, deputy chair or secretary.
    """
    return standing.is_governance_administrator or body_id in standing.officer_of


def check_can_keep_record_of(person, body):
    if not can_keep_record_of(standing_of(person), body.pk):
        raise PermissionDenied(
            f"Only the officers of {body} or a governance administrator may do this."
        )


def can_read_pack(standing, meeting):
    """Those who sit on the body that meets, and governance administrators."""
    return standing.is_governance_administrator or meeting.body_id in standing.sits_on


def documents_open_to(standing):
    """The condition that a document may be read: public, or of a body one sits on.

    The files of matters are none of them: who may see the matter gets those at its own address.
    """
    theirs = Q(matter_file__isnull=True)
    if standing.is_governance_administrator:
        return theirs
    readable = Q(is_public=True)
    if standing.sits_on:  # else the database looks through the papers of no body
        for model, body in (
            (TermsOfReference, "body"),
            (Strategy, "body"),
            (MeetingPaper, "meeting__body"),
        ):
            its = model.objects.filter(document=OuterRef("pk")).order_by()
            # Looked up for each document: joined, the database reads all there are of all bodies.
            readable |= Exists(its.filter(**{f"{body}__in": standing.sits_on}))
    return theirs & readable


# --- Escalations: `matter` is a governance.matter.Matter ------------------------------------------


def can_see_escalation(standing, matter):
    """Those who sit on a body of its way or one that is consulted, and governance administrators.

    What was never raised is its author's, and the raising body's officers'.
    """
    if not matter.was_raised:
        return standing.is_signed_in and (
            matter.raised_by_id == standing.person or matter.raising_body.pk in standing.officer_of
        )
    return standing.is_governance_administrator or not standing.sits_on.isdisjoint(matter.concerns)


OF_WHO_RAISES = {Move.EDIT, Move.RAISE, Move.WITHDRAW}
OF_ADMINISTRATORS = {Move.OUT_OF_LINE, Move.REFUSE_OUT_OF_LINE, Move.REBASE}
OF_ALL_WHO_SEE_IT = {Move.COMMENT, Move.ATTACH, Move.DETACH}


def bodies_that_may(move, matter):
    """The bodies whose officers may make a move; of some moves everyone who sits on them."""
    if move in OF_ALL_WHO_SEE_IT and matter.was_raised:
        return matter.voices
    if move in OF_WHO_RAISES | OF_ALL_WHO_SEE_IT:
        return [matter.raising_body]
    if move == Move.REOPEN:
        return [matter.raising_body, matter.acting_body]
    return [matter.acting_body]


def can_make(move, standing, matter):
    """Officers of the bodies above; and whoever raises a matter, while they sit on its body.

    Who sits on a body of its way, or one that is consulted, may say something and add files. What
    no line carries needs a governance administrator.
    """
    if move in OF_ADMINISTRATORS:
        return standing.is_governance_administrator
    if move == Move.DETACH and matter.was_raised and standing.is_governance_administrator:
        return True
    bodies = {body.pk for body in bodies_that_may(move, matter)}
    if move in OF_ALL_WHO_SEE_IT and matter.was_raised:
        return not bodies.isdisjoint(standing.sits_on)
    if not bodies.isdisjoint(standing.officer_of):
        return True
    return (
        move in OF_WHO_RAISES | OF_ALL_WHO_SEE_IT
        and matter.raised_by_id == standing.person
        and matter.raising_body.pk in standing.sits_on
    )


def can_take_away(standing, matter, file):
    """Who added a file to a matter; of a draft, whoever may edit it; and administrators."""
    if not matter.was_raised:
        return can_make(Move.DETACH, standing, matter)
    return standing.is_governance_administrator or file.added_by_id == standing.person


def check_can_take_away(standing, matter, file):
    if not can_take_away(standing, matter, file):
        raise PermissionDenied("Only who added a file or a governance administrator may do this.")


def check_can_see_escalation(standing, matter):
    if not can_see_escalation(standing, matter):
        raise PermissionDenied("This matter lies before other bodies than yours.")


def check_can_make(move, standing, matter):
    if not can_make(move, standing, matter):
        if move in OF_ADMINISTRATORS:
            raise PermissionDenied("Only governance administrators may do this.")
        bodies = " or of ".join(dict.fromkeys(map(str, bodies_that_may(move, matter))))
        raise PermissionDenied(
            f"Only the chair, deputy chair or secretary of {bodies} may do this."
        )


def check_can_settle_with(person, decision):
    """A matter says what settles it, so that is for who may know it."""
    if not Decision.objects.known_to(standing_of(person)).filter(pk=decision.pk).exists():
        raise PermissionDenied("This decision settles a matter that lies before other bodies.")


def can_finish(standing, action_point):
    """To whom an action falls, the officers of its body, and those of the body that decided it."""
    bodies = {action_point.body_id, action_point.decision.body_id}
    return (
        standing.is_governance_administrator
        or action_point.person_id == standing.person
        or not bodies.isdisjoint(standing.officer_of)
    )


def check_can_finish(person, action_point):
    if not can_finish(standing_of(person), action_point):
        raise PermissionDenied("Only those to whom it falls or whose body decided it may do this.")


def can_move_due_day(standing, action_point):
    """The officers of the body that decided it: whoever owes something does not set its day."""
    return (
        standing.is_governance_administrator or action_point.decision.body_id in standing.officer_of
    )


def check_can_move_due_day(person, action_point):
    if not can_move_due_day(standing_of(person), action_point):
        raise PermissionDenied("Only the officers of the body that decided it may move its day.")


def can_edit_structure(person):
    return standing_of(person).is_governance_administrator


def check_can_edit_structure(person):
    if not can_edit_structure(person):
        raise PermissionDenied("Only governance administrators may change the structure.")
