"""The changes of a period in sentences, each told as what happened and as what is planned.

`TELLERS` give them from a `Turning`, which has the rows that begin or end in the period, and what
every body was called on which day.
"""

from collections import defaultdict
from datetime import timedelta
from operator import attrgetter

from django.utils.translation import gettext as _

from governance.lines import in_respect_of
from governance.models import Body, BodyName, Membership, Partner, ReportingLine, Seat

ONE_DAY = timedelta(days=1)


def of_bodies(turning):
    name_on = turning.names.on
    for held in turning.beginnings(Body):
        name = name_on(held.row.pk, held.start_date)
        said = {"body": name}
        happened, planned = _("%(body)s began.") % said, _("%(body)s begins.") % said
        yield turning.begun(held, happened, planned, held.row.pk)
    for held in turning.endings(Body):
        name, successor = name_on(held.row.pk, held.end_date), held.row.successor_id
        said = {"body": name}
        if successor:
            said["successor"] = name_on(successor, held.end_date + ONE_DAY)
            happened = _("%(body)s was closed; %(successor)s follows it.")
            planned = _("%(body)s closes; %(successor)s follows it.")
        else:
            happened, planned = _("%(body)s was closed."), _("%(body)s closes.")
        yield turning.ended(held, happened % said, planned % said, held.row.pk, successor)


def of_names(turning):
    for held in turning.beginnings(BodyName):
        name, earlier = held.row.name, turning.names.before(held.row)
        if earlier is not None and earlier.name != name:
            said = {"before": earlier.name, "after": name}
            happened = _("%(before)s was renamed %(after)s.") % said
            planned = _("%(before)s is renamed %(after)s.") % said
            yield turning.begun(held, happened, planned, held.row.body_id)


def of_lines(turning):
    name_on = turning.names.on
    begun, ended = _without_those_that_go_on(turning, ReportingLine, _way_and_end)
    moved = defaultdict(list)
    for held in ended.values():
        moved[_way(held.row), held.end_date + ONE_DAY].append(held.row)
    for held in begun:
        line, day = held.row, held.start_date
        said = {
            "body": name_on(line.from_body_id, day),
            "other": in_respect_of(name_on(line.to_body_id, day), line.respect),
        }
        sentence = _begins(line.kind)
        ends = [line.from_body_id, line.to_body_id]
        if left := moved[_way(line), day]:
            old = left.pop(0)
            del ended[old.pk]
            said["old"] = name_on(old.to_body_id, day)
            sentence = _moves(line.kind)
            ends.append(old.to_body_id)
        yield turning.begun(held, sentence % said, sentence % said, *ends)
    for held in ended.values():
        line, day = held.row, held.end_date
        said = {
            "body": name_on(line.from_body_id, day),
            "other": in_respect_of(name_on(line.to_body_id, day), line.respect),
        }
        sentence = _ends(line.kind) % said
        yield turning.ended(held, sentence, sentence, line.from_body_id, line.to_body_id)


def of_partners(turning):
    begun, ended = _without_those_that_go_on(turning, Partner, attrgetter("organisation_id"))
    for held in begun:
        organisation = held.row.organisation
        said = {"organisation": organisation}
        yield turning.begun(
            held,
            _("%(organisation)s became a partner.") % said,
            _("%(organisation)s becomes a partner.") % said,
        )
    for held in ended.values():
        organisation = held.row.organisation
        said = {"organisation": organisation, "successor": organisation.successor}
        if organisation.successor:
            happened = _("%(organisation)s ceased to be a partner; %(successor)s follows it.")
            planned = _("%(organisation)s ceases to be a partner; %(successor)s follows it.")
        else:
            happened = _("%(organisation)s ceased to be a partner.")
            planned = _("%(organisation)s ceases to be a partner.")
        yield turning.ended(held, happened % said, planned % said)


def of_seats(turning):
    name_on = turning.names.on
    for held in turning.beginnings(Seat):
        seat = held.row
        said = {"body": name_on(seat.body_id, held.start_date), "seat": _seat_words(seat)}
        sentence = _("%(body)s has a new seat: %(seat)s.") % said
        yield turning.begun(held, sentence, sentence, seat.body_id)
    for held in turning.endings(Seat):
        seat = held.row
        said = {"body": name_on(seat.body_id, held.end_date), "seat": _seat_words(seat)}
        sentence = _("%(body)s no longer has the seat %(seat)s.") % said
        yield turning.ended(held, sentence, sentence, seat.body_id)


