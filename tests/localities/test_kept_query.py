from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, Subquery, Value

from localities.gazetteer import homes_on
from localities.kept_query import (
    KeptQuery,
    KeptRows,
    KeptUnion,
    KeptUpdate,
    PlannedOnce,
    any_of,
    asked_together,
    union_of,
)
from localities.models import Ward, WardInLocality
from tests.factories import make_locality, make_ward, today

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


@pytest.fixture
def wards():
    return [
        make_ward(name, locality=make_locality(code))
        for name, code in (("Bow", "ne"), ("Wapping", "sw"))
    ]


@pytest.fixture
def written():
    """A kept query, and how often the ORM wrote it."""
    times = []

    def home_of(ward, day):
        times.append(ward)
        return homes_on(day).filter(ward=ward).annotate(seven=Value(7))

    return KeptQuery(home_of), times


def test_it_gives_the_rows_that_the_queryset_gives(wards, written, django_assert_num_queries):
    home_of, _ = written
    for ward in wards:
        expected = homes_on(today()).get(ward=ward)
        with django_assert_num_queries(1):
            (home,) = home_of(ward=ward.pk, day=today())
            assert (home, home.ward.name, home.locality, home.seven) == (
                expected,
                ward.name,
                expected.locality,
                7,
            )


@pytest.mark.parametrize(
    ("kind", "with_a_constant", "is_prepared"),
    [
        (KeptQuery, False, True),
        (KeptQuery, True, False),
        (PlannedOnce, False, True),
        (PlannedOnce, True, True),
    ],
)
def test_it_answers_the_same_however_often_it_is_asked(wards, kind, with_a_constant, is_prepared):
    name = f"{kind.__name__}_{with_a_constant}".lower()  # the connection is that of all tests

    def home_of(ward, day):
        mark = Value(7) if with_a_constant else F("ward")
        return homes_on(day).filter(ward=ward).annotate(**{name: mark})

    home_of, bow = kind(home_of), wards[0]

    found = [home_of(ward=bow.pk, day=today())[0] for _ in range(20)]

    assert {each.ward.name for each in found} == {"Bow"}
    assert {getattr(each, name) for each in found} == {7 if with_a_constant else bow.pk}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            assert any(name in sql for (sql,) in cursor.fetchall()) == is_prepared


def test_it_is_written_once_and_asked_afresh(wards, written):
    home_of, times = written
    bow = wards[0]
    assert len(home_of(ward=bow.pk, day=today())) == 1

    WardInLocality.objects.filter(ward=bow).update(end_date=today())

    assert len(home_of(ward=bow.pk, day=today())) == 1
    assert home_of(ward=bow.pk, day=today() + A_DAY) == []
    assert home_of(ward="none", day=today()) == []
    assert len(times) == 1


def test_any_number_of_rows_is_asked_for_with_few_statements(wards, django_assert_num_queries):
    bow, wapping = wards
    times = []

    @KeptRows
    def wards_of(keys):
        times.append(len(keys))
        return Ward.objects.filter(any_of("pk", keys))

    for number in range(45):
        keys = [bow.pk, *(f"E0{each}" for each in range(number)), wapping.pk, bow.pk]
        with django_assert_num_queries(1):
            assert wards_of(keys) == {bow.pk: bow, wapping.pk: wapping}

    assert times == [20, 40, 60]
    with django_assert_num_queries(0):
        assert wards_of([]) == {}


def test_it_gives_named_tuples_where_they_are_asked_for(wards, django_assert_num_queries):
    @KeptQuery
    def homes_of(day):
        found = homes_on(day).order_by("ward__name").annotate(is_first=Exists(homes_on(day)))
        return found.values_list("pk", "ward__name", "start_date", "is_first", named=True)

    expected = list(homes_of.write(day=today()))

    for _ in range(2):
        with django_assert_num_queries(1):
            found = homes_of(day=today())
        assert found == expected
        assert [each.ward__name for each in found] == ["Bow", "Wapping"]
        assert [type(cell) for cell in found[0]] == [type(cell) for cell in expected[0]]


def test_what_is_given_is_a_value_and_no_sql(wards, written):
    home_of, _ = written

    assert home_of(ward="' OR 1=1 --", day=today()) == []
    assert home_of(ward="%s", day=today()) == []


def test_an_answer_is_as_good_as_its_rows_and_is_the_same_while_nothing_changes(
    wards, written, django_assert_num_queries
):
    home_of, _ = written
    asked = {"ward": wards[0].pk, "day": today()}
    with django_assert_num_queries(2):
        first, second = home_of.answer(**asked), home_of.answer(**asked)
        assert first == second
        assert hash(first) == hash(second)
        assert list(first) == second.written.rows(second.found)

    WardInLocality.objects.filter(ward=wards[0]).update(start_date=today())

    assert home_of.answer(**asked) != first
    assert not home_of.answer(ward="none", day=today())


def test_an_update_changes_the_rows_that_it_names_and_is_written_once(
    wards, django_assert_num_queries
):
    times = []

    @KeptUpdate
    def name_source(ward):
        times.append(ward)
        name = Ward.objects.filter(pk=OuterRef("ward")).values("name")
        rows = WardInLocality.objects.filter(ward=ward, confidence__in=["inferred", "supported"])
        return rows, {"source": Subquery(name), "end_date": today()}

    with django_assert_num_queries(1):
        assert name_source(ward=wards[0].pk) == 1

    homes = {home.ward: home for home in WardInLocality.objects.all()}
    assert (homes[wards[0]].source, homes[wards[0]].end_date) == ("Bow", today())
    assert (homes[wards[1]].source, homes[wards[1]].end_date) == ("", None)
    assert name_source(ward=wards[1].pk) == 1
    assert name_source(ward="none") == 0
    assert len(times) == 1


def test_a_union_is_written_once_for_each_number_of_keys(wards):
    times = []

    @KeptUnion
    def wards_and_others(wards, day):
        times.append(len(wards))
        asked = (homes_on(day).filter(ward=each) for each in wards)
        return [homes.values_list("ward__name", "locality")[:1] for homes in asked]

    bow, wapping = (each.pk for each in wards)

    for keys, expected in (
        ((bow,), ["Bow"]),
        ((wapping,), ["Wapping"]),
        ((bow, wapping), ["Bow", "Wapping"]),
        ((wapping, bow), ["Wapping", "Bow"]),
    ):
        [found] = asked_together([wards_and_others.of(wards=keys, day=today())])
        assert [name for name, _ in found] == expected
    assert times == [1, 2]


def test_lists_that_are_asked_together_are_told_apart(wards, django_assert_num_queries):
    names = Ward.objects.order_by("name").values_list("name")
    first, nothing, last = names[:1], names.none(), names.reverse()[:1]

    with django_assert_num_queries(1):
        found = asked_together([union_of([first]), union_of([nothing])], [], [union_of([last])])

    assert found == [[("Bow",)], [], [("Wapping",)]]


def test_unions_are_prepared_with_their_constants_in_them(wards):
    @KeptUnion
    def home_of(ward, day):
        homes = homes_on(day).filter(ward=ward).exclude(ward__name="100%")
        return [homes.values_list(Value("50% of %s"), Value(7), "ward__name")[:1]]

    for number in range(20):
        ward = wards[number % 2]
        [found] = asked_together([home_of.of(ward=ward.pk, day=today())])
        assert found == [("50% of %s", 7, ward.name)]

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            assert any("'50% of %s'" in statement for (statement,) in cursor.fetchall())


def test_of_nothing_nothing_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert asked_together([], [union_of([Ward.objects.none()])]) == [[], []]
