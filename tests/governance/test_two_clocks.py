"""What was true on a day, as we know it now and as the portal had recorded it at a moment.

The structure is held against a replay that knows no dates in force: it walks from day to day, and
lets rows begin and end.
"""

from collections import defaultdict
from datetime import date, timedelta
from itertools import count, pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from governance.actions.structure import structure_edited
from governance.changes import turns_between
from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
    User,
)
from governance.structure import structure_on

A_DAY = timedelta(days=1)
FIRST = date(2026, 3, 1)
DAYS = [FIRST + n * A_DAY for n in range(12)]

# --- Random structures and edits, and a replay of them --------------------------------------------

# What each kind of row points at, and what an edit may set in it beside its days.
POINTS_AT = {
    Body: {},
    BodyName: {"body": Body},
    ReportingLine: {"from_body": Body, "to_body": Body},
    Organisation: {},
    Partner: {"organisation": Organisation},
    Seat: {"body": Body, "on_behalf_of": Organisation},
    Membership: {"seat": Seat},
}
SETS = {
    BodyName: {"name": ["First", "Second", "Third"]},
    ReportingLine: {"kind": list(ReportingLine.Kind)},
    Seat: {"role": list(Seat.Role)},
}
MODELS = list(POINTS_AT)


class World:
    """Rows in the database, saved with their history, and the same in a notebook."""

    def __init__(self):
        self.notebook = {}  # (model, primary key) → what it says
        self.numbers = count(1)
        self.kind = BodyKind.objects.create(slug="group", name="Group", plural="Groups")
        self.person = User.objects.create(username="somebody")
        StructureRecord.objects.create(first_day=FIRST)

    def edit(self, draw):
        """Add, change or delete a row that hypothesis chooses."""
        model = draw(st.sampled_from([each for each in MODELS if self.can_add(each)]))
        deed = draw(st.sampled_from(["add", "add", "change", "change", "delete"]))
        there = self.keys(model)
        if deed == "add" or not there:
            self.write(model(**self.constants(model)), draw)
        elif deed == "change":
            self.write(model.objects.get(pk=draw(st.sampled_from(there))[1]), draw)
        else:
            key = draw(st.sampled_from(there))
            if not self.is_pointed_at(key):
                model.objects.get(pk=key[1]).delete()
                del self.notebook[key]
        structure_edited()

    def write(self, row, draw):
        model = type(row)
        for name, values in SETS.get(model, {}).items():
            setattr(row, name, draw(st.sampled_from(values)))
        for name, target in POINTS_AT[model].items():
            setattr(row, f"{name}_id", draw(st.sampled_from(self.keys(target)))[1])
        if model is ReportingLine and row.from_body_id == row.to_body_id:
            return
        day = st.none() | st.sampled_from(DAYS)
        row.start_date, row.end_date = draw(day), draw(day)
        if row.start_date and row.end_date and row.end_date < row.start_date:
            row.start_date, row.end_date = row.end_date, row.start_date
        row.save()
        told = [*POINTS_AT[model], *SETS.get(model, {}), "start_date", "end_date"]
        says = {
            name: getattr(row, f"{name}_id" if name in POINTS_AT[model] else name) for name in told
        }
        self.notebook[model, row.pk] = says

    def constants(self, model):
        number = next(self.numbers)
        return {
            Body: {"slug": f"body-{number}", "kind": self.kind},
            Organisation: {
                "slug": f"organisation-{number}",
                "name": f"Organisation {number}",
                "kind": Organisation.Kind.NHS_TRUST,
            },
            Membership: {"person": self.person},
        }.get(model, {})

    def keys(self, model):
        return sorted((key for key in self.notebook if key[0] is model), key=lambda key: key[1])

    def can_add(self, model):
        targets = POINTS_AT[model].values()
        return all(len(self.keys(each)) >= list(targets).count(each) for each in targets)

    def is_pointed_at(self, key):
        return any(
            says[name] == key[1]
            for (model, _), says in self.notebook.items()
            for name, target in POINTS_AT[model].items()
            if target is key[0]
        )


def replay(notebook):
    """What held on each day: begin with what has no first day, and walk on from there."""
    begins, ends = defaultdict(list), defaultdict(list)
    holding = set()
    for key, says in notebook.items():
        if says["start_date"] is None:
            holding.add(key)
        else:
            begins[says["start_date"]].append(key)
        if says["end_date"] is not None:
            ends[says["end_date"]].append(key)
    for day in DAYS:
        holding.update(begins[day])
        yield day, told(holding, notebook)
        holding.difference_update(ends[day])


