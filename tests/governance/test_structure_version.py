"""Every way to write the structure gives it a new version, so that no process shows the old one.

A deed, an action module or a page of the admin that nobody has thought of here makes a test fail.
"""

import importlib
import inspect
import pkgutil
from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from governance import actions
from governance.actions.structure import structure_edited
from governance.loading import load_structure
from governance.models import (
    Body,
    BodyKind,
    BodyName,
    Cadence,
    Decision,
    Document,
    Measure,
    Meeting,
    MeetingPaper,
    Membership,
    Milestone,
    Organisation,
    Partner,
    Priority,
    Project,
    ProjectReport,
    Reading,
    ReportingLine,
    Seat,
    Strategy,
    StructureRecord,
    TermsOfReference,
)
from governance.structure import structure_on
from localities.admin_base import LookedAt
from localities.models import Locality
from tests.admin_pages import form_of
from tests.factories import (
    REASON,
    make_body,
    make_governance_administrator,
    make_kind,
    make_line,
    make_measure,
    make_milestone,
    make_organisation,
    make_person,
    make_project,
    make_reading,
    make_seat,
    today,
)

pytestmark = pytest.mark.django_db

STRUCTURAL = {BodyKind, Body, BodyName, Membership, Organisation, Partner, ReportingLine, Seat}
# Modules of deeds that leave the structure as it is.
NOT_STRUCTURAL = {
    *(
        "asides",
        "decisions",
        "escalations",
        "exceptions",
        "measures",
        "meetings",
        "merging",
        "staff_settings",
        "steps",
    ),
}

LAST_DAY, DAY_AFTER = date(2027, 3, 31), date(2027, 4, 1)
BY = {"reason": REASON}


def version():
    return StructureRecord.objects.get().version


# --- Deeds ----------------------------------------------------------------------------------------


def modules():
    names = {module.name for module in pkgutil.iter_modules(actions.__path__)} - NOT_STRUCTURAL
    return {name: importlib.import_module(f"governance.actions.{name}") for name in sorted(names)}


def deeds():
    """Every public function of these modules that asks by name by whom it is done."""
    return {
        f"{name}.{function.__name__}": function
        for name, module in modules().items()
        for function in vars(module).values()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not function.__name__.startswith("_")
        and (by := inspect.signature(function).parameters.get("by"))
        and by.kind is by.KEYWORD_ONLY
    }


def seat_with_someone():
    seat = make_seat(make_body())
    return seat, Membership.objects.create(seat=seat, person=make_person())


def new_body(name):
    return modules()["lifecycle"].NewBody(name=name, kind=make_kind())


def split():
    into = [new_body("First"), new_body("Second")]
    return {"body": make_body(), "into": into, "successor_of_open_matters": into[0]}


def imported_seat():
    text = f"body,role\n{make_body(slug='group').slug},chair\n"
    return {
        "kind": modules()["import_seats"].Seats,
        "text": text,
        "version": modules()["importing"].version_now(),
    }


FROM_DAY = {"from_day": DAY_AFTER}
UNTIL = {"last_day": LAST_DAY}
EXAMPLES = {
    "structure.rename": lambda: {"body": make_body(), "name": "Renamed"} | FROM_DAY,
    "structure.close": lambda: {"body": make_body()} | UNTIL,
    "structure.keep_open": lambda: {"body": make_body(end_date=LAST_DAY)},
    "structure.draw_line": lambda: {
        "from_body": make_body(),
        "kind": ReportingLine.Kind.REPORTS_TO,
        "to_body": make_body(),
    },
    "structure.end_line": lambda: {"line": make_line(make_body(), make_body())} | UNTIL,
    "structure.appoint": lambda: (
        {"seat": make_seat(make_body()), "person": make_person()} | FROM_DAY
    ),
    "lifecycle.rename": lambda: {"body": make_body(), "name": "Renamed"} | FROM_DAY,
    "lifecycle.close": lambda: {"body": make_body(), "successor": make_body()} | UNTIL,
    "lifecycle.reschedule": lambda: (
        {"body": make_body(end_date=DAY_AFTER), "successor": make_body()} | UNTIL
    ),
    "lifecycle.merge": lambda: {"bodies": [make_body()], "into": make_body()} | FROM_DAY,
    "lifecycle.split": lambda: split() | FROM_DAY,
    "lifecycle.move_line": lambda: (
        {
            "line": make_line(make_body(), make_body()),
            "to_body": make_body(),
        }
        | FROM_DAY
    ),
    "partners.change_partner": lambda: (
        {
            "organisation": make_organisation(),
            "successor": make_organisation(partner=False),
        }
        | FROM_DAY
    ),
    "importing.carry_out": imported_seat,
}
# Shows what a deed would do, and undoes it.
REHEARSALS = {"importing.preview", "lifecycle.rehearse"}


