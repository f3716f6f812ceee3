"""Taking away what a resident sent: no word of it is left, wherever such words may stand.

The words are planted in every text of every model that belongs to a submission, as the models say,
and looked for in every table there is: a column that is added tomorrow is planted and searched too.
"""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import ConnectionHandler, connection, models
from django.utils import timezone

from engagement import erasure
from engagement.actions import erasures, referrals, steps, submissions
from engagement.erasure import empty_journal, models_of_submissions, rows_of, texts_of
from engagement.models import Contact, Erasure, Referral, Submission
from engagement.sending import new_token
from governance import record
from governance.models import OutboxMessage
from governance.workflow import MoveNotAllowed
from tests.factories import make_person, numbers, send_feedback

pytestmark = pytest.mark.django_db

WORD = "xylozebra"  # an index keeps stems: this one is its own
HASH = re.compile("[0-9a-f]{32,}")
WITHOUT_WORDS = (
    models.IntegerField,
    models.BooleanField,
    models.DateField,
    models.DateTimeField,
    models.GeneratedField,
    models.UUIDField,
)


@pytest.fixture
def sent(partnership):
    """A message on which everything happened that may happen, and that is full of the word."""
    sent = send_feedback(
        message=f"The {WORD} crossing",
        place="E3 4AB",
        name=f"Amina {WORD.capitalize()}",
        email=f"{WORD}@example.org",
        phone=f"020 {WORD}",
        wants_answer=True,
        may_publish=True,
    )
    submission = sent.submission
    lead = Referral.objects.leading().get(submission=submission)
    referrals.answer(referral=lead, by=partnership.officers["ne-committee"], text=WORD)
    submissions.add(submission=submission, message=f"More {WORD}", key=new_token()[:60])
    plant(submission)
    return sent


def plant(submission):
    """The word in each text that belongs to a submission, and in its mails."""
    for model in models_of_submissions():
        if texts_of(model) and not dict(rows_of(submission))[model].exists():
            make_row(model, submission)
    for model, rows in rows_of(submission):
        rows.update(**{field.name: planted(field) for field in texts_of(model)})
    mails = OutboxMessage.objects.filter(about=submission.reference)
    assert mails.filter(to=f"{WORD}@example.org").exists()
    mails.update(text=WORD, error=WORD)


def planted(field):
    if isinstance(field, models.JSONField):
        return {**field.get_default(), **REASON, "of": WORD} if field.name == "reason" else [WORD]
    if isinstance(field, models.EmailField):
        return f"{WORD}@example.org"
    return WORD[: field.max_length or None]


REASON = {
    "format": 1,
    "outcome": "referred-on",
    "from": None,
    "lead": {"slug": "living-well", "name": "Living Well"},
    "place": {"status": "ok", "answer": {"kind": "postcode", "code": "E34AB"}, "nearest": None},
}


def make_row(model, submission):
    """A row of a model that belongs to a submission, filled in as far as its fields ask for it."""
    values = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.null or field.has_default() or field.generated:
            if field.remote_field and field.remote_field.model in {Submission, Referral}:
                values[field.name] = row_of(field.remote_field.model, submission)
            continue
        if field.remote_field:
            values[field.name] = row_of(field.remote_field.model, submission)
        elif field.choices:
            values[field.name] = field.choices[0][0]
        elif isinstance(field, models.DateTimeField):
            values[field.name] = timezone.now()
        elif isinstance(field, models.DateField):
            values[field.name] = timezone.localdate()
        elif isinstance(field, models.IntegerField | models.BooleanField):
            values[field.name] = 1
        elif isinstance(field, models.CharField | models.TextField):
            values[field.name] = f"x{next(numbers)}"
    return model._base_manager.create(**values)


def row_of(model, submission):
    if model is Submission:
        return submission
    rows = dict(rows_of(submission)).get(model, model._base_manager.all())
    return rows.first() or make_row(model, submission)


def found_everywhere(word):
    """The tables, and the files, in which a word stands: whatever the models know of them."""
    places = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if any(word.lower() in as_text(value) for row in cursor.fetchall() for value in row):
                places.append(table)
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file() and word.lower().encode() in path.read_bytes().lower():
            places.append(str(path))
    return places


def as_text(value):
    """What it says, but for hashes: in enough of them any short word stands by chance."""
    if isinstance(value, memoryview | bytes):
        return bytes(value).decode("latin-1").lower()
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return HASH.sub("", text.lower())


