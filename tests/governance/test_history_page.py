import re
from datetime import date

import pytest

from governance.actions import asides
from governance.actions.lifecycle import rename
from governance.actions.structure import end_line
from governance.models import Decision, Document, Evidence, Membership, Seat
from localities.day_field import in_words
from localities.history import signed
from tests.factories import (
    make_body,
    make_draft,
    make_escalation_line,
    make_governance_administrator,
    make_ladder,
    make_line,
    make_organisation,
    make_person,
    make_seat,
    make_story,
    make_upload,
    officer_of,
    today,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

QUERIES = 16  # of the history of a body


def test_the_history_of_a_row_reads_as_sentences(client):
    editor = make_governance_administrator()
    line = make_escalation_line(make_body(), make_body())
    end_line(line=line, last_day=today(), by=editor, reason="Agreed in March.")
    client.force_login(editor)

    page = text_of(client.get(f"/admin/governance/reportingline/{line.pk}/history/").text)

    last_day = in_words(today())
    assert f"{editor} changed it. Last day was empty and is now “{last_day}”." in page
    assert "Reason: Agreed in March." in page
    assert "The portal added it." in page
    assert "No reason was recorded." in page


def test_the_history_of_a_row_says_values_as_people_write_them(client):
    body, follower = make_body(), make_body(name="Follower")
    body.successor = follower
    body.climbs_by_itself = True
    body.evidence, body.source_title = Evidence.SOURCED, "Minutes"
    body.save()
    client.force_login(make_governance_administrator())

    page = text_of(client.get(f"/admin/governance/body/{body.pk}/history/").text)

    assert "Successor was empty and is now “Follower”." in page
    assert "Overdue matters go up by themselves was “no” and is now “yes”." in page
    assert "Evidence was “Assumed” and is now “Sourced”." in page


def test_of_long_texts_the_history_tells_the_beginning_and_what_differs(client):
    body, long = make_body(), "It brings together who runs the services. " * 8
    for purpose in (f"{long}It meets monthly.", f"{long}It meets each week."):
        body.purpose = purpose
        body.save()
    client.force_login(make_governance_administrator())

    page = text_of(client.get(f"/admin/governance/body/{body.pk}/history/").text)

    was, now = re.search(r"Purpose was “(It[^”]*)” and is now “(It[^”]*)”", page).groups()
    assert was.startswith("It brings together who runs") and was.endswith("It meets monthly.")
    assert now.startswith("It brings together who runs") and now.endswith("It meets each week.")
    assert "…" in was and "chars]" not in page
    assert len(was) <= 200


def test_the_history_says_what_was_chosen_and_is_gone(client):
    line = make_escalation_line(body := make_body(), make_body())
    decision = Decision.objects.create(body=body, title="Moved", text="…", decided_on=today())
    line.decision = decision
    line.save()
    line.decision = None
    line.save()
    decision.delete()
    client.force_login(make_governance_administrator())

    page = text_of(client.get(f"/admin/governance/reportingline/{line.pk}/history/").text)

    assert "Decision was “decision since deleted” and is now empty." in page


def history_of(client, row):
    meta = row._meta
    page = client.get(f"/admin/{meta.app_label}/{meta.model_name}/{row.pk}/history/")
    assert page.status_code == 200
    return text_of(page.text)


def save(row, by, reason="Agreed."):
    signed(row, by, reason).save()
    return row


def give(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return row


def test_the_history_of_a_seat_says_who_followed_whom(client):
    editor = make_governance_administrator()
    seat = make_seat(make_body())
    ada, grace = (make_person(first_name=name, last_name="King") for name in ("Ada", "Grace"))
    held = save(Membership(seat=seat, person=ada), editor, "Elected.")
    save(seat, editor)
    held.end_date = date(2026, 4, 30)
    save(held, editor)
    save(Membership(seat=seat, person=grace, start_date=date(2026, 5, 1)), editor)
    client.force_login(editor)

    page = history_of(client, seat)

    assert f"{editor} replaced Ada King with Grace King from 1 May 2026. Reason: Agreed." in page
    assert f"{editor} gave the seat to Ada King. Reason: Elected." in page
    assert "changed it" not in page


@pytest.mark.parametrize("first_day", [date(2026, 4, 30), date(2026, 1, 1), None])
def test_who_begins_before_another_ends_replaces_nobody(client, first_day):
    editor = make_governance_administrator()
    seat = make_seat(make_body())
    ada, grace = (make_person(first_name=name, last_name="King") for name in ("Ada", "Grace"))
    held = save(Membership(seat=seat, person=ada), editor, "Elected.")
    held.end_date = date(2026, 4, 30)
    save(held, editor)
    save(Membership(seat=seat, person=grace, start_date=first_day), editor)
    client.force_login(editor)

    page = history_of(client, seat)

    since = f" from {in_words(first_day)}" if first_day else ""
    assert "ended the time of Ada King in it on 30 April 2026." in page
    assert f"Also gave the seat to Grace King{since}." in page
    assert "replaced" not in page


def test_a_holder_taken_out_is_not_told_as_replaced(client):
    editor = make_governance_administrator()
    seat = make_seat(make_body())
    ada, grace = (make_person(first_name=name, last_name="King") for name in ("Ada", "Grace"))
    held = save(Membership(seat=seat, person=ada, start_date=date(2026, 5, 1)), editor, "Elected.")
    signed(held, editor, "Wrong.").delete()
    save(Membership(seat=seat, person=grace, start_date=date(2026, 1, 1)), editor, "Wrong.")
    client.force_login(editor)

    page = history_of(client, seat)

    assert f"{editor} took out Ada King as one who holds or held it." in page
    assert "Also gave the seat to Grace King from 1 January 2026. Reason: Wrong." in page


def test_all_that_is_different_of_holders_is_told(client):
    editor = make_governance_administrator()
    seat = make_seat(make_body(), Seat.Role.CHAIR)
    ada, grace, joan = (
        make_person(first_name=name, last_name="King") for name in ("Ada", "Grace", "Joan")
    )
    held = save(Membership(seat=seat, person=ada, name_is_public=True), editor, "Elected.")
    early = save(Membership(seat=seat, person=joan, end_date=date(2020, 1, 1)), editor, "Elected.")
    held.end_date, held.name_is_public = date(2026, 4, 30), False
    save(held, editor)
    early.end_date = date(2020, 1, 2)
    save(early, editor)
    save(Membership(seat=seat, person=grace, start_date=date(2026, 5, 1)), editor)
    client.force_login(editor)

    page = history_of(client, seat)

    assert (
        f"{editor} replaced Ada King with Grace King from 1 May 2026. "
        "Also changed the holder “Ada King, Chair”. Name is public was “yes” and is now “no”. "
        "Also changed the holder “Joan King, Chair”. "
        "Last day was “1 January 2020” and is now “2 January 2020”. Reason: Agreed."
    ) in page


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda row, other: setattr(row, "person", other), "replaced Ada King with Grace King."),
        (
            lambda row, other: give(
                row, person=other, start_date=date(2026, 5, 1), name_is_public=True
            ),
            "replaced Ada King with Grace King from 1 May 2026. Name is public was “no” and is now "
            "“yes”. First day was empty and is now “1 May 2026”.",
        ),
        (
            lambda row, other: give(row, end_date=date(2026, 4, 30), name_is_public=True),
            "ended the time of Ada King in it on 30 April 2026. Name is public was “no” and is "
            "now “yes”.",
        ),
        (
            lambda row, other: setattr(row, "end_date", date(2026, 4, 30)),
            "ended the time of Ada King in it on 30 April 2026.",
        ),
        (
            lambda row, other: setattr(row, "name_is_public", True),
            "changed the holder “Ada King, Chair”. Name is public was “no” and is now “yes”.",
        ),
    ],
)
def test_the_history_of_a_seat_tells_each_edit_of_its_holder(client, edit, sentence):
    editor = make_governance_administrator()
    seat = make_seat(make_body(), Seat.Role.CHAIR)
    ada, grace = (make_person(first_name=name, last_name="King") for name in ("Ada", "Grace"))
    held = save(Membership(seat=seat, person=ada), editor, "Elected.")
    edit(held, grace)
    save(held, editor)
    client.force_login(editor)

    assert f"{editor} {sentence}" in history_of(client, seat)


