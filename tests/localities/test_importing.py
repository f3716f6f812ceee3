"""Importing a national table of postcodes: whole or not at all, and nobody sees half of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from localities.actions import importing
from localities.actions.atlas import atlas_edited
from localities.actions.files import ImportRefused
from localities.actions.importing import import_postcodes
from localities.finder import Found, Outside, find
from localities.models import Postcode, PostcodeRelease
from tests.factories import make_locality, make_postcode, make_ward

pytestmark = pytest.mark.django_db(transaction=True)

OURS = "E05009321"


@pytest.fixture
def old_table():
    """A ward of ours and one postcode in it."""
    make_postcode("E34AB", make_ward("Bromley North", gss=OURS, locality=make_locality("ne")))
    PostcodeRelease.objects.create(title="Old", published_on=date(2025, 10, 20), rows=1)


def row(postcode, ward=OURS, *, quality="10", easting="537226", northing="182642", district=""):
    """A row as Ordnance Survey writes it."""
    district = district or ("E09000030" if ward == OURS else "E07000001")
    codes = f'"E92000001","E19000003","E18000007","","{district}","{ward}"'
    return f'"{postcode}",{quality},{easting},{northing},{codes}'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "codepo.csv"

    def write(*rows):
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return write


def bring(path, **options):
    options = {"title": "New", "published_on": date(2026, 2, 20)} | options
    return import_postcodes(path, **options)


def schema():
    """The table's columns, constraints and indexes as the database tells them."""
    with connection.cursor() as cursor:
        inspect = connection.introspection
        return (
            inspect.get_table_description(cursor, Postcode._meta.db_table),
            inspect.get_constraints(cursor, Postcode._meta.db_table),
            sorted(name for name in inspect.table_names(cursor) if "postcode" in name),
        )


def test_an_answer_names_the_table_it_is_of(old_table, file):
    atlas_edited()
    before = find("E3 4AB").facts["table"], find("E3 4AD").facts["table"]

    bring(file(row("E3 4AB")))

    assert before == ("Old", "Old")
    assert (find("E3 4AB").facts["table"], find("E3 4AD").facts["table"]) == ("New", "New")
    assert find("E3 4AB").facts["table_date"] == "2026-02-20"


def test_the_new_table_stands_in_the_place_of_the_old_one(old_table, file):
    before = schema()

    done = bring(file(row("E3  4AA"), row("E14 0AA"), row("SW1A1AA", "E05013806")))

    assert (done.rows, done.ours, done.ours_before) == (3, 2, 1)
    assert set(Postcode.objects.values_list("code", "ward_gss", "easting", "northing")) == {
        ("E34AA", OURS, 537226, 182642),
        ("E140AA", OURS, 537226, 182642),
        ("SW1A1AA", "E05013806", 537226, 182642),
    }
    release = PostcodeRelease.objects.latest()
    assert (release.title, release.published_on, release.rows) == ("New", date(2026, 2, 20), 3)
    assert schema() == before
    assert isinstance(find("E3 4AA"), Found)
    assert isinstance(find("SW1A 1AA"), Outside)


def test_it_can_be_done_again_and_again(old_table, file):
    before = schema()

    for _ in range(3):
        bring(file(row("E3 4AA")))

    assert Postcode.objects.get().code == "E34AA"
    assert schema() == before


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("E3 4AA"), "E3 4AB,10"], "Row 2: it has 2 columns instead of 10."),
        ([row("E3 4AA"), ""], "Row 2: it has 0 columns instead of 10."),
        (["Postcode" + ",x" * 9], "Row 1: “Postcode” is not a postcode."),
        ([row("E3 4AA"), row("e3 4ab")], "Row 2: “e3 4ab” is not a postcode."),
        ([row("E3 4A\u0660")], "Row 1: “E3 4A\u0660” is not a postcode."),
        ([row("E3 4AA", easting="")], "Row 1: “, 182642” are not metres of the National Grid."),
        ([row("E3 4AA", northing="-1")], "“537226, -1” are not metres of the National Grid."),
        ([row("E3 4AA", easting="5e5")], "“5e5, 182642” are not metres"),
        ([row("E3 4AA", easting="12345678")], "“12345678, 182642” are not metres"),
        ([row("E3 4AA", "Bow East")], "Row 1: “Bow East” is not the code of a ward."),
        ([row("E3 4AA"), row("E34AA")], "Row 2: E34AA stands in row 1 already."),
        ([row("N1 1AA", "E05013701")], "None of the 1 rows lies in a ward of ours"),
    ],
)
def test_a_file_with_a_fault_is_refused_by_its_row_and_changes_nothing(
    old_table, file, rows, sentence
):
    before = schema()

    with pytest.raises(ImportRefused, match="Nothing was changed") as refusal:
        bring(file(*rows))

    assert sentence in str(refusal.value)
    assert Postcode.objects.get().code == "E34AB"
    assert PostcodeRelease.objects.get().title == "Old"
    assert schema() == before


