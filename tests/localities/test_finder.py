"""The finder's four answers, asked of the real data."""

import csv
import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from localities.actions.atlas import atlas_edited
from localities.actions.loading import DATA
from localities.explanation import sentences
from localities.finder import Ambiguous, Found, NotUnderstood, Outside, find, places_mentioned
from localities.models import Postcode, PostcodeDistrict, Ward, WardInLocality

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("borough")]


def rows(file):
    with open(DATA / file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


LOCALITY_OF_WARD = {row["gss"]: row["locality"] for row in rows("wards.csv")}
POSTCODES = rows("postcodes.csv")
AT_HOME = [row for row in POSTCODES if not row["delivery_office"]]


def locality_of(text, day=None):
    """The code of the locality found, or the answer that it is not."""
    answer = find(text, day)
    return answer.locality.code if isinstance(answer, Found) else answer.answer


def localities_of(text):
    answer = find(text)
    assert isinstance(answer, Ambiguous), answer
    return [choice.locality.code for choice in answer.choices]


# --- Postcodes ------------------------------------------------------------------------------------


def test_a_postcode_of_the_borough_is_found_with_its_ward_and_locality():
    answer = find("E3 4AB")

    assert answer.ward.name == "Bromley North"
    assert answer.locality.name == "North East"
    assert answer.facts == {
        "answer": "found",
        "kind": "postcode",
        "code": "E34AB",
        "ward": "E05009321",
        "wards": ["Bromley North"],
        "locality": "ne",
        "locality_name": "North East",
        "confidence": "inferred",
        "table": "OS Code-Point Open 2025.4.0",
        "table_date": "2025-10-20",
    }
    assert sentences(answer) == [
        "E3 4AB is in Bromley North ward, which is in the North East locality (we worked this "
        "out).",
        "This is from OS Code-Point Open 2025.4.0, published on 20 October 2025.",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "e34ab",
        " E3  4AB ",
        "E3-4AB",
        "e3.4ab.",
        "E 3 4 A B",
        "E3\u00a04AB",
        "E3\u200b4AB",
        "Ｅ３　４ＡＢ",
        "E৩ ৪AB",
        "12 Roman Road, London E3 4AB",
        "Flat 4, Bow Quarter, E34AB, UK",
    ],
)
def test_a_postcode_is_read_in_whatever_way_it_is_written(typed):
    answer = find(typed)

    assert answer.facts["code"] == "E34AB"
    assert answer.locality.code == "ne"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("E1 OAA", "E10AA"),
        ("EI 0AA", "E10AA"),
        ("EL OAA", "E10AA"),
        ("el oaa", "E10AA"),
        ("EI4 OAA", "E140AA"),
        ("EIW IAA", None),
        ("E1W IBN", None),
    ],
)
def test_o_for_0_and_i_or_l_for_1_are_forgiven(typed, meant):
    answer = find(typed)

    if meant:
        assert answer.facts["code"] == meant
        assert isinstance(answer, Found)
    else:  # well-formed once put right, though not in the table
        assert answer.facts["code"] in {"E1W1AA", "E1W1BN"}


def test_every_postcode_is_in_the_locality_of_its_row():
    homes = {home.ward_id: home.locality_id for home in WardInLocality.objects.all()}

    assert homes == LOCALITY_OF_WARD
    table = dict(Postcode.objects.values_list("code", "ward_gss"))
    assert table == {row["postcode"].replace(" ", ""): row["ward_gss"] for row in POSTCODES}
    assert len(table) == 5888


@given(st.sampled_from(AT_HOME))
def test_a_postcode_of_the_table_is_found_in_its_ward(row):
    answer = find(row["postcode"])

    assert isinstance(answer, Found)
    assert answer.ward.gss == row["ward_gss"]
    assert answer.locality.code == LOCALITY_OF_WARD[row["ward_gss"]]


@given(st.sampled_from(POSTCODES), st.data())
def test_case_and_spacing_change_nothing(row, data):
    code = row["postcode"].replace(" ", "")
    cases = data.draw(st.lists(st.booleans(), min_size=7, max_size=7))
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "-", ".", "\t"]), min_size=7, max_size=7))
    typed = "".join(
        (letter.lower() if lower else letter) + gap
        for letter, lower, gap in zip(code, cases, gaps, strict=False)
    )

    assert find(typed) == find(row["postcode"])


@given(st.sampled_from(POSTCODES), st.data())
def test_slips_of_o_and_i_change_nothing(row, data):
    slip = {"0": "O", "1": data.draw(st.sampled_from("IL"))}
    typed = "".join(
        slip.get(letter, letter) if data.draw(st.booleans()) else letter
        for letter in row["postcode"]
    )

    assert find(typed) == find(row["postcode"])


