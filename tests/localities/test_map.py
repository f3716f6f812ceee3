"""The map of the borough: its wards on a day, north at the top."""

from datetime import date, timedelta

import pytest

from localities.map import WIDTH, map_on
from localities.models import Locality, Ward, WardInLocality
from tests.localities.test_shapes import points_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("borough")]

TODAY = date(2026, 11, 22)


def test_every_ward_is_drawn_in_its_locality(django_assert_num_queries):
    with django_assert_num_queries(1):
        drawing = map_on(TODAY)

    assert [quarter.locality.code for quarter in drawing.quarters] == ["ne", "nw", "se", "sw"]
    assert [len(quarter.wards) for quarter in drawing.quarters] == [5, 4, 6, 5]
    assert all(shape.outline for quarter in drawing.quarters for shape in quarter.wards)
    north_east = drawing.quarters[0]
    assert [(shape.number, shape.ward.name) for shape in north_east.wards] == [
        (1, "Bow East"),
        (2, "Bow West"),
        (3, "Bromley North"),
        (4, "Bromley South"),
        (5, "Mile End"),
    ]


def test_localities_lie_as_the_compass_has_them():
    place = {quarter.locality.code: quarter for quarter in map_on(TODAY).quarters}

    assert place["nw"].x < place["ne"].x
    assert place["sw"].x < place["se"].x
    assert place["nw"].y < place["sw"].y
    assert place["ne"].y < place["se"].y


def test_the_whole_borough_is_on_the_paper():
    drawing = map_on(TODAY)

    for quarter in drawing.quarters:
        for shape in quarter.wards:
            for x, y in points_of(shape.outline):
                assert 0 < x < WIDTH
                assert 0 < y < drawing.height


def test_one_locality_is_drawn_large_with_the_others_around_it():
    south_west = Locality.objects.get(pk="sw")

    drawing = map_on(TODAY, locality=south_west)

    assert drawing.shown.locality == south_west
    assert len(drawing.quarters) == 4
    xs = [x for shape in drawing.shown.wards for x, _ in points_of(shape.outline)]
    assert min(xs) < WIDTH / 10
    assert max(xs) > WIDTH * 9 / 10


def test_the_map_is_that_of_the_day():
    WardInLocality.objects.filter(ward__name="Mile End").update(end_date=TODAY)

    def wards(day):
        return [shape.ward.name for shape in map_on(day).quarters[0].wards]

    assert "Mile End" in wards(TODAY)
    assert "Mile End" not in wards(TODAY + timedelta(days=1))


def test_before_the_wards_there_is_no_map():
    assert map_on(date(2014, 5, 21)).quarters == ()


def test_the_boundaries_of_our_data_are_outlines():
    for ward in Ward.objects.all():
        ward.clean()
