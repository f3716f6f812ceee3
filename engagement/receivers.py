"""Which bodies somebody would read a message for, and who the engagement team is."""

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from engagement.routing import TRIAGE_BODY
from governance.models import Body, Membership, Seat
from governance.outbox import addresses_in, holder_of, officers_of
from governance.permissions import ENGAGEMENT_TEAM
from localities.dated import in_force
from localities.kept_query import either

ACKNOWLEDGE_DAYS, ANSWER_DAYS = 3, 20  # working days, where no body leads that has its own


def days_given(body):
    """In how many working days a message is acknowledged and answered by the body that leads."""
    return {
        "acknowledge_days": body.acknowledge_days if body else ACKNOWLEDGE_DAYS,
        "answer_days": body.answer_days if body else ANSWER_DAYS,
    }


def receivers_on(day):
    """The bodies that can receive on a day, by primary key: a current officer, or a mailbox.

    The Centre of Excellence always can: the engagement team acts for it.
    """
    officers = Membership.objects.filter(
        in_force(day),
        in_force(day, "seat"),
        seat__body=OuterRef("pk"),
        seat__role__in=Seat.OFFICER_ROLES,
        person__is_active=True,
    )
    able = Q(Exists(officers)) | ~Q(mailbox="") | Q(slug=TRIAGE_BODY)
    bodies = Body.objects.on(day).named(day).filter(able)
    bodies = bodies.only(
        "slug", "mailbox", "start_date", "end_date", "acknowledge_days", "answer_days"
    )
    return {body.pk: body for body in bodies}


def people_who_may_answer(body):
    """The officers of the body that has a message today, and the engagement team, by name."""
    return list(who_may_answer(body).order_by("first_name", "last_name", "username"))


def who_may_answer(body):
    people = get_user_model().objects
    may = [people.filter(groups__name=ENGAGEMENT_TEAM)]
    holder = body and holder_of(body)
    if holder is not None:
        may.append(people.filter(memberships__in=officers_of(holder)))
    return people.filter(pk__in=either(may), is_active=True)


def engagement_team_addresses():
    return addresses_in(ENGAGEMENT_TEAM)