def test_a_well_formed_postcode_that_we_do_not_have_is_outside():
    answer = find("sw1a 1aa")

    assert isinstance(answer, Outside)
    assert sentences(answer) == [
        "SW1A 1AA is outside Tower Hamlets, or newer than our table of October 2025."
    ]


def test_a_postcode_in_a_ward_that_is_not_ours_is_outside():
    Postcode.objects.create(code="N11AA", ward_gss="E05013701", easting=1, northing=1)

    answer = find("N1 1AA")

    assert isinstance(answer, Outside)
    assert sentences(answer)[0] == "N1 1AA is outside Tower Hamlets."


def test_a_postcode_of_a_sorting_office_is_confirmed_with_its_own_locality_first():
    answer = find("E98 1AX")

    assert [choice.locality.code for choice in answer.choices] == ["sw", "ne", "nw", "se"]
    assert sentences(answer) == [
        "E98 1AX belongs to post boxes at a sorting office in the South West, so it does not say "
        "where you are.",
        "Please confirm the locality.",
    ]


def test_two_postcodes_in_different_localities_are_a_choice():
    assert localities_of("E3 4AB or E1 0AA") == ["ne", "sw"]


def test_two_postcodes_in_one_locality_are_found():
    assert locality_of("E3 4AB, E3 5LU") == "ne"


def test_before_a_ward_belonged_to_a_locality_none_is_named():
    answer = find("E3 4AB", date(2014, 5, 21))

    assert isinstance(answer, Outside)
    assert sentences(answer) == [
        "E3 4AB is in Tower Hamlets, but no locality is recorded for it on that day."
    ]
    assert locality_of("E3 4AB", date(2014, 5, 22)) == "ne"


def test_a_ward_that_moves_is_in_its_old_locality_until_the_day_before():
    home = WardInLocality.objects.get(ward="E05009321")
    home.end_date = date(2027, 3, 31)
    home.save()
    WardInLocality.objects.create(
        ward_id="E05009321", locality_id="se", confidence="supported", start_date=date(2027, 4, 1)
    )
    atlas_edited()

    assert locality_of("E3 4AB", date(2027, 3, 31)) == "ne"
    assert locality_of("E3 4AB", date(2027, 4, 1)) == "se"


# --- First halves ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "locality"),
    [("E2", "nw"), ("e3", "ne"), ("E1W", "sw"), ("E3 4", "ne"), ("E1W 2", "sw"), ("E2 0A", "nw")],
)
def test_e2_e3_and_e1w_settle_the_locality(typed, locality):
    assert locality_of(typed) == locality


def test_these_three_are_the_only_ones():
    assert set(
        PostcodeDistrict.objects.filter(settles__isnull=False).values_list("pk", flat=True)
    ) == {
        "E2",
        "E3",
        "E1W",
    }


@pytest.mark.parametrize(
    ("typed", "localities"),
    [
        ("E1", ["sw", "nw", "ne"]),
        ("e1 4", ["sw", "nw", "ne"]),
        ("EI", ["sw", "nw", "ne"]),
        ("E14", ["se", "ne", "sw"]),
        ("E 14", ["se", "ne", "sw"]),
        ("E14 9", ["se", "ne", "sw"]),
        ("E8", ["ne", "nw", "se", "sw"]),
        ("E9", ["ne"]),
        ("E15", ["ne"]),
        ("E20", ["ne"]),
        ("E22", ["se"]),
        ("E98", ["sw"]),
        ("EC2M", ["nw"]),
        ("EC3N", ["sw"]),
        ("EC1V", ["sw", "nw"]),
        ("EC4", ["sw", "nw"]),
    ],
)
def test_other_first_halves_on_our_side_or_on_the_border_leave_it_open(typed, localities):
    assert localities_of(typed) == localities


def test_a_first_half_says_how_its_postcodes_are_shared():
    assert sentences(find("E1")) == [
        "Postcodes that begin with E1 are in more than one locality: 924 in the South West, "
        "528 in the North West and 1 in the North East.",
        "Part of E1 lies outside Tower Hamlets.",
        "This is from OS Code-Point Open 2025.4.0, published on 20 October 2025.",
    ]


def test_a_district_of_the_city_is_not_given_the_count_of_all_of_them():
    assert sentences(find("EC1V"))[0] == (
        "EC1V lies mostly outside Tower Hamlets, so it does not say which locality."
    )


@pytest.mark.parametrize("typed", ["E5", "E16", "SE16", "N1", "SW1A", "B33 8"])
def test_first_halves_elsewhere_are_outside(typed):
    assert isinstance(find(typed), Outside)


