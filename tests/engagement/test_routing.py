"""Where messages go: the default rules in full, and what may never happen."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from engagement.catalogue import catalogue_of
from engagement.explanation import sentences
from engagement.judging import judge
from engagement.loading import DATA
from engagement.models import About, Kind, RoutingRule
from engagement.routing import Outcome, decide
from engagement.whereabouts import Whereabouts
from governance.actions.structure import structure_edited
from governance.loading import read_facts
from governance.models import Body, Membership, OutboxMessage
from governance.structure import structure_on, structure_today
from tests.factories import (
    feedback_answers,
    make_body,
    make_officer,
    make_partnership,
    make_rule,
    make_submission,
    today,
)
from tests.loaded import FACTS, load

pytestmark = pytest.mark.django_db

COMMITTEE = "the committee of the place"

# DESIGN 6, once more: topic, body.
DEFAULT = {
    "gp-pharmacy-dentist-optician": COMMITTEE,
    "community-services": COMMITTEE,
    "urgent-care": "urgent-care-working-group",
    "children-families": "children-and-families-executive",
    "adult-social-care-disability-carers": "promoting-independence",
    "staying-healthy-and-common-mental-health": "living-well",
    "joined-up-care": "operational-management-group",
    "buildings-transport-digital": "estates-and-it",
    "information-communication": "communications-working-group",
    "workforce": "people-and-od-committee",
    "get-involved": "centre-of-excellence",
    "data-evidence": "jsna-and-system-intelligence",
    "not-sure": "centre-of-excellence",
}
LOCALITIES = {code: f"{code}-health-and-wellbeing-committee" for code in ("ne", "nw", "se", "sw")}


def somewhere(locality=None, *, status=None, can_be_asked=True):
    status = status or ("ok" if locality else "none")
    facts = {"status": status, "answer": None, "nearest": None}
    return Whereabouts(status, facts, locality=locality, can_be_asked=can_be_asked)


@pytest.fixture(scope="module")
def rules_as_loaded(django_db_setup, django_db_blocker):
    """The real bodies and rules: once they are in memory, routing needs no database."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(FACTS)
        structure = structure_today()
        rules = catalogue_of(structure).rules_on(today())
        transaction.set_rollback(True)
    return structure, rules


def route_of(loaded, where, *, receivers=None, about=About.ADULT, **answers):
    structure, rules = loaded
    answers = {"topic": "not-sure", "kind": Kind.FEEDBACK} | answers
    return decide(
        about=about, where=where, rules=rules, structure=structure, receivers=receivers, **answers
    )


@pytest.mark.parametrize("code", LOCALITIES)
@pytest.mark.parametrize("topic", DEFAULT)
def test_each_topic_goes_to_its_body_and_the_locality_knows(rules_as_loaded, topic, code):
    route = route_of(rules_as_loaded, somewhere(code), topic=topic)

    committee = LOCALITIES[code]
    lead = committee if DEFAULT[topic] == COMMITTEE else DEFAULT[topic]
    assert route.lead.slug == lead
    assert [body.slug for body in route.copies] == ([] if lead == committee else [committee])
    assert route.outcome == (Outcome.TRIAGE if topic == "not-sure" else Outcome.ROUTED)


@pytest.mark.parametrize("topic", DEFAULT)
def test_what_is_about_a_child_goes_to_the_children_executive(rules_as_loaded, topic):
    route = route_of(rules_as_loaded, somewhere("se"), topic=topic, about=About.CHILD)

    exceptions = ("urgent-care", "buildings-transport-digital")
    lead = DEFAULT[topic] if topic in exceptions else "children-and-families-executive"
    assert (route.outcome, route.lead.slug) == (Outcome.ROUTED, lead)
    assert [body.slug for body in route.copies] == [LOCALITIES["se"]]


@pytest.mark.parametrize("status", ["none", "ambiguous", "outside", "not-understood"])
@pytest.mark.parametrize("topic", DEFAULT)
def test_only_a_topic_that_needs_the_place_asks_for_it(rules_as_loaded, topic, status):
    route = route_of(rules_as_loaded, somewhere(status=status), topic=topic)

    if DEFAULT[topic] == COMMITTEE:
        assert (route.outcome, route.lead.slug) == (Outcome.ASK, "centre-of-excellence")
    else:
        assert route.outcome != Outcome.ASK
        assert route.lead.slug == DEFAULT[topic]
    assert route.copies == ()


def test_who_would_rather_not_say_is_not_asked_again(rules_as_loaded):
    nowhere = somewhere(can_be_asked=False)

    route = route_of(rules_as_loaded, nowhere, topic="community-services")

    assert (route.outcome, route.lead.slug) == (Outcome.TRIAGE, "centre-of-excellence")


