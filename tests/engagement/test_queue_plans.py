"""How the lists of messages are found: by an index, in the order in which they are shown."""

import pytest
from django.db import connection

from engagement import queue
from engagement.list_forms import QueueFilterForm
from engagement.models import Referral
from governance.permissions import standing_of
from governance.structure import structure_today
from localities.models import Locality
from tests.factories import make_submission

pytestmark = pytest.mark.django_db


def plan_of(rows):
    """How the database finds rows, where it thinks twice about reading a whole table."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
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
        ({"status": "all", "body": "living-well"}, "referral_by_body"),
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
    make_submission()

    plan = plan_of(page(partnership, team, **asked))

    assert index in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan


@pytest.mark.parametrize(
    ("group", "index"),
    [
        ("urgent", "referral_pressing_by_body"),
        ("decided", "referral_open_by_status"),
        ("overdue", "referral_open_by_due_day"),
        ("new", "referral_open_by_status"),
        ("due", "referral_open_by_status"),
        ("waiting", "referral_open_by_due_day"),
    ],
)
@pytest.mark.parametrize("before", [{"body": 1}, {"body": None}])
def test_each_group_before_a_body_or_nobody_is_read_by_an_index(partnership, before, index, group):
    make_submission()
    scans = queue.lying(Referral.objects.filter(**before), structure_today().day)
    scan = scans[queue.NUMBERS[group]]

    plan = plan_of(scan)

    assert index in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan


def test_copies_of_a_body_are_found_by_the_body(partnership):
    make_submission(topic="healthy")
    officer = partnership.officers["ne-committee"]
    standing = standing_of(officer)
    found = queue.visible_to(standing).filter(body__in=[partnership.ne.committee.pk], role="copy")

    assert "referral_by_body_and_role" in plan_of(found[:11])