def told(holding, notebook):
    """The structure of the rows that hold, in plain words."""
    here = {model: {pk for its_model, pk in holding if its_model is model} for model in MODELS}

    def rows(model):
        return [(pk, notebook[model, pk]) for pk in here[model]]

    names = defaultdict(set)
    for _, name in rows(BodyName):
        names[name["body"]].add(name["name"])
    return {
        "bodies": {pk: frozenset(names[pk]) for pk in here[Body]},
        "lines": {
            (pk, line["kind"], line["from_body"], line["to_body"])
            for pk, line in rows(ReportingLine)
            if {line["from_body"], line["to_body"]} <= here[Body]
        },
        "organisations": here[Organisation],
        "partners": here[Organisation] & {each["organisation"] for _, each in rows(Partner)},
        "seats": {
            (pk, seat["body"], seat["role"], seat["on_behalf_of"])
            for pk, seat in rows(Seat)
            if seat["body"] in here[Body]
        },
        "vacant": {pk for pk, seat in rows(Seat) if seat["body"] in here[Body]}
        - {each["seat"] for _, each in rows(Membership)},
    }


def assert_says(structure, expected):
    called = {body.pk: body.name for body in structure.bodies}
    assert called.keys() == expected["bodies"].keys()
    for body in structure.bodies:
        assert body.name in (expected["bodies"][body.pk] or {body.slug})
    assert {
        (line.pk, line.kind, line.from_body.pk, line.to_body.pk) for line in structure.lines
    } == expected["lines"]
    assert {each.pk for each in structure.organisations} == expected["organisations"]
    assert {each.pk for each in structure.partners} == expected["partners"]
    assert {
        (seat.pk, seat.body.pk, seat.role, seat.on_behalf_of) for seat in structure.seats
    } == expected["seats"]
    assert {seat.pk for seat in structure.seats if seat.is_vacant} == expected["vacant"]


@pytest.mark.django_db
@given(data=st.data())
def test_the_structure_is_what_a_replay_of_every_day_says(data):
    with transaction.atomic():
        world = World()
        for _ in range(data.draw(st.integers(4, 20))):
            world.edit(data.draw)

        for day, expected in replay(world.notebook):
            assert_says(structure_on(day), expected)
        transaction.set_rollback(True)


@pytest.mark.django_db
@given(data=st.data())
def test_the_structure_known_at_a_moment_is_the_one_taken_then(data):
    with transaction.atomic():
        world, taken = World(), []
        for _ in range(data.draw(st.integers(4, 14))):
            world.edit(data.draw)
            day = data.draw(st.sampled_from(DAYS))
            expected = dict(replay(world.notebook))[day]
            taken.append((timezone.now(), day, structure_on(day), expected))

        for moment, day, before, expected in taken:
            now = structure_on(day, known_on=moment)
            assert_says(now, expected)
            assert now.bodies == before.bodies
            assert now.lines == before.lines
            assert now.organisations == before.organisations
            assert now.seats == before.seats
        transaction.set_rollback(True)


@pytest.mark.django_db
@given(data=st.data())
def test_the_changes_tell_what_differs_from_one_day_to_the_next(data):
    with transaction.atomic():
        world = World()
        for _ in range(data.draw(st.integers(4, 20))):
            world.edit(data.draw)
        all_told = turns_between(DAYS[0], DAYS[-1])

        for before, after in pairwise(structure_on(day) for day in DAYS):
            told = {change.subject for change in all_told if change.day == after.day}
            assert begun_and_ended(told, "body") == pks(before.bodies, after.bodies)
            assert begun_and_ended(told, "seat") == pks(before.seats, after.seats)
            begun, ended = pks(before.lines, after.lines)
            told_begun, told_ended = begun_and_ended(told, "reportingline")
            assert told_begun <= begun and told_ended <= ended
            # What is not told by itself goes on, or is told with the line it has moved to.
            assert {way(line) for line in after.lines if line.pk in begun - told_begun} <= {
                way(line) for line in before.lines if line.pk in ended
            }
            assert {way(line)[:-1] for line in before.lines if line.pk in ended - told_ended} <= {
                way(line)[:-1] for line in after.lines if line.pk in begun
            }
            assert fallen_vacant(told) == {seat.pk for seat in after.seats if seat.is_vacant} & {
                seat.pk for seat in before.seats if not seat.is_vacant
            }
        transaction.set_rollback(True)


def begun_and_ended(told, kind):
    found = {"begins": set(), "ends": set()}
    for subject in told:
        its_kind, pk, turn = subject.split("-")
        if its_kind == kind:
            found[turn].add(int(pk))
    return found["begins"], found["ends"]


def pks(before, after):
    before, after = ({each.pk for each in some} for some in (before, after))
    return after - before, before - after


def way(line):
    return line.kind, line.from_body.pk, line.to_body.pk


def fallen_vacant(told):
    ended = begun_and_ended(told, "membership")[1]
    return set(Membership.objects.filter(pk__in=ended).values_list("seat", flat=True))