def test_a_fault_after_many_rows_changes_nothing_either(old_table, file, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    good = [row(f"E3 4A{letter}") for letter in "ABDEF"]

    with pytest.raises(ImportRefused, match="Row 6"):
        bring(file(*good, "nonsense"))

    assert Postcode.objects.get().code == "E34AB"


def test_an_empty_file_is_refused(old_table, tmp_path):
    path = tmp_path / "empty.csv"
    path.touch()

    with pytest.raises(ImportRefused, match="The file is empty"):
        bring(path)

    assert Postcode.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01" * 50, b'"E3 4AA', b"\x00" * 20])
def test_a_file_that_is_no_text_is_refused(old_table, tmp_path, content):
    path = tmp_path / "picture.csv"
    path.write_bytes(content)

    with pytest.raises(ImportRefused, match="Row 1"):
        bring(path)

    assert Postcode.objects.exists()


def test_readers_see_the_old_table_until_the_new_one_is_complete(old_table, file, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    seen = []

    def codes():
        try:
            return sorted(Postcode.objects.values_list("code", flat=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        bring(
            file(row("E3 4AA"), row("E3 4AD"), row("E3 4AE")),
            progress=lambda rows, share: seen.append(elsewhere.submit(codes).result()),
        )
        seen.append(elsewhere.submit(codes).result())

    assert seen == [["E34AB"]] * 3 + [["E34AA", "E34AD", "E34AE"]]


def test_two_imports_at_once_do_not_mix(old_table, file, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    other = tmp_path / "other.csv"
    other.write_text(row("E3 4ZZ") + "\n")
    refused = []

    def import_other():
        try:
            bring(other, title="Other")
        except ImportRefused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        started = []

        def progress(rows, share):
            if not started:
                started.append(True)
                elsewhere.submit(import_other).result()

        try:
            bring(file(row("E3 4AA"), row("E3 4AD")), progress=progress)
        except Exception as error:
            refused.append(str(error))

    codes = sorted(Postcode.objects.values_list("code", flat=True))
    assert codes in (["E34AA", "E34AD"], ["E34ZZ"])
    assert len(refused) == 1


def test_an_import_of_our_own_release_is_told_from_what_the_loader_wrote(old_table, file):
    bring(file(row("E3 4AA")), title="OS Code-Point Open 2025.4.0")

    assert PostcodeRelease.objects.latest().title == "OS Code-Point Open 2025.4.0, whole file"


def test_the_command_says_what_it_brought(old_table, file):
    output = StringIO()
    path = file(row("E3 4AA"), row("E3 4AD", "E05099999", district="E09000030"))

    call_command(
        "import_postcodes",
        path,
        "--release=2026.1.0",
        "--published-on=2026-02-20",
        stdout=output,
    )

    assert "2 postcodes imported, 1 of them in Tower Hamlets (before: 1)." in output.getvalue()
    assert "1 postcodes of Tower Hamlets are in E05099999, which is not a ward of ours" in (
        output.getvalue()
    )
    release = PostcodeRelease.objects.latest()
    assert release.title == "OS Code-Point Open 2026.1.0"


def test_the_command_says_in_a_sentence_that_there_is_no_such_file(old_table):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_postcodes", "/nowhere/codepo.csv")
