"""Many people at the same moment, on connections of their own: no place is given twice."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection

from engagement.actions import activities
from engagement.actions.activities import Joined
from engagement.models import Interest
from engagement.sending import new_token
from governance.models import OutboxMessage
from tests.factories import make_activity, sign_up
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 12


def test_of_many_who_sign_up_at_once_no_more_get_a_place_than_there_are():
    for _ in range(3):
        activity = make_activity(places=3)

        outcomes = at_once(
            *(partial(sign_up, activity, email=f"p{each}@example.org") for each in range(CROWD))
        )

        assert all(isinstance(each, Joined) for each in outcomes), outcomes
        assert activity.interests.filter(has_place=True).count() == 3
        assert activity.interests.count() == CROWD
        # Places went to those who came first.
        by_arrival = list(activity.interests.order_by("pk").values_list("has_place", flat=True))
        assert by_arrival == [True] * 3 + [False] * (CROWD - 3)


def test_while_some_withdraw_and_others_sign_up_every_place_is_taken_once():
    for _ in range(3):
        activity = make_activity(places=4)
        there = [sign_up(activity, email=f"a{each}@example.org") for each in range(4)]

        outcomes = at_once(
            *(partial(activities.withdraw, interest=each.interest) for each in there[:3]),
            *(partial(sign_up, activity, email=f"b{each}@example.org") for each in range(6)),
        )

        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        assert activity.interests.filter(has_place=True).count() == 4
        assert activity.interests.filter(has_place=False).count() == 3


def test_one_form_pressed_many_times_at_once_signs_up_once():
    activity = make_activity(places=3)
    press = partial(sign_up, activity, token=new_token())

    outcomes = at_once(*[press] * 6)

    assert {each.secret for each in outcomes} == {outcomes[0].secret}
    assert Interest.objects.count() == 1
    assert OutboxMessage.objects.filter(to="nadia@example.org").count() == 1


def test_who_withdraws_while_a_new_code_is_written_gets_no_mail_any_more(monkeypatch):
    joined = sign_up(make_activity())
    send = activities.send_new_code

    with ThreadPoolExecutor(1) as pool:

        def send_slowly(*given):
            withdrawals.append(pool.submit(withdraw))
            with suppress(TimeoutError):
                withdrawals[0].result(timeout=1)
            send(*given)

        def withdraw():
            try:
                activities.withdraw(interest=joined.interest)
            finally:
                connection.close()

        withdrawals = []
        monkeypatch.setattr(activities, "send_new_code", send_slowly)
        activities.renew_codes(email=joined.interest.email)
        withdrawals[0].result()

    assert not OutboxMessage.objects.filter(to=joined.interest.email).exists()


def test_no_code_is_written_to_who_has_withdrawn_meanwhile(monkeypatch):
    joined = sign_up(make_activity())
    new_secret = activities.new_secret

    def withdraw_first():
        activities.withdraw(interest=joined.interest)
        return new_secret()

    monkeypatch.setattr(activities, "new_secret", withdraw_first)
    activities.renew_codes(email=joined.interest.email)

    assert not OutboxMessage.objects.filter(to=joined.interest.email).exists()
