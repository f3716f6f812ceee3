"""What is removed when its time is over: to the day, and the same when it runs twice."""

from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from engagement import retention
from engagement.actions import erasures, merging, referrals, screening, submissions
from engagement.models import (
    Addition,
    Contact,
    Erasure,
    Idea,
    Referral,
    ReferralStep,
    RetentionPeriod,
    Screening,
    Submission,
)
from engagement.sending import new_token
from governance.models import OutboxMessage
from tests.factories import lead_of, make_engagement_team_member, send_feedback
from tests.loaded import load_periods

pytestmark = pytest.mark.django_db


@pytest.fixture
def periods():
    for slug, months in (("person", 12), ("rejected", 6), ("mail", 3), ("complaint", 120)):
        RetentionPeriod.objects.create(slug=slug, what="W", months=months, starts="after it")
    RetentionPeriod.objects.create(slug="feedback", what="W", starts="after it")


def at(day, clock=time(12)):
    return timezone.make_aware(datetime.combine(day, clock))


def answered(partnership, on, clock=time(12), **answers):
    """A message that was answered on a day, and sent two days before."""
    answers = {"name": "Amina Quill", "email": "amina@example.org", "wants_answer": True} | answers
    submission = send_feedback(**answers).submission
    lead = Referral.objects.leading().get(submission=submission)
    referrals.answer(referral=lead, by=partnership.officers["ne-committee"], text="Done.")
    moment = at(on, clock)
    Submission.objects.filter(pk=submission.pk).update(
        received_at=moment - timedelta(days=2), received_on=on - timedelta(days=2)
    )
    ReferralStep.objects.filter(referral__submission=submission).update(at=moment)
    OutboxMessage.objects.update(created_at=moment, status="sent")
    return Submission.objects.get(pk=submission.pk)


def run(today, **options):
    return [
        (period.slug, due.what, due.kept_to)
        for period, due in erasures.apply_retention(today=today, **options)
        if not due.is_row
    ]


# --- To the day -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "months", "kept_to"),
    [
        (date(2026, 3, 10), 12, date(2027, 3, 10)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 15), 120, date(2036, 1, 15)),
    ],
)
def test_a_period_ends_with_the_same_day_of_a_later_month_or_its_last(since, months, kept_to):
    assert retention.months_after(since, months) == kept_to
    assert retention.last_day_over(months, kept_to) < since
    assert retention.last_day_over(months, kept_to + timedelta(days=1)) >= since


@pytest.mark.parametrize("months", [1, 2, 6, 12, 120])
def test_on_every_day_of_four_years_just_what_is_over_is_over(months):
    for number in range(4 * 366):
        today = date(2024, 1, 1) + timedelta(days=number)
        last = retention.last_day_over(months, today)
        assert retention.months_after(last, months) < today
        assert retention.months_after(last + timedelta(days=1), months) >= today


@pytest.mark.parametrize("clock", [time(0), time(23, 59, 59)])
def test_the_person_is_kept_to_the_last_day_and_gone_on_the_next(partnership, periods, clock):
    submission = answered(partnership, date(2026, 6, 10), clock)  # summer time

    assert run(date(2027, 6, 10)) == []
    assert Contact.objects.exists()
    assert run(date(2027, 6, 11)) == [("person", submission.reference, date(2027, 6, 10))]
    assert not Contact.objects.exists()


@pytest.mark.parametrize("who", [{}, {"name": "", "email": "", "wants_answer": False}])
def test_nobody_is_called_anonymous_of_whom_it_is_not_known_any_more(
    client, partnership, periods, who
):
    submission = answered(partnership, date(2026, 3, 10), **who)
    client.force_login(make_engagement_team_member())
    address = f"/staff/feedback/{submission.reference}/"
    assert ("Anonymous." in client.get(address).text) == bool(who)

    run(date(2027, 3, 11))

    page = client.get(address).text
    assert "If there was any, it is not kept any more." in page
    assert "Anonymous." not in page


def test_what_was_said_stays_without_the_person(partnership, periods):
    submission = answered(
        partnership, date(2026, 3, 10), message="Amina Quill waited.", place="E3 4AB"
    )

    run(date(2027, 3, 11))

    submission.refresh_from_db()
    assert (submission.message, submission.place) == ("[removed] waited.", "E3")
    assert submission.status == "received"
    assert not OutboxMessage.objects.filter(about=submission.reference).exists()
    noted = Erasure.objects.get()
    assert (noted.extent, noted.cause, noted.by) == ("person", "period", None)


