"""What was true on a day, as we know it now and as the portal had recorded it at a moment.

The structure is held against a replay that knows no dates in force: it walks from day to day, and
lets rows begin and end.
"""

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import count, pairwise
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from governance.actions.structure import structure_edited
from governance.as_on import BadDay, day_asked, on_the_day_asked
from governance.changes import turns_between
from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Decision,
    Meeting,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
    User,
)
from governance.structure import structure_on
from tests.factories import make_body, make_organisation, make_person, make_seat
from tests.loaded import STRUCTURE, load

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
    Membership: {"name_is_public": [True, False]},
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
        "named": {pk for pk, seat in rows(Seat) if seat["body"] in here[Body]}
        & {each["seat"] for _, each in rows(Membership) if each["name_is_public"]},
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
    assert {seat.pk for seat in structure.seats if seat.is_named} == expected["named"]


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


# --- How an address asks for the second clock -----------------------------------------------------


def asked(**parameters):
    return day_asked(RequestFactory().get("/structure/", parameters))


@pytest.mark.parametrize(
    ("typed", "moment", "words", "address"),
    [
        # A date is the end of that day in London, in summer an hour before midnight in Greenwich.
        (
            "2026-03-03",
            datetime(2026, 3, 3, 23, 59, 59, 999999, UTC),
            "3 March 2026",
            "2026-03-03",
        ),
        (
            "2026-07-03",
            datetime(2026, 7, 3, 22, 59, 59, 999999, UTC),
            "3 July 2026",
            "2026-07-03",
        ),
        (
            "2026-07-03T09:05",
            datetime(2026, 7, 3, 8, 5, tzinfo=UTC),
            "3 July 2026 at 09:05",
            "2026-07-03T08:05:00Z",
        ),
        (
            "2026-07-03T09:05:06.25Z",
            datetime(2026, 7, 3, 9, 5, 6, 250000, UTC),
            "3 July 2026 at 10:05",
            "2026-07-03T09:05:06.250000Z",
        ),
        (
            "2026-07-03T09:05:00+02:00",
            datetime(2026, 7, 3, 7, 5, tzinfo=UTC),
            "3 July 2026 at 08:05",
            "2026-07-03T07:05:00Z",
        ),
        # A + that was not written %2B.
        (
            "2026-07-03T09:05:00 02:00",
            datetime(2026, 7, 3, 7, 5, tzinfo=UTC),
            "3 July 2026 at 08:05",
            "2026-07-03T07:05:00Z",
        ),
    ],
)
def test_a_date_is_the_end_of_that_day_in_london_and_a_moment_is_itself(
    typed, moment, words, address
):
    as_on = asked(known_on=typed)

    assert (as_on.known_on, as_on.known_words, as_on.known_address) == (moment, words, address)
    assert asked(known_on=address).known_on == moment


def test_today_is_no_day_to_come():
    assert asked(known_on=timezone.localdate().isoformat()).known_on is not None


@pytest.mark.parametrize(
    "typed",
    [
        "yesterday",
        "2026-02-30",
        "2026-03-03T25:00",
        "2026-03-03T12:00:00+25:00",
        "20260303T120000",
        "2026-W10-2",
        "2026-03-03 12:00",
        "٢٠٢٦-٠٣-٠٣",
        "0001-01-01T00:00Z",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "x" * 3000,
        "a\0b",
    ],
)
def test_what_is_no_moment_is_refused_in_a_sentence(typed):
    with pytest.raises(BadDay, match="is neither a day nor a moment. Enter a day such as 22 11"):
        asked(known_on=typed)


