"""One answer to many messages of a theme: who may, what is left out, and who was quicker."""

import re
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement.actions import answering, merging, raising, referrals, submissions, themes
from engagement.actions.answering import Overtaken
from engagement.answering_forms import tick
from engagement.models import Contact, KeyedIn, Referral, ReferralStep, Submission
from engagement.progress import Progress
from engagement.tallies import recount
from engagement.theme_forms import MOST_AT_ONCE
from governance.actions import escalations
from governance.models import OutboxMessage
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from tests.factories import (
    FROM_HERE,
    lead_of,
    make_body,
    make_engagement_team_member,
    make_escalation_line,
    make_member,
    make_officer,
    make_partnership,
    make_submission,
    make_theme,
    send_feedback,
    words_of_a_matter,
)
from tests.parallel import at_once
from tests.reading import main_of, text_of

pytestmark = pytest.mark.django_db

ANSWER = "There will be a lift in March."
BOX = re.compile(r'<input[^>]* name="message" value="([^"]*)"( checked)?')


@pytest.fixture
def some(partnership):
    """Three messages that lie before Living Well, the first of them to be answered by mail."""
    return [
        send_feedback(topic="healthy", email="amina@example.org", wants_answer=True).submission,
        *(make_submission(topic="healthy", message=f"No lift {n}") for n in range(2)),
    ]


@pytest.fixture
def theme(partnership, some):
    return make_theme(*some, title="No lift", lead_body=partnership.living_well)


@pytest.fixture
def desk(officer):
    return signed_in(officer)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def address_of(theme):
    return f"/staff/themes/{theme.pk}/answer/"


def boxes_on(page):
    """What each box sends, and whether it is ticked."""
    return {value: bool(checked) for value, checked in BOX.findall(page.text)}


def shown(*found):
    """The messages with the step that a page opened now would show of each."""
    return {each: Progress(Submission.objects.get(pk=each.pk)).seen for each in found}


def ticks(*found):
    return [tick(each.reference, seen) for each, seen in shown(*found).items()]


def statuses(found):
    return [lead_of(each).status for each in found]


def answer(theme, found, by, text=ANSWER):
    return answering.answer_theme(theme=theme, chosen=shown(*found), text=text, by=by)


# --- The deed -------------------------------------------------------------------------------------


def test_each_author_gets_the_answer_and_is_counted(theme, some, officer):
    OutboxMessage.objects.all().delete()

    answer(theme, some, officer)

    for each in some:
        step = lead_of(each).steps.last()
        assert (step.kind, step.by, step.text_for_resident) == ("answered", officer, ANSWER)
    assert statuses(some) == ["answered"] * 3
    assert [mail.to for mail in OutboxMessage.objects.all()] == ["amina@example.org"]
    assert recount(mend=False) == 0


def test_it_is_the_answer_to_those_put_with_them_too(theme, some, officer):
    other = make_submission(topic="healthy")
    merging.merge(referral=lead_of(other), into=some[1], by=officer)

    assert answer(theme, some, officer) == 1

    assert lead_of(other).status == "answered"
    assert recount(mend=False) == 0


def test_where_something_happened_to_one_none_is_answered(theme, some, officer):
    before = shown(*some)
    referrals.acknowledge(referral=lead_of(some[1]), by=officer)

    with pytest.raises(Overtaken, match=f"{some[1]}: {officer} acknowledged it for Living Well"):
        answering.answer_theme(theme=theme, chosen=before, text=ANSWER, by=officer)

    assert statuses(some) == ["referred", "acknowledged", "referred"]


def test_what_is_not_under_the_theme_any_more_is_not_answered(theme, some, officer):
    themes.remove(theme=theme, submissions=some[:1], by=officer)

    with pytest.raises(Overtaken, match=f"{some[0]}: It is not under this theme any more"):
        answer(theme, some, officer)

    assert statuses(some) == ["referred"] * 3