def test_the_history_of_a_body_tells_of_its_names_lines_and_seats(client):
    editor = make_governance_administrator()
    body = make_body("Day Group")
    rename(body=body, name="Night Group", from_day=today(), by=editor, reason="Agreed.")
    line = make_escalation_line(body, make_body("Board"))
    end_line(line=line, last_day=today(), by=editor, reason="It goes.")
    client.force_login(editor)

    page = history_of(client, body)

    assert f"added the body name “Night Group” from {in_words(today())}." in page
    assert "added the reporting line “Night Group escalates to Board”." in page
    assert "changed the reporting line “Night Group escalates to Board”. Last day" in page
    assert "The portal added it." in page


def test_a_save_that_changes_nothing_says_so(client):
    editor = make_governance_administrator()
    body = save(make_body(), editor)
    client.force_login(editor)

    assert f"{editor} saved it, and nothing in it became different." in history_of(client, body)


def test_a_row_that_moves_is_told_on_the_pages_of_both(client):
    editor = make_governance_administrator()
    here, there = make_seat(make_body(), title="One"), make_seat(make_body(), title="Two")
    held = save(Membership(seat=here, person=make_person(first_name="Ada")), editor)
    save(give(held, seat=there), editor, "It is hers.")
    save(give(held, start_date=date(2026, 5, 1)), editor, "As minuted.")
    save(give(held, seat=here), editor, "It is not.")
    save(give(held, end_date=date(2026, 5, 31)), editor, "She leaves.")
    client.force_login(editor)

    one, two = history_of(client, here), history_of(client, there)

    for page in (one, two):
        assert "Seat was “One” and is now “Two”. Reason: It is hers." in page
        assert "Seat was “Two” and is now “One”. Reason: It is not." in page
    assert "As minuted." in two and "As minuted." not in one
    assert "She leaves." in one and "She leaves." not in two