def test_what_will_be_recorded_is_not_told():
    tomorrow = (timezone.localdate() + A_DAY).isoformat()
    soon = (timezone.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%MZ")

    for typed in (tomorrow, soon, "9999-12-31"):
        with pytest.raises(BadDay, match=f"“{typed}” is still to come. Enter today"):
            asked(known_on=typed)


WITH_DAYS = re.compile(
    r"/(structure/(seats/|faults/)?|measures/|organisations/([^/]+/)?|bodies/[^/]+/|"
    r"localities/([^/]+/)?|data/)"
)


@pytest.mark.parametrize(
    "address",
    [
        "/structure/",
        "/structure/seats/",
        "/structure/faults/",
        "/measures/",
        "/organisations/",
        "/organisations/barts-health/",
        "/bodies/ne-health-and-wellbeing-committee/",
        "/localities/",
        "/localities/ne/",
        "/localities/find/?q=Mile+End",
        "/localities/find/?q=Mile+Emd+Lane",
        "/data/",
    ],
)
def test_each_link_of_a_page_to_another_with_days_carries_both(client, db, address):
    load(STRUCTURE)
    committee = Body.objects.get(slug="ne-health-and-wellbeing-committee")
    Meeting.objects.create(body=committee, starts_at=timezone.now(), is_public=True)
    Decision.objects.create(
        body=committee, title="Decided", decided_on=FIRST, text="So", is_public=True
    )
    both = {
        "as_on": (timezone.localdate() - A_DAY).isoformat(),
        "known_on": timezone.now().isoformat().replace("+00:00", "Z"),
    }

    response = client.get(address, both)

    assert response.status_code == 200
    page = response.text[response.text.index('<ol class="tht-breadcrumbs__list">') :]
    page = re.sub(r'(?s)<aside class="tht-as-on".*?</aside>', "", page.partition("</main>")[0])
    links = [urlsplit(unescape(link)) for link in re.findall(r'href="(/[^"]*)"', page)]
    links = [link for link in links if WITH_DAYS.fullmatch(link.path)]
    assert links
    for link in links:
        assert both.items() <= dict(parse_qsl(link.query)).items(), link


def test_a_step_of_the_way_is_marked_as_this_page_on_every_day_and_in_every_language(client, db):
    for address in ("/measures/?as_on=2026-01-31", "/bn/priorities/", "/so/priorities/"):
        assert client.get(address).text.count('aria-current="page"') == 1, address


def test_links_carry_both_days():
    as_on = asked(as_on="2027-01-31", known_on="2026-07-03T09:05:00Z")

    assert as_on.query == "?as_on=2027-01-31&known_on=2026-07-03T09%3A05%3A00Z"
    assert as_on.and_query == "&as_on=2027-01-31&known_on=2026-07-03T09%3A05%3A00Z"
    assert as_on.today_url == "/structure/"
    assert asked(known_on="2026-03-03").query == "?known_on=2026-03-03"
    assert asked().query == ""


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"known_on": "2026-03-03"},
            "the structure of today, as the portal had recorded it on 3 March 2026.",
        ),
        (
            {"as_on": "2025-01-31", "known_on": "2026-03-03T12:00"},
            "the structure as it was on 31 January 2025, as the portal had recorded it on "
            "3 March 2026 at 12:00.",
        ),
        (
            {"as_on": "2199-01-31", "known_on": "2026-03-03"},
            "the structure as planned for 31 January 2199, as the portal had recorded it on "
            "3 March 2026.",
        ),
        ({"as_on": "2025-01-31"}, "the structure as it was on 31 January 2025."),
    ],
)
def test_the_banner_says_which_day_and_what_was_known_of_it(parameters, sentence):
    banner = render_to_string("governance/_as_on.html", {"as_on": asked(**parameters)})

    assert f"You are looking at {sentence}" in banner


def test_today_as_we_know_it_now_needs_no_banner():
    assert render_to_string("governance/_as_on.html", {"as_on": asked()}).strip() == ""


@on_the_day_asked
def page(request, as_on):
    return HttpResponse(str(as_on.known_on))


def get(query):
    return page(RequestFactory().get(f"/structure/?{query}"))


def test_the_boxes_lead_to_the_address_of_the_day_typed():
    boxes = "as_on_day=31&as_on_month=1&as_on_year=2025"
    known = "known_on_day=3&known_on_month=march&known_on_year=2026"
    none = "known_on_day=&known_on_month=&known_on_year="

    assert get(f"{boxes}&{known}&body=x").url == (
        "/structure/?body=x&as_on=2025-01-31&known_on=2026-03-03"
    )
    # Boxes that were not there leave the address as it was; empty ones say “now”.
    assert get(f"known_on=2026-03-03&{boxes}").url == (
        "/structure/?known_on=2026-03-03&as_on=2025-01-31"
    )
    assert get(f"known_on=2026-03-03&{boxes}&{none}").url == "/structure/?as_on=2025-01-31"
    assert get(f"as_on=2025-01-31&{known}").url == (
        "/structure/?as_on=2025-01-31&known_on=2026-03-03"
    )
    assert get(f"as_on_day=&as_on_month=&as_on_year=&{known}").url == (
        "/structure/?known_on=2026-03-03"
    )


