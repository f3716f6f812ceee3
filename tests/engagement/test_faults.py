"""What is wrong with rules and signposts is a fault of the day, beside those of the structure."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.faults import months_before
from engagement.models import RoutingRule
from governance.actions.structure import structure_edited
from governance.faults import beside_on, faults_on
from governance.models import Body
from governance.structure import structure_on
from tests.factories import (
    make_body,
    make_governance_administrator,
    make_partnership,
    make_rule,
    make_signpost,
    today,
)

pytestmark = pytest.mark.django_db


def faults(code, day=None, *, known_on=None):
    structure = structure_on(day or today(), known_on=known_on)
    found = faults_on(structure, beside_on(structure))
    return [fault.found for fault in found if fault.rule.code == code]


def close(body, end_date):
    Body.objects.filter(pk=body.pk).update(end_date=end_date)
    structure_edited()


def test_a_rule_that_aims_at_a_body_that_is_to_close_is_a_fault_from_the_start():
    body, last_day = make_body("Living Well"), today() + timedelta(days=30)
    make_rule(body, name="it is about sport")
    assert faults("rule-to-closed") == []

    close(body, last_day)

    [today_s] = faults("rule-to-closed")
    assert today_s.startswith("The rule “because it is about sport” names Living Well on days")
    assert "closes on" in today_s
    assert "closed on" in faults("rule-to-closed", last_day + timedelta(days=1))[0]


def test_a_closing_that_was_not_recorded_yet_was_no_fault():
    body = make_body("Living Well")
    make_rule(body, name="it is about sport")
    before = timezone.now()
    body.end_date = today() + timedelta(days=30)
    body.save()
    structure_edited()

    assert faults("rule-to-closed", known_on=before) == []
    [now] = faults("rule-to-closed", known_on=timezone.now())
    assert "names Living Well on days on which that body closes on" in now


def test_a_rule_that_begins_when_its_body_is_closed_is_a_fault_before_it_begins():
    body, last_day = make_body("Living Well"), today() + timedelta(days=30)
    make_rule(body, name="it is about sport", start_date=last_day + timedelta(days=9))
    assert faults("rule-to-closed") == []

    close(body, last_day)

    [today_s] = faults("rule-to-closed")
    assert "closes on" in today_s


def test_a_rule_that_gives_a_copy_to_a_body_that_nobody_follows_is_a_fault():
    body, last_day = make_body("Living Well"), today() + timedelta(days=30)
    board, follower = make_body("Board"), make_body("New Board")
    make_rule(body, name="it is about sport", copy_to=board)
    assert faults("rule-to-closed") == []

    close(board, last_day)

    sentence = (
        "The rule “because it is about sport” gives a copy to Board also on days on which neither "
        "that body nor one that follows it is there."
    )
    assert faults("rule-to-closed") == [sentence]
    assert faults("rule-to-closed", last_day + timedelta(days=1)) == [sentence]

    Body.objects.filter(pk=board.pk).update(successor=follower)
    structure_edited()
    assert faults("rule-to-closed") == faults("rule-to-closed", last_day + timedelta(days=1)) == []

    close(follower, last_day + timedelta(days=30))
    assert faults("rule-to-closed", last_day + timedelta(days=60)) == [sentence]


def test_a_rule_that_gives_a_copy_before_its_body_begins_is_a_fault():
    board = make_body("Board", start_date=today() + timedelta(days=3))
    rule = make_rule(make_body("Living Well"), name="it is about sport", copy_to=board)
    assert len(faults("rule-to-closed")) == 1

    type(rule).objects.filter(pk=rule.pk).update(start_date=board.start_date)
    structure_edited()

    assert faults("rule-to-closed") == []


def test_a_rule_that_is_over_is_none():
    body = make_body(end_date=today() - timedelta(days=9))

    make_rule(body, end_date=today() - timedelta(days=1))

    assert faults("rule-to-closed") == []


def test_a_rule_that_ends_with_its_body_is_none():
    body, last_day = make_body(), today() + timedelta(days=30)
    make_rule(body, end_date=last_day)

    close(body, last_day)

    assert faults("rule-to-closed") == []


def test_a_rule_that_begins_before_its_body_is_a_fault():
    make_rule(make_body(start_date=today() + timedelta(days=9)))

    assert "begins on" in faults("rule-to-closed")[0]


def test_a_locality_without_a_committee_is_a_fault_where_rules_send_messages_there():
    partnership = make_partnership()
    assert faults("rule-to-closed") == []

    close(partnership.ne.committee, today() - timedelta(days=1))

    assert faults("rule-to-closed") == [
        "Messages about the North East go to its committee, but it has none."
    ]
    RoutingRule.objects.filter(destination="place").delete()
    assert faults("rule-to-closed") == []


def test_a_signpost_is_old_after_six_months_and_a_day():
    make_signpost(title="Crisis line", checked_on=date(2026, 5, 25))

    assert faults("old-signpost", date(2026, 11, 25)) == []
    assert faults("old-signpost", date(2026, 11, 26)) == [
        "“Crisis line” was last checked on 25 May 2026."
    ]


def test_a_signpost_that_is_not_shown_may_be_old():
    make_signpost(checked_on=date(2020, 1, 1), is_shown=False)

    assert faults("old-signpost") == []


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 25), date(2026, 5, 25)),
        (date(2026, 8, 31), date(2026, 2, 28)),
        (date(2027, 3, 31), date(2026, 9, 30)),
        (date(2027, 1, 15), date(2026, 7, 15)),
    ],
)
def test_six_months_before(day, before):
    assert months_before(day, 6) == before


def test_an_administrator_is_led_to_the_row_that_mends_it(client):
    make_body()
    signpost = make_signpost(checked_on=date(2020, 1, 1))
    client.force_login(make_governance_administrator())

    page = client.get("/structure/faults/").content.decode()

    assert reverse("admin:engagement_signpost_change", args=[signpost.pk]) in page
