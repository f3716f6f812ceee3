"""Who is told of what happened to an escalation. Each mail is an outbox row of the same deed.

Mail goes to posts: the officers a body has that day, and its mailbox; never to whoever acted. It
says who has which matter, where and by when, and nothing of what the matter is about.
"""

from enum import StrEnum

from django.urls import reverse

from governance import outbox
from governance.matter import Matter
from governance.models import ClockNotice, Escalation
from governance.telling import capital, happened, names_in, with_article
from governance.way import Kind
from localities.day_field import in_words

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
    Kind.CONSULTED: "waits for the view of {consulted}",
    Kind.COMMENTED: "has a comment from {by}",
    Kind.FILE_ADDED: "has a new file",
    Kind.FILE_REMOVED: "has a file fewer",
    Kind.MERGED: "has been merged into {other}",
    Kind.TOOK_IN: "goes on for {other} too",
    Kind.ASKED_OUT: "waits for a governance administrator",
    Kind.REFUSED_OUT: "stays in line: the exception was refused",
    Kind.OUT_OF_LINE: "has been sent to {to}, out of line",
    Kind.REBASED: "follows other lines from today",
    Kind.ACTION_ADDED: "has a new action",
}

# The same when the matter into which it was merged took the step, which may lie elsewhere by then.
WITH_THE_OTHER = {
    Kind.RESOLVED: "has been resolved by {by} with {other}",
    Kind.REOPENED: "has been reopened by {by} with {other}",
}

# Who is told of what the others need not know at once: all else goes to every body of its way.
ASIDES = {Kind.COMMENTED, Kind.FILE_ADDED, Kind.FILE_REMOVED, Kind.ACTION_ADDED}
# What those consulted hear of beside: that their view is no longer waited for.
ENDS = {Kind.RESOLVED, Kind.WITHDRAWN, Kind.MERGED, Kind.REOPENED}
# After these the body that has it is not asked to act.
NOTHING_TO_DO = {Kind.ACCEPTED, Kind.REBASED, Kind.TOOK_IN, Kind.REFUSED_OUT}


class Asks(StrEnum):
    """What a mail asks of who reads it."""

    NOTHING = ""
    ACT = "act"
    KNOW = "know"
    VIEW = "view"
    DECISION = "decision"


# By the day of its clocks another body acts.
NOT_THEIR_DAY = {Asks.KNOW, Asks.VIEW}


def tell_of_last_step(escalation):
    """Tell the body that has the matter now, and the others it has passed through.

    The holder is asked to act; the others learn where it is, and in the end what came of it.
    """
    matter = Matter(escalation)
    step = matter.last_step
    if step.kind == Kind.CONSULTED:
        tell(matter, [step.consulted_body], asks=Asks.VIEW)
        return
    if step.kind == Kind.ASKED_OUT:
        write(matter, outbox.administrators(), asks=Asks.DECISION)
        return
    if step.kind == Kind.REFUSED_OUT:
        tell(matter, [matter.holder, matter.acting_body])
        return
    for_others = Asks.KNOW if escalation.is_open else Asks.NOTHING
    if step.kind in ASIDES:
        told = tell(matter, [matter.holder, matter.acting_body])
        tell(matter, [matter.raising_body], asks=for_others, told=told)
        return
    if matter.went_into:
        # The bodies of the matter that goes on for both hear of that one.
        know = Matter(Escalation.objects.get(pk=escalation.merged_into_id)).path
        tell(matter, {*matter.path, *matter.consulted}.difference(know))
        return
    is_to_act = escalation.is_open and step.kind not in NOTHING_TO_DO
    asks = Asks.ACT if is_to_act else Asks.NOTHING
    told = tell(matter, [matter.holder, matter.acting_body], asks=asks)
    others = {*matter.path, *matter.consulted} if step.kind in ENDS else matter.path
    tell(matter, others, asks=for_others, told=told)


def tell(matter, bodies, *, asks=Asks.NOTHING, told=()):
    """Write one mail to each address of these bodies, but for those told; give the addresses."""
    asked = {Asks.ACT: matter.acting_body, Asks.VIEW: next(iter(bodies), None)}.get(asks)
    addresses = addresses_of(bodies, matter, asked=asked)
    write(matter, addresses, asks=asks, told=told)
    return addresses


