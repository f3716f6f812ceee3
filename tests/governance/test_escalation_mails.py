"""Who is told of what happens to a matter, and what a mail never says."""

from datetime import UTC, date, datetime

import pytest

from governance.actions import asides, escalations
from governance.actions.staff_settings import settle
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.models import Body, BodyName, OutboxMessage, StaffSettings
from governance.telling import with_article
from tests.factories import (
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_kind,
    make_ladder,
    make_line,
    make_member,
    make_officer,
    officer_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ladder():
    bottom, middle, top = make_ladder(3)
    for body, name in (
        (bottom, "Living Well"),
        (middle, "Operational Management Group"),
        (top, "Executive Board"),
    ):
        BodyName.objects.filter(body=body).update(name=name)
    structure_edited()
    return bottom, middle, top


def mails():
    """What has been written since the last time: address → mail."""
    written = {mail.to: mail for mail in OutboxMessage.objects.order_by("pk")}
    assert len(written) == OutboxMessage.objects.count(), "an address was written to twice"
    OutboxMessage.objects.all().delete()
    return written


def test_the_officers_and_the_mailbox_of_the_body_that_has_it_now_are_told(ladder):
    bottom, middle, _ = ladder
    Body.objects.filter(pk=middle.pk).update(mailbox="omg@example.org")
    make_member(middle)
    deputy = make_officer(middle)

    matter = make_escalation(bottom, middle, by=make_member(bottom))

    told = mails()
    assert set(told) == {
        "omg@example.org",
        officer_of(middle).email,
        deputy.email,
        officer_of(bottom).email,  # Their own body has raised something.
    }
    assert {mail.subject for mail in told.values()} == {
        f"{matter.reference} has been raised to the Operational Management Group"
    }


def test_nobody_is_told_of_their_own_act(ladder):
    bottom, middle, top = ladder
    below, above, highest = map(officer_of, ladder)
    matter = make_escalation(bottom, middle)

    def told_after(deed, by, **said):
        nonlocal matter
        matter = deed(escalation=matter, by=by, **said)
        return set(mails())

    assert set(mails()) == {above.email}
    assert told_after(escalations.accept, above) == {below.email}
    both = {below.email, highest.email}
    assert told_after(escalations.pass_up, above, to_body=top, note="") == both
    both = {below.email, above.email}
    assert told_after(escalations.accept, highest) == both
    assert told_after(escalations.send_back, highest, question="Why?") == both
    both = {below.email, highest.email}
    assert told_after(escalations.answer_back, above, answer="So") == both
    both = {below.email, above.email}
    assert told_after(escalations.resolve, highest, outcome="Agreed") == both
    both = {above.email, highest.email}
    assert told_after(escalations.reopen, below, reason="Not so") == both
    assert told_after(escalations.withdraw, below, reason="Settled") == both


def test_those_below_are_told_who_acts_and_that_they_need_not(ladder):
    bottom, middle, top = ladder
    below, above, highest = map(officer_of, ladder)
    matter = make_escalation(bottom, middle)
    mails()
    need_not = "act on it. You need not do anything"

    matter = escalations.accept(escalation=matter, by=above)
    assert (
        f"The officers of the Operational Management Group {need_not}" in mails()[below.email].text
    )
    matter = escalations.pass_up(escalation=matter, by=above, to_body=top, note="")
    told = mails()
    assert f"The officers of the Executive Board {need_not}" in told[below.email].text
    assert "need not" not in told[highest.email].text
    matter = escalations.accept(escalation=matter, by=highest)
    mails()
    escalations.resolve(escalation=matter, by=highest, outcome="Agreed")

    # Whose residents wait for it tell them what was decided.
    assert "need not" not in mails()[below.email].text


def test_who_raised_a_matter_is_not_asked_to_answer_what_is_said_of_it(ladder):
    bottom, middle, _ = ladder
    matter = make_escalation(bottom, middle)
    mails()
    need_not = "You need not do anything: this is for you to know."

    asides.comment(escalation=matter, text="On 10 December", by=make_member(middle))
    told = mails()
    raised, acts = told[officer_of(bottom).email], told[officer_of(middle).email]
    assert f"The officers of the Operational Management Group act on it. {need_not}" in raised.text
    assert need_not not in acts.text

    matter = escalations.accept(escalation=matter, by=officer_of(middle))
    mails()
    escalations.send_back(escalation=matter, question="Since when?", by=officer_of(middle))
    mails()
    asides.comment(escalation=matter, text="We are asking", by=make_member(bottom))
    [theirs] = mails().values()
    assert theirs.to == officer_of(bottom).email
    assert need_not not in theirs.text


def test_each_subject_says_what_happened_and_to_whom(ladder):
    bottom, middle, top = ladder
    below, above = officer_of(bottom), officer_of(middle)
    matter = make_escalation(bottom, middle)
    subjects = []

    def note(deed, **said):
        nonlocal matter
        mails()
        matter = deed(escalation=matter, **said)
        subjects.append(next(iter(mails().values())).subject.removeprefix(matter.reference))

    note(escalations.accept, by=above)
    note(escalations.send_back, by=above, question="Why?")
    note(escalations.answer_back, by=below, answer="So")
    note(escalations.resolve, by=above, outcome="Agreed")
    note(escalations.reopen, by=below, reason="Not so")
    note(escalations.pass_up, by=above, to_body=top, note="")
    note(escalations.withdraw, by=below, reason="Settled")

    assert subjects == [
        " has been accepted by the Operational Management Group",
        " has been sent back to Living Well with a question",
        " has been answered and is before the Operational Management Group again",
        " has been resolved by the Operational Management Group",
        " has been reopened before the Operational Management Group",
        " has been passed up to the Executive Board",
        " has been withdrawn by Living Well",
    ]


def test_a_mail_says_where_the_matter_is_and_by_when_with_the_sums(ladder, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 2, 12, tzinfo=UTC))
    bottom, middle, _ = ladder

    matter = make_escalation(bottom, middle)

    text = mails()[officer_of(middle).email].text
    assert f"http://localhost:8000/escalations/{matter.reference}/" in text
    assert "Acknowledge by 5 November 2026\n(3 working days from Mon 2 Nov 2026, " in text
    assert "Answer by 30 November 2026\n(20 working days from Mon 2 Nov 2026, skips 8 " in text
    assert "Read it and act on it here" in text
    assert matter.acknowledge_by == date(2026, 11, 5)


