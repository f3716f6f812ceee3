"""Decisions where they are listed: whether a matter of theirs was reopened, and which it was."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from governance.actions import decisions, escalations, merging
from governance.decided import beside, reopened, to_choose, with_reopening
from governance.models import Decision
from governance.permissions import standing_of
from tests.factories import (
    make_escalation,
    make_governance_administrator,
    make_ladder,
    make_member,
    make_person,
    officer_of,
)
from tests.governance.test_work_plans import check_no_table_is_read
from tests.reading import text_of

pytestmark = pytest.mark.django_db

REOPENED = "A matter that it settled was reopened on 5 November 2026"


@pytest.fixture
def ladder(at):
    at(date(2026, 11, 2))
    return make_ladder(2)


def settled(ladder, **words):
    """A matter that its board has resolved."""
    below, board = ladder
    by = officer_of(board)
    matter = escalations.accept(escalation=make_escalation(below, board), by=by)
    return escalations.resolve(escalation=matter, by=by, **({"outcome": "A lift"} | words))


def reopen(matter, at):
    at(date(2026, 11, 5))
    by = officer_of(matter.current_body)
    return escalations.reopen(escalation=matter, reason="It goes on", by=by)


def told(client, reader, body, query=""):
    """What the page of a body says to somebody."""
    client.logout()
    if reader:
        client.force_login(reader)
    return text_of(client.get(f"/bodies/{body.slug}/{query}").text)


def test_the_page_of_a_body_says_that_a_matter_was_reopened(client, at, ladder):
    board = ladder[1]
    matter = settled(ladder)
    readers = officer_of(board), make_member(board), make_governance_administrator()
    for reader in readers:
        assert "reopened" not in told(client, reader, board)

    reopen(matter, at)

    for reader in readers:
        assert f"{REOPENED}." in told(client, reader, board)


def test_it_says_so_to_nobody_who_may_not_see_the_matter(client, at, ladder):
    below, board = ladder
    matter = settled(ladder)
    Decision.objects.update(is_public=True)
    reopen(matter, at)

    for reader in (None, make_person(), make_member(make_ladder(1)[0])):
        page = told(client, reader, board)
        assert matter.title in page and "reopened" not in page


def test_who_sits_on_the_body_that_raised_it_may_know(client, at, ladder):
    below, board = ladder
    matter = settled(ladder)
    Decision.objects.update(is_public=True)
    reopen(matter, at)

    assert REOPENED in told(client, officer_of(below), board)


def test_what_was_recorded_before_says_nothing_of_it(client, at, ladder):
    board = ladder[1]
    matter = settled(ladder)
    reopen(matter, at)
    at(date(2026, 11, 9))

    before, after = (
        told(client, officer_of(board), board, f"?as_on=2026-11-03&known_on=2026-11-0{day}")
        for day in (3, 6)
    )

    assert matter.title in before and "reopened" not in before
    assert REOPENED in after


def test_a_decision_that_settles_the_matter_again_stands(client, at, ladder):
    board, by = ladder[1], officer_of(ladder[1])
    matter = settled(ladder)
    decision = matter.decision
    matter = reopen(matter, at)
    escalations.resolve(escalation=matter, decision=decision, by=by)

    assert "reopened" not in told(client, by, board)


def test_the_decision_after_the_reopening_is_not_marked(at, ladder):
    by = officer_of(ladder[1])
    first = settled(ladder)
    was = first.decision
    matter = escalations.resolve(escalation=reopen(first, at), outcome="No lift", by=by)

    marked = with_reopening(Decision.objects.all(), standing_of(by))

    assert [each.pk for each in marked if each.reopened_at] == [was.pk]
    assert matter.decision != was


def test_decisions_of_one_title_and_day_are_told_apart_by_their_matters(at, ladder):
    matters = [settled(ladder, title="A lift") for _ in range(2)]
    reopen(matters[0], at)

    of_first, of_second = (
        beside(to_choose(Decision.objects.filter(pk=pk)).get())
        for pk in Decision.objects.order_by("pk").values_list("pk", flat=True)
    )

    assert of_first == f", {matters[0].reference}. {REOPENED}"
    assert of_second == f", {matters[1].reference}"


def test_a_decision_of_no_matter_is_told_as_before(ladder):
    board = ladder[1]
    decisions.decide(body=board, title="Its rooms", text="Two", by=officer_of(board))

    assert [beside(each) for each in to_choose(Decision.objects.all())] == [""]


def test_it_is_named_by_the_matter_that_goes_on(ladder):
    below, board = ladder
    by = officer_of(board)
    merged, goes_on = (make_escalation(below, board) for _ in range(2))
    goes_on = escalations.accept(escalation=goes_on, by=by)
    merging.merge(escalation=merged, into=goes_on, reason="Same", by=by)
    escalations.resolve(escalation=goes_on, outcome="A lift", by=by)

    assert beside(to_choose(Decision.objects.all()).get()) == f", {goes_on.reference}"


@pytest.mark.parametrize("number", [1, 4])
def test_as_many_queries_find_them_however_many_there_are(
    at, ladder, number, django_assert_num_queries
):
    for _ in range(number):
        reopen(settled(ladder), at)
        at(date(2026, 11, 2))
    standing = standing_of(officer_of(ladder[1]))
    assert standing.sits_on

    for asked in (
        to_choose(Decision.objects.all()),
        with_reopening(Decision.objects.all(), standing),
    ):
        with django_assert_num_queries(1):
            assert len([each for each in asked if reopened(each)]) == number


def test_matters_and_steps_are_found_by_index(ladder):
    body, reader = ladder[1], standing_of(officer_of(ladder[1]))
    own = Decision.objects.filter(body=body)
    tables = "escalation", "historicalescalation", "escalationstep", "escalationreader"
    now = timezone.now() - timedelta(days=1)

    for rows in (to_choose(own), with_reopening(own, reader, known_on=now)):
        check_no_table_is_read(rows, *tables)
