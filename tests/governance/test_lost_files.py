"""Stored files that the disk has lost, or does not let go: said, logged, and nothing else fails."""

from pathlib import PurePath

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.text import slugify

from governance.actions import asides
from governance.models import Document, Meeting, MeetingPaper, TermsOfReference
from tests.factories import make_body, make_escalation, make_person, make_upload, officer_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n"
REASON = {"reason": "Agreed at the meeting of November."}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def stuck(monkeypatch):
    """The disk lets no file go."""

    def refuse(storage, name):
        raise PermissionError(13, "Permission denied", f"/var/{name}")

    monkeypatch.setattr(FileSystemStorage, "delete", refuse)


def make_document(typed="text.pdf"):
    document = Document(title="The text", media_type="application/pdf", is_public=True)
    document.file.save(typed, ContentFile(PDF))
    return document


def attach(matter, by):
    asides.attach(escalation=matter, upload=make_upload(), by=by)
    return matter.files.get()


def test_who_asks_for_a_document_that_is_lost_is_told_so(client, caplog, html_faults):
    document = make_document("text.smith")
    default_storage.delete(document.file.name)

    page = client.get(f"/documents/{document.pk}/")

    assert page.status_code == 410
    words = "We cannot find the file of this document. Please tell us: “Contact” at the foot of"
    assert words in text_of(page.text)
    assert 'href="/contact/">Contact' in page.text
    assert "what changed in the structure" not in page.text
    assert html_faults(page.content) == []
    stored = PurePath(document.file.name)
    assert f"documents/{stored.stem} is not where it was stored." in caplog.text
    assert "smith" not in caplog.text


def test_the_page_of_a_document_that_is_lost_leads_to_the_bodies_whose_it_is(client, html_faults):
    document = make_document()
    default_storage.delete(document.file.name)
    board, group, private = (
        make_body(name, slug=slugify(name)) for name in ("Old Board", "Night Group", "Day Group")
    )
    TermsOfReference.objects.create(body=board, document=document)
    for body, is_public in ((group, True), (group, True), (private, False)):
        meeting = Meeting.objects.create(body=body, starts_at=timezone.now(), is_public=is_public)
        MeetingPaper.objects.create(meeting=meeting, document=document)
    address = f"/documents/{document.pk}/"

    page = client.get(address)

    assert page.text.count("See the meetings and papers of") == 2
    for slug, words in (("night-group", "the Night Group"), ("old-board", "the Old Board")):
        link = f'<a href="/bodies/{slug}/">See the meetings and papers of {words}.</a>'
        assert link in page.text
    assert html_faults(page.content) == []
    client.force_login(make_person(is_staff=True))
    assert "the Day Group" in client.get(address).text


def test_who_asks_for_a_file_of_a_matter_that_is_lost_is_told_so(client, ladder):
    officer = officer_of(ladder[0])
    matter = make_escalation(ladder[0], ladder[1])
    file = attach(matter, officer)
    address = f"/escalations/{matter.reference}/files/{file.pk}/"
    default_storage.delete(file.document.file.name)

    assert client.get(address).status_code == 302
    client.force_login(officer)
    page = client.get(address)

    assert page.status_code == 410
    assert "We cannot find the file of this document." in page.text
    back = f"Go back to the matter {matter.reference}."
    assert f'<a href="/escalations/{matter.reference}/">{back}</a>' in page.text
    assert "what changed in the structure" not in page.text


def edit(client, document, **fields):
    address = f"/admin/governance/document/{document.pk}/change/"
    return client.post(address, {"title": "The text", "is_public": "on", **fields, **REASON})


@pytest.mark.django_db(transaction=True)
def test_a_document_is_edited_though_its_earlier_file_stays(
    client, administrator, stuck, caplog, files
):
    client.force_login(administrator)
    document = make_document()
    earlier = PurePath(document.file.name).stem

    saved = edit(client, document, file=SimpleUploadedFile("new.pdf", PDF + b"new"))

    assert saved.status_code == 302
    assert f"documents/{earlier} was not removed: PermissionError." in caplog.text
    document.refresh_from_db()
    assert document.file.read() == PDF + b"new"


@pytest.mark.django_db(transaction=True)
def test_what_stayed_goes_with_the_next_edit(client, administrator, monkeypatch, files):
    client.force_login(administrator)
    document = make_document()
    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", raise_os_error)
        edit(client, document, file=SimpleUploadedFile("new.pdf", PDF))
    assert len(list(files.rglob("*.pdf"))) == 2

    edit(client, document)

    document.refresh_from_db()
    assert [each.name for each in files.rglob("*.pdf")] == [PurePath(document.file.name).name]


def raise_os_error(storage, name):
    raise OSError(30, "Read-only file system")


def test_a_file_is_taken_from_a_matter_though_it_stays_on_the_disk(
    ladder, stuck, caplog, django_capture_on_commit_callbacks
):
    officer = officer_of(ladder[0])
    matter = make_escalation(ladder[0], ladder[1])
    file = attach(matter, officer)
    stored = PurePath(file.document.file.name).stem

    with django_capture_on_commit_callbacks(execute=True):
        asides.detach(escalation=matter, file=file, by=officer, reason="Wrong one.")

    assert not Document.objects.exists()
    assert f"documents/{stored} was not removed: PermissionError." in caplog.text


def test_a_deed_that_is_refused_says_why_though_its_file_stays(
    client, administrator, monkeypatch, stuck, caplog
):
    def refuse():
        raise ValidationError("It may not be.")

    client.force_login(administrator)
    monkeypatch.setattr("governance.admin.base.work_edited", refuse)
    given = {"title": "Terms", "file": SimpleUploadedFile("terms.pdf", PDF), **REASON}

    page = client.post("/admin/governance/document/add/", given)

    assert "It may not be." in page.text
    assert not Document.objects.exists()
    assert "was not removed: PermissionError." in caplog.text
