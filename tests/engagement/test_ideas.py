"""Ideas of residents: taken up, tried, done or set aside, and public only if they agreed."""

import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from engagement import erasure, ideas
from engagement.actions import ideas as deeds
from engagement.actions import outcomes, quoting, referrals, submissions
from engagement.models import Idea, IdeaStep, Referral, Submission
from engagement.workflow import IDEA_MOVES, IdeaMove, IdeaStatus, idea_status_after
from governance.models import OutboxMessage
from governance.workflow import MoveNotAllowed
from tests.factories import (
    make_activity,
    make_body,
    make_officer,
    make_project,
    make_theme,
    send_feedback,
)

pytestmark = pytest.mark.django_db

PAGE = "/ideas/"


def send_idea(**answers):
    answers = {
        "kind": "idea",
        "topic": "healthy",
        "message": "A swimming hour for women, says Amina.",
        "may_publish": True,
        "email": "amina@example.org",
        "wants_answer": True,
    } | answers
    return send_feedback(**answers)


def taken_up(by, partnership, message=None, **words):
    words = {"title": "A swimming hour", "summary": "Women swim by themselves."} | words
    return deeds.take_up(
        submission=message or send_idea().submission,
        body=words.pop("body", partnership.living_well),
        why="We ask the pools.",
        by=by,
        **words,
    )


def published(team, partnership, **words):
    made = taken_up(team, partnership, **words)
    return deeds.publish(idea=made, by=team, seen=made.revision)


# --- The moves ------------------------------------------------------------------------------------

TABLE = """
from        move        to
-           take-up     looked-at
looked-at   try         tried
looked-at   finish      done
looked-at   set-aside   not-now
tried       finish      done
tried       set-aside   not-now
done        look-again  looked-at
not-now     look-again  looked-at
"""


def test_the_moves_of_an_idea_are_these_and_no_others():
    rows = [line.split() for line in TABLE.split("\n")[2:] if line]
    wanted = {(None if start == "-" else start, move): end for start, move, end in rows}

    found = {
        (start, move): end for start, moves in IDEA_MOVES.items() for move, end in moves.items()
    }

    assert found == wanted
    for start in (None, *IdeaStatus):
        for move in IdeaMove:
            if (start, move) not in wanted:
                with pytest.raises(MoveNotAllowed):
                    idea_status_after(start, move)


def test_a_body_takes_up_an_idea_with_who_when_and_why(partnership, officer):
    made = taken_up(officer, partnership)

    [step] = made.steps.all()
    assert (made.status, made.is_published) == ("looked-at", False)
    assert (step.by, step.by_body, step.text) == (officer, made.body, "We ask the pools.")
    assert step.at == made.changed_at
    assert made.history.get().history_user == officer


def test_what_became_of_it_is_told_step_by_step(partnership, officer):
    made = taken_up(officer, partnership)

    made = deeds.move(idea=made, move="try", why="On Mondays.", by=officer, seen=made.revision)
    made = deeds.move(idea=made, move="set-aside", why="None came.", by=officer, seen=None)

    assert made.status == "not-now"
    assert [each.text for each in made.steps.all()] == [
        "We ask the pools.",
        "On Mondays.",
        "None came.",
    ]


def test_nothing_becomes_of_it_without_a_reason(partnership, officer):
    made = taken_up(officer, partnership)

    with pytest.raises(MoveNotAllowed, match="and why"):
        deeds.move(idea=made, move="set-aside", why=" ", by=officer, seen=made.revision)


def test_only_those_who_have_the_message_and_the_body_take_it_up(partnership, team, officer):
    with pytest.raises(PermissionDenied):
        taken_up(make_officer(make_body()), partnership)
    with pytest.raises(PermissionDenied):
        taken_up(officer, partnership, body=make_body())
    made = taken_up(team, partnership)
    with pytest.raises(PermissionDenied):
        deeds.move(
            idea=made,
            move="try",
            why="W",
            by=partnership.officers["ne-committee"],
            seen=made.revision,
        )


