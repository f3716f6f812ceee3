"""The page of what is wrong, and the command that says the same."""

import json
import re
from datetime import timedelta
from html import unescape
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from governance import mending
from governance.actions.structure import structure_edited
from governance.faults import RULES
from governance.models import BodyName, Meeting, StructureRecord, TermsOfReference
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_line,
    make_officer,
    make_organisation,
    make_person,
    make_seat,
    today,
)
from tests.governance.test_faults import CATALOGUE, Sound
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/structure/faults/"
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def record():
    StructureRecord.objects.create(first_day=today() - timedelta(days=2000))


@pytest.fixture
def sound():
    """A board, and a group below it, with nothing wrong."""
    board = make_body("Board", kind=make_kind("board", order=1), slug="board")
    group = make_body("Group", kind=make_kind("group", order=2), slug="group")
    make_line(group, board)
    make_escalation_line(group, board)
    for body in (board, group):
        make_officer(body)
        TermsOfReference.objects.create(body=body)
    structure_edited()
    return group


def ask(client, status=200, **parameters):
    response = client.get(PAGE, parameters)
    assert response.status_code == status
    return text_of(main_of(response))


def run(*arguments):
    out = StringIO()
    call_command("structure_faults", *arguments, stdout=out)
    return out.getvalue()


# --- The page -------------------------------------------------------------------------------------


def test_a_structure_without_faults_is_told_so_calmly(client, sound):
    said = ask(client)

    assert "No fault was found. Every rule below was checked" in said
    assert all(str(rule.says) in said for rule in RULES)


def test_faults_stand_under_their_rule_with_their_number_and_their_body(client, sound):
    make_seat(sound)
    make_seat(sound, title="Head of nursing")
    sound.terms.all().delete()
    structure_edited()

    said = ask(client)

    assert "3 faults found." in said
    assert (
        "Vacant seats: 2 The rule: Every seat of a body of the partnership is held by someone. "
        "Group Nobody is recorded as holding the seat “Member”."
    ) in said
    assert "Terms of reference missing: 1 The rule:" in said
    assert (
        "Every seat of a body of the partnership is held by someone."
        not in said.partition("Rules that nothing breaks")[2]
    )
    assert f'<a href="/bodies/{sound.slug}/">Group</a>' in client.get(PAGE).content.decode()


def test_a_fault_shows_the_words_it_rests_on_and_how_well_they_are_known(client, sound):
    for _ in range(2):
        make_seat(
            sound, evidence="stated", quotation="Two nurses sit on it.", source_title="The source"
        )

    said = ask(client)

    # Once for both seats; the browser draws the quotation marks.
    assert said.count("Stated Two nurses sit on it. The source") == 1


def test_one_body_has_its_own_faults_and_stays_chosen(client, sound):
    make_seat(sound)
    other = make_body("Other", kind=make_kind("group"), slug="other")

    said = ask(client, body="group")

    assert "Faults of Group" in said and "1 fault found with Group" in said
    assert "No line leads from it" not in said and "No line leads" in ask(client, body=other.slug)
    html = client.get(PAGE, {"body": "group", "as_on": today().isoformat()}).content.decode()
    assert '<input type="hidden" name="body" value="group">' in html  # when another day is chosen
    assert f'<input type="hidden" name="as_on" value="{today()}">' in html  # another body
    assert '<option value="group" selected>' in html


def test_a_body_that_is_not_there_on_the_day_is_not_found(client, sound):
    last_day = today() - timedelta(days=9)
    make_body("Closed", slug="closed", end_date=last_day)

    assert "There is no body “closed” on this day." in ask(client, status=404, body="closed")
    assert "Faults of Closed" in ask(client, body="closed", as_on=last_day.isoformat())
    assert "There is no body “x" in ask(client, status=404, body="x" * 300)


def test_a_planned_day_has_the_faults_of_the_plan(client, sound):
    seat = sound.seats.get()
    seat.end_date = today() + timedelta(days=30)
    seat.save()
    structure_edited()

    assert "No fault was found." in ask(client)
    said = ask(client, as_on=(today() + timedelta(days=31)).isoformat())
    assert "as planned for" in said and "Bodies without a chair: 1" in said


