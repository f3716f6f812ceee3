"""A body in the admin: how it is closed, renamed and opened there."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from engagement.models import Topic
from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Meeting,
    Membership,
    Organisation,
    Priority,
    ReportingLine,
    StructureRecord,
)
from governance.structure import structure_on
from tests.admin_pages import add, edit, page_of, sentences
from tests.factories import REASON, make_body, make_escalation_line, make_kind, make_member, today
from tests.reading import main_of

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


def test_a_body_closed_from_tomorrow_is_in_today_s_structure_and_not_in_tomorrow_s(
    client, administrator
):
    last_day = today()
    body, board = make_body("Living Well"), make_body("Board")
    StructureRecord.objects.update(first_day=date(2021, 1, 1))
    make_escalation_line(body, board)
    make_member(body)
    client.logout()
    before = main_of(client.get("/structure/"))

    client.force_login(administrator)
    assert sentences(edit(client, body, end_date=last_day)) == []

    client.logout()
    assert main_of(client.get("/structure/")) == before
    assert "Living Well" in before
    after = client.get(f"/structure/?as_on={last_day + timedelta(days=1)}").text
    assert "Living Well" not in after
    assert "Board" in after
    assert ReportingLine.objects.get().end_date == last_day
    assert Membership.objects.get().end_date == last_day


def test_a_closing_may_be_moved_and_taken_back_on_the_same_page(client, administrator):
    body, board = make_body(), make_body()
    make_escalation_line(body, board)

    edit(client, body, end_date=LAST_DAY)
    edit(client, body, end_date=DAY_AFTER)
    assert ReportingLine.objects.get().end_date == DAY_AFTER
    edit(client, body, end_date="")

    assert ReportingLine.objects.get().end_date is None
    assert Body.objects.get(pk=body.pk).end_date is None


def test_closing_leaves_one_version_that_says_why(client, administrator):
    body = make_body()

    edit(client, body, end_date=LAST_DAY)

    latest, created = Body.objects.get().history.all()
    assert (latest.end_date, latest.history_change_reason) == (LAST_DAY, REASON)
    assert latest.history_user == administrator


def test_a_closing_is_moved_together_with_another_change(client, administrator):
    body, board = make_body(), make_body()
    make_escalation_line(body, board)
    edit(client, body, end_date=LAST_DAY)

    edit(client, body, end_date=DAY_AFTER, stage="Winding up")

    assert ReportingLine.objects.get().end_date == DAY_AFTER


def test_closing_and_another_change_are_both_kept(client, administrator):
    body, successor = make_body(), make_body()

    edit(client, body, end_date=LAST_DAY, successor=successor.pk, stage="Winding up")

    body = Body.objects.get(pk=body.pk)
    assert (body.end_date, body.successor, body.stage) == (LAST_DAY, successor, "Winding up")


def test_a_closing_that_came_while_another_edit_waited_stays(client, administrator, monkeypatch):
    body = make_body()

    def wait_for_the_closing():
        Body.objects.filter(pk=body.pk).update(end_date=LAST_DAY)

    for module in ("governance.actions.structure", "governance.admin.base"):
        monkeypatch.setattr(f"{module}.lock_structure", wait_for_the_closing)
    edit(client, body, purpose="To look after rooms")

    body.refresh_from_db()
    assert (body.purpose, body.end_date) == ("To look after rooms", LAST_DAY)


def test_a_closing_that_breaks_a_rule_is_refused_at_its_field_with_what_was_typed(
    client, administrator
):
    body = make_body("Living Well", start_date=DAY_AFTER)

    response = edit(client, body, end_date=DAY_AFTER, successor=body.pk, stage="Typed")
    form = response.context["adminform"].form

    assert form.errors["successor"] == ["A body cannot be its own successor."]
    assert "Typed" in response.text
    assert Body.objects.get().end_date is None
    assert Body.objects.get().stage == ""


def test_a_body_does_not_begin_after_a_meeting_that_is_planned(client, administrator):
    body = make_body("Living Well", start_date=date(2027, 1, 1))
    # Half an hour after midnight in London is the day before in UTC.
    meets_at = datetime(2027, 7, 5, 23, 30, tzinfo=UTC)
    meeting = Meeting.objects.create(body=body, starts_at=meets_at)

    page = edit(client, body, start_date=date(2027, 7, 7))
    says = "Living Well is to meet on 6 July 2027, before that day. Cancel that meeting first"
    assert says in page.text
    assert Body.objects.get().start_date == date(2027, 1, 1)

    assert sentences(edit(client, body, start_date=date(2027, 7, 6))) == []
    Meeting.objects.filter(pk=meeting.pk).update(status=Meeting.Status.CANCELLED)
    assert sentences(edit(client, body, start_date=date(2027, 7, 7))) == []


@pytest.mark.parametrize("name", ["acknowledge_days", "answer_days"])
def test_a_body_has_a_working_day_or_more_to_answer(client, administrator, name):
    body = make_body()

    page = edit(client, body, **{name: 0})
    assert page.context["adminform"].form.errors[name] == ["Enter 1 working day or more."]

    edit(client, body, **{name: 1})
    assert getattr(Body.objects.get(), name) == 1


def test_a_successor_needs_the_last_day(client, administrator):
    response = edit(client, make_body(), successor=make_body().pk)

    assert sentences(response) == [
        "Enter the last day of the body, after which it has a successor."
    ]


def test_a_further_name_with_its_first_day_renames_the_body(client, administrator):
    body = make_body("Born Well Growing Well")
    name = {"name": "Children and Families", "short_name": "C&F", "start_date": DAY_AFTER}

    assert sentences(edit(client, body, [("names", name)])) == []

    assert structure_on(LAST_DAY).body(body).name == "Born Well Growing Well"
    assert structure_on(DAY_AFTER).body(body).name == "Children and Families"
    assert BodyName.objects.get(name="Born Well Growing Well").end_date == LAST_DAY
    reasons = {version.history_change_reason for version in BodyName.history.all()[:2]}
    assert reasons == {REASON}


def test_two_names_at_once_are_refused(client, administrator):
    body = make_body("First")
    name = {"name": "Second", "start_date": DAY_AFTER, "end_date": date(2028, 1, 1)}

    response = edit(client, body, [("names", name)])

    assert sentences(response) == [
        "First would have two names at once: “First” from before our record with no last day, and "
        "“Second” from 1 April 2027 to 1 January 2028. End the first before the other begins."
    ]
    assert BodyName.objects.count() == 1


def test_a_name_may_be_corrected(client, administrator):
    body = make_body("Livng Well")

    assert sentences(edit(client, body, **{"names-0-name": "Living Well"})) == []

    assert BodyName.objects.get().name == "Living Well"


def test_a_body_needs_a_name(client, administrator):
    kind = make_kind()

    response = add(client, Body, slug="new-group", kind=kind.pk)

    assert response.status_code == 200
    assert not Body.objects.exists()


def test_the_only_name_of_a_body_cannot_be_deleted(client, administrator):
    body = make_body("Living Well")

    assert sentences(edit(client, body, **{"names-0-DELETE": "on"})) == ["A body needs a name."]

    assert BodyName.objects.get().name == "Living Well"


def test_a_new_body_is_added_with_its_name_lines_and_seats(client, administrator):
    board, kind = make_body("Board"), make_kind()
    rows = [
        ("lines_up", {"kind": "reports_to", "to_body": board.pk}),
        ("seats", {"role": "chair"}),
    ]

    name = {"names-0-name": "New group", "names-0-evidence": "assumed"}

    response = add(client, Body, rows, slug="new-group", kind=kind.pk, **name)

    assert sentences(response) == []
    body = Body.objects.get(slug="new-group")
    structure = structure_on(today())
    assert structure.body(body).name == "New group"
    assert structure.lines_up(body)[0].to_body.pk == board.pk
    assert [seat.role for seat in structure.seats_on(body)] == ["chair"]


def test_the_address_of_a_body_stays(client, administrator):
    body = make_body(slug="living-well")

    edit(client, body, slug="other")

    assert Body.objects.get().slug == "living-well"


@pytest.mark.parametrize("model", [Body, BodyKind, Organisation, Priority, Topic])
def test_a_new_row_says_what_its_part_of_the_address_looks_like(client, administrator, model):
    page = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")).text

    assert "small letters, digits and hyphens" in page
    assert "It stays when the name changes." in page


def test_a_new_body_is_asked_for_its_first_day(client, administrator):
    page = client.get(page_of(Body, "add")).text

    assert "A new body needs its first day." in page
    assert "before our record began" in page