def test_feedback_is_no_idea_and_one_without_words_none_either(partnership, team):
    message = send_idea(kind="feedback").submission
    with pytest.raises(MoveNotAllowed, match="as feedback"):
        taken_up(team, partnership, message)
    message = send_idea().submission
    submissions.withdraw(submission=message)
    with pytest.raises(MoveNotAllowed, match="withdrawn"):
        taken_up(team, partnership, message)


def test_the_second_press_does_nothing_twice(partnership, officer):
    message = send_idea().submission
    made = taken_up(officer, partnership, message)
    assert taken_up(officer, partnership, message) == made
    seen = made.revision

    for _ in range(2):
        deeds.move(idea=made, move="try", why="On Mondays.", by=officer, seen=seen)

    assert [step.move for step in IdeaStep.objects.all()] == ["take-up", "try"]


def test_who_comes_second_is_told(partnership, officer, team):
    message = send_idea().submission
    made = taken_up(officer, partnership, message)

    with pytest.raises(MoveNotAllowed, match="taken up already"):
        taken_up(team, partnership, message)
    deeds.move(idea=made, move="try", why="On Mondays.", by=officer, seen=made.revision)
    with pytest.raises(MoveNotAllowed, match="changed it after you opened this page"):
        deeds.move(idea=made, move="finish", why="Done.", by=team, seen=made.revision)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_it_up_once(partnership, officer, team):
    message = send_idea().submission

    def press(person):
        try:
            taken_up(person, partnership, message)
            return "taken up"
        except MoveNotAllowed:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, (officer, team)))

    assert answers == ["refused", "taken up"]
    assert Idea.objects.count() == IdeaStep.objects.count() == 1


# --- Public, if the resident agreed ---------------------------------------------------------------


def test_without_the_resident_s_yes_it_is_never_public(client, partnership, team):
    made = taken_up(team, partnership, send_idea(may_publish=False).submission)

    with pytest.raises(MoveNotAllowed, match="did not agree"):
        deeds.publish(idea=made, by=team, seen=made.revision)
    Idea.objects.update(is_published=True, published_at=made.changed_at)

    assert client.get(f"{PAGE}{made.pk}/").status_code == 404
    assert made.title not in client.get(PAGE).text
    assert made.title not in client.get(f"{PAGE}feed/").text


def test_it_is_public_no_longer_once_the_resident_does_not_agree_any_more(
    client, partnership, team
):
    sent = send_idea()
    made = published(team, partnership, message=sent.submission)
    assert f"{PAGE}{made.pk}/" in client.get("/sitemap.xml").text

    submissions.keep_private(submission=sent.submission)

    assert client.get(f"{PAGE}{made.pk}/").status_code == 404
    assert f"{PAGE}{made.pk}/" not in client.get("/sitemap.xml").text
    assert "Only you and those who work on it can read it." in receipt_of(sent)
    made.refresh_from_db()
    assert not made.is_published


def test_the_page_quotes_the_resident_as_the_team_redacted_it(
    client, partnership, team, html_faults
):
    sent = send_idea(message="Let Amina swim on Mondays.")
    made = published(team, partnership, message=sent.submission)
    assert "Mondays" not in client.get(f"{PAGE}{made.pk}/").text
    quoting.redact(
        submission=sent.submission,
        marked="Let [[Amina]] swim on Mondays.",
        reason="A name.",
        by=team,
        seen=0,
    )

    page = client.get(f"{PAGE}{made.pk}/")

    assert "swim on Mondays." in page.text and "Amina" not in page.text
    assert html_faults(page.content) == []


def test_only_the_team_publishes_changes_what_is_public_and_takes_it_back(
    client, partnership, team, officer
):
    made = taken_up(officer, partnership)
    with pytest.raises(PermissionDenied):
        deeds.publish(idea=made, by=officer, seen=made.revision)
    made = deeds.publish(idea=made, by=team, seen=made.revision)
    with pytest.raises(PermissionDenied):
        deeds.change(idea=made, by=officer, seen=made.revision, title="Other")
    assert client.get(f"{PAGE}{made.pk}/").status_code == 200

    deeds.take_back(idea=made, by=team, reason="It names someone.")

    assert client.get(f"{PAGE}{made.pk}/").status_code == 404