# --- Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", rows("places.csv"), ids=lambda row: f"{row['name']}-{row['kind']}")
def test_the_localities_of_a_place_follow_from_its_wards_as_the_list_says(row):
    written = [name for name in rows("places.csv") if name["name"] == row["name"]]
    expected = list(dict.fromkeys(";".join(each["localities"] for each in written).split(";")))

    answer = find(row["name"])

    if len(expected) == 1:
        assert answer.locality.code == expected[0]
    else:
        assert sorted(choice.locality.code for choice in answer.choices) == sorted(expected)
    assert (row["ambiguous"] == "yes") == (";" in row["localities"])


@pytest.mark.parametrize(
    ("typed", "locality"),
    [
        ("Isle of Dogs", "se"),
        ("the isle of dogs", "se"),
        ("ISLE-OF-DOGS, London", "se"),
        ("St Katharine Docks", "sw"),
        ("Saint Katharine’s Docks", "sw"),
        ("st. katherine's dock", "sw"),
        ("Brick Lane", "nw"),
        ("Banglatown", "nw"),
        ("Chrisp St Market", "se"),
        ("Bromley by Bow", "ne"),
        ("Bromley-by-Bow station", "ne"),
        ("Canary Wharf tube station", "se"),
        ("Mile End station", "ne"),
        ("Mile End hospital", "nw"),
        ("Queen Mary University", "nw"),
        ("mile end tube", "ne"),
        ("Shadwell DLR", "sw"),
        ("Arnold Circus", "nw"),
        ("Stepney, Tower Hamlets", "sw"),
        ("Bów", "ne"),
        ("near Fish Island", "ne"),
        ("by the Bow Church", "ne"),
    ],
)
def test_a_name_is_known_however_it_is_spelled(typed, locality):
    assert locality_of(typed) == locality


def test_the_name_shown_is_the_one_asked_for():
    assert find("brick lane").facts["name"] == "Brick Lane"
    assert find("mile end tube").facts["name"] == "Mile End station"


def test_an_ambiguous_name_offers_its_localities_with_their_wards_and_what_tells_them_apart():
    answer = find("Mile End")

    assert [
        (choice.locality.code, [ward.name for ward in choice.wards]) for choice in answer.choices
    ] == [
        ("ne", ["Mile End", "Bow West"]),
        ("nw", ["Bethnal Green East"]),
        ("sw", ["St Dunstan's"]),
    ]
    assert sentences(answer)[-1] == (
        "Mile End ward and station are in the North East; Mile End Hospital and Queen Mary are in "
        "Bethnal Green East ward, in the North West."
    )


def test_what_is_told_of_a_place_ends_as_its_language_ends_a_sentence():
    with override("bn"):
        said = sentences(find("Mile End"))

    assert [sentence[-1] for sentence in said] == ["।", "।"]


def test_an_area_and_a_point_of_one_name_are_taken_together():
    assert localities_of("Victoria Park") == ["ne", "nw"]


@pytest.mark.parametrize(
    ("typed", "ward"),
    [
        ("Mile End ward", "Mile End"),
        ("Limehouse Ward", "Limehouse"),
        ("Lansbury", "Lansbury"),
        ("Spitalfields and Banglatown", "Spitalfields & Banglatown"),
        ("St Peter's ward", "Bethnal Green West"),
        ("Bethnal Green ward", "Bethnal Green East"),
    ],
)
def test_wards_are_found_by_their_names_and_former_names(typed, ward):
    assert find(typed).ward.name == ward


def test_a_former_name_is_explained():
    assert sentences(find("St Peter's ward")) == [
        "St Peter's ward is now called Bethnal Green West.",
        "Bethnal Green West ward is in the North West locality (we worked this out).",
    ]


@pytest.mark.parametrize("typed", ["NE", "ne", "North East", "north-east locality", "Northeast"])
def test_localities_are_found_by_their_names(typed):
    assert locality_of(typed) == "ne"


def test_north_east_london_is_not_the_north_east_of_the_borough():
    assert locality_of("North East London") == "not-understood"


@pytest.mark.parametrize(
    ("typed", "name"), [("Spitafields", "Spitalfields"), ("Limehosue", "Limehouse")]
)
def test_one_wrong_letter_in_a_long_name_is_forgiven_and_said(typed, name):
    assert sentences(find(typed))[0] == f"We read what you typed as {name}."


@pytest.mark.parametrize("typed", ["Bew", "Sheldwell"])
def test_a_slip_is_not_forgiven_where_it_may_mean_two_things_or_the_name_is_short(typed):
    assert isinstance(find(typed), NotUnderstood)


def test_a_street_named_after_a_place_is_not_the_place():
    answer = find("7 Poplar Avenue")

    assert isinstance(answer, NotUnderstood)
    assert "Poplar" in answer.suggestions


