import subprocess
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from governance.actions import asides
from governance.admin.work import DocumentAdmin
from governance.models import Cadence, Decision, Document, Meeting, TermsOfReference
from governance.structure import structure_on
from tests.admin_pages import page_of
from tests.factories import (
    make_body,
    make_escalation,
    make_governance_administrator,
    make_upload,
    officer_of,
    today,
)
from tests.parallel import Meanwhile
from tests.reading import text_of

pytestmark = pytest.mark.django_db

REASON = {"reason": "Agreed at the meeting of November."}
PDF = b"%PDF-1.7\n1 0 obj"
NO_PAPERS = {"papers-TOTAL_FORMS": "0", "papers-INITIAL_FORMS": "0"}


@pytest.fixture
def administrator(client, administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(administrator)
    return administrator


def test_a_document_is_kept_under_a_name_that_says_nothing(client, administrator):
    file = SimpleUploadedFile("Secret names.pdf", PDF)

    client.post("/admin/governance/document/add/", {"title": "Terms", "file": file, **REASON})

    document = Document.objects.get()
    assert document.media_type == "application/pdf"
    assert "Secret" not in document.file.name
    assert document.history.get().history_change_reason == REASON["reason"]


def test_a_document_that_is_refused_in_the_end_leaves_no_file_behind(
    client, administrator, monkeypatch, tmp_path
):
    def refuse():
        raise ValidationError("It may not be.")

    monkeypatch.setattr("governance.admin.base.work_edited", refuse)
    file = SimpleUploadedFile("terms.pdf", PDF)

    response = client.post(
        "/admin/governance/document/add/", {"title": "Terms", "file": file, **REASON}
    )

    assert "It may not be." in response.text
    assert not Document.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def add_document(client):
    file = SimpleUploadedFile("terms.pdf", PDF)
    client.post("/admin/governance/document/add/", {"title": "Terms", "file": file, **REASON})
    return Document.objects.get()


def save_document(client, document, **fields):
    address = f"/admin/governance/document/{document.pk}/change/"
    return client.post(address, {"title": "Terms", **fields, **REASON})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"file": PDF + b" corrected"}, [PDF + b" corrected"]),
        ({"file-clear": "on", "url": "https://example.org/"}, []),
        ({"title": "Other terms"}, [PDF]),
        ({"file": b"<script>"}, [PDF]),
    ],
    ids=["replaced", "a link instead", "another title", "refused"],
)
def test_a_file_that_is_replaced_goes_for_good(client, administrator, tmp_path, fields, left):
    document = add_document(client)
    if "file" in fields:
        fields = {"file": SimpleUploadedFile("terms.pdf", fields["file"])}

    save_document(client, document, **fields)

    assert [path.read_bytes() for path in files_in(tmp_path)] == left


def with_file(fields):
    given = {"file": SimpleUploadedFile("terms.pdf", fields["file"])} if "file" in fields else {}
    return fields | given


def edit_after(monkeypatch, client, document, meanwhile, **fields):
    """Save the page of a document which somebody else has changed after it was read."""
    read = DocumentAdmin.get_object

    def read_early(*args, **kwargs):
        found = read(*args, **kwargs)
        monkeypatch.setattr(DocumentAdmin, "get_object", read)
        meanwhile()
        return found

    monkeypatch.setattr(DocumentAdmin, "get_object", read_early)
    return save_document(client, document, **fields)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("theirs", "mine", "content", "url"),
    [
        ({"file": PDF + b" theirs"}, {"title": "Other"}, [PDF + b" theirs"], ""),
        ({"file-clear": "on", "url": "https://e.org/"}, {"title": "Other"}, [], "https://e.org/"),
        ({"title": "Other"}, {"file": PDF + b" mine"}, [PDF + b" mine"], ""),
    ],
    ids=["replaced", "a link instead", "mine is the file"],
)
def test_who_edits_a_document_keeps_the_file_that_another_gave_it(
    client, administrator, monkeypatch, tmp_path, theirs, mine, content, url
):
    document = add_document(client)
    theirs, mine = (with_file(fields) for fields in (theirs, mine))
    other = Client()
    other.force_login(make_governance_administrator())

    edit = Meanwhile(lambda: save_document(other, document, **theirs))
    mine_saved = edit_after(monkeypatch, client, document, edit.begin, **mine)

    assert (mine_saved.status_code, edit.outcome.status_code) == (302, 302)
    document = Document.objects.get()
    assert document.url == url
    assert [path.read_bytes() for path in files_in(tmp_path)] == content
    assert document.size == (len(content[0]) if content else document.size)
    assert not content or document.file.read() == content[0]


