"""The admin of the structure: the rules of the deeds, told in sentences, with reasons kept."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
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
from governance.permissions import ENGAGEMENT_TEAM, GOVERNANCE_ADMINISTRATORS
from governance.structure import structure_on
from tests.factories import (
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
from tests.reading import main_of

pytestmark = pytest.mark.django_db

Kind = ReportingLine.Kind
TODAY = today()
TOMORROW = TODAY + timedelta(days=1)
LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)
REASON = "Board, 10 November 2026, item 4"
ASSUMED = {"evidence": "assumed", "reasoning": "Groups of its kind do."}

STRUCTURAL = [BodyKind, Body, Organisation, Partner, ReportingLine, Seat, Membership]


@pytest.fixture
def administrator(client):
    person = make_governance_administrator()
    client.force_login(person)
    return person


def page_of(model, name="changelist", *args):
    return reverse(f"admin:governance_{model._meta.model_name}_{name}", args=args)


def form_of(response):
    """What the browser would send back from a page of the admin, unchanged."""
    data = fields_of(response.context["adminform"].form)
    for inline in response.context["inline_admin_formsets"]:
        data |= fields_of(inline.formset.management_form)
        for form in inline.formset.initial_forms:
            data |= fields_of(form)
    return data


def fields_of(form):
    data = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        data[field.html_name] = [str(v) for v in value] if isinstance(value, list) else str(value)
    return data


def added(data, prefix, **fields):
    """One more row of an inline."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    data = data | {f"{prefix}-TOTAL_FORMS": str(number + 1)}
    return data | {f"{prefix}-{number}-{name}": str(value) for name, value in fields.items()}


def edit(client, row, rows=(), **fields):
    """Change a row as one would on its page: what is not given stays as it is."""
    address = page_of(type(row), "change", row.pk)
    data = form_of(client.get(address)) | {"reason": REASON}
    for prefix, more in rows:
        data = added(data, prefix, **ASSUMED | more)
    return client.post(address, data | {name: str(value) for name, value in fields.items()})


def add(client, model, rows=(), **fields):
    address = page_of(model, "add")
    data = form_of(client.get(address)) | ASSUMED | {"reason": REASON}
    for prefix, more in rows:
        data = added(data, prefix, **ASSUMED | more)
    return client.post(address, data | {name: str(value) for name, value in fields.items()})


def sentences(response):
    """Every error that the page shows; none means that it was saved."""
    if response.status_code == 302:
        return []
    assert response.status_code == 200
    return [str(sentence) for sentence in response.context["errors"].data for sentence in sentence]


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


# --- Closing and renaming a body ------------------------------------------------------------------


def test_a_body_closed_from_tomorrow_is_in_today_s_structure_and_not_in_tomorrow_s(
    client, administrator
):
    body, board = make_body("Living Well"), make_body("Board")
    StructureRecord.objects.update(first_day=date(2021, 1, 1))
    make_escalation_line(body, board)
    make_member(body)
    client.logout()
    before = main_of(client.get("/structure/"))

    client.force_login(administrator)
    assert sentences(edit(client, body, end_date=TODAY)) == []

    client.logout()
    assert main_of(client.get("/structure/")) == before
    assert "Living Well" in before
    after = client.get(f"/structure/?as_on={TOMORROW}").text
    assert "Living Well" not in after
    assert "Board" in after
    assert ReportingLine.objects.get().end_date == TODAY
    assert Membership.objects.get().end_date == TODAY


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
        "First would have two names at once: “First” from before our record until now, and "
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
    structure = structure_on(TODAY)
    assert structure.body(body).name == "New group"
    assert structure.lines_up(body)[0].to_body.pk == board.pk
    assert [seat.role for seat in structure.seats_on(body)] == ["chair"]


def test_the_address_of_a_body_stays(client, administrator):
    body = make_body(slug="living-well")

    edit(client, body, slug="other")

    assert Body.objects.get().slug == "living-well"


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
        {"first_day": "2020-01-01", "version": "0" * 32},
    )

    changed = StructureRecord.objects.get()
    assert changed.first_day == date(2020, 1, 1)
    assert changed.version not in {record.version, "0" * 32}
    assert client.get(page_of(StructureRecord, "add")).status_code == 403
    assert client.get(page_of(StructureRecord, "delete", record.pk)).status_code == 403


# --- People ---------------------------------------------------------------------------------------


def test_an_administrator_adds_people_and_gives_them_groups(client, administrator):
    client.post(
        page_of(User, "add"),
        {
            "username": "newcomer",
            "usable_password": "true",
            "password1": "a long enough password",
            "password2": "a long enough password",
        },
    )
    person = User.objects.get(username="newcomer")
    team = Group.objects.get(name=ENGAGEMENT_TEAM)

    data = form_of(client.get(page_of(User, "change", person.pk)))
    client.post(
        page_of(User, "change", person.pk),
        data | {"groups": [team.pk], "date_joined_0": "2026-01-01", "date_joined_1": "10:00"},
    )

    assert list(person.groups.all()) == [team]


