"""What stands beside the structure on a day, as far as the rules of faults ask for it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance import record
from governance.lines import kind_in_words
from governance.models import (
    Body,
    BodyName,
    Cadence,
    Meeting,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    TermsOfReference,
)
from governance.on_day import Proof, proof_of


@dataclass(frozen=True)
class LooseLine:
    """A line in force although a body at one of its ends is not."""

    pk: int
    words: str
    gone: str  # which end is not there, and since when or until when
    open_end: int | None
    proof: Proof = field(repr=False)


@dataclass(frozen=True)
class NameOnDay:
    """A name in force, with the days the record gives it."""

    pk: int
    name: str
    start_date: date | None
    end_date: date | None
    proof: Proof = field(repr=False)


@dataclass(frozen=True)
class ClosedOrganisation:
    pk: int
    name: str
    short_name: str
    end_date: date | None
    successor: str

    def __str__(self):
        return self.name


@dataclass(frozen=True)
class Beside:
    """All of it, in memory."""

    texts: dict = field(default_factory=dict)  # body → its own words
    mailboxes: frozenset = frozenset()  # bodies that have one
    names: dict = field(default_factory=dict)  # body → names in force
    loose_lines: tuple = ()
    closed_organisations: dict = field(default_factory=dict)
    partner_rows: dict = field(default_factory=dict)  # organisation → rows in force
    holders: dict = field(default_factory=dict)  # seat → people who hold it
    signed_out: frozenset = frozenset()  # seats of whose holders none may sign in any more
    no_address: frozenset = frozenset()  # those that may sign in, and have no e-mail address
    terms: dict = field(default_factory=dict)  # body → (row, review date) in force
    cadences: dict = field(default_factory=dict)  # body → cadences in force
    last_meetings: dict = field(default_factory=dict)  # body → day of the last one held
    read: dict = field(default_factory=dict)  # rule of an app above → what it has read


def beside_on(structure, rules=()):
    """What stands beside a structure on its day, known when it was, in a fixed number of queries.

    Two more tell of lines that hold although one of their bodies does not; `rules` of the apps
    above may ask their own.
    """
    day, known_on = structure.day, structure.known_on

    def recorded(model):
        return model.objects.all() if known_on is None else record.known(model, known_on)

    def held(model):
        if known_on is None:
            return model.objects.on(day)
        return record.known_in_force(model, known_on, day)

    texts, mailboxes = {}, set()
    for body in held(Body):
        words = (body.purpose, body.remit, body.cohort, body.quotation)
        texts[body.pk] = "\n".join(filter(None, words))
        if body.mailbox:
            mailboxes.add(body.pk)
    names = defaultdict(list)
    for name in sorted(held(BodyName), key=record.by_first_day):
        names[name.body_id].append(
            NameOnDay(name.pk, name.name, name.start_date, name.end_date, proof_of(name))
        )
    terms, cadences = defaultdict(list), defaultdict(list)
    for each in sorted(held(TermsOfReference), key=record.by_first_day):
        terms[each.body_id].append((each.pk, each.review_date))
    for each in sorted(held(Cadence), key=record.by_first_day):
        cadences[each.body_id].append(each)
    holdings = held(Membership)
    if known_on is None:
        holdings = list(holdings.select_related("person"))
    return Beside(
        texts=texts,
        mailboxes=frozenset(mailboxes),
        names=names,
        loose_lines=tuple(_loose_lines(structure, held(ReportingLine), recorded)),
        closed_organisations=_closed_organisations(day, recorded(Organisation)),
        partner_rows=Counter(each.organisation_id for each in held(Partner)),
        holders=Counter(each.seat_id for each in holdings),
        **_out_of_reach(structure, holdings),
        terms=terms,
        cadences=cadences,
        last_meetings=_last_meetings(day, known_on),
        read={rule.code: rule.read(structure) for rule in rules},
    )


def _out_of_reach(structure, holdings):
    """The seats whose holders nobody can ask: by today's accounts, so of no day that is past."""
    if structure.known_on is not None or structure.day < localdate():
        return {}
    may_sign_in, has_address = defaultdict(bool), defaultdict(bool)
    for each in holdings:
        may_sign_in[each.seat_id] |= each.person.is_active
        has_address[each.seat_id] |= each.person.is_active and bool(each.person.email.strip())
    return {
        "signed_out": frozenset(pk for pk, may in may_sign_in.items() if not may),
        "no_address": frozenset(
            pk for pk, has in has_address.items() if not has and may_sign_in[pk]
        ),
    }


def _closed_organisations(day, organisations):
    by_pk = {each.pk: each for each in organisations}
    return {
        each.pk: ClosedOrganisation(
            pk=each.pk,
            name=each.name,
            short_name=each.short_name,
            end_date=each.end_date,
            successor=by_pk[each.successor_id].name if each.successor_id in by_pk else "",
        )
        for each in sorted(by_pk.values(), key=record.by_name)
        if each.has_ended_by(day)
    }


def _last_meetings(day, known_on):
    """The day on which each body last came together, up to the day."""
    if known_on is None:
        met = Meeting.objects.filter(starts_at__date__lte=day)
        met = met.exclude(status=Meeting.Status.CANCELLED)
        found = met.values_list("body").annotate(last=Max("starts_at")).order_by()
    else:
        met = [each for each in record.known(Meeting, known_on) if localdate(each.starts_at) <= day]
        met = [each for each in met if each.status != Meeting.Status.CANCELLED]
        found = sorted((each.body_id, each.starts_at) for each in met)
    return {body: localdate(last) for body, last in found}


def _loose_lines(structure, lines, recorded):
    """The lines in force of which one end is not there on the day."""
    lines = [
        line
        for line in lines
        if not (structure.body(line.from_body_id) and structure.body(line.to_body_id))
    ]
    if not lines:
        return
    bodies = {body.pk: body for body in recorded(Body)}
    names = defaultdict(list)
    for name in sorted(recorded(BodyName), key=record.by_first_day):
        names[name.body_id].append(name)
    called = defaultdict(lambda: _("a body"))
    called |= {pk: _nearest(its_names, structure.day).name for pk, its_names in names.items()}
    for line in sorted(lines, key=lambda line: line.pk):
        both = (line.from_body_id, line.to_body_id)
        gone = [
            _absence(called[pk], bodies.get(pk), structure.day)
            for pk in both
            if not structure.body(pk)
        ]
        yield LooseLine(
            pk=line.pk,
            words=f"{called[both[0]]} {kind_in_words(line.kind)} {called[both[1]]}",
            gone=", ".join(gone),
            open_end=next((pk for pk in both if structure.body(pk)), None),
            proof=proof_of(line),
        )


def _nearest(names, day):
    """The name of the day, else the last one before it, else the first."""
    begun = [name for name in names if name.start_date is None or name.start_date <= day]
    in_force = [name for name in begun if name.is_in_force_on(day)]
    return (in_force or begun or names[:1])[-1]


def _absence(name, body, day):
    said = {"body": name}
    if body is not None and body.has_ended_by(day):
        said["day"] = date_format(body.end_date)
        return _("%(body)s closed on %(day)s") % said
    if body is not None and body.start_date and body.start_date > day:
        said["day"] = date_format(body.start_date)
        return _("%(body)s begins on %(day)s") % said
    return _("%(body)s was not on record then") % said