def test_a_topic_without_a_rule_of_its_own_is_triaged(rules_as_loaded):
    route = route_of(rules_as_loaded, somewhere("nw"), topic="something-new")

    assert (route.outcome, route.lead.slug) == (Outcome.TRIAGE, "centre-of-excellence")
    assert [body.slug for body in route.copies] == [LOCALITIES["nw"]]


def test_every_topic_is_in_the_table():
    topics = read_facts(DATA)["topics"]["topic"]

    assert [topic["slug"] for topic in topics] == list(DEFAULT)


def test_a_body_that_nobody_reads_for_is_passed_over_and_named(rules_as_loaded):
    route = route_of(rules_as_loaded, somewhere("ne"), topic="urgent-care", receivers=set())

    assert (route.outcome, route.lead.slug) == (Outcome.TRIAGE, "centre-of-excellence")
    assert route.copies == ()
    assert route.because["refused"]["why"] == "nobody"
    assert route.because["refused"]["body"]["slug"] == "urgent-care-working-group"
    assert route.because["copy_refused"]["body"]["slug"] == LOCALITIES["ne"]


def test_the_centre_can_always_receive(rules_as_loaded):
    route = route_of(rules_as_loaded, somewhere(), topic="get-involved", receivers=set())

    assert (route.outcome, route.lead.slug) == (Outcome.ROUTED, "centre-of-excellence")
    assert route.because["refused"] is None


def test_only_rules_that_came_near_are_named_among_those_that_lost(rules_as_loaded):
    _, rules = rules_as_loaded
    route = route_of(rules_as_loaded, somewhere(), topic="urgent-care")

    near, others = route.because["lost"]["near"], route.because["lost"]["others"]

    asks_for_more = {rule.name for rule in rules if len(rule.conditions) > 1}
    assert {each["name"] for each in near if each["why"] != "later"} <= asks_for_more
    assert len(near) + others == len(rules) - 1


def test_on_its_last_day_a_body_still_leads_and_on_the_next_it_does_not():
    partnership = make_partnership()
    Body.objects.filter(pk=partnership.living_well.pk).update(end_date=today())
    structure_edited()
    rules = catalogue_of(structure_today()).rules_on(today())

    def lead_on(day):
        return decide(
            topic="healthy",
            about="",
            kind="feedback",
            where=somewhere(),
            rules=rules,
            structure=structure_on(day),
        )

    assert lead_on(today()).lead.slug == "living-well"
    after = lead_on(today() + timedelta(days=1))
    assert (after.outcome, after.lead.slug) == (Outcome.TRIAGE, "centre-of-excellence")
    assert after.because["refused"] == {
        "why": "closed",
        "body": {"slug": "living-well", "name": "Living Well"},
    }


def test_without_even_a_centre_it_goes_to_the_engagement_team():
    partnership = make_partnership()
    Body.objects.filter(pk=partnership.triage.pk).update(end_date=date(2026, 1, 1))
    structure_edited()

    route = judge(feedback_answers(topic="not-sure", place="")).route

    assert (route.outcome, route.lead) == (Outcome.TRIAGE, None)


def test_the_lowest_rule_that_fits_decides_for_as_long_as_it_is_in_force():
    partnership = make_partnership()
    first = make_rule(
        partnership.triage, order=0, topic=partnership.healthy, kind="idea", end_date=today()
    )
    rules = catalogue_of(structure_today()).rules

    def decided_on(day, kind):
        return decide(
            topic="healthy",
            about="",
            kind=kind,
            where=somewhere(),
            rules=[rule for rule in rules if rule.is_in_force_on(day)],
            structure=structure_on(day),
        ).rule

    assert decided_on(today(), "idea") == first
    assert decided_on(today(), "feedback") != first
    assert decided_on(today() + timedelta(days=1), "idea") != first


def test_an_edit_of_the_rules_is_seen_by_the_next_message():
    partnership = make_partnership()
    assert judge(feedback_answers(topic="healthy")).route.lead.slug == "living-well"

    make_rule(partnership.triage, order=0, topic=partnership.healthy)

    assert judge(feedback_answers(topic="healthy")).route.lead.slug == "centre-of-excellence"


def test_the_place_is_settled_by_the_postcode_or_by_the_answer_to_one_question():
    make_partnership()

    def judged(**answers):
        return judge(feedback_answers(**answers))

    assert judged(place="e34ab").where.locality == "ne"
    assert judged(place="Mile End").route.outcome == Outcome.ASK
    assert judged(place="Mile End", nearest="nw").route.lead.slug == "nw-committee"
    assert judged(place="", nearest="ne").route.lead.slug == "ne-committee"
    assert judged(place="N1 9GU", nearest="unknown").route.outcome == Outcome.TRIAGE
    # An answer that was never offered is none.
    assert judged(place="Mile End", nearest="zz").route.outcome == Outcome.ASK


TOPICS = st.sampled_from([*DEFAULT, "something-new"])
WHERE = st.builds(
    somewhere,
    st.none() | st.sampled_from([*LOCALITIES, "elsewhere"]),
    can_be_asked=st.booleans(),
)


