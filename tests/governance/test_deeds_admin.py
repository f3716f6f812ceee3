"""What deeds write, mails and matters, as the admin shows it."""

import pytest
from django.utils import timezone

from governance.actions import escalations
from governance.models import Escalation, EscalationStep, OutboxMessage, Seat
from tests.admin_pages import page_of
from tests.factories import make_body, make_draft, make_member, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


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
        created_on=today(),
        raised_on=today(),
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


def test_what_was_never_raised_is_not_in_the_admin_nor_why_it_was_withdrawn(client, administrator):
    body = make_body("Living Well")
    draft = make_draft(body, by=make_member(body, Seat.Role.CHAIR), title="Between us")
    escalations.withdraw(escalation=draft, by=draft.created_by, reason="Settled among ourselves")
    step = EscalationStep.objects.get()

    assert "Settled among ourselves" not in client.get(page_of(EscalationStep)).text
    for row in (draft, step):
        page = client.get(page_of(type(row), "change", row.pk), follow=True).text
        assert "Between us" not in page and "Settled among ourselves" not in page
    found = client.get(page_of(EscalationStep), {"q": "Settled"}).text
    assert draft.reference not in found
