"""The pages on which the engagement team erases for a resident, and sees what was erased."""

import pytest
from django.test import Client

from engagement.actions import erasures, screening, submissions
from engagement.models import Erasure, Flag, RetentionPeriod, Submission, SubmissionStatus
from tests.factories import FROM_HERE, make_engagement_team_member, send_feedback
from tests.loaded import load_periods

pytestmark = pytest.mark.django_db

LOG = "/staff/erasures/"


@pytest.fixture
def team(client):
    person = make_engagement_team_member()
    client.force_login(person)
    return person


@pytest.fixture
def submission(partnership):
    return send_feedback(message="Zebra crossing", name="Amina Quill").submission


def page_of(submission):
    return f"/staff/feedback/{submission.reference}/erase/"


REASON = "Asked for by telephone."


def test_one_is_asked_before_anything_is_erased(client, team, submission):
    message = client.get(f"/staff/feedback/{submission.reference}/")
    assert f'href="{page_of(submission)}"' in message.text

    page = client.get(page_of(submission))
    unsure = client.post(page_of(submission), {"reason": REASON})

    assert "at once and for good" in page.text
    assert "Zebra" not in page.text
    assert "Tick the box if you want to erase" in unsure.text
    assert REASON in unsure.text
    submission.refresh_from_db()
    assert submission.message


def test_an_erased_message_says_to_the_team_who_erased_it_and_why(client, team, submission):
    page = client.post(page_of(submission), {"reason": REASON, "sure": "on"}, follow=True)

    assert f"{submission.reference} is erased." in page.text
    assert "This message was erased." in page.text
    assert REASON in page.text and str(team) in page.text
    assert "What the resident wrote was removed" in page.text
    assert "Zebra" not in page.text and "Quill" not in page.text


def test_an_erased_message_warns_of_nothing_any_more(client, team, submission):
    Submission.objects.filter(pk=submission.pk).update(flags={Flag.URGENT.value: []})
    address = f"/staff/feedback/{submission.reference}/"
    assert "May be urgent" in client.get(address).text

    client.post(page_of(submission), {"reason": REASON, "sure": "on"})

    assert "May be urgent" not in client.get(address).text


def test_why_is_not_for_those_who_only_had_it(partnership, team, submission):
    erasures.erase(submission=submission, by=team, reason=REASON)
    officer = Client()
    officer.force_login(partnership.officers["ne-committee"])

    page = officer.get(f"/staff/feedback/{submission.reference}/")

    assert "This message was erased." in page.text
    assert REASON not in page.text


def test_a_reason_with_the_name_comes_back_to_be_mended(client, team, submission):
    page = client.post(page_of(submission), {"reason": "Amina Quill asked", "sure": "on"})

    assert "The reason names the resident" in page.text
    assert "Amina Quill asked" in page.text
    assert not Erasure.objects.exists()


def test_the_second_press_is_no_error_and_another_person_is_told(client, team, submission):
    words = {"reason": REASON, "sure": "on"}
    pages = [client.post(page_of(submission), words) for _ in range(2)]
    other = Client()
    other.force_login(make_engagement_team_member())

    late = other.post(page_of(submission), {"reason": "A letter.", "sure": "on"})

    assert [page.status_code for page in pages] == [302, 302]
    assert late.status_code == 409
    assert "The words of this message were removed." in late.text
    assert Erasure.objects.get().by == team


def test_without_its_proof_nothing_is_erased_and_the_reason_kept(team, submission):
    client = Client(enforce_csrf_checks=True, headers=FROM_HERE)
    client.force_login(team)

    page = client.post(page_of(submission), {"reason": "Typed for long", "sure": "on"})

    assert page.status_code == 403
    assert "Typed for long" in page.text
    assert not Erasure.objects.exists()


# --- What was erased ------------------------------------------------------------------------------


def test_the_list_says_what_was_erased_by_whom_and_why(client, team, submission, html_faults):
    erasures.erase(submission=submission, by=team, reason=REASON)
    load_periods()

    page = client.get(LOG)

    assert submission.reference in page.text
    assert f"Asked for: {REASON}" in page.text
    assert "12 months after it was closed" in page.text
    assert html_faults(page.content) == []
    assert html_faults(client.get(page_of(submission)).content) == []


def test_a_message_to_erase_is_found_by_its_reference(client, team, submission):
    found = client.get(LOG, {"reference": f" {submission.reference.lower()} "})
    unknown = client.get(LOG, {"reference": "F-2026-999999"})
    odd = client.get(LOG, {"before": "x"})

    assert found.url == page_of(submission)
    assert unknown.status_code == odd.status_code == 400
    assert "There is no message “F-2026-999999”." in unknown.text


@pytest.fixture
def held(submission):
    """The message as if it had been held: before nobody."""
    submission.referrals.all().delete()
    submission.status = SubmissionStatus.HELD
    submission.save()
    return submission


@pytest.mark.parametrize("is_rejected", [False, True])
def test_what_was_put_before_nobody_is_erased_on_the_same_page(
    client, team, held, is_rejected, html_faults
):
    if is_rejected:
        screening.reject(submission=held, by=team, reason="It sells something.")

    page = client.get(LOG, {"reference": held.reference}, follow=True)
    done = [
        client.post(page_of(held), {"reason": REASON, "sure": "on"}, follow=True) for _ in range(2)
    ]

    assert "at once and for good" in page.text and "Zebra" not in page.text
    assert "The body that has it" not in page.text
    assert html_faults(page.content) == []
    for listed in done:
        assert f"{held.reference} is erased." in listed.text
        assert REASON in listed.text
        assert f'href="/staff/feedback/{held.reference}/"' not in listed.text
    held.refresh_from_db()
    assert (held.status, held.message) == ("erased", "")


def test_others_are_not_told_that_something_is_held(client, partnership, held):
    client.force_login(partnership.officers["ne-committee"])

    assert client.get(page_of(held)).status_code == 404


def test_what_was_rejected_and_is_gone_keeps_the_reason_it_went_for(client, team, held):
    screening.reject(submission=held, by=team, reason="It sells something.")
    submissions.take_away(held, SubmissionStatus.REJECTED, Erasure.Cause.PERIOD)

    page = client.post(page_of(held), {"reason": REASON, "sure": "on"})

    assert "The words of this message were removed." in page.text
    assert Erasure.objects.get().cause == Erasure.Cause.PERIOD


@pytest.mark.parametrize("number", [1, 40])
def test_the_list_costs_the_same_however_much_was_erased(
    client, team, partnership, number, django_assert_num_queries
):
    for _ in range(number):
        erasures.erase(submission=send_feedback().submission, by=team, reason=REASON)

    with django_assert_num_queries(7):
        page = client.get(LOG)

    assert ("Next page" in page.text) == (number > 25)


def test_a_period_is_changed_in_the_admin_with_a_reason(client, team):
    RetentionPeriod.objects.create(
        slug="person", what="W", months=12, starts="after it", source_title="S"
    )

    client.post(
        "/admin/engagement/retentionperiod/person/change/",
        {
            "what": "W",
            "months": "6",
            "starts": "after it",
            "source_title": "S",
            "order": "0",
            "reason": "Agreed in May.",
        },
    )

    period = RetentionPeriod.objects.get()
    assert period.months == 6
    assert period.history.first().history_change_reason == "Agreed in May."
