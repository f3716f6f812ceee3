"""Whatever is edited of what a body's or an organisation's page shows, the next request sees it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance import chart, chart_layout, lines, structure
from governance.actions.structure import structure_edited
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
    Project,
    Reading,
    ReportingLine,
    Seat,
    Strategy,
    TermsOfReference,
    User,
)
from tests.factories import (
    make_body,
    make_escalation_line,
    make_governance_administrator,
    make_line,
    make_measure,
    make_member,
    make_milestone,
    make_organisation,
    make_person,
    make_project,
    make_reading,
    make_seat,
    today,
)
from tht_portal.templatetags import portal

pytestmark = pytest.mark.django_db

BODY, ORGANISATION = "/bodies/here/", "/organisations/trust/"
YESTERDAY = timedelta(days=-1)


@pytest.fixture
def here():
    """A body with one of everything that its page shows."""
    old = make_body("Old board", slug="old", end_date=today() - timedelta(days=400))
    here = make_body("Here", slug="here", purpose="What for", stage="In development")
    Body.objects.filter(pk=old.pk).update(successor=here)
    BodyName.objects.create(
        body=here, name="Once", end_date=today() - timedelta(days=800), reasoning="x"
    )
    BodyName.objects.filter(body=here, name="Here").update(start_date=today() - timedelta(days=799))
    above, top, below = (make_body(name, slug=name) for name in ("above", "top", "below"))
    make_escalation_line(here, above, reasoning="Why up")
    make_escalation_line(above, top)
    make_line(below, here, reasoning="Why below")
    trust = make_organisation("Trust", slug="trust", note="A note", ods_code="R1H")
    make_organisation("Later", slug="later")
    make_organisation("Gone", slug="gone", successor=trust, end_date=today() + YESTERDAY)
    make_member(here)
    Seat.objects.filter(body=here).update(on_behalf_of=trust)
    User.objects.update(first_name="Ada", last_name="King")
    Membership.objects.update(name_is_public=True)
    make_seat(here, Seat.Role.CHAIR, title="Independent chair", on_behalf_of=trust)
    make_reading(make_measure(here, explanation="How measured"), 80)
    Cadence.objects.create(body=here, rhythm="monthly")
    paper = Document.objects.create(title="The text", url="https://e.org/", is_public=True)
    TermsOfReference.objects.create(body=here, document=paper, summary="The remit")
    Strategy.objects.create(body=here, document=paper, title="A strategy", summary="To do")
    make_milestone(make_project(here, name="A project", is_public=True), title="A step")
    for days in (-7, 7):
        meeting = Meeting.objects.create(
            body=here,
            starts_at=timezone.now() + timedelta(days=days),
            place=f"Room {days}",
            is_public=True,
        )
        MeetingPaper.objects.create(meeting=meeting, document=paper)
    Decision.objects.create(
        body=here, decided_on=today(), title="We do it", text="At once", is_public=True
    )
    structure_edited()
    return here


def set_all(model, **values):
    return lambda: model.objects.update(**values)


def end(model, **which):
    return lambda: model.objects.filter(**which).update(end_date=today() + YESTERDAY)


def of(model, which, **values):
    return lambda: model.objects.filter(**which).update(**values)


LATER = "Something else now"
EDITS = {
    "name": of(BodyName, {"name": "Here"}, name=LATER),
    "former name": of(BodyName, {"name": "Once"}, name=LATER),
    "name of a body above": of(BodyName, {"name": "above"}, name=LATER),
    "name at the top": of(BodyName, {"name": "top"}, name=LATER),
    "name of a body below": of(BodyName, {"name": "below"}, name=LATER),
    "name of a predecessor": of(BodyName, {"name": "Old board"}, name=LATER),
    "kind": set_all(BodyKind, name=LATER),
    "stage": of(Body, {"slug": "here"}, stage=LATER),
    "purpose": of(Body, {"slug": "here"}, purpose=LATER),
    "remit": of(Body, {"slug": "here"}, remit=LATER),
    "how it is known": of(Body, {"slug": "here"}, reasoning=LATER),
    "respect of a line": set_all(ReportingLine, respect=LATER),
    "reason of a line up": of(ReportingLine, {"reasoning": "Why up"}, reasoning=LATER),
    "reason of a line down": of(ReportingLine, {"reasoning": "Why below"}, reasoning=LATER),
    "seat": of(Seat, {"title": "Independent chair"}, title=LATER),
    "holder": set_all(User, last_name=LATER),
    "organisation": of(Organisation, {"slug": "trust"}, name=LATER),
    "measure": set_all(Measure, name=LATER),
    "explanation": set_all(Measure, explanation=LATER),
    "note of a reading": set_all(Reading, note=LATER),
    "terms": set_all(TermsOfReference, summary=LATER),
    "document": set_all(Document, title=LATER),
    "strategy": set_all(Strategy, title=LATER),
    "text of a strategy": set_all(Strategy, summary=LATER),
    "project": set_all(Project, name=LATER),
    "milestone": set_all(Milestone, title=LATER),
    "coming meeting": of(Meeting, {"place": "Room 7"}, place=LATER),
    "last meeting": of(Meeting, {"place": "Room -7"}, place=LATER),
    "note of a meeting": set_all(Meeting, note=LATER),
    "decision": set_all(Decision, title=LATER),
    "text of a decision": set_all(Decision, text=LATER),
}
SHOWN_NO_MORE = {
    "rhythm": (set_all(Cadence, rhythm="weekly"), "It meets monthly"),
    "reading": (set_all(Reading, value=96), "<strong>80%</strong>"),
    "name that is public": (set_all(Membership, name_is_public=False), "Ada King"),
    "document that is public": (set_all(Document, is_public=False), "The text"),
    "project that is public": (set_all(Project, is_public=False), "A project"),
    "meeting that is public": (set_all(Meeting, is_public=False), "Room 7"),
    "decision that is public": (set_all(Decision, is_public=False), "We do it"),
    "vacancy": (end(Membership), "Ada King"),
    "seat that is there": (end(Seat, title="Independent chair"), "Independent chair"),
    "line up": (end(ReportingLine, kind="escalates_to"), "top"),
}
OF_ORGANISATION = {
    "name": of(Organisation, {"slug": "trust"}, name=LATER),
    "note": of(Organisation, {"slug": "trust"}, note=LATER),
    "code": of(Organisation, {"slug": "trust"}, ods_code="LATER"),
    "how it is known": of(Organisation, {"slug": "trust"}, reasoning=LATER),
    "predecessor": of(Organisation, {"slug": "gone"}, name=LATER),
    "successor": lambda: Organisation.objects.filter(slug="trust").update(
        successor=Organisation.objects.get(slug="later")
    ),
    "partnership": set_all(Partner, reasoning=LATER),
    "body": of(BodyName, {"name": "Here"}, name=LATER),
    "seat": of(Seat, {"title": "Independent chair"}, title=LATER),
}


@pytest.mark.parametrize(
    ("address", "work_stays", "queries"),
    # The version, the five of the structure, and what else there is of a body or an organisation;
    # of the projects of those that it follows it asks anew each time.
    [
        ("/structure/", False, 1 + 5),
        (BODY, False, 1 + 5 + 14),
        (BODY, True, 1 + 5 + 2 + 4),
        (ORGANISATION, False, 1 + 5 + 2),
    ],
)
@pytest.mark.parametrize("more", [0, 20])
def test_a_page_is_made_anew_in_as_many_queries_for_few_rows_as_for_many(
    client, here, django_assert_num_queries, address, work_stays, queries, more
):
    for n in range(more):
        make_line(make_body(f"Group {n}"), here)
        make_seat(here, on_behalf_of=make_organisation(f"Trust {n}"))
        make_reading(make_measure(here, name=f"Measure {n}"), n)
        meeting = Meeting.objects.create(body=here, starts_at=timezone.now(), is_public=True)
        MeetingPaper.objects.create(meeting=meeting, document=Document.objects.get())
    structure_edited()
    client.get(address)
    structure_edited(work_stays=work_stays)

    with django_assert_num_queries(queries):
        client.get(address)


def edit_in_between(client, address, edit):
    """The page before an edit, when it had been asked for already, and after it."""
    client.get(address)
    before = client.get(address).text
    edit()
    structure_edited()
    return before, client.get(address).text


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_is_edited_of_a_body_stands_on_its_page_at_once(client, here, edit):
    before, after = edit_in_between(client, BODY, edit)

    assert LATER not in before
    assert LATER in after


@pytest.mark.parametrize(("edit", "words"), SHOWN_NO_MORE.values(), ids=SHOWN_NO_MORE)
def test_what_is_taken_from_a_body_is_gone_from_its_page_at_once(client, here, edit, words):
    before, after = edit_in_between(client, BODY, edit)

    assert words in before
    assert words not in after


@pytest.mark.parametrize("edit", OF_ORGANISATION.values(), ids=OF_ORGANISATION)
def test_what_is_edited_of_an_organisation_stands_on_its_page_at_once(client, here, edit):
    before, after = edit_in_between(client, ORGANISATION, edit)

    said = (LATER, "LATER", "/organisations/later/")
    assert not any(words in before for words in said)
    assert any(words in after for words in said)


def forget_what_was_drawn():
    for module in (chart, chart_layout, lines, portal, structure):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


NEW_LINES = {
    "line drawn": lambda: make_line(Body.objects.get(slug="top"), Body.objects.get(slug="below")),
    "evidence of lines": set_all(ReportingLine, evidence="assumed", reasoning=LATER),
    "kind of lines": of(ReportingLine, {"reasoning": "Why below"}, kind="supports"),
    "name of three rows": of(BodyName, {"name": "above"}, name=LATER * 4),
}


@pytest.mark.parametrize("edit", [*EDITS.values(), *NEW_LINES.values()], ids=[*EDITS, *NEW_LINES])
def test_what_is_kept_of_pages_is_what_would_be_drawn_anew(client, here, edit):
    addresses = ["/structure/", BODY, ORGANISATION, f"/bn{BODY}", "/so/structure/"]
    for address in addresses:
        client.get(address)
    edit()
    structure_edited()
    kept = [client.get(address).text for address in addresses]

    forget_what_was_drawn()
    structure_edited()

    assert [client.get(address).text for address in addresses] == kept


def test_a_document_that_is_no_longer_public_is_not_shown_to_whoever_comes_next(client, here):
    reader = make_person()
    client.get(BODY)
    Document.objects.update(is_public=False)
    structure_edited()
    client.force_login(reader)
    assert "The text" not in client.get(BODY).text

    client.force_login(make_governance_administrator())

    assert client.get(BODY).text.count("The text") == 3


@pytest.mark.parametrize("address", [BODY, ORGANISATION])
@pytest.mark.parametrize("language", ["bn", "so"])
def test_what_is_kept_of_a_page_is_of_its_language(client, here, address, language):
    english = client.get(address).text

    other = client.get(f"/{language}{address}").text

    assert f'lang="{language}"' in other
    assert "At a glance" in english
    assert "At a glance" not in other
