"""A word of middling frequency is looked for among the newest first, and found as if in all."""

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagement import newest
from engagement.listed import as_its_message
from engagement.models import Referral, Submission, SubmissionWords
from governance import full_text
from governance.views import paging
from tests.factories import make_engagement_team_member, make_partnership, send_feedback, today

pytestmark = pytest.mark.django_db

QUEUE = "/staff/feedback/"
BODIES = 2  # of which an officer sees what one has


@pytest.fixture(autouse=True)
def always_middling(monkeypatch):
    """And what is newest, and a page, is so little that what is made up here is more."""
    monkeypatch.setattr(full_text, "MIDDLING", range(10**9))
    monkeypatch.setattr(full_text, "ONE_IN", 10**9)
    monkeypatch.setattr(newest, "WINDOW", 4)
    for module in (newest, paging):
        monkeypatch.setattr(module, "PAGE", 3)
    for kept in (newest.any_with, newest.open_with):
        monkeypatch.setattr(kept, "_written", {})


@pytest.fixture
def partnership():
    return make_partnership()


# A message, or one before it that is put before a body late: it was held, or is referred on.
arrives = st.tuples(st.just("arrives"), st.booleans(), st.integers(0, BODIES - 1))
is_held = st.tuples(st.just("is held"), st.booleans(), st.integers(0, BODIES - 1))
comes_late = st.tuples(st.just("comes late"), st.integers(0, 30), st.integers(0, BODIES - 1))


@given(st.lists(st.one_of(arrives, arrives, is_held, comes_late), min_size=1, max_size=30))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_search_finds_what_a_look_at_each_would(client, partnership, happened):
    bodies = partnership.ne.committee, partnership.nw.committee
    officer = partnership.officers["ne-committee"]
    with transaction.atomic():
        team, said = make_engagement_team_member(), happen(happened, bodies, partnership.healthy)
        with_word = [each for each in Referral.objects.order_by("-pk") if said[each.submission_id]]
        is_open = [each for each in with_word if each.is_open]

        for person, may_see in ((team, bodies), (officer, bodies[:1])):
            client.force_login(person)
            for status, expected in (("all", with_word), ("open", is_open)):
                seen = [each.pk for each in expected if each.body in may_see]
                assert pages(client, f"?q=lifts&status={status}") == seen
        transaction.set_rollback(True)


def happen(happened, bodies, topic):
    """Make it happen; give whether the word stands in each message, by key."""
    said = {}
    for kind, which, number in happened:
        if kind != "comes late":
            has_word, message = which, make_message(topic)
            words = "The lift is broken" if has_word else "The bus is late"
            SubmissionWords.objects.create(submission=message, words=words)
            said[message.pk] = has_word
        if kind == "comes late" and said:
            message = Submission.objects.get(pk=list(said)[which % len(said)])
        if kind == "arrives" or kind == "comes late" and said:
            put_before(bodies[number], message)
    return said


def make_message(topic):
    now = timezone.now()
    return Submission.objects.create(
        message="",
        topic=topic,
        received_at=now,
        received_on=today(),
        sending_key=f"newest {Submission.objects.count()}",
    )


def put_before(body, message):
    before = message.referrals.order_by("-pk")
    message.referrals.update(status="referred_on")
    Referral.objects.create(
        submission=message,
        body=body,
        role="lead",
        status="referred",
        referred_from=before.first(),
        referred_at=timezone.now(),
        **as_its_message(message),
    )


def pages(client, asked):
    """The keys on every page."""
    found, address = [], asked
    while address:
        context = client.get(QUEUE + address).context
        found += [row.referral.pk for row in context["rows"]]
        address = context["next_url"]
    return found


@pytest.mark.parametrize("number", [1, 9])
def test_it_asks_as_much_however_many_are_found(
    client, partnership, number, django_assert_num_queries
):
    for each in range(number):
        send_feedback(message=f"The lift is broken. {each}")
    client.force_login(make_engagement_team_member())
    client.get(f"{QUEUE}?q=lift")

    with django_assert_num_queries(7):
        page = client.get(f"{QUEUE}?q=lift")

    assert len(page.context["rows"]) == min(number, 3)


def test_only_a_search_in_everything_begins_with_the_newest(client, partnership, monkeypatch):
    if connection.vendor == "sqlite":
        return  # none does there
    asked = []
    monkeypatch.setattr(newest, "first_page_with", lambda *of, **how: asked.append(of) or ("", []))
    client.force_login(make_engagement_team_member())

    for narrowed in ("&topic=gp", "&status=referred", "&before=9", "&after=9", "&urgent=on"):
        client.get(f"{QUEUE}?q=lift{narrowed}")
    client.get(f"{QUEUE}?q=F-2026-000001")
    assert not asked

    client.get(f"{QUEUE}?q=lift")
    client.get(f"{QUEUE}?q=lift&status=all")
    assert len(asked) == 2