def addresses_of(bodies, matter, *, asked=None):
    """Where mail for these bodies goes; if nobody of the one that is asked is told, administrators.

    So they learn that a matter waits for officers who are gone, or have no address.
    """
    found = {body: outbox.addresses_of(body, day=matter.today) for body in bodies}
    addresses = [address for those in found.values() for address in those]
    if asked is not None and not found[asked]:
        addresses += outbox.administrators()
    return addresses


def write(matter, addresses, *, asks=Asks.NOTHING, told=()):
    """Write a mail about the last step to these addresses, but for those told."""
    step, reference = matter.last_step, matter.escalation.reference
    for_another = asks == Asks.ACT and matter.acting_body != matter.holder
    names_who_acts = for_another or asks == Asks.KNOW
    clocks = [clock for clock in matter.clocks() if clock.runs]
    outbox.enqueue(
        to=addresses,
        subject=f"{reference} {subject_of(step)}",
        template="governance/emails/escalation.txt",
        body=matter.holder.name,
        by=step.by,
        told=told,
        at=step.at,
        due=clocks[0].due if clocks and asks not in NOT_THEIR_DAY else None,
        context={
            "happened": f"{reference}: {happened(step)}",
            "address": reverse("governance:escalation", args=[reference]),
            "clocks": [] if asks == Asks.VIEW else clocks,
            "answer_by": clocks[-1].due if clocks and asks == Asks.VIEW else None,
            "holder": capital(with_article(matter.holder.name)),
            "is_paused": step.kind == Kind.SENT_BACK,
            "asks": asks,
            "who_acts": matter.who_acts if names_who_acts else "",
        },
    )


def subject_of(step):
    """What happened, after the reference in the subject."""
    is_of_other = step.kind in WITH_THE_OTHER and step.other_matter
    words = WITH_THE_OTHER[step.kind] if is_of_other else SUBJECTS[step.kind]
    return words.format(**names_in(step))


def tell_of_action_point(point, *, by):
    """Tell those to whom an action falls; what it is stands only in the portal."""
    subject = f"A new {point.get_kind_display().lower()} falls to you or your body"
    write_of_action_point(point, subject, by=by)


def tell_of_moved_day(point, *, by):
    """Tell them too when it is due on another day."""
    of_what = "a condition" if point.kind == point.Kind.CONDITION else "an action"
    write_of_action_point(point, f"The day of {of_what} of yours was moved", by=by)


def write_of_action_point(point, subject, *, by):
    addresses = outbox.addresses_of(point.body)
    if point.person and point.person.is_active:
        addresses.append(outbox.address_of(point.person))
    write_of_action(point, addresses, subject, "governance/emails/action_point.txt", by=by)


def remind_of_action_point(point):
    """Remind those to whom an action falls that its day is over.

    That is the person named, and the officers of the body where there is none who can be told; and
    where these are nowhere, administrators.
    """
    person = point.person
    if person and person.is_active and outbox.has_address(person):
        addresses = [outbox.address_of(person)]
    else:
        addresses = outbox.addresses_of(point.body) or outbox.administrators()
    of_what = "A condition" if point.kind == point.Kind.CONDITION else "An action"
    subject = f"{of_what} that falls to you or your body is overdue"
    write_of_action(point, addresses, subject, "governance/emails/action_point_overdue.txt")


def write_of_action(point, addresses, subject, template, *, by=None):
    outbox.enqueue(
        to=addresses,
        subject=subject,
        template=template,
        body=point.body.name,
        by=by,
        due=point.due_on,
        context={"point": point, "address": reverse("governance:action_points")},
    )


def tell_of_standing_in(body, deputies, *, chair, until):
    """Tell deputies that the chair is away, so that they look at what lies there already.

    A deputy who follows one is told in their place; the others of the body stand in for nobody.
    """
    name = with_article(body.name)
    to = [outbox.address_of(each, outbox.Post(body=body.pk)) for each in deputies]
    outbox.enqueue(
        to=to,
        know=set(outbox.addresses_of(body)).difference(to),
        subject=f"The chair of {name} is away until {in_words(until)}",
        template="governance/emails/standing_in.txt",
        context={"body": name, "until": until, "address": "/staff/"},
        body=body.name,
        by=chair,
    )


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
        to=addresses_of(bodies, matter, asked=matter.acting_body if reminds else None),
        subject=subject,
        template="governance/emails/overdue.txt",
        due=first.due,
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