@pytest.mark.django_db(transaction=True)
def test_who_edits_a_document_that_another_deletes_does_not_bring_it_back(
    client, administrator, monkeypatch
):
    document = add_document(client)
    other = Client()
    other.force_login(make_governance_administrator())
    address = f"/admin/governance/document/{document.pk}/delete/"

    delete = Meanwhile(lambda: other.post(address, {"post": "yes", **REASON}))
    edit_after(monkeypatch, client, document, delete.begin, title="Other")

    assert delete.outcome.status_code == 302
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_document_that_is_deleted_goes_for_good(client, administrator, tmp_path):
    document = add_document(client)
    address = f"/admin/governance/document/{document.pk}/delete/"

    client.post(address, {"post": "yes"})  # without the reason
    assert len(files_in(tmp_path)) == 1
    client.post(address, {"post": "yes", **REASON})

    assert files_in(tmp_path) == []
    assert Document.history.first().history_change_reason == REASON["reason"]


@pytest.mark.django_db(transaction=True)
def test_the_history_of_a_document_says_that_its_file_was_replaced(client, administrator):
    document = add_document(client)
    save_document(client, document, file=SimpleUploadedFile("terms.pdf", PDF + b"!"))

    page = text_of(client.get(f"/admin/governance/document/{document.pk}/history/").text)

    assert "File was “a file” and is now “another file”." in page
    assert "documents/" not in page


def test_a_file_that_is_not_what_it_says_is_refused_in_a_sentence(client, administrator):
    file = SimpleUploadedFile("terms.pdf", b"<script>alert(1)</script>")

    response = client.post(
        "/admin/governance/document/add/", {"title": "Terms", "file": file, **REASON}
    )

    assert "ends in .pdf, but what is in it is something else" in response.text
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("scanner", "status"), [("cat", 302), ("false", 200)])
def test_a_file_is_scanned_once_before_its_edit_keeps_others_from_writing(
    client, settings, monkeypatch, tmp_path, scanner, status
):
    settings.UPLOAD_SCAN_COMMAND, settings.MEDIA_ROOT = scanner, tmp_path
    scans, run = [], subprocess.run

    def scan(*given, **options):
        scans.append(connection.in_atomic_block)
        return run(*given, **options)

    monkeypatch.setattr("subprocess.run", scan)
    client.force_login(make_governance_administrator())
    file = SimpleUploadedFile("terms.pdf", b"%PDF-1.7")

    page = client.post(
        "/admin/governance/document/add/", {"title": "Terms", "file": file, **REASON}
    )

    assert (page.status_code, scans) == (status, [False])
    assert status == 302 or "The virus check refused this file" in page.text


def test_the_files_of_matters_are_not_offered_as_documents(client, administrator, ladder):
    matter = make_escalation(*ladder[:2])
    officer = officer_of(ladder[0])
    asides.attach(escalation=matter, upload=make_upload("Evidence.pdf"), by=officer)
    terms = Document.objects.create(title="Terms of the Board", url="https://example.org/")
    body = ladder[1]

    page = client.get("/admin/governance/termsofreference/add/").text
    fields = {"body": body.pk, "document": matter.files.get().document_id, "evidence": "assumed"}
    response = client.post("/admin/governance/termsofreference/add/", {**fields, **REASON})

    assert str(terms) in page and "Evidence" not in page.replace("Evidence:", "")
    assert "Choose one of the documents listed" in response.text
    assert not TermsOfReference.objects.exists()


def test_a_document_is_a_file_or_a_link(client, administrator):
    response = client.post("/admin/governance/document/add/", {"title": "Terms", **REASON})

    assert "Give a file or a web address, one of the two." in response.text


def test_a_meeting_moved_in_the_admin_is_newer_for_calendars(client, administrator):
    body = make_body()
    meeting = Meeting.objects.create(body=body, starts_at=timezone.now())
    fields = {
        "body": body.pk,
        "starts_at_0": "2027-01-12",
        "starts_at_1": "10:00",
        "status": "planned",
        **NO_PAPERS,
        **REASON,
    }

    client.post(f"/admin/governance/meeting/{meeting.pk}/change/", fields)
    meeting.refresh_from_db()
    assert meeting.sequence == 1

    client.post(f"/admin/governance/meeting/{meeting.pk}/change/", {**fields, "is_public": "on"})
    meeting.refresh_from_db()
    assert (meeting.is_public, meeting.sequence) == (True, 1)


