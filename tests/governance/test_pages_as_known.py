"""What bodies work with, on their pages and on those of localities, as it had been recorded."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.actions.structure import structure_edited
from governance.models import (
    BodyName,
    Cadence,
    Decision,
    Document,
    Meeting,
    MeetingPaper,
    Strategy,
    TermsOfReference,
)
from localities.models import Locality
from tests.factories import (
    make_body,
    make_escalation,
    make_governance_administrator,
    make_ladder,
    make_locality,
    make_officer,
    make_person,
    make_ward,
    today,
)
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

BODY, LOCALITY = "/bodies/committee/", "/localities/ne/"
A_WEEK = timedelta(days=7)
LATER = "Something else"


@pytest.fixture
def committee():
    """One with all that its page shows of its work, each row with an earlier version."""
    locality = make_locality("ne", name="North East")
    make_ward("Bow East", locality=locality)
    body = make_body("Night Committee", slug="committee", locality=locality)
    paper = Document.objects.create(title="The text", url="https://e.org/", is_public=True)
    Cadence.objects.create(body=body, rhythm="monthly")
    TermsOfReference.objects.create(body=body, document=paper, summary="The remit")
    Strategy.objects.create(body=body, document=paper, title="The strategy", summary="To do")
    for direction, place in ((-1, "Old hall"), (1, "New hall")):
        meeting = Meeting.objects.create(
            body=body, starts_at=timezone.now() + direction * A_WEEK, place=place, is_public=True
        )
        MeetingPaper.objects.create(meeting=meeting, document=paper, kind="agenda")
    Decision.objects.create(
        body=body, decided_on=today(), title="We do it", text="At once", is_public=True
    )
    for model in (Cadence, TermsOfReference, Strategy, Meeting, MeetingPaper, Decision):
        for row in model.objects.all():
            row.save()
    structure_edited()
    return body


def change(model, **values):
    """Save a row of a model with other values, as a form would."""
    row = model.objects.order_by("pk").last()
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def add_rows(body):
    soon = timezone.now() + timedelta(days=1)
    Meeting.objects.create(body=body, starts_at=soon, place=LATER, is_public=True)
    Decision.objects.create(body=body, decided_on=today(), title=LATER, text="T", is_public=True)
    Strategy.objects.create(body=body, title=LATER)


EDITS = {
    "terms reworded": lambda body: change(TermsOfReference, summary=LATER),
    "terms ended": lambda body: change(TermsOfReference, end_date=today() - A_WEEK),
    "terms of another": lambda body: change(TermsOfReference, body=make_body()),
    "strategy reworded": lambda body: change(Strategy, title=LATER),
    "another rhythm": lambda body: change(Cadence, rhythm="weekly"),
    "meeting moved": lambda body: change(Meeting, starts_at=timezone.now() + 2 * A_WEEK),
    "meeting put off to the past": lambda body: change(
        Meeting, starts_at=timezone.now() - 2 * A_WEEK
    ),
    "meeting cancelled": lambda body: change(Meeting, status="cancelled", note=LATER),
    "decision reworded": lambda body: change(Decision, title=LATER, text=LATER),
    "decision of another day": lambda body: change(Decision, decided_on=today() + A_WEEK),
    "more of each": add_rows,
    "locality renamed": lambda body: change(Locality, name=LATER),
    "body renamed": lambda body: change(BodyName, name=LATER),
}


def all_at_once(body):
    for name, edit in EDITS.items():
        if name != "terms of another":
            edit(body)


SECTIONS = ("terms", "strategies", "meetings", "decisions", "committee", "decided")


def facts(page):
    """What a page tells of it: its title, heading and trail, and those of its parts."""
    said = [text_of(each) for each in re.findall("(?s)<title>.*?</title>|<h1>.*?</h1>", page.text)]
    said += [text_of(re.search(r'(?s)<nav class="tht-breadcrumbs.*?</nav>', page.text)[0])]
    for key in SECTIONS:
        section = f'(?s)<section class="tht-section" aria-labelledby="{key}">.*?</section>'
        said += [text_of(each) for each in re.findall(section, page.text)]
    return said


def pages(client, moment=None):
    days = {"known_on": moment} if moment else {}
    return [client.get(address, days) for address in (BODY, LOCALITY)]


@pytest.mark.parametrize("reader", ["anyone", "officer"])
@pytest.mark.parametrize("edit", [*EDITS.values(), all_at_once], ids=[*EDITS, "all at once"])
def test_what_was_known_before_an_edit_is_what_the_pages_said(client, committee, edit, reader):
    if reader == "officer":
        client.force_login(make_officer(committee))
    moment = timezone.now().isoformat()
    before = [facts(page) for page in pages(client)]
    assert [len(each) for each in before] == [3 + 4, 3 + 2]

    edit(committee)
    structure_edited()

    assert [facts(page) for page in pages(client, moment)] == before
    assert [facts(page) for page in pages(client)] != before


@pytest.mark.parametrize("first_days", [(None, None), (None, "2026-03-01"), ("2026-03-01", None)])
def test_of_two_in_force_at_once_either_clock_names_the_same(client, committee, first_days):
    for model in (TermsOfReference, Strategy, Cadence):
        model.objects.all().delete()
    for first_day, which, rhythm in zip(
        first_days, ("old", "new"), ("weekly", "quarterly"), strict=True
    ):
        dated = {"body": committee, "start_date": first_day}
        paper = Document.objects.create(
            title=f"The {which} remit", url=f"https://e.org/{which}/", is_public=True
        )
        TermsOfReference.objects.create(document=paper, **dated)
        Strategy.objects.create(title=f"The {which} strategy", **dated)
        Cadence.objects.create(rhythm=rhythm, **dated)
    structure_edited()

    def said(known_on=None):
        return ["".join(facts(page)) for page in pages(client, known_on)]

    now, then = said(), said(timezone.now().isoformat())

    assert now == then
    # What began last, else what was recorded last.
    last, other = ("old", "new") if first_days[0] else ("new", "old")
    for page in now:
        assert f"The {last} remit" in page and f"The {other} remit" not in page
    assert now[0].index(f"The {last} strategy") < now[0].index(f"The {other} strategy")
    assert ("It meets weekly" if last == "old" else "It meets quarterly") in now[0]


def test_the_banner_says_what_is_of_today(client, committee):
    known = today().isoformat()

    texts = [text_of(main_of(page)) for page in pages(client, known)]

    assert "meetings and decisions are as they were recorded then" in texts[0]
    assert "Projects, measures and documents are as we know them today." in texts[0]
    assert "meetings and decisions are as they were recorded then" in texts[1]
    assert "Figures, GP practices, documents and the lines on the map are as we know" in texts[1]
    for address, sentence in (
        ("/measures/", "Measures and their figures are as we know them today."),
        ("/localities/find/", "Places, wards and localities are as we know them today."),
    ):
        assert sentence in client.get(address, {"known_on": known}).text
        assert sentence not in client.get(address).text
    assert "as we know them today" not in "".join(page.text for page in pages(client))


def test_what_is_not_public_any_more_is_not_read_as_it_was_known(client, committee):
    moment = timezone.now().isoformat()
    assert "We do it" in client.get(BODY, {"known_on": moment}).text

    change(Decision, is_public=False)
    change(Meeting, is_public=False)
    change(Document, is_public=False)
    structure_edited()

    for page in pages(client, moment):
        assert "We do it" not in page.text
        assert "New hall" not in page.text
        assert "The text" not in page.text


TAKEN_OUT = {
    Cadence: ("It meets monthly", None),
    TermsOfReference: ("The remit", "record: The text"),
    Strategy: ("The strategy", None),
    Meeting: ("New hall", "New hall"),
    MeetingPaper: ("Agenda: The text", "Agenda: The text"),
    Decision: ("We do it", "We do it"),
}


@pytest.mark.parametrize("reader", ["anyone", "officer"])
@pytest.mark.parametrize("model", TAKEN_OUT, ids=lambda model: model.__name__)
def test_what_was_taken_out_is_not_read_as_it_was_known(client, committee, model, reader):
    if reader == "officer":
        client.force_login(make_officer(committee))
    moment = timezone.now().isoformat()

    def told():
        shown = [" ".join(facts(page)) for page in pages(client, moment)]
        return [
            words in page
            for words, page in zip(TAKEN_OUT[model], shown, strict=True)
            if words is not None
        ]

    assert all(told())
    for row in model.objects.all():
        row.delete()
    structure_edited()

    assert not any(told())


def taken_out_and_added_anew(row):
    row.delete()
    row.pk = None
    row.save(force_insert=True)


def hidden_and_another_added(row):
    type(row).objects.filter(pk=row.pk).update(is_public=False)
    row.pk = None
    if isinstance(row, Meeting):
        row.uid = uuid4()
    row.save(force_insert=True)


@pytest.mark.parametrize("take_away", [None, taken_out_and_added_anew, hidden_and_another_added])
@pytest.mark.parametrize(("model", "field"), [(Decision, "text"), (Meeting, "note")])
def test_words_stay_where_they_were_known_until_their_row_is_taken_away(
    client, committee, model, field, take_away
):
    change(model, **{field: "Words of somebody"})
    structure_edited()
    moment = timezone.now().isoformat()

    change(model, **{field: "Better words"})
    if take_away:
        take_away(model.objects.order_by("pk").last())
    structure_edited()

    now, then = client.get(BODY).text, client.get(BODY, {"known_on": moment}).text
    assert "Better words" in now and "Words of somebody" not in now
    assert ("Words of somebody" in then) == (take_away is None)


def test_what_was_not_public_yet_is_not_read_as_it_was_known(client, committee):
    change(Decision, is_public=False, text="Words for few")
    change(Meeting, is_public=False, note="Words for staff")
    moment = timezone.now().isoformat()
    change(Decision, is_public=True, text="Words for all")
    change(Meeting, is_public=True, note="")
    structure_edited()

    for page in pages(client, moment):
        assert "Words for" not in page.text


def test_the_first_words_of_what_settled_a_matter_are_read_by_its_body_alone(client):
    ladder = make_ladder()
    matter = make_escalation(ladder[0], ladder[1])
    decision = Decision.objects.create(
        body=ladder[1], decided_on=today(), title="Settled", text="Words for few"
    )
    type(matter).objects.filter(pk=matter.pk).update(decision=decision)
    moment = timezone.now().isoformat()
    change(Decision, is_public=True, text="Words for all")
    structure_edited()
    address = f"/bodies/{ladder[1].slug}/?known_on={moment.replace('+', '%2B')}"

    def reads(person):
        client.force_login(person)
        return "Words for few" in client.get(address).text

    assert reads(make_officer(ladder[1])) and reads(make_governance_administrator())
    assert not reads(make_person())
    client.logout()
    assert "Words for" not in client.get(address).text


def test_a_locality_is_called_as_it_was_known(client, committee):
    moment = timezone.now().isoformat()
    change(Locality, name="Bow and beyond")
    structure_edited()

    for address in (BODY, LOCALITY):
        then = client.get(address, {"known_on": moment}).text
        assert "North East" in then and "Bow and beyond" not in then
        assert "Bow and beyond" in client.get(address).text


def test_a_locality_that_was_not_recorded_yet_says_so(client, committee):
    moment = "2020-01-01T12:00:00Z"

    page = client.get(LOCALITY, {"known_on": moment})

    assert page.status_code == 404
    assert "On 1 January 2020 at 12:00 the record had no locality at this address." in page.text


@pytest.mark.parametrize("reader", ["anyone", "officer"])
def test_pages_as_known_ask_as_much_for_many_rows_as_for_few(client, committee, reader):
    if reader == "officer":
        client.force_login(make_officer(committee))

    def asked():
        moment = timezone.now().isoformat()
        numbers = []
        for address in (BODY, LOCALITY):
            client.get(address, {"known_on": moment})
            with CaptureQueriesContext(connection) as queries:
                client.get(address, {"known_on": moment})
            numbers.append(len(queries))
        return numbers

    few = asked()
    paper = Document.objects.get()
    for n in range(12):
        add_rows(committee)
        TermsOfReference.objects.create(body=committee, document=paper, start_date=today())
        meeting = Meeting.objects.create(
            body=committee, starts_at=timezone.now() + n * A_WEEK, is_public=True
        )
        MeetingPaper.objects.create(meeting=meeting, document=paper)
    structure_edited()

    assert asked() == few
