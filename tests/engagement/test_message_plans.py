"""What is asked for each message is found by index, however many others there are."""

import pytest
from django.db import connection

from engagement import outcomes
from engagement.receivers import who_may_answer
from tests.factories import make_submission
from tests.plans import plan_by_index, reads_all

pytestmark = pytest.mark.django_db


def check_is_not_read_whole(rows):
    if connection.vendor != "postgresql":
        return  # there each part of a condition has its own index
    plan = plan_by_index(rows)
    assert "hashed SubPlan" not in plan, plan  # in it, each row would be looked for
    assert not reads_all(plan, rows.model._meta.db_table), plan


def test_what_came_of_a_message_and_of_its_theme_is_found_by_index(partnership):
    message = make_submission()

    check_is_not_read_whole(outcomes.public().filter(outcomes.about(message)))


def test_so_are_the_people_who_may_answer_it(partnership):
    check_is_not_read_whole(who_may_answer(partnership.living_well))
