"""A resident’s own words, shown to everyone: if they agreed, and only as they were redacted."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from engagement import outcomes
from engagement.actions import erasures, quoting, submissions, themes
from engagement.actions import outcomes as deeds
from engagement.models import Note, Redaction, Submission
from engagement.redaction import suggested
from governance.workflow import MoveNotAllowed
from tests.factories import make_engagement_team_member, send_feedback

pytestmark = pytest.mark.django_db

MESSAGE = "Nurse Patel was late.\r\n\r\nRing 07700 900123, says Amina Quill. Zebra."
MARKED = "[[Nurse Patel]] was late.\n\n[[Ring 07700 900123, says Amina Quill.]] Zebra."


@pytest.fixture
def sent(partnership):
    return send_feedback(
        message=MESSAGE, name="Amina Quill", email="a@example.org", may_publish=True
    )


@pytest.fixture
def submission(sent):
    return sent.submission


@pytest.fixture
def outcome(partnership, team, submission):
    """What came of the theme of the message: published."""
    theme = themes.create(title="Late nurses", by=team)
    themes.add(theme=theme, submissions=[submission], by=team)
    words = {"title": "On time", "said": "Nurses come late.", "body": partnership.living_well}
    made = deeds.draft(theme=theme, by=team, **words)
    return deeds.publish(outcome=made, by=team, seen=made.revision)


def redact(submission, team, marked=MARKED, reason="Names a nurse", seen=0):
    return quoting.redact(submission=submission, marked=marked, reason=reason, by=team, seen=seen)


def page_of(submission):
    return f"/staff/feedback/{submission.reference}/redact/"


def read_by_all(outcome):
    return Client().get(f"/you-said/{outcome.pk}/").text


# --- What everyone reads --------------------------------------------------------------------------


def test_everyone_reads_what_is_left_and_nothing_of_what_is_blacked_out(outcome, submission, team):
    redact(submission, team)

    page = read_by_all(outcome)

    assert "was late." in page and "Zebra." in page
    assert page.count("blacked out</span>") == 2
    assert "Patel" not in page and "07700" not in page and "Quill" not in page
    assert submission.reference not in page
    assert "Names a nurse" not in page and str(team) not in page


def test_without_a_redaction_no_word_of_it_is_shown(outcome):
    assert "Zebra" not in read_by_all(outcome)
    assert "What people wrote is not shown here." in read_by_all(outcome)


def test_staff_see_the_original_what_is_hidden_why_and_who_did_it(
    client, partnership, submission, team
):
    redact(submission, team)
    client.force_login(partnership.officers["ne-committee"])

    page = client.get(f"/staff/feedback/{submission.reference}/").text

    assert "07700 900123" in page
    assert ">Nurse Patel</del>" in page
    assert f"Blacked out because: Names a nurse. {team}" in page
    submission.refresh_from_db()
    assert submission.message == MESSAGE
    note = submission.notes.get(kind=Note.Kind.REDACTED)
    assert note.by == team and "Zebra" not in note.text


def test_of_many_the_newest_few_are_shown_in_as_many_queries(
    outcome, submission, team, django_assert_num_queries
):
    redact(submission, team)
    with django_assert_num_queries(1):
        assert len(outcomes.quotes_of(outcome)) == 1
    many = [
        send_feedback(message=f"Words {number}", may_publish=True).submission
        for number in range(outcomes.QUOTES + 2)
    ]
    Submission.objects.filter(pk__in=[each.pk for each in many]).update(theme=outcome.theme)
    for number, each in enumerate(many):
        redact(each, team, marked=f"Words {number}", reason="")

    with django_assert_num_queries(1):
        quotes = outcomes.quotes_of(outcome)
        assert [quote.shown for quote in quotes] == [
            f"Words {number}" for number in range(outcomes.QUOTES + 1, 1, -1)
        ]
        assert {quote.submission.language for quote in quotes} == {"en"}


# --- What may be kept -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "sentence"),
    [
        (MARKED.replace("late", "early"), "Leave the resident’s words as they are"),
        (MARKED.replace("was late.", ""), "Leave the resident’s words as they are"),
        (f"[[{MESSAGE}]]", "Leave something to be read"),
        (f"[[{MESSAGE}", "Close each"),
        (f"[[{MESSAGE[:10]} [[{MESSAGE[10:20]}]] {MESSAGE[20:]}", "words as they are"),
        (MARKED.replace("Ring 07700 900123, says", "Ring]] 07700 900123, [[says"), "a telephone"),
        (MARKED.replace(" says Amina Quill.", " says]] Amina [[Quill."), "Black out who wrote it"),
        (MARKED.replace(" says Amina Quill.", " says Amina]] Quill. [["), "Black out who wrote it"),
    ],
)
def test_nothing_is_changed_and_nobody_given_away(submission, team, marked, sentence):
    with pytest.raises(ValidationError, match=sentence.replace("[", r"\[")):
        redact(submission, team, marked=marked)

    assert not Redaction.objects.exists()


def test_why_something_is_blacked_out_is_said(submission, team):
    with pytest.raises(ValidationError, match="Enter why"):
        redact(submission, team, reason=" ")


def test_only_with_the_residents_consent(partnership, team, client):
    submission = send_feedback(message="Zebra").submission
    client.force_login(team)

    page = client.get(page_of(submission))
    pressed = client.post(page_of(submission), {"marked": "Zebra", "reason": "", "seen": 0})

    assert "did not agree" in page.text and "<textarea" not in page.text
    assert pressed.status_code == 409
    assert "did not agree that what they wrote is published" in pressed.text
    assert not Redaction.objects.exists()
    assert "redact/" not in client.get(f"/staff/feedback/{submission.reference}/").text


def test_only_the_engagement_team_does_it(submission, partnership):
    for person in partnership.officers["ne-committee"], partnership.officers["living-well"]:
        with pytest.raises(PermissionDenied):
            redact(submission, person)
        with pytest.raises(PermissionDenied):
            quoting.take_back(submission=submission, by=person)


def test_what_we_recognise_is_marked_to_begin_with(submission):
    assert suggested(submission.message, submission.contact) == MESSAGE.replace(
        "07700 900123", "[[07700 900123]]"
    ).replace("Amina Quill", "[[Amina Quill]]")
    assert suggested("Quill Amina Quill", submission.contact) == "[[Quill]] [[Amina Quill]]"


# --- The page of the team -------------------------------------------------------------------------


def test_the_team_marks_keeps_and_changes_it(client, submission, team):
    client.force_login(team)
    message = f"/staff/feedback/{submission.reference}/"
    assert f'href="{page_of(submission)}"' in client.get(message).text
    assert "[[07700 900123]]" in client.get(page_of(submission)).text

    faulty = client.post(page_of(submission), {"marked": MESSAGE, "reason": "", "seen": 0})
    done = client.post(page_of(submission), {"marked": MARKED, "reason": "A nurse", "seen": 0})
    again = client.get(page_of(submission)).text

    assert faulty.status_code == 200
    assert "Black out a telephone number that can still be read" in faulty.text
    assert done.status_code == 302
    assert "As everyone reads it now" in again and "[[Nurse Patel]]" in again
    assert Redaction.objects.get().shown.startswith("███ was late.")


def test_pressed_twice_it_is_kept_once_and_who_is_overtaken_is_told(client, submission, team):
    redact(submission, team)
    redact(submission, team)
    assert submission.notes.filter(kind=Note.Kind.REDACTED).count() == 1
    client.force_login(make_engagement_team_member())

    other = MARKED.replace("Zebra.", "[[Zebra.]]")
    stale = client.post(page_of(submission), {"marked": other, "reason": "Mine", "seen": 0})

    assert stale.status_code == 409
    assert "changed what is shown of it after you opened" in stale.text
    assert "[[Zebra.]]" in stale.text and "Mine" in stale.text
    assert Redaction.objects.get().marked == MARKED


def test_a_message_that_waits_to_be_screened_is_not_shown(submission, team):
    submission.referrals.all().delete()

    with pytest.raises(MoveNotAllowed, match="before nobody"):
        redact(submission, team)


def test_the_team_takes_it_back(client, outcome, submission, team):
    redact(submission, team)
    client.force_login(team)

    for _ in range(2):
        client.post(page_of(submission), {"take_back": "yes"})

    assert "Zebra" not in read_by_all(outcome)
    assert submission.notes.filter(kind=Note.Kind.TAKEN_BACK).count() == 1


def test_the_page_is_valid(client, submission, team, html_faults):
    redact(submission, team)
    client.force_login(team)

    for address in page_of(submission), f"/staff/feedback/{submission.reference}/":
        assert html_faults(client.get(address).content) == []


# --- The resident ---------------------------------------------------------------------------------


def test_the_resident_sees_how_it_is_shown_and_ends_it(client, outcome, sent, team):
    redact(sent.submission, team)
    secret = {"reference": sent.submission.reference, "secret": sent.secret}
    page = client.post("/feedback/receipt/", secret, follow=True).text
    assert "This is how we show it:" in page and "blacked out</span>" in page

    for _ in range(2):
        page = client.post("/feedback/receipt/keep-private/", follow=True).text

    assert "We do not publish what you wrote" in page
    assert "This is how we show it:" not in page
    assert "Zebra" not in read_by_all(outcome)
    sent.submission.refresh_from_db()
    assert not sent.submission.may_publish and sent.submission.message == MESSAGE


@pytest.mark.parametrize("how", ["withdrawn", "erased"])
def test_it_goes_with_the_message(outcome, submission, team, how):
    redact(submission, team)

    if how == "withdrawn":
        submissions.withdraw(submission=submission)
    else:
        erasures.erase(submission=submission, by=team, reason="Asked for.")

    assert not Redaction.objects.exists()
    assert "Zebra" not in read_by_all(outcome)