def test_pressed_twice_they_are_answered_once(theme, some, officer):
    before = shown(*some)
    deed = partial(answering.answer_theme, theme=theme, chosen=before, text=ANSWER, by=officer)

    assert (deed(), deed()) == (0, None)

    assert ReferralStep.objects.filter(kind="answered").count() == 3


def test_the_same_words_of_a_colleague_were_not_pressed_twice(theme, some, officer, partnership):
    before = shown(*some)
    answer(theme, some, officer)

    with pytest.raises(Overtaken, match=f"{officer} answered it for Living Well"):
        answering.answer_theme(
            theme=theme, chosen=before, text=ANSWER, by=make_officer(partnership.living_well)
        )


def test_those_of_a_theme_that_is_closed_still_wait_for_their_answer(theme, some, officer):
    themes.close(theme=theme, by=officer, reason="No more come")

    answer(theme, some, officer)

    assert statuses(some) == ["answered"] * 3


def test_an_answer_and_a_message_are_needed(theme, some, officer):
    with pytest.raises(MoveNotAllowed, match="Write the answer first"):
        answer(theme, some, officer, text=" ")
    with pytest.raises(MoveNotAllowed, match="Choose a message"):
        answer(theme, [], officer)


def test_who_works_on_the_theme_and_acts_on_each_message_answers(theme, some, partnership):
    theirs = make_submission()  # before a committee
    team = make_engagement_team_member()
    themes.add(theme=theme, submissions=[theirs], by=team)
    officer = partnership.officers["living-well"]

    for person, found in [
        (make_member(partnership.living_well), some),
        (partnership.officers["ne-committee"], [theirs]),
        (officer, [*some, theirs]),
    ]:
        with pytest.raises(PermissionDenied):
            answer(theme, found, person)
    assert statuses([*some, theirs]) == ["referred"] * 4
    answer(theme, [*some, theirs], team)
    assert statuses([*some, theirs]) == ["answered"] * 4


def test_who_had_a_message_hears_where_it_went_before_that_they_may_not(
    theme, some, officer, partnership
):
    before = shown(*some)
    referrals.refer_on(
        referral=lead_of(some[0]), to_body=partnership.triage, by=officer, reason="It is theirs."
    )

    with pytest.raises(Overtaken, match=f"{officer} put it before the Centre of Excellence"):
        answering.answer_theme(theme=theme, chosen=before, text=ANSWER, by=officer)


def test_fifty_take_few_statements_more_for_each(theme, some, officer):
    """Two for each message: its status, and its step."""

    def statements(found):
        chosen = shown(*found)
        with CaptureQueriesContext(connection) as captured:
            answering.answer_theme(theme=theme, chosen=chosen, text=ANSWER, by=officer)
        return len(captured)

    mailed = {"topic": "healthy", "email": "a@example.org", "wants_answer": True}
    found = [make_submission(**mailed) for _ in range(12)]
    themes.add(theme=theme, submissions=found, by=officer)

    structure_today().calendar_at(timezone.now())  # which a process asks for once
    few, many = statements(found[:3]), statements(found[3:])

    assert many - few == 2 * (9 - 3)
    assert few <= 38


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_wins():
    partnership = make_partnership()
    officers = [partnership.officers["living-well"], make_officer(partnership.living_well)]
    for _ in range(3):
        found = [make_submission(topic="healthy") for _ in range(4)]
        theme = make_theme(*found, lead_body=partnership.living_well)
        chosen = shown(*found)

        outcomes = at_once(
            *(
                partial(answering.answer_theme, theme=theme, chosen=some, text=f"By {by}", by=by)
                for by, some in zip(
                    officers,
                    (dict(list(chosen.items())[:3]), dict(reversed(list(chosen.items())[1:]))),
                    strict=True,
                )
            )
        )

        assert sorted(map(type, outcomes), key=str) == sorted([int, Overtaken], key=str), outcomes
        winner = officers[outcomes.index(0)]
        told = {(step.by, step.text_for_resident) for step in steps_that_answer(found)}
        assert told == {(winner, f"By {winner}")}
        assert sorted(statuses(found)) == ["answered"] * 3 + ["referred"]


