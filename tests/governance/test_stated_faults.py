"""The faults of the real facts: every true one with the reason why it is true, and no false one.

Judged on 22 November 2026, the day on which the sources were read.
"""

from collections import Counter
from datetime import date

import pytest

from governance.faults import RULES, beside_on, faults_on
from governance.loading import load_structure
from governance.models import Evidence
from governance.structure import structure_on
from localities.models import Locality

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)

BOARD = "executive-board"
OMG = "operational-management-group"
CENTRE = "centre-of-excellence"
URGENT_CARE = "urgent-care-working-group"
WORKSTREAMS = ["children-and-families-executive", "living-well", "promoting-independence"]
ENABLERS = [
    "people-and-od-committee",
    "estates-and-it",
    "jsna-and-system-intelligence",
    "communications-working-group",
]
COMMITTEES = [f"{code}-health-and-wellbeing-committee" for code in ("ne", "nw", "se", "sw")]
PARTNERSHIP = [BOARD, OMG, CENTRE, *WORKSTREAMS, *ENABLERS, URGENT_CARE, *COMMITTEES]

SIX_OR_SEVEN = ["children-and-families-executive", "promoting-independence", ENABLERS[0]]

# Rule → why its faults are true of the founding text by itself, and with which bodies.
STATED = {
    "orphan": (
        "The text names no body to which they answer, nor one that answers to them. (It says of "
        "the Centre of Excellence whom it supports, and of Urgent Care who is aligned with it.)",
        [*ENABLERS, *COMMITTEES],
    ),
    "no-way-up": (
        "It says only of the OMG that it escalates, to the Executive Board, which is the top.",
        [CENTRE, *WORKSTREAMS, *ENABLERS, URGENT_CARE, *COMMITTEES],
    ),
    "no-chair": ("It names no chair, nor says that there is one.", PARTNERSHIP),
    "vacant-seat": (
        "It gives Urgent Care the Emergency Department and four organisations that still exist, "
        "and names nobody who sits there for them.",
        [URGENT_CARE] * 5,
    ),
    "closed-organisation": (
        "The fifth organisation it gives Urgent Care is the CCG, which closed on 31 March 2021.",
        [URGENT_CARE],
    ),
    "no-receiver": ("It names no officer and no mailbox of any body.", PARTNERSHIP),
    "terms-missing": ("It mentions terms of reference of no body.", PARTNERSHIP),
    "contradiction": (
        "“All seven partner organisations” sit on the Executive Board; these three count six.",
        SIX_OR_SEVEN,
    ),
    "superseded": (
        "Both are said to work with the CCG, which closed on 31 March 2021.",
        ["living-well", URGENT_CARE],
    ),
    "undated-name": (
        "“Previously Born Well Growing Well” is all it says of the change of name.",
        ["children-and-families-executive"],
    ),
}

# The same with all the sources and what we assume: lines and chairs are there, holders are not.
ALL = {
    "vacant-seat": (
        "No source says who sits on a body of the partnership. The Executive Board has its chair, "
        "a secretary and seven organisations; Urgent Care those five, a chair and a secretary; all "
        "others a chair and a secretary.",
        [BOARD] * 9 + [URGENT_CARE] * 7 + [*PARTNERSHIP[1:-5], *COMMITTEES] * 2,
    ),
    "closed-organisation": STATED["closed-organisation"],
    "no-receiver": (
        "Their chairs and secretaries are vacant, and no mailbox is known.",
        PARTNERSHIP,
    ),
    "terms-missing": ("No terms of reference were found in public.", PARTNERSHIP),
    "contradiction": (
        "Seven organisations are partners; three texts still count six.",
        SIX_OR_SEVEN,
    ),
    "superseded": STATED["superseded"],
    "undated-name": STATED["undated-name"],
}


@pytest.fixture(autouse=True)
def localities():
    for code in ("ne", "nw", "se", "sw"):
        Locality.objects.create(code=code, name=code.upper())


def find(day=DAY):
    structure = structure_on(day)
    return faults_on(structure, beside_on(structure))


def counted(faults):
    return Counter((fault.rule.code, fault.body.slug) for fault in faults)


def expected(list_of_them):
    return Counter((rule, slug) for rule, (_, slugs) in list_of_them.items() for slug in slugs)


def test_the_founding_text_alone_has_its_true_faults_and_no_other():
    load_structure(only=Evidence.STATED)

    found = find()

    assert counted(found) == expected(STATED)
    assert len(found) == 78


def test_all_the_facts_have_their_true_faults_and_no_other():
    load_structure()

    found = find()

    assert counted(found) == expected(ALL)
    assert len(found) == 79


def test_the_contradictions_of_the_text_are_told_in_its_own_words():
    load_structure(only=Evidence.STATED)

    told = {fault.rule.code: fault for fault in find()}

    assert told["contradiction"].found == (
        "Its text counts 6 partners; that of THT Executive Board counts 7."
    )
    assert "6 partners working towards one workforce" in told["contradiction"].quotation
    assert told["superseded"].found == (
        "Its text speaks of the CCG as of one that exists, but NHS Tower Hamlets Clinical "
        "Commissioning Group ended on 31 March 2021."
    )
    assert "GP Care Group, CCG" in told["superseded"].quotation
    assert told["undated-name"].quotation == (
        "Children and Families Executive (Previously Born Well Growing Well)"
    )


def test_while_a_ccg_existed_nothing_was_wrong_with_naming_it():
    load_structure()

    for day in (date(2021, 3, 31), date(2022, 6, 30)):
        codes = {fault.rule.code for fault in find(day)}
        assert "superseded" not in codes
    # Its seat went on the day after it closed, although another CCG took its place.
    assert "closed-organisation" not in {fault.rule.code for fault in find(date(2021, 3, 31))}
    assert "closed-organisation" in {fault.rule.code for fault in find(date(2021, 4, 1))}


def test_between_two_chairs_the_executive_board_had_none():
    load_structure()

    def without_chair(day):
        return [f.body.slug for f in find(day) if f.rule.code == "no-chair"]

    assert without_chair(date(2023, 3, 20)) == []
    assert without_chair(date(2023, 3, 21)) == without_chair(date(2026, 2, 9)) == [BOARD]
    assert without_chair(date(2026, 2, 10)) == []


def test_the_lists_name_rules_that_there_are():
    assert {*STATED, *ALL} <= {rule.code for rule in RULES}