# --- No trace -------------------------------------------------------------------------------------


def by_the_resident(submission, by):
    submissions.withdraw(submission=submission)


def by_the_team(submission, by):
    erasures.erase(submission=submission, by=by, reason="Asked for by telephone.")


def by_command(submission, by):
    call_command("erase_contact", submission.reference, stdout=StringIO())


WAYS = [by_the_resident, by_the_team, by_command]


@pytest.mark.parametrize("taken_away", WAYS)
def test_no_word_is_left_anywhere(sent, team, taken_away):
    assert len(found_everywhere(WORD)) >= 6

    taken_away(sent.submission, team)

    assert found_everywhere(WORD) == []
    assert set(found_everywhere("E34AB") + found_everywhere("E3 4AB")) <= {"localities_postcode"}


def test_the_search_finds_what_erasure_forgets(sent, team, monkeypatch):
    monkeypatch.setattr(erasure, "OURS", erasure.OURS | {(Submission, "message")})

    by_the_team(sent.submission, team)

    assert "engagement_submission" in found_everywhere(WORD)


def test_each_field_is_known_to_hold_words_or_none():
    unknown = [
        str(field)
        for model in models_of_submissions()
        for field in model._meta.concrete_fields
        if not isinstance(field, erasure.TEXTS + WITHOUT_WORDS) and not field.is_relation
    ]

    assert unknown == []


def test_the_words_of_another_message_stay(sent, team):
    other = send_feedback(message="A lamp is broken", email="other@example.org", wants_answer=True)

    by_the_team(sent.submission, team)

    other.submission.refresh_from_db()
    assert other.submission.message == "A lamp is broken"
    assert Contact.objects.get().email == "other@example.org"
    assert OutboxMessage.objects.filter(to="other@example.org").exists()


def test_the_bare_facts_stay(sent, partnership, team):
    by_the_team(sent.submission, team)

    submission = Submission.objects.get()
    assert (submission.status, submission.topic, submission.locality) == (
        "erased",
        partnership.gp,
        partnership.ne.locality,
    )
    assert not submission.may_publish
    lead = Referral.objects.leading().get()
    assert lead.status == "closed"
    assert lead.reason["place"]["answer"]["code"] == "E3"


def test_a_held_message_without_a_body_can_be_erased(partnership, team):
    submission = send_feedback(message=f"A {WORD}").submission
    submission.referrals.all().delete()
    Submission.objects.update(status="held")

    by_the_team(submission, team)

    assert found_everywhere(WORD) == []


# --- Who and why ----------------------------------------------------------------------------------


def test_who_erased_it_and_why_stays_without_what_it_was(sent, team):
    by_the_team(sent.submission, team)

    noted = Erasure.objects.get(extent="everything")
    assert (noted.submission, noted.extent, noted.cause, noted.by, noted.reason) == (
        sent.submission,
        "everything",
        "request",
        team,
        "Asked for by telephone.",
    )


def test_that_a_resident_withdrew_is_noted_as_theirs(sent):
    submissions.withdraw(submission=sent.submission)

    noted = Erasure.objects.get(extent="everything")
    assert (noted.cause, noted.by) == ("resident", None)


@pytest.mark.parametrize(
    "reason",
    ["Amina phoned.", "From XYLOZEBRA@example.org", f"amina {WORD} asked", f"Mrs {WORD.title()}"],
)
def test_a_reason_that_names_the_resident_is_refused(partnership, team, reason):
    sent = send_feedback(name=f"Amina {WORD.title()}", email=f"{WORD}@example.org")

    with pytest.raises(MoveNotAllowed, match="names the resident"):
        erasures.erase(submission=sent.submission, by=team, reason=reason)

    assert Contact.objects.exists()


def test_a_reason_may_hold_the_letters_of_a_short_name_inside_other_words(partnership, team):
    sent = send_feedback(name="Ed", email="e@example.org")

    erasures.erase(submission=sent.submission, by=team, reason="They asked for it.")

    assert Erasure.objects.get().reason == "They asked for it."


def test_a_reason_is_asked_for(partnership, team):
    with pytest.raises(MoveNotAllowed, match="Say why"):
        erasures.erase(submission=send_feedback().submission, by=team, reason=" ")


def test_no_page_that_is_kept_goes_on_showing_what_came_of_it(sent):
    before = record.pages_version()

    submissions.withdraw(submission=sent.submission)

    assert before != record.pages_version() is not None