def test_a_refused_moment_is_kept_in_the_form_with_all_else_that_was_asked():
    response = get("as_on=2025-01-31&body=living-well&known_on=somewhen")

    html = response.content.decode()
    assert response.status_code == 400
    assert "“somewhen” is neither a day nor a moment" in html
    assert 'value="somewhen"' in html
    assert '<input type="hidden" name="as_on" value="2025-01-31">' in html
    assert '<input type="hidden" name="body" value="living-well">' in html


def test_a_day_to_come_in_the_boxes_is_refused():
    response = get("known_on_day=1&known_on_month=1&known_on_year=2199")

    assert response.status_code == 400
    assert "“1 January 2199” is still to come" in response.content.decode()


# --- Pages as it was known ------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_body_page_shows_what_was_known_whatever_the_keys_of_the_history(client):
    organisation = make_organisation("Acme Trust")
    for name in ("Trust of Acme", "Acme Trust"):  # so that history and rows differ in their keys
        organisation.name = name
        organisation.save()
    successor = make_body("Day Group")
    body = make_body("Night Group", end_date=FIRST, successor=successor)
    make_seat(body, on_behalf_of=organisation)
    moment = timezone.now().isoformat()
    organisation.name = "Renamed Trust"
    organisation.save()
    body.successor = None
    body.save()
    StructureRecord.objects.update(first_day=FIRST)
    structure_edited()

    def page(**days):
        return client.get(f"/bodies/{body.slug}/", days).content.decode()

    first_day = FIRST.isoformat()
    assert "Renamed Trust" in page(as_on=first_day)
    assert "Acme Trust" in page(as_on=first_day, known_on=moment)
    assert "Day Group" not in page() and "Day Group" in page(known_on=moment)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "leads_to"), [("2021-12-31", "2022-01-01"), ("2026-04-01", "2026-03-31")]
)
def test_links_to_the_first_and_the_last_day_stay_with_what_was_known(client, day, leads_to):
    dates = {"start_date": date(2022, 1, 1), "end_date": date(2026, 3, 31)}
    body, organisation = make_body(**dates), make_organisation(partner=False, **dates)
    StructureRecord.objects.update(first_day=date(2021, 1, 1))
    known = timezone.localdate().isoformat()

    for page in (f"/bodies/{body.slug}/", f"/organisations/{organisation.slug}/"):
        shown = client.get(f"{page}?as_on={day}&known_on={known}").text
        assert f'"?as_on={leads_to}&amp;known_on={known}"' in shown
        assert f'"?as_on={leads_to}"' in client.get(f"{page}?as_on={day}").text
    before = client.get(f"/structure/?as_on=2020-12-31&known_on={known}").text
    assert f'"?as_on=2021-01-01&amp;known_on={known}"' in before


@pytest.mark.django_db
def test_a_place_is_looked_for_as_of_both_days(client):
    make_body()
    known = timezone.localdate().isoformat()

    page = client.get(f"/localities/?known_on={known}").text

    form = page[page.index('action="/localities/find/"') :].split("</form>")[0]
    assert f'<input type="hidden" name="known_on" value="{known}">' in form


@pytest.mark.django_db
def test_a_name_that_is_no_longer_public_is_not_shown_as_it_was_known(client):
    body = make_body("Night Group")
    holder = make_person(first_name="Ada", last_name="Lovelace")
    membership = Membership.objects.create(seat=make_seat(body), person=holder, name_is_public=True)
    moment = timezone.now().isoformat()
    address = f"/bodies/{body.slug}/"
    assert "Ada Lovelace" in client.get(address, {"known_on": moment}).content.decode()

    membership.name_is_public = False
    membership.save()
    structure_edited()

    for days in ({}, {"known_on": moment}):
        assert "Lovelace" not in client.get(address, days).content.decode()


@pytest.mark.django_db
def test_a_name_in_whose_place_another_was_written_is_not_shown_as_it_was_known(client):
    body = make_body("Night Group")
    ada, grace = (make_person(first_name=name, last_name="King") for name in ("Ada", "Grace"))
    membership = Membership.objects.create(seat=make_seat(body), person=ada, name_is_public=True)
    before = timezone.now().isoformat()
    membership.person = grace
    membership.save()
    structure_edited()
    after = timezone.now().isoformat()

    pages = [
        client.get(f"/bodies/{body.slug}/", days).text
        for days in ({}, {"known_on": after}, {"known_on": before})
    ]

    assert ["Ada King" in page for page in pages] == [False, False, False]
    assert ["Grace King" in page for page in pages] == [True, True, False]