def test_nobody_gives_more_than_they_have(client, administrator):
    person = make_person()
    powerful = Group.objects.create(name="Powerful")
    powerful.permissions.add(Permission.objects.first())

    page = client.get(page_of(User, "change", person.pk))
    form = page.context["adminform"].form
    assert "is_superuser" not in form.fields
    assert "user_permissions" not in form.fields
    assert powerful not in form.fields["groups"].queryset

    client.post(page_of(User, "change", person.pk), form_of(page) | {"is_superuser": "on"})
    person.refresh_from_db()
    assert not person.is_superuser


def test_someone_with_more_rights_cannot_be_changed(client, administrator):
    above = make_person(is_superuser=True, is_staff=True)

    address = page_of(User, "change", above.pk)
    assert client.post(address, {"username": "taken-over"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[above.pk])
    assert client.post(password, {"password1": "x", "password2": "x"}).status_code == 403
    above.refresh_from_db()
    assert above.username != "taken-over"


def test_nobody_gives_standing_to_themselves(client, administrator):
    page = client.get(page_of(User, "change", administrator.pk))
    team = Group.objects.get(name=ENGAGEMENT_TEAM)

    data = form_of(page) | {"groups": [team.pk]}
    data |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00"}
    client.post(page_of(User, "change", administrator.pk), data)

    assert [group.name for group in administrator.groups.all()] == [GOVERNANCE_ADMINISTRATORS]


def test_people_are_not_deleted(client, administrator):
    assert client.get(page_of(User, "delete", make_person().pk)).status_code == 403


# --- Mail and matters -----------------------------------------------------------------------------


def make_mail(**fields):
    fields = {"to": "someone@example.org", "subject": "A matter", "text": "Private words"} | fields
    return OutboxMessage.objects.create(due_at=timezone.now(), **fields)


def test_a_mail_that_was_given_up_may_be_tried_again(client, administrator):
    dead = make_mail(status="dead", attempts=8)
    sent = make_mail(status="sent")

    response = client.post(
        page_of(OutboxMessage),
        {"action": "try_again", "_selected_action": [dead.pk, sent.pk]},
        follow=True,
    )

    assert "1 mail will be tried again." in response.text
    dead.refresh_from_db()
    sent.refresh_from_db()
    assert (dead.status, dead.attempts, sent.status) == ("queued", 0, "sent")


def test_the_mails_given_up_can_be_listed_and_their_words_are_not_shown(client, administrator):
    dead, _ = make_mail(status="dead", subject="Dead letter"), make_mail(subject="Live letter")

    page = client.get(page_of(OutboxMessage), {"status__exact": "dead"}).text
    assert "Dead letter" in page and "Live letter" not in page

    page = client.get(page_of(OutboxMessage, "change", dead.pk)).text
    assert "Dead letter" in page
    assert "Private words" not in page


def make_matter():
    body, board = make_body("Living Well"), make_body("Board")
    officer = make_member(body, Seat.Role.CHAIR)
    matter = Escalation.objects.create(
        title="Too few rooms",
        category="estates_and_it",
        situation="…",
        asked="…",
        raising_body=body,
        current_body=board,
        status="raised",
        created_by=officer,
        created_on=TODAY,
        raised_on=TODAY,
    )
    EscalationStep.objects.create(
        escalation=matter,
        kind="raised",
        at=timezone.now(),
        by=officer,
        from_body=body,
        to_body=board,
    )
    return matter


@pytest.mark.parametrize("model", [OutboxMessage, Escalation, EscalationStep])
def test_what_deeds_write_is_only_looked_at(client, administrator, model):
    make_matter()
    make_mail()
    row = model.objects.first()

    assert client.get(page_of(model)).status_code == 200
    assert client.get(page_of(model, "change", row.pk)).status_code == 200
    assert client.get(page_of(model, "add")).status_code == 403
    assert client.post(page_of(model, "change", row.pk), {"title": "Other"}).status_code == 403
    assert client.get(page_of(model, "delete", row.pk)).status_code == 403


def test_a_matter_is_found_by_its_reference_and_its_title(client, administrator):
    matter = make_matter()

    for text in (matter.reference, matter.reference.lower(), "few rooms"):
        assert "Too few rooms" in client.get(page_of(Escalation), {"q": text}).text
    assert "Too few rooms" not in client.get(page_of(Escalation), {"q": "E-1999-000001"}).text


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
            created_on=TODAY,
            raised_on=TODAY,
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

    with django_assert_max_num_queries(22):
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
    yesterday = TODAY - timedelta(days=1)
    for dates in ({"end_date": TODAY}, {"end_date": yesterday}, {"start_date": TOMORROW}):
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