def test_what_is_kept_of_a_body_shows_on_its_page_at_once(client, administrator):
    body = make_body()
    client.logout()
    assert "It meets monthly" not in client.get(f"/bodies/{body.slug}/").text
    client.force_login(administrator)

    client.post(
        "/admin/governance/cadence/add/",
        {"body": body.pk, "rhythm": "monthly", "evidence": "assumed", **REASON},
    )

    assert Cadence.objects.exists()
    client.logout()
    assert "It meets monthly" in client.get(f"/bodies/{body.slug}/").text
    assert structure_on(today()).body(body)


@pytest.mark.parametrize("model", [Meeting, Decision])
def test_a_page_says_how_words_are_taken_away(client, administrator, model):
    page = text_of(client.get(page_of(model, "add")).text)

    row = model._meta.verbose_name
    assert f"To take words away, delete the {row} and add it anew." in page
    assert ("Such as why it was moved or cancelled. Words that" in page) == (model is Meeting)


def test_a_day_and_a_time_say_what_they_are_and_how_they_are_typed(client, administrator):
    address = "/admin/governance/meeting/add/"
    typed = {"starts_at_0": "31.2.2026", "starts_at_1": "2 pm", "status": "planned"}

    page = client.post(address, {"body": make_body().pk, **typed, **NO_PAPERS, **REASON}).text

    assert "Enter a real day, such as 2026-11-22 or 22/11/2026." in page
    assert "Enter a time of the day, such as 14:30." in page
    for name in ("Starts at: date", "Starts at: time", "Ends at: date", "Ends at: time"):
        assert f'aria-label="{name}"' in page


def test_the_days_of_a_row_on_the_page_of_another_say_how_they_are_typed(client, administrator):
    body = make_body()
    address = f"/admin/governance/body/{body.pk}/change/"
    rows = {"names-TOTAL_FORMS": "1", "names-INITIAL_FORMS": "0", "names-0-start_date": "1.1.26"}

    page = client.post(address, {**rows, **REASON}).text

    assert "Enter a real day, such as 2026-11-22 or 22/11/2026." in page


@pytest.mark.parametrize(
    ("met", "status", "days", "sentence"),
    [
        (False, "held", 1, "The day of the decision must be today or before."),
        (False, "held", 0, ""),
        (True, "held", 0, "Enter that day, or choose the meeting of another day."),
        (True, "held", -3, "Enter that day, or choose the meeting of another day."),
        (True, "held", -2, ""),
        (True, "held", -1, ""),
        (True, "cancelled", -2, "This meeting was cancelled. Choose another one."),
    ],
)
def test_a_decision_is_of_a_day_that_has_come_and_on_which_its_meeting_met(
    client, administrator, met, status, days, sentence
):
    body = make_body()
    noon = timezone.localtime().replace(hour=12)
    meeting = Meeting.objects.create(
        body=body,
        starts_at=noon - timedelta(days=2),
        ends_at=noon - timedelta(days=1),
        status=status,
    )
    typed = {"title": "Yes", "text": "We do.", "body": body.pk, **REASON}

    page = client.post(
        "/admin/governance/decision/add/",
        typed
        | {"decided_on": today() + timedelta(days=days), "meeting": meeting.pk if met else ""},
    )

    assert Decision.objects.exists() == (not sentence)
    assert sentence in page.text


def test_a_decision_names_no_meeting_that_has_not_begun(client, administrator):
    meeting = Meeting.objects.create(body=make_body(), starts_at=timezone.now() + timedelta(days=1))
    typed = {"title": "Yes", "text": "We do.", "body": meeting.body_id, **REASON}

    page = client.post(
        "/admin/governance/decision/add/", typed | {"decided_on": today(), "meeting": meeting.pk}
    )

    assert not Decision.objects.exists()
    assert "This meeting has not begun. Choose another one." in page.text
    assert "Enter that day" not in page.text


@pytest.mark.parametrize("name", ["document", "termsofreference", "cadence", "meeting", "decision"])
def test_a_list_takes_the_same_queries_for_few_and_for_many(
    client, administrator, name, django_assert_max_num_queries
):
    def fill(count):
        for n in range(count):
            body = make_body()
            meeting = Meeting.objects.create(body=body, starts_at=timezone.now())
            Decision.objects.create(
                body=body, meeting=meeting, decided_on=today(), title=f"Decision {n}", text="Yes."
            )
            document = Document.objects.create(title=f"Terms {n}", url="https://example.org/")
            TermsOfReference.objects.create(body=body, document=document)
            Cadence.objects.create(body=body, rhythm=Cadence.Rhythm.MONTHLY)

    address = f"/admin/governance/{name}/"
    fill(1)
    with django_assert_max_num_queries(14):
        client.get(address)
    fill(20)
    with django_assert_max_num_queries(14):
        assert client.get(address).status_code == 200