def test_the_page_tells_what_became_of_it_in_the_words_of_staff(client, partnership, team):
    activity, project = make_activity(), make_project(partnership.living_well)
    draft = make_activity(published_on=None)
    made = published(team, partnership, locality=partnership.ne.locality)
    made = deeds.change(
        idea=made, by=team, seen=None, activity=activity, project=project, outcome=None
    )
    made = deeds.move(idea=made, move="try", why="On Mondays.", by=team, seen=None)

    page = client.get(f"{PAGE}{made.pk}/").text

    for words in (
        "A swimming hour",
        "Women swim by themselves.",
        "We ask the pools.",
        "On Mondays.",
        "Being tried",
        "Living Well",
        "North East",
        activity.title,
        project.name,
    ):
        assert words in page
    assert "Amina" not in page
    deeds.change(idea=made, by=team, seen=None, activity=draft)
    assert draft.title not in client.get(f"{PAGE}{made.pk}/").text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("locality=ne", True),
        ("locality=nw", False),
        ("topic=healthy", True),
        ("topic=gp", False),
        ("body=living-well", True),
        ("body=centre-of-excellence", False),
        ("state=looked-at", True),
        ("state=done", False),
        ("year=2026", True),
        ("year=2025", False),
        ("year=1999", None),
        ("locality=xx", None),
        ("topic=xx", None),
        ("body=xx", None),
        ("state=considered", None),
        ("page=xx", None),
        ("page=9", None),
    ],
)
def test_ideas_are_filtered_and_an_unknown_filter_is_refused(
    client, partnership, team, query, is_found
):
    made = published(team, partnership, locality=partnership.ne.locality)
    Idea.objects.update(changed_at="2026-06-01T12:00Z")

    page = client.get(f"{PAGE}?{query}")

    assert page.status_code == (is_found is None and (404 if query == "page=9" else 400) or 200)
    assert (f'href="{PAGE}{made.pk}/"' in page.text) == bool(is_found)


def test_the_feed_has_each_idea_with_an_id_that_stays(client, partnership, team):
    made = published(team, partnership, title="Swim & rest \x01")

    answer = client.get(f"{PAGE}feed/")

    atom = "{http://www.w3.org/2005/Atom}"
    [entry] = ElementTree.fromstring(answer.content).iter(f"{atom}entry")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert entry.find(f"{atom}id").text.endswith(f":ideas/{made.pk}")
    assert entry.find(f"{atom}title").text.startswith("Swim & rest")
    assert entry.find(f"{atom}summary").text.startswith("Being looked at. Women swim")


@pytest.mark.parametrize("number", [1, 15])
def test_lists_and_page_cost_the_same_however_many_there_are(
    client, partnership, team, number, django_assert_num_queries
):
    for _ in range(number):
        made = published(team, partnership, locality=partnership.ne.locality)
    for step in range(number):
        move = "set-aside" if step % 2 == 0 else "look-again"
        made = deeds.move(idea=made, move=move, why=f"Step {step}", by=team, seen=None)
    client.get(PAGE)  # the structure is in memory then

    with django_assert_num_queries(6):
        page = client.get(PAGE)
    with django_assert_num_queries(5):
        client.get(f"{PAGE}{made.pk}/")
    client.force_login(team)
    client.get("/staff/ideas/")
    with django_assert_num_queries(7):
        staff = client.get("/staff/ideas/")

    assert page.text.count("tht-card__title") == number
    assert staff.text.count('data-label="Idea"') == number


# --- The author -----------------------------------------------------------------------------------


def receipt_of(sent):
    door = {"reference": sent.submission.reference, "secret": sent.secret}
    return Client().post("/feedback/receipt/", door, follow=True).text


def test_the_author_reads_at_the_receipt_what_became_of_it(partnership, officer):
    sent = send_idea(may_publish=False)
    assert "Your idea" not in receipt_of(sent)
    made = taken_up(officer, partnership, sent.submission)
    deeds.move(idea=made, move="try", why="On Mondays.", by=officer, seen=None)

    page = receipt_of(sent)

    for words in ("Your idea", "Being tried", "We ask the pools.", "On Mondays.", "Only you"):
        assert words in page


