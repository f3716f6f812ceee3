"""How wards are drawn: in whole units, neighbours sharing their border."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from localities.map import Paper, map_on
from localities.models import Ward
from tests.factories import make_locality, make_ward

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


def square(west, south, side=0.01):
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def points_of(path):
    """The corners of a path of one ring, as places on the drawing."""
    start, steps = re.fullmatch(r"M(-?\d+ -?\d+)l([-\d ]+)z", path).groups()
    numbers = [int(number) for number in f"{start} {steps}".split()]
    x = y = 0
    points = []
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def test_neighbours_share_their_border_exactly():
    locality = make_locality("ne")
    make_ward("A", locality=locality, boundary=square(0, 51.5))
    make_ward("B", locality=locality, boundary=square(0.01, 51.5))

    first, second = map_on(TODAY).quarters[0].wards

    assert len(set(points_of(first.outline)) & set(points_of(second.outline))) == 2


def test_points_that_fall_together_are_drawn_once():
    paper = Paper([[(0, 51.5), (0.1, 51.5), (0.1, 51.6), (0, 51.6), (0, 51.5)]])
    ring = [(0, 51.5), (0.05, 51.5), (0.0500001, 51.5), (0.05, 51.55), (0, 51.5)]

    assert len(points_of(paper.path(ring))) == 3


def test_a_ward_without_a_boundary_is_listed_though_not_drawn():
    make_ward("New ward", locality=make_locality("ne"))

    (shape,) = map_on(TODAY).quarters[0].wards

    assert shape.outline == ""
    assert shape.number == 1


def test_a_ward_of_several_parts_is_drawn_whole():
    parts = [square(0, 51.5)["coordinates"], square(0.05, 51.5)["coordinates"]]
    boundary = {"type": "MultiPolygon", "coordinates": parts}
    make_ward("Islands", locality=make_locality("ne"), boundary=boundary)

    (shape,) = map_on(TODAY).quarters[0].wards

    assert shape.outline.count("M") == 2


def test_the_map_is_that_which_was_known():
    ward = make_ward("Mile End", locality=make_locality("ne"))
    make_locality("sw")
    before = timezone.now()
    home = ward.localities.get()
    home.locality_id = "sw"
    home.save()

    def localities(known_on):
        drawing = map_on(TODAY, known_on=known_on)
        return [quarter.locality.code for quarter in drawing.quarters]

    assert localities(before) == ["ne"]
    assert localities(timezone.now()) == localities(None) == ["sw"]
    assert localities(before - timedelta(days=1)) == []


def test_wards_and_localities_are_named_and_dated_as_they_were_known():
    locality = make_locality("ne", name="North East")
    renamed = make_ward("Mile Ent", locality=locality, boundary=square(0, 51.5))
    ended = make_ward("Old Ford", locality=locality)
    deleted = make_ward("Entered twice", locality=locality)
    before = timezone.now()
    renamed.name, ended.end_date, locality.name = "Mile End", TODAY - timedelta(days=1), "Bow side"
    for row in (renamed, ended, locality):
        row.save()
    deleted.localities.get().delete()
    deleted.delete()

    def shown(known_on):
        [quarter] = map_on(TODAY, known_on=known_on).quarters
        return quarter.locality.name, [shape.ward.name for shape in quarter.wards]

    assert shown(before) == ("North East", ["Entered twice", "Mile Ent", "Old Ford"])
    assert shown(timezone.now()) == shown(None) == ("Bow side", ["Mile End"])
    [quarter] = map_on(TODAY, known_on=before).quarters
    assert [bool(shape.outline) for shape in quarter.wards] == [False, True, False]


def test_the_map_as_known_takes_as_many_queries_for_many_wards(django_assert_num_queries):
    for _ in range(5):
        make_ward(locality=make_locality("ne"))
    with django_assert_num_queries(4):
        map_on(TODAY, known_on=timezone.now())


@pytest.mark.parametrize(
    "boundary",
    [
        {"type": "Point", "coordinates": [0, 51]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[["<script>", 51]]]},
        {"type": "Polygon", "coordinates": [[[536000, 182000]]]},
        {"type": "Polygon", "coordinates": 7},
        [],
        "Polygon",
    ],
)
def test_a_boundary_that_is_no_outline_is_refused(boundary):
    with pytest.raises(ValidationError, match="Enter a GeoJSON Polygon or MultiPolygon"):
        Ward(gss="E05000001", name="A", boundary=boundary).clean()
