"""Drop-downs of the admin that would grow with the years: decisions and documents."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.admin.newest import OFFERED, REFUSALS, near_to
from governance.models import Body, Decision, Document, Priority, Seat, TermsOfReference
from tests.admin_pages import edit, page_of, sentences
from tests.factories import make_body, make_escalation_line, make_lattice, make_seat, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


def decide(body, number=1, title="Agreed"):
    """So many decisions of a body; the last is the newest."""
    return Decision.objects.bulk_create(
        Decision(
            body=body, title=f"{title} {count}", text="Yes.", decided_on=today() - timedelta(days=1)
        )
        for count in range(number)
    )


def add_documents(number):
    return Document.objects.bulk_create(
        Document(title=f"Paper {count}", url="https://example.org/") for count in range(number)
    )


def offered(page, name):
    """The labels that a drop-down of a page offers, without the empty one."""
    select = page.split(f'<select name="{name}"')[1].split("</select>")[0]
    return re.findall(r'<option value="\d+"[^>]*>([^<]+)', select)


def test_the_page_of_a_body_does_not_grow_with_the_decisions_and_the_documents(
    client, administrator
):
    def look():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(page_of(Body, "change", body.pk)).text
        return page.count("<option"), len(asked)

    body = make_body()
    chosen = decide(body, OFFERED)[0]
    document = add_documents(OFFERED)[0]
    TermsOfReference.objects.create(body=body, document=document, decision=chosen)
    make_seat(body, decision=chosen)
    decide(body)
    add_documents(1)
    look()
    before = look()

    decide(body, 200)
    add_documents(200)
    assert look() == before

    for _ in range(10):
        make_seat(body, decision=chosen)
    look()
    assert look()[1] == before[1]


def test_decisions_are_asked_for_once_a_page(client, administrator):
    body = make_body()
    for decision in decide(body, 5):
        make_seat(body, decision=decision)

    with CaptureQueriesContext(connection) as asked:
        client.get(page_of(Body, "change", body.pk))

    own = [each["sql"] for each in asked if 'FROM "governance_decision"' in each["sql"]]
    assert len(own) == 1


def test_those_of_the_body_and_of_the_bodies_above_come_before_all_others(client, administrator):
    body, board, top, other = (make_body() for _ in range(4))
    make_escalation_line(body, board)
    make_escalation_line(board, top)
    for each, title in ((body, "Own"), (board, "Above"), (top, "Top")):
        decide(each, title=title)
    decide(other, 2 * OFFERED, title="Other")

    found = offered(client.get(page_of(Body, "change", body.pk)).text, "decision")

    assert len(found) == OFFERED
    assert [label.split()[0] for label in found[:4]] == ["Top", "Above", "Own", "Other"]


def test_what_is_of_no_body_is_offered_the_newest_of_all(client, administrator):
    decide(make_body(), OFFERED + 1)

    found = offered(client.get(page_of(Priority, "add")).text, "decision")

    assert len(found) == OFFERED
    assert found[0].startswith(f"Agreed {OFFERED},")


def test_an_old_one_that_is_chosen_stays(client, administrator):
    body = make_body()
    old = decide(body, title="Old")[0]
    seat = make_seat(body, decision=old)
    decide(body, OFFERED)

    found = offered(client.get(page_of(Body, "change", body.pk)).text, "seats-0-decision")
    refused = sentences(edit(client, body, **{"seats-0-title": "Nurse"}))

    seat.refresh_from_db()
    assert any(label.startswith("Old 0,") for label in found)
    assert (refused, seat.title, seat.decision) == ([], "Nurse", old)


def test_another_one_is_refused_with_what_to_do_and_what_was_typed_is_kept(client, administrator):
    body = make_body()
    old = decide(body, title="Old")[0]
    make_seat(body)
    decide(body, OFFERED)

    page = edit(client, body, **{"seats-0-decision": old.pk, "seats-0-title": "Nurse"})

    assert sentences(page) == [REFUSALS[Decision]]
    assert "as the source" in page.text and 'value="Nurse"' in page.text
    assert Seat.objects.get().decision is None


def test_a_new_one_is_taken(client, administrator):
    body = make_body()
    new = decide(body, OFFERED + 1)[-1]
    make_seat(body)

    assert sentences(edit(client, body, **{"seats-0-decision": new.pk})) == []

    assert Seat.objects.get().decision == new


def test_documents_are_offered_and_refused_alike(client, administrator):
    body = make_body()
    old = add_documents(OFFERED + 1)[0]
    terms = TermsOfReference.objects.create(body=body)

    found = offered(client.get(page_of(Body, "change", body.pk)).text, "terms-0-document")
    refused = sentences(edit(client, body, **{"terms-0-document": old.pk}))

    terms.refresh_from_db()
    assert (len(found), refused) == (OFFERED, [REFUSALS[Document]])
    assert terms.document is None


def test_the_bodies_above_are_found_where_ways_are_past_counting(db):
    (bottom, beside), *above = make_lattice(40)

    near = near_to(bottom)

    assert near == {bottom.pk, *(body.pk for level in above for body in level)}
    assert beside.pk not in near
