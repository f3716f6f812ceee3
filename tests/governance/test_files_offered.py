"""Whoever is offered a file reads first what it is and how large, from what is stored of it."""

import re
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from engagement.actions import outcomes
from governance.actions import asides
from governance.models import (
    Document,
    EscalationFile,
    Meeting,
    MeetingPaper,
    Strategy,
    TermsOfReference,
)
from governance.uploads import KINDS, TAKEN, size_said
from tests.factories import (
    make_draft,
    make_engagement_team_member,
    make_escalation,
    make_ladder,
    make_partnership,
    make_theme,
    make_upload,
    officer_of,
    structure_edited,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n"
LARGE = round(1.2 * 1024 * 1024)
NB = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def make_document(title="The text", **fields):
    document = Document(title=title, media_type="application/pdf", size=LARGE, is_public=True)
    document.file.save("text.pdf", ContentFile(PDF), save=False)
    for name, value in fields.items():
        setattr(document, name, value)
    document.save()
    return document


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (1, "1 KB"),
        (1024 * 1.4, "1 KB"),
        (800 * 1024, "800 KB"),
        (999 * 1024, "999 KB"),
        (1000 * 1024, "1 MB"),
        (LARGE, "1.2 MB"),
        (9.94 * 1024 * 1024, "9.9 MB"),
        (9.96 * 1024 * 1024, "10 MB"),
        (50 * 1024 * 1024, "50 MB"),
    ],
)
def test_a_size_is_as_exact_as_it_helps(size, said):
    assert size_said(size) == said.replace(" ", NB)


def test_each_kind_of_file_that_is_taken_has_a_name():
    assert KINDS.keys() == TAKEN.keys()


@pytest.mark.parametrize(
    ("prefix", "minutes"), [("", "Minutes"), ("/bn", "কার্যবিবরণী"), ("/so", "Qoraalka kulanka")]
)
def test_every_page_says_it_of_the_files_it_offers(client, prefix, minutes, html_faults):
    partnership = make_partnership()
    committee, document = partnership.ne.committee, make_document()
    TermsOfReference.objects.create(body=committee, document=document)
    Strategy.objects.create(body=committee, document=document, title="A strategy", summary="To do")
    meeting = Meeting.objects.create(
        body=committee, starts_at=timezone.now() + timedelta(days=3), is_public=True
    )
    MeetingPaper.objects.create(meeting=meeting, document=document, kind="minutes")
    team, theme = make_engagement_team_member(), make_theme(lead_body=committee)
    words = {"title": "T", "said": "S", "evidence_document": document}
    made = outcomes.draft(theme=theme, body=committee, by=team, **words)
    outcomes.publish(outcome=made, by=team, seen=made.revision)
    structure_edited()
    default_storage.delete(document.file.name)  # no page looks

    for address, times in [
        (f"/bodies/{committee.slug}/", 3),
        ("/localities/ne/", 2),
        ("/meetings/", 1),
        (f"/you-said/{made.pk}/", 1),
    ]:
        page = client.get(prefix + address)
        links = re.findall(r'<a href="[^"]*/documents/\d+/".*?</a>', page.text)
        assert [text_of(each).endswith("(PDF, 1.2 MB)") for each in links] == [True] * times
        assert f"1.2{NB}MB" in page.text
        assert (f">{minutes}: <span" in page.text) == ("you-said" not in address)
        assert html_faults(page.content) == []


def test_a_matter_says_it_of_its_files(client):
    bottom, top = make_ladder(2)
    matter = make_escalation(bottom, top)
    upload = make_upload(content=PDF + b"x" * 5000)
    asides.attach(escalation=matter, upload=upload, by=officer_of(bottom))
    client.force_login(officer_of(top))

    page = text_of(client.get(f"/escalations/{matter.reference}/").text)

    assert "Figures (PDF, 5 KB) added by" in page