@given(
    topic=TOPICS,
    about=st.sampled_from(["", *About.values]),
    kind=st.sampled_from(Kind.values),
    where=WHERE,
    closed=st.sets(st.integers(0, 16)),
    deaf=st.sets(st.integers(0, 16)),
)
def test_no_message_ever_goes_to_a_body_that_is_closed_or_deaf(
    rules_as_loaded, topic, about, kind, where, closed, deaf
):
    structure, rules = rules_as_loaded
    gone = {structure.bodies[index].pk for index in closed if index < len(structure.bodies)}
    silent = {structure.bodies[index].pk for index in deaf if index < len(structure.bodies)}
    thinner = StructureWithout(structure, gone)
    receivers = {body.pk for body in structure.bodies} - silent

    route = decide(
        topic=topic,
        about=about,
        kind=kind,
        where=where,
        rules=rules,
        structure=thinner,
        receivers=receivers,
    )

    named = [body for body in (route.lead, *route.copies) if body]
    assert len({body.pk for body in named}) == len(named)
    for body in named:
        assert body.pk not in gone
        assert body.pk in receivers or body.slug == "centre-of-excellence"
    if route.lead is None:
        assert thinner.body_with_slug("centre-of-excellence") is None


class StructureWithout:
    """The structure with some of its bodies closed."""

    def __init__(self, structure, gone):
        self.bodies = tuple(body for body in structure.bodies if body.pk not in gone)

    def body(self, body):
        return next((each for each in self.bodies if each.pk == body.pk), None)

    def body_with_slug(self, slug):
        return next((each for each in self.bodies if each.slug == slug), None)

    def committee_of(self, locality):
        return next((each for each in self.bodies if each.locality == locality), None)


# --- Copies that a rule gives ---------------------------------------------------------------------


@pytest.fixture
def copied():
    """A partnership whose rule about staying healthy gives the Board a copy."""
    partnership = make_partnership()
    partnership.board = make_body("Board")
    make_officer(partnership.board)
    partnership.rule = RoutingRule.objects.get(name="it is about staying healthy")
    RoutingRule.objects.filter(pk=partnership.rule.pk).update(copy_to=partnership.board)
    structure_edited()
    return partnership


def copies_of(**answers):
    route = judge(feedback_answers(topic="healthy", **answers)).route
    return [body.name for body in route.copies], sentences(route.because)


def test_a_rule_gives_a_copy_beside_the_committee_of_the_place(copied):
    names, said = copies_of()

    assert names == ["North East Committee", "Board"]
    assert said[-2:] == [
        "So the North East Committee gets a copy.",
        "By the same rule the Board gets a copy.",
    ]
    names, said = copies_of(place="")
    assert (names, said[-1]) == (["Board"], "By the same rule the Board gets a copy.")


def test_only_the_rule_that_decides_gives_its_copy(copied):
    names = [body.name for body in judge(feedback_answers(topic="gp")).route.copies]

    assert names == []


def test_nobody_gets_two_copies_or_one_of_what_they_are_to_answer(copied):
    for body in (copied.ne.committee, copied.living_well):
        RoutingRule.objects.filter(pk=copied.rule.pk).update(copy_to=body)
        structure_edited()

        names, said = copies_of()

        assert names == ["North East Committee"]
        assert said[-1] == "So the North East Committee gets a copy."


def test_who_follows_a_closed_body_gets_its_copies_and_without_one_it_is_said(copied):
    gone = Body.objects.filter(pk=copied.board.pk)
    gone.update(end_date=today() - timedelta(days=1), successor=copied.nw.committee)
    structure_edited()
    assert copies_of()[0] == ["North East Committee", "North West Committee"]

    gone.update(successor=None)
    structure_edited()

    names, said = copies_of()
    assert names == ["North East Committee"]
    assert said[-1] == "The Board would get a copy, but it has closed."


def test_a_body_without_officers_gets_no_copy_by_a_rule(copied):
    Membership.objects.filter(seat__body=copied.board).delete()
    structure_edited()

    names, said = copies_of()

    assert names == ["North East Committee"]
    assert said[-1] == "The Board would get a copy, but nobody is there to read it at present."


def test_what_asks_for_a_place_first_has_no_copy(copied):
    RoutingRule.objects.filter(destination="place").update(copy_to=copied.board)
    structure_edited()

    route = judge(feedback_answers(topic="gp", place="")).route

    assert (route.outcome, route.copies) == (Outcome.ASK, ())


def test_the_body_that_a_rule_gives_a_copy_finds_it_and_is_told(copied):
    submission = make_submission(topic="healthy")

    copies = submission.referrals.filter(role="copy").values_list("body__slug", flat=True)
    assert set(copies) == {"ne-committee", copied.board.slug}
    officer = Membership.objects.get(seat__body=copied.board).person
    assert OutboxMessage.objects.filter(to=officer.email).count() == 1
