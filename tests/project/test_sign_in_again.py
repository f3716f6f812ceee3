"""What staff typed is not lost when their session has ended meanwhile."""

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from engagement.actions import ideas, outcomes
from engagement.answering_forms import tick
from engagement.models import ReferralStep
from engagement.progress import Progress
from governance.models import Decision, Escalation, Meeting
from tests.factories import (
    FROM_HERE,
    PASSWORD,
    make_engagement_team_member,
    make_escalation,
    make_ladder,
    make_partnership,
    make_theme,
    officer_of,
    send_feedback,
    words_of_a_matter,
)
from tests.reading import hidden_fields

pytestmark = pytest.mark.django_db

TYPED = "Typed <at length>\nover two lines"


def sign_in(client, address, page, person, password=PASSWORD):
    who = {"again-username": person.username, "again-password": password}
    return client.post(address, hidden_fields(page) | who)


@pytest.fixture
def browser():
    """One that checks proofs as browsers meet them, and whose session has ended."""
    return Client(enforce_csrf_checks=True)


def send(browser, address, form):
    browser.get("/accounts/login/")
    return browser.post(address, form | {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value})


def test_a_move_is_carried_through_the_sign_in_and_nothing_is_done_by_itself(browser):
    bottom, top = make_ladder(2)
    matter = make_escalation(bottom, top)
    address = f"/escalations/{matter.reference}/accept/"

    page = send(browser, address, {"note": TYPED})
    assert (page.status_code, "Nothing was sent" in page.text) == (403, True)
    page = sign_in(browser, address, page, officer_of(top))

    assert page.status_code == 200
    assert "You are signed in again" in page.text
    assert "Typed &lt;at length&gt;\nover two lines" in page.text
    assert matter.steps.count() == 1
    assert PASSWORD not in page.text
    form = hidden_fields(page) | {"note": TYPED}
    assert browser.post(address, form).status_code == 302
    assert matter.steps.last().note == TYPED


def test_one_wrong_password_too_many_loses_nothing(browser):
    bottom, top = make_ladder(2)
    matter = make_escalation(bottom, top)
    address = f"/escalations/{matter.reference}/accept/"
    page = send(browser, address, {"note": TYPED})

    for _ in range(5):
        page = sign_in(browser, address, page, officer_of(top), password="wrong")

    assert page.status_code == 429
    assert "Too many attempts to sign in" in page.text
    assert "nothing that you typed is lost" in page.text
    AccessAttempt.objects.all().delete()  # a quarter of an hour later
    page = browser.post(address, hidden_fields(page))
    assert (page.status_code, "You were signed out while you typed" in page.text) == (403, True)
    page = sign_in(browser, address, page, officer_of(top))
    assert "You are signed in again" in page.text
    assert "Typed &lt;at length&gt;\nover two lines" in page.text
    assert matter.steps.count() == 1


def test_a_new_matter_is_carried_through_and_is_still_to_be_raised(browser):
    bottom, top = make_ladder(2)
    address = f"/escalations/new/?body={bottom.slug}"
    form = words_of_a_matter(situation=TYPED) | {"to_body": top.slug, "deed": "raise"}

    page = sign_in(browser, address, send(browser, address, form), officer_of(bottom))

    assert "Typed &lt;at length&gt;" in page.text
    assert not Escalation.objects.exists()


def test_a_wrong_password_keeps_what_was_typed(browser):
    bottom, top = make_ladder(2)
    address = f"/escalations/{make_escalation(bottom, top).reference}/accept/"
    page = send(browser, address, {"note": TYPED})

    page = sign_in(browser, address, page, officer_of(top), password="wrong")
    assert hidden_fields(page)["note"] == TYPED
    page = sign_in(browser, address, page, officer_of(top))

    assert "You are signed in again" in page.text


def test_a_wrong_password_puts_nothing_of_what_was_typed_on_record(browser):
    bottom, top = make_ladder(2)
    address = f"/escalations/{make_escalation(bottom, top).reference}/accept/"
    page = send(browser, address, {"note": TYPED})

    sign_in(browser, address, page, officer_of(top), password="nearly right")

    kept = AccessAttempt.objects.get()
    assert "nearly right" not in kept.post_data
    assert "Typed" not in kept.post_data


def test_an_answer_to_a_resident_is_carried_through(browser):
    partnership = make_partnership()
    submission = send_feedback(topic="healthy", place="").submission
    address = f"/staff/feedback/{submission.reference}/answer/"

    page = send(browser, address, {"text": TYPED})
    page = sign_in(browser, address, page, partnership.officers["living-well"])

    assert "Typed &lt;at length&gt;" in page.text
    assert submission.referrals.get(role="lead").status == "referred"