def with_examples():
    return [name for name in EXAMPLES if name.partition(".")[0] in modules()]


def test_every_deed_of_the_structure_has_an_example():
    assert deeds().keys() - REHEARSALS == set(with_examples())


@pytest.mark.parametrize("name", with_examples())
def test_a_deed_gives_the_structure_a_new_version(name):
    by = make_governance_administrator()
    make_body()
    given = EXAMPLES[name]()
    before = version()

    deeds()[name](**given, by=by, **BY)

    assert version() != before


WORK = (
    Cadence,
    Decision,
    Document,
    Measure,
    Meeting,
    MeetingPaper,
    Milestone,
    Priority,
    Project,
    ProjectReport,
    Reading,
    Strategy,
    TermsOfReference,
)


def work():
    return {model: list(model.objects.order_by("pk").values()) for model in WORK}


def give_work(body):
    """One of everything that a body works with."""
    make_reading(make_measure(body), 80)
    make_milestone(make_project(body))
    paper = Document.objects.create(title="The text", url="https://example.org/")
    TermsOfReference.objects.create(body=body, document=paper)
    Cadence.objects.create(body=body, rhythm="monthly")
    meeting = Meeting.objects.create(body=body, starts_at=timezone.now() + timedelta(days=365))
    MeetingPaper.objects.create(meeting=meeting, document=paper)


@pytest.mark.parametrize("name", with_examples())
def test_a_deed_that_changes_what_bodies_work_with_gives_that_a_new_version_too(name):
    by = make_governance_administrator()
    given = EXAMPLES[name]()
    for body in Body.objects.all():
        give_work(body)
    StructureRecord.objects.get_or_create(defaults={"first_day": today()})
    before, had = StructureRecord.objects.get().work_version, work()

    deeds()[name](**given, by=by, **BY)

    assert work() == had or StructureRecord.objects.get().work_version != before


def test_an_edit_of_the_structure_alone_leaves_the_version_of_what_bodies_work_with():
    structure_edited()
    before = StructureRecord.objects.get()

    structure_edited(work_stays=True)

    after = StructureRecord.objects.get()
    assert after.version != before.version
    assert after.work_version == before.work_version


# --- The loader -----------------------------------------------------------------------------------


def test_a_load_gives_the_structure_a_new_version_if_it_changes_anything():
    for code in ("ne", "nw", "se", "sw"):
        Locality.objects.create(code=code, name=code.upper())
    load_structure()
    before = version()
    assert structure_on(today()).bodies

    load_structure()
    assert version() == before
    ReportingLine.objects.first().delete()
    ReportingLine.history.all().delete()
    load_structure()
    assert version() != before


# --- The admin ------------------------------------------------------------------------------------


def writes_structure(page):
    """Whether a page of the admin writes rows of the structure, itself or in a part of it."""
    parts = {part.model for part in page.inlines if not issubclass(part, LookedAt)}
    return not STRUCTURAL.isdisjoint({page.model, *parts})


ROWS = {
    BodyKind: lambda: make_kind("unused"),
    Body: make_body,
    Organisation: make_organisation,
    Partner: lambda: make_organisation().partnerships.get(),
    ReportingLine: lambda: make_line(make_body(), make_body()),
    Seat: lambda: make_seat(make_body()),
    Membership: lambda: seat_with_someone()[1],
}


def test_every_page_of_the_admin_that_writes_the_structure_has_an_example():
    assert {page.model for page in admin.site._registry.values() if writes_structure(page)} == {
        *ROWS
    }


@pytest.mark.parametrize("model", ROWS)
def test_a_page_of_the_admin_gives_the_structure_a_new_version(client, model):
    client.force_login(make_governance_administrator())
    make_body()
    row = ROWS[model]()
    address = reverse(f"admin:governance_{model._meta.model_name}_change", args=[row.pk])
    before = version()

    answer = client.post(address, form_of(client.get(address)) | BY)

    assert answer.status_code == 302
    assert version() != before
