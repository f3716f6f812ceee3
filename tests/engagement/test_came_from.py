"""From a matter back to what residents said, for those who may read that."""

import pytest
from django.db import connection

from engagement.actions import raising
from engagement.came_from import messages_of
from engagement.models import Referral
from governance.actions import escalations
from tests.factories import (
    lead_of,
    make_body,
    make_escalation_line,
    make_governance_administrator,
    make_member,
    make_officer,
    make_theme,
    send_feedback,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(partnership):
    board = make_body("Executive Board")
    make_escalation_line(partnership.living_well, board)
    make_officer(board)
    return board


def send():
    return send_feedback(topic="healthy", email="amina@example.org", wants_answer=True)


def escalate(sent, board, officer):
    words = {"text": "We have no money for it.", "sending_key": "key", **words_of_a_matter()}
    return raising.escalate(referral=lead_of(sent), to_body=board, by=officer, **words).escalation


def escalate_theme(board, officer, body, number=1):
    messages = [send().submission for _ in range(number)]
    theme = make_theme(*messages, title="No lift", lead_body=body, by=officer)
    words = {"text": "We have no money for it.", "sending_key": "of a theme", **words_of_a_matter()}
    return raising.escalate_theme(theme=theme, to_body=board, by=officer, **words)


def page_of(client, matter, reader):
    client.force_login(reader)
    return client.get(f"/escalations/{matter.reference}/").text


def test_a_matter_that_was_taken_back_still_leads_to_what_was_escalated_again(
    client, board, officer, partnership
):
    alone = send()
    matter = escalate(alone, board, officer)
    theme = escalate_theme(board, officer, partnership.living_well)
    of_theme = theme.escalation
    again = {"to_body": board, "by": officer, "text": "Once more.", **words_of_a_matter()}
    for each in (matter, of_theme):
        escalations.withdraw(escalation=each, reason="Not yet", by=officer)
    raising.escalate(referral=lead_of(alone), sending_key="again", **again)
    raising.escalate_theme(theme=theme, sending_key="of a theme again", **again)

    assert alone.submission.reference in page_of(client, matter, officer)
    assert "Theme: No lift" in page_of(client, of_theme, officer)


def test_who_may_read_the_message_gets_from_the_matter_to_it(client, board, officer):
    sent = send()
    matter = escalate(sent, board, officer)

    page = page_of(client, matter, officer)

    address = f"/staff/feedback/{sent.submission.reference}/"
    assert f'<a href="{address}">Message {sent.submission.reference}</a>' in page
    assert client.get(address).status_code == 200


def test_who_may_read_the_matter_alone_is_not_told_of_the_message(client, board, officer):
    sent = send()
    matter = escalate(sent, board, officer)

    for reader in (make_officer(board), make_governance_administrator()):
        page = page_of(client, matter, reader)
        assert matter.title in page
        assert "Where it came from" not in page and sent.submission.reference not in page


def test_a_theme_stands_before_its_messages(client, board, officer, partnership):
    theme = escalate_theme(board, officer, partnership.living_well)

    page = page_of(client, theme.escalation, officer)

    link = f'<a href="/staff/themes/{theme.pk}/">Theme: No lift</a>'
    assert page.index(link) < page.index(">Message F-")


def test_a_theme_is_not_named_to_who_may_not_read_it(client, board, officer, partnership):
    theme = escalate_theme(board, officer, partnership.living_well)

    page = page_of(client, theme.escalation, make_officer(board))

    assert "Where it came from" not in page and "Theme: No lift" not in page


def test_who_has_a_copy_of_one_message_is_led_to_that_alone(client, board, officer, partnership):
    theme = escalate_theme(board, officer, partnership.living_well, number=2)
    lead = Referral.objects.filter(escalation=theme.escalation).first()
    Referral.objects.create(
        submission=lead.submission,
        body=board,
        role=Referral.Role.COPY,
        topic=lead.topic,
        referred_at=lead.referred_at,
    )

    page = page_of(client, theme.escalation, make_member(board))

    assert page.count(">Message F-") == 1
    assert lead.submission.reference in page and "Theme: No lift" not in page


def test_a_matter_of_many_messages_shows_some_in_the_same_queries(
    client, board, officer, partnership, django_assert_num_queries
):
    few = escalate(send(), board, officer)
    many = escalate_theme(board, officer, partnership.living_well, number=12).escalation
    page_of(client, few, officer)

    with django_assert_num_queries(12):
        client.get(f"/escalations/{few.reference}/")
    with django_assert_num_queries(12):
        page = client.get(f"/escalations/{many.reference}/").text

    assert page.count(">Message F-") == 10
    assert "and more messages" in page


def test_the_messages_of_a_matter_are_looked_up_by_their_keys():
    """And not each message asked whether it is one of them."""
    plan = messages_of(1).explain()

    if connection.vendor == "postgresql":
        assert (
            "SubPlan" not in plan
        )  # it would be asked of each row; a join may begin at either end
    else:
        assert "SEARCH engagement_submission USING INTEGER PRIMARY KEY" in plan.splitlines()[0]
