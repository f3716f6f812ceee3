"""From residents' messages to a matter before a body above, and back to the receipt."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from engagement.actions import erasures, raising, referrals, submissions, themes
from engagement.models import MatterDraft, Theme
from engagement.progress import Progress, last_steps, what_happened
from engagement.workflow import Move
from governance.actions import escalations, merging
from governance.actions.clocks import climb_overdue
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.models import Body, Escalation, Membership, OutboxMessage
from governance.permissions import ENGAGEMENT_KIND
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from localities.day_field import in_words
from tests.factories import (
    lead_of,
    make_body,
    make_engagement_team_member,
    make_escalation,
    make_escalation_line,
    make_kind,
    make_member,
    make_officer,
    make_partnership,
    make_theme,
    officer_of,
    send_feedback,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db

WHY = "We have no money for a lift, so we ask the board."


@pytest.fixture
def board(partnership):
    board = make_body("Executive Board")
    make_escalation_line(partnership.living_well, board)
    return board


@pytest.fixture
def chair(board):
    return make_officer(board)


@pytest.fixture
def sent(partnership):
    return send_feedback(topic="healthy", email="amina@example.org", wants_answer=True)


def escalate(sent, board, officer, **words):
    words = {"text": WHY, "sending_key": "key", **words_of_a_matter(), **words}
    return raising.escalate(referral=lead_of(sent), to_body=board, by=officer, **words)


def receipt_of(sent):
    client = Client()
    posted = {"reference": sent.submission.reference, "secret": sent.secret}
    return client.post("/feedback/receipt/", posted, follow=True).text


def at_noon(monkeypatch, days):
    """Noon of the first working day that is at least so many days away."""
    day = timezone.localdate() + timedelta(days=days)
    while not structure_today().calendar.is_working_day(day):
        day += timedelta(days=1)
    moment = datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def pile_of(officer):
    """Where the one message lies on the page of its officer."""
    client = Client()
    client.force_login(officer)
    [group] = [each for each in client.get("/staff/").context["groups"] if each.rows]
    return group.key


def test_the_message_waits_for_the_matter_and_the_receipt_says_where_it_is(
    sent, board, chair, officer
):
    lead = escalate(sent, board, officer)

    assert (lead.status, lead.escalation.current_body) == ("escalated", board)
    assert lead.paused_on is not None
    page = receipt_of(sent)
    assert WHY in page
    assert "It is with Living Well." in page
    assert "The Executive Board is asked to decide, and is to answer by" in page
    assert "has it now" not in page
    assert "The way it went" in page


def test_the_receipt_says_who_is_asked_something_of_the_matter_first(sent, board, chair, officer):
    matter = escalate(sent, board, officer).escalation
    escalations.accept(escalation=matter, by=chair)

    escalations.send_back(escalation=matter, question="How many?", by=chair)

    page = receipt_of(sent)
    assert "It is with Living Well." in page
    assert "Living Well is to answer a question about it first." in page
    assert "is asked to decide" not in page


def test_the_outcome_is_read_back(sent, board, chair, officer):
    matter = escalate(sent, board, officer).escalation
    escalations.accept(escalation=matter, by=chair)
    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)
    client = Client()
    client.force_login(officer)

    page = client.get(f"/staff/feedback/{sent.submission.reference}/").text

    assert page.count("A lift in March.") == 2  # as it was decided, and to be put in plain words
    assert "Put it in plain words, and answer the resident." in page
    assert page.index("read the outcome") < page.index("What you can do")
    assert "To be answered</strong> It lies before" in page
    assert "the Executive Board decided what to do" in receipt_of(sent)
    assert "A lift in March." not in receipt_of(sent)
    home = client.get("/staff/").text
    assert "Back from above, to be answered" in home
    to_be_answered = '<td data-label="Next due" class="tht-table__short">To be answered</td>'
    assert to_be_answered in home
    assert to_be_answered in client.get("/staff/feedback/?status=escalated").text
    referrals.answer(referral=lead_of(sent), by=officer, text="There will be a lift in March.")
    assert "There will be a lift in March." in receipt_of(sent)


def test_what_was_decided_once_stands_in_no_answer_after_it_was_opened_again(
    sent, board, chair, officer
):
    matter = escalate(sent, board, officer).escalation
    escalations.accept(escalation=matter, by=chair)
    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)
    referrals.answer(referral=lead_of(sent), by=officer, text="There will be a lift.")
    submissions.not_answered(submission=sent.submission, message="There is none.", key="key")
    client = Client()
    client.force_login(officer)

    page = client.get(f"/staff/feedback/{sent.submission.reference}/")

    assert page.context["next_form"]["text"].value() is None
    assert "A lift in March." in page.text and "Put it in plain words" not in page.text


def test_what_was_taken_back_is_to_be_answered_in_lists_and_on_its_page(
    sent, board, chair, officer
):
    matter = escalate(sent, board, officer).escalation
    client = Client()
    client.force_login(officer)
    address = f"/staff/feedback/{sent.submission.reference}/"
    waiting = client.get(address).text
    assert "Escalated</strong> It lies before" in waiting and "It waits for what comes" in waiting
    assert "The clock of the message stands still" in waiting

    escalations.withdraw(escalation=matter, by=officer, reason="The lift was mended.")

    page = client.get(address).text
    assert "To be answered</strong> It lies before" in page and "It waits for" not in page
    assert "answer the resident without it" in page and "stands still" not in page
    assert '<h3 class="nhsuk-heading-s">Answer' in page  # what is to be done next
    assert ">To be answered<" in client.get("/staff/feedback/?status=escalated").text
    assert pile_of(officer) == "back"


def test_nobody_is_asked_to_answer_who_took_it_back(sent, board, chair, officer):
    matter = escalate(sent, board, officer).escalation
    escalations.accept(escalation=matter, by=chair)
    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)
    submissions.withdraw(submission=sent.submission)
    client = Client()
    client.force_login(officer)

    page = client.get(f"/staff/feedback/{sent.submission.reference}/").text

    assert "A lift in March." in page and "answer the resident" not in page
    assert "<dt>Contact</dt><dd>Removed</dd>" in page and "<dt>Place</dt><dd>Removed" in page


def test_once_it_is_decided_the_clock_goes_on_and_the_receipt_says_by_when(
    sent, board, chair, officer, monkeypatch
):
    matter = escalate(sent, board, officer).escalation
    promised = lead_of(sent).answer_by
    escalations.accept(escalation=matter, by=chair)
    at_noon(monkeypatch, 8)

    climb_overdue()
    assert lead_of(sent).paused_on is not None

    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)
    climb_overdue()
    climb_overdue()

    lead, page = lead_of(sent), receipt_of(sent)
    assert (lead.paused_on, lead.paused_days > 0, lead.answer_by > promised) == (None, True, True)
    assert "They answer by" in page and in_words(lead.answer_by) in page


def test_where_the_matter_is_reopened_the_clock_stands_still_again(
    sent, board, chair, officer, monkeypatch
):
    matter = escalate(sent, board, officer).escalation
    escalations.accept(escalation=matter, by=chair)
    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)
    at_noon(monkeypatch, 1)
    climb_overdue()
    assert pile_of(officer) == "back"

    escalations.reopen(escalation=matter, by=officer, reason="There is none yet.")
    assert pile_of(officer) == "waiting"
    climb_overdue()

    assert lead_of(sent).paused_on is not None
    assert pile_of(officer) == "waiting"


def test_what_went_into_another_matter_waits_for_that(
    sent, board, chair, officer, partnership, monkeypatch
):
    matter = escalate(sent, board, officer).escalation
    other = make_escalation(partnership.living_well, board)
    merging.merge(escalation=matter, into=other, by=chair, reason="Both are about the lift.")
    at_noon(monkeypatch, 1)

    climb_overdue()

    assert lead_of(sent).paused_on is not None
    assert pile_of(officer) == "waiting"


def test_a_matter_knows_nothing_of_the_resident(sent, board, chair, officer):
    matter = escalate(sent, board, officer).escalation

    says = " ".join(str(value) for value in Escalation.objects.values().get(pk=matter.pk).values())
    assert sent.submission.reference not in says
    assert sent.submission.message not in says


def test_it_travels_a_recorded_line_alone(sent, board, chair, officer, partnership):
    with pytest.raises(MoveNotAllowed, match="did not escalate"):
        escalate(sent, partnership.triage, officer)
    assert lead_of(sent).status == "referred"


def test_officers_of_the_lead_body_escalate_and_nobody_else(sent, board, chair, partnership):
    for person in (
        make_member(partnership.living_well),
        partnership.officers["ne-committee"],
        make_engagement_team_member(),
    ):
        with pytest.raises(PermissionDenied, match="Only the officers of the body that has"):
            escalate(sent, board, person)


def test_pressed_twice_it_is_raised_once(sent, board, chair, officer, partnership):
    client = Client()
    client.force_login(officer)
    address = f"/staff/feedback/{sent.submission.reference}/escalate/"
    form = client.get(address).context["form"]
    posted = words_of_a_matter(
        text=WHY,
        to_body=board.slug,
        seen=Progress(sent.submission).seen,
        sending_token=form.initial["sending_token"],
    )

    pages = [client.post(address, posted) for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 409]
    assert "It was escalated already, as E-" in pages[1].text
    assert Escalation.objects.count() == 1


def test_what_is_missing_is_said_and_the_rest_kept(sent, board, chair, officer):
    client = Client()
    client.force_login(officer)

    page = client.post(
        f"/staff/feedback/{sent.submission.reference}/escalate/",
        words_of_a_matter(situation="Typed for long", text="", to_body=""),
    )

    assert page.status_code == 200
    assert "Enter what you tell the resident" in page.text
    assert "Typed for long" in page.text
    assert not Escalation.objects.exists()


# --- A theme --------------------------------------------------------------------------------------


@pytest.fixture
def many(partnership):
    return [
        send_feedback(topic="healthy", email=f"{n}@example.org", wants_answer=True)
        for n in range(3)
    ]


def escalate_theme(theme, board, officer):
    return raising.escalate_theme(
        theme=theme, to_body=board, by=officer, text=WHY, sending_key="key", **words_of_a_matter()
    )


def test_a_theme_becomes_one_matter_and_each_author_is_told(
    many, board, chair, officer, partnership
):
    referrals.answer(referral=lead_of(many[2]), by=officer, text="Done.")
    OutboxMessage.objects.all().delete()
    theme = make_theme(
        *(sent.submission for sent in many), lead_body=partnership.living_well, by=officer
    )

    theme = escalate_theme(theme, board, officer)

    assert Escalation.objects.get() == theme.escalation
    assert [lead_of(sent).status for sent in many] == ["escalated", "escalated", "answered"]
    told = OutboxMessage.objects.filter(subject__contains="news").values_list("to", flat=True)
    assert set(told) == {"0@example.org", "1@example.org"}
    for sent in many[:2]:
        assert WHY in receipt_of(sent)


def test_a_theme_is_escalated_once(many, board, chair, officer, partnership):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    escalate_theme(theme, board, officer)

    assert escalate_theme(theme, board, officer).escalation == Escalation.objects.get()
    with pytest.raises(MoveNotAllowed, match="escalated already, as E-"):
        raising.escalate_theme(
            theme=theme,
            to_body=board,
            by=officer,
            text=WHY,
            sending_key="another",
            **words_of_a_matter(),
        )


def test_who_escalates_a_theme_after_a_colleague_is_told_by_whom_and_led_to_the_matter(
    many, board, chair, officer, partnership, client
):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    client.force_login(make_officer(partnership.living_well))
    address = f"/staff/themes/{theme.pk}/escalate/"
    form = client.get(address).context["form"]
    matter = escalate_theme(theme, board, officer).escalation

    typed = {"text": WHY, "to_body": board.slug, "sending_token": form.initial["sending_token"]}
    page = client.post(address, words_of_a_matter(**typed, situation="Typed for long"))

    assert page.status_code == 409
    raised = f"{officer} raised that on {in_words(matter.raised_on)}."
    assert f"It was escalated already, as {matter.reference}. {raised}" in page.text
    assert f'<a href="/escalations/{matter.reference}/">' in page.text
    assert "Typed for long" in page.text


def test_a_receipt_names_the_body_that_passed_up_the_theme_not_the_one_that_had_the_message(
    board, chair, partnership
):
    triage, had = partnership.triage, partnership.living_well
    make_escalation_line(triage, board)
    Body.objects.filter(pk=triage.pk).update(kind=make_kind(ENGAGEMENT_KIND))
    structure_edited()
    team, sent = make_engagement_team_member(), send_feedback(topic="healthy")
    theme = make_theme(sent.submission, by=team, lead_body=triage)

    raising.escalate_theme(
        theme=theme, to_body=board, by=team, text=WHY, sending_key="k", **words_of_a_matter()
    )

    subject = f"{sent.submission.reference}: passed up together with others"
    mail = OutboxMessage.objects.get(subject=subject)
    assert mail.to == partnership.officers["living-well"].email
    assert "for the Centre of Excellence. They wait for what the Executive Board" in mail.text
    told = [entry.to_resident for entry in Progress(sent.submission).timeline()]
    assert [each for each in told if "passed it up" in each] == [
        "The Centre of Excellence cannot decide this alone, and passed it up for a decision"
    ]
    assert lead_of(sent).body == had
    last = last_steps([sent.submission.pk])[sent.submission.pk]
    assert "escalated it for the Centre of Excellence on" in what_happened(last)
    assert "passed it up for a decision" in receipt_of(sent)


def test_who_passed_it_up_before_a_theme_did_keeps_what_they_did(
    sent, board, chair, officer, partnership
):
    triage, first = partnership.triage, escalate(sent, board, officer).escalation
    take_back(first, officer)
    make_escalation_line(triage, board)
    Body.objects.filter(pk=triage.pk).update(kind=make_kind(ENGAGEMENT_KIND))
    structure_edited()
    team = make_engagement_team_member()
    theme = make_theme(sent.submission, by=team, lead_body=triage)
    raising.escalate_theme(
        theme=theme, to_body=board, by=team, text=WHY, sending_key="k", **words_of_a_matter()
    )

    told = [entry.to_resident for entry in Progress(sent.submission).timeline()]

    assert [each for each in told if "passed" in each] == [
        "Living Well cannot decide this alone, and passed it up for a decision",
        "The Centre of Excellence cannot decide this alone, and passed it up for a decision",
    ]


def test_a_body_is_told_once_of_all_its_messages_that_were_passed_up_for_another(
    board, chair, partnership
):
    triage, had = partnership.triage, partnership.living_well
    make_escalation_line(triage, board)
    Body.objects.filter(pk=triage.pk).update(kind=make_kind(ENGAGEMENT_KIND))
    structure_edited()
    topics = ("healthy", "healthy", "not-sure")
    first, second, own = (
        send_feedback(topic=topic, message=topic * n).submission
        for n, topic in enumerate(topics, 1)
    )
    team = make_engagement_team_member()
    theme = make_theme(first, second, own, by=team, lead_body=triage)
    OutboxMessage.objects.all().delete()

    for _ in range(2):  # pressed twice
        raising.escalate_theme(
            theme=theme, to_body=board, by=team, text=WHY, sending_key="k", **words_of_a_matter()
        )

    mail = OutboxMessage.objects.get(subject__contains="passed up together")
    assert (mail.to, lead_of(first).body) == (officer_of(had).email, had)
    assert f"Of those before you: {first.reference}, {second.reference}\n" in mail.text
    assert f"/staff/feedback/{first.reference}/" in mail.text
    assert "Their clocks stand still" in mail.text and own.reference not in mail.text
    assert mail.about == ""  # it is not to go with one of them

    later = send_feedback(topic="healthy", message="Once more the same").submission
    OutboxMessage.objects.all().delete()
    themes.add(theme=theme, submissions=[later, first], by=team)

    mail = OutboxMessage.objects.get(subject__contains="passed up together")
    assert mail.to == officer_of(had).email
    assert f"Of those before you: {later.reference}\n" in mail.text
    assert mail.about == later.reference


def test_a_theme_that_nobody_waits_for_is_not_escalated(board, chair, officer, partnership):
    theme = make_theme(lead_body=partnership.living_well, by=officer)

    with pytest.raises(MoveNotAllowed, match="nobody waits"):
        escalate_theme(theme, board, officer)


def test_the_form_of_a_theme_that_is_escalated_or_closed_gives_way_to_the_theme(
    many, board, chair, officer, partnership, client
):
    body = partnership.living_well
    escalated, closed = (
        make_theme(each.submission, title=title, lead_body=body, by=officer)
        for each, title in zip(many, ("No lift", "No ramp"), strict=False)
    )
    matter = escalate_theme(escalated, board, officer).escalation
    themes.close(theme=closed, by=officer, reason="Nobody writes of it.")
    client.force_login(officer)

    pages = [client.get(f"/staff/themes/{each.pk}/escalate/") for each in (escalated, closed)]

    assert [page.status_code for page in pages] == [409, 409]
    assert f"It was escalated already, as {matter.reference}" in pages[0].text
    assert f'href="/escalations/{matter.reference}/"' in pages[0].text
    assert "is closed. Open it again first" in pages[1].text
    assert all("What you typed" not in page.text for page in pages)


def test_a_theme_that_nobody_waits_for_offers_no_answer_and_no_matter(
    many, board, chair, officer, partnership, client
):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    address = f"/staff/themes/{theme.pk}/"
    client.force_login(officer)
    offered = [f'href="{address}{deed}/"' for deed in ("answer", "escalate")]

    before = client.get(address).text
    referrals.answer(referral=lead_of(many[0]), by=officer, text="Done.")
    after = client.get(address).text
    form = client.get(f"{address}escalate/")

    assert [(each in before, each in after) for each in offered] == [(True, False)] * 2
    assert form.status_code == 409
    assert "nobody waits for an answer" in form.text
    assert "What is the situation?" not in form.text


def test_what_is_being_written_from_a_theme_is_still_found_once_all_is_answered(
    many, board, chair, officer, partnership, client
):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    raising.draft_from_theme(theme=theme, by=officer, sending_key="key", **words_of_a_matter())
    referrals.answer(referral=lead_of(many[0]), by=officer, text="Done.")
    client.force_login(officer)

    assert "began a draft" in client.get(f"/staff/themes/{theme.pk}/").text
    assert "Discard this draft" in client.get(f"/staff/themes/{theme.pk}/escalate/").text


def test_of_a_theme_it_is_asked_what_the_residents_are_told(
    sent, many, board, chair, officer, partnership, client
):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    client.force_login(officer)

    of_one = client.get(f"/staff/feedback/{sent.submission.reference}/escalate/").text
    of_many = client.get(f"/staff/themes/{theme.pk}/escalate/").text

    assert "What do you tell the resident?" in of_one
    assert "What do you tell the residents?" in of_many


def take_back(matter, officer):
    return escalations.withdraw(escalation=matter, reason="Not yet", by=officer)


def test_what_was_taken_back_is_escalated_again_and_the_receipt_tells_both(
    sent, board, chair, officer, desk
):
    first = escalate(sent, board, officer).escalation
    take_back(first, officer)
    address = f"/staff/feedback/{sent.submission.reference}/"
    assert "without it, or escalate it again" in desk.client.get(address).text
    assert "It was taken back on" in receipt_of(sent)

    page = desk.open(sent)
    desk.send(sent, "raise", page, **words_of_a_matter(title="Once more"), text="We ask anew.")

    lead = lead_of(sent)
    assert lead.escalation != first
    assert (lead.status, lead.escalation.title) == ("escalated", "Once more")
    receipt = receipt_of(sent)
    assert receipt.count("passed it up for a decision") == 1
    assert "took back what it had passed up, and passed it up again" in receipt
    assert "The Executive Board is asked to decide" in receipt
    assert "It was taken back on" not in receipt
    told = desk.client.get(address).text
    assert told.count("Escalated by") == told.count("which had withdrawn the matter before") == 1
    news = OutboxMessage.objects.filter(to="amina@example.org", subject__contains="there is news")
    assert news.count() == 2
    with pytest.raises(MoveNotAllowed, match=f"already, as {lead.escalation.reference}"):
        escalate(sent, board, officer, sending_key="third")


def test_what_waits_for_a_decision_is_not_escalated_again(sent, board, chair, officer):
    matter = escalate(sent, board, officer).escalation
    again = {"sending_key": "again"}

    with pytest.raises(MoveNotAllowed, match="It was escalated already"):
        escalate(sent, board, officer, **again)
    escalations.accept(escalation=matter, by=chair)
    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)
    with pytest.raises(MoveNotAllowed, match="It was escalated already"):
        escalate(sent, board, officer, **again)
    assert Escalation.objects.count() == 1


def test_whatever_deed_would_let_a_message_wait_for_another_matter_is_refused(
    sent, board, chair, officer
):
    lead = escalate(sent, board, officer)
    other = make_escalation(lead.body, board)

    with pytest.raises(MoveNotAllowed, match=f"escalated already, as {lead.escalation.reference}"):
        referrals.taken(lead, officer, None, Move.ESCALATE)
    with pytest.raises(MoveNotAllowed, match=f"escalated already, as {lead.escalation.reference}"):
        referrals.wait_for(lead, other, officer, WHY)
    take_back(lead.escalation, officer)
    assert referrals.wait_for(lead_of(sent), other, officer, WHY).escalation == other


def test_a_theme_that_was_taken_back_is_escalated_again_with_all_who_wait(
    many, board, chair, officer, partnership, client
):
    body = partnership.living_well
    theme = make_theme(*(sent.submission for sent in many[:2]), lead_body=body, by=officer)
    first = escalate_theme(theme, board, officer).escalation
    take_back(first, officer)
    themes.add(theme=theme, submissions=[many[2].submission], by=officer)
    client.force_login(officer)
    address = f"/staff/themes/{theme.pk}/"
    assert "Escalate it again, to a body above" in client.get(address).text
    form = client.get(f"{address}escalate/").context["form"]
    typed = {"text": WHY, "to_body": board.slug, "sending_token": form.initial["sending_token"]}
    posted = words_of_a_matter(**typed, deed="raise")

    assert client.post(f"{address}escalate/", posted).status_code == 302

    theme.refresh_from_db()
    assert theme.escalation != first
    assert {lead_of(sent).escalation for sent in many[:3]} == {theme.escalation}
    page = client.get(address).text
    assert theme.escalation.reference in page
    assert "Escalate it" not in page


def test_a_message_of_a_theme_joins_its_matter_once_its_own_was_taken_back(
    many, board, chair, officer, partnership
):
    alone = escalate(many[0], board, officer, sending_key="alone").escalation
    waits = escalate(many[1], board, officer, sending_key="waits").escalation
    take_back(alone, officer)
    theme = make_theme(many[2].submission, lead_body=partnership.living_well, by=officer)
    theme = escalate_theme(theme, board, officer)

    themes.add(theme=theme, submissions=[sent.submission for sent in many[:2]], by=officer)

    assert lead_of(many[0]).escalation == theme.escalation
    assert lead_of(many[1]).escalation == waits


def test_what_is_gathered_later_waits_for_the_same_matter(many, board, chair, officer, partnership):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    theme = escalate_theme(theme, board, officer)

    themes.add(theme=theme, submissions=[many[1].submission], by=officer)

    assert lead_of(many[1]).escalation == theme.escalation


def test_what_is_gathered_later_waits_for_the_matter_that_its_own_went_into(
    many, board, chair, officer, partnership
):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    theme = escalate_theme(theme, board, officer)
    other = make_escalation(partnership.living_well, board)
    merging.merge(escalation=theme.escalation, into=other, by=chair, reason="Both are about it.")

    themes.add(theme=theme, submissions=[many[1].submission], by=officer)

    assert [lead_of(sent).status for sent in many[:2]] == ["escalated", "escalated"]
    escalations.accept(escalation=other, by=chair)
    escalations.resolve(escalation=other, outcome="A lift in March.", by=chair)
    themes.add(theme=theme, submissions=[many[2].submission], by=officer)
    assert lead_of(many[2]).status == "referred"


def test_who_is_gathered_later_reads_nothing_that_was_written_to_one_resident(
    many, board, chair, officer, partnership
):
    to_one = "Dear Mrs Quill, the board looks at your stairs."
    alone = escalate(many[0], board, officer, text=to_one, sending_key="alone").escalation
    escalations.accept(escalation=alone, by=chair)
    escalations.resolve(escalation=alone, outcome="The stairs are mended.", by=chair)
    referrals.answer(referral=lead_of(many[0]), by=officer, text="They are mended.")
    submissions.not_answered(submission=many[0].submission, message="", key="not answered")
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    theme = escalate_theme(theme, board, officer)

    themes.add(theme=theme, submissions=[many[1].submission], by=officer)

    page = receipt_of(many[1])
    assert WHY in page
    assert "Mrs Quill" not in page


def test_of_a_theme_with_messages_before_others_it_is_said_what_to_do_and_nothing_is_lost(
    many, board, chair, officer, partnership, desk
):
    theme = make_theme(
        *(sent.submission for sent in many[:2]), lead_body=partnership.living_well, by=officer
    )
    referrals.refer_on(
        referral=lead_of(many[1]), to_body=partnership.triage, by=officer, reason="It is yours."
    )
    typed = words_of_a_matter(situation="Typed for long", text=WHY, to_body=board.slug)
    address = f"/staff/themes/{theme.pk}/escalate/"
    assert "1 of its messages lies before somebody else" in desk.client.get(address).text

    refused = desk.send(theme, "raise", **typed)

    assert refused.status_code == 409
    assert refused.text.count("lies before somebody else") == 1
    assert "1 of its messages lies before somebody else" in refused.text
    assert "Typed for long" in refused.text and WHY in refused.text
    assert not Escalation.objects.exists()
    desk.send(theme, "edit", **typed)
    team = make_engagement_team_member()
    themes.remove(theme=theme, submissions=[many[1].submission], by=team)
    assert "before somebody else" not in desk.client.get(address).text
    desk.send(theme, "raise", to_body=board.slug)
    assert [lead_of(sent).status for sent in many[:2]] == ["escalated", "referred"]


# --- A draft of it --------------------------------------------------------------------------------


@pytest.fixture
def desk(client, officer):
    """The form of the matter that one message becomes, as the officer fills it in."""
    return Desk(client, officer)


class Desk:
    def __init__(self, client, officer):
        self.client = client
        client.force_login(officer)

    def address_of(self, source):
        if isinstance(source, Theme):
            return f"/staff/themes/{source.pk}/escalate/"
        return f"/staff/feedback/{source.submission.reference}/escalate/"

    def open(self, source):
        return self.client.get(self.address_of(source))

    def send(self, source, deed, page=None, **typed):
        """Send the form as the page has it, but for what is typed."""
        form = (page or self.open(source)).context["form"]
        has = {name: form[name].value() for name in form.fields if name not in {"file"}}
        typed = {name: value for name, value in (has | typed).items() if value not in (None, "")}
        return self.client.post(self.address_of(source), {"deed": deed, **typed})


def a_file(name="Stairs seen from below.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 a lift " + name.encode())


def test_what_was_typed_from_a_theme_that_another_body_was_given_meanwhile_can_be_copied(
    many, partnership, officer, desk
):
    theme = make_theme(
        *(sent.submission for sent in many), lead_body=partnership.living_well, by=officer
    )
    page = desk.open(theme)
    team = make_engagement_team_member()
    themes.change(theme=theme, title=theme.title, lead_body=partnership.triage, by=team, reason="X")

    refused = desk.send(theme, "raise", page, title="The stairs", situation="Worn", text="We ask")

    assert refused.status_code == 409
    assert "Another body looks into this theme now" in refused.text
    assert all(words in refused.text for words in ("The stairs", "Worn", "We ask"))
    assert not Escalation.objects.exists()


def test_what_a_message_becomes_is_kept_as_a_draft_with_files_and_raised_from_it(
    sent, board, chair, officer, desk
):
    kept = desk.send(sent, "edit", title="The lift", text="Not yet ready", file=a_file())
    assert kept.status_code == 302

    matter = Escalation.objects.get()
    lead = lead_of(sent)
    assert (matter.status, matter.files.count(), lead.status) == ("draft", 1, "referred")
    assert (lead.paused_on, lead.escalation) == (None, None)
    assert "Not yet ready" not in receipt_of(sent)
    page = desk.open(sent)
    assert "The lift" in page.text and "Not yet ready" in page.text and "Stairs seen" in page.text
    seen = desk.client.get(f"/staff/feedback/{sent.submission.reference}/").text
    assert f"began a draft, {matter.reference}" in seen

    words = words_of_a_matter(title="The lift")
    raised = desk.send(sent, "raise", to_body=board.slug, text=WHY, file=a_file("b.pdf"), **words)
    assert raised.status_code == 302

    matter, lead = Escalation.objects.get(), lead_of(sent)
    assert (matter.status, matter.current_body, matter.files.count()) == ("raised", board, 2)
    assert (lead.status, lead.escalation) == ("escalated", matter)
    assert WHY in receipt_of(sent)
    assert not MatterDraft.objects.exists()


def test_a_file_can_go_with_it_at_once(sent, board, chair, officer, desk):
    words = words_of_a_matter(text=WHY, to_body=board.slug)

    assert desk.send(sent, "raise", file=a_file(), **words).status_code == 302

    assert Escalation.objects.get().files.count() == 1


def test_of_an_escalation_that_is_refused_no_file_is_kept(sent, board, desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    words = words_of_a_matter(text=WHY, to_body=board.slug)

    page = desk.send(sent, "raise", file=a_file(), **words)

    assert page.status_code == 409
    assert "has nobody to receive this matter" in page.text
    assert not Escalation.objects.exists()
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_a_file_that_is_none_is_said_at_the_field_and_nothing_is_done(sent, board, chair, desk):
    words = words_of_a_matter(text=WHY, to_body=board.slug)

    page = desk.send(sent, "raise", file=SimpleUploadedFile("a.pdf", b"MZ no"), **words)

    assert page.status_code == 200 and "file" in page.context["form"].errors
    assert not Escalation.objects.exists()


def test_who_has_to_send_it_again_is_asked_to_choose_its_file_again(sent, board, chair, desk):
    words = words_of_a_matter(text="", to_body=board.slug)

    page = desk.send(sent, "raise", file=a_file(), **words)

    assert "Choose the file again: it could not be kept" in page.text
    assert not Escalation.objects.exists()


def test_pressed_twice_one_draft_is_kept(sent, board, chair, desk):
    page = desk.open(sent)

    answers = [desk.send(sent, "edit", page, title="The lift") for _ in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert Escalation.objects.count() == 1


def test_who_saw_an_older_draft_is_told_and_keeps_what_was_typed(sent, board, chair, desk):
    before = desk.open(sent)
    desk.send(sent, "edit", title="The lift")
    old = desk.open(sent)
    desk.send(sent, "edit", title="The lift in Bow")

    for page in (before, old):
        refused = desk.send(sent, "edit", page, title="Typed for long", file=a_file())
        assert refused.status_code == 409
        assert "<title>Error: Escalate F-" in refused.text
        assert "Since you opened this page" in refused.text
        assert "Typed for long" in refused.text and "The lift in Bow" in refused.text
    assert desk.send(sent, "edit", refused, title="Typed for long").status_code == 302
    assert Escalation.objects.get().title == "Typed for long"


def test_the_draft_is_opened_and_raised_where_the_message_is(sent, board, chair, officer, desk):
    desk.send(sent, "edit", text=WHY, **words_of_a_matter())
    matter = Escalation.objects.get()
    its_own = f"/escalations/{matter.reference}/"

    assert desk.client.get(its_own).url == desk.address_of(sent)
    typed = words_of_a_matter(to_body=board.slug, seen=Matter(matter).seen)
    refused = desk.client.post(f"{its_own}raise/", typed)

    assert refused.status_code == 409 and "raise it there" in refused.text
    assert f'<a href="{desk.address_of(sent)}">Raise it there</a>' in refused.text
    assert Escalation.objects.get().status == "draft"


@pytest.mark.parametrize("of_a_theme", [False, True])
def test_nobody_raises_the_draft_past_those_who_wait_for_it(
    sent, board, chair, officer, desk, partnership, of_a_theme
):
    body = partnership.living_well
    source = make_theme(sent.submission, lead_body=body, by=officer) if of_a_theme else sent
    desk.send(source, "edit", text=WHY, **words_of_a_matter())
    draft, colleague = Escalation.objects.get(), make_officer(body)
    Membership.objects.filter(person=officer).delete()
    make_member(body, person=officer)  # who wrote it is an officer no more

    for person in (officer, colleague):
        with pytest.raises(MoveNotAllowed, match="raise it there"):
            escalations.raise_matter(escalation=draft, to_body=board, by=person)

    assert lead_of(sent).status == "referred"
    raised = Desk(desk.client, colleague).send(
        source, "raise", to_body=board.slug, text=WHY, **words_of_a_matter()
    )
    assert (raised.status_code, lead_of(sent).escalation) == (302, draft)


def test_who_wrote_a_draft_and_is_an_officer_no_more_saves_it_for_those_who_raise_it(
    sent, board, chair, officer, desk, partnership
):
    desk.send(sent, "edit", text=WHY, **words_of_a_matter())
    address = f"/escalations/{Escalation.objects.get().reference}/"
    Membership.objects.filter(person=officer).delete()
    make_member(partnership.living_well, person=officer)

    page = desk.client.get(address)

    assert page.status_code == 200 and "Raise this matter" not in page.text
    assert "The officers of Living Well see what you save here, and raise it" in page.text
    typed = words_of_a_matter(title="Typed for long", to_body=board.slug)
    refused = desk.client.post(f"{address}raise/", typed)
    assert refused.status_code == 409 and "Raise this matter" not in refused.text
    saved = desk.client.post(f"{address}edit/", refused.context["edit_form"].data)
    assert saved.status_code == 302 and Escalation.objects.get().title == "Typed for long"


def test_once_the_message_is_elsewhere_its_draft_is_one_like_any_other(
    sent, board, chair, officer, desk, partnership
):
    desk.send(sent, "edit", title="The lift")
    matter = Escalation.objects.get()
    other = partnership.nw.committee
    referrals.refer_on(referral=lead_of(sent), to_body=other, by=officer, reason="It is in Bow.")

    page = desk.client.get(f"/escalations/{matter.reference}/")

    assert page.status_code == 200 and "The lift" in page.text


def test_a_discarded_draft_leaves_the_message_as_it_was(sent, board, chair, officer, desk):
    desk.send(sent, "edit", title="The lift")
    escalations.withdraw(escalation=Escalation.objects.get(), reason="Not now", by=officer)

    page = desk.open(sent)

    assert "The lift" not in page.text
    words = words_of_a_matter(text=WHY, to_body=board.slug)
    assert desk.send(sent, "raise", page, **words).status_code == 302
    assert lead_of(sent).status == "escalated"


def test_the_draft_of_a_colleague_who_alone_may_open_it_stays_theirs(
    partnership, board, chair, client
):
    make_escalation_line(partnership.triage, board)
    Body.objects.filter(pk=partnership.triage.pk).update(kind=make_kind(ENGAGEMENT_KIND))
    structure_edited()
    first, second = make_engagement_team_member(), make_engagement_team_member()
    sent = send_feedback(topic="not-sure")
    Desk(client, first).send(sent, "edit", title="Written by the first")

    desk = Desk(client, second)
    page = desk.open(sent)
    assert "Written by the first" not in page.text
    words = words_of_a_matter(text=WHY, to_body=board.slug)
    assert desk.send(sent, "raise", page, **words).status_code == 302

    assert lead_of(sent).escalation.created_by == second
    assert Escalation.objects.get(title="Written by the first").status == "draft"


def test_a_message_that_something_happened_to_meanwhile_is_not_escalated(
    sent, board, chair, officer, desk
):
    page = desk.open(sent)
    referrals.acknowledge(referral=lead_of(sent), by=officer, text="We have it.")

    words = words_of_a_matter(text=WHY, to_body=board.slug, title="Typed for long")
    refused = desk.send(sent, "raise", page, **words)

    assert refused.status_code == 409 and "after you opened this page" in refused.text
    assert "Typed for long" in refused.text
    assert desk.send(sent, "raise", refused, **words).status_code == 302


def test_what_was_typed_is_shown_to_copy_once_the_message_is_escalated(
    sent, board, chair, officer, desk
):
    page = desk.open(sent)
    escalate(sent, board, officer)

    refused = desk.send(sent, "raise", page, **words_of_a_matter(title="Typed for long"))

    assert refused.status_code == 409 and "Typed for long" in refused.text


def test_a_theme_is_kept_as_a_draft_and_raised_from_it(
    many, board, chair, officer, desk, partnership
):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    desk.send(theme, "edit", title="The lifts", text=WHY, file=a_file())
    matter = Escalation.objects.get()
    assert desk.client.get(f"/escalations/{matter.reference}/").url == desk.address_of(theme)
    assert f'<a href="/staff/themes/{theme.pk}/">' in desk.open(theme).text
    assert (
        f"began a draft, {matter.reference}" in desk.client.get(f"/staff/themes/{theme.pk}/").text
    )

    words = words_of_a_matter(title="The lifts")
    assert desk.send(theme, "raise", to_body=board.slug, **words).status_code == 302

    theme.refresh_from_db()
    assert theme.escalation == matter == lead_of(many[0]).escalation
    assert WHY in receipt_of(many[0])


def test_the_words_of_a_draft_for_the_resident_go_with_the_message(
    sent, board, chair, officer, desk, partnership
):
    desk.send(sent, "edit", title="The lift", text="Zebrawords for Amina")

    erasures.erase(
        submission=sent.submission, by=make_engagement_team_member(), reason="She asked for it."
    )

    assert MatterDraft.objects.get().text == ""
    assert Escalation.objects.get().title == "The lift"


@pytest.mark.django_db(transaction=True)
def test_a_message_withdrawn_while_its_theme_is_escalated_stays_withdrawn(monkeypatch):
    """Once it is known which messages are escalated, nothing happens to them until they are."""
    partnership = make_partnership()
    board, officer = make_body("Executive Board"), partnership.officers["living-well"]
    make_officer(board)
    make_escalation_line(partnership.living_well, board)
    sent = [send_feedback(topic="healthy") for _ in range(2)]
    messages = [each.submission for each in sent]
    theme = make_theme(*messages, lead_body=partnership.living_well, by=officer)
    raise_from = raising.raise_from

    with ThreadPoolExecutor(1) as pool:

        def raise_slowly(*given):
            withdrawals.append(pool.submit(withdraw))
            with suppress(TimeoutError):
                withdrawals[0].result(timeout=1)
            return raise_from(*given)

        def withdraw():
            try:
                submissions.withdraw(submission=sent[0].submission)
            finally:
                connection.close()

        withdrawals = []
        monkeypatch.setattr(raising, "raise_from", raise_slowly)
        words = {"text": WHY, "sending_key": "key", **words_of_a_matter()}
        raising.escalate_theme(theme=theme, to_body=board, by=officer, **words)
        withdrawals[0].result()

    assert [lead_of(each).status for each in sent] == ["closed", "escalated"]
    kinds = [step.kind for step in lead_of(sent[0]).steps.all()]
    assert kinds == ["referred", "escalated", "withdrawn"]