def test_an_answer_to_many_is_carried_through_with_every_tick(browser):
    partnership = make_partnership()
    found = [send_feedback(topic="healthy", place="").submission for _ in range(3)]
    theme = make_theme(*found, lead_body=partnership.living_well)
    address = f"/staff/themes/{theme.pk}/answer/"
    ticked = [tick(each.reference, Progress(each).seen) for each in found[:2]]

    page = send(browser, address, {"text": TYPED, "message": ticked})
    assert all(f'name="message" value="{each}"' in page.text for each in ticked)
    who = {"again-username": partnership.officers["living-well"].username}
    who |= {"again-password": PASSWORD, "message": ticked}
    page = browser.post(address, hidden_fields(page) | who)

    assert page.status_code == 200 and "You are signed in again" in page.text
    assert "Typed &lt;at length&gt;" in page.text
    assert [f'value="{each}" checked' in page.text for each in ticked] == [True, True]
    assert page.text.count(" checked") == 2
    assert not ReferralStep.objects.filter(kind="answered").exists()


@pytest.mark.parametrize("deed", ["", "take-back/"])
def test_what_came_of_a_message_is_carried_through(browser, deed):
    partnership, team = make_partnership(), make_engagement_team_member()
    submission = send_feedback(topic="healthy", place="").submission
    words = {"title": "T", "said": "S", "body": partnership.living_well}
    made = outcomes.draft(submission=submission, by=team, **words)
    outcomes.publish(outcome=made, by=team, seen=made.revision)
    address = f"/staff/outcomes/{made.pk}/{deed}"

    page = send(browser, address, {"said": TYPED, "reason": TYPED})
    page = sign_in(browser, address, page, team)

    assert "You are signed in again" in page.text
    assert "Typed &lt;at length&gt;" in page.text
    made.refresh_from_db()
    assert made.is_published and made.said == "S"


@pytest.mark.parametrize("deed", ["", "move/", "take-back/"])
def test_what_is_typed_of_an_idea_is_carried_through(browser, deed):
    partnership, team = make_partnership(), make_engagement_team_member()
    submission = send_feedback(topic="healthy", place="", kind="idea", may_publish=True).submission
    words = {"title": "T", "summary": "S", "why": "W", "body": partnership.living_well}
    made = ideas.take_up(submission=submission, by=team, **words)
    ideas.publish(idea=made, by=team, seen=made.revision)
    address = f"/staff/ideas/{made.pk}/{deed}"

    page = send(browser, address, {"summary": TYPED, "why": TYPED, "reason": TYPED})
    page = sign_in(browser, address, page, team)

    assert "You are signed in again" in page.text
    assert "Typed &lt;at length&gt;" in page.text
    made.refresh_from_db()
    assert made.is_published and made.summary == "S"


def test_a_new_outcome_keeps_what_was_typed_when_its_proof_has_run_out():
    browser = Client(enforce_csrf_checks=True, headers=FROM_HERE)
    browser.force_login(make_engagement_team_member())
    make_partnership()
    submission = send_feedback(topic="healthy", place="").submission

    page = browser.post(f"/staff/outcomes/new/?message={submission.reference}", {"said": TYPED})

    assert page.status_code == 403
    assert "Typed &lt;at length&gt;" in page.text and "Nothing was sent yet" in page.text


def test_a_decision_typed_on_a_pack_is_carried_through(browser):
    bottom, _ = make_ladder(2)
    meeting = Meeting.objects.create(body=bottom, starts_at=timezone.now())
    address = f"/bodies/{bottom.slug}/meetings/{meeting.pk}/pack/"

    page = send(browser, address, {"title": "Lifts", "text": TYPED})
    page = sign_in(browser, address, page, officer_of(bottom))

    assert "You are signed in again" in page.text
    assert "Typed &lt;at length&gt;" in page.text
    assert not Decision.objects.exists()


def test_no_session_or_address_keeps_a_word_of_it(browser):
    bottom, top = make_ladder(2)
    address = f"/escalations/{make_escalation(bottom, top).reference}/accept/"

    page = sign_in(browser, address, send(browser, address, {"note": TYPED}), officer_of(top))

    kept = [session.get_decoded() for session in Session.objects.all()]
    assert "Typed" not in str(kept)
    assert page.request["QUERY_STRING"] == ""


def test_a_form_from_another_site_is_carried_nowhere(browser):
    bottom, top = make_ladder(2)
    address = f"/escalations/{make_escalation(bottom, top).reference}/accept/"

    page = browser.post(address, {"note": TYPED})

    assert page.status_code == 403
    assert "Typed" not in page.text


def test_who_may_not_see_the_matter_is_shown_nothing_of_it(browser):
    bottom, middle, top = make_ladder(3)
    address = f"/escalations/{make_escalation(bottom, middle).reference}/accept/"

    page = sign_in(browser, address, send(browser, address, {"note": TYPED}), officer_of(top))

    assert page.status_code == 404
