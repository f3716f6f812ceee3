"""The pages of themes: who sees them, what they count, and what is done there."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engagement.actions import submissions, themes
from engagement.models import Submission, Theme
from tests.factories import (
    FROM_HERE,
    make_engagement_team_member,
    make_member,
    make_person,
    make_submission,
    make_theme,
)
from tests.reading import main_of

pytestmark = pytest.mark.django_db

LIST = "/staff/themes/"


@pytest.fixture
def theme(partnership):
    ne, nowhere = make_submission(topic="healthy"), make_submission(topic="healthy", place="")
    return make_theme(ne, nowhere, title="No lift", lead_body=partnership.living_well)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def page_of(theme, deed=""):
    return f"{LIST}{theme.pk}/{deed}"


@pytest.fixture
def team(partnership):
    return signed_in(make_engagement_team_member())


def test_a_theme_is_seen_by_the_team_and_by_its_body(partnership, theme, team):
    member = signed_in(make_member(partnership.living_well))

    for client in (team, member):
        assert "No lift" in client.get(LIST).text
        assert "No lift" in client.get(page_of(theme)).text
    for person in (make_person(), partnership.officers["ne-committee"]):
        assert "No lift" not in signed_in(person).get(LIST).text
        assert signed_in(person).get(page_of(theme)).status_code == 404


def test_who_does_not_see_all_that_it_counts_is_told_so(partnership, theme, team):
    lead = partnership.living_well
    theirs, elsewhere = make_submission(topic="healthy"), make_submission(topic="gp")
    shared = make_theme(theirs, elsewhere, title="No lift anywhere", lead_body=lead)
    officer, says = signed_in(partnership.officers["living-well"]), "You see only those"

    page = officer.get(page_of(shared)).text
    assert theirs.reference in page and elsewhere.reference not in page
    assert says in page
    assert says not in officer.get(page_of(theme)).text
    assert says not in team.get(page_of(shared)).text


def test_of_many_messages_that_one_reads_it_is_not_said(partnership):
    many = [make_submission(topic="healthy") for _ in range(26)]
    lead, officer = partnership.living_well, signed_in(partnership.officers["living-well"])
    theme = make_theme(*many, title="No lift anywhere", lead_body=lead)
    says = "You see only those"

    first = officer.get(page_of(theme)).text
    assert "?before=" in first and says not in first
    elsewhere = make_submission(topic="gp")
    themes.add(theme=theme, submissions=[elsewhere], by=make_engagement_team_member())
    submissions.withdraw(submission=many[0])
    submissions.withdraw(submission=many[1])
    assert says in officer.get(page_of(theme)).text


def test_it_counts_by_month_and_locality_without_what_was_taken_back(theme, team):
    Submission.objects.filter(locality="ne").update(received_on="2026-10-31")
    taken_back = make_submission(topic="healthy")
    Submission.objects.filter(pk=taken_back.pk).update(theme=theme)
    submissions.withdraw(submission=taken_back)

    counts = team.get(page_of(theme)).context["counts"]

    assert [(f"{month.first_day:%Y-%m}", month.total) for month in counts.months][-1:] == [
        ("2026-10", 1)
    ]
    assert dict(counts.totals) == {"North East": 1, "North West": 0, "Not known": 1}
    assert counts.total == 2


def test_the_team_begins_a_theme_once(team):
    posted = {"title": "Cold rooms", "description": "", "lead_body": "team"}

    pages = [team.post(LIST, posted) for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 302]
    assert Theme.objects.get().lead_body is None


def test_a_title_that_is_taken_is_said_at_the_field(theme, team):
    posted = {"title": "NO LIFT", "description": "Kept words", "lead_body": "team"}

    page = team.post(LIST, posted)

    assert "There is a theme “No lift” already" in page.text
    assert "Kept words" in page.text


def test_messages_are_added_and_taken_out_by_their_references(theme, team):
    one, two = make_submission(), make_submission()
    given = {"references": f" {one.reference},\n{two.reference.lower()} "}

    team.post(page_of(theme, "gather/"), given)
    assert theme.submissions.count() == 4

    team.post(page_of(theme, "gather/"), given | {"remove": "yes"})
    assert theme.submissions.count() == 2


@pytest.mark.parametrize("given", ["", "x", "F-2026-999999", "F-0000-000001", "F-2026-" + "9" * 12])
def test_a_reference_of_nothing_is_said_and_kept(theme, team, given):
    page = team.post(page_of(theme, "gather/"), {"references": given})

    assert page.status_code == 200
    assert "There is no message" in page.text or "Enter the reference" in page.text
    assert theme.submissions.count() == 2


def test_one_that_has_another_theme_is_refused_with_what_was_typed(theme, team):
    message = make_submission()
    make_theme(message, title="Another")

    page = team.post(page_of(theme, "gather/"), {"references": message.reference})

    assert page.status_code == 409
    assert "under the theme “Another” already" in page.text
    assert message.reference in page.text


def test_a_message_is_put_under_a_theme_from_its_own_page(theme, team):
    message = make_submission()
    address = f"/staff/feedback/{message.reference}/"

    team.post(f"{address}theme/", {"theme": theme.pk})

    assert "It is under the theme" in team.get(address).text
    assert message in theme.submissions.all()


def test_without_its_proof_what_was_typed_comes_back(theme):
    client = Client(enforce_csrf_checks=True, headers=FROM_HERE)
    client.force_login(make_engagement_team_member())

    begun = client.post(LIST, {"title": "Typed", "lead_body": "team"})
    gathered = client.post(page_of(theme, "gather/"), {"references": "F-2026-000077"})

    assert (begun.status_code, gathered.status_code) == (403, 403)
    assert "Typed" in begun.text
    assert "F-2026-000077" in gathered.text
    assert Theme.objects.count() == 1


@pytest.mark.parametrize("query", ["?before=x", "?after=0", "?before=" + "9" * 30])
def test_a_page_that_is_none_is_refused_in_a_sentence(theme, team, query):
    for address in (LIST, page_of(theme)):
        page = team.get(address + query)
        assert page.status_code == 400
        assert "There is no such page" in page.text


def test_pages_cost_the_same_whatever_they_hold(theme, team):
    def queries(address):
        team.get(address)  # the structure, and the working days with it, are kept from here on
        with CaptureQueriesContext(connection) as captured:
            team.get(address)
        return len(captured)

    ticked = "&".join(f"message={each.reference}" for each in theme.submissions.all())
    addresses = [LIST, page_of(theme), f"{GATHER}?{ticked}"]
    few = [queries(address) for address in addresses]
    for _ in range(6):
        message = make_submission(topic="healthy")
        make_theme(lead_body=theme.lead_body)
        Submission.objects.filter(pk=message.pk).update(theme=theme)

    assert [queries(address) for address in addresses] == few
    assert max(few) <= 14


# --- Named anew, closed, opened again -------------------------------------------------------------


def changed(theme, **words):
    """What the form holds that names a theme anew."""
    theme.refresh_from_db()
    filled = {"title": "No lifts", "description": "In three places.", "lead_body": "team"}
    return filled | {"reason": "Plainer", "seen": theme.revision} | words


def test_a_theme_is_named_anew_and_its_history_says_why(theme, team, html_faults):
    assert f'href="{page_of(theme, "change/")}"' in team.get(page_of(theme)).text
    assert html_faults(team.get(page_of(theme, "change/")).content) == []

    page = team.post(page_of(theme, "change/"), changed(theme), follow=True).text

    assert "The theme is changed." in page
    assert "No lifts" in page and "In three places." in page and "the engagement team" in page
    assert "Plainer" in team.get(page_of(theme, "change/")).text


def test_pressed_twice_it_is_changed_once_and_who_is_overtaken_keeps_their_words(theme, team):
    first = changed(theme)
    stale = changed(theme, title="My own title")
    for _ in range(2):
        assert team.post(page_of(theme, "change/"), first).status_code == 302

    overtaken = team.post(page_of(theme, "change/"), stale)

    assert overtaken.status_code == 409
    assert "changed it after you opened this page (Plainer)" in overtaken.text
    assert "My own title" in overtaken.text
    theme.refresh_from_db()
    assert theme.title == "No lifts"
    assert theme.history.filter(history_change_reason="Plainer").count() == 1


def test_faults_are_said_at_their_fields(theme, team, partnership):
    make_theme(title="Taken", lead_body=partnership.living_well)

    missing = team.post(page_of(theme, "change/"), changed(theme, title="", reason=""))
    taken = team.post(page_of(theme, "change/"), changed(theme, title="TAKEN"))

    assert "Enter a title" in missing.text and "Enter the reason" in missing.text
    assert "There is a theme with this title already" in taken.text
    assert missing.status_code == taken.status_code == 200


def test_a_closed_theme_takes_no_more_messages_until_it_is_opened_again(theme, team):
    another = make_submission(topic="healthy")
    gathered = {"references": another.reference}
    closing = {"reason": "Answered", "seen": changed(theme)["seen"]}

    for _ in range(2):
        assert team.post(page_of(theme, "close/"), closing).status_code == 302
    page = team.get(page_of(theme)).text
    refused = team.post(page_of(theme, "gather/"), gathered)

    assert "Closed on" in page and "Closed on" in team.get(LIST).text
    assert "is closed. Open it again first" in refused.text
    assert refused.status_code == 409
    assert theme.title not in team.get(f"/staff/feedback/{another.reference}/").text
    assert team.post(page_of(theme, "change/"), changed(theme)).status_code == 409
    asked_again = team.post(page_of(theme, "close/"), {"reopen": "yes"}).text
    assert "Enter the reason" in asked_again and "<title>Error: " in asked_again

    reopening = {"reason": "More came", "seen": changed(theme)["seen"], "reopen": "yes"}
    assert team.post(page_of(theme, "close/"), reopening).status_code == 302
    assert team.post(page_of(theme, "gather/"), gathered).status_code == 302
    another.refresh_from_db()
    assert another.theme == theme


def test_an_old_page_closes_nothing(theme, team):
    old = {"reason": "Answered", "seen": changed(theme)["seen"]}
    team.post(page_of(theme, "change/"), changed(theme))

    refused = team.post(page_of(theme, "close/"), old)

    assert refused.status_code == 409 and "Answered" in refused.text
    theme.refresh_from_db()
    assert theme.closed_on is None


# --- Many messages at once ------------------------------------------------------------------------

GATHER = f"{LIST}gather/"
QUEUE = "/staff/feedback/"


def ticks_of(page):
    return re.findall(r'type="checkbox" id="tick-[^"]+" name="message" value="([^"]+)"', page.text)


def test_messages_are_ticked_in_the_queue_by_who_may_act_on_them(partnership, team):
    healthy, gp = make_submission(topic="healthy"), make_submission(topic="gp")
    officer = signed_in(partnership.officers["living-well"])
    member = signed_in(make_member(partnership.living_well))

    assert set(ticks_of(team.get(QUEUE))) == {healthy.reference, gp.reference}
    assert ticks_of(officer.get(QUEUE)) == [healthy.reference]
    assert ticks_of(member.get(QUEUE)) == []
    assert "under a theme" not in member.get(QUEUE).text


def test_copies_and_messages_without_words_have_no_box_to_tick(partnership, team):
    gone = make_submission(topic="healthy")
    submissions.withdraw(submission=gone)
    make_submission(topic="healthy")

    page = team.get(QUEUE + "?status=all")

    assert page.text.count("(copy)") >= 1
    assert len(ticks_of(page)) == 1 and gone.reference not in ticks_of(page)


def test_what_is_under_a_theme_says_so_in_place_of_the_box(theme, team):
    free = make_submission(topic="healthy")

    page = team.get(QUEUE)

    assert ticks_of(page) == [free.reference]
    assert page.text.count("In a theme") == 2


def test_what_was_ticked_is_put_under_a_new_theme_once(partnership, team):
    messages = [make_submission(topic="healthy") for _ in range(2)]
    ticked = [each.reference for each in messages]

    page = team.get(GATHER, {"message": ticked})
    assert page.context["form"]["references"].value() == " ".join(ticked)
    posted = {"references": " ".join(ticked), "title": "No lift", "lead_body": "living-well"}
    answers = [team.post(GATHER, posted) for _ in range(2)]

    theme = Theme.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [page_of(theme)] * 2
    assert {each.theme for each in Submission.objects.all()} == {theme}
    assert theme.lead_body == partnership.living_well


def test_what_was_ticked_is_told_apart_by_how_it_begins(partnership, team, html_faults):
    said = ["No lift at the clinic. Call 020 7946 0018.", "No ramp at the door.", "No seats."]
    first, second, other = (make_submission(message=each, topic="healthy") for each in said)
    ticked = [second.reference, first.reference]

    asked = team.get(GATHER, {"message": [*ticked, "F-2026-999999", "x", "9" * 40]})
    refused = team.post(GATHER, {"references": " ".join(ticked)})

    for page in asked, refused:
        rows = main_of(page).partition("<table")[2].partition("</table>")[0]
        assert rows.index("No ramp at the door.") < rows.index("No lift at the clinic. Call [")
        assert "0018" not in rows and "No seats" not in rows
        assert ticks_of(page) == []
        assert html_faults(page.content) == []
    assert "Messages you chose" not in team.get(GATHER).text


def test_what_was_ticked_is_told_of_to_who_reads_it_in_the_queue(partnership):
    theirs = make_submission(message="No ramp at the door.", topic="healthy")
    others = make_submission(message="No seats here.", topic="gp")
    officer = signed_in(partnership.officers["living-well"])

    page = officer.get(GATHER, {"message": [theirs.reference, others.reference]})

    assert "No ramp at the door." in page.text
    assert "No seats" not in page.text


def test_what_was_ticked_costs_the_same_however_much_it_is(partnership, team):
    ticked = [make_submission(topic="healthy").reference for _ in range(6)]
    team.get(GATHER, {"message": ticked})

    def queries(some):
        with CaptureQueriesContext(connection) as captured:
            team.get(GATHER, {"message": some})
        return len(captured)

    assert queries(ticked) == queries(ticked[:1])


def test_what_was_ticked_is_put_under_a_theme_that_is_there(theme, team):
    message = make_submission(topic="healthy")

    team.post(GATHER, {"references": message.reference, "theme": theme.pk})

    message.refresh_from_db()
    assert message.theme == theme and Theme.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"theme": "", "title": ""}, "Enter the title of a new theme, or choose one above"),
        ({"title": "Another"}, "Choose a theme or enter the title of a new one, not both"),
        ({"theme": "0"}, "Choose a theme from the list"),
        ({"theme": "", "title": "NO LIFT"}, "There is a theme “No lift” already"),
        ({"references": ""}, "Enter the reference of a message"),
        ({"references": " , ;"}, "Enter the reference of a message"),
        ({"references": "F-2026-999999,"}, "There is no message F-2026-999999 that you may act on"),
        ({"references": "F-2026-999999"}, "There is no message F-2026-999999 that you may act on"),
        (
            {"references": "f-2026-999998 hello"},
            "There are no messages F-2026-999998 and HELLO that you may act on",
        ),
        (
            {"references": "1 2 3 4 5 6 7"},
            "There are no messages 1, 2, 3, 4, 5 and 2 more that you may act on",
        ),
    ],
)
def test_what_cannot_be_put_under_a_theme_is_said_at_its_field(theme, team, typed, sentence):
    message = make_submission(topic="healthy")
    right = {"references": message.reference, "theme": theme.pk, "lead_body": "team"}

    page = team.post(GATHER, right | typed)

    assert page.status_code == 200
    assert sentence in page.text
    assert (right | typed)["references"] in page.text
    message.refresh_from_db()
    assert message.theme is None and Theme.objects.count() == 1


def test_no_theme_is_begun_for_messages_that_have_one(theme, team):
    message = theme.submissions.first()

    page = team.post(
        GATHER, {"references": message.reference, "title": "Stairs", "lead_body": "team"}
    )

    assert page.status_code == 409
    assert "<title>Error: Put messages under a theme" in page.text
    assert "is under the theme “No lift” already" in page.text and "Stairs" in page.text
    assert Theme.objects.get() == theme


def test_who_ticked_nothing_is_told_so(team):
    assert "You chose no message in the list" in team.get(GATHER).text


def test_putting_many_messages_under_a_theme_asks_no_more_than_putting_one(theme, team):
    messages = [make_submission(topic="healthy") for _ in range(7)]

    def queries(messages):
        references = " ".join(each.reference for each in messages)
        with CaptureQueriesContext(connection) as captured:
            team.post(GATHER, {"references": references, "theme": theme.pk})
        return len(captured)

    queries(messages[:1])  # the structure is kept from here on
    assert queries(messages[1:2]) == queries(messages[2:]) <= 26
    assert theme.submissions.count() == 2 + 7


def test_officers_put_messages_of_their_body_under_themes_of_it(partnership):
    officer = signed_in(partnership.officers["living-well"])
    message, other = make_submission(topic="healthy"), make_submission(topic="gp")
    offered = officer.get(GATHER).context["form"].fields["lead_body"].choices

    refused = officer.post(
        GATHER, {"references": other.reference, "title": "T", "lead_body": "living-well"}
    )
    officer.post(
        GATHER, {"references": message.reference, "title": "T", "lead_body": "living-well"}
    )

    assert [slug for slug, _ in offered] == ["living-well"]
    assert "There is no message" in refused.text
    assert Theme.objects.get().submissions.get() == message
