"""What published figures say of the people of a locality, against the borough, on a day.

Two queries: the indicators shown, and their newest figures about the locality, its wards and the
borough. What is old says so, and so does what was not published.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from localities.areas import BOROUGH
from localities.bars import Bars
from localities.models import Indicator, IndicatorValue

SHOWN = 40  # indicators on one page
Kind = IndicatorValue.AreaKind
ORDER = [Kind.LOCALITY, Kind.WARD, Kind.BOROUGH]


@dataclass(frozen=True)
class Figure:
    """The newest value of an indicator in one area, named for whom it counts."""

    name: str
    value: IndicatorValue
    before: IndicatorValue | None

    @property
    def is_borough(self):
        return self.value.area_kind == Kind.BOROUGH


@dataclass(frozen=True)
class Series:
    """An indicator for one sex and age: its figures, and how old they are on the day."""

    indicator: Indicator
    figures: tuple[Figure, ...]
    day: date

    @property
    def name(self):
        """The indicator, and whom it counts where that is not everyone."""
        value = self.figures[0].value
        of = [value.sex] if value.sex not in {"", "Persons", "Not applicable"} else []
        return ", ".join([str(self.indicator), *of])

    @property
    def period(self):
        return max((each.value for each in self.figures), key=lambda value: value.end_date)

    @property
    def years_old(self):
        return whole_years(self.period.end_date, self.day)

    @property
    def is_old(self):
        return self.years_old >= self.indicator.fresh_for_years

    @property
    def is_published(self):
        return any(each.value.value is not None for each in self.figures)

    @property
    def is_of_borough_alone(self):
        return all(each.is_borough for each in self.figures)

    @property
    def origin(self):
        """What figures share that can stand under one source line."""
        of = self.indicator
        said = (of.unit, of.explanation, of.source, of.source_url, of.licence)
        return (*said, self.period.period, self.is_old)

    @property
    def bars(self):
        borough = next((each for each in self.figures if each.is_borough), None)
        return Bars(
            [(each.name, each.value) for each in self.figures],
            unit=self.indicator.unit,
            mark=borough and borough.value.value,
        )


@dataclass(frozen=True)
class Heading:
    """Series that stand together: one table if all are alike and of the borough alone."""

    title: str
    series: tuple[Series, ...]

    @property
    def is_one_table(self):
        return (
            len(self.series) > 1
            and all(each.is_of_borough_alone for each in self.series)
            and len({each.origin for each in self.series}) == 1
        )

    @property
    def bars(self):
        rows = [(each.name, each.figures[0].value) for each in self.series]
        return Bars(rows, unit=self.series[0].indicator.unit)


@dataclass(frozen=True)
class Needs:
    headings: tuple[Heading, ...]
    is_cut: bool  # there are more indicators than one page shows


def needs_of(locality, wards, day):
    """The needs of a locality with these wards, as published for periods that ended by the day."""
    indicators = list(Indicator.objects.filter(is_shown=True)[: SHOWN + 1])
    names = {ward.gss: str(ward) for ward in wards} | {locality.code: str(locality)}
    newest = newest_figures(indicators[:SHOWN], [*names, BOROUGH], day)
    headings = defaultdict(list)
    for indicator in indicators[:SHOWN]:
        for figures in newest.get(indicator.pk, {}).values():
            named = [
                Figure(names.get(value.area_code, "Tower Hamlets"), value, before)
                for value, before in figures
            ]
            named.sort(key=lambda each: (ORDER.index(each.value.area_kind), each.name))
            headings[indicator.heading].append(Series(indicator, tuple(named), day))
    return Needs(
        tuple(Heading(title, tuple(series)) for title, series in headings.items()),
        is_cut=len(indicators) > SHOWN,
    )


def newest_figures(indicators, areas, day):
    """Of each indicator, sex and age, and area the newest figure and the one before it."""
    place = Window(
        RowNumber(),
        partition_by=["indicator", "area_code", "sex", "age"],
        order_by=[F("end_date").desc(), F("start_date").desc()],
    )
    values = (
        IndicatorValue.objects.filter(
            indicator__in=indicators, area_code__in=areas, end_date__lte=day
        )
        .annotate(place=place)
        .filter(place__lte=2)
        .order_by("sex", "age", "area_code", "place")
    )
    found = defaultdict(lambda: defaultdict(dict))
    for value in values:
        of_area = found[value.indicator_id][value.sex, value.age]
        newest, _ = of_area.get(value.area_code, (value, None))
        of_area[value.area_code] = (newest, None if newest is value else value)
    return {
        indicator: {of: list(areas.values()) for of, areas in series.items()}
        for indicator, series in found.items()
    }


def whole_years(since, day):
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))
