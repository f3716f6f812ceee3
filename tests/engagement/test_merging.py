"""Messages that say the same: answered once, each with its own author and receipt."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client

from engagement import tallies
from engagement.actions import merging, referrals, submissions
from engagement.models import Referral, Submission
from engagement.progress import Progress
from governance.models import OutboxMessage
from governance.workflow import MoveNotAllowed
from tests.factories import (
    closed_since_yesterday,
    lead_of,
    make_engagement_team_member,
    make_partnership,
    send_feedback,
)
from tests.parallel import Meanwhile

pytestmark = pytest.mark.django_db

DOOR = "/feedback/receipt/"
ANSWER = "The lift is mended."


@pytest.fixture
def first(partnership):
    return send_feedback(topic="healthy", email="first@example.org", wants_answer=True)


@pytest.fixture
def second(partnership):
    return send_feedback(topic="healthy", email="second@example.org", wants_answer=True)


@pytest.fixture
def merged(first, second, officer):
    merging.merge(referral=lead_of(second), into=first.submission, by=officer)
    OutboxMessage.objects.all().delete()


def receipt_of(sent):
    client = Client()
    posted = {"reference": sent.submission.reference, "secret": sent.secret}
    return client.post(DOOR, posted, follow=True).text


def test_each_author_gets_the_answer(first, second, merged, officer):
    referrals.answer(referral=lead_of(first), by=officer, text=ANSWER)

    for sent in (first, second):
        assert lead_of(sent).status == "answered"
        assert ANSWER in receipt_of(sent)
    told = OutboxMessage.objects.filter(subject__contains="news").values_list("to", flat=True)
    assert set(told) == {"first@example.org", "second@example.org"}


def test_the_receipt_says_so_and_names_nobody(first, second, merged):
    page = receipt_of(second)

    assert "Other people have told us the same" in page
    assert "is with Living Well" in page
    assert first.submission.reference not in page


def test_the_receipt_follows_the_message_it_is_answered_with(
    first, second, merged, officer, partnership
):
    referrals.refer_on(
        referral=lead_of(first), to_body=partnership.triage, by=officer, reason="On."
    )

    second = Submission.objects.get(pk=second.submission.pk)
    assert Progress(second).holder == "the Centre of Excellence"


def test_what_was_put_with_a_message_goes_on_with_it(first, second, merged, officer, partnership):
    triage, reason = partnership.triage, "They look after all of the borough."
    referrals.refer_on(referral=lead_of(first), to_body=triage, by=officer, reason=reason)

    assert lead_of(second).body == triage
    assert lead_of(second).is_merged
    assert lead_of(second).answer_by == lead_of(first).answer_by
    page = receipt_of(second)
    assert "Referred on by Living Well to the Centre of Excellence" in page
    assert reason in page
    told = OutboxMessage.objects.filter(subject__contains="news").values_list("to", flat=True)
    assert set(told) == {"first@example.org", "second@example.org"}
    assert tallies.recount(mend=False) == 0


def test_who_answers_what_was_referred_on_has_all_that_was_put_with_it(
    first, second, merged, officer, partnership
):
    triage = partnership.triage
    answering = partnership.officers[triage.slug]
    referrals.refer_on(referral=lead_of(first), to_body=triage, by=officer, reason="On.")

    client = Client()
    client.force_login(answering)
    assert client.get(f"/staff/feedback/{second.submission.reference}/").status_code == 200
    referrals.answer(referral=lead_of(first), by=answering, text=ANSWER)

    assert "Answered by the Centre of Excellence" in receipt_of(second)
    submissions.not_answered(submission=second.submission, message="No.", key="key")
    assert (lead_of(second).body, lead_of(second).status) == (triage, "acknowledged")


def test_what_lies_there_already_need_not_go_along(first, second, officer, partnership):
    triage = partnership.triage
    merging.merge(referral=lead_of(second), into=first.submission, by=officer)
    Referral.objects.filter(pk=lead_of(second).pk).update(body=triage)  # as it was put there once
    steps = lead_of(second).steps.count()

    referrals.refer_on(referral=lead_of(first), to_body=triage, by=officer, reason="On.")

    assert lead_of(second).is_merged
    assert lead_of(second).steps.count() == steps


def before_triage(sent, partnership, by):
    triage = partnership.triage
    referrals.refer_on(referral=lead_of(sent), to_body=triage, by=by, reason="On.")
    OutboxMessage.objects.all().delete()
    return triage


def test_what_is_put_with_one_before_another_body_goes_there(
    first, second, officer, partnership, team
):
    triage = before_triage(first, partnership, officer)

    merging.merge(referral=lead_of(second), into=first.submission, by=team, text="Both ask that.")

    assert (lead_of(second).body, lead_of(second).status) == (triage, "merged")
    page = receipt_of(second)
    assert "Referred on by Living Well to the Centre of Excellence" in page
    assert page.count("Both ask that.") == 1
    assert [mail.to for mail in OutboxMessage.objects.all()] == ["second@example.org"]
    assert tallies.recount(mend=False) == 0
    client = Client()
    address = f"/staff/feedback/{second.submission.reference}/"
    for reader, sees in ((partnership.officers[triage.slug], True), (officer, False)):
        client.force_login(reader)
        assert (client.get(address).context["sees_contact"]) == sees
    merging.split(referral=lead_of(second), by=partnership.officers[triage.slug])
    assert (lead_of(second).body, lead_of(second).status) == (triage, "acknowledged")


def test_so_do_those_that_were_put_with_it(first, second, merged, officer, partnership, team):
    third = send_feedback(topic="healthy", email="third@example.org", wants_answer=True)
    triage = before_triage(third, partnership, officer)

    merging.merge(referral=lead_of(first), into=third.submission, by=team)

    assert [lead_of(each).body for each in (first, second)] == [triage, triage]
    assert [lead_of(each).status for each in (first, second)] == ["merged", "merged"]
    told = [mail.to for mail in OutboxMessage.objects.order_by("to")]
    assert told == ["first@example.org", "second@example.org"]
    assert tallies.recount(mend=False) == 0


def test_what_is_put_with_one_before_the_engagement_team_goes_to_it(
    first, second, merged, officer, team
):
    third = send_feedback(topic="healthy")
    Referral.objects.filter(pk=lead_of(third).pk).update(body=None)

    merging.merge(referral=lead_of(first), into=third.submission, by=team)

    assert [lead_of(each).body for each in (first, second)] == [None, None]
    assert "Referred on by Living Well to the engagement team" in receipt_of(second)
    client = Client()
    client.force_login(team)
    page = client.get(f"/staff/feedback/{first.submission.reference}/").text
    assert "Living Well referred it on to the engagement team." in page
    referrals.answer(referral=lead_of(third), by=team, text=ANSWER)
    assert ANSWER in receipt_of(second)


def test_what_lies_before_a_closed_body_is_with_the_one_that_follows(
    first, second, officer, partnership, team
):
    before_triage(first, partnership, officer)
    closed_since_yesterday(partnership.living_well, partnership.triage)
    steps = lead_of(second).steps.count()

    merging.merge(referral=lead_of(second), into=first.submission, by=team)

    assert lead_of(second).body == partnership.living_well
    assert lead_of(second).steps.count() == steps + 1


def test_nor_does_what_was_put_with_it_before_that_one_go_along(
    first, second, officer, partnership, team
):
    third = send_feedback(topic="healthy")
    merging.merge(referral=lead_of(third), into=second.submission, by=officer)
    before_triage(second, partnership, officer)
    closed_since_yesterday(partnership.living_well, partnership.triage)
    steps = lead_of(third).steps.count()

    merging.merge(referral=lead_of(second), into=first.submission, by=team)

    assert lead_of(third).body == partnership.triage
    assert lead_of(third).steps.count() == steps


def test_pressed_twice_it_is_put_there_once(first, second, officer, partnership, team):
    before_triage(first, partnership, officer)
    client = Client()
    client.force_login(team)
    posted = {
        "into": first.submission.reference,
        "text": "Both ask that.",
        "seen": Progress(second.submission).seen,
    }
    address = f"/staff/feedback/{second.submission.reference}/merge/"

    assert [client.post(address, posted).status_code for _ in range(2)] == [302, 302]

    kinds = [step.kind for step in Progress(second.submission).steps if step.by == team]
    assert kinds == ["referred_on", "referred", "merged"]
    assert OutboxMessage.objects.count() == 1


def test_one_that_was_put_with_another_is_not_referred_on_by_itself(
    first, second, merged, officer, partnership
):
    with pytest.raises(MoveNotAllowed, match="answered with another"):
        referrals.refer_on(
            referral=lead_of(second), to_body=partnership.triage, by=officer, reason="On."
        )


def test_closing_one_closes_all_with_the_same_reason(first, second, merged, officer):
    referrals.close(referral=lead_of(first), by=officer, text="Nothing can be done, because.")

    assert lead_of(second).status == "closed"
    assert "Nothing can be done" in receipt_of(second)


def test_what_was_put_with_a_message_taken_back_goes_on_by_itself(first, second, merged):
    submissions.withdraw(submission=first.submission)

    assert lead_of(second).status == "acknowledged"
    assert Submission.objects.get(pk=second.submission.pk).merged_into is None


def test_one_author_may_take_back_alone(first, second, merged, officer):
    submissions.withdraw(submission=second.submission)
    referrals.answer(referral=lead_of(first), by=officer, text=ANSWER)

    assert lead_of(second).status == "closed"
    assert ANSWER not in receipt_of(second)


def test_it_can_be_taken_out_again(first, second, merged, officer):
    merging.split(referral=lead_of(second), by=officer)
    referrals.answer(referral=lead_of(first), by=officer, text=ANSWER)

    assert lead_of(second).status == "acknowledged"
    assert ANSWER not in receipt_of(second)


def test_what_the_answer_left_open_is_the_author_s_own_matter(first, second, merged, officer):
    referrals.answer(referral=lead_of(first), by=officer, text=ANSWER)

    submissions.not_answered(submission=second.submission, message="It is not.", key="key")

    assert lead_of(second).status == "acknowledged"
    assert lead_of(first).status == "answered"
    assert Submission.objects.get(pk=second.submission.pk).merged_into is None


def test_those_put_with_it_come_along(first, second, merged, officer):
    third = send_feedback(topic="healthy")

    merging.merge(referral=lead_of(first), into=third.submission, by=officer)
    referrals.answer(referral=lead_of(third), by=officer, text=ANSWER)

    assert {lead_of(sent).status for sent in (first, second, third)} == {"answered"}


def test_it_is_put_with_another_open_message_only(first, second, officer):
    with pytest.raises(MoveNotAllowed, match="the same message"):
        merging.merge(referral=lead_of(first), into=first.submission, by=officer)
    referrals.answer(referral=lead_of(first), by=officer, text=ANSWER)
    with pytest.raises(MoveNotAllowed, match="is not open"):
        merging.merge(referral=lead_of(second), into=first.submission, by=officer)


def test_who_puts_them_together_may_act_on_both(first, partnership, officer):
    theirs = send_feedback().submission

    with pytest.raises(PermissionDenied):
        merging.merge(referral=lead_of(first), into=theirs, by=officer)
    team = make_engagement_team_member()
    assert merging.merge(referral=lead_of(first), into=theirs, by=team).is_merged


@pytest.mark.parametrize("reference", ["", "x", "F-2026-999999", "theirs"])
def test_a_message_one_may_not_act_on_is_none(first, partnership, officer, reference):
    theirs = send_feedback().submission.reference
    client = Client()
    client.force_login(officer)
    address = f"/staff/feedback/{first.submission.reference}/"
    posted = {
        "into": theirs if reference == "theirs" else reference,
        "seen": Progress(first.submission).seen,
        "text": "Typed for long",
    }

    page = client.post(f"{address}merge/", posted)

    assert page.status_code == 200
    assert "no message with this reference" in page.text or "Enter the reference" in page.text
    assert "Typed for long" in page.text
    assert lead_of(first).status == "referred"


def test_the_pages_of_both_lead_to_each_other(first, second, merged, officer):
    client = Client()
    client.force_login(officer)

    for one, other in ((first, second), (second, first)):
        page = client.get(f"/staff/feedback/{one.submission.reference}/").text
        assert f"/staff/feedback/{other.submission.reference}/" in page
        assert "It lies before Living Well" in page


def test_a_page_names_those_alone_that_its_answer_goes_to(first, second, merged, officer):
    client = Client()
    client.force_login(officer)
    address = f"/staff/feedback/{first.submission.reference}/"
    assert "Its answer also goes to" in client.get(address).text

    referrals.answer(referral=lead_of(first), by=officer, text="On Monday.")
    submissions.not_answered(submission=first.submission, message="", key="key")

    assert "Its answer also goes to" not in client.get(address).text


def test_a_page_names_nobody_who_has_taken_back_what_was_put_with_it(
    first, second, merged, officer
):
    submissions.withdraw(submission=second.submission)
    client = Client()
    client.force_login(officer)

    page = client.get(f"/staff/feedback/{first.submission.reference}/").text

    assert "Its answer also goes to" not in page


@pytest.mark.django_db(transaction=True)
def test_one_withdrawn_just_after_it_was_put_with_another_keeps_no_answer(monkeypatch):
    """Who answers has waited for those who put it there, and locked what there was before."""
    officer = make_partnership().officers["living-well"]
    first, second = (send_feedback(topic="healthy") for _ in range(2))
    withdrawal = Meanwhile(lambda: submissions.withdraw(submission=second.submission))
    moved = referrals.moved

    def moved_slowly(referral, *given):
        if referral.submission_id == second.submission.pk:
            withdrawal.begin()
        return moved(referral, *given)

    with transaction.atomic():
        merging.merge(referral=lead_of(second), into=first.submission, by=officer)
        monkeypatch.setattr(referrals, "moved", moved_slowly)
        answering = Meanwhile(
            lambda: referrals.answer(referral=lead_of(first), by=officer, text=ANSWER)
        )
        answering.begin()
    assert answering.outcome.status == "answered"
    assert withdrawal.outcome.status == "withdrawn"

    lead = lead_of(second)
    assert lead.status == "closed"
    assert not any(step.text_for_resident for step in lead.steps.all())
