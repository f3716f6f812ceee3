"""What becomes of residents' messages, and of the rules that route them, when a body closes."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given as given_random
from hypothesis import strategies as st

from engagement import queue
from engagement.actions import ideas, referrals, submissions, themes
from engagement.catalogue import catalogue_today
from engagement.explanation import sentences
from engagement.listed import as_its_message
from engagement.models import Referral, RoutingRule, Submission
from engagement.progress import Progress
from governance.actions import escalations, lifecycle, partners
from governance.actions.structure import structure_edited
from governance.models import (
    Body,
    Escalation,
    Membership,
    OutboxMessage,
    ReportingLine,
    Seat,
    StructureRecord,
)
from governance.permissions import standing_of
from governance.workflow import MoveNotAllowed
from localities.day_field import in_words
from tests.factories import (
    REASON,
    closed_since_yesterday,
    lead_of,
    make_activity,
    make_body,
    make_engagement_team_member,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_locality,
    make_organisation,
    make_person,
    make_rule,
    make_seat,
    make_submission,
    make_theme,
    make_topic,
    numbers,
    today,
)

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)


# --- Standing in ----------------------------------------------------------------------------------


def test_a_message_before_a_closed_body_lies_before_the_one_that_follows_it(partnership, client):
    submission = make_submission(topic="gp", place="E3 4AB")
    chair = partnership.officers["nw-committee"]
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)

    groups = {group.key: group.rows for group in queue.referrals_before(standing_of(chair))[0]}
    assert [row.submission for row in groups["new"]] == [submission]
    holder = "the North West Committee (for the North East Committee, which it follows)"
    assert Progress(submission).holder == holder
    client.force_login(chair)
    page = client.get(reverse("engagement:staff_submission", args=[submission.reference]))
    assert page.status_code == 200

    answered = referrals.answer(referral=lead_of(submission), by=chair, text="Seen to")
    assert answered.status == "answered"
    told = [entry.happened for entry in Progress(submission).timeline()]
    assert told[-2:] == [f"Put before {holder}", f"Answered by {holder}"]
    with pytest.raises(PermissionDenied):
        referrals.close(
            referral=lead_of(submission), by=partnership.officers["ne-committee"], text=""
        )


def test_what_a_body_did_before_it_closed_stays_its_own(partnership, monkeypatch):
    submission = make_submission(topic="gp", place="E3 4AB")
    Referral.objects.get(role="lead").steps.update(at=submission.received_at - 9 * ONE_DAY)
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)

    told = [entry.happened for entry in Progress(submission).timeline()]

    assert "Put before the North East Committee" in told


def test_a_message_before_a_closed_body_that_nobody_follows_is_the_engagement_teams(partnership):
    submission = make_submission(topic="gp", place="E3 4AB")
    team = make_engagement_team_member()
    closed_since_yesterday(partnership.ne.committee)

    groups = {group.key: group.rows for group in queue.referrals_before(standing_of(team))[0]}
    assert [row.submission for row in groups["new"]] == [submission]
    assert Progress(submission).holder == (
        "the engagement team (for the North East Committee, which has closed)"
    )
    OutboxMessage.objects.all().delete()
    submissions.add(submission=submission, message="Still so.", key="one")
    assert list(OutboxMessage.objects.values_list("to", flat=True)) == [team.email]


def test_the_resident_adds_to_a_message_and_the_follower_is_told(partnership):
    submission = make_submission(topic="gp", place="E3 4AB")
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)
    OutboxMessage.objects.all().delete()

    submissions.add(submission=submission, message="Still so.", key="one")

    mail = OutboxMessage.objects.get()
    assert mail.to == partnership.officers["nw-committee"].email
    assert "North West Committee" in mail.text


def test_who_follows_a_closed_body_refers_what_it_had_on_to_others_alone(partnership, client):
    submission = make_submission(topic="gp", place="E3 4AB")
    chair = partnership.officers["nw-committee"]
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)
    client.force_login(chair)

    page = client.get(reverse("engagement:staff_submission", args=[submission.reference]))

    [offered] = [form for form in page.context["moves"] if form.deed == "refer_on"]
    slugs = [slug for slug, _ in offered.fields["to_body"].choices if slug]
    assert slugs == ["centre-of-excellence", "living-well"]
    with pytest.raises(MoveNotAllowed, match="before North West Committee already"):
        referrals.refer_on(
            referral=lead_of(submission), to_body=partnership.nw.committee, by=chair, reason="Ours."
        )


def test_messages_of_a_place_go_to_whoever_follows_its_committee(partnership):
    closed_since_yesterday(partnership.ne.committee, partnership.nw.committee)

    lead = lead_of(make_submission(topic="gp", place="E3 4AB"))
    copied = make_submission(topic="healthy", place="E3 4AB", message="Another")

    assert lead.body == partnership.nw.committee
    said = sentences(lead.reason)
    assert "Its committee has closed, and the North West Committee follows it." in said
    assert said[-1] == "So the North West Committee answers it."
    assert copied.referrals.get(role="copy").body == partnership.nw.committee
    said = sentences(lead_of(copied).reason)
    assert "Its committee has closed, and the North West Committee follows it." in said


def test_messages_of_a_place_go_to_triage_once_nobody_follows_its_committee(partnership):
    closed_since_yesterday(partnership.ne.committee)

    lead = lead_of(make_submission(topic="gp", place="E3 4AB"))

    assert lead.body == partnership.triage
    assert "There is no committee for this locality at present." in sentences(lead.reason)


# --- The deeds ------------------------------------------------------------------------------------

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


@pytest.fixture
def given():
    return {"by": make_governance_administrator(), "reason": REASON}


def told(shown, key):
    sections = [section for section in shown.sections if section.part.key == key]
    return [(item.what, item.sentence) for section in sections for item in section.items]


def test_open_messages_and_rules_rest_on_a_body(partnership, given):
    submission = make_submission(topic="healthy", place="")
    answered = make_submission(topic="healthy", place="", message="Answered")
    referrals.answer(
        referral=lead_of(answered), by=partnership.officers["living-well"], text="Seen to"
    )
    lead = lead_of(submission)

    shown = lifecycle.rehearse(
        lifecycle.close,
        body=partnership.living_well,
        last_day=LAST_DAY,
        successor=partnership.triage,
        **given,
    )

    assert told(shown, "referrals") == [
        (
            f"{submission.reference}, sent on {in_words(today())}, "
            f"due on {in_words(lead.answer_by)}",
            "The Centre of Excellence has it.",
        )
    ]
    assert told(shown, "rules") == [
        (
            "Because it is about staying healthy",
            "It names the Centre of Excellence from 1 April 2027.",
        )
    ]


def test_the_messages_of_a_place_rest_on_its_committee(partnership, given):
    asked = {"body": partnership.ne.committee, "last_day": LAST_DAY, **given}

    shown = lifecycle.rehearse(lifecycle.close, successor=partnership.nw.committee, **asked)
    assert told(shown, "rules") == [
        (
            "Messages about the North East, and copies of them",
            "The North West Committee has them.",
        )
    ]

    with pytest.raises(ValidationError, match="no committee can receive") as refused:
        lifecycle.close(**asked)
    assert set(refused.value.message_dict) == {"rules"}
    assert lifecycle.close(**asked, left_because={"rules": "The council takes them on."})


def test_the_copies_that_a_rule_gives_rest_on_their_body(partnership, given):
    board = make_body("Board")
    RoutingRule.objects.filter(name="it is about staying healthy").update(copy_to=board)
    structure_edited()
    asked = {"body": board, "last_day": LAST_DAY, **given}
    what = "Copies of messages because it is about staying healthy"

    shown = lifecycle.rehearse(lifecycle.close, **asked)
    assert told(shown, "rules") == [(what, "No body follows: nobody gets these copies.")]
    shown = lifecycle.rehearse(lifecycle.close, successor=partnership.triage, **asked)
    assert told(shown, "rules") == [(what, "The Centre of Excellence gets them.")]


def test_a_rule_names_the_successor_from_its_first_day(partnership, given):
    rule = RoutingRule.objects.get(body=partnership.living_well)
    planned = make_rule(partnership.living_well, start_date=DAY_AFTER, name="it is planned")
    version = StructureRecord.objects.get().version

    lifecycle.close(
        body=partnership.living_well,
        last_day=LAST_DAY,
        successor=partnership.nw.committee,
        **given,
    )

    before, after = RoutingRule.objects.filter(name=rule.name).order_by("pk")
    assert (before.pk, before.body, before.end_date) == (
        rule.pk,
        partnership.living_well,
        LAST_DAY,
    )
    assert (after.body, after.start_date, after.end_date) == (
        partnership.nw.committee,
        DAY_AFTER,
        None,
    )
    assert (after.order, after.topic, after.destination) == (
        rule.order,
        rule.topic,
        rule.destination,
    )
    planned = RoutingRule.objects.get(name=planned.name)
    assert (planned.body, planned.start_date) == (partnership.nw.committee, DAY_AFTER)
    for row in (before, after, planned):
        assert row.history.first().history_change_reason == REASON
    assert StructureRecord.objects.get().version != version
    assert {rule.name for rule in catalogue_today().rules_on(LAST_DAY)} == {
        rule.name for rule in catalogue_today().rules_on(DAY_AFTER)
    } - {"it is planned"}


def test_a_rule_names_whoever_is_to_follow_the_successor_too(partnership, given):
    rule = RoutingRule.objects.get(body=partnership.living_well)
    until = date(2027, 8, 31)
    lifecycle.close(
        body=partnership.nw.committee,
        last_day=until,
        successor=partnership.ne.committee,
        **given,
    )

    lifecycle.close(
        body=partnership.living_well,
        last_day=LAST_DAY,
        successor=partnership.nw.committee,
        **given,
    )

    rules = RoutingRule.objects.filter(name=rule.name).order_by("pk")
    assert [(each.body, each.start_date, each.end_date) for each in rules] == [
        (partnership.living_well, None, LAST_DAY),
        (partnership.nw.committee, DAY_AFTER, until),
        (partnership.ne.committee, until + ONE_DAY, None),
    ]


def test_a_rule_that_ends_instead_needs_a_reason(partnership, given):
    rule = RoutingRule.objects.get(body=partnership.living_well)
    asked = {
        "body": partnership.living_well,
        "last_day": LAST_DAY,
        "successor": partnership.triage,
        "choices": {f"rule-{rule.pk}": "ends"},
        **given,
    }

    with pytest.raises(ValidationError, match="the next rule that fits decides"):
        lifecycle.close(**asked)
    lifecycle.close(**asked, left_because={"rules": "The general rule is better."})

    rule.refresh_from_db()
    assert rule.end_date == LAST_DAY
    assert RoutingRule.objects.filter(topic=partnership.healthy).count() == 1


def test_two_rules_of_one_name_are_not_both_open(partnership):
    rule = RoutingRule.objects.get(body=partnership.living_well)

    with pytest.raises(IntegrityError):
        make_rule(partnership.triage, name=rule.name)


def test_a_message_that_arrives_after_the_page_was_made_makes_it_stale(partnership, given):
    asked = {
        "body": partnership.living_well,
        "last_day": LAST_DAY,
        "successor": partnership.triage,
        **given,
    }
    seen = lifecycle.rehearse(lifecycle.close, **asked).seen
    submission = make_submission(topic="healthy", place="")

    with pytest.raises(lifecycle.Stale) as stale:
        lifecycle.close(**asked, seen=seen)

    assert submission.reference in str(told(stale.value.impact, "referrals"))


def test_messages_that_nobody_would_have_need_a_reason(partnership, given):
    make_submission(topic="healthy", place="")
    RoutingRule.objects.filter(body=partnership.living_well).update(end_date=today())
    structure_edited()
    asked = {"body": partnership.living_well, "last_day": LAST_DAY, **given}

    with pytest.raises(ValidationError, match="the engagement team has it") as refused:
        lifecycle.close(**asked)
    assert set(refused.value.message_dict) == {"referrals"}


# --- Nothing is without a holder, whatever is done ------------------------------------------------

DAYS = [DAY_AFTER + n * ONE_DAY for n in range(6)]


class World:
    """A small random structure in which matters, messages and rules have a holder each."""

    def __init__(self, draw):
        self.draw = draw
        self.administrator = make_governance_administrator()
        self.kind = make_kind()
        self.bodies = [make_body() for _ in range(4)]
        self.partners = [make_organisation() for _ in range(2)]
        self.people = {}
        for body in self.bodies:
            seat = make_seat(body, "chair", on_behalf_of=self.some([None, *self.partners]))
            self.people[body.pk] = make_person()
            ends = self.some([None, None, *DAYS])
            Membership.objects.create(seat=seat, person=self.people[body.pk], end_date=ends)
        for below, above in combinations(self.bodies, 2):
            if draw(st.booleans()):
                make_escalation_line(below, above, end_date=self.some([None, None, *DAYS]))
        for line in list(ReportingLine.objects.filter(end_date=None))[:2]:
            by = self.people[line.from_body_id]
            matter = make_escalation(line.from_body, line.to_body, by=by)
            if draw(st.booleans()):
                escalations.accept(escalation=matter, by=self.people[line.to_body_id])
        topic = make_topic()
        for body in self.bodies[1:]:
            make_rule(body)
            referred_to(body, topic)
        self.locality = make_locality()
        Body.objects.filter(pk=self.bodies[0].pk).update(locality=self.locality)
        make_rule(name="it is about a place")
        structure_edited()

    def some(self, choices):
        return self.draw(st.sampled_from(choices))

    def attempt(self):
        """One deed, as an administrator might ask for it."""
        deed = self.some([self.close, self.merge, self.split, self.move_line, self.change_partner])
        given = {"from_day": self.some(DAYS), "by": self.administrator, "reason": REASON}
        return deed, given

    def close(self, from_day, **given):
        lifecycle.close(
            body=self.some(self.bodies),
            last_day=from_day - ONE_DAY,
            successor=self.some([None, *self.bodies, *self.bodies]),
            **given,
        )

    def merge(self, **given):
        bodies = self.draw(st.lists(st.sampled_from(self.bodies), min_size=1, max_size=2))
        lifecycle.merge(bodies=bodies, into=self.some([*self.bodies, self.new()]), **given)

    def split(self, **given):
        new = [self.new(), self.new()]
        lifecycle.split(
            body=self.some(self.bodies),
            into=new,
            successor_of_open_matters=self.some([*new, *self.bodies]),
            **given,
        )

    def move_line(self, **given):
        lines = list(ReportingLine.objects.order_by("pk"))
        if lines:
            lifecycle.move_line(line=self.some(lines), to_body=self.some(self.bodies), **given)

    def change_partner(self, **given):
        organisation, successor = self.partners
        seats = Seat.objects.filter(on_behalf_of=organisation).order_by("pk")
        choices = {f"seat-{seat.pk}": self.some(["goes", "vacant", "ends"]) for seat in seats}
        partners.change_partner(
            organisation=organisation,
            successor=successor,
            organisation_ends=self.draw(st.booleans()),
            choices=choices,
            **given,
        )

    def new(self):
        name = f"New {next(numbers)}"
        mailbox = self.some(["", "new@example.org"])
        return lifecycle.NewBody(name=name, kind=self.kind, mailbox=mailbox)


def referred_to(body, topic):
    """An open message before a body."""
    submission = Submission.objects.create(
        topic=topic,
        kind="feedback",
        message="Late",
        received_at=timezone.now(),
        received_on=today(),
        sending_key=f"key-{next(numbers)}",
    )
    Referral.objects.create(
        submission=submission,
        body=body,
        role="lead",
        **as_its_message(submission),
        status="referred",
        referred_at=timezone.now(),
        clock_started_on=today(),
        answer_by=today(),
    )


def without_a_holder(day):
    """What nobody would read on a day: told from the rows alone, with no help of the portal."""
    bodies = {body.pk: body for body in Body.objects.all()}

    def holds(row, day=day):
        starts = row.start_date is None or row.start_date <= day
        return starts and (row.end_date is None or day <= row.end_date)

    def follower(pk):
        for _ in bodies:
            if pk is None or holds(bodies[pk]):
                return pk
            pk = bodies[pk].successor_id
        return None

    officers = {
        each.seat.body_id
        for each in Membership.objects.select_related("seat").filter(seat__role="chair")
        if holds(each) and holds(each.seat)
    }

    def is_read(pk):
        pk = follower(pk)
        return pk is not None and (pk in officers or bodies[pk].mailbox != "")

    without = set()
    for escalation in Escalation.objects.all():
        if escalation.is_open and not is_read(escalation.current_body_id):
            without.add(f"escalation {escalation.pk}")
    for referral in Referral.objects.all():
        if referral.is_open and not is_read(referral.body_id):
            without.add(f"referral {referral.pk}")
    for rule in RoutingRule.objects.all():
        if not holds(rule):
            continue
        if rule.body_id and not (holds(bodies[rule.body_id]) and is_read(rule.body_id)):
            without.add(f"rule {rule.name}")
        if rule.body_id is None:
            committees = [pk for pk, body in bodies.items() if body.locality_id]
            if not any(is_read(pk) for pk in committees):
                without.add("messages of the place")
    return without


@pytest.mark.django_db
@given_random(data=st.data())
def test_after_any_deed_nothing_is_without_a_holder_that_had_one(data):
    with transaction.atomic():
        world = World(data.draw)
        for _ in range(data.draw(st.integers(1, 3))):
            deed, asked = world.attempt()
            days = [*DAYS, DAYS[-1] + ONE_DAY]
            before = {day: without_a_holder(day) for day in days}
            names = set(RoutingRule.objects.values_list("name", flat=True))
            try:
                deed(**asked)
            except ValidationError:
                assert {day: without_a_holder(day) for day in days} == before
                continue
            for day in days:
                assert without_a_holder(day) <= before[day]
            # And no rule was lost on the way.
            assert set(RoutingRule.objects.values_list("name", flat=True)) == names
            for day in days:
                in_force_now = RoutingRule.objects.on(day).values_list("name", flat=True)
                assert sorted(in_force_now) == sorted(names)
        transaction.set_rollback(True)


# --- Activities and ideas -------------------------------------------------------------------------


def test_who_follows_has_the_activities_to_come_and_the_open_ideas(partnership, given, client):
    old, new = partnership.living_well, partnership.nw.committee
    activity = make_activity(old, title="Tea", in_days=3000)
    make_activity(old, title="Over", in_days=-3)
    team = make_engagement_team_member()
    open_idea, done = (
        ideas.take_up(
            submission=make_submission(topic="healthy", kind="idea"),
            body=old,
            title=title,
            summary="S",
            why="W",
            by=team,
        )
        for title in ("Swim", "Walk")
    )
    ideas.move(idea=done, move="finish", why="W", by=team, seen=None)
    make_theme(title="Lifts", lead_body=old, by=team)
    themes.close(theme=make_theme(title="Buses", lead_body=old, by=team), by=team, reason="W")

    shown = lifecycle.rehearse(lifecycle.close, body=old, last_day=LAST_DAY, successor=new, **given)

    [section] = [each for each in shown.sections if each.part.key == "involvement"]
    assert [item.what.split(",")[0] for item in section.items] == [
        "Tea",
        "The idea “Swim”",
        "The theme “Lifts”",
    ]
    assert all("has it." in item.sentence for item in section.items)
    closed_since_yesterday(old, new)
    officer = partnership.officers[new.slug]
    client.force_login(officer)
    assert client.get(f"/get-involved/{activity.slug}/people/").status_code == 200
    moved = ideas.move(idea=open_idea, move="try", why="W", by=officer, seen=None)
    assert moved.steps.last().by_body == new
