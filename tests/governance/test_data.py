"""Open data: each set as a file, with licence and attribution, and nobody's words or name in it."""

import csv
import io
from datetime import date, timedelta

import pytest

from engagement.actions import outcomes
from engagement.models import Submission
from governance import data_sets
from governance.actions.structure import structure_edited
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_escalation_line,
    make_locality,
    make_member,
    make_organisation,
    make_partnership,
    make_person,
    make_seat,
    make_theme,
    make_ward,
    send_feedback,
    today,
)

pytestmark = pytest.mark.django_db

KEYS = [each.key for each in data_sets.SETS]


def in_csv(client, address):
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_set_is_listed_with_its_columns_and_can_be_taken_both_ways(client, html_faults):
    make_body()

    page = client.get("/data/")

    assert html_faults(page.content) == []
    for each in data_sets.SETS:
        for ending in ("csv", "json"):
            assert f'href="/data/{each.key}.{ending}"' in page.text
            answer = client.get(f"/data/{each.key}.{ending}")
            assert answer.status_code == 200
            assert answer["Link"] == f'<{data_sets.LICENCE}>; rel="license"'
        assert ", ".join(each.columns) in page.text


@pytest.mark.parametrize("key", KEYS)
def test_a_file_for_programs_says_its_licence_and_whom_to_name(client, key):
    make_body()

    content = client.get(f"/data/{key}.json").json()

    assert content["licence"] == data_sets.LICENCE
    assert "Tower Hamlets Together" in content["attribution"]


@pytest.mark.parametrize("key", [each.key for each in data_sets.SETS if each.has_days])
def test_there_is_no_file_of_a_day_before_the_record(client, record, key):
    make_body(locality=make_locality("ne"))

    for ending in ("csv", "json"):
        refusal = client.get(f"/data/{key}.{ending}?as_on=2020-12-31")
        assert refusal.status_code == 404
        assert "Our record begins on 1 January 2021." in refusal.text
        assert client.get(f"/data/{key}.{ending}?as_on=2021-01-01").status_code == 200
    page = client.get("/data/?as_on=2020-12-31").text
    assert "Our record begins on 1 January 2021." in page and f"{key}.csv" not in page


def test_who_follows_a_body_and_for_whom_a_seat_is_are_told_though_not_there_on_the_day(client):
    follower = make_body(slug="follower", start_date=today() + timedelta(days=1))
    body = make_body(slug="closing", end_date=today(), successor=follower)
    gone = make_organisation(slug="gone", partner=False, end_date=today() - timedelta(days=1))
    make_seat(body, on_behalf_of=gone)

    [told] = in_csv(client, "/data/bodies.csv")
    [seat] = in_csv(client, "/data/seats.csv")

    assert (told["slug"], told["successor"]) == ("closing", "follower")
    assert seat["on_behalf_of"] == "gone"


def test_the_structure_of_a_day_is_told_with_how_it_is_known(client, settings, record):
    group, board = make_body("Group", slug="group"), make_body("Board", slug="board")
    make_escalation_line(group, board, end_date=date(2026, 3, 31))
    make_organisation(slug="barts")
    make_member(board, person=make_person(first_name="Amina"))

    bodies = in_csv(client, "/data/bodies.csv")
    before = in_csv(client, "/data/lines.csv?as_on=2026-03-31")

    assert {row["slug"] for row in bodies} == {"group", "board"}
    assert bodies[0]["address"] == f"{settings.PORTAL_URL}/bodies/{bodies[0]['slug']}/"
    [line] = before
    assert (line["from_body"], line["kind"], line["to_body"]) == ("group", "escalates_to", "board")
    assert line["evidence"] in {"stated", "sourced", "assumed"}
    assert in_csv(client, "/data/lines.csv?as_on=2026-04-01") == []
    assert [row["slug"] for row in in_csv(client, "/data/organisations.csv")] == ["barts"]
    [seat] = in_csv(client, "/data/seats.csv")
    assert (seat["body"], seat["is_vacant"]) == ("board", "False")
    assert "Amina" not in client.get("/data/seats.json").text


def test_wards_are_told_with_their_locality(client):
    locality = make_locality("ne", name="North East")
    make_ward("Bow East", locality=locality)
    make_body(slug="ne-committee", locality=locality)

    [row] = in_csv(client, "/data/localities.csv")

    assert (row["locality"], row["ward"], row["committee"]) == ("ne", "Bow East", "ne-committee")


def test_a_spreadsheet_takes_no_text_for_a_formula(client):
    make_body("=1+1")

    assert [row["name"] for row in in_csv(client, "/data/bodies.csv")] == ["'=1+1"]
    assert client.get("/data/bodies.json").json()["rows"][0]["name"] == "=1+1"


def test_outcomes_are_told_with_small_numbers_hidden_and_no_words_of_residents(client):
    partnership, team = make_partnership(), make_engagement_team_member()
    message = send_feedback(message="Xylophone").submission
    theme = make_theme(Submission.objects.get(pk=message.pk))
    made = outcomes.draft(
        theme=theme, body=partnership.living_well, by=team, title="Evenings", said="By day."
    )
    assert in_csv(client, "/data/outcomes.csv") == []

    outcomes.publish(outcome=made, by=team, seen=made.revision)

    [row] = in_csv(client, "/data/outcomes.csv")
    assert (row["title"], row["said_by"]) == ("Evenings", "Fewer than 5 messages")
    assert row["body"] == "living-well"
    assert "Xylophone" not in client.get("/data/outcomes.json").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/data/people.csv", 404),
        ("/data/bodies.json?as_on=tomorrow", 400),
        ("/data/lines.csv?known_on=x", 400),
    ],
)
def test_what_there_is_not_is_said(client, address, status):
    make_body()

    assert client.get(address).status_code == status


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("number", [1, 20])
def test_a_set_costs_the_same_however_many_rows(client, key, number, django_assert_num_queries):
    locality = make_locality("ne")
    for _ in range(number):
        make_body(locality=locality)
        make_ward(locality=locality)
        make_organisation()
    structure_edited()
    client.get("/structure/")  # the structure is in memory then
    asked = key in {"localities", "outcomes", "ideas"}

    with django_assert_num_queries(1 + asked):
        client.get(f"/data/{key}.csv")
    with django_assert_num_queries(1):
        client.get(f"/data/{key}.csv")