def test_a_line_that_moves_is_told_with_the_names_of_both(client):
    editor = make_governance_administrator()
    here, there = make_body("Day Group"), make_body("Night Group")
    line = make_escalation_line(here, make_body("Board"))
    save(give(line, from_body=there), editor)
    client.force_login(editor)

    for body in (here, there):
        assert "was “Day Group” and is now “Night Group”. Reason: Agreed." in history_of(
            client, body
        )


def test_what_was_done_to_rows_too_long_ago_is_not_called_no_difference(client, monkeypatch):
    editor = make_governance_administrator()
    seat = make_seat(make_body(), Seat.Role.CHAIR)
    ada = make_person(first_name="Ada", last_name="King")
    held = save(Membership(seat=seat, person=ada), editor, "Elected.")
    save(seat, editor, "With a holder.")
    save(held, editor, "Nothing.")
    save(give(held, start_date=date(2026, 5, 1)), editor, "As minuted.")
    save(seat, editor, "Nothing.")
    client.force_login(editor)
    told_of_all = history_of(client, seat)
    assert "is not told here" not in told_of_all
    assert "saved it, and nothing in it became different. Reason: Nothing." in told_of_all

    monkeypatch.setattr("localities.admin_history.MOST_ROWS", 1)
    page = history_of(client, seat)

    assert "saved it. Reason: With a holder." in page
    assert "saved it, and nothing in it became different. Reason: Nothing." in page
    assert "changed the holder “Ada King, Chair”. Reason: As minuted." in page
    assert "to rows that stand on its page, such as names or seats, is not told here." in page


def test_what_was_chosen_of_several_is_told_by_their_names(client):
    story = make_story()
    story.organisations.set([make_organisation("Trust"), make_organisation("Council")])
    client.force_login(make_governance_administrator())

    page = history_of(client, story)

    assert "Partners was empty and is now “Council, Trust”." in page


def test_a_text_in_another_language_is_told_too(client):
    editor = make_governance_administrator()
    body = make_body(purpose="For all")
    body.translations = {"so": {"purpose": "Dhammaan"}}
    save(body, editor)
    client.force_login(editor)

    page = history_of(client, body)

    assert f"{editor} changed it. Purpose in Soomaali was empty and is now “Dhammaan”." in page


def test_what_cannot_be_told_is_not_called_no_difference(client):
    editor = make_governance_administrator()
    decision = Decision.objects.create(
        body=make_body(), title="Moved", text="…", decided_on=today()
    )
    decision.told_to_resolve = True
    save(decision, editor)
    client.force_login(editor)

    assert f"{editor} changed it. Reason: Agreed." in history_of(client, decision)


@pytest.mark.parametrize("more", [0, 9])
def test_a_history_takes_as_many_queries_for_few_rows_as_for_many(
    client, django_assert_num_queries, more
):
    body = make_body()
    for n in range(1 + more):
        make_line(body, make_body())
        make_seat(body, title=f"Post {n}")
    client.force_login(make_governance_administrator())
    history_of(client, body)

    with django_assert_num_queries(QUERIES):
        history_of(client, body)


def test_a_long_history_is_told_a_page_at_a_time(client):
    editor = make_governance_administrator()
    line = make_escalation_line(make_body(), make_body())
    for n in range(120):
        line.respect = f"Respect {n}"
        line.save()
    client.force_login(editor)
    address = f"/admin/governance/reportingline/{line.pk}/history/"

    newest = text_of(client.get(address).text)
    assert "“Respect 119”" in newest
    assert "changed it. Reason" not in newest and "changed it. No reason" not in newest
    older = client.get(f"{address}?p=2")
    assert "The portal added it." in text_of(older.text)
    assert "Newer" in text_of(older.text)


def test_the_history_of_a_row_that_is_not_shown_is_not_shown_either(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = make_draft(make_ladder()[0])
    upload = make_upload("Who was dismissed.pdf")
    asides.attach(escalation=draft, upload=upload, by=officer_of(draft.raising_body))
    file = Document.objects.get()
    address = f"/admin/governance/document/{file.pk}/history/"
    client.force_login(make_governance_administrator())

    pages = [client.get(address), client.get(f"{address}{file.history.get().pk}/")]

    assert [page.status_code for page in pages] == [404, 404]
    assert not any("dismissed" in page.text for page in pages)


def test_the_history_of_a_document_that_is_shown_is_there(client):
    document = Document.objects.create(title="Terms", url="https://example.org/")
    address = f"/admin/governance/document/{document.pk}/history/"
    client.force_login(make_governance_administrator())

    pages = [client.get(address), client.get(f"{address}{document.history.get().pk}/")]

    assert [page.status_code for page in pages] == [200, 200]


@pytest.mark.parametrize("place", ["x/history/", "x/history/1/", "{}/history/x/"])
def test_an_address_that_names_no_row_has_no_history(client, place):
    body = make_body()
    client.force_login(make_governance_administrator())

    page = client.get(f"/admin/governance/body/{place.format(body.pk)}")

    assert page.status_code == 404
