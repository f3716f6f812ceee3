"""Tallies of messages: whatever is done to messages, they say what counting all of them would."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from engagement import tallies
from engagement.actions import erasures, merging, referrals, screening, submissions
from engagement.models import MessageTally, Referral, ReferralStep, RetentionPeriod, Submission
from governance.figures import Asked
from governance.permissions import standing_of
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from tests.factories import (
    make_engagement_team_member,
    make_person,
    make_submission,
)
from tests.parallel import at_once

pytestmark = pytest.mark.django_db

SPAM = "Buy cheap pills now at http://a.example http://b.example http://c.example click here"
FIRST = date(2026, 1, 26)
STATUSES = {"held", "rejected"}


@pytest.fixture
def at(monkeypatch):
    def set_clock(day):
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_clock(FIRST)
    return set_clock


def naively(first, last, body=None):
    """What the tallies of a period should say, message by message."""
    counts, calendar = Counter(), structure_today().calendar
    for message in Submission.objects.exclude(status__in=STATUSES):
        leads = message.referrals.filter(role="lead")
        if not leads.exists():
            continue
        if not first <= message.received_on <= last or (
            body and not leads.filter(body=body).exists()
        ):
            continue
        about = message.topic_id, message.locality_id or "", message.language, message.channel
        counts["received", *about, 0] += 1
        if leads.filter(status="referred_on").exists():
            counts["sent_on", "", "", "", "", 0] += 1
        steps = ReferralStep.objects.filter(referral__in=leads)
        for measure, kinds in (
            ("acknowledged", ["acknowledged", "answered"]),
            ("answered", ["answered"]),
        ):
            if step := steps.filter(kind__in=kinds).order_by("at").first():
                day = timezone.localdate(step.at)
                days = calendar.working_days_between(message.received_on, day)
                counts[measure, "", "", "", "", days] += 1
    return counts


def tallied(first, last, body=None):
    asked = Asked(first, last, standing_of(make_person()), body)
    rows = tallies.tallies_of(asked).values_list(
        "measure", "topic", "locality", "language", "channel", "days"
    )
    return +Counter({tuple(key): number for *key, number in rows.annotate(Sum("count"))})


class Walk:
    """Deeds picked by chance, on messages picked by chance, day after day."""

    def __init__(self, chance, partnership):
        self.chance, self.partnership = chance, partnership
        self.team = make_engagement_team_member()
        self.bodies = [partnership.living_well, partnership.ne.committee, partnership.triage]

    def send(self):
        make_submission(
            topic=self.chance.choice(["gp", "healthy", "not-sure"]),
            place=self.chance.choice(["", "E3 4AB"]),
            nearest="unknown",
            message=self.chance.choice(["I waited three weeks.", SPAM]),
        )

    def message(self):
        return self.chance.choice(Submission.objects.order_by("pk"))

    def lead(self):
        return self.chance.choice(Referral.objects.leading().order_by("pk"))

    def by(self, lead):
        return self.partnership.officers.get(lead.body and lead.body.slug, self.team)

    def acknowledge(self):
        lead = self.lead()
        referrals.acknowledge(referral=lead, by=self.by(lead))

    def answer(self):
        lead = self.lead()
        referrals.answer(referral=lead, by=self.by(lead), text="Thank you.")

    def refer_on(self):
        lead, wrong = self.lead(), self.chance.choice(["", "healthy"])
        referrals.refer_on(
            referral=lead,
            to_body=self.chance.choice(self.bodies),
            by=self.by(lead),
            reason="Theirs.",
            wrong=wrong if wrong != lead.submission.topic_id else "",
        )

    def close(self):
        lead = self.lead()
        referrals.close(referral=lead, by=self.by(lead), text="Done.")

    def merge(self):
        lead = self.lead()
        merging.merge(referral=lead, into=self.lead().submission, by=self.team)

    def not_answered(self):
        submissions.not_answered(submission=self.message(), message="", key=str(self.chance))

    def screen(self):
        deed = self.chance.choice([screening.release, screening.reject])
        deed(submission=self.message(), by=self.team, reason="Looked at.")

    def withdraw(self):
        submissions.withdraw(submission=self.message())

    DEEDS = (
        *[send, acknowledge, answer, refer_on] * 3,
        *[close, merge, not_answered, screen, withdraw],
    )


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_they_say_what_counting_everything_would(at, partnership, seed):
    walk, done = Walk(random.Random(seed), partnership), Counter()
    for _ in range(8):
        walk.send()
    for number in range(60):
        at(FIRST + timedelta(days=number))
        deed = walk.chance.choice(Walk.DEEDS)
        try:
            deed(walk)
            done[deed] += 1
        except (MoveNotAllowed, PermissionDenied, IndexError):
            continue
    assert len(done) > 4

    last = FIRST + timedelta(days=59)
    for body in (None, *walk.bodies):
        for first, until in (
            (FIRST, last),
            (date(2026, 2, 1), date(2026, 2, 28)),
            (date(2026, 2, 1), last),
            (FIRST, date(2026, 2, 28)),
            (date(2026, 1, 30), date(2026, 3, 3)),
            (date(2026, 2, 3), date(2026, 2, 20)),
            (date(2025, 12, 31), date(2026, 1, 26)),
            (date.min, date.max),
        ):
            assert tallied(first, until, body) == naively(first, until, body)
    assert tallies.recount(mend=False) == 0


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_no_longer_stays_counted_as_counting_everything_would(at, partnership, seed):
    walk, last = Walk(random.Random(seed), partnership), FIRST + timedelta(days=20)
    for _ in range(6):
        walk.send()
    at(last)
    for lead in Referral.objects.leading().filter(is_open=True)[:3]:
        referrals.answer(referral=lead, by=walk.by(lead), text="Thank you.")
    for slug in ("person", "feedback", "rejected"):
        RetentionPeriod.objects.create(slug=slug, what="W", months=6, starts="after it")

    removed = list(erasures.apply_retention(today=last + timedelta(days=3000)))

    assert removed
    assert tallied(date.min, date.max) == naively(date.min, date.max)
    assert tallies.recount(mend=False) == 0


@pytest.mark.parametrize("is_rejected", [False, True])
def test_what_was_put_before_nobody_stays_uncounted_without_its_words(partnership, is_rejected):
    team, submission = make_engagement_team_member(), make_submission(message=SPAM)
    assert submission.is_held
    if is_rejected:
        screening.reject(submission=submission, by=team, reason="Advertising")
        erasures.erase(submission=submission, by=team, reason="They asked")
    else:
        submissions.withdraw(submission=submission)

    assert not MessageTally.objects.exists()
    assert tallies.recount(mend=False) == 0


def test_a_message_of_today_is_in_the_figures_at_once(client, partnership):
    client.force_login(make_person())
    make_submission(topic="gp")

    lines = client.get("/staff/figures/figures.csv").text.splitlines()

    assert any(line.endswith("By topic,Gp,Messages,1") for line in lines)


@pytest.mark.django_db(transaction=True)
def test_two_who_count_at_once_both_count(partnership):
    outcomes = at_once(*[lambda: make_submission(topic="gp")] * 4)

    assert all(isinstance(each, Submission) for each in outcomes)
    day = MessageTally.objects.get(whose=tallies.ALL, span="day", measure="received")
    assert day.count == 4
    assert tallies.recount(mend=False) == 0


def test_the_command_finds_and_mends_what_differs(partnership, capsys):
    make_submission()
    MessageTally.objects.filter(span="day", whose=tallies.ALL).update(count=7)

    with pytest.raises(CommandError, match="1 figures are wrong"):
        call_command("recount_figures", "--check")
    call_command("recount_figures")
    call_command("recount_figures", "--check")

    assert MessageTally.objects.filter(span="day", whose=tallies.ALL).get().count == 1


def test_figures_look_up_the_tallies_of_their_period_and_no_others(partnership):
    asked = Asked(date(2026, 1, 26), date(2026, 3, 3), standing_of(make_person()))
    constraint = next(iter(MessageTally._meta.constraints))

    assert constraint.fields[:3] == ("whose", "span", "on")  # and test_migrations: so is the index
    if connection.vendor == "sqlite":  # PostgreSQL tells the columns, but not what it passes over
        assert "(whose=? AND span=? AND on>?" in tallies.tallies_of(asked).explain()