def test_only_the_engagement_team_erases(partnership):
    submission = send_feedback().submission

    for person in (make_person(), partnership.officers["ne-committee"]):
        with pytest.raises(PermissionDenied):
            erasures.erase(submission=submission, by=person, reason="Because.")

    submission.refresh_from_db()
    assert submission.message


def test_what_is_gone_is_not_erased_twice(sent, team):
    by_the_team(sent.submission, team)

    with pytest.raises(MoveNotAllowed, match="were removed"):
        by_the_team(sent.submission, team)
    with pytest.raises(MoveNotAllowed):
        submissions.withdraw(submission=sent.submission)


@pytest.mark.parametrize("arguments", [["F-2026-999999"], ["nonsense"]])
def test_the_command_says_what_it_cannot_find(partnership, arguments):
    with pytest.raises(CommandError, match="There is no message"):
        call_command("erase_contact", *arguments)


def test_the_command_notes_who_asked_for_it(sent, team):
    call_command(
        "erase_contact", sent.submission.reference, by=team.username, reason="A letter.",
        stdout=StringIO(),
    )  # fmt: skip

    noted = Erasure.objects.get(extent="everything")
    assert (noted.by, noted.reason) == (team, "A letter.")


def test_the_command_refuses_who_may_not(sent):
    with pytest.raises(CommandError, match="There is nobody"):
        call_command("erase_contact", sent.submission.reference, by="nobody-of-this-name")
    with pytest.raises(CommandError, match="Only the engagement team may erase"):
        call_command("erase_contact", sent.submission.reference, by=make_person().username)


# --- Only the person ------------------------------------------------------------------------------


def test_without_the_person_the_words_stay_and_name_nobody(partnership):
    sent = send_feedback(
        message="I am Amina Quill, ring me on 020 7946 0000. In May it fell on Quill Lane",
        place="E3 4AB",
        name="Amina Quill",
        email="amina@example.org",
        phone="020 7946 0000",
        wants_answer=True,
    )

    erasure.remove_person(sent.submission)
    sent.submission.save()
    steps.write_words_anew(sent.submission)

    submission = Submission.objects.get()
    assert submission.message == (
        "I am [removed], ring me on [removed]. In May it fell on [removed] Lane"
    )
    assert submission.place == "E3"
    for word in ("Quill", "amina", "7946 0000", "79460000", "E34AB", "E3 4AB"):
        assert set(found_everywhere(word)) <= {"localities_postcode"}, word


@pytest.mark.parametrize(
    ("name", "message", "left"),
    [
        ("Jo", "I am Jo. The major join is done", "I am [removed]. The major join is done"),
        ("An Li", "An line, says an li", "An line, says [removed]"),
        # The last sign of these is no letter, and endings are joined to a name.
        ("রহিমা বেগম", "আমি রহিমা, রহিমার মা", "আমি [removed], [removed]র মা"),
        ("রহিমা", "আমি রহিমা", "আমি [removed]"),
        ("Amina Quill", "AMINA QUILL’s, Amina_Quill", "[removed]’s, [removed]_[removed]"),
    ],
)
def test_a_name_is_taken_out_where_it_is_a_word_of_its_own(partnership, name, message, left):
    sent = send_feedback(name=name, email="x@example.org", message=message)

    erasure.remove_person(sent.submission)

    assert Submission.objects.get().message == left


@pytest.mark.parametrize(
    ("place", "left"),
    [
        ("E3 4AB", "E3"),
        ("e1w-1bq", "E1W"),
        ("12 Roman Road, E3 5LU", ""),
        ("Mile End", "Mile End"),
        ("E14", ""),
        ("", ""),
    ],
)
def test_of_a_place_no_door_is_left(place, left):
    assert erasure.without_address(place) == left


def test_the_file_and_the_journal_of_sqlite_have_no_word_left(tmp_path):
    file = tmp_path / "portal.sqlite3"
    database = settings.DATABASES["default"] | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;"},
    }
    connection = ConnectionHandler({"default": database})["default"]

    def has_word():
        return any(WORD.encode() in each.read_bytes() for each in tmp_path.iterdir())

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE message (words text)")
        cursor.execute("INSERT INTO message VALUES (%s)", [WORD])
        cursor.execute("DELETE FROM message")
    assert has_word()

    empty_journal(connection)

    assert not has_word()
    connection.close()