def steps_that_answer(found):
    steps = ReferralStep.objects.filter(referral__submission__in=found, kind="answered")
    return steps.select_related("by")


@pytest.mark.django_db(transaction=True)
def test_who_answers_one_of_them_meanwhile_waits_and_neither_fails():
    partnership = make_partnership()
    officer = partnership.officers["living-well"]
    for _ in range(3):
        found = [make_submission(topic="healthy") for _ in range(4)]
        theme = make_theme(*found, lead_body=partnership.living_well)
        chosen = shown(*found)
        one = found[2]

        outcomes = at_once(
            partial(answering.answer_theme, theme=theme, chosen=chosen, text=ANSWER, by=officer),
            partial(
                referrals.answer, referral=lead_of(one), by=officer, text="Mine", seen=chosen[one]
            ),
            partial(themes.remove, theme=theme, submissions=[found[0]], by=officer),
            partial(submissions.withdraw, submission=found[3]),
        )

        assert all(
            isinstance(each, (int, Referral, Submission, type(theme), MoveNotAllowed))
            for each in outcomes
        ), outcomes
        assert steps_that_answer([one]).count() == 1


# --- The page -------------------------------------------------------------------------------------


def test_the_theme_leads_who_works_on_it_to_the_page(theme, desk, partnership, html_faults):
    assert f'href="{address_of(theme)}"' in desk.get(f"/staff/themes/{theme.pk}/").text
    member = signed_in(make_member(partnership.living_well))
    assert address_of(theme) not in member.get(f"/staff/themes/{theme.pk}/").text

    page = desk.get(address_of(theme))

    assert html_faults(page.content) == []
    assert list(boxes_on(page).values()) == [True] * 3
    assert "No lift 1" in page.text and "Healthy" in page.text
    assert "Left out here" not in page.text


def test_the_chosen_ones_are_answered_and_the_theme_says_how_many(theme, some, desk):
    page = desk.get(address_of(theme))

    chosen = list(boxes_on(page))[:2]
    posted = {"message": chosen, "text": ANSWER}
    page = desk.post(address_of(theme), posted, follow=True)

    assert page.redirect_chain == [(f"/staff/themes/{theme.pk}/", 302)]
    assert "You answered 2 messages." in page.text
    assert sorted(statuses(some)) == ["answered", "answered", "referred"]
    again = desk.post(address_of(theme), posted, follow=True)
    assert "You have answered 2 messages. It was pressed twice, and sent once." in again.text
    assert ReferralStep.objects.filter(kind="answered").count() == 2


def test_one_that_was_put_with_another_is_named_and_counted(theme, some, officer, desk):
    merging.merge(referral=lead_of(some[0]), into=some[1], by=officer)

    page = desk.get(address_of(theme))
    assert "1 message is answered together with another message." in page.text
    assert "Its answer also goes to one other message" in page.text
    page = desk.post(
        address_of(theme), {"message": list(boxes_on(page)), "text": ANSWER}, follow=True
    )

    assert "You answered 2 messages. The answer also went to one message that was put" in page.text
    assert statuses(some) == ["answered"] * 3


