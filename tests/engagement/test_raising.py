"""From residents' messages to a matter before a body above, and back to the receipt."""

from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from engagement.actions import raising, referrals, themes
from engagement.progress import Progress
from governance.actions import escalations, merging
from governance.actions.clocks import climb_overdue
from governance.models import Escalation, OutboxMessage
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from localities.day_field import in_words
from tests.factories import (
    lead_of,
    make_body,
    make_escalation,
    make_escalation_line,
    make_member,
    make_officer,
    make_theme,
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
    assert "The Executive Board has it now" in page
    assert "The way it went" in page


def test_the_outcome_is_read_back(sent, board, chair, officer):
    matter = escalate(sent, board, officer).escalation
    escalations.accept(escalation=matter, by=chair)
    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)
    client = Client()
    client.force_login(officer)

    page = client.get(f"/staff/feedback/{sent.submission.reference}/").text

    assert page.count("A lift in March.") == 2  # as it was decided, and to be put in plain words
    assert page.index("read the outcome") < page.index("What you can do")
    assert "the Executive Board decided what is to be done" in receipt_of(sent)
    assert "A lift in March." not in receipt_of(sent)
    assert "Decided above, to be answered" in client.get("/staff/").text
    referrals.answer(referral=lead_of(sent), by=officer, text="There will be a lift in March.")
    assert "There will be a lift in March." in receipt_of(sent)


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
    assert pile_of(officer) == "decided"

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
    for person in (make_member(partnership.living_well), partnership.officers["ne-committee"]):
        with pytest.raises(PermissionDenied):
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


def test_a_theme_that_nobody_waits_for_is_not_escalated(board, chair, officer, partnership):
    theme = make_theme(lead_body=partnership.living_well, by=officer)

    with pytest.raises(MoveNotAllowed, match="nobody waits"):
        escalate_theme(theme, board, officer)


def test_what_is_gathered_later_waits_for_the_same_matter(many, board, chair, officer, partnership):
    theme = make_theme(many[0].submission, lead_body=partnership.living_well, by=officer)
    theme = escalate_theme(theme, board, officer)

    themes.add(theme=theme, submissions=[many[1].submission], by=officer)

    assert lead_of(many[1]).escalation == theme.escalation
