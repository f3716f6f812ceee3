"""The facts in governance/data, against the founding text and against the design."""

import re
from itertools import product

import pytest

from governance.loading import DATA, read_facts
from governance.models import Evidence, Organisation, ReportingLine, Seat

FACTS = read_facts()
FOUNDING_TEXT = " ".join((DATA / "founding_text.txt").read_text(encoding="utf-8").split())

PARTNERSHIP_BODIES = {
    "executive-board",
    "operational-management-group",
    "centre-of-excellence",
    "children-and-families-executive",
    "living-well",
    "promoting-independence",
    "people-and-od-committee",
    "estates-and-it",
    "jsna-and-system-intelligence",
    "communications-working-group",
    "urgent-care-working-group",
    "ne-health-and-wellbeing-committee",
    "nw-health-and-wellbeing-committee",
    "se-health-and-wellbeing-committee",
    "sw-health-and-wellbeing-committee",
}
OUTSIDE_BODIES = {"health-and-wellbeing-board", "nhs-north-east-london"}

STATED_LINES = {
    ("operational-management-group", "reports_to", "executive-board"),
    ("operational-management-group", "escalates_to", "executive-board"),
    ("operational-management-group", "aligned_with", "urgent-care-working-group"),
    ("executive-board", "supports", "health-and-wellbeing-board"),
    ("executive-board", "supports", "nhs-north-east-london"),
    ("centre-of-excellence", "supports", "children-and-families-executive"),
    ("centre-of-excellence", "supports", "living-well"),
    ("centre-of-excellence", "supports", "promoting-independence"),
}
SOURCED_LINES = {("executive-board", "reports_to", "health-and-wellbeing-board")}

BELOW_THE_OMG = PARTNERSHIP_BODIES - {
    "executive-board",
    "operational-management-group",
    "urgent-care-working-group",
}
ASSUMED_LINES = {
    *((body, "reports_to", "executive-board") for body in BELOW_THE_OMG),
    *((body, "escalates_to", "operational-management-group") for body in BELOW_THE_OMG),
    ("urgent-care-working-group", "escalates_to", "executive-board"),
    ("executive-board", "escalates_to", "health-and-wellbeing-board"),
    ("executive-board", "escalates_to", "nhs-north-east-london"),
    ("jsna-and-system-intelligence", "aligned_with", "health-and-wellbeing-board"),
    ("living-well", "aligned_with", "nhs-north-east-london"),
    ("health-and-wellbeing-board", "aligned_with", "executive-board"),
    ("nhs-north-east-london", "aligned_with", "executive-board"),
}

# Capitalised words that the founding text does not have. The name of a person would be a new one.
OTHER_CAPITALISED_WORDS = set(
    """
    About Act An April Barts Bill Borough Both Cabinet Centres Chair Chaired Chief Clinical
    Commissioning Constitution Council December Director Enabler England Every February Feedback
    Foundation Healthwatch In Independent Integrated July June Lead Life Managing March Member
    Mental Minutes More Neither No Northeast November Of Officer Partnership Place Primary Reference
    Regional Runs Seen September Service Services Site Statutory Terms That Trust Voluntary Webcast
    Whether Who
    Workstreams Your
    """.split()
)


def all_facts():
    """Every fact that carries evidence, with a name for failures."""
    for organisation in FACTS["organisations"]["organisation"]:
        yield organisation["slug"], organisation
        for partner in organisation["partner"]:
            yield f"{organisation['slug']}, partner", partner
    for body in FACTS["bodies"]["body"]:
        yield body["slug"], body
        for name in body["name"]:
            yield f"{body['slug']}, {name['name']}", name
    for line in FACTS["lines"]["line"]:
        yield f"{line['from']} {line['kind']} {line['to']}", line
    for seat in FACTS["seats"]["seat"]:
        yield f"{seat['bodies']} {seat['role']}", seat


def facts_of(evidence):
    return [
        pytest.param(fact, id=name) for name, fact in all_facts() if fact["evidence"] == evidence
    ]


def lines_of(evidence):
    return [
        (from_slug, line["kind"], to_slug)
        for line in FACTS["lines"]["line"]
        if line["evidence"] == evidence
        for from_slug, to_slug in product(line["from"], line["to"])
    ]