def test_it_says_how_many_are_left_out_and_why(theme, some, officer, desk, partnership):
    team = make_engagement_team_member()
    board = make_body("Executive Board")
    make_officer(board)
    make_escalation_line(partnership.living_well, board)
    others = [make_submission(topic="healthy") for _ in range(5)]
    elsewhere = make_submission()
    nowhere = make_submission(topic="healthy")
    themes.add(theme=theme, submissions=[*others, elsewhere, nowhere], by=team)
    Referral.objects.leading().filter(submission=nowhere).update(body=None)
    submissions.withdraw(submission=others[0])
    for each in others[1:3]:
        referrals.answer(referral=lead_of(each), by=officer, text="Soon.")
    words = {"text": "Why", "sending_key": "key", **words_of_a_matter()}
    waits = raising.escalate(referral=lead_of(others[3]), to_body=board, by=officer, **words)
    merging.merge(referral=lead_of(others[4]), into=some[0], by=officer)

    page = text_of(main_of(desk.get(address_of(theme))))

    for line in (
        "1 message was taken back or erased.",
        "2 messages are answered or closed already.",
        "1 message lies before the engagement team, which alone can answer it.",
        "1 message lies before another body, whose officers alone can answer it.",
        "1 message is answered together with another message.",
        "1 message was escalated, and waits for what comes of the matter.",
    ):
        assert line in page
    assert len(boxes_on(desk.get(address_of(theme)))) == 3
    assert len(boxes_on(signed_in(team).get(address_of(theme)))) == 5
    matter = escalations.accept(escalation=waits.escalation, by=board_officer(board))
    escalations.resolve(escalation=matter, outcome="A lift.", by=board_officer(board))
    assert len(boxes_on(desk.get(address_of(theme)))) == 4


def board_officer(board):
    return board.seats.get().memberships.get().person


def test_what_calls_for_another_answer_is_pointed_out(theme, some, desk, partnership):
    first, second, third = some
    Submission.objects.filter(pk=first.pk).update(language="bn", flags={"language": ["bn"]})
    for each, may_pass_on in ((second, True), (third, False)):
        by = make_engagement_team_member()
        KeyedIn.objects.create(
            submission=each, came_on="2026-11-02", format_needs=f"In print {each.pk}", by=by
        )
        Contact.objects.create(submission=each, may_pass_on=may_pass_on)
    Referral.objects.filter(submission=third).update(is_urgent=True)

    page = desk.get(address_of(theme)).text

    assert "Written in Bengali" in page and "Not in English" in page
    assert f"How to answer: In print {second.pk}" in page
    assert f"In print {third.pk}" not in page
    assert "May be urgent" in page
    assert (
        f"In print {third.pk}"
        in signed_in(make_engagement_team_member()).get(address_of(theme)).text
    )


def test_a_theme_without_one_to_answer_says_so(theme, some, desk, officer, html_faults):
    answer(theme, some, officer)

    page = desk.get(address_of(theme))

    assert "no message under this theme that you can answer now" in page.text
    assert "3 messages are answered or closed already." in page.text
    assert "<textarea" not in main_of(page)
    assert html_faults(page.content) == []


def test_what_was_decided_above_stands_in_the_answer_at_first(theme, some, officer, desk):
    board = make_body("Executive Board")
    chair = make_officer(board)
    make_escalation_line(theme.lead_body, board)
    words = {"text": "Why", "sending_key": "key", **words_of_a_matter()}
    matter = raising.escalate_theme(theme=theme, to_body=board, by=officer, **words).escalation
    assert boxes_on(desk.get(address_of(theme))) == {}
    escalations.accept(escalation=matter, by=chair)
    escalations.resolve(escalation=matter, outcome="A lift in March.", by=chair)

    page = desk.get(address_of(theme))

    assert len(boxes_on(page)) == 3
    assert page.context["form"]["text"].value() == "A lift in March."
    assert main_of(page).count("A lift in March.") == 2
    assert "Put it in plain words" in page.text
    answer(theme, some, officer)
    assert "Put it in plain words" not in desk.get(address_of(theme)).text
    submissions.not_answered(submission=some[0], message="There is none.", key="key")
    again = desk.get(address_of(theme))
    assert len(boxes_on(again)) == 1
    assert not again.context["form"]["text"].value()
    assert main_of(again).count("A lift in March.") == 1
    assert "Put it in plain words" not in again.text


# --- Errors, and what happened meanwhile ----------------------------------------------------------


