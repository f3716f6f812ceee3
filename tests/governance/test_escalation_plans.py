"""Pages of matters are found by index: what is read does not grow with what is stored."""

import re

import pytest
from django.db import connection, transaction

from governance import full_text
from governance.matters import KEPT_PILES
from governance.models import ActionPoint, Decision, Escalation
from governance.synthetic import COMMON, make_matters
from tests.factories import (
    make_body,
    make_escalation_line,
    make_governance_administrator,
    make_ladder,
    make_member,
    officer_of,
    today,
)
from tests.plans import generic_plan_of

pytestmark = pytest.mark.django_db

MATTERS = 6000
OURS = re.compile(r"governance_escalation(step|reader|words)?\b")


@pytest.fixture(scope="module")
def ladder(django_db_setup, django_db_blocker):
    """A board above many committees, and many matters that they raised, once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        bottom, middle, top = make_ladder(3)
        for _ in range(12):
            make_escalation_line(make_body(), middle)
        make_matters(MATTERS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            if connection.vendor == "postgresql":
                # Of so few rows it may rather read all; that of many it does not, a benchmark
                # shows.
                cursor.execute("SET LOCAL enable_seqscan = off")
        yield bottom, middle, top
        transaction.set_rollback(True)


def plans(client, address):
    """The plan of each query that a page makes of the tables of matters."""
    found = {}

    def explained(execute, sql, params, many, context):
        if sql.lstrip("(").startswith("SELECT") and OURS.search(sql):
            on_sqlite = connection.vendor == "sqlite"
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {'QUERY PLAN ' * on_sqlite}{sql}", params)
                found[sql] = "\n".join(str(row[-1]) for row in cursor.fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        assert client.get(address).status_code == 200
    assert found
    return found


def of_what_finds_them(plans):
    """The plan of what finds the matters of a list by who reads them."""
    [plan] = [plan for sql, plan in plans.items() if "escalationreader" in sql and "AS part" in sql]
    return plan


def reads_all_matters(plan):
    """Whether a plan looks at each row of a table of matters, or of each body in turn."""
    if connection.vendor == "postgresql":
        return re.search(rf"Seq Scan on {OURS.pattern}", plan)
    # A scan of the words is one of those that match; a part of a union reads its own rows.
    return re.search(r"SCAN (?!part\b|\(|\w+ VIRTUAL TABLE INDEX \d+:=?M)|\(ANY\(", plan)


@pytest.mark.parametrize(
    "address",
    [
        "/staff/",
        "/escalations/",
        "/escalations/?order=newest",
        "/escalations/?status=open",
        "/escalations/?status=withdrawn",
        "/escalations/?status=overdue",
        "/escalations/?status=waiting",
        "/escalations/?status=view",
        "/escalations/?category=other&order=newest",
        "/escalations/?q=chiropodist",
    ],
)
@pytest.mark.parametrize("who", ["officer", "member"])
def test_no_page_of_matters_reads_them_all(client, ladder, who, address):
    client.force_login(officer_of(ladder[1]) if who == "officer" else make_member(ladder[0]))

    for sql, plan in plans(client, address).items():
        assert not reads_all_matters(plan), f"{sql}\n\n{plan}"


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("order", ["due", "newest"])
def test_what_is_planned_for_any_body_is_read_by_the_same_indexes(ladder, order, number):
    if connection.vendor != "postgresql":
        return  # each body has its own plan there
    bodies = tuple(body.pk for body in ladder[:number])

    plan = generic_plan_of(KEPT_PILES[order].of(bodies=bodies, person=1, today=today()))

    assert not reads_all_matters(plan), plan
    for index in ("lying", "lying_as", "waiting", "asked"):
        assert re.search(rf"escalation_reader_{index}\b", plan), plan


@pytest.mark.parametrize(
    ("status", "index"),
    [
        ("overdue", "escalation_reader_lying"),
        ("new", "escalation_reader_lying_as"),
        ("sent-back", "escalation_reader_lying_as"),
        ("due", "escalation_reader_lying_as"),
        ("waiting", "escalation_reader_waiting"),
        ("view", "escalation_reader_asked"),
    ],
)
def test_what_is_in_one_state_for_a_body_is_a_range_of_one_index(client, ladder, status, index):
    client.force_login(officer_of(ladder[1]))
    if connection.vendor == "postgresql":
        # Of rows just written it trusts no index alone; this is how a vacuum would leave them.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pg_class SET relallvisible = relpages "
                "WHERE relname = 'governance_escalationreader'"
            )

    found = plans(client, f"/escalations/?status={status}")

    plan = of_what_finds_them(found)
    assert re.search(rf"{index}\b", plan), plan
    assert not re.search("Sort Key|FOR ORDER BY", plan), plan


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("status=open&order=due", "escalation_reader_kind_due"),
        ("status=&order=newest", "escalation_reader_kind"),
    ],
)
def test_those_of_a_kind_are_a_range_of_one_index(client, ladder, asked, index):
    client.force_login(make_member(ladder[0]))

    found = plans(client, f"/escalations/?category=other&{asked}")

    plan = of_what_finds_them(found)
    assert re.search(rf"{index}\b", plan), plan


@pytest.mark.parametrize("asked", ["", "&status=open"])
def test_those_of_a_body_are_ranges_of_an_index_each(client, ladder, asked):
    """What the body raised, and what lies before it, of what somebody reads who is on another."""
    bottom, middle, _ = ladder
    client.force_login(officer_of(middle))

    found = plans(client, f"/escalations/?body={bottom.slug}{asked}")

    plan = of_what_finds_them(found)
    for which in ("raised", "at"):
        assert re.search(rf"escalation_reader_{which}_due\b", plan), plan
    if connection.vendor == "postgresql":
        assert "Index Scan using governance_escalation_pkey" not in plan, plan


def test_those_of_a_body_are_ranges_for_who_sees_everything(client, ladder):
    client.force_login(make_governance_administrator())

    found = plans(client, f"/escalations/?body={ladder[0].slug}")

    [plan] = [plan for sql, plan in found.items() if "UNION ALL" in sql]
    assert "escalation_open_by_raising" in plan, plan
    assert "escalation_open_by_body" in plan, plan


def test_of_a_word_in_many_matters_not_each_that_has_it_is_read(client, ladder, monkeypatch):
    monkeypatch.setitem(full_text.MANY, connection.vendor, 100)
    client.force_login(officer_of(ladder[1]))

    found = plans(client, f"/escalations/?q={COMMON}")

    plan = of_what_finds_them(found)
    reads_all_found = r"Bitmap Index Scan on \w+_gin|VIRTUAL TABLE INDEX \d+:M"
    assert not re.search(reads_all_found, plan), plan


@pytest.mark.parametrize("asked", ["", "&status=open", "&order=newest"])
def test_of_a_seldom_word_only_what_has_it_is_read(client, ladder, asked):
    client.force_login(officer_of(ladder[1]))

    found = plans(client, f"/escalations/?q=chiropodist{asked}")

    plan = of_what_finds_them(found)
    if connection.vendor == "postgresql":
        walks = r"using escalation_reader_(?!once|author)\w+"
        assert not re.search(walks, plan), plan
    looked_up = re.findall(r"Bitmap Index Scan on \w+_gin|VIRTUAL TABLE INDEX \d+:M", plan)
    assert len(looked_up) == 2, plan  # for what their body reads, and for what they wrote
    assert not reads_all_matters(plan), plan


def test_a_matter_is_found_with_all_its_rows_by_index(client, ladder):
    client.force_login(officer_of(ladder[1]))
    matter = Escalation.objects.filter(current_body=ladder[1], is_open=True).first()

    for sql, plan in plans(client, f"/escalations/{matter.reference}/").items():
        assert not reads_all_matters(plan), f"{sql}\n\n{plan}"


@pytest.mark.parametrize("address", ["/staff/", "/actions/"])
def test_of_each_action_it_is_looked_up_whether_its_matter_is_read(client, ladder, address):
    """And not by reading first all that these bodies read, which may be most there is."""
    if connection.vendor != "postgresql":
        return  # there nothing is read beforehand
    middle = ladder[1]
    settled = Escalation.objects.filter(current_body=middle, status="resolved").order_by("-pk")
    for matter in settled[:120]:
        matter.decision = Decision.objects.create(body=middle, title="Lifts", decided_on=today())
        matter.save()
        ActionPoint.objects.create(decision=matter.decision, body=middle, due_on=today())
    client.force_login(officer_of(middle))

    found = plans(client, address)

    [plan] = [plan for sql, plan in found.items() if "matter_read" in sql]
    of_readers = plan.partition("SubPlan")[2]
    [how] = re.findall("Index Cond: (.*)", of_readers)
    assert "escalation_id = governance_escalation.id" in how, plan