@pytest.mark.parametrize(
    ("typed", "locality"),
    [
        ("Bow, E3", "ne"),
        ("Poplar, London E14", "se"),
        ("Old Ford Road E3", "ne"),
        ("Mile End, E3", "ne"),
        ("Royal London Hospital, Stepney", "sw"),
        ("Whitechapel, E1", "ambiguous"),
        ("Bow and Poplar", "ambiguous"),
        ("Poplar, E3", "ambiguous"),
        ("Limehouse or Mile End", "ambiguous"),
    ],
)
def test_what_settles_counts_for_what_leaves_open_and_a_contradiction_is_asked(typed, locality):
    assert locality_of(typed) == locality


def test_a_name_that_is_almost_one_of_ours_is_offered_not_assumed():
    answer = find("Sheldwell")

    assert isinstance(answer, NotUnderstood)
    assert answer.suggestions == ("Shadwell",)


# --- Anything else --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        (None, "empty"),
        ("", "empty"),
        ("\u3000\n", "empty"),
        ("x" * 10_000, "too-long"),
        ("E3\x004AB", "unreadable"),
        ("qwerty", "unknown"),
        ("???", "unknown"),
        ("বো", "unknown"),
        ("\ud800", "unknown"),
    ],
)
def test_what_we_cannot_read_is_not_understood(typed, because):
    answer = find(typed)

    assert isinstance(answer, NotUnderstood)
    assert answer.facts["because"] == because
    assert sentences(answer)


WORDS = st.sampled_from(
    [
        "Bow",
        "Mile End",
        "E1",
        "E14 9",
        "E3 4AB",
        "ward",
        "station",
        "St",
        "the",
        ",",
        "NE",
        "0",
        "I",
    ]
)


@given(st.text() | st.lists(WORDS, max_size=6).map(" ".join))
def test_nothing_typed_is_an_error(typed):
    answer = find(typed)

    assert answer.answer in {"found", "ambiguous", "outside", "not-understood"}
    assert json.loads(json.dumps(answer.facts)) == answer.facts
    assert all(sentence.endswith(".") for sentence in sentences(answer.facts))


@given(st.text())
def test_no_message_is_an_error(text):
    assert isinstance(places_mentioned(text), tuple)


def test_places_in_a_message_are_offered_by_their_longest_names():
    message = (
        "I waited at the Royal London hospital in whitechapel, then took the bus along "
        "Bethnal Green Road, Poplar Avenue and back to Whitechapel."
    )

    assert places_mentioned(message) == (
        "Royal London Hospital",
        "Whitechapel",
        "Bethnal Green Road",
    )


def test_every_place_offered_is_understood_as_a_place():
    for row in rows("places.csv"):
        for name in places_mentioned(f"I live near {row['name']}."):
            assert find(name).answer in {"found", "ambiguous"}


@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ("E3 4AB", 1),
        ("EI4 OAA", 1),
        ("12 Roman Road, E3 5LU", 1),
        ("E98 1AX", 1),
        ("SW1A 1AA", 2),
        ("E3", 1),
        ("E1", 1),
        ("Isle of Dogs", 1),
        ("Mile End", 1),
        ("Limehosue", 1),
        ("qwertyuiop", 1),
        ("Bow, E3", 1),
        ("EL OAA", 2),
    ],
)
def test_an_answer_takes_a_fixed_number_of_queries(typed, queries, django_assert_num_queries):
    find(typed)

    with django_assert_num_queries(queries):
        find(typed)


def test_boundaries_are_not_read_for_an_answer():
    atlas_edited()

    with CaptureQueriesContext(connection) as asked:
        find("E3 4AB")

    assert len(asked) == 4
    assert not any("boundary" in query["sql"] for query in asked)


def test_the_names_of_wards_that_are_gone_are_not_found_any_more():
    Ward.objects.filter(name="Lansbury").update(end_date=date(2025, 12, 31))
    atlas_edited()

    assert locality_of("Lansbury ward", date(2025, 12, 31)) == "se"
    assert locality_of("Lansbury ward", date(2026, 1, 1)) == "not-understood"


def test_what_should_be_known_about_a_place_is_said():
    assert sentences(find("Shoreditch")) == [
        "Shoreditch is in Weavers ward, which is in the North West locality (we worked this out).",
        "Only the eastern part; most of Shoreditch is in Hackney.",
    ]


def test_gp_practices_are_where_their_networks_say_but_for_one():
    practices = rows("gp_practices_2022-01.csv")

    elsewhere = [
        row["practice_name"]
        for row in practices
        if locality_of(row["postcode"]) != row["pcn_locality"].lower()
    ]

    assert elsewhere == ["XX PLACE HEALTH CENTRE"]
