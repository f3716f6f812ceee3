import io
import zipfile
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.uploads import download, media_type_of

PDF = b"%PDF-1.7\n1 0 obj"


def upload(content, name="minutes.pdf"):
    return SimpleUploadedFile(name, content)


def office_file(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return content.getvalue()


def test_the_content_says_what_a_file_is_whatever_it_is_called():
    word = office_file("[Content_Types].xml", "_rels/.rels", "word/document.xml")

    assert media_type_of(upload(PDF, "photo.png")) == "application/pdf"
    assert media_type_of(upload(word, "x.exe")).endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    "content",
    [b"<!doctype html><script>alert(1)</script>", b"MZ\x90\x00" + b"\x00" * 64, b"words"],
)
def test_other_kinds_are_refused(content):
    with pytest.raises(ValidationError, match="This kind of file is not taken"):
        media_type_of(upload(content, "minutes.exe"))


@pytest.mark.parametrize("name", ["minutes.pdf", "Minutes.DOCX", "photo.jpeg"])
def test_a_file_that_is_not_what_its_name_says_is_told_so(name):
    with pytest.raises(ValidationError) as refused:
        media_type_of(upload(b"words", name))

    [sentence] = refused.value.messages
    ending = name.rpartition(".")[2].lower()
    assert sentence.startswith(f"The name of this file ends in .{ending}, but what is in it is")
    assert sentence.endswith("Open it, save it again, and choose the new file.")


def test_an_empty_file_and_one_too_large_are_refused(settings):
    settings.UPLOAD_LIMIT = 1024 * 1024

    with pytest.raises(ValidationError, match="empty"):
        media_type_of(upload(b""))
    with pytest.raises(ValidationError, match="larger than 1 MB"):
        media_type_of(upload(PDF + b" " * 1024 * 1024))


def test_the_virus_scanner_is_asked_and_may_refuse(settings):
    settings.UPLOAD_SCAN_COMMAND = "grep -qv EICAR"

    assert media_type_of(upload(PDF)) == "application/pdf"
    with pytest.raises(ValidationError, match="virus check refused"):
        media_type_of(upload(PDF.replace(b"\n", b" ") + b" EICAR"))


def test_a_scanner_that_cannot_run_lets_nothing_through(settings):
    settings.UPLOAD_SCAN_COMMAND = "no-such-scanner -"

    with pytest.raises(ValidationError, match="could not be checked"):
        media_type_of(upload(PDF))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Minutes of July", "Minutes_of_July.pdf"),
        ("রোগীদের অপেক্ষা 🏥", "রোগীদের_অপেক্ষা.pdf"),
        ("Café: 1/2, “draft”", "Café_1_2_draft.pdf"),
        ("../../etc/passwd\r\n", "etc_passwd.pdf"),
        ("🏥", "File.pdf"),
    ],
)
def test_a_file_is_handed_out_under_a_name_in_any_script(title, name):
    response = download(io.BytesIO(b"%PDF-1.7"), "application/pdf", title)

    given = response["Content-Disposition"]
    assert given.startswith("attachment; ")
    assert unquote(given.partition("filename")[2].removeprefix("*=utf-8''")).strip('="') == name