def test_what_is_missing_is_said_and_the_rest_kept(theme, some, desk, html_faults):
    first, *_ = ticks(*some)

    no_text = desk.post(address_of(theme), {"message": [first], "text": "  "})
    no_tick = desk.post(address_of(theme), {"text": "Typed <at length>"})

    assert "Enter the answer: it is what the residents read" in no_text.text
    assert [value for value, is_ticked in boxes_on(no_text).items() if is_ticked] == [first]
    assert "Choose at least one message" in no_tick.text
    assert 'href="#id_message"' in no_tick.text and 'id="id_message"' in no_tick.text
    assert "Typed &lt;at length&gt;" in no_tick.text
    assert not any(boxes_on(no_tick).values())
    for page in (no_text, no_tick):
        assert page.status_code == 200
        assert html_faults(page.content) == []
    assert statuses(some) == ["referred"] * 3


def test_an_old_page_says_which_and_what_and_keeps_text_and_ticks(
    theme, some, desk, officer, html_faults
):
    before = list(boxes_on(desk.get(address_of(theme))))
    chosen = [each for each in before if not each.startswith(some[2].reference)]
    referrals.acknowledge(referral=lead_of(some[0]), by=officer)
    referrals.answer(referral=lead_of(some[1]), by=officer, text="By hand.")

    page = desk.post(address_of(theme), {"message": chosen, "text": "Typed <at length>"})

    assert page.status_code == 409
    told = text_of(main_of(page))
    assert f"{some[0]} : {officer} acknowledged it for Living Well" in told
    assert f"{some[1]} : {officer} answered it for Living Well" in told
    assert "Typed &lt;at length&gt;" in page.text
    assert html_faults(page.content) == []
    assert statuses(some) == ["acknowledged", "answered", "referred"]
    [first, third] = ticks(some[0], some[2])
    assert boxes_on(page) == {first: True, third: False}
    assert desk.post(address_of(theme), {"message": [first], "text": "T"}).status_code == 302
    assert statuses(some) == ["answered", "answered", "referred"]


def test_what_its_resident_added_meanwhile_is_to_be_read_first(theme, some, desk):
    before = list(boxes_on(desk.get(address_of(theme))))
    submissions.add(submission=some[0], message="And the stairs.", key="key")

    page = desk.post(address_of(theme), {"message": before, "text": "Typed for long"})

    assert page.status_code == 409
    assert f"{some[0]} : The resident added to it on" in text_of(main_of(page))
    assert "Typed for long" in page.text
    assert statuses(some) == ["referred"] * 3
    again = {"message": list(boxes_on(page)), "text": "Typed for long"}
    assert desk.post(address_of(theme), again).status_code == 302
    assert statuses(some) == ["answered"] * 3


def test_an_error_on_an_old_page_tells_what_happened_too(theme, some, desk, officer):
    before = ticks(*some)
    referrals.answer(referral=lead_of(some[1]), by=officer, text="By hand.")

    page = desk.post(address_of(theme), {"message": before, "text": ""})

    assert page.status_code == 409
    assert "answered it for Living Well" in page.text
    assert "Enter the answer" in page.text
    assert list(boxes_on(page).values()) == [True, True]


def test_an_error_keeps_what_the_page_showed_so_that_it_stays_an_old_one(theme, some, desk):
    """Nothing happened to what was ticked: what happens next is still told."""
    before = ticks(*some)

    page = desk.post(address_of(theme), {"message": before, "text": ""})

    assert boxes_on(page) == dict.fromkeys(before, True)


def test_once_nothing_is_left_to_answer_the_text_can_be_copied(theme, some, desk, officer):
    before = ticks(*some)
    answer(theme, some, officer, text="By hand.")

    page = desk.post(address_of(theme), {"message": before, "text": "Typed for long"})

    assert page.status_code == 409
    assert boxes_on(page) == {}
    assert "Typed for long" in page.text and "What you typed was not sent" in page.text