def test_a_text_that_grows_by_what_stands_for_a_name_still_fits(partnership, periods):
    submission = answered(partnership, date(2026, 6, 10), name="Li", kind="idea")
    title = "Li " * 40
    Idea.objects.create(
        submission=submission,
        body=partnership.living_well,
        topic_id=submission.topic_id,
        title=title.strip(),
        summary="S",
        status="looked-at",
        changed_at=timezone.now(),
    )

    assert run(date(2027, 6, 11)) == [("person", submission.reference, date(2027, 6, 10))]

    title = Idea.objects.get().title
    assert title.startswith("[removed] [removed]") and len(title) == 120
    assert "Li" not in title


@pytest.mark.parametrize("months", [40_000, 32_767, 24_400, 12 * 2_100])
def test_a_period_longer_than_the_calendar_keeps_for_good(partnership, periods, months):
    answered(partnership, date(2026, 6, 10))

    assert retention.last_day_over(months, date(2027, 6, 11)) == date.min
    RetentionPeriod.objects.update(months=min(months, 32_767))

    assert run(date(2027, 6, 11)) == []


def test_running_it_twice_does_nothing_more(partnership, periods):
    answered(partnership, date(2026, 3, 10))

    first = run(date(2027, 3, 11))
    again = run(date(2027, 3, 11))
    later = run(date(2027, 5, 11))

    assert len(first) == 1
    assert again == later == []
    assert Erasure.objects.count() == 1


def test_a_dry_run_says_the_same_and_removes_nothing(partnership, periods):
    answered(partnership, date(2026, 3, 10))

    said = run(date(2027, 3, 11), dry_run=True)

    assert Contact.objects.exists()
    assert OutboxMessage.objects.exists()
    assert said == run(date(2027, 3, 11))


# --- What is not due ------------------------------------------------------------------------------


def test_what_is_open_is_kept_however_old(partnership, periods):
    send_feedback(name="Amina Quill")
    Submission.objects.update(received_at=at(date(2020, 1, 1)))
    ReferralStep.objects.update(at=at(date(2020, 1, 1)))

    assert run(date(2027, 3, 11)) == []


def test_who_waits_with_another_message_for_its_answer_is_kept(partnership, periods):
    officer = partnership.officers["ne-committee"]
    main = send_feedback().submission
    other = send_feedback(name="Amina Quill", email="amina@example.org").submission
    merging.merge(referral=lead_of(other), into=main, by=officer)
    Submission.objects.update(received_at=at(date(2026, 3, 10)))
    ReferralStep.objects.update(at=at(date(2026, 3, 10)))

    assert run(date(2027, 3, 11)) == []

    referrals.answer(referral=lead_of(main), by=officer, text="Done.")
    ReferralStep.objects.update(at=at(date(2027, 3, 12)))
    assert len(run(date(2028, 3, 13))) == 2


def test_what_a_resident_adds_later_starts_the_time_again(partnership, periods):
    submission = answered(partnership, date(2026, 3, 10))
    submissions.add(submission=submission, message="And more", key=new_token()[:60])
    Addition.objects.update(added_at=at(date(2026, 9, 10)))

    assert run(date(2027, 9, 10)) == []
    assert len(run(date(2027, 9, 11))) == 1


def test_what_was_withdrawn_is_not_removed_again(partnership, periods):
    submission = answered(partnership, date(2026, 3, 10))
    submissions.withdraw(submission=submission)
    ReferralStep.objects.update(at=at(date(2026, 3, 10)))

    assert run(date(2030, 1, 1)) == []


def test_something_that_happened_meanwhile_keeps_it(partnership, periods):
    submission = answered(partnership, date(2026, 3, 10))
    period = RetentionPeriod.objects.get(slug="person")
    due = next(retention.due_under(period, date(2027, 3, 11)))
    submissions.not_answered(submission=submission, message="", key="key")

    assert not erasures.remove_due(period, due, date(2027, 3, 11))
    assert run(date(2027, 3, 11)) == []
    assert Contact.objects.exists()


def test_a_period_without_months_keeps_for_good(partnership, periods):
    answered(partnership, date(2006, 3, 10))

    run(date(2096, 1, 1))

    assert Submission.objects.get().message


# --- Other periods --------------------------------------------------------------------------------


