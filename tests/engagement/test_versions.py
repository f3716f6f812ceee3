"""What an edit gives a new version: the structure, what bodies work with, or kept pages alone."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement import erasure
from engagement.actions import ideas, merging, outcomes, phrases, themes
from engagement.models import Outcome
from governance.actions import decisions, measures, meetings, staff_settings
from governance.actions.structure import structure_edited
from governance.models import BankHoliday, Meeting, StructureRecord
from governance.structure import structure_today
from tests.admin_pages import edit, page_of
from tests.factories import (
    REASON,
    lead_of,
    make_engagement_team_member,
    make_governance_administrator,
    make_measure,
    make_officer,
    make_partnership,
    make_person,
    make_story,
    send_feedback,
    today,
)

pytestmark = pytest.mark.django_db

WHEN = {"starts_at_0": "2099-01-12", "starts_at_1": "10:00"}  # a box for the day, one for the time


@pytest.fixture
def partnership():
    partnership = make_partnership()
    structure_edited()
    return partnership


@pytest.fixture
def team():
    return make_engagement_team_member()


def versions():
    record = StructureRecord.objects.get()
    return {
        "structure": record.version,
        "work": record.work_version,
        "pages": record.pages_version,
    }


def given_by(deed):
    """What a deed gives a new version."""
    before = versions()
    result = deed()
    return {name for name, version in versions().items() if version != before[name]}, result


def drafted(partnership, team):
    theme = themes.create(title="Jabs", by=team)
    words = {"title": "Jabs by night", "said": "Many cannot come by day."}
    return outcomes.draft(theme=theme, body=partnership.living_well, by=team, **words)


def taken_up(partnership, team, **answers):
    answers = {"topic": "healthy", "message": "A bus, please.", "may_publish": True} | answers
    sent = send_feedback(kind="idea", **answers)
    words = {"title": "A bus", "summary": "It goes round.", "why": "Good."}
    body, submission = partnership.living_well, sent.submission
    return ideas.take_up(submission=submission, body=body, by=team, **words)


def test_an_outcome_or_an_idea_leaves_the_structure_as_it_is(client, partnership, team):
    structure = structure_today()
    outcome, idea = drafted(partnership, team), taken_up(partnership, team)

    for deed in (
        lambda: outcomes.publish(outcome=outcome, by=team, seen=outcome.revision),
        lambda: outcomes.take_back(outcome=outcome, by=team, reason=REASON),
        lambda: ideas.publish(idea=idea, by=team, seen=idea.revision),
        lambda: ideas.take_back(idea=idea, by=team, reason=REASON),
    ):
        assert given_by(deed)[0] == {"pages"}
    assert structure_today() is structure


def test_what_is_published_is_on_kept_pages_at_once(client, partnership, team):
    outcome = drafted(partnership, team)
    address = "/"
    client.get(address)
    kept = client.get(address)
    assert client.get(address, headers={"If-None-Match": kept["ETag"]}).status_code == 304

    outcomes.publish(outcome=outcome, by=team, seen=outcome.revision)
    shown = client.get(address, headers={"If-None-Match": kept["ETag"]})
    assert (shown.status_code, "Jabs by night" in shown.text) == (200, True)

    outcomes.take_back(outcome=Outcome.objects.get(), by=team, reason=REASON)
    gone = client.get(address, headers={"If-None-Match": shown["ETag"]})
    assert (gone.status_code, "Jabs by night" in gone.text) == (200, False)


def test_what_is_put_with_a_message_that_something_came_of_is_counted_on_kept_pages(
    partnership, team
):
    main, other, alone = (send_feedback().submission for _ in range(3))
    body, words = partnership.living_well, {"title": "Evenings", "said": "Many work by day."}
    made = outcomes.draft(submission=main, body=body, by=team, **words)
    outcomes.publish(outcome=made, by=team, seen=made.revision)

    def put(message, into):
        return lambda: merging.merge(referral=lead_of(message), into=into, by=team)

    assert given_by(put(other, main))[0] == {"pages"}
    assert given_by(lambda: merging.split(referral=lead_of(other), by=team))[0] == {"pages"}
    assert given_by(put(other, alone))[0] == set()


def test_what_is_said_anew_of_a_public_idea_is_in_open_data_that_is_kept(client, partnership, team):
    idea = taken_up(partnership, team)
    idea = ideas.publish(idea=idea, by=team, seen=idea.revision)
    client.get("/data/ideas.csv")
    assert "A bus" in client.get("/data/ideas.csv").text

    ideas.change(idea=idea, by=team, seen=None, title="A tram", summary="It goes up and down.")
    changed = client.get("/data/ideas.csv").text
    ideas.move(idea=idea, move="try", why="On Mondays.", by=team, seen=None)
    moved = client.get("/data/ideas.csv").text

    assert "A tram" in changed and "It goes up and down." in changed and "A bus" not in changed
    assert ",tried," in moved


def test_what_is_said_anew_of_an_idea_that_is_not_public_leaves_kept_pages(partnership, team):
    idea = taken_up(partnership, team)

    for deed in (
        lambda: ideas.change(idea=idea, by=team, seen=None, title="A tram"),
        lambda: ideas.move(idea=idea, move="try", why="On Mondays.", by=team, seen=None),
    ):
        assert given_by(deed)[0] == set()


def test_a_name_that_is_removed_is_not_in_open_data_that_is_kept(client, partnership, team):
    idea = taken_up(partnership, team, name="Amina Quill", email="amina@example.org")
    idea = ideas.change(idea=idea, by=team, seen=None, title="The bus of Amina Quill")
    ideas.publish(idea=idea, by=team, seen=idea.revision)
    client.get("/data/ideas.csv")
    assert "Quill" in client.get("/data/ideas.csv").text

    erasure.remove_person(idea.submission)

    shown = client.get("/data/ideas.csv").text
    assert "The bus of [removed]" in shown and "Quill" not in shown


def test_a_page_of_the_admin_for_what_is_published_leaves_the_structure_too(client, team):
    client.force_login(team)
    story = make_story()
    structure_edited()
    address = reverse("admin:engagement_story_change", args=[story.pk])

    page = client.get(address).context["adminform"].form
    data = {box.html_name: box.value() for box in page if box.value() not in (None, False)}
    given, answer = given_by(lambda: client.post(address, data | {"reason": REASON}))

    assert (given, answer.status_code) == ({"pages"}, 302)


def test_what_a_body_works_with_leaves_the_structure_as_it_is(client, partnership):
    body, by = partnership.living_well, make_governance_administrator()
    officer, measure = make_officer(body), make_measure(body)
    soon = timezone.now() + timedelta(days=9)
    structure_edited()
    structure = structure_today()
    client.get(f"/bodies/{body.slug}/")
    kept = client.get(f"/bodies/{body.slug}/")["ETag"]

    for deed in (
        lambda: meetings.plan(
            body=body, starts_at=soon, place="Room 7", is_public=True, by=by, reason=REASON
        ),
        lambda: meetings.cancel(meeting=Meeting.objects.get(), by=by, reason="Ill"),
        lambda: decisions.decide(body=body, title="Yes", text="We do.", by=officer, is_public=True),
        lambda: measures.record(
            measure=measure, measured_on=today(), value=7, by=by, reason=REASON
        ),
    ):
        assert given_by(deed)[0] == {"work", "pages"}
    page = client.get(f"/bodies/{body.slug}/", headers={"If-None-Match": kept})

    assert structure_today() is structure
    assert page.status_code == 200
    assert "Room 7" in page.text and "We do." in page.text


def test_a_page_of_the_admin_for_what_a_body_works_with_leaves_the_structure_too(
    client, partnership
):
    client.force_login(make_governance_administrator())
    body = partnership.living_well
    meeting = Meeting.objects.create(body=body, starts_at=timezone.now(), is_public=True)

    given, answer = given_by(lambda: edit(client, meeting, place="Room 7", **WHEN))
    assert (given, answer.status_code) == ({"work", "pages"}, 302)
    assert "Room 7" in client.get(f"/bodies/{body.slug}/").text

    remove = page_of(Meeting, "delete", meeting.pk)
    given, answer = given_by(lambda: client.post(remove, {"post": "yes", "reason": REASON}))
    assert (given, answer.status_code) == ({"work", "pages"}, 302)
    assert "Room 7" not in client.get(f"/bodies/{body.slug}/").text


def test_what_decides_who_receives_and_by_when_leaves_what_bodies_work_with(
    client, partnership, team
):
    client.force_login(make_governance_administrator())
    holiday = date(2027, 1, 12)
    announced = {"day": holiday.isoformat(), "name": "Coronation", "reason": REASON}

    for deed in (
        lambda: staff_settings.settle(by=make_person(), mail="daily", absent_until=None),
        lambda: client.post(page_of(BankHoliday, "add"), announced),
        lambda: phrases.add(
            text="gym", topic=partnership.healthy, weight=6, by=team, reason=REASON
        ),
    ):
        assert given_by(deed)[0] == {"structure", "pages"}
    assert BankHoliday.objects.filter(day=holiday).exists()
    assert structure_today().calendar.is_bank_holiday(holiday)