def test_the_author_gets_a_mail_for_each_step_without_a_word_of_it(partnership, team):
    made = taken_up(team, partnership)
    made = deeds.move(idea=made, move="try", why="On Mondays.", by=team, seen=None)
    deeds.publish(idea=made, by=team, seen=None)

    mails = OutboxMessage.objects.filter(subject__endswith="there is news of your message")

    assert mails.count() == 3
    for mail in mails:
        assert mail.to == ["amina@example.org"] or mail.to == "amina@example.org"
        assert "wimming" not in mail.text + mail.subject
        assert "Mondays" not in mail.text + mail.subject


def everything_kept():
    """Every text in every table of ours."""
    return " ".join(
        str(value)
        for app in ("engagement", "governance")
        for model in apps.get_app_config(app).get_models()
        for row in model._base_manager.values_list(
            *(field.name for field in model._meta.concrete_fields)
        )
        for value in row
    )


def test_nothing_of_it_is_left_when_the_message_is_taken_back(client, partnership, team):
    made = published(team, partnership, title="Zebrafish", summary="Quagmire")
    deeds.move(idea=made, move="try", why="Xylophone", by=team, seen=None)
    assert all(word in everything_kept() for word in ("Zebrafish", "Quagmire", "Xylophone"))

    submissions.withdraw(submission=made.submission)

    left = everything_kept()
    assert not any(word in left for word in ("Zebrafish", "Quagmire", "Xylophone"))
    assert client.get(f"{PAGE}{made.pk}/").status_code == 404


def test_an_idea_stays_when_the_outcome_it_leads_to_goes(partnership, team):
    other = send_feedback().submission
    outcome = outcomes.draft(
        submission=other, body=partnership.living_well, by=team, title="T", said="S"
    )
    made = taken_up(team, partnership)
    deeds.change(idea=made, by=team, seen=None, outcome=outcome)

    erasure.remove_everything(other)

    made.refresh_from_db()
    assert (made.title, made.outcome) == ("A swimming hour", None)
    assert made.history.first().title == "A swimming hour"


# --- Staff ----------------------------------------------------------------------------------------


def typed(**words):
    return {
        "body": "living-well",
        "title": "A swimming hour",
        "summary": "Women swim by themselves.",
        "locality": "",
        "why": "We ask the pools.",
    } | words


def test_staff_take_it_up_say_what_became_of_it_publish_and_take_back(client, partnership, team):
    message = send_idea().submission
    client.force_login(team)
    detail = f"/staff/feedback/{message.reference}/"
    assert f'href="{detail}idea/">Take up the idea' in client.get(detail).text

    page = client.post(f"{detail}idea/", typed(), follow=True).text
    made = Idea.objects.get()
    assert "As residents read it" in page
    client.post(f"/staff/ideas/{made.pk}/", typed(title="Swim", seen=made.revision))
    made.refresh_from_db()
    move = {"move": "finish", "why": "Every Monday.", "seen": made.revision}
    client.post(f"/staff/ideas/{made.pk}/move/", move)
    made.refresh_from_db()
    client.post(f"/staff/ideas/{made.pk}/publish/", {"seen": made.revision})

    public = Client().get(f"{PAGE}{made.pk}/").text
    assert "Every Monday." in public and "<title>Swim" in public
    no_reason = client.post(f"/staff/ideas/{made.pk}/take-back/", {"reason": ""}).text
    assert "There is a problem" in no_reason and "<title>Error: " in no_reason
    client.post(f"/staff/ideas/{made.pk}/take-back/", {"reason": "A mistake."})
    assert Client().get(f"{PAGE}{made.pk}/").status_code == 404
    assert made.title not in Client().get(PAGE).text