def of_memberships(turning):
    """Who holds a seat is not told, only that it is taken up or falls vacant."""
    holders = defaultdict(list)
    for held in turning.rows[Membership]:
        holders[held.row.seat_id].append(held)
    for held in turning.beginnings(Membership):
        seat, the_day_before = held.row.seat, held.start_date - ONE_DAY
        stays = any(
            other.row.person_id == held.row.person_id and other.holds_on(the_day_before)
            for other in holders[seat.pk]
        )
        if not stays:
            said = _seat_on(turning, seat, held.start_date)
            happened = _("The seat %(seat)s of %(body)s was taken up.") % said
            planned = _("The seat %(seat)s of %(body)s is taken up.") % said
            yield turning.begun(held, happened, planned, seat.body_id)
    for held in turning.endings(Membership):
        seat, next_day = held.row.seat, held.end_date + ONE_DAY
        is_gone = not (seat.is_in_force_on(next_day) and seat.body.is_in_force_on(next_day))
        if not is_gone and not any(other.holds_on(next_day) for other in holders[seat.pk]):
            said = _seat_on(turning, seat, held.end_date)
            happened = _("The seat %(seat)s of %(body)s fell vacant.") % said
            planned = _("The seat %(seat)s of %(body)s falls vacant.") % said
            yield turning.ended(held, happened, planned, seat.body_id)


# In the order in which the changes of one day are told.
TELLERS = (of_bodies, of_names, of_lines, of_partners, of_seats, of_memberships)


# --- Their words ----------------------------------------------------------------------------------


def _begins(kind):
    return {
        ReportingLine.Kind.REPORTS_TO: _("%(body)s reports to %(other)s."),
        ReportingLine.Kind.ESCALATES_TO: _("%(body)s escalates to %(other)s."),
        ReportingLine.Kind.ALIGNED_WITH: _("%(body)s is aligned with %(other)s."),
        ReportingLine.Kind.SUPPORTS: _("%(body)s supports %(other)s."),
    }[kind]


def _moves(kind):
    return {
        ReportingLine.Kind.REPORTS_TO: _(
            "%(body)s reports to %(other)s, and no longer to %(old)s."
        ),
        ReportingLine.Kind.ESCALATES_TO: _(
            "%(body)s escalates to %(other)s, and no longer to %(old)s."
        ),
        ReportingLine.Kind.ALIGNED_WITH: _(
            "%(body)s is aligned with %(other)s, and no longer with %(old)s."
        ),
        ReportingLine.Kind.SUPPORTS: _("%(body)s supports %(other)s, and no longer %(old)s."),
    }[kind]


def _ends(kind):
    return {
        ReportingLine.Kind.REPORTS_TO: _("%(body)s no longer reports to %(other)s."),
        ReportingLine.Kind.ESCALATES_TO: _("%(body)s no longer escalates to %(other)s."),
        ReportingLine.Kind.ALIGNED_WITH: _("%(body)s no longer is aligned with %(other)s."),
        ReportingLine.Kind.SUPPORTS: _("%(body)s no longer supports %(other)s."),
    }[kind]


def _without_those_that_go_on(turning, model, same):
    """What begins and what ends, without what only goes on under another row the day after."""
    ended = {held.row.pk: held for held in turning.endings(model)}
    by_turn = defaultdict(list)
    for held in ended.values():
        by_turn[same(held.row), held.end_date + ONE_DAY].append(held.row.pk)
    begun = []
    for held in turning.beginnings(model):
        if going_on := by_turn[same(held.row), held.start_date]:
            del ended[going_on.pop(0)]
        else:
            begun.append(held)
    return begun, ended


def _way(line):
    """What stays when a line moves."""
    return line.from_body_id, line.kind, line.respect


def _way_and_end(line):
    return *_way(line), line.to_body_id


def _seat_on(turning, seat, day):
    return {"seat": _seat_words(seat), "body": turning.names.on(seat.body_id, day)}


def _seat_words(seat):
    role = str(seat.get_role_display())
    said = {"title": seat.title or role, "role": role.lower()}
    has_role = seat.is_officer and role.lower() not in said["title"].lower()
    words = (_("“%(title)s” (%(role)s)") if has_role else _("“%(title)s”")) % said
    if not seat.on_behalf_of:
        return words
    held = {"seat": words, "organisation": seat.on_behalf_of}
    return _("%(seat)s on behalf of %(organisation)s") % held
