"""The frozen reasons in words. What is frozen is JSON, so it is given here as it is stored."""

import json

import pytest

from engagement.explanation import details, quoted, sentences, without_words
from engagement.judging import judge
from engagement.models import Referral
from governance.actions.structure import structure_edited
from governance.models import Body, BodyName, Membership
from localities.models import PostcodeRelease
from tests.factories import feedback_answers, make_partnership, send_feedback, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    PostcodeRelease.objects.create(title="Code-Point Open", published_on="2025-10-20", rows=1)
    return make_partnership()


def said(**answers):
    """The explanation of where these answers go, after a way through the database."""
    because = judge(feedback_answers(**answers)).route.because
    return " ".join(sentences(json.loads(json.dumps(because))))


def nobody_at(body):
    Membership.objects.filter(seat__body=body).update(end_date="2026-01-01")
    structure_edited()


def test_a_place_that_settles_it(partnership):
    assert said() == (
        "Because it is about a GP, it goes to the committee of the place you gave. "
        "E3 4AB is in North East ward ward, which is in the North East locality (we worked this "
        "out). "
        "So the North East Committee answers it."
    )


def test_a_topic_with_a_body_of_its_own_and_a_copy(partnership):
    assert said(topic="healthy") == (
        "Because it is about staying healthy, Living Well answers it. "
        "E3 4AB is in North East ward ward, which is in the North East locality (we worked this "
        "out). "
        "So the North East Committee gets a copy."
    )


def test_the_table_that_the_place_is_from_is_told_to_who_wants_to_know_more(partnership):
    because = judge(feedback_answers()).route.because

    assert "This is from Code-Point Open, published on 20 October 2025." in details(because)


def test_what_did_not_decide_is_told_after_who_gets_it(partnership):
    because = judge(feedback_answers(topic="not-sure", place="")).route.because
    guess = {"name": "A GP", "words": ["surgery"], "sure": False}

    said = sentences(because | {"suggestion": guess})

    assert "reads it first" in said[0]
    assert said[-1] == "Because of “surgery” it may be about “A GP”, but that is not certain."


def test_no_place_is_no_matter_where_none_is_needed(partnership):
    assert said(topic="healthy", place="") == (
        "Because it is about staying healthy, Living Well answers it."
    )


def test_a_place_that_helps_nobody_is_said_to(partnership):
    assert said(topic="healthy", place="N1 9GU").endswith(
        "N1 9GU is outside Tower Hamlets, or newer than our table of October 2025. "
        "So no locality’s committee gets a copy."
    )


def test_triage_says_that_someone_finds_the_right_body(partnership):
    assert said(topic="not-sure", place="") == (
        "Because no other rule fits it, the Centre of Excellence reads it first and finds the "
        "right body for it."
    )


def test_a_question_says_why_it_is_asked(partnership):
    assert said(place="") == (
        "Because it is about a GP, it goes to the committee of the place it is about. "
        "You gave no place."
    )


def test_an_answer_to_the_question_is_part_of_the_reason(partnership):
    assert said(place="", nearest="nw") == (
        "Because it is about a GP, it goes to the committee of the part of the borough it is "
        "about. You gave no place. You told us that the North West is nearest. "
        "So the North West Committee answers it."
    )
    assert said(place="", nearest="unknown").endswith(
        "You did not say which part of the borough is nearest. "
        "So the Centre of Excellence reads it first and finds the right body for it."
    )


def test_a_body_that_nobody_reads_for_is_named(partnership):
    nobody_at(partnership.living_well)

    assert said(topic="healthy", place="") == (
        "Because it is about staying healthy, it would go to Living Well, but nobody is there to "
        "read it at present. So the Centre of Excellence reads it first and finds the right body "
        "for it."
    )


def test_a_committee_that_nobody_reads_for_is_named_once(partnership):
    nobody_at(partnership.ne.committee)

    assert said().count("nobody is there to read it at present") == 1
    assert said(topic="healthy").endswith(
        "The North East Committee would get a copy, but nobody is there to read it at present."
    )


def test_a_body_that_has_closed_is_named(partnership):
    Body.objects.filter(pk=partnership.living_well.pk).update(end_date="2026-01-01")
    structure_edited()

    assert "it would go to Living Well, but it has closed." in said(topic="healthy", place="")


def test_a_locality_without_a_committee_is_said_to_have_none(partnership):
    Body.objects.filter(pk=partnership.ne.committee.pk).update(locality=None)
    structure_edited()

    assert "There is no committee for this locality at present." in said()


def test_without_a_centre_it_is_the_engagement_team(partnership):
    Body.objects.filter(pk=partnership.triage.pk).update(end_date="2026-01-01")
    structure_edited()

    assert said(topic="not-sure", place="").startswith(
        "Because no other rule fits it, it would go to the Centre of Excellence, but it has "
        "closed. So the engagement team reads it first"
    )


def test_the_reasons_stay_as_they_were_when_it_was_sent(partnership):
    submission = send_feedback().submission
    BodyName.objects.update(name="Something else")
    partnership.gp.rules.update(name="it is about something else")
    structure_edited()

    frozen = Referral.objects.get(submission=submission).reason

    assert sentences(frozen)[0].startswith("Because it is about a GP,")
    assert sentences(frozen)[-1] == "So the North East Committee answers it."


def test_what_is_frozen_is_keys_and_values_and_no_sentence(partnership):
    because = judge(feedback_answers()).route.because

    assert json.loads(json.dumps(because)) == because
    assert because["place"]["answer"]["locality"] == "ne"
    assert because["rule"] == {"name": "it is about a GP", "destination": "place"}
    assert because["lead"] == {"slug": "ne-committee", "name": "North East Committee"}


def test_of_a_postcode_only_the_first_half_is_left_when_the_place_is_removed(partnership):
    because = judge(feedback_answers()).route.because

    assert "E34AB" not in json.dumps(without_words(because))
    told = sentences(without_words(because))[1]
    assert told.startswith("The postcode that was given is in North East ward ward")


def test_what_is_left_of_a_postcode_is_said_of_no_more_than_was_given(partnership):
    for place in ("E3 4AB", "N1 9GU", "E3 9ZZ"):
        because = judge(feedback_answers(topic="gp", place=place)).route.because

        told = " ".join(sentences(without_words(because)))

        assert "The postcode that was given is " in told
        assert place.split()[0] not in told.split()


def test_every_answer_the_finder_can_give_can_be_explained(partnership):
    for place in ("", "E3 4AB", "e3", "E14", "Mile End", "N1 9GU", "North East", "???", "ne ward"):
        for topic in ("gp", "healthy", "not-sure"):
            for nearest in ("", "ne", "unknown"):
                text = said(topic=topic, place=place, nearest=nearest)
                assert text.startswith("Because ") and text.endswith("."), text
    assert today()


def test_words_that_a_longer_phrase_says_are_not_named_again():
    words = ["lift … broken", "lift", "broken", "hospital"]

    assert quoted(words) == "“lift … broken” and “hospital”"
    assert quoted(["lift", "stairs"]) == "“lift” and “stairs”"
