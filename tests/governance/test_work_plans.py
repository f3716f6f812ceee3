"""What bodies work with is found by index, however much of it others have."""

import pytest
from django.db import connection
from django.utils import timezone

from governance.action_points import of_interest_to
from governance.models import Decision, Document
from governance.permissions import standing_of
from governance.views.bodies import family_with_slug
from governance.views.meetings import bodies_with
from governance.views.work import papers_of
from governance.work_known import decisions_known
from tests.factories import make_body, make_member, today
from tests.plans import plan_by_index, reads_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing(body):
    return standing_of(make_member(body))


@pytest.fixture
def body():
    return make_body()


def check_no_table_is_read(rows, *tables):
    if connection.vendor != "postgresql":
        return  # there each part of a condition has its own index
    plan = plan_by_index(rows)
    assert not any(reads_all(plan, f"governance_{table}") for table in tables), plan


def test_the_papers_of_the_meetings_of_a_body_are_found_by_index(standing, body):
    papers = papers_of(standing, body, today())

    check_no_table_is_read(papers, "meeting", "meetingpaper", "document")


def test_so_are_the_bodies_that_a_document_is_of(standing):
    bodies = bodies_with(Document.objects.create(url="https://example.org/minutes"), standing)

    check_no_table_is_read(bodies, "meeting", "meetingpaper", "termsofreference")


def test_so_are_the_actions_that_someone_is_to_do_or_follow(standing):
    check_no_table_is_read(of_interest_to(standing), "actionpoint", "decision")


def test_so_is_what_of_earlier_decisions_someone_may_read(standing, body):
    decisions = decisions_known(standing, timezone.now()).filter(body_id=body.pk)

    check_no_table_is_read(decisions, Decision._meta.model_name)


def test_so_is_the_family_of_a_body(body):
    check_no_table_is_read(family_with_slug.write(body.slug), "body")