def test_where_the_text_has_a_period_everything_goes(partnership, periods):
    RetentionPeriod.objects.filter(slug="feedback").update(months=24)
    submission = answered(partnership, date(2026, 3, 10))

    due = [("feedback", submission.reference, date(2028, 3, 10))]
    assert run(date(2028, 3, 11), dry_run=True) == due
    assert run(date(2028, 3, 11)) == due

    submission.refresh_from_db()
    assert (submission.message, submission.status) == ("", "erased")
    assert Erasure.objects.get().extent == "everything"


def test_a_complaint_is_kept_whole_for_ten_years(partnership, periods):
    submission = answered(partnership, date(2026, 3, 10))
    Submission.objects.update(flags={"complaint": ["the word “complain”"]})

    assert run(date(2036, 3, 10)) == []
    assert Contact.objects.exists()
    assert run(date(2036, 3, 11)) == [("complaint", submission.reference, date(2036, 3, 10))]

    submission.refresh_from_db()
    assert (submission.message, submission.flags) == ("", {"complaint": []})


def test_a_rejected_message_goes_after_its_own_period_and_stays_rejected(partnership, periods):
    submission = send_feedback(message="Buy now").submission
    submission.referrals.all().delete()
    Submission.objects.update(status="rejected", received_at=at(date(2026, 3, 10)))

    assert run(date(2026, 9, 10)) == []
    assert len(run(date(2026, 9, 11))) == 1
    assert run(date(2026, 9, 11)) == []

    submission.refresh_from_db()
    assert (submission.message, submission.status) == ("", "rejected")


def test_the_time_of_a_rejected_message_runs_from_the_day_it_was_rejected(partnership, periods):
    submission = send_feedback(message="Buy now").submission
    submission.referrals.all().delete()
    Submission.objects.update(status="held", received_at=at(date(2026, 3, 10)))
    screening.reject(submission=submission, by=make_engagement_team_member(), reason="Advertising")
    Screening.objects.update(at=at(date(2026, 6, 10)))

    assert run(date(2026, 12, 10)) == []
    assert run(date(2026, 12, 11)) == [("rejected", submission.reference, date(2026, 12, 10))]


def test_mails_that_wait_are_kept_and_sent_ones_go(periods):
    long_ago = at(date(2026, 1, 10))
    for status in ("queued", "sent", "dead"):
        OutboxMessage.objects.create(to="a@example.org", status=status, due_at=long_ago)
    OutboxMessage.objects.update(created_at=long_ago)

    list(erasures.apply_retention(today=date(2026, 4, 10)))
    assert OutboxMessage.objects.count() == 3
    list(erasures.apply_retention(today=date(2026, 4, 11)))

    assert [mail.status for mail in OutboxMessage.objects.all()] == ["queued"]


# --- The command, and where the periods are from --------------------------------------------------


def test_the_command_says_what_was_removed_and_nothing_of_it(partnership, periods):
    long_ago = timezone.localdate() - timedelta(days=800)
    submission = answered(partnership, long_ago)
    out = StringIO()

    call_command("apply_retention", "--dry-run", stdout=out)
    call_command("apply_retention", stdout=out)
    call_command("apply_retention", stdout=out)

    said = out.getvalue()
    assert "Who wrote it: kept for 12 months after it" in said
    assert said.count(f"{submission.reference}: since {long_ago}") == 2
    assert "would be removed; nothing was." in said
    assert said.endswith("Nothing is due.\n")
    assert "Quill" not in said and "amina" not in said


def test_the_periods_are_loaded_with_where_they_are_written():
    load_periods()

    loaded = {period.slug: period for period in RetentionPeriod.objects.all()}
    assert set(loaded) == set(RetentionPeriod.Slug.values)
    assert {slug: period.months for slug, period in loaded.items()} == {
        "person": 12,
        "feedback": None,
        "complaint": 120,
        "rejected": 6,
        "sign-up": 3,
        "mail": 3,
    }
    assert all(period.source_title for period in loaded.values())
    assert "10 years from closure" in loaded["complaint"].source_title


@pytest.mark.parametrize("number", [1, 5])
def test_looking_for_what_is_due_costs_the_same_however_much_there_is(
    partnership, periods, number, django_assert_num_queries
):
    for _ in range(number):
        answered(partnership, date(2026, 3, 10))

    with django_assert_num_queries(5):
        list(erasures.apply_retention(today=date(2027, 3, 11), dry_run=True))
