"""The map of the borough as shapes to draw: wards from their boundaries, grouped by locality."""

from dataclasses import dataclass
from math import cos, radians

from localities.gazetteer import homes_as_known
from localities.models import Locality, Ward, WardInLocality

WIDTH = 1000  # of the drawing in its own units, about six metres each for the whole borough
MARGIN = 0.04  # of the drawing around what it shows
NARROWED = cos(radians(51.515))  # a degree of longitude in degrees of latitude, here


@dataclass(frozen=True)
class WardShape:
    """A ward as it is drawn, with the number that the list beside the map gives it."""

    home: WardInLocality
    number: int
    outline: str
    x: int
    y: int

    @property
    def ward(self) -> Ward:
        return self.home.ward

    @property
    def is_in_a_source(self):
        return self.home.confidence in {
            WardInLocality.Confidence.NAMED_IN_SOURCE,
            WardInLocality.Confidence.SUPPORTED,
        }


@dataclass(frozen=True)
class Quarter:
    """A locality with its wards by name; x and y are where its name stands on the map."""

    locality: Locality
    wards: tuple[WardShape, ...]
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    quarters: tuple[Quarter, ...]
    width: int
    height: int
    shown: Quarter | None  # the one drawn large, none where all are shown

    @property
    def view_box(self):
        return f"0 0 {self.width} {self.height}"


def map_on(day, *, known_on=None, locality=None):
    """The map of a day, of today in one query.

    Of one locality and what is around it, if one is given.
    """
    homes = homes_as_known(day, known_on, with_boundaries=True)
    centred = [home for home in homes if locality in (None, home.locality)]
    paper = Paper([ring for home in centred for ring in rings(home.ward.boundary)])
    by_locality = {}
    for home in homes:
        by_locality.setdefault(home.locality, []).append(home)
    quarters = [
        quarter(paper, each, of_it)
        for each, of_it in sorted(by_locality.items(), key=lambda item: item[0].order)
    ]
    shown = next((each for each in quarters if each.locality == locality), None)
    return Drawing(tuple(quarters), WIDTH, paper.height, shown)


def quarter(paper, locality, homes):
    """A locality's wards in their order, and its name in the middle of their area."""
    shapes = []
    east = south = whole = 0
    for number, home in enumerate(homes, start=1):
        outlines = rings(home.ward.boundary)
        x, y = paper.point(*label_of(home.ward, outlines)) if outlines else (0, 0)
        path = "".join(paper.path(ring) for ring in outlines)
        shapes.append(WardShape(home, number, path, x, y))
        size = sum(abs(area(ring)) for ring in outlines)
        east, south, whole = east + size * x, south + size * y, whole + size
    middle = (round(east / whole), round(south / whole)) if whole else (0, 0)
    return Quarter(locality, tuple(shapes), *middle)


class Paper:
    """Longitude and latitude as whole units of the drawing, north at the top."""

    def __init__(self, rings):
        points = [point for ring in rings for point in ring] or [(0, 0), (1, 1)]
        west, east = (edge(longitude for longitude, _ in points) for edge in (min, max))
        south, north = (edge(latitude for _, latitude in points) for edge in (min, max))
        margin = MARGIN * max((east - west) * NARROWED, north - south)
        self.west, self.north = west - margin / NARROWED, north + margin
        self.scale = WIDTH / ((east - west) * NARROWED + 2 * margin or 1)
        self.height = round((north - south + 2 * margin) * self.scale)

    def point(self, longitude, latitude):
        x = (longitude - self.west) * NARROWED * self.scale
        return round(x), round((self.north - latitude) * self.scale)

    def path(self, ring):
        """The ring as a path of whole steps; points that fall together are drawn once."""
        points = [self.point(*point) for point in ring]
        (x, y), steps = points[0], []
        for next_x, next_y in points[1:-1]:
            if (next_x, next_y) != (x, y):
                steps.append(f"{next_x - x} {next_y - y}")
                x, y = next_x, next_y
        return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z" if steps else ""


def rings(geometry):
    """The outer rings of a GeoJSON polygon or of several; wards have no holes."""
    polygons = geometry.get("coordinates") or []
    if geometry.get("type") == "Polygon":
        polygons = [polygons]
    return [polygon[0] for polygon in polygons if polygon]


def label_of(ward, outlines):
    """Where the ward's number stands: as recorded, else in the middle of its largest ring."""
    if ward.label_longitude is not None and ward.label_latitude is not None:
        return ward.label_longitude, ward.label_latitude
    ring = max(outlines, key=lambda each: abs(area(each)))
    return tuple(sum(point[axis] for point in ring) / len(ring) for axis in (0, 1))


def area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False)) / 2
