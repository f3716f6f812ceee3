"""Names that are shared or alike, in a borough made up for it."""

import pytest

from localities.explanation import sentences
from localities.finder import Ambiguous, Found, NotUnderstood, Outside, find
from localities.models import PlaceName
from tests.factories import make_locality, make_place, make_ward

pytestmark = pytest.mark.django_db


def test_an_area_and_a_point_of_one_name_in_different_localities_are_ambiguous():
    east = make_ward("East", locality=make_locality("ne"))
    west = make_ward("West", locality=make_locality("nw"))
    make_place("Bowland", east)
    make_place("Bowland", west, kind=PlaceName.Kind.POINT)

    answer = find("Bowland")

    assert isinstance(answer, Ambiguous)
    assert [choice.locality.code for choice in answer.choices] == ["ne", "nw"]


def test_a_ward_and_a_place_of_one_name_are_taken_together():
    make_place("Bowland", make_ward("East", locality=make_locality("ne")))
    make_ward("Bowland", locality=make_locality("nw"))

    assert isinstance(find("Bowland"), Ambiguous)
    assert find("Bowland ward").locality.code == "nw"


def test_a_slip_that_may_mean_two_names_is_offered_not_assumed():
    ward = make_ward("East", locality=make_locality("ne"))
    make_place("Bowland", ward)
    make_place("Rowland", ward)

    answer = find("Cowland")

    assert isinstance(answer, NotUnderstood)
    assert set(answer.suggestions) == {"Bowland", "Rowland"}


def test_a_place_is_as_sure_as_the_least_sure_of_its_wards():
    locality = make_locality("ne", name="North East")
    make_place(
        "Bowland",
        make_ward("East", locality=locality, confidence="named-in-source"),
        make_ward("Mid", locality=locality, confidence="inferred-contested"),
        make_ward("West", locality=locality, confidence="supported"),
    )

    answer = find("Bowland")

    assert isinstance(answer, Found)
    assert answer.facts["confidence"] == "inferred-contested"
    assert sentences(answer) == [
        "Bowland is in the wards East, Mid and West, all in the North East locality "
        "(we worked this out, and others see it otherwise)."
    ]


def test_a_place_whose_wards_are_in_no_locality_is_not_put_into_one():
    make_place("Bowland", make_ward("East"))

    answer = find("Bowland")

    assert isinstance(answer, Outside)
    assert sentences(answer) == [
        "Bowland is in Tower Hamlets, but no locality is recorded for it on that day."
    ]


def test_without_any_data_nothing_is_known():
    assert isinstance(find("Bowland"), NotUnderstood)
    assert sentences(find("E3 4AB")) == ["E3 4AB is outside Tower Hamlets."]
    assert isinstance(find("E3"), Outside)
