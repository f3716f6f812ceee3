"""Messages gathered under a theme: who may, one theme a message, and what its history keeps."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from engagement.actions import submissions, themes
from engagement.models import Submission, Theme
from governance.workflow import MoveNotAllowed
from tests.factories import (
    make_engagement_team_member,
    make_governance_administrator,
    make_member,
    make_partnership,
    make_submission,
    make_theme,
)

pytestmark = pytest.mark.django_db

WORD = "Xylophone"


@pytest.fixture
def team(partnership):
    return make_engagement_team_member()


def gathered(theme):
    return set(theme.submissions.all())


def test_a_theme_gathers_messages_and_lets_them_go(team):
    one, two, other = (make_submission(message=f"Message {n}") for n in range(3))

    theme = make_theme(one, two, title="  Waiting   rooms ", by=team)
    assert theme.title == "Waiting rooms"
    assert gathered(theme) == {one, two}

    themes.remove(theme=theme, submissions=[one, other], by=team)
    assert gathered(theme) == {two}


def test_adding_what_is_there_changes_nothing(team):
    message = make_submission()
    theme = make_theme(message, by=team)

    themes.add(theme=theme, submissions=[message], by=team)

    assert gathered(theme) == {message}


def test_a_message_belongs_to_one_theme_at_most(team):
    message, free = make_submission(), make_submission()
    first, second = make_theme(message, title="First"), make_theme()

    with pytest.raises(MoveNotAllowed, match="under the theme “First” already"):
        themes.add(theme=second, submissions=[free, message], by=team)

    assert gathered(first) == {message}
    assert gathered(second) == set()


def test_what_was_withdrawn_is_not_gathered(team):
    message = make_submission()
    submissions.withdraw(submission=message)

    with pytest.raises(MoveNotAllowed, match="were removed"):
        themes.add(theme=make_theme(), submissions=[message], by=team)


def test_the_same_theme_pressed_twice_is_begun_once(team):
    words = {"title": "Waiting rooms", "description": "Cold ones", "by": team}

    assert themes.create(**words) == themes.create(**words)
    assert Theme.objects.count() == 1


def test_a_title_is_given_once_whatever_its_case(team):
    make_theme(title="Waiting rooms")
    theme = make_theme(title="Another")

    with pytest.raises(ValidationError, match="There is a theme “Waiting rooms” already"):
        themes.create(title="WAITING rooms", by=team)
    with pytest.raises(ValidationError, match="a theme with this title"):
        themes.change(theme=theme, title="waiting ROOMS", by=team, reason="Plainer")


@pytest.mark.parametrize(("title", "fault"), [("  ", "blank"), ("x" * 121, "120")])
def test_a_title_is_needed_and_short(team, title, fault):
    with pytest.raises(ValidationError, match=fault):
        themes.create(title=title, by=team)


def test_officers_begin_themes_for_their_body_and_gather_its_messages(partnership, team):
    officer = partnership.officers["living-well"]
    theirs, others = make_submission(topic="healthy"), make_submission()

    theme = make_theme(theirs, lead_body=partnership.living_well, by=officer)

    assert gathered(theme) == {theirs}
    with pytest.raises(PermissionDenied):
        themes.add(theme=theme, submissions=[others], by=officer)
    with pytest.raises(PermissionDenied):
        themes.create(title="For all", by=officer)
    with pytest.raises(PermissionDenied):
        themes.create(title="For others", lead_body=partnership.triage, by=officer)
    with pytest.raises(PermissionDenied):
        themes.add(theme=make_theme(), submissions=[theirs], by=officer)


def test_others_have_nothing_to_do_with_themes(partnership, team):
    message = make_submission(topic="healthy")
    theme = make_theme(message, lead_body=partnership.living_well)

    for person in (
        make_member(partnership.living_well),
        partnership.officers["ne-committee"],
        make_governance_administrator(),
    ):
        with pytest.raises(PermissionDenied):
            themes.create(title="Mine", lead_body=partnership.living_well, by=person)
        with pytest.raises(PermissionDenied):
            themes.remove(theme=theme, submissions=[message], by=person)
        with pytest.raises(PermissionDenied):
            themes.change(theme=theme, title="Mine", by=person, reason="Why")


def test_its_history_says_who_and_why_and_nothing_of_what_residents_wrote(partnership, team):
    message = make_submission(message=WORD)
    theme = make_theme(message, title="Waiting rooms", by=team)

    themes.change(
        theme=theme,
        title="Waiting",
        lead_body=partnership.living_well,
        by=team,
        reason="It is about more than rooms",
    )

    newest, first = theme.history.all()
    assert (first.title, first.history_user) == ("Waiting rooms", team)
    assert newest.history_change_reason == "It is about more than rooms"
    assert WORD not in str([list(row.values()) for row in theme.history.values()])


def test_many_are_gathered_in_as_many_queries_as_few(team, django_assert_max_num_queries):
    theme = make_theme(by=team)
    for _ in range(12):
        make_submission(topic="healthy")
    few, many = Submission.objects.all()[:2], Submission.objects.all()

    for some in (few, many):
        with django_assert_max_num_queries(14):
            themes.add(theme=theme, submissions=some, by=team)


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_a_message_and_who_takes_it_out_do_not_wait_for_each_other(monkeypatch):
    """A message that is withdrawn points at its theme, which stands locked meanwhile."""
    make_partnership()
    team, message = make_engagement_team_member(), make_submission()
    theme = make_theme(message, by=team)
    messages = themes.messages

    with ThreadPoolExecutor(1) as pool:

        def messages_slowly(found):
            withdrawals.append(pool.submit(withdraw))
            with suppress(TimeoutError):
                withdrawals[0].result(timeout=1)
            return messages(found)

        def withdraw():
            try:
                submissions.withdraw(submission=message)
            finally:
                connection.close()

        withdrawals = []
        monkeypatch.setattr(themes, "messages", messages_slowly)
        themes.remove(theme=theme, submissions=[message], by=team)
        withdrawals[0].result()

    message.refresh_from_db()
    assert (message.status, message.theme) == ("withdrawn", None)