def strings_in(value):
    """All texts of the facts but their translations, which say the same in other words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name != "translations":
                yield from strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)


@pytest.mark.parametrize("fact", facts_of(Evidence.STATED))
def test_a_stated_fact_quotes_the_founding_text_word_for_word(fact):
    assert fact["quotation"] and " ".join(fact["quotation"].split()) in FOUNDING_TEXT
    assert "source" not in fact


@pytest.mark.parametrize("fact", facts_of(Evidence.SOURCED))
def test_a_sourced_fact_names_another_source_and_quotes_it_or_says_why(fact):
    assert fact["source"] in FACTS["sources"].keys() - {"founding-text"}
    assert fact.get("quotation") or fact.get("reasoning")


@pytest.mark.parametrize("fact", facts_of(Evidence.ASSUMED))
def test_an_assumed_fact_gives_its_reasoning(fact):
    assert fact["reasoning"]
    if "quotation" in fact:
        assert fact["source"] in FACTS["sources"]


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(fact, id=name)
        for name, fact in all_facts()
        if fact.get("source") == "founding-text"
    ],
)
def test_an_assumption_that_quotes_the_founding_text_quotes_it_word_for_word(fact):
    assert " ".join(fact["quotation"].split()) in FOUNDING_TEXT


def test_every_fact_is_stated_sourced_or_assumed():
    assert {fact["evidence"] for _, fact in all_facts()} == set(Evidence)


@pytest.mark.parametrize("body", FACTS["bodies"]["body"], ids=lambda body: body["slug"])
def test_a_body_speaks_in_the_founding_texts_own_words(body):
    words = [body.get(part, "") for part in ("purpose", "remit", "cohort")]
    paragraphs = [paragraph for part in words for paragraph in part.split("\n\n") if paragraph]

    assert paragraphs
    for paragraph in paragraphs:
        assert " ".join(paragraph.split()) in FOUNDING_TEXT


def test_all_that_the_founding_text_says_of_the_bodies_stands_with_them():
    left_over = FOUNDING_TEXT.partition("Are you a Tower Hamlets resident?")[0]
    parts = [
        body[part]
        for body in FACTS["bodies"]["body"]
        for part in ("purpose", "remit", "cohort")
        if part in body
    ]

    for paragraph in sorted({each for part in parts for each in part.split("\n\n")}, key=len)[::-1]:
        left_over = left_over.replace(paragraph, "|")

    headings = {each.strip(" |()") for each in left_over.split("|")} - {""}
    assert headings == {
        "Organisational Structure Tower Hamlets Together Executive Board",
        "Centre of Excellence User & Stakeholder Engagement",
        "Operational Management Group",
        "Children and Families Executive (Previously Born Well Growing Well",
        "People and OD Committee",
        "Living Well",
        "Promoting Independence",
        "Estates & IT Infrastructure",
        "JSNA & System Intelligence",
        "Urgent Care Working Group",
        "Communications Working Group",
        "NE Health & Wellbeing Committee NW Health & Wellbeing Committee "
        "SE Health & Wellbeing Committee SW Health & Wellbeing Committee",
    }


def test_the_bodies_are_the_fifteen_of_the_partnership_and_two_outside_it():
    outside = {kind["slug"] for kind in FACTS["kinds"]["kind"] if kind.get("outside_partnership")}
    bodies = FACTS["bodies"]["body"]

    assert {body["slug"] for body in bodies if body["kind"] in outside} == OUTSIDE_BODIES
    assert {body["slug"] for body in bodies if body["kind"] not in outside} == PARTNERSHIP_BODIES
    assert len(bodies) == 17


def test_every_kind_has_a_body_and_every_body_a_kind():
    kinds = {kind["slug"] for kind in FACTS["kinds"]["kind"]}

    assert {body["kind"] for body in FACTS["bodies"]["body"]} == kinds


def test_the_four_localities_have_one_committee_each():
    committees = {
        body["locality"]: body["slug"] for body in FACTS["bodies"]["body"] if "locality" in body
    }

    assert committees == {
        code: f"{code}-health-and-wellbeing-committee" for code in ("ne", "nw", "se", "sw")
    }


def test_the_stated_lines_are_those_of_the_founding_text():
    assert sorted(lines_of(Evidence.STATED)) == sorted(STATED_LINES)


def test_the_other_lines_are_sourced_or_assumed():
    assert sorted(lines_of(Evidence.SOURCED)) == sorted(SOURCED_LINES)
    assert sorted(lines_of(Evidence.ASSUMED)) == sorted(ASSUMED_LINES)


def test_no_line_is_recorded_twice_and_both_its_ends_are_bodies():
    lines = [line for evidence in Evidence for line in lines_of(evidence)]
    ends = {end for from_slug, _, to_slug in lines for end in (from_slug, to_slug)}

    assert len(lines) == len(set(lines)) == 40
    assert ends <= PARTNERSHIP_BODIES | OUTSIDE_BODIES
    assert {kind for _, kind, _ in lines} == set(ReportingLine.Kind)


def test_each_line_that_is_left_out_says_why():
    assert all(entry["line"] and entry["why"] for entry in FACTS["lines"]["left_out"])


def test_every_seat_is_on_a_body_and_for_a_known_organisation():
    organisations = {entry["slug"] for entry in FACTS["organisations"]["organisation"]}

    for seat in FACTS["seats"]["seat"]:
        assert set(seat["bodies"]) <= PARTNERSHIP_BODIES | OUTSIDE_BODIES
        assert seat.get("on_behalf_of", "barts-health") in organisations
        assert seat["role"] in Seat.Role


def test_every_partnership_body_has_a_chair_and_a_secretary_to_appoint():
    for role in ("chair", "secretary"):
        with_one = {
            slug
            for seat in FACTS["seats"]["seat"]
            if seat["role"] == role and "end_date" not in seat
            for slug in seat["bodies"]
        }
        assert with_one >= PARTNERSHIP_BODIES


def test_nhs_north_east_london_has_its_predecessors():
    organisations = {entry["slug"]: entry for entry in FACTS["organisations"]["organisation"]}
    borough = organisations["nhs-tower-hamlets-ccg"]
    region = organisations["nhs-north-east-london-ccg"]
    board = organisations["nhs-north-east-london"]

    assert [borough["successor"], region["successor"]] == [region["slug"], board["slug"]]
    assert [entry["ods_code"] for entry in (borough, region, board)] == ["08V", "A3A8R", "QMF"]
    assert (region["start_date"] - borough["end_date"]).days == 1
    assert (board["start_date"] - region["end_date"]).days == 1
    assert {entry["kind"] for entry in organisations.values()} == set(Organisation.Kind)


def test_no_person_is_named_in_the_facts():
    founding_words = set(re.findall(r"\w+", FOUNDING_TEXT))
    strings = [each for each in strings_in(FACTS) if not each.startswith("https://")]
    words = {word for each in strings for word in re.findall(r"\b[A-Z][a-z]\w*", each)}

    assert words - founding_words - OTHER_CAPITALISED_WORDS == set()


def test_no_address_of_a_source_leads_to_what_a_named_person_wrote():
    addresses = [source["url"] for source in FACTS["sources"].values() if "url" in source]

    assert not [address for address in addresses if re.search("briefing|bulletin", address)]
