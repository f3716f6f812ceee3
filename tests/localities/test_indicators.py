"""Importing published figures: all of a file or nothing, as often as one likes."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from localities.actions.files import ImportRefused
from localities.actions.indicators import import_indicators
from localities.actions.loading import load_localities
from localities.models import Indicator, IndicatorRelease, IndicatorValue
from tests.factories import make_locality, make_ward

pytestmark = pytest.mark.django_db

# As Fingertips writes it, in its order; the last ones vary with the release.
HEADER = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,"
    "Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,"
    "Lower CI 99.8 limit,Upper CI 99.8 limit,Count,Denominator,Value note,Recent Trend,"
    "Compared to England value or percentiles,Compared to goal,Time period Sortable,New data"
).split(",")
WARD = "E05009317"


@pytest.fixture
def our_ward():
    return make_ward("Bethnal Green East", gss=WARD, locality=make_locality("nw"))


def row(**cells):
    cells = {
        "Indicator ID": "93553",
        "Indicator Name": "Deprivation score",
        "Parent Code": "E09000030",
        "Area Code": WARD,
        "Sex": "Persons",
        "Age": "All ages",
        "Time period": "2021/22",
        "Value": "27.4",
        "Lower CI 95.0 limit": "26.1",
        "Upper CI 95.0 limit": "28.9",
        "Count": "412",
        "Time period Sortable": "20210000",
    } | cells
    return [cells.get(name, "") for name in HEADER]


@pytest.fixture
def file(tmp_path, our_ward):
    path = tmp_path / "indicators.csv"

    def write(*rows, header=HEADER):
        with path.open("w", newline="", encoding="utf-8-sig") as target:
            csv.writer(target).writerows([header, *rows])
        return path

    return write


def bring(path):
    return import_indicators(path, title="A file")


def test_a_figure_is_kept_with_its_period_and_limits(file):
    done = bring(file(row()))

    assert (done.rows, done.ours, done.added, done.indicators_added) == (1, 1, 1, 1)
    value = IndicatorValue.objects.get()
    assert (value.value, value.lower, value.upper, value.count) == (27.4, 26.1, 28.9, 412)
    assert (str(value.start_date), str(value.end_date)) == ("2021-04-01", "2022-03-31")
    assert value.area_kind == "ward"
    assert value.indicator.source.startswith("Office for Health Improvement")


def test_the_rows_of_other_places_and_of_parts_of_the_population_are_left_out(file):
    done = bring(
        file(
            row(),
            row(**{"Area Code": "E09000001"}),
            row(**{"Area Code": "E05000001"}),
            row(**{"Category Type": "Ethnic groups", "Category": "Asian"}),
        )
    )

    assert (done.rows, done.ours, done.elsewhere, done.breakdowns) == (4, 1, 2, 1)


def test_the_same_file_again_changes_nothing(file):
    path = file(row(), row(**{"Area Code": "E09000030"}))
    bring(path)

    done = bring(path)

    assert (done.added, done.changed, done.same) == (0, 0, 2)


def test_a_newer_file_changes_what_differs_and_leaves_what_it_does_not_name(file):
    bring(file(row(), row(**{"Time period": "2020/21"})))

    done = bring(file(row(Value="28"), row(**{"Time period": "2022/23"})))

    assert (done.added, done.changed, done.same) == (1, 1, 0)
    assert IndicatorValue.objects.count() == 3
    assert IndicatorValue.objects.get(period="2021/22").value == 28
    release = IndicatorRelease.objects.first()
    assert (release.rows, release.added, release.changed) == (2, 1, 1)


def test_what_people_wrote_of_an_indicator_stays(file):
    bring(file(row()))
    Indicator.objects.update(name="How poor an area is", heading="Money")

    bring(file(row(Value="30")))

    indicator = Indicator.objects.get()
    assert (indicator.name, indicator.heading) == ("How poor an area is", "Money")


def test_an_area_listed_under_several_parents_is_taken_once(file):
    done = bring(file(row(), row(**{"Parent Code": "E12000007"})))

    assert done.ours == 1


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"Value": "many"}, "Row 3: value: “many” is not a number."),
        ({"Value": "nan"}, "Row 3: value: “nan” is not a number."),
        ({"Count": "1e999"}, "Row 3: count: “1e999” is not a number."),
        ({"Count": "1_000"}, "Row 3: count: “1_000” is not a number."),
        ({"Count": "١٢"}, "Row 3: count: “١٢” is not a number."),
        ({"Value": "1,5"}, "Row 3: value: “1,5” is not a number; commas stand between thousands"),
        ({"Value": "1,5000"}, "Row 3: value: “1,5000” is not a number; commas stand between"),
        ({"Value": "1234,567"}, "Row 3: value: “1234,567” is not a number; commas stand"),
        (
            {"Time period": "soon", "Time period Sortable": ""},
            "Row 3: “soon” is not a period, such as 2021 or 2021/22.",
        ),
        ({"Indicator ID": ""}, "Row 3: “” is not the number of an indicator."),
        ({"Value": "31"}, "Row 3: row 2 gives other figures for the same."),
        ({"Indicator ID": "2", "Indicator Name": "x" * 301}, "Row 3: name: at most 300 characters"),
        ({"Indicator ID": "2", "Indicator Name": " "}, "Row 3: the indicator has no name."),
        ({"Value note": "a\0b"}, "Row 3: it holds characters that are not in UTF-8."),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_nothing_is(file, cells, sentence):
    with pytest.raises(ImportRefused, match="Nothing was changed") as refusal:
        bring(file(row(), row(**cells)))

    assert sentence in str(refusal.value)
    assert not Indicator.objects.exists()
    assert not IndicatorRelease.objects.exists()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,581", 1581),
        ("1,234,567.5", 1234567.5),
        ("27.", 27),
        (".5", 0.5),
        ("-3", -3),
        ("1.2E-05", 0.000012),
    ],
)
def test_a_number_is_read_as_files_write_them(file, written, number):
    bring(file(row(Value=written)))

    assert IndicatorValue.objects.get().value == number


@pytest.mark.parametrize("years", ["some", "100000"])
def test_how_long_figures_are_fresh_is_a_number_that_fits(file, years):
    with pytest.raises(ImportRefused, match="Row 2: fresh for years: enter a whole number"):
        bring(file([*row(), years], header=[*HEADER, "Fresh for years"]))


def test_several_faults_are_told_at_once_but_not_all(file):
    with pytest.raises(ImportRefused) as refusal:
        bring(file(*[row(Value="x") for _ in range(40)]))

    sentences = str(refusal.value).splitlines()
    assert sentences[0].startswith("Row 2:") and sentences[9].startswith("Row 11:")
    assert sentences[10:] == ["There are more such rows.", "Nothing was changed."]


@pytest.mark.parametrize(
    ("rows", "header", "sentence"),
    [
        ([], HEADER, "None of the 0 rows is about the borough"),
        ([row(**{"Area Code": "E09000001"})], HEADER, "None of the 1 rows is about the borough"),
        ([["1"]], HEADER, "Row 2: it has 1 cells, the header has 25."),
        ([row()], ["a"], "there is no column “Indicator ID”"),
    ],
)
def test_a_file_of_another_kind_is_refused(file, rows, header, sentence):
    with pytest.raises(ImportRefused, match="Nothing was changed") as refusal:
        bring(file(*rows, header=header))

    assert sentence in str(refusal.value)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_indicators", tmp_path / "nothing.csv")


def test_the_command_says_what_changed(file):
    out = StringIO()

    call_command("import_indicators", file(row(), row(**{"Area Code": "E1"})), stdout=out)

    assert "2 rows read, 1 figures of ours: 1 added, 0 changed, 0 as they were." in out.getvalue()
    assert "1 rows are about other places." in out.getvalue()


def test_a_period_that_is_not_understood_is_taken_by_its_sortable_year(file):
    bring(file(row(**{"Time period": "School year", "Time period Sortable": "20190000"})))

    assert str(IndicatorValue.objects.get().end_date) == "2019-12-31"


def test_a_large_export_takes_few_statements(file, django_assert_max_num_queries):
    """A hundred thousand rows are too many for a test of every day; the growth is what matters."""
    rows = [
        row(**{"Indicator ID": str(number // 100), "Time period": str(1900 + number % 100)})
        for number in range(3_000)
    ]
    path = file(*rows)

    with django_assert_max_num_queries(180):
        done = bring(path)

    assert done.added == 3_000


# --- What comes with the portal -------------------------------------------------------------------


def test_the_census_is_loaded_once_and_a_removed_indicator_stays_away(db):
    load_localities()
    bengali = Indicator.objects.get(code="census-2021-ts024-bengali")
    value = bengali.values_of_it.get()
    assert (value.count, value.denominator, round(value.value, 1)) == (32772, 298752, 11.0)
    assert bengali.history.get().history_change_reason
    bengali.delete()

    sentences = load_localities()

    assert "Indicators: as they were." in sentences
    assert not Indicator.objects.filter(code="census-2021-ts024-bengali").exists()
