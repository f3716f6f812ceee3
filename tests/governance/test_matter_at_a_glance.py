"""What the page of a matter says first: why it is here, who acts, and what may be done."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from governance.actions import asides, escalations, exceptions
from governance.matter import Matter
from governance.models import Body, Meeting
from tests.factories import (
    make_body,
    make_escalation,
    make_line,
    make_member,
    make_officer,
    make_upload,
    officer_of,
)
from tests.governance.matter_pages import page_of

pytestmark = pytest.mark.django_db


def above_the_matter(client, matter):
    """What stands on the page above the words of the matter."""
    return client.get(page_of(matter)).text.split('id="words"')[0]


@pytest.fixture
def passed_up(ladder):
    """A matter that came to the highest of three bodies, with a reason."""
    bottom, middle, top = ladder
    by = officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)
    return escalations.pass_up(escalation=matter, to_body=top, by=by, note="It needs their money")


def test_why_a_matter_was_passed_up_stands_above_what_its_body_can_do(client, ladder, passed_up):
    client.force_login(officer_of(ladder[2]))

    page = above_the_matter(client, passed_up)

    why, moves = page.split('id="moves"')
    assert f"Why {ladder[1].name} passed it up" in why
    assert "It needs their money" in why
    assert "It needs their money" not in moves


def test_while_a_question_waits_only_that_is_asked(client, ladder, passed_up):
    matter = escalations.accept(escalation=passed_up, by=officer_of(ladder[2]))
    matter = escalations.send_back(
        escalation=matter, question="How much?", by=officer_of(ladder[2])
    )
    client.force_login(officer_of(ladder[1]))

    page = above_the_matter(client, matter)

    assert "How much?" in page
    assert "It needs their money" not in page


def test_a_matter_that_was_passed_up_without_a_word_has_no_empty_heading(client, ladder):
    bottom, middle, top = ladder
    by = officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)
    matter = escalations.pass_up(escalation=matter, to_body=top, by=by, note="")
    client.force_login(officer_of(top))

    assert 'id="brought"' not in above_the_matter(client, matter)


def test_why_it_was_reopened_is_told_to_the_body_that_has_it_again(client, ladder, passed_up):
    bottom, _, top = ladder
    matter = escalations.accept(escalation=passed_up, by=officer_of(top))
    matter = escalations.resolve(escalation=matter, outcome="Paid", by=officer_of(top))
    matter = escalations.reopen(escalation=matter, reason="Nobody paid", by=officer_of(bottom))
    client.force_login(officer_of(top))

    page = above_the_matter(client, matter)

    assert f"Why {bottom.name} reopened it" in page
    assert "Nobody paid" in page
    assert "It needs their money" not in page


def test_why_it_came_out_of_line_is_told(client, matter, administrator):
    off_the_line = make_body()
    client.force_login(make_officer(off_the_line))
    matter = exceptions.send_out_of_line(
        escalation=matter, to_body=off_the_line, reason="They alone can", by=administrator
    )

    page = above_the_matter(client, matter)

    assert "Why it was sent out of line" in page
    assert "They alone can" in page


def test_a_matter_that_went_up_by_itself_says_so(client, ladder, matter):
    _, middle, top = ladder
    Body.objects.filter(pk=middle.pk).update(climbs_by_itself=True)
    matter = escalations.climb(matter=Matter(matter), note="Reminders were in vain")
    client.force_login(officer_of(top))

    page = above_the_matter(client, matter)

    assert "Why it went up by itself" in page
    assert "Reminders were in vain" in page


def test_a_view_is_asked_for_until_it_is_given(client, ladder, matter):
    middle, aligned = ladder[1], make_body()
    make_line(middle, aligned, "aligned_with")
    asked, by = make_officer(aligned), officer_of(middle)
    asides.consult(escalation=matter, body=aligned, question="And yours?", by=by)
    client.force_login(asked)
    asks = f"{middle.name} asks for your body’s view"
    assert asks in above_the_matter(client, matter)

    asides.comment(escalation=matter, text="We can wait.", by=by)
    assert asks in above_the_matter(client, matter)

    asides.comment(escalation=matter, text="Ours is the same.", by=make_member(aligned))
    assert asks not in above_the_matter(client, matter)


def test_who_is_asked_their_view_reads_that_before_what_others_ask_each_other(
    client, ladder, matter
):
    bottom, middle, _ = ladder
    aligned, by = make_body(), officer_of(middle)
    make_line(middle, aligned, "aligned_with")
    client.force_login(make_officer(aligned))
    matter = escalations.accept(escalation=matter, by=by)
    matter = asides.consult(escalation=matter, body=aligned, question="And yours?", by=by)

    matter = escalations.send_back(escalation=matter, question="Since when?", by=by)
    page = above_the_matter(client, matter)
    assert page.index("And yours?") < page.index("Since when?")

    escalations.answer_back(escalation=matter, answer="Since May.", by=officer_of(bottom))
    page = above_the_matter(client, matter)
    assert page.index("And yours?") < page.index("Since May.")


def test_to_withdraw_is_never_the_first_thing_that_a_page_offers(client, matter):
    client.force_login(officer_of(matter.raising_body))

    page = above_the_matter(client, matter)

    moves = page.split('id="moves"')[1]
    assert moves.index("/comment/") < moves.index("/withdraw/")
    assert "nhsuk-expander" not in moves


def test_an_exception_that_is_asked_for_comes_before_what_else_an_administrator_can_do(
    client, matter, administrator
):
    by, off_the_line = officer_of(matter.current_body), make_body()
    make_officer(off_the_line)
    asides.attach(escalation=matter, upload=make_upload(), by=by)
    exceptions.ask_out_of_line(escalation=matter, to_body=off_the_line, reason="In haste", by=by)
    client.force_login(administrator)

    moves = above_the_matter(client, matter).split('id="moves"')[1]

    assert moves.index("/out-of-line/") < moves.index("/detach/")


def test_the_meeting_at_which_an_answer_is_expected_is_that_of_its_body(client, matter):
    holder = matter.current_body
    Meeting.objects.create(body=holder, starts_at=timezone.now() + timedelta(days=2))
    client.force_login(officer_of(matter.raising_body))
    expected = f"the meeting of {holder.name} on"
    assert f"At {expected}" in client.get(page_of(matter)).text

    matter = escalations.accept(escalation=matter, by=officer_of(holder))
    escalations.send_back(escalation=matter, question="Why?", by=officer_of(holder))
    below = matter.raising_body
    Meeting.objects.create(body=below, starts_at=timezone.now() + timedelta(days=2))
    expected = f"the meeting of {below.name} on"
    assert f"The answer to the question, at {expected}" in client.get(page_of(matter)).text


def test_a_meeting_after_the_day_of_the_answer_is_not_where_it_is_expected(client, at, matter):
    holder, last_day = matter.current_body, matter.answer_by
    client.force_login(officer_of(holder))
    shown = []

    for day in (last_day, last_day + timedelta(days=1)):
        starts_at = timezone.make_aware(datetime.combine(day, time(18)))
        meeting = Meeting.objects.create(body=holder, starts_at=starts_at)
        shown.append("<dt>Expected</dt>" in client.get(page_of(matter)).text)
        meeting.delete()

    assert shown == [True, False]
