"""Who is told of what happened to an escalation. Each mail is an outbox row of the same deed.

Mail goes to posts: the officers a body has that day, and its mailbox; never to whoever acted. It
says who has which matter, where and by when, and nothing of what the matter is about.
"""

from django.urls import reverse

from governance import outbox
from governance.matter import HAPPENED, Kind, Matter, capital, with_article
from governance.models import ClockNotice

# What stands after the reference in the subject.
SUBJECTS = {
    Kind.RAISED: "has been raised to {to}",
    Kind.ACCEPTED: "has been accepted by {by}",
    Kind.PASSED_UP: "has been passed up to {to}",
    Kind.SENT_BACK: "has been sent back to {to} with a question",
    Kind.ANSWERED: "has been answered and is before {to} again",
    Kind.RESOLVED: "has been resolved by {by}",
    Kind.WITHDRAWN: "has been withdrawn by {by}",
    Kind.REOPENED: "has been reopened before {to}",
    Kind.MOVED: "has moved on to {to}",
}


def tell_of_last_step(escalation):
    """Tell the body that has the matter now, and the others it has passed through.

    The holder is asked to act; the others learn where it is, and in the end what came of it.
    """
    matter = Matter(escalation)
    acts = escalation.is_open and matter.last_step.kind != Kind.ACCEPTED
    told = tell(matter, [matter.holder, matter.acting_body], acts=acts)
    tell(matter, matter.path, but_not=told)


def tell(matter, bodies, *, acts=False, but_not=()):
    """Write one mail to each address of these bodies, but for those told; give the addresses."""
    step = matter.last_step
    names = {"by": with_article(step.from_body.name), "to": with_article(step.to_body.name)}
    reference = matter.escalation.reference
    addresses = {
        address
        for body in set(bodies)
        for address in outbox.addresses_of(body, day=matter.today, but_not=step.by)
    }
    outbox.enqueue(
        to=addresses.difference(but_not),
        subject=f"{reference} {SUBJECTS[step.kind].format(**names)}",
        template="governance/emails/escalation.txt",
        context={
            "happened": f"{reference}: {HAPPENED[step.kind].format(**names)}",
            "address": reverse("governance:escalation", args=[reference]),
            "clocks": [clock for clock in matter.clocks() if clock.runs],
            "is_paused": step.kind == Kind.SENT_BACK,
            "acts": acts,
            "who_acts": matter.who_acts if acts and matter.acting_body != matter.holder else "",
        },
    )
    return addresses


def tell_of_overdue(matter, notices):
    """Remind the body that has an overdue matter, or tell bodies above of it. It moves nothing."""
    reference, holder = matter.escalation.reference, with_article(matter.holder.name)
    first = notices[0]
    reminds = first.kind == ClockNotice.Kind.REMINDED
    if reminds:
        bodies = {matter.holder, matter.acting_body}
        subject = f"{reference} is overdue before {holder}"
    else:
        bodies = {notice.body for notice in notices}
        subject = f"{reference} is overdue before {holder}: for you to know"
    outbox.enqueue(
        to={address for body in bodies for address in outbox.addresses_of(body, day=matter.today)},
        subject=subject,
        template="governance/emails/overdue.txt",
        context={
            "reference": reference,
            "holder": capital(holder),
            "do": "acknowledge" if first.clock == "acknowledge" else "answer",
            "due": first.due,
            "clock": next(clock for clock in matter.clocks() if clock.runs),
            "address": reverse("governance:escalation", args=[reference]),
            "reminds": reminds,
            "moves_by_itself": matter.holder.climbs_by_itself,
        },
    )