def test_a_past_day_has_the_faults_it_had(client, sound):
    TermsOfReference.objects.filter(body=sound).update(start_date=today())

    assert "No fault was found." in ask(client)
    assert "Terms of reference missing: 1" in ask(client, as_on=(today() - A_DAY).isoformat())


def test_a_day_before_the_record_has_no_list(client, sound):
    said = ask(client, as_on="1999-01-01")

    assert "Our record begins on" in said and "fault was found" not in said


def test_what_stood_beside_the_structure_is_judged_as_it_was_known_then(client, sound):
    """Each row that a rule reads beside the structure is changed after the moment."""
    organisation = make_organisation("Acme CCG", partner=False)
    sound.remit = "It works with the CCG, and with one partner."
    sound.mailbox = "group@example.org"
    sound.save()
    Meeting.objects.create(body=sound, starts_at=timezone.now())
    cadence = sound.cadences.create(rhythm="weekly")
    structure_edited()
    moment = timezone.now()

    sound.terms.get().delete()
    sound.seats.get().memberships.get().delete()
    sound.mailbox, sound.remit = "", "All six partners."
    sound.save()
    organisation.end_date = today() - A_DAY
    organisation.save()
    BodyName(body=sound, name="Another").save()
    Meeting.objects.get().delete()
    cadence.rhythm = "monthly"
    cadence.save()
    structure_edited()

    now = ask(client)
    for title in (
        "Terms of reference missing: 1",
        "Vacant seats: 1",
        "Bodies that nobody receives for: 1",
        "Two where there can be one: 1",
        "Bodies that have not met: 1",
    ):
        assert title in now
    then = ask(client, known_on=moment.isoformat())
    assert "No fault was found." in then


def test_links_stay_on_the_day_and_in_what_was_known(client, sound):
    make_seat(sound)
    days = {"as_on": today().isoformat(), "known_on": today().isoformat()}

    html = client.get(PAGE, days).content.decode()

    query = f"?as_on={today()}&amp;known_on={today()}"
    assert f'href="/bodies/group/{query}"' in html
    assert f'<input type="hidden" name="known_on" value="{today()}">' in html


def test_only_those_who_may_edit_see_where_a_fault_is_mended(client, sound, monkeypatch):
    seat = make_seat(sound)
    monkeypatch.setattr(mending, "admin_address", lambda model, page, *key: f"/{model}/{page}/")

    for person in (None, make_person(), make_officer(sound), make_engagement_team_member()):
        if person:
            client.force_login(person)
        assert "Mend this" not in ask(client)
    client.force_login(make_governance_administrator())
    html = client.get(PAGE).content.decode()
    assert f'href="/membership/add/?seat={seat.pk}" lang="en-GB">Mend this' in html


def test_a_fault_without_a_page_that_mends_it_has_no_dead_link(client, sound, monkeypatch):
    make_seat(sound)
    monkeypatch.setattr(mending, "admin_address", lambda model, page, *key: None)
    client.force_login(make_governance_administrator())

    assert "Vacant seats: 1" in ask(client) and "Mend this" not in ask(client)


def test_too_many_faults_of_a_kind_are_counted_not_listed(client, sound, monkeypatch):
    monkeypatch.setattr("governance.views.faults.SHOWN", 2)
    for _ in range(5):
        make_seat(sound)

    said = ask(client)

    assert "Vacant seats: 5" in said and said.count("Nobody is recorded") == 2
    assert "3 more of this kind are not shown." in said


def test_the_page_takes_the_same_queries_for_many_faults(client, sound, django_assert_num_queries):
    make_seat(sound)
    ask(client)
    with django_assert_num_queries(13):
        ask(client)
    for _ in range(50):
        make_seat(sound)
        make_body()
    ask(client)
    with django_assert_num_queries(13):
        ask(client)