def test_a_theme_given_away_meanwhile_leaves_the_text_to_be_copied(theme, some, desk, partnership):
    before = ticks(*some)
    themes.change(
        theme=theme,
        title="No lift",
        lead_body=partnership.triage,
        by=make_engagement_team_member(),
        reason="It is theirs",
    )

    page = desk.post(address_of(theme), {"message": before, "text": "Typed for long"})

    assert page.status_code == 409
    assert "Another body looks into this theme now" in page.text
    assert "Typed for long" in page.text


def test_a_box_that_the_page_does_not_have_is_no_choice(theme, some, desk):
    first, step = some[0].reference, ticks(some[0])[0].rpartition(".")[2]
    odd = ["", "x", ".", first, f"{first}.", f"{first}.x", f"{first}.-1", f"{first}.{'9' * 30}"]
    odd += [f"{first}.٣", f" {first}.{step}", f"F-0000-000001.{step}", f"F-1999{first[6:]}.{step}"]
    odd += [f"F-2026-{'9' * 12}.1", f"F-2026-{'9' * 13}.1"]

    for sent in odd:
        page = desk.post(address_of(theme), {"message": [sent], "text": "Typed"})

        assert page.status_code == 200, sent
        assert "Choose" in page.context["form"].errors["message"][0], sent
        assert "Typed" in page.text
    assert statuses(some) == ["referred"] * 3


def test_a_message_of_others_is_as_good_as_none(theme, some, desk):
    theirs = make_submission()
    themes.add(theme=theme, submissions=[theirs], by=make_engagement_team_member())

    page = desk.post(address_of(theme), {"message": ticks(some[0], theirs), "text": "Typed"})

    assert page.status_code == 200
    assert f"{theirs} is none that you may answer" in page.text
    assert statuses([*some, theirs]) == ["referred"] * 4


def test_more_than_fifty_are_not_answered_at_once(theme, desk):
    sent = [tick(f"F-2026-{number:06d}", 1) for number in range(1, MOST_AT_ONCE + 2)]

    page = desk.post(address_of(theme), {"message": sent, "text": ANSWER})

    assert "Choose 50 messages or fewer at once" in page.text


def test_with_more_than_fit_those_due_first_are_shown_and_what_was_ticked(
    theme, some, desk, monkeypatch
):
    monkeypatch.setattr("engagement.views.answering.MOST_AT_ONCE", 2)
    due = {some[0]: "2026-12-03", some[1]: "2026-12-01", some[2]: "2026-12-02"}
    for each, day in due.items():
        Referral.objects.filter(submission=each).update(acknowledge_by=day, answer_by=day)

    page = desk.get(address_of(theme))
    assert list(boxes_on(page)) == ticks(some[1], some[2])
    assert "3 messages can be answered. Here are the 2 that are due first." in page.text

    page = desk.post(address_of(theme), {"message": ticks(some[0]), "text": ""})
    assert boxes_on(page) == dict(zip(ticks(some[1], some[0]), (False, True), strict=True))


def test_without_its_proof_text_and_ticks_come_back(theme, some, officer):
    client = Client(enforce_csrf_checks=True, headers=FROM_HERE)
    client.force_login(officer)

    page = client.post(address_of(theme), {"message": ticks(*some[:2]), "text": "Typed"})

    assert page.status_code == 403
    assert "Nothing was sent yet" in page.text and "Typed" in page.text
    assert list(boxes_on(page).values()) == [True, True, False]
    assert statuses(some) == ["referred"] * 3


def test_the_page_costs_the_same_whatever_it_holds(theme, some, desk, officer, partnership):
    def queries():
        desk.get(address_of(theme))
        with CaptureQueriesContext(connection) as captured:
            desk.get(address_of(theme))
        return len(captured)

    few = queries()
    found = [make_submission(topic="healthy") for _ in range(6)]
    themes.add(theme=theme, submissions=found, by=officer)
    merging.merge(referral=lead_of(found[0]), into=found[1], by=officer)
    referrals.answer(referral=lead_of(found[2]), by=officer, text="Soon.")

    assert queries() == few
    assert few <= 10
