"""Loading the structure: what is there afterwards, a second time, and beside people's edits."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from governance import readers
from governance.loading import REASON, load_structure, read_facts
from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Evidence,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
    User,
)
from localities.models import Locality
from tests.factories import make_escalation, make_officer
from tests.governance.test_structure_data import (
    OUTSIDE_BODIES,
    PARTNERSHIP_BODIES,
    STATED_LINES,
)

pytestmark = pytest.mark.django_db

FACT_MODELS = [Organisation, Partner, Body, BodyName, ReportingLine, Seat]
MODELS = [BodyKind, *FACT_MODELS]


@pytest.fixture(autouse=True)
def localities():
    for code in ("ne", "nw", "se", "sw"):
        Locality.objects.create(code=code, name=code.upper())


@pytest.fixture
def administrator():
    return User.objects.create_user("administrator")


def run(*arguments):
    out = StringIO()
    call_command("load_structure", *arguments, stdout=out)
    return out.getvalue()


def edit(row, by, **changes):
    """Change a row as the admin does, with who and why in its history."""
    for name, value in changes.items():
        setattr(row, name, value)
    row._history_user = by
    row._change_reason = "Corrected"
    row.save()


def remove(row, by):
    row._history_user = by
    row.delete()


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def history_rows():
    return sum(model.history.count() for model in MODELS)


def version():
    return StructureRecord.objects.get().version


# --- What is there afterwards ---------------------------------------------------------------------


def test_the_structure_is_loaded_with_its_bodies_partners_and_lines():
    run()

    bodies = Body.objects.on(date(2026, 11, 22))
    outside = bodies.filter(kind__outside_partnership=True)
    assert set(bodies.values_list("slug", flat=True)) == PARTNERSHIP_BODIES | OUTSIDE_BODIES
    assert set(outside.values_list("slug", flat=True)) == OUTSIDE_BODIES
    assert Body.objects.get(slug="centre-of-excellence").stage == "In development"
    assert not Body.objects.exclude(mailbox="").exists()
    assert ReportingLine.objects.count() == 40
    assert StructureRecord.objects.get().first_day == date(2021, 1, 1)


@pytest.mark.parametrize(
    ("day", "commissioner"),
    [
        (date(2021, 3, 31), "nhs-tower-hamlets-ccg"),
        (date(2021, 4, 1), "nhs-north-east-london-ccg"),
        (date(2022, 6, 30), "nhs-north-east-london-ccg"),
        (date(2022, 7, 1), "nhs-north-east-london"),
        (date(2026, 11, 22), "nhs-north-east-london"),
    ],
)
def test_there_are_seven_partners_on_every_day_with_the_commissioner_of_that_day(day, commissioner):
    run()

    partners = set(Partner.objects.on(day).values_list("organisation__slug", flat=True))

    assert len(partners) == 7
    assert {slug for slug in partners if slug.startswith("nhs-")} == {commissioner}


def test_a_former_name_ends_the_day_before_the_next_begins():
    run()

    former = BodyName.objects.get(name="Born Well Growing Well")
    current = BodyName.objects.get(name="Children and Families Executive")
    assert former.body == current.body
    assert (former.evidence, former.end_date) == ("stated", date(2020, 12, 31))
    assert (current.start_date, current.end_date) == (date(2021, 1, 1), None)


def test_the_closed_ccg_keeps_the_seat_the_text_gives_it():
    run()

    seats = Seat.objects.filter(body__slug="urgent-care-working-group", evidence="stated")
    ccg = seats.get(on_behalf_of__slug="nhs-tower-hamlets-ccg")
    assert ccg.end_date is None
    assert ccg.on_behalf_of.end_date == date(2021, 3, 31)
    assert seats.count() == 6


@pytest.mark.parametrize(
    ("day", "titles"),
    [
        (date(2023, 3, 20), ["Independent chair"]),
        (date(2023, 3, 21), []),
        (date(2026, 2, 9), []),
        (date(2026, 2, 10), ["Hospital chief executive, Royal London Hospital"]),
    ],
)
def test_the_executive_board_has_the_chair_the_sources_saw_and_no_other(day, titles):
    run()

    chairs = Seat.objects.on(day).filter(body__slug="executive-board", role=Seat.Role.CHAIR)

    assert list(chairs.values_list("title", flat=True)) == titles


def test_the_seven_partners_have_a_seat_each_on_the_executive_board():
    run()

    seats = Seat.objects.on(date(2026, 11, 22)).filter(
        body__slug="executive-board", role=Seat.Role.MEMBER
    )
    partners = Partner.objects.on(date(2026, 11, 22))
    assert sorted(seats.values_list("on_behalf_of", flat=True)) == sorted(
        partners.values_list("organisation", flat=True)
    )


def test_every_row_that_is_loaded_passes_the_checks_of_its_model():
    run()

    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()


def test_every_row_has_one_history_row_that_says_it_was_loaded():
    run()

    for model in MODELS:
        assert model.history.count() == model.objects.count()
        assert set(model.history.values_list("history_change_reason", flat=True)) == {REASON}


def test_no_two_periods_of_one_fact_share_a_day():
    run()

    for body in Body.objects.all():
        for name in body.names.all():
            for day in filter(None, (name.start_date, name.end_date)):
                assert body.names.on(day).count() == 1


def test_no_line_or_seat_is_in_force_before_the_body_it_belongs_to():
    run()

    for line in ReportingLine.objects.select_related("from_body", "to_body"):
        for body in (line.from_body, line.to_body):
            assert body.start_date is None or line.start_date >= body.start_date
    for seat in Seat.objects.exclude(on_behalf_of__start_date=None).select_related("on_behalf_of"):
        assert seat.start_date >= seat.on_behalf_of.start_date


# --- The founding text alone ----------------------------------------------------------------------


def test_the_founding_text_alone_brings_only_what_it_states():
    said = run("--evidence", "stated")

    for model in FACT_MODELS:
        assert set(model.objects.values_list("evidence", flat=True)) <= {Evidence.STATED}
    lines = ReportingLine.objects.values_list("from_body__slug", "kind", "to_body__slug")
    assert set(lines) == STATED_LINES
    assert Body.objects.count() == 17
    assert BodyName.objects.filter(name="Born Well Growing Well").exists()
    assert not BodyName.objects.filter(name="THT Board").exists()
    assert Seat.objects.count() == 6
    assert "Not in the founding text, and not loaded: 89 facts." in said


def test_the_rest_can_be_loaded_after_the_founding_text():
    run()
    at_once = [
        sorted(map(str, model.objects.values_list("evidence", "quotation")))
        for model in FACT_MODELS
    ]
    for model in reversed(MODELS):
        if model is Organisation:
            model.objects.update(successor=None)
        model.objects.all().delete()
        model.history.all().delete()

    run("--evidence", "stated")
    run()

    in_two_steps = [
        sorted(map(str, model.objects.values_list("evidence", "quotation")))
        for model in FACT_MODELS
    ]
    assert in_two_steps == at_once
    ccg = Organisation.objects.get(slug="nhs-tower-hamlets-ccg")
    assert ccg.successor.slug == "nhs-north-east-london-ccg"


def test_loading_the_founding_text_after_everything_takes_nothing_away():
    run()
    before = everything()

    run("--evidence", "stated")

    assert everything() == before


# --- A second time --------------------------------------------------------------------------------


def test_a_second_run_changes_nothing_and_says_so():
    run()
    before, rows, first_version = everything(), history_rows(), version()

    said = run()

    assert "Nothing changed" in said
    assert (everything(), history_rows(), version()) == (before, rows, first_version)


def test_a_second_run_asks_the_database_a_fixed_number_of_questions(django_assert_max_num_queries):
    run()

    with django_assert_max_num_queries(32):
        run()


def test_a_run_that_changes_something_gives_the_structure_a_new_version():
    run()
    first_version = version()
    ReportingLine.objects.filter(kind=ReportingLine.Kind.SUPPORTS).delete()

    run()

    assert version() != first_version
    assert ReportingLine.objects.count() == 40


def test_a_rehearsal_saves_nothing():
    said = run("--dry-run")

    assert "This was a rehearsal: nothing was saved." in said
    assert not Body.objects.exists()
    assert not StructureRecord.objects.exists()
    assert not history_rows()


def test_a_corrected_fact_reaches_a_row_that_nobody_has_touched():
    run()
    facts = read_facts()
    facts["bodies"]["body"][-1]["stage"] = "Paused"

    report = load_structure(facts=facts)

    assert [tally.changed for tally in report.tallies] == [0, 0, 0, 1, 0, 0, 0, 0]
    assert Body.objects.get(slug="sw-health-and-wellbeing-committee").stage == "Paused"


def test_what_lies_before_a_kind_that_is_outside_now_lies_before_who_took_it_there():
    run()
    group, board = (
        Body.objects.get(slug=slug) for slug in ("operational-management-group", "executive-board")
    )
    make_officer(board)
    matter = make_escalation(group, board, by=make_officer(group))
    facts = read_facts()
    kind = next(entry for entry in facts["kinds"]["kind"] if entry["slug"] == "executive-board")
    kind["outside_partnership"] = True
    assert not matter.readers.get(body=group).holds

    load_structure(facts=facts)

    assert matter.readers.get(body=group).holds
    assert readers.recount(mend=False) == 0


def test_without_the_localities_it_says_what_to_do_first():
    Locality.objects.get(code="sw").delete()

    with pytest.raises(CommandError, match="The localities are not loaded. Run load_localities"):
        run()

    assert not Body.objects.exists()


# --- Beside people's edits ------------------------------------------------------------------------


def test_an_administrators_edit_is_kept_and_reported(administrator):
    run()
    edit(Body.objects.get(slug="living-well"), administrator, remit="What we settled in May.")
    line = ReportingLine.objects.get(
        from_body__slug="urgent-care-working-group", kind=ReportingLine.Kind.ESCALATES_TO
    )
    edit(line, administrator, end_date=timezone.localdate())
    before = everything()

    said = run()

    assert everything() == before
    assert "Edited since it was loaded, and left as it is:\n- Living Well" in said
    assert "- Urgent Care Working Group escalates to THT Executive Board" in said


def test_an_edit_is_kept_even_when_the_fact_is_corrected_later(administrator):
    run()
    edit(Body.objects.get(slug="living-well"), administrator, stage="Under review")
    facts = read_facts()
    body = next(entry for entry in facts["bodies"]["body"] if entry["slug"] == "living-well")
    body["stage"] = "Paused"

    load_structure(facts=facts)

    assert Body.objects.get(slug="living-well").stage == "Under review"


def test_a_row_edited_in_what_it_is_known_by_is_not_loaded_a_second_time(administrator):
    run()
    chair = Seat.objects.get(body__slug="living-well", role=Seat.Role.CHAIR)
    edit(chair, administrator, title="Convenor")

    run()

    chairs = Seat.objects.filter(body__slug="living-well", role=Seat.Role.CHAIR)
    assert [seat.title for seat in chairs] == ["Convenor"]


def test_what_an_administrator_removed_stays_removed_and_is_reported(administrator):
    run()
    remove(Seat.objects.get(body__slug="living-well", role=Seat.Role.SECRETARY), administrator)

    said = run()

    assert not Seat.objects.filter(body__slug="living-well", role="secretary").exists()
    assert "not loaded again:\n- Living Well: Secretary" in said


def test_a_body_that_was_removed_stays_removed_with_all_that_belonged_to_it(administrator):
    run()
    body = Body.objects.get(slug="sw-health-and-wellbeing-committee")
    for row in [*body.lines_up.all(), *body.seats.all(), *body.names.all(), body]:
        remove(row, administrator)
    before = everything()

    said = run()

    assert everything() == before
    assert "not loaded again:\n- sw-health-and-wellbeing-committee" in said


def test_what_the_facts_do_not_speak_of_is_left_to_people(administrator):
    run()
    edit(Body.objects.get(slug="living-well"), administrator, mailbox="living-well@example.org")

    said = run()

    assert "Edited since" not in said
    assert Body.objects.get(slug="living-well").mailbox == "living-well@example.org"


def test_a_body_that_was_there_before_is_used_and_not_doubled():
    kind = BodyKind.objects.create(slug="executive-board", name="Top board", plural="Top boards")
    Body.objects.create(slug="executive-board", kind=kind, purpose="Ours")

    run()

    assert Body.objects.get(slug="executive-board").purpose == "Ours"
    assert Body.objects.get(slug="executive-board").lines_up.count() == 5
    assert BodyKind.objects.get(slug="executive-board").name == "Top board"


def test_the_first_day_of_the_record_is_left_as_an_administrator_set_it():
    run()
    StructureRecord.objects.update(first_day=date(2022, 1, 1))

    said = run()

    assert "The first day of the record was set by someone" in said
    assert StructureRecord.objects.get().first_day == date(2022, 1, 1)


def test_an_empty_record_takes_its_first_day_from_the_facts():
    StructureRecord.objects.create(first_day=timezone.localdate())

    run()

    assert StructureRecord.objects.get().first_day == date(2021, 1, 1)