def test_the_page_is_valid_html(client, sound, html_faults):
    make_seat(sound, evidence="stated", quotation="One nurse.", source_title="The source")
    make_body("Orphan", slug="orphan")
    client.force_login(make_governance_administrator())

    for parameters in ({}, {"body": "group"}, {"body": "x"}, {"as_on": "1999-01-01"}):
        assert html_faults(client.get(PAGE, parameters).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_page_is_accessible(new_page, axe_faults, sound, width):
    make_seat(sound, evidence="stated", quotation="One nurse.", source_title="The source")
    make_body("Orphan", slug="orphan")
    page = new_page(width=width)

    for address in (PAGE, f"{PAGE}?body=group", f"{PAGE}?as_on=1999-01-01"):
        page.goto(address)
        assert axe_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


# --- The command ----------------------------------------------------------------------------------


def test_the_command_says_the_same_in_words(sound):
    assert run() == (f"No fault was found in the structure of {today().day} {today():%B %Y}.\n")
    make_seat(sound, evidence="stated", quotation="One nurse.", source_title="The source")

    assert run() == (
        f"Faults of the structure of {today().day} {today():%B %Y}: 1\n"
        "\n"
        "Vacant seats: 1\n"
        "Every seat of a body of the partnership is held by someone.\n"
        "- Group: Nobody is recorded as holding the seat “Member”.\n"
        "  Stated: “One nurse.”\n"
    )


def test_the_command_gives_programs_keys_they_can_rely_on(sound):
    seat = make_seat(sound, evidence="stated", quotation="One nurse.", source_title="The source")

    said = json.loads(run("--format", "json", "--body", "group"))

    assert said == {
        "as_on": today().isoformat(),
        "known_on": None,
        "count": 1,
        "faults": [
            {
                "rule": "vacant-seat",
                "says": "Every seat of a body of the partnership is held by someone.",
                "body": "group",
                "body_name": "Group",
                "found": "Nobody is recorded as holding the seat “Member”.",
                "evidence": "stated",
                "quotation": "One nurse.",
                "source_title": "The source",
                "source_url": "",
                "reasoning": "",
                "mend": {"model": "membership", "pk": None, "given": {"seat": seat.pk}},
            }
        ],
    }
    assert json.loads(run("--format=json", "--body=board"))["faults"] == []


def test_the_command_judges_any_day_and_what_was_known(sound):
    make_seat(sound, start_date=today() + A_DAY)
    moment = timezone.now().isoformat()
    make_seat(sound)

    coming = (today() + A_DAY).isoformat()
    assert json.loads(run("--format=json"))["count"] == 1
    assert json.loads(run("--format=json", "--as-on", coming))["count"] == 2
    known = json.loads(run("--format=json", "--as-on", coming, "--known-on", moment))
    assert known["count"] == 1 and known["known_on"] == moment
    assert "as the portal had recorded it on" in run("--known-on", moment)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--as-on", "soon"], "“soon” is not a day. Write it like 2026-11-22."),
        (["--as-on", "1999-01-01"], "The record begins on "),
        (["--known-on", "soon"], "“soon” is neither a day nor a moment"),
        (["--known-on", "2199-01-01"], "“2199-01-01” is still to come"),
        (["--known-on", "1999-01-01"], "Nothing had been recorded for this day."),
        (["--body", "nowhere"], "There is no body “nowhere” on "),
        (["--format", "xml"], "invalid choice: 'xml'"),
    ],
)
def test_the_command_refuses_what_cannot_be_in_a_sentence(sound, arguments, sentence):
    with pytest.raises(CommandError, match=re.escape(sentence)):
        run(*arguments)


def test_the_command_asks_for_a_structure_where_there_is_none():
    StructureRecord.objects.all().delete()

    with pytest.raises(CommandError, match="Run load_structure first."):
        run()


# --- Where it is mended ---------------------------------------------------------------------------


@pytest.mark.parametrize("plant", CATALOGUE, ids=lambda plant: plant.__name__)
def test_each_fault_leads_to_a_page_that_mends_it(client, plant):
    plant(Sound())
    structure_edited()
    client.force_login(make_governance_administrator())

    links = re.findall(r'<a class="tht-nowrap" href="(/admin/[^"]+)"', client.get(PAGE).text)

    assert links
    for address in map(unescape, links):
        page = client.get(address)
        assert page.status_code == 200, address
        initial = page.context["adminform"].form.initial
        given = parse_qsl(urlsplit(address).query)
        assert {name: str(initial.get(name)) for name, _ in given} == dict(given), address
