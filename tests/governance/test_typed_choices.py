"""Choices of bodies, organisations, seats and people: listed while they are few, else typed."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.admin import typed
from governance.admin.newest import OFFERED, REFUSALS
from governance.models import Body, Decision, Meeting, Membership, ReportingLine, Seat
from tests.admin_pages import add, edit, page_of, sentences
from tests.factories import (
    REASON,
    make_body,
    make_line,
    make_organisation,
    make_person,
    make_rule,
    make_seat,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


@pytest.fixture
def many(monkeypatch, administrator):
    """There are too many bodies to list, of which these two are; and so are other rows."""
    monkeypatch.setattr(typed, "MOST_LISTED", 0)
    bodies = make_body("Living Well", slug="living-well"), make_body("OMG", slug="omg")
    for name in ("Council", "Trust"):
        make_organisation(name, slug=name.lower())
    return bodies


def box(page, name):
    """What stands in a box for text on a page."""
    (found,) = re.findall(rf'<input type="text" name="{name}"[^>]*>', page.text)
    value = re.search(r'value="([^"]*)"', found)
    return value[1] if value else ""


# --- Pages stay small -----------------------------------------------------------------------------


@pytest.mark.parametrize("deed", ["change", "close", "merge"])
def test_a_page_of_a_body_does_not_grow_with_the_structure(
    client, administrator, monkeypatch, deed
):
    def look():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(page_of(Body, deed, body.pk))
        return page.text.count("<option") + page.text.count('type="checkbox"'), len(asked)

    monkeypatch.setattr(typed, "MOST_LISTED", 3)
    body, above = make_body(), make_body()
    for _ in range(3):
        make_body(), make_organisation()
    make_line(body, above)
    look()
    before = look()

    for _ in range(9):
        make_line(body, make_body(), ReportingLine.Kind.SUPPORTS)
        make_seat(body, on_behalf_of=make_organisation())
    look()
    found = look()

    assert found[1] == before[1]
    if deed != "change":  # each line and each seat has small lists of its own
        assert found[0] == before[0]
    assert f">{above.name}</option>" not in client.get(page_of(Body, deed, body.pk)).text


def test_few_are_listed(client, administrator):
    body, above = make_body(), make_body()
    line = make_line(body, above)

    page = client.get(page_of(ReportingLine, "change", line.pk)).text

    assert f'<option value="{above.pk}" selected>{above.name}</option>' in page


def test_a_list_of_filters_is_left_out_where_it_would_be_long(client, many):
    make_seat(many[0])
    assert "?body=" not in client.get(page_of(Meeting)).text
    assert "on_behalf_of__id__exact" not in client.get(page_of(Seat)).text


# --- What is typed --------------------------------------------------------------------------------


def test_what_is_chosen_stands_in_the_box_and_stays(client, many):
    line = make_line(*many)

    page = client.get(page_of(ReportingLine, "change", line.pk))
    assert box(page, "to_body") == "OMG (omg)"
    answer = edit(client, line, respect="money")

    line.refresh_from_db()
    assert sentences(answer) == []
    assert (line.to_body, line.respect) == (many[1], "money")
    assert line.history.first().history_change_reason == REASON


@pytest.mark.parametrize("text", ["OMG", " omg ", "Omg (omg)", "whatever (omg)"])
def test_a_body_is_known_by_its_name_or_its_address(client, many, text):
    answer = add(client, ReportingLine, from_body="Living Well", kind="supports", to_body=text)

    assert sentences(answer) == []
    assert ReportingLine.objects.get().to_body == many[1]


def test_a_part_of_a_name_is_answered_with_what_it_may_mean(client, many):
    make_body("Living Better", slug="living-better")

    page = add(client, ReportingLine, from_body="living", kind="supports", to_body="OMG")

    (sentence,) = sentences(page)
    assert sentence.startswith("Type one of these as it stands here: ")
    assert {"Living Well (living-well)", "Living Better (living-better)"} == set(
        sentence.removeprefix("Type one of these as it stands here: ").rstrip(".").split("; ")
    )
    assert (box(page, "from_body"), box(page, "to_body")) == ("living", "OMG (omg)")
    assert not ReportingLine.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type the name of the body."),
        ("Nobody", "No body is called “Nobody”. Type a part of its name."),
        ("a\x00b" + "c" * 5000, "No body is called"),
        ("(", "No body is called “(”."),
        ("%", "No body is called “%”."),
        ("9" * 40, "No body is called"),
    ],
)
def test_what_is_no_body_is_refused_in_a_sentence(client, many, text, sentence):
    page = add(client, ReportingLine, from_body=text, kind="supports", to_body="OMG")

    assert [each for each in sentences(page) if each.startswith(sentence)]
    assert not ReportingLine.objects.exists()


def test_two_bodies_of_one_name_are_told_apart(client, many):
    make_body("OMG", slug="omg-2")
    asked = {"from_body": "living-well", "kind": "supports"}

    (said,) = sentences(add(client, ReportingLine, **asked, to_body="OMG"))

    assert "OMG (omg); OMG (omg-2)" in said
    assert sentences(add(client, ReportingLine, **asked, to_body="omg-2")) == []
    assert ReportingLine.objects.get().to_body.slug == "omg-2"


def test_many_that_fit_are_cut_short(client, many):
    for number in range(typed.MOST_MEANT + 1):
        make_body(f"Group {number}")

    asked = {"from_body": "group", "kind": "supports", "to_body": "OMG"}
    (said,) = sentences(add(client, ReportingLine, **asked))

    assert said.count(";") == typed.MOST_MEANT
    assert said.endswith("and more: type more of its name.")


def test_a_body_is_found_by_a_name_that_it_had(client, many):
    edit(client, many[1], rows=[("names", {"name": "Ops", "start_date": "2026-01-01"})])

    assert (
        sentences(
            add(client, ReportingLine, from_body="living-well", kind="supports", to_body="OMG")
        )
        == []
    )
    assert ReportingLine.objects.get().to_body == many[1]


def test_organisations_seats_and_people_are_typed_too(client, many):
    assert sentences(add(client, Seat, body="OMG", role="chair", on_behalf_of="trust")) == []
    seat = Seat.objects.get()
    assert (seat.body, seat.on_behalf_of.name) == (many[1], "Trust")
    make_seat(many[0])
    make_person(username="ada", first_name="Ada", last_name="Lovelace")

    said = " ".join(sentences(add(client, Membership, seat="om", person="love ada")))
    assert f"OMG: Chair ({seat.pk})" in said
    assert "Ada Lovelace (ada)" in said
    assert sentences(add(client, Membership, seat=f"x ({seat.pk})", person="ada")) == []
    assert Membership.objects.get().person.username == "ada"


def test_an_address_can_fill_the_box_in(client, many):
    page = client.get(page_of(ReportingLine, "add"), {"from_body": many[0].pk})

    assert box(page, "from_body") == "Living Well (living-well)"


def test_a_rule_names_a_body_that_is_typed(client, many):
    rule = make_rule(many[0])
    page = client.get(f"/admin/engagement/routingrule/{rule.pk}/change/")

    assert box(page, "body") == "Living Well (living-well)"


# --- Deeds ----------------------------------------------------------------------------------------


def test_a_body_closes_with_a_successor_that_is_typed(client, many):
    address = page_of(Body, "close", many[0].pk)
    asked = {"last_day": "2099-03-31", "successor": "om", "look": "Show"}

    wrong = client.post(address, asked)
    (said,) = wrong.context["form"].errors["successor"]
    assert "OMG (omg)" in said and box(wrong, "successor") == "om"

    page = client.post(address, asked | {"successor": "OMG (omg)"})
    assert "Nothing is done yet" in page.text
    sent = dict(page.context["hidden"]) | {"seen": page.context["seen"]}
    client.post(address, sent | {"reason": REASON, "confirm": "Do it"})

    assert Body.objects.get(pk=many[0].pk).successor == many[1]


def test_bodies_merge_that_are_typed_one_in_each_line(client, many):
    third = make_body("Third", slug="third")
    address = page_of(Body, "merge", many[0].pk)
    asked = {"from_day": "2099-04-01", "into": "first", "look": "Show"}

    empty = client.post(address, asked | {"others": " \n"})
    (said,) = empty.context["form"].errors["others"]
    assert said == "Choose at least one body that merges with it."

    page = client.post(address, asked | {"others": "omg\r\nThird\r\n"})
    assert "OMG, Third" in page.text
    sent = dict(page.context["hidden"]) | {"seen": page.context["seen"]}
    client.post(address, sent | {"reason": REASON, "confirm": "Do it"})

    successors = {body.slug: body.successor for body in Body.objects.all()}
    assert successors == {"living-well": many[1], "third": many[1], "omg": None}
    assert third.slug in successors


# --- The meeting of a decision --------------------------------------------------------------------


def meet(body, number, in_days=-1):
    starts_at = timezone.now() + timedelta(days=in_days)
    return Meeting.objects.bulk_create(
        Meeting(body=body, starts_at=starts_at - timedelta(days=each)) for each in range(number)
    )


def test_the_meeting_of_a_decision_is_one_of_the_newest_its_own_first(client, administrator):
    body, other = make_body(), make_body()
    (own,) = meet(body, 1, in_days=-400)
    meet(other, OFFERED + 5)
    (coming,) = meet(body, 1, in_days=9)
    decision = Decision.objects.create(
        body=body, title="Yes", text="We do.", decided_on=timezone.localdate(own.starts_at)
    )

    page = client.get(page_of(Decision, "change", decision.pk)).text

    select = page.split('<select name="meeting"')[1].split("</select>")[0]
    offered = re.findall(r'<option value="(\d+)"', select)
    assert (len(offered), offered[0]) == (OFFERED, str(own.pk))
    assert str(coming.pk) not in offered
    assert "autocomplete" not in select
    assert sentences(edit(client, decision, meeting=own.pk)) == []
    assert Decision.objects.get().meeting == own


def test_a_meeting_that_is_not_offered_or_of_another_body_is_refused(client, administrator):
    body, other = make_body(), make_body()
    own, others = meet(body, OFFERED + 1)[-1], meet(other, 1)[0]
    decision = Decision.objects.create(
        body=body, title="Yes", text="We do.", decided_on=timezone.localdate()
    )

    assert sentences(edit(client, decision, meeting=own.pk)) == [REFUSALS[Meeting]]
    Meeting.objects.filter(body=body).exclude(pk=own.pk).delete()
    (said,) = sentences(edit(client, decision, meeting=others.pk))
    assert said.startswith("This is no meeting of")
    assert Decision.objects.get().meeting is None