def test_who_takes_back_what_its_resident_withdraws_meanwhile_is_told_so(client, partnership, team):
    client.force_login(team)
    made = published(team, partnership)
    Submission.objects.update(status="withdrawn")

    page = client.post(f"/staff/ideas/{made.pk}/take-back/", {"reason": "It names someone."})

    assert page.status_code == 409
    assert "withdrawn" in page.text and "It names someone." in page.text


def test_what_lacks_is_asked_at_its_field_and_what_was_typed_kept(client, partnership, team):
    message = send_idea().submission
    client.force_login(team)

    page = client.post(
        f"/staff/feedback/{message.reference}/idea/", typed(title="", why="", summary="Typed long")
    ).text

    assert "Enter a title" in page
    assert "Enter what happens next, and why" in page
    assert "Typed long" in page
    assert not Idea.objects.exists()
    made = taken_up(team, partnership, message)
    page = client.post(
        f"/staff/ideas/{made.pk}/move/", {"why": "Typed long", "seen": made.revision}
    ).text
    assert "Choose how far it is now" in page and "Typed long" in page


def test_a_stale_page_is_refused_and_keeps_what_was_typed(client, partnership, team, officer):
    made = taken_up(officer, partnership)
    deeds.move(idea=made, move="finish", why="Done.", by=officer, seen=None)
    client.force_login(team)

    moved = client.post(
        f"/staff/ideas/{made.pk}/move/",
        {"move": "try", "why": "Typed for long", "seen": made.revision},
    )
    changed = client.post(
        f"/staff/ideas/{made.pk}/", typed(summary="Typed for long", seen=made.revision)
    )

    for page in (moved, changed):
        assert page.status_code == 409
        assert "changed it after you opened this page" in page.text
        assert "Typed for long" in page.text


def test_the_second_press_of_a_step_is_no_mistake(client, partnership, officer):
    made = taken_up(officer, partnership)
    client.force_login(officer)
    move = {"move": "finish", "why": "Every Monday.", "seen": made.revision}

    answers = [client.post(f"/staff/ideas/{made.pk}/move/", move) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert IdeaStep.objects.count() == 2


def test_an_officer_works_on_the_ideas_of_the_body_alone(client, partnership, officer, team):
    made = taken_up(officer, partnership)
    other = taken_up(team, partnership, body=partnership.triage)
    client.force_login(officer)

    page = client.get("/staff/ideas/").text

    assert f"/staff/ideas/{made.pk}/" in page and f"/staff/ideas/{other.pk}/" not in page
    assert client.get(f"/staff/ideas/{other.pk}/").status_code == 404


def test_an_answered_message_may_still_have_its_idea_taken_up(partnership, officer):
    message = send_idea().submission
    lead = Referral.objects.leading().get(submission=message)
    referrals.answer(referral=lead, by=officer, text="We look at it.")

    assert taken_up(officer, partnership, message).status == "looked-at"


def test_the_pages_are_valid_html(client, partnership, team, html_faults):
    sent = send_idea()
    made = taken_up(team, partnership, sent.submission)
    made = deeds.publish(idea=made, by=team, seen=None)
    other = send_idea().submission
    make_theme(other)
    public = [client.get(address).content for address in (PAGE, f"{PAGE}{made.pk}/")]
    public += [client.get(f"{PAGE}?state=done").content, receipt_of(sent).encode()]
    client.force_login(team)

    for page in [
        *public,
        *(
            client.get(address).content
            for address in (
                "/staff/ideas/",
                f"/staff/ideas/{made.pk}/",
                f"/staff/feedback/{other.reference}/idea/",
                f"/staff/feedback/{made.submission.reference}/",
            )
        ),
        client.post(f"/staff/ideas/{made.pk}/move/", {"seen": made.revision}).content,
    ]:
        assert html_faults(page) == []


def test_what_is_told_of_a_locality_is_told_there_alone(partnership, team):
    made = published(team, partnership, locality=partnership.ne.locality)
    published(team, partnership)

    assert [each.idea for each in ideas.latest(locality=partnership.ne.locality)] == [made]
    assert len(ideas.latest(5)) == 2
    Submission.objects.update(may_publish=False)
    assert ideas.latest(5) == []