def test_who_is_asked_for_a_view_is_told_by_when_the_other_body_answers(ladder, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 2, 12, tzinfo=UTC))
    bottom, middle, _ = ladder
    aligned = make_body("Urgent Care Working Group")
    make_line(middle, aligned, "aligned_with")
    asked = make_officer(aligned)
    settle(by=asked, mail=StaffSettings.Mail.DAILY, absent_until=None)
    colleague, matter = make_officer(aligned), make_escalation(bottom, middle)
    mails()

    asides.consult(escalation=matter, body=aligned, question="Yours?", by=officer_of(middle))

    text = mails()[colleague.email].text
    assert "View asked of the Urgent Care Working Group by the Operational Management" in text
    assert "The Operational Management Group is to answer by 30 November 2026, so say" in text
    assert "Answer by" not in text and "Acknowledge by" not in text
    assert asked.digest_lines.get().due is None


def test_no_mail_carries_the_words_of_the_matter(ladder):
    bottom, middle, _ = ladder
    above = officer_of(middle)
    secrets = ["Secret title", "Secret situation", "Secret request", "Secret trial", "Secret note"]
    matter = make_escalation(
        bottom,
        middle,
        title=secrets[0],
        situation=secrets[1],
        asked=secrets[2],
        tried=secrets[3],
    )
    matter = escalations.accept(escalation=matter, by=above, note=secrets[4])
    matter = escalations.send_back(escalation=matter, by=above, question=secrets[4])
    matter = escalations.answer_back(escalation=matter, by=officer_of(bottom), answer=secrets[4])
    escalations.resolve(escalation=matter, by=above, outcome=secrets[4])

    for mail in OutboxMessage.objects.all():
        assert "Secret" not in mail.subject + mail.text


def test_while_a_question_is_open_the_mail_says_that_the_clock_stands_still(ladder):
    bottom, middle, _ = ladder
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    mails()

    escalations.send_back(escalation=matter, by=officer_of(middle), question="Why?")

    text = mails()[officer_of(bottom).email].text
    assert "stands still until the question is answered" in text
    assert "Answer by" not in text


def test_a_body_without_officers_here_is_written_to_through_the_body_below(ladder):
    _, middle, board = ladder
    outside = make_body(
        "Health and Wellbeing Board",
        kind=make_kind("statutory-board", outside_partnership=True),
        mailbox="hwb@example.org",
    )
    make_escalation_line(board, outside)
    deputy = make_officer(board)

    make_escalation(board, outside)

    told = mails()
    assert set(told) == {"hwb@example.org", deputy.email}
    assert (
        "The Health and Wellbeing Board has no officers here: the officers of the Executive Board "
        "record what comes of it."
    ) in told[deputy.email].text


def test_a_name_stands_in_a_mail_as_it_is_written(ladder):
    bottom, middle, _ = ladder
    BodyName.objects.filter(body=middle).update(name="Estates & IT <Infrastructure>")
    structure_edited()

    make_escalation(bottom, middle)

    mail = mails()[officer_of(middle).email]
    assert mail.subject.endswith("has been raised to Estates & IT <Infrastructure>")
    assert "to Estates & IT <Infrastructure>." in mail.text


def test_of_a_draft_nobody_is_told(ladder):
    draft = make_draft(ladder[0])
    make_officer(ladder[0])

    escalations.withdraw(escalation=draft, reason="No", by=officer_of(ladder[0]))

    assert mails() == {}
    assert Matter(draft).steps[-1].kind == "withdrawn"


@pytest.mark.parametrize(
    ("name", "in_a_sentence"),
    [
        ("THT Executive Board", "the THT Executive Board"),
        ("Operational Management Group (OMG)", "the Operational Management Group (OMG)"),
        ("NE Health & Wellbeing Committee", "the NE Health & Wellbeing Committee"),
        ("The Board", "The Board"),
        ("Living Well", "Living Well"),
        ("Promoting Independence", "Promoting Independence"),
        ("NHS North East London", "NHS North East London"),
        ("Estates & IT Infrastructure", "Estates & IT Infrastructure"),
    ],
)
def test_a_body_is_named_in_a_sentence_as_people_say_it(name, in_a_sentence):
    assert with_article(name) == in_a_sentence
