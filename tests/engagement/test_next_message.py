"""On to the next message, one after the other, until nothing is left to do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagement.actions import referrals
from engagement.models import Phrase
from engagement.progress import Progress
from governance.actions.structure import structure_edited
from tests.factories import make_engagement_team_member, send_feedback

pytestmark = pytest.mark.django_db

ADDRESS = "/staff/feedback/next/"


@pytest.fixture
def officer(partnership, client):
    officer = partnership.officers["living-well"]
    client.force_login(officer)
    return officer


def send(number):
    """As many messages, the first one first."""
    return [send_feedback(topic="healthy").submission for _ in range(number)]


def lead(submission):
    return Progress(submission).lead


def next_after(client, submission=None):
    """The reference that one is led to; None where one is led back to what lies before one."""
    address = client.get(ADDRESS, {"after": submission.reference if submission else ""}).url
    return None if address == "/staff/" else address.split("/")[-2]


def test_one_is_led_through_all_that_is_to_be_done(client, officer):
    first, second, third = send(3)

    assert next_after(client) == first.reference
    assert next_after(client, first) == second.reference
    assert next_after(client, second) == third.reference
    assert next_after(client, third) == first.reference
    for each in (first, second):
        referrals.answer(referral=lead(each), by=officer, text="It opens at nine.")
    assert next_after(client, third) is None


def test_who_takes_a_message_in_hand_goes_on_with_what_is_new(client, officer):
    first, second, third = send(3)
    referrals.acknowledge(referral=lead(second), by=officer)

    assert next_after(client, second) == first.reference
    assert next_after(client, third) == second.reference
    for each in (first, third):
        referrals.acknowledge(referral=lead(each), by=officer)
    assert next_after(client, second) == third.reference
    assert next_after(client, third) == first.reference


def test_what_is_done_with_leads_to_the_first_that_is_not(client, officer):
    first, second = send(2)
    referrals.answer(referral=lead(first), by=officer, text="It opens at nine.")

    assert next_after(client, first) == second.reference


def test_what_waits_is_not_led_to(client, officer):
    [asked] = send(1)
    referrals.ask(referral=lead(asked), by=officer, text="Which day?")

    assert next_after(client) is None


def test_nor_is_a_copy(client, partnership):
    client.force_login(partnership.officers["ne-committee"])
    send_feedback(topic="healthy", place="E3 4AB")

    assert next_after(client) is None
    assert "Nothing else of residents’ messages" in client.get(ADDRESS, follow=True).text


def test_an_urgent_message_goes_first(client, partnership):
    client.force_login(make_engagement_team_member())
    Phrase.objects.create(text="bleeding", sign=Phrase.Sign.URGENT, weight=6)
    structure_edited()
    send_feedback(topic="not-sure", place="")
    urgent = send_feedback(topic="healthy", message="She is bleeding.").submission

    assert next_after(client) == urgent.reference


def test_each_message_leads_on(client, officer):
    first, second = send(2)

    page = client.get(f"/staff/feedback/{first.reference}/").text

    assert f'href="{ADDRESS}?after={first.reference}"' in page
    assert next_after(client, first) == second.reference


@pytest.mark.parametrize("after", ["F-2026-999999", "x" * 300, "\0"])
def test_after_what_there_is_not_one_begins_anew(client, officer, after):
    [first] = send(1)

    answer = client.get(ADDRESS, {"after": after})

    assert answer.status_code in {302, 400}
    assert answer.status_code == 400 or first.reference in answer.url


def test_it_asks_as_much_for_many_as_for_few(client, officer):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS)
        return len(captured)

    send(1)
    queries()
    few = queries()
    send(14)

    assert queries() == few
