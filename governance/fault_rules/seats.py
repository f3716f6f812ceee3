"""What is wrong with seats: who sits where, for whom, and that someone receives and accepts."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.fault import Fault, Mend, Rule
from governance.models import ReportingLine, Seat

CHAIR = Seat.Role.CHAIR
ESCALATES_TO = ReportingLine.Kind.ESCALATES_TO


def find_chairs_missing(rule, structure, beside):
    for body in structure.partnership_bodies:
        if not any(seat.role == CHAIR for seat in structure.seats_on(body)):
            mend = Mend("seat", given=(("body", body.pk), ("role", CHAIR)))
            yield Fault(rule, body, _("No seat of a chair is recorded."), mend)


def find_two_chairs(rule, structure, beside):
    for body in structure.bodies:
        chairs = [seat for seat in structure.seats_on(body) if seat.role == CHAIR]
        if len(chairs) > 1:
            yield Fault(
                rule,
                body,
                _("It has %(number)s seats of a chair at once.") % {"number": len(chairs)},
                Mend("seat", chairs[1].pk),
                chairs[1].proof,
            )


def find_vacant_seats(rule, structure, beside):
    """A seat of an organisation that is gone is a fault of its own, whoever holds it."""
    for body in structure.partnership_bodies:
        for seat in structure.seats_on(body):
            if seat.is_vacant and seat.on_behalf_of not in beside.closed_organisations:
                words = seat_words(seat, structure, beside)
                yield Fault(
                    rule,
                    body,
                    _("Nobody is recorded as holding the seat %(seat)s.") % {"seat": words},
                    Mend("membership", given=(("seat", seat.pk),)),
                    seat.proof,
                    words,
                )


def find_seats_of_closed_organisations(rule, structure, beside):
    for seat in structure.seats:
        closed = beside.closed_organisations.get(seat.on_behalf_of)
        if closed is not None:
            words = seat_words(seat, structure, beside)
            yield Fault(
                rule,
                seat.body,
                still_there(closed)
                % {
                    "seat": words,
                    "day": date_format(closed.end_date),
                    "successor": closed.successor,
                },
                Mend("seat", seat.pk),
                seat.proof,
            )


def find_no_one_to_receive(rule, structure, beside):
    for body in structure.partnership_bodies:
        if body.pk in beside.mailboxes or officers_who_act(structure, body, beside):
            continue
        found = _("No chair, deputy chair or secretary in office is recorded, and no mailbox.")
        if officers(structure, body):
            found = _("None of its officers can sign in any more, and it has no mailbox.")
        yield Fault(rule, body, found, Mend("body", body.pk))


def find_no_one_to_write_to(rule, structure, beside):
    """Officers see what lies before their body when they sign in, and are told of nothing."""
    for body in structure.partnership_bodies:
        acting = officers_who_act(structure, body, beside)
        if (
            acting
            and body.pk not in beside.mailboxes
            and all(seat.pk in beside.no_address for seat in acting)
        ):
            found = _("None of its officers has an e-mail address, and it has no mailbox.")
            yield Fault(rule, body, found, Mend("body", body.pk))


def find_no_one_to_accept(rule, structure, beside):
    """A mailbox can be told of a matter; only an officer can accept, answer or pass it up."""
    for body in structure.partnership_bodies:
        if (
            body.pk in beside.mailboxes
            and not officers_who_act(structure, body, beside)
            and (lines := structure.lines_down(body, ESCALATES_TO))
        ):
            found = escalating_to_it(len({line.from_body.pk for line in lines}))
            if officers(structure, body):
                found = _(
                    "Matters are escalated to it. It has a mailbox, but none of its officers can "
                    "sign in any more."
                )
            yield Fault(rule, body, found, Mend("body", body.pk))


def officers(structure, body):
    """The seats of its officers that are held."""
    return [
        seat
        for seat in structure.seats_on(body)
        if seat.role in Seat.OFFICER_ROLES and not seat.is_vacant
    ]


def officers_who_act(structure, body, beside):
    """Those of them that are held by someone who may sign in."""
    return [seat for seat in officers(structure, body) if seat.pk not in beside.signed_out]


def seat_words(seat, structure, beside):
    role = str(seat.role_label)
    organisation = structure.organisation(seat.on_behalf_of)
    organisation = organisation or beside.closed_organisations.get(seat.on_behalf_of)
    said = {"title": seat.title or role, "role": role.lower()}
    has_role = seat.role in Seat.OFFICER_ROLES and role.lower() not in said["title"].lower()
    words = (_("“%(title)s” (%(role)s)") if has_role else _("“%(title)s”")) % said
    if not organisation:
        return words
    return _("%(seat)s of %(organisation)s") % {"seat": words, "organisation": organisation.name}


def still_there(closed):
    if closed.successor:
        return _(
            "The seat %(seat)s is still there, but that organisation ended on %(day)s and was "
            "followed by %(successor)s."
        )
    return _("The seat %(seat)s is still there, but that organisation ended on %(day)s.")


def escalating_to_it(number):
    sentence = ngettext(
        "One body escalates to it. It has a mailbox, but no chair, deputy chair or secretary in "
        "office is recorded.",
        "%(number)s bodies escalate to it. It has a mailbox, but no chair, deputy chair or "
        "secretary in office is recorded.",
        number,
    )
    return sentence % {"number": number}


RULES = (
    Rule(
        "no-chair",
        gettext_lazy("Bodies without a chair"),
        gettext_lazy("Every body of the partnership has a seat of a chair."),
        find_chairs_missing,
    ),
    Rule(
        "two-chairs",
        gettext_lazy("Bodies with two chairs"),
        gettext_lazy("A body has one chair at a time."),
        find_two_chairs,
    ),
    Rule(
        "vacant-seat",
        gettext_lazy("Vacant seats"),
        gettext_lazy("Every seat of a body of the partnership is held by someone."),
        find_vacant_seats,
    ),
    Rule(
        "closed-organisation",
        gettext_lazy("Seats of closed organisations"),
        gettext_lazy("A seat is on behalf of an organisation that exists."),
        find_seats_of_closed_organisations,
    ),
    Rule(
        "no-receiver",
        gettext_lazy("Bodies that nobody receives for"),
        gettext_lazy(
            "Someone receives what is put before a body, feedback and escalations alike: an "
            "officer or a mailbox."
        ),
        find_no_one_to_receive,
    ),
    Rule(
        "no-address",
        gettext_lazy("Bodies that no mail reaches"),
        gettext_lazy(
            "Whoever receives for a body can be written to: an officer with an e-mail address, or "
            "a mailbox."
        ),
        find_no_one_to_write_to,
    ),
    Rule(
        "no-acceptor",
        gettext_lazy("Bodies to which matters are escalated, and nobody can accept them"),
        gettext_lazy(
            "Someone can accept what is escalated to a body: its chair, deputy chair or secretary."
        ),
        find_no_one_to_accept,
    ),
)
