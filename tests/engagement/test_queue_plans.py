"""How the lists of messages are found: by an index, in the order in which they are shown."""

import pytest
from django.db import connection

from engagement import queue
from engagement.list_forms import QueueFilterForm
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
        ({"topic": "gp"}, "referral_open"),
        ({"locality": "ne"}, "referral_open"),
        ({"urgent": "on", "status": "all"}, "referral_urgent"),
        ({"assigned": "me"}, "referral_open_by_person"),
    ],
)
def test_a_page_of_the_queue_is_read_by_an_index_in_its_order(partnership, team, asked, index):
    make_submission()

    plan = plan_of(page(partnership, team, **asked))

    assert index in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan


@pytest.mark.parametrize("asked", [{"locality": "ne"}, {"topic": "gp"}])
def test_all_of_a_locality_or_topic_are_read_from_the_newest_on(partnership, team, asked):
    for _ in range(3):
        make_submission()

    plan = plan_of(page(partnership, team, status="all", **asked))

    assert "TEMP B-TREE" not in plan and "Sort" not in plan
    if connection.vendor == "sqlite":  # PostgreSQL knows how many there are
        assert "submission_by_place" not in plan


def test_copies_of_a_body_are_found_by_the_body(partnership):
    make_submission(topic="healthy")
    officer = partnership.officers["ne-committee"]
    standing = standing_of(officer)
    found = queue.visible_to(standing).filter(body__in=[partnership.ne.committee.pk], role="copy")

    assert "referral_by_body_and_role" in plan_of(found[:11])
