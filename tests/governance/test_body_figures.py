"""Figures of the bodies: counted as it happens, exact, and of no person."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from governance.actions import escalations, merging
from governance.body_figures import days_before
from governance.models import Escalation, Tally
from governance.structure import structure_today
from governance.tallies import recount
from governance.working_days import Calendar
from tests.factories import (
    closed_since_yesterday,
    make_body,
    make_escalation,
    make_escalation_line,
    make_ladder,
    make_member,
    make_officer,
    make_person,
    officer_of,
    today,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

QUERIES = 8


@pytest.fixture
def at(monkeypatch):
    def set_clock(day):
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_clock(date(2026, 11, 2))
    return set_clock


def november(day):
    return date(2026, 11, day)


def figures_of(client, body, first=date(2026, 11, 1)):
    """Figure → value, of one body; those of nothing are left out."""
    client.force_login(make_person())
    to = today().isoformat()
    address = f"/staff/figures/figures.csv?from={first.isoformat()}&to={to}&body={body.slug}"
    rows = csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig")))
    return {
        (row["table"], row["figure"]): float(row["value"])
        for row in rows
        if row["part"] == "Escalations" and row["value"] not in {"", "0"}
    }


ACK, ANSWER, DID = (
    "Working days to acknowledge",
    "Working days to answer",
    "What came before bodies, and what they did",
)
OPEN = "Open today, by age"


# --- What is counted ------------------------------------------------------------------------------


def test_a_matter_counts_at_each_body_in_working_days_without_its_pauses(client, at):
    bottom, middle, top = make_ladder(3)
    matter = make_escalation(bottom, middle)
    at(november(4))
    matter = escalations.accept(escalation=matter, by=officer_of(middle))
    matter = escalations.send_back(escalation=matter, question="?", by=officer_of(middle))
    at(november(9))  # three working days later
    matter = escalations.answer_back(escalation=matter, answer="!", by=officer_of(bottom))
    at(november(11))
    matter = escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle))
    at(november(12))
    matter = escalations.accept(escalation=matter, by=officer_of(top))
    at(november(20))
    escalations.resolve(escalation=matter, outcome="Agreed", by=officer_of(top))

    assert figures_of(client, middle) == {
        (ACK, "Median"): 2,
        (ACK, "90th percentile"): 2,
        (ACK, "Of so many"): 1,
        (ANSWER, "Median"): 4,
        (ANSWER, "90th percentile"): 4,
        (ANSWER, "Of so many"): 1,
        (DID, "Put before it"): 1,
        (DID, "Passed up"): 1,
        (DID, "Sent back"): 1,
    }
    assert figures_of(client, top) == {
        (ACK, "Median"): 1,
        (ACK, "90th percentile"): 1,
        (ACK, "Of so many"): 1,
        (ANSWER, "Median"): 7,
        (ANSWER, "90th percentile"): 7,
        (ANSWER, "Of so many"): 1,
        (DID, "Put before it"): 1,
        (DID, "Resolved"): 1,
    }
    assert figures_of(client, bottom) == {}
    assert recount(mend=False) == 0


def test_what_is_open_is_told_by_its_age(client, at):
    bottom, middle = make_ladder(2)
    for day in (november(2), date(2026, 12, 1), date(2027, 2, 1)):
        at(day)
        make_escalation(bottom, middle)

    figures = figures_of(client, middle, first=date(2027, 1, 1))

    assert {name: value for (table, name), value in figures.items() if table == OPEN} == {
        "Open": 3,
        "Overdue": 2,
        "Up to 20 days": 1,
        "21 to 60 days": 1,
        "Over 60 days": 1,
        "Oldest, in days": 62,
    }


def test_what_comes_of_matters_that_were_merged_counts_once(client, at):
    bottom, middle = make_ladder(2)
    chair = officer_of(middle)
    merged, goes_on = (
        escalations.accept(escalation=make_escalation(bottom, middle, title=title), by=chair)
        for title in ("Lifts", "The lift in Bow")
    )
    merging.merge(escalation=merged, into=goes_on, reason="The same lift", by=chair)
    resolved = escalations.resolve(escalation=goes_on, outcome="It is renewed", by=chair)
    escalations.reopen(escalation=resolved, reason="It is not", by=chair)

    figures = figures_of(client, middle)

    assert (figures[DID, "Put before it"], figures[DID, "Resolved"]) == (3, 1)
    assert recount(mend=False) == 0


def test_a_period_has_its_first_and_its_last_day(client, at):
    bottom, middle = make_ladder(2)
    for day in (1, 2, 30):
        at(november(day))
        make_escalation(bottom, middle)

    firsts = (november(1), november(2), november(3), november(30))

    counted = [figures_of(client, middle, first)[DID, "Put before it"] for first in firsts]
    assert counted == [3, 2, 1, 1]


def test_what_lay_before_a_closed_body_lies_before_the_one_that_follows_it(client, at):
    bottom, closing = make_ladder(2)
    follower = make_body()
    make_officer(follower)
    make_escalation_line(bottom, follower)
    make_escalation(bottom, closing)
    at(november(9))
    make_escalation(bottom, follower, title="Their own")
    closed_since_yesterday(closing, follower)

    figures = {body: figures_of(client, body) for body in (closing, follower)}

    assert {name: value for (table, name), value in figures[follower].items() if table == OPEN} == {
        "Open": 2,
        "Overdue": 1,
        "Up to 20 days": 2,
        "Oldest, in days": 5,
    }
    assert (OPEN, "Open") not in figures[closing]


def test_twenty_working_days_ago_is_the_first_day_from_which_a_clock_of_twenty_runs():
    calendar = Calendar()
    for n in range(60):
        day = date(2026, 12, 1) + timedelta(days=n)
        start = days_before(day, 20, calendar)
        assert calendar.working_days_between(start, day) == 20
        assert calendar.working_days_between(start - timedelta(days=1), day) == 21


# --- Kept by the writing transaction --------------------------------------------------------------


def test_counting_anew_mends_what_is_wrong(at, capsys):
    bottom, middle = make_ladder(2)
    escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    right = set(Tally.objects.values_list("body", "on", "measure", "days", "count"))
    Tally.objects.filter(measure="received").update(count=7)

    with pytest.raises(CommandError, match="1 figures are wrong"):
        call_command("recount_figures", "--check")
    call_command("recount_figures")
    call_command("recount_figures", "--check")

    assert set(Tally.objects.values_list("body", "on", "measure", "days", "count")) == right
    assert "All right." in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_those_who_act_at_once_are_all_counted(at):
    bottom, middle = make_ladder(2)
    matters = [make_escalation(bottom, middle) for _ in range(6)]
    chair = officer_of(middle)

    at_once(*(lambda m=m: escalations.accept(escalation=m, by=chair) for m in matters))

    assert Tally.objects.get(measure="acknowledged").count == 6
    assert recount(mend=False) == 0


# --- The page -------------------------------------------------------------------------------------


def test_the_page_names_bodies_in_the_order_of_the_structure_and_no_person(client, at):
    bottom, middle, top = make_ladder(3)
    by = officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)
    matter = escalations.pass_up(escalation=matter, to_body=top, by=by, note="Too large for us")
    escalations.accept(escalation=matter, by=officer_of(top))
    client.force_login(make_person(username="reader"))

    page = client.get("/staff/figures/").text

    table = page[page.index('id="to-acknowledge"') :]
    told = [body for body in structure_today().bodies if body.pk != bottom.pk]
    order = [table.index(f">{body}<") for body in told]
    assert len(order) == 2 and order == sorted(order)
    assert f"Nothing to count: {bottom}." in table
    assert officer_of(middle).username not in page
    assert "How this is counted" in page


@pytest.mark.parametrize("number", [1, 500])
def test_the_page_takes_as_many_queries_with_many_matters_as_with_few(
    client, at, number, django_assert_num_queries
):
    bottom, middle, _ = make_ladder(3)
    matter = make_escalation(bottom, middle)
    names = [
        field.name
        for field in Escalation._meta.concrete_fields
        if not field.generated and field.name not in {"id", "sending_key"}
    ]
    values = {name: getattr(matter, name) for name in names}
    Escalation.objects.bulk_create(Escalation(**values) for _ in range(number))
    Tally.objects.bulk_create(
        Tally(body=middle, on=november(2), measure="answered", days=days, count=9)
        for days in range(number)
    )
    client.force_login(make_member(middle))
    client.get("/staff/figures/")

    with django_assert_num_queries(QUERIES):
        client.get("/staff/figures/?from=2026-11-01")


def test_the_page_of_figures_is_valid_html(client, html_faults, at):
    bottom, middle = make_ladder(2)
    make_escalation(bottom, middle)
    client.force_login(make_person())

    assert html_faults(client.get("/staff/figures/").content) == []
