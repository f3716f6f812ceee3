"""The admin of the structure: the rules of the deeds, told in sentences, with reasons kept."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Escalation,
    EscalationStep,
    Membership,
    Organisation,
    OutboxMessage,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
    User,
)
from governance.permissions import GOVERNANCE_ADMINISTRATORS
from governance.structure import structure_on
from localities.day_field import in_words
from tests.admin_pages import add, edit, page_of, send, sentences
from tests.factories import (
    REASON,
    make_body,
    make_engagement_team_member,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_line,
    make_member,
    make_organisation,
    make_person,
    make_seat,
    today,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)

STRUCTURAL = [BodyKind, Body, Organisation, Partner, ReportingLine, Seat, Membership]


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", STRUCTURAL)
def test_only_governance_administrators_see_and_edit_the_structure(client, model):
    for person in (make_person(is_staff=True), make_engagement_team_member()):
        client.force_login(person)
        assert client.get(page_of(model)).status_code == 403
        assert client.get(page_of(model, "add")).status_code == 403

    client.force_login(make_governance_administrator())
    assert client.get(page_of(model)).status_code == 200
    assert client.get(page_of(model, "add")).status_code == 200


def test_who_left_the_group_may_no_longer_edit(client, administrator):
    assert client.get(page_of(Body)).status_code == 200

    administrator.groups.clear()

    assert client.get(page_of(Body)).status_code == 403


def test_an_administrator_must_be_let_into_the_admin_too(client):
    client.force_login(make_person(groups=[GOVERNANCE_ADMINISTRATORS], is_staff=False))

    assert client.get(page_of(Body)).status_code == 302


# --- Reasons and versions -------------------------------------------------------------------------


@pytest.mark.parametrize("model", STRUCTURAL)
def test_nothing_is_added_without_a_reason(client, administrator, model):
    response = client.post(page_of(model, "add"), {})

    assert "Enter the reason for this change." in response.text


def test_an_edit_says_who_and_why_and_gives_a_new_version(client, administrator):
    body = make_body("Living Well")
    version = StructureRecord.objects.get().version

    assert sentences(edit(client, body, stage="In development")) == []

    latest = Body.objects.get().history.first()
    assert (latest.stage, latest.history_user, latest.history_change_reason) == (
        "In development",
        administrator,
        REASON,
    )
    assert StructureRecord.objects.get().version != version
    page = client.get(page_of(Body, "history", body.pk)).text
    assert REASON in page and str(administrator) in page


def test_a_browser_s_line_breaks_are_no_change(client, administrator):
    body = make_body(purpose="First line.\n\nSecond line.")

    edit(client, body, purpose="First line.\r\n\r\nSecond line.", end_date=LAST_DAY)

    assert Body.objects.get().purpose == "First line.\n\nSecond line."
    assert body.history.count() == 2


@pytest.mark.parametrize("model", STRUCTURAL)
def test_a_deletion_gives_a_new_version_too(client, administrator, model):
    body = make_body()
    make_member(make_body())
    row = {
        BodyKind: lambda: make_kind("unused"),
        Body: lambda: body,
        Organisation: lambda: make_organisation(partner=False),
        Partner: lambda: make_organisation() and Partner.objects.get(),
        ReportingLine: lambda: make_line(make_body(), make_body()),
        Seat: lambda: make_seat(body),
        Membership: lambda: Membership.objects.get(),
    }[model]()
    version = StructureRecord.objects.get().version

    client.post(page_of(model, "delete", row.pk), {"post": "yes", "reason": REASON})

    assert not model.objects.filter(pk=row.pk).exists()
    assert model.history.first().history_change_reason == REASON
    assert StructureRecord.objects.get().version != version


# --- Lines ----------------------------------------------------------------------------------------


def test_a_line_from_a_body_to_itself_is_refused(client, administrator):
    body = make_body()

    response = add(
        client,
        ReportingLine,
        from_body=body.pk,
        to_body=body.pk,
        kind="reports_to",
        evidence="assumed",
    )

    assert "A line joins two different bodies." in sentences(response)
    assert not ReportingLine.objects.exists()


def test_a_ring_is_refused_in_a_sentence_and_what_was_typed_is_kept(client, administrator):
    one, two = make_body("One"), make_body("Two")
    make_line(one, two)

    response = add(
        client,
        ReportingLine,
        from_body=two.pk,
        to_body=one.pk,
        kind="reports_to",
        evidence="assumed",
        respect="Everything typed",
    )

    assert sentences(response) == [
        "This would close a ring: Two reports to One, One reports to Two."
    ]
    assert "Everything typed" in response.text
    assert ReportingLine.objects.count() == 1


def test_a_ring_is_refused_from_the_page_of_a_body_too(client, administrator):
    one, two = make_body("One"), make_body("Two")
    make_line(one, two)

    response = edit(client, two, [("lines_up", {"kind": "reports_to", "to_body": one.pk})])

    assert sentences(response) == [
        "This would close a ring: Two reports to One, One reports to Two."
    ]


def test_an_assumed_line_says_why(client, administrator):
    one, two = make_body(), make_body()
    line = {"kind": "reports_to", "to_body": two.pk, "reasoning": ""}
    asked = ["Say why you assume it, or give a source or a decision."]

    assert sentences(add(client, ReportingLine, from_body=one.pk, **line)) == asked
    assert sentences(edit(client, one, [("lines_up", line)])) == asked
    assert not ReportingLine.objects.exists()

    sourced = line | {"source_title": "Minutes of the Board"}
    assert sentences(add(client, ReportingLine, from_body=one.pk, **sourced)) == []


def test_the_same_line_twice_on_a_day_is_refused(client, administrator):
    line = make_line(make_body("One"), make_body("Two"), end_date=LAST_DAY)

    response = add(
        client,
        ReportingLine,
        from_body=line.from_body_id,
        to_body=line.to_body_id,
        kind="reports_to",
        evidence="assumed",
        start_date=LAST_DAY,
    )

    assert "“One reports to Two” is recorded already" in sentences(response)[0]


def test_a_line_to_a_closed_body_is_refused_at_its_field(client, administrator):
    one, closed = make_body("One"), make_body("Two", end_date=LAST_DAY)

    response = add(
        client,
        ReportingLine,
        from_body=one.pk,
        to_body=closed.pk,
        kind="supports",
        evidence="assumed",
    )

    assert response.context["adminform"].form.errors["end_date"] == [
        "Two closes on 31 March 2027: a line from or to it cannot last longer. "
        "Give it that last day or an earlier one."
    ]


def test_a_line_to_a_closed_body_is_refused_from_the_page_of_a_body_too(client, administrator):
    one, closed = make_body("One"), make_body("Two", end_date=LAST_DAY)

    response = edit(client, one, [("lines_up", {"kind": "supports", "to_body": closed.pk})])

    assert "Two closes on 31 March 2027" in sentences(response)[0]
    assert "end_date" not in response.context["adminform"].form.errors


def test_a_line_is_ended_by_its_last_day(client, administrator):
    line = make_escalation_line(make_body(), make_body())

    assert sentences(edit(client, line, end_date=LAST_DAY)) == []

    assert structure_on(LAST_DAY).bodies_above(line.from_body)
    assert not structure_on(DAY_AFTER).bodies_above(line.from_body)


def test_a_line_that_ends_before_it_begins_is_refused(client, administrator):
    line = make_line(make_body(), make_body())

    response = edit(client, line, start_date=DAY_AFTER, end_date=LAST_DAY)

    assert sentences(response) == ["The last day is before the first day."]


def test_a_stated_line_needs_its_words_and_its_source(client, administrator):
    line = make_line(make_body(), make_body())

    response = edit(client, line, evidence="stated")

    assert set(sentences(response)) == {
        "A stated fact needs the words that state it.",
        "A stated or sourced fact needs its source.",
    }


# --- Seats and partners ---------------------------------------------------------------------------


def test_someone_is_appointed_on_the_page_of_the_seat(client, administrator):
    seat, person = make_seat(make_body(), Seat.Role.CHAIR), make_person()

    response = edit(client, seat, [("memberships", {"person": person.pk, "start_date": DAY_AFTER})])

    assert sentences(response) == []
    assert structure_on(LAST_DAY).seats[0].is_vacant
    assert not structure_on(DAY_AFTER).seats[0].is_vacant


def test_two_on_one_seat_at_once_are_refused(client, administrator):
    seat = make_seat(make_body(), Seat.Role.CHAIR)
    first = make_person(first_name="Ada", last_name="Ali")
    Membership.objects.create(seat=seat, person=first)
    row = {"person": make_person().pk, "start_date": DAY_AFTER}

    response = edit(client, seat, [("memberships", row)])
    assert "The seat “Chair” would be held by two at once: by Ada Ali" in sentences(response)[0]

    response = add(client, Membership, seat=seat.pk, **row)
    assert "The seat “Chair” would be held by two at once: by Ada Ali" in sentences(response)[0]
    assert Membership.objects.count() == 1


def test_a_seat_does_not_outlast_its_body(client, administrator):
    body = make_body("Living Well", end_date=LAST_DAY)

    response = add(client, Seat, body=body.pk, role="member", evidence="assumed")

    assert (
        "Living Well closes on 31 March 2027: a seat on it cannot last longer."
        in sentences(response)[0]
    )


def test_an_organisation_is_a_partner_once_at_a_time(client, administrator):
    organisation = make_organisation("Trust")

    response = edit(client, organisation, [("partnerships", {"start_date": DAY_AFTER})])
    assert "Trust would be a partner twice" in sentences(response)[0]

    response = add(
        client, Partner, organisation=organisation.pk, start_date=DAY_AFTER, evidence="assumed"
    )
    assert "Trust would be a partner twice" in sentences(response)[0]
    assert Partner.objects.count() == 1


# --- The record -----------------------------------------------------------------------------------


def test_only_the_first_day_of_the_record_can_be_changed(client, administrator):
    make_body()
    record = StructureRecord.objects.get()

    client.post(
        page_of(StructureRecord, "change", record.pk),
        {"first_day": "2020-01-01", "version": "0" * 32, "reason": REASON},
    )

    changed = StructureRecord.objects.get()
    assert changed.first_day == date(2020, 1, 1)
    assert changed.version not in {record.version, "0" * 32}
    assert client.get(page_of(StructureRecord, "add")).status_code == 403
    assert client.get(page_of(StructureRecord, "delete", record.pk)).status_code == 403


def test_the_first_day_of_the_record_is_changed_with_a_reason_that_its_history_tells(
    client, administrator
):
    make_body()
    record = StructureRecord.objects.get()
    before = record.first_day

    refused = send(client, page_of(StructureRecord, "change", 1), (), {"reason": ""})
    edit(client, record, first_day="2020-01-01")

    assert "Enter the reason for this change." in refused.text
    history = text_of(client.get(page_of(StructureRecord, "history", 1)).text)
    assert f"{REASON} First day: 1 January 2020 (before: {in_words(before)})." in history
    assert str(administrator) in history


# --- As many queries for many rows ----------------------------------------------------------------


def fill(count):
    kind = make_kind()
    bodies = Body.objects.bulk_create(
        Body(slug=f"many-{number}", kind=kind) for number in range(count)
    )
    BodyName.objects.bulk_create(BodyName(body=body, name=f"Many {body.slug}") for body in bodies)
    board = make_body("Board")
    ReportingLine.objects.bulk_create(
        ReportingLine(from_body=body, to_body=board, kind="reports_to") for body in bodies
    )
    organisations = Organisation.objects.bulk_create(
        Organisation(slug=f"many-{number}", name=f"Many {number}", kind="nhs_trust")
        for number in range(count)
    )
    Partner.objects.bulk_create(Partner(organisation=each) for each in organisations)
    seats = Seat.objects.bulk_create(
        Seat(body=body, on_behalf_of=each) for body, each in zip(bodies, organisations, strict=True)
    )
    people = User.objects.bulk_create(
        User(username=f"many-{number}", last_name=f"Many {number}") for number in range(count)
    )
    Membership.objects.bulk_create(
        Membership(seat=seat, person=person) for seat, person in zip(seats, people, strict=True)
    )
    matters = Escalation.objects.bulk_create(
        Escalation(
            title="Many",
            category="other",
            raising_body=body,
            current_body=board,
            created_by=people[0],
            created_on=today(),
            raised_on=today(),
            status="raised",
        )
        for body in bodies
    )
    EscalationStep.objects.bulk_create(
        EscalationStep(
            escalation=matter,
            kind="raised",
            at=timezone.now(),
            by=person,
            from_body=body,
            to_body=board,
        )
        for matter, person, body in zip(matters, people, bodies, strict=True)
    )
    OutboxMessage.objects.bulk_create(
        OutboxMessage(to="a@example.org", subject="Many", text="", due_at=timezone.now())
        for _ in range(count)
    )
    return board


LISTED = [*STRUCTURAL, StructureRecord, User, OutboxMessage, Escalation, EscalationStep]


@pytest.mark.parametrize("model", LISTED)
def test_lists_take_a_fixed_number_of_queries(
    client, administrator, model, django_assert_max_num_queries
):
    fill(120)

    with django_assert_max_num_queries(12):
        response = client.get(page_of(model))

    assert response.status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(page_of(model), {"q": "many"}).status_code == 200


def test_the_page_of_a_body_takes_as_many_queries_for_many_lines_and_seats(
    client, administrator, django_assert_max_num_queries
):
    board = fill(40)
    for other in Body.objects.exclude(pk=board.pk)[:20]:
        ReportingLine.objects.create(from_body=board, to_body=other, kind="supports")
        Seat.objects.create(body=board)

    with django_assert_max_num_queries(26):
        assert client.get(page_of(Body, "change", board.pk)).status_code == 200


@pytest.mark.parametrize("model", LISTED)
def test_every_row_has_a_page(client, administrator, model):
    fill(1)
    row = model.objects.first()

    if row is None:
        pytest.skip("The factory makes none of these.")
    assert client.get(page_of(model, "change", row.pk)).status_code == 200
    assert client.get(page_of(model, "history", row.pk)).status_code == 200


@pytest.mark.parametrize("model", [Body, Organisation, ReportingLine, Seat, Membership])
def test_lists_can_be_narrowed_to_what_holds_today(client, administrator, model):
    now, day = today(), timedelta(days=1)
    for dates in ({"end_date": now}, {"end_date": now - day}, {"start_date": now + day}):
        body, other = make_body(), make_body()
        organisation = make_organisation(partner=False)
        line = make_line(body, other)
        make_member(body)
        seat = body.seats.get()
        for row in (body, organisation, line, seat, seat.memberships.get()):
            type(row).objects.filter(pk=row.pk).update(**dates)

    def count(time):
        response = client.get(page_of(model), {"time": time})
        return (
            response.context["cl"]
            .queryset.filter(**{"lines_up__isnull": False} if model is Body else {})
            .count()
        )

    assert [count(time) for time in ("now", "past", "planned")] == [1, 1, 1]
    assert count("nonsense") == 3


# --- Where to begin -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_governance_administrator, make_engagement_team_member])
def test_the_admin_says_where_to_begin_and_each_link_opens(client, make):
    client.force_login(make())

    page = client.get("/admin/").text

    begin = page[page.index("Where to begin") : page.index("</section>")]
    links = re.findall(r'href="([^"]+)"', begin)
    assert len(links) >= 4
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
