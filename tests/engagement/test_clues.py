"""Clues: what each word tells, learned from messages, put right by people, named as reasons."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from engagement.catalogue import catalogue_today
from engagement.clue_files import load_clues, read_clues
from engagement.clues import Clues, fault_in, feature_of
from engagement.learning import BadLine, corrected_to_urgent, read_labelled
from engagement.mending import since_today, wrong_clues
from engagement.models import Clue, Phrase, WordFamily
from engagement.phrase_book import PhraseBook
from engagement.reading import Reader
from governance.actions.structure import structure_edited
from tests.engagement.test_mending import referred_on
from tests.factories import make_engagement_team_member

pytestmark = pytest.mark.django_db

LONG = "Nobody told us anything about when, where, or how often they would come and do it. "
CLUES = [
    (1, "the gym", "healthy", "9.0"),
    (2, "squeaks", "healthy", "8.0"),
    (3, "anything", "gp", "0.5"),
    (4, "gone cold", None, "9.0"),
    (5, "{mother}", None, "4.0"),
    (6, "please", None, "-9.0"),
]
FAMILIES = [("mother", "mum, my mother")]


def read(text, clues=CLUES):
    return Reader(PhraseBook([], FAMILIES), Clues(clues)).read(text)


def test_clues_add_up_to_a_topic_and_are_named():
    reading = read(LONG + "The gym squeaked.")

    assert (reading.topic, reading.is_sure) == ("healthy", True)
    assert reading.words == ("the gym", "squeaked")
    assert reading.clues == (1, 2)


def test_what_is_set_aside_is_no_clue():
    aside = Phrase(pk=1, text="not about", sign=Phrase.Sign.SETS_ASIDE, weight=5)
    reader = Reader(PhraseBook([aside]), Clues(CLUES))

    reading = reader.read(LONG + "It is not about the gym.")

    assert reading.topic != "healthy"


def test_one_clue_in_a_few_words_is_not_enough():
    assert not read("Squeaks").is_sure


def test_clues_tell_urgency_and_against_it():
    assert read("Mum has gone cold").flags["urgent-review"] == ["gone cold", "mum"]
    assert "urgent-review" not in read("Please, please, mum").flags


def test_a_weak_clue_needs_another_in_other_words_to_be_urgent():
    weak = [(1, "{mother}", None, "2.0"), (2, "mum", None, "2.0"), (3, "locked", None, "1.0")]

    assert "urgent-review" not in read("Mum waves", weak).flags
    assert read("Mum locked", weak).flags["urgent-review"] == ["mum", "locked"]


def test_a_clue_that_adds_next_to_nothing_is_no_second_one():
    weak = [(1, "{mother}", None, "2.0"), (2, "locked", None, "0.4"), (3, "in the", None, "2.0")]

    assert "urgent-review" not in read("Mum locked in the", weak).flags


def test_clues_are_for_english_and_for_what_is_half_english():
    assert read("আমার মা gone cold").flags.keys() == {"language"}
    half = read("আমার মা ঘরে পড়ে গেছেন, she has gone cold, what should we do")
    assert half.flags.keys() == {"language", "urgent-review"}


@pytest.mark.parametrize(
    ("text", "feature"),
    [("Waiting", "wait"), ("the lifts", "the lift"), ("0 days", "0 day"), ("8", "0"), ("*", "*")],
)
def test_a_clue_is_looked_up_by_its_stems(text, feature):
    assert feature_of(text) == feature


@pytest.mark.parametrize("text", ["three words here", "{mother} late", "a*", "{father}", "no-one"])
def test_a_clue_that_could_fit_nothing_is_refused(text):
    assert fault_in(text, {"mother"})
    with pytest.raises(ValidationError):
        Clue(text=text, weight=1).full_clean()


# --- Learning -------------------------------------------------------------------------------------

TOPIC_LINES = """
# Written for this test.
gp plain|The surgery never answers the phone.
gp plain|I rang the surgery for a doctor.
gp hard|Nobody at the surgery looked up.
healthy plain|The gym closed and I miss the gym.
healthy plain|Could the gym open on Sundays?
healthy hard|I lost weight at the gym.
- plain urgent-review|She is bleeding and will not wake up.
- plain urgent-review|He will not wake up.
gp plain spam|Buy gym watches at the surgery.
"""


def learn(tmp_path, lines=TOPIC_LINES):
    source = tmp_path / "messages.txt"
    source.write_text(lines)
    call_command("learn_clues", str(source), output=tmp_path / "clues", stdout=StringIO())
    return read_clues(tmp_path / "clues")


def test_what_tells_a_kind_apart_is_learned_with_its_weight(partnership, tmp_path):
    clues = learn(tmp_path)

    assert clues["surgery", "gp"] > 1
    assert clues["gym", "healthy"] > 1
    assert clues["wake up", ""] > 1
    assert clues["surgery", ""] < 0
    assert ("the", "gp") not in clues
    assert learn(tmp_path) == clues


def test_a_clue_to_urgency_is_corrected_beside_what_phrases_say():
    def corrected(said, is_urgent):
        return corrected_to_urgent({"up": 1.0}, [(["up"], said, is_urgent)])["up"]

    assert corrected(0, True) > corrected(6, True) > 1
    assert corrected(6, False) < corrected(0, False) < 1


def test_a_clue_to_urgency_is_held_and_learned_from_all_messages_whatever_their_order():
    told = [(["up"], 0, False)] * 20 + [(["up", "down"], 0, True)] * 20
    believed = {"up": 1.0, "down": 1.0, "never": 0.5}

    learned, turned = (corrected_to_urgent(believed, each) for each in (told, told[::-1]))

    assert learned == pytest.approx(turned)
    assert learned["down"] > learned["up"]
    assert learned["never"] == 0.5
    many = corrected_to_urgent(believed, told * 50)
    assert many["down"] > learned["down"]


def test_nothing_is_learned_of_a_word_that_stands_in_one_message(partnership, tmp_path):
    assert not {"phone", "weight", "watches"} & {text for text, _ in learn(tmp_path)}


def test_what_was_learned_is_how_messages_are_read(partnership, tmp_path):
    assert load_clues(learn(tmp_path)).added
    structure_edited()

    points = catalogue_today().reader.read("The gym on the corner. Will it stay?").points

    assert points["healthy"] > 0 > points["gp"]


@pytest.mark.parametrize(
    "line", ["gp|No kind", "gp plain", "cars plain|No such topic", "gp plain pink|No such flag"]
)
def test_a_line_that_says_nothing_of_its_message_is_refused_with_its_number(line):
    with pytest.raises(BadLine, match="Line 2 "):
        list(read_labelled(["gp plain|Fine.", line], ["gp"]))


def test_the_command_says_which_file_is_bad_and_writes_nothing(partnership, tmp_path):
    with pytest.raises(CommandError, match=r"messages\.txt: Line 1 "):
        learn(tmp_path, "gp pink|Hello")

    assert not (tmp_path / "clues").exists()


# --- Loading --------------------------------------------------------------------------------------


def test_learning_anew_leaves_what_people_edited_added_or_removed(partnership):
    load_clues({("gym", "healthy"): Decimal(2), ("swim", "healthy"): Decimal(2)})
    load_clues({("gym", "healthy"): Decimal(3), ("old", ""): Decimal(1)})
    assert dict(Clue.objects.values_list("text", "is_used")) == {
        "gym": True,
        "swim": False,
        "old": True,
    }
    Clue.objects.filter(text="gym").update(weight=9, is_learned=False)
    Clue.objects.create(text="new", weight=1)
    Clue.objects.get(text="old").delete()

    tally = load_clues({("gym", "healthy"): Decimal(1), ("old", ""): Decimal(1)})

    assert (tally.added, tally.changed) == (0, 0)
    assert (tally.edited, tally.removed) == (["gym (healthy)"], ["old (urgent)"])
    assert set(Clue.objects.filter(is_used=True).values_list("text", "weight")) == {
        ("gym", 9),
        ("new", 1),
    }


def test_what_is_edited_in_the_admin_is_no_longer_what_was_learned(client, partnership):
    load_clues({("gym", "healthy"): Decimal(2)})
    clue = Clue.objects.get()
    client.force_login(make_engagement_team_member())

    client.post(
        f"/admin/engagement/clue/{clue.pk}/change/",
        {"text": "gym", "topic": "healthy", "weight": "5", "is_used": "on", "reason": "Too weak"},
    )

    clue.refresh_from_db()
    assert (clue.weight, clue.is_learned) == (5, False)
    assert clue.history.get().history_change_reason == "Too weak"


def test_a_family_that_is_gone_is_said_at_the_field(client, partnership):
    WordFamily.objects.create(name="mother", words="mum")
    client.force_login(make_engagement_team_member())

    page = client.post(
        "/admin/engagement/clue/add/",
        {"text": "{father}", "weight": "5", "is_used": "on", "reason": "Missing"},
    )

    assert "There is no family “father”" in page.content.decode()
    assert not Clue.objects.exists()


def test_a_wrong_suggestion_is_counted_against_its_clues(client, partnership):
    partnership.team = make_engagement_team_member()
    Clue.objects.create(text="gym", topic_id="healthy", weight=40)
    Clue.objects.create(text="tooth", topic_id="gp", weight=2)
    structure_edited()

    referred_on(partnership, "gp", message="The gym at my place squeaks.", topic="not-sure")

    [wrong] = wrong_clues(since_today())
    assert (wrong.row.text, wrong.number) == ("gym", 1)
    client.force_login(partnership.team)
    assert ">gym</a>" in client.get("/staff/routing/").content.decode()