def test_files_of_one_name_are_told_apart_where_they_are_read_and_taken_away(client):
    bottom, top = make_ladder(2)
    draft, matter = make_draft(bottom), make_escalation(bottom, top)
    by = officer_of(bottom)
    client.force_login(by)

    for escalation, field in ((draft, "take_away"), (matter, "which")):
        for size, at in ((5000, "10:15"), (9000, "16:40")):
            upload = make_upload(content=PDF + b"x" * size)
            asides.attach(escalation=escalation, upload=upload, by=by)
            added_at = datetime.fromisoformat(f"2026-11-26 {at}+00:00")
            EscalationFile.objects.filter(pk=EscalationFile.objects.latest("pk").pk).update(
                added_at=added_at
            )

        page = client.get(f"/escalations/{escalation.reference}/").text

        text = text_of(page)
        assert f"Figures (PDF, 5 KB) added by {by} on 26 November 2026 at 10:15" in text
        assert f"Figures (PDF, 9 KB) added by {by} on 26 November 2026 at 16:40" in text
        labels = re.findall(rf'<label [^>]*for="[^"]*{field}[^"]*">(.*?)</label>', page, re.DOTALL)
        assert [text_of(each) for each in labels] == [
            f"Figures (PDF, 5 KB), added by {by} on 26 November 2026 at 10:15",
            f"Figures (PDF, 9 KB), added by {by} on 26 November 2026 at 16:40",
        ]


def test_the_admin_keeps_how_large_a_file_is(client, administrator):
    client.force_login(administrator)
    address, reason = "/admin/governance/document/", {"reason": "Agreed."}
    file = SimpleUploadedFile("terms.pdf", PDF + b"x" * 3000)
    client.post(f"{address}add/", {"title": "Terms", "file": file, **reason})
    document = Document.objects.get()
    assert document.size == len(PDF) + 3000

    smaller = SimpleUploadedFile("terms.pdf", PDF)
    client.post(f"{address}{document.pk}/change/", {"title": "T", "file": smaller, **reason})
    document.refresh_from_db()
    assert document.size == len(PDF)

    client.post(f"{address}{document.pk}/change/", {"title": "Renamed", **reason})
    document.refresh_from_db()
    assert (document.title, document.size) == ("Renamed", len(PDF))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"size": None}, "PDF"),
        ({"media_type": "", "size": 2048}, f"2{NB}KB"),
        ({"media_type": "", "size": None}, ""),
        ({"file": "", "url": "https://example.org/"}, ""),
    ],
)
def test_what_is_not_known_is_left_out(fields, said):
    assert make_document(**fields).kind_and_size == said


def test_what_was_there_before_gets_its_size_and_a_lost_file_none():
    there, lost, odd, last = (make_document(size=None) for _ in range(4))
    link = make_document(file="", url="https://example.org/", size=None)
    default_storage.delete(lost.file.name)
    Document.objects.filter(pk=odd.pk).update(file="../secret.pdf")

    fill_sizes()

    sizes = Document.objects.in_bulk()
    found = [sizes[each.pk].size for each in (there, lost, odd, last, link)]
    assert found == [len(PDF), None, None, len(PDF), None]


def test_a_save_after_a_size_was_filled_is_not_told_as_a_change(client, administrator):
    document = make_document(size=None)
    fill_sizes()
    document.refresh_from_db()
    document.save()
    client.force_login(administrator)

    page = client.get(f"/admin/governance/document/{document.pk}/history/")

    assert "saved it, and nothing in it became different." in text_of(page.text)


def test_an_earlier_file_does_not_get_the_size_of_the_one_in_its_place():
    document = make_document(size=None)
    document.file.save("other.pdf", ContentFile(PDF + b"and more"))

    fill_sizes()

    sizes = document.history.order_by("history_id").values_list("size", flat=True)
    assert list(sizes) == [None, len(PDF) + len(b"and more")]


def fill_sizes():
    import_module("governance.migrations.0016_fill_size_of_documents").fill(apps, None)
