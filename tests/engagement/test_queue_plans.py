"""How the lists of messages are found: by an index, in the order in which they are shown."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from engagement import newest, queue
from engagement.list_forms import QueueFilterForm
from engagement.listed import as_its_message
from engagement.models import Referral, Submission
from governance.permissions import standing_of
from governance.structure import structure_today
from localities.models import Locality
from tests.factories import make_engagement_team_member, make_partnership, today
from tests.plans import generic_plan_of

pytestmark = pytest.mark.django_db

STORED = 1500
STATUSES = ("referred", "acknowledged", "answered", "closed")


@pytest.fixture(scope="module")
def stored(django_db_setup, django_db_blocker):
    """Messages of which few have what a list asks for, once for all tests here.

    PostgreSQL knows of them from here alone: figures of other tests' rows outlast them, in any
    order of tests.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        stored = SimpleNamespace(partnership=make_partnership(), team=make_engagement_team_member())
        store(stored.partnership, stored.team)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE engagement_referral, engagement_submission")
        yield stored
        transaction.set_rollback(True)


@pytest.fixture
def partnership(stored):
    return stored.partnership


@pytest.fixture
def team(stored):
    return stored.team


def store(partnership, team):
    bodies = partnership.living_well, None, partnership.triage, partnership.ne.committee
    now = timezone.now()
    messages = Submission.objects.bulk_create(
        Submission(
            message="Again",
            topic=partnership.healthy if n % 23 else partnership.gp,
            locality=(partnership.nw if n % 19 else partnership.ne).locality,
            channel="online" if n % 17 else "paper",
            language="en" if n % 29 else "bn",
            is_urgent=n % 31 == 0,
            received_at=now,
            received_on=today(),
            sending_key=f"plan {n}",
        )
        for n in range(STORED)
    )
    Referral.objects.bulk_create(
        Referral(
            submission=message,
            body=bodies[n % 4] if n % 53 else partnership.nw.committee,
            role="lead",
            **as_its_message(message),
            status=status_of(n),
            referred_at=now,
            assigned_to=None if n % 37 else team,
            clock_started_on=today(),
            acknowledge_by=today() + timedelta(days=n % 13 - 1),
            answer_by=today() + timedelta(days=n % 13 + 10),
            paused_on=None if n % 43 or status_of(n) != "acknowledged" else today(),
        )
        for n, message in enumerate(messages)
    )


def status_of(n):
    if n % 41 == 0:
        return "referred_on"
    return "escalated" if n % 47 == 0 else STATUSES[n // 4 % 4]


def plan_of(rows):
    """How the database finds rows, where it thinks twice about reading a whole table."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            # A row that is read weighs more than a page, whose number other tests have a part in.
            cursor.execute("SET LOCAL cpu_tuple_cost = 1")
    return rows.explain()


def page(partnership, team, **asked):
    form = QueueFilterForm(
        asked,
        topics=[partnership.gp],
        bodies=structure_today().bodies,
        localities=Locality.objects.all(),
    )
    assert form.is_valid()
    return form.apply(queue.visible_to(standing_of(team)), team).order_by("-pk")[:26]


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "referral_open"),
        ({"status": "referred_on"}, "referral_by_status"),
        ({"status": "all", "body": "nw-committee"}, "referral_by_body"),
        ({"topic": "gp"}, "referral_open_by_topic"),
        ({"locality": "ne"}, "referral_open_by_locality"),
        ({"channel": "paper"}, "referral_open_by_channel"),
        ({"language": "not-en"}, "referral_open_not_english"),
        ({"status": "all", "topic": "gp"}, "referral_by_topic"),
        ({"status": "all", "locality": "ne"}, "referral_by_locality"),
        ({"status": "all", "channel": "paper"}, "referral_by_channel"),
        ({"status": "all", "language": "not-en"}, "referral_not_english"),
        ({"urgent": "on", "status": "all"}, "referral_urgent"),
        ({"assigned": "me"}, "referral_open_by_person"),
    ],
)
def test_a_page_of_the_queue_is_read_by_an_index_in_its_order(partnership, team, asked, index):
    plan = plan_of(page(partnership, team, **asked))

    assert index in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan


def test_a_search_reads_of_referrals_their_index_alone(partnership, team):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    plan = page(partnership, team, q="lift", status="all").values("pk").explain()

    how = {"postgresql": "Index Only Scan using", "sqlite": "USING COVERING INDEX"}
    assert f"{how[connection.vendor]} referral_by_message" in plan, plan


def test_of_a_middling_word_the_newest_are_read_first_and_others_where_they_are_needed(stored):
    if connection.vendor != "postgresql":
        return  # there all of them are soon found

    plan = generic_plan_of(newest.first_page_with("lift", is_open=False))

    first, _, others = plan.partition("One-Time Filter")
    assert "Index Scan Backward using engagement_referral_pkey" in first, plan
    assert "Index Cond: (id > (" in first and "(rowid > (" in first, plan
    assert "hashed SubPlan" in first, plan
    assert "Bitmap Index Scan on engagement_submissionwords_gin" in others, plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize(
    ("group", "index"),
    [
        ("urgent", "referral_pressing_by_body"),
        ("back", "referral_open_by_status"),
        ("overdue", "referral_open_by_due_day"),
        ("new", "referral_open_by_status"),
        ("due", "referral_open_by_status"),
        ("waiting", "referral_open_by_due_day"),
    ],
)
@pytest.mark.parametrize("is_nobody", [False, True])
def test_each_group_before_a_body_or_nobody_is_read_by_an_index(
    partnership, is_nobody, index, group
):
    body = None if is_nobody else partnership.living_well
    scans = queue.lying(Referral.objects.filter(body=body), structure_today().day)
    scan = scans[queue.NUMBERS[group]]

    plan = plan_of(scan)

    assert index in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan


def test_copies_of_a_body_are_found_by_the_body(partnership):
    officer = partnership.officers["ne-committee"]
    standing = standing_of(officer)
    found = queue.visible_to(standing).filter(body__in=[partnership.ne.committee.pk], role="copy")

    assert "referral_by_body_and_role" in plan_of(found[:11])


def test_what_is_planned_for_any_body_is_read_by_the_same_indexes(partnership):
    if connection.vendor != "postgresql":
        return  # each body has its own plan there

    plan = generic_plan_of(
        queue.lying_before_body.of(body=partnership.living_well.pk, today=today())
    )

    assert "Seq Scan" not in plan, plan
    for index in ("pressing_by_body", "open_by_status", "open_by_due_day"):
        assert f"referral_{index}" in plan, plan
