"""You said, they decided, we did: what may be saved, what is told of it, and to whom."""

import re
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.formats import date_format

from engagement import outcomes
from engagement.actions import merging, raising, referrals, submissions, themes
from engagement.actions import outcomes as deeds
from engagement.models import Outcome, OutcomeTold, Referral, Submission
from engagement.tallies import month, number_of, recount, twelve_months_before
from governance.actions import escalations
from governance.models import Decision, OutboxMessage
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from localities.day_field import in_words
from tests.factories import (
    closed_since_yesterday,
    lead_of,
    make_activity,
    make_body,
    make_escalation_line,
    make_officer,
    make_story,
    make_theme,
    send_feedback,
    today,
    words_of_a_matter,
)
from tests.parallel import at_once
from tests.reading import text_of

pytestmark = pytest.mark.django_db

PAGE = "/you-said/"


@pytest.fixture
def theme(partnership, team):
    return themes.create(title="Evening appointments", by=team)


@pytest.fixture
def decision(partnership):
    return Decision.objects.create(
        body=partnership.living_well,
        decided_on=date(2026, 10, 5),
        title="Open until eight",
        text="On Tuesdays.",
        is_public=True,
    )


def said(theme, number=1, **answers):
    """Messages under a theme, whose authors asked to be told."""
    answers = {"email": "amina@example.org", "wants_answer": True} | answers
    sent = [send_feedback(**answers).submission for _ in range(number)]
    Submission.objects.filter(pk__in=[each.pk for each in sent]).update(theme=theme)
    return [Submission.objects.get(pk=each.pk) for each in sent]


def draft(theme, partnership, by, **words):
    words = {"title": "Evenings", "said": "Many cannot come by day."} | words
    words.setdefault("body", partnership.living_well)
    return deeds.draft(theme=theme, by=by, **words)


def published(theme, partnership, by, **words):
    made = draft(theme, partnership, by, **words)
    return deeds.publish(outcome=made, by=by, seen=made.revision)


# --- What may be saved ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"state": "decided"}, "Choose the decision"),
        ({"state": "will-not", "did": "Too dear."}, "Choose the decision"),
        ({"state": "will-not", "decision": True}, "Say what was done, or why it will not be"),
        ({"state": "done", "decision": True, "did": "Open."}, "Show that it was done"),
        (
            {"state": "done", "decision": True, "evidence_url": "https://example.org/"},
            "Say what was done, or why it will not be",
        ),
    ],
)
def test_nothing_is_done_without_decision_and_evidence(
    theme, partnership, team, decision, words, sentence
):
    words = words | ({"decision": decision} if "decision" in words else {})

    with pytest.raises(ValidationError, match=sentence):
        draft(theme, partnership, team, **words)

    assert not Outcome.objects.exists()


def test_what_is_whole_is_saved_with_who_and_why(theme, partnership, team, decision):
    made = draft(
        theme,
        partnership,
        team,
        state="done",
        decision=decision,
        did="The surgery is open until eight.",
        evidence_url="https://example.org/",
    )

    assert (made.state, made.is_published) == ("done", False)
    assert made.history.get().history_user == team


def test_officers_draft_for_their_body_and_the_team_publishes(theme, partnership, team):
    officer = partnership.officers["living-well"]
    made = draft(theme, partnership, officer)

    with pytest.raises(PermissionDenied):
        deeds.publish(outcome=made, by=officer, seen=made.revision)
    with pytest.raises(PermissionDenied):
        draft(theme, partnership, make_officer(make_body()))
    made = deeds.publish(outcome=made, by=team, seen=made.revision)
    with pytest.raises(PermissionDenied):
        deeds.change(outcome=made, by=officer, body=made.body, seen=made.revision, title="New")


def test_who_publishes_an_old_page_is_told_that_it_changed(theme, partnership, team):
    made = draft(theme, partnership, team)
    deeds.change(outcome=made, by=team, body=made.body, seen=made.revision, title="New")

    with pytest.raises(MoveNotAllowed, match="changed it after you opened this page"):
        deeds.publish(outcome=made, by=team, seen=made.revision)

    assert not Outcome.objects.published().exists()


# --- Who is told ----------------------------------------------------------------------------------


def test_authors_who_asked_are_told_once_without_words(theme, partnership, team):
    [asked] = said(theme, message="Zebra crossing")
    said(theme, wants_answer=False)
    send_feedback(email="other@example.org", wants_answer=True)
    made = published(theme, partnership, team)
    OutboxMessage.objects.all().delete()

    assert (deeds.tell_residents(), deeds.tell_residents()) == (1, 0)

    mail = OutboxMessage.objects.get()
    assert (mail.to, mail.about) == ("amina@example.org", asked.reference)
    assert mail.subject == f"{asked.reference}: what came of what you said"
    assert f"/you-said/{made.pk}/" in mail.text
    for words in ("Zebra", "Evenings", "by day"):
        assert words not in mail.subject + mail.text


def test_they_are_told_again_when_it_changes_and_not_when_it_does_not(theme, partnership, team):
    said(theme)
    made = published(theme, partnership, team)
    deeds.tell_residents()
    OutboxMessage.objects.all().delete()

    same = deeds.change(outcome=made, by=team, body=made.body, seen=made.revision, title=made.title)
    assert deeds.tell_residents() == 0
    deeds.change(outcome=same, by=team, body=made.body, seen=same.revision, title="Later hours")
    call_command("tell_residents", verbosity=0)

    assert "what came of it has changed" in OutboxMessage.objects.get().subject
    assert OutcomeTold.objects.get().of == 2


def test_nobody_is_told_of_a_draft_or_of_what_was_taken_back(theme, partnership, team):
    said(theme)
    made = draft(theme, partnership, team)
    assert deeds.tell_residents() == 0
    made = deeds.publish(outcome=made, by=team, seen=made.revision)
    deeds.take_back(outcome=made, by=team, reason="A mistake.")

    assert deeds.tell_residents() == 0


def test_who_withdrew_is_not_told_and_a_later_author_is(theme, partnership, team):
    gone, _ = said(theme, 2)
    published(theme, partnership, team)
    submissions.withdraw(submission=gone)
    assert deeds.tell_residents() == 1

    said(theme)

    assert deeds.tell_residents() == 1


@pytest.mark.parametrize("is_of_theme", [False, True])
def test_who_was_put_with_a_message_is_told_of_and_counted(
    theme, partnership, team, officer, is_of_theme
):
    [main] = said(theme if is_of_theme else None, topic="healthy")
    others = [send_feedback(topic="healthy", email="bob@example.org", wants_answer=True)]
    others += [send_feedback(topic="healthy") for _ in range(3)]
    in_both = [each.submission for each in others]
    if is_of_theme:  # one that is there by itself is counted once
        in_both += said(theme, topic="healthy", wants_answer=False)
    else:
        in_both.append(send_feedback(topic="healthy").submission)
    about = {"theme": theme} if is_of_theme else {"theme": None, "submission": main}
    made = published(partnership=partnership, by=team, **about)
    client = Client()
    assert "Fewer than 5 messages" in client.get(f"{PAGE}{made.pk}/").text
    for each in in_both:
        merging.merge(referral=lead_of(each), into=main, by=officer)
    OutboxMessage.objects.all().delete()

    assert "6 messages" in client.get(f"{PAGE}{made.pk}/").text
    assert deeds.tell_residents() == 2
    told = set(OutboxMessage.objects.values_list("to", flat=True))
    assert told == {"amina@example.org", "bob@example.org"}
    posted = {"reference": others[0].submission.reference, "secret": others[0].secret}
    receipt = client.post("/feedback/receipt/", posted, follow=True).text
    assert f"{PAGE}{made.pk}/" in receipt

    merging.split(referral=lead_of(others[0].submission), by=officer)
    assert "5 messages" in client.get(f"{PAGE}{made.pk}/").text


def test_many_are_told_in_batches(theme, partnership, team, monkeypatch):
    monkeypatch.setattr(deeds, "BATCH", 2)
    said(theme, 5)
    published(theme, partnership, team)

    assert deeds.tell_residents() == 5
    assert OutcomeTold.objects.count() == 5


def test_a_second_outcome_of_a_theme_may_have_the_title_of_the_first(theme, partnership, team):
    first = published(theme, partnership, team, title="Evenings", said="By day we work.")

    second = draft(theme, partnership, team, title="Evenings", said="Nor can we on Saturdays.")
    again = draft(theme, partnership, team, title="Evenings", said="Nor can we on Saturdays.")

    assert (second.said, again.pk) == ("Nor can we on Saturdays.", second.pk)
    assert set(Outcome.objects.values_list("pk", flat=True)) == {first.pk, second.pk}


@pytest.mark.django_db(transaction=True)
def test_an_outcome_sent_many_times_at_once_is_begun_once(theme, partnership, team):
    outcomes = at_once(*[partial(draft, theme, partnership, team)] * 4)

    assert {each.pk for each in outcomes} == {Outcome.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_several_workers_tell_each_author_once(theme, partnership, team, monkeypatch):
    monkeypatch.setattr(deeds, "BATCH", 2)
    said(theme, 6)
    published(theme, partnership, team)
    OutboxMessage.objects.all().delete()

    def work(_):
        try:
            return deeds.tell_residents()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(work, range(3)))

    assert sum(told) == OutboxMessage.objects.count() == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("of_a_theme", [True, False])
def test_who_withdraws_while_authors_are_told_is_written_to_no_more(
    theme, partnership, team, monkeypatch, of_a_theme
):
    [message] = said(theme)
    of = {"theme": theme} if of_a_theme else {"submission": message}
    made = deeds.draft(body=partnership.living_well, by=team, title="T", said="S", **of)
    deeds.publish(outcome=made, by=team, seen=made.revision)
    tell = deeds.tell_resident_of_outcome

    with ThreadPoolExecutor(1) as pool:

        def tell_slowly(*given, **how):
            withdrawals.append(pool.submit(withdraw))
            with suppress(TimeoutError):
                withdrawals[0].result(timeout=1)
            tell(*given, **how)

        def withdraw():
            try:
                submissions.withdraw(submission=message)
            finally:
                connection.close()

        withdrawals = []
        monkeypatch.setattr(deeds, "tell_resident_of_outcome", tell_slowly)
        assert deeds.tell_residents() == 1
        withdrawals[0].result()

    assert not OutboxMessage.objects.filter(to="amina@example.org").exists()


def test_an_outcome_that_has_gone_meanwhile_is_told_of_to_nobody(partnership, team):
    [message] = said(None)
    given = {"body": partnership.living_well, "by": team, "title": "T", "said": "S"}
    made = deeds.draft(submission=message, **given)
    deeds.publish(outcome=made, by=team, seen=made.revision)
    submissions.withdraw(submission=message)

    assert deeds.tell_some(made.pk) == 0


def test_an_outcome_of_one_message_goes_with_it(partnership, team):
    [message] = said(None)
    made = deeds.draft(
        submission=message, body=partnership.living_well, by=team, title="T", said="S"
    )
    deeds.publish(outcome=made, by=team, seen=made.revision)
    assert deeds.tell_residents() == 1

    submissions.withdraw(submission=message)

    assert not Outcome.objects.exists()


# --- Small numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "total", "localities"),
    [
        ({}, "Fewer than 5 messages", {}),
        ({"NE": 4}, "Fewer than 5 messages", {}),
        ({"NE": 1, "NW": 3}, "Fewer than 5 messages", {}),
        ({"NE": 5}, "5 messages", {"NE": "5 messages"}),
        ({"NE": 3, "NW": 3}, "6 messages", {}),
        ({"NE": 9, "NW": 6}, "15 messages", {"NE": "9 messages", "NW": "6 messages"}),
        (
            {"NE": 9, "NW": 4},
            "At least 10 messages",
            {"NE": "9 messages", "NW": "Fewer than 5 messages"},
        ),
        (
            {"NE": 9, None: 1},
            "At least 10 messages",
            {"NE": "9 messages", "Place not known": "Fewer than 5 messages"},
        ),
    ],
)
def test_a_small_number_is_not_told_nor_to_be_worked_out(counts, total, localities):
    voices = outcomes.told(counts)

    assert (voices.total, dict(voices.localities)) == (total, localities)


def test_what_is_told_is_the_same_for_all_small_numbers_that_could_be_behind_it():
    told = {outcomes.told({"NE": 9, "NW": hidden, "SE": other})
            for hidden in range(1, 5) for other in range(1, 5)}  # fmt: skip

    assert len(told) == 1


# --- The public pages -----------------------------------------------------------------------------


def test_what_was_taken_back_was_not_said(theme, partnership, team):
    sent = said(theme, 6)
    outcome = published(theme, partnership, team)
    assert "6 messages" in Client().get(f"{PAGE}{outcome.pk}/").text

    for each in sent[:2]:
        submissions.withdraw(submission=each)

    assert "Fewer than 5 messages" in Client().get(f"{PAGE}{outcome.pk}/").text


def test_a_draft_is_not_public(client, theme, partnership, team):
    made = draft(theme, partnership, team)

    assert made.title not in client.get(PAGE).text
    assert client.get(f"{PAGE}{made.pk}/").status_code == 404


def test_the_page_says_who_said_decided_and_did(client, theme, partnership, team, decision):
    said(theme, 5)
    made = published(
        theme,
        partnership,
        team,
        state="will-not",
        decision=decision,
        did="There is no room.",
    )

    page = client.get(f"{PAGE}{made.pk}/").text

    for words in (
        "Many cannot come by day.",
        "5 messages",
        "Living Well",
        "5 October 2026",
        "Open until eight",
        "It will not be done, because",
        "There is no room.",
    ):
        assert words in page


def test_a_body_that_considers_it_is_named_as_in_a_sentence(client, theme, partnership, team):
    made = published(theme, partnership, team, body=partnership.ne.committee)

    for address in (f"{PAGE}{made.pk}/", PAGE):
        assert "The North East Committee is considering it" in text_of(client.get(address).text)


def test_who_follows_a_closed_body_considers_what_it_left_and_did_not_decide_for_it(
    client, theme, partnership, team, decision
):
    successor = make_body("Well Together")
    considered = published(theme, partnership, team)
    other = themes.create(title="Saturdays", by=team)
    decided = published(other, partnership, team, state="decided", decision=decision)

    closed_since_yesterday(partnership.living_well, successor)

    page = text_of(client.get(f"{PAGE}{considered.pk}/").text)
    assert "Well Together is considering it" in page
    page = text_of(client.get(f"{PAGE}{decided.pk}/").text)
    assert "They decided Living Well, 5 October 2026" in page
    assert "Well Together" not in page


def test_a_decision_that_is_not_public_is_told_by_its_day_alone(
    client, theme, partnership, team, decision
):
    Decision.objects.update(is_public=False)
    made = published(theme, partnership, team, state="decided", decision=decision)

    page = client.get(f"{PAGE}{made.pk}/").text

    assert "5 October 2026" in page
    assert "Open until eight" not in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("locality=ne", True),
        ("locality=nw", False),
        ("topic=gp", True),
        ("topic=healthy", False),
        ("body=living-well", True),
        ("body=centre-of-excellence", False),
        ("state=considered", True),
        ("state=done", False),
        ("year=1999", None),
        ("year=2026", True),
        ("year=2025", False),
        ("locality=xx", None),
        ("topic=xx", None),
        ("body=xx", None),
        ("state=xx", None),
        ("page=xx", None),
    ],
)
def test_outcomes_are_filtered_and_an_unknown_filter_is_refused(
    client, theme, partnership, team, query, is_found
):
    made = published(
        theme, partnership, team, locality=partnership.ne.locality, topic=partnership.gp
    )
    Outcome.objects.update(changed_at="2026-06-01T12:00Z")

    page = client.get(f"{PAGE}?{query}")

    assert page.status_code == (400 if is_found is None else 200)
    assert (f"{PAGE}{made.pk}/" in page.text) == bool(is_found)


def test_what_came_of_it_in_the_whole_borough_came_of_it_in_each_part(
    client, theme, partnership, team
):
    made = published(theme, partnership, team, locality=None)

    page = client.get(f"{PAGE}?locality=ne").text

    assert f"{PAGE}{made.pk}/" in page and "The whole borough" in page


@pytest.mark.parametrize(
    ("number", "months_ago", "is_told"),
    [(5, 1, True), (4, 1, False), (5, 12, True), (5, 0, False), (5, 13, False)],
)
def test_how_many_were_answered_and_how_soon_is_told_unless_they_are_few(
    client, partnership, team, number, months_ago, is_told
):
    this_month = number_of(today())
    received_on = month(this_month - months_ago)
    for _ in range(number):
        lead = lead_of(send_feedback().submission)
        referrals.answer(referral=lead, by=team, text="Done.")
    send_feedback()
    Submission.objects.update(received_on=received_on)
    recount()
    waited = structure_today().calendar.working_days_between(received_on, today())

    page = text_of(client.get(PAGE).text)

    first, last = twelve_months_before(today())
    sentence = (
        f"Of the messages that you sent us from {date_format(first)} to {date_format(last)}, "
        f"{number} are answered. In working days, half of the answers took at most {waited}, "
        f"and nine in ten at most {waited}."
    )
    assert (sentence in page) == is_told
    assert ("are answered" in page) == is_told


def test_what_is_not_answered_is_counted_publicly(client, theme, partnership, team):
    said(theme, 5)
    Referral.objects.filter(pk=Referral.objects.first().pk).update(answer_by="2026-01-01")

    told = outcomes.unanswered()

    assert (told.messages, told.late, told.themes) == ("5", "fewer than 5", "1")
    published(theme, partnership, team)
    assert outcomes.unanswered().themes == "0"
    assert "Not answered yet" in client.get(PAGE).text


def test_what_waits_for_its_resident_is_not_late(theme, partnership, team):
    for message in said(theme, 5):
        referrals.ask(referral=lead_of(message), by=team, text="Which lift?")
    Referral.objects.update(answer_by="2026-01-01")

    told = outcomes.unanswered()

    assert (told.messages, told.late) == ("5", "0")


@pytest.mark.parametrize("what", ["closed", "taken back"])
def test_a_theme_that_waits_for_nothing_is_not_counted(theme, team, what):
    [message] = said(theme)
    assert outcomes.unanswered().themes == "1"

    if what == "closed":
        themes.close(theme=theme, by=team, reason="It was one message")
    else:
        submissions.withdraw(submission=message)

    assert outcomes.unanswered().themes == "0"


def test_the_feed_has_each_outcome_with_an_id_that_stays(client, theme, partnership, team):
    made = published(theme, partnership, team, title="Evenings & weekends \x01")

    answer = client.get(f"{PAGE}feed/")

    atom = "{http://www.w3.org/2005/Atom}"
    [entry] = ElementTree.fromstring(answer.content).iter(f"{atom}entry")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert entry.find(f"{atom}id").text.endswith(f":you-said/{made.pk}")
    assert entry.find(f"{atom}title").text.startswith("Evenings & weekends")


def test_the_receipt_leads_to_what_came_of_it(client, theme, partnership, team):
    sent = send_feedback()
    Submission.objects.filter(pk=sent.submission.pk).update(theme=theme)
    made = published(theme, partnership, team)

    page = client.post(
        "/feedback/receipt/",
        {"reference": sent.submission.reference, "secret": sent.secret},
        follow=True,
    )

    assert f'<a lang="en-GB" href="{PAGE}{made.pk}/"' in page.text


@pytest.mark.parametrize("number", [1, 15])
def test_the_list_costs_the_same_however_many_there_are(
    client, partnership, team, number, django_assert_max_num_queries
):
    for each in range(number):
        published(themes.create(title=f"Theme {each}", by=team), partnership, team)
    client.get(PAGE)  # the structure is in memory then

    with django_assert_max_num_queries(10):
        page = client.get(PAGE)
    with django_assert_max_num_queries(4):
        told = outcomes.latest(10)

    assert page.text.count("tht-card__title") == number
    assert len(told) == min(number, 10)


def test_the_pages_are_valid_html(client, theme, partnership, team, html_faults):
    said(theme, 5)
    made = published(theme, partnership, team)
    client.force_login(team)

    for address in (
        PAGE,
        f"{PAGE}{made.pk}/",
        "/staff/outcomes/",
        f"/staff/outcomes/new/?theme={theme.pk}",
        f"/staff/outcomes/{made.pk}/",
    ):
        assert html_faults(client.get(address).content) == [], address


# --- Staff ----------------------------------------------------------------------------------------


def typed(**words):
    return {
        "title": "Evenings",
        "said": "Many cannot come by day.",
        "body": "living-well",
        "state": "considered",
    } | words


def test_staff_write_preview_publish_and_take_back(client, theme, partnership, team, decision):
    client.force_login(team)
    page = client.post(f"/staff/outcomes/new/?theme={theme.pk}", typed(), follow=True)
    made = Outcome.objects.get()
    assert "As residents read it" in page.text

    client.post(
        f"/staff/outcomes/{made.pk}/",
        typed(
            state="done",
            decision=decision.pk,
            did="Open until eight.",
            evidence_url="https://example.org/hours",
            seen=made.revision,
        ),
    )
    made.refresh_from_db()
    client.post(f"/staff/outcomes/{made.pk}/publish/", {"seen": made.revision})
    public = Client().get(f"{PAGE}{made.pk}/").text
    no_reason = client.post(f"/staff/outcomes/{made.pk}/take-back/", {"reason": ""}).text
    client.post(f"/staff/outcomes/{made.pk}/take-back/", {"reason": "A mistake."})

    assert "There is a problem" in no_reason and "<title>Error: " in no_reason
    assert "Open until eight." in public and "https://example.org/hours" in public
    assert Client().get(f"{PAGE}{made.pk}/").status_code == 404


def test_what_a_body_decided_that_has_closed_since_can_be_finished(
    client, theme, partnership, team, decision
):
    successor = make_body("Well Together")
    decided = published(theme, partnership, team, state="decided", decision=decision)
    closed_since_yesterday(partnership.living_well, successor)
    client.force_login(team)
    address = f"/staff/outcomes/{decided.pk}/"
    page = client.get(address).text
    done = typed(
        state="done",
        decision=decision.pk,
        did="Open until eight.",
        evidence_url="https://example.org/hours",
        seen=decided.revision,
    )

    assert re.search(r'<option value="living-well"\s+selected>Living Well', page)
    assert client.post(address, done).status_code == 302

    decided.refresh_from_db()
    assert (decided.state, decided.body) == ("done", partnership.living_well)


@pytest.mark.parametrize("is_among_the_last", [True, False])
def test_a_decision_to_choose_says_that_its_matter_was_reopened_and_which_it_was(
    client, theme, partnership, team, monkeypatch, is_among_the_last
):
    body = partnership.living_well
    by, below = partnership.officers["living-well"], make_body()
    make_escalation_line(below, body)
    matter = escalations.raise_new(
        raising_body=below, to_body=body, by=make_officer(below), **words_of_a_matter()
    )
    escalations.accept(escalation=matter, by=by)
    matter = escalations.resolve(escalation=matter, outcome="Until eight", title="Hours", by=by)
    decided = published(theme, partnership, team, state="decided", decision=matter.decision)
    escalations.reopen(escalation=matter, reason="Not so", by=by)
    if not is_among_the_last:
        monkeypatch.setattr("engagement.views.outcomes.CHOICES", 0)
    client.force_login(team)

    page = text_of(client.get(f"/staff/outcomes/{decided.pk}/").text)

    sentence = f"A matter that it settled was reopened on {in_words(today())}"
    assert f": Hours, {matter.reference}. {sentence}" in page


def test_what_lacks_is_asked_at_its_field_and_what_was_typed_kept(
    client, theme, partnership, team, decision
):
    client.force_login(team)
    other = Decision.objects.create(
        body=partnership.triage, decided_on=date(2026, 1, 5), title="Other", text="T"
    )

    page = client.post(
        f"/staff/outcomes/new/?theme={theme.pk}",
        typed(state="done", decision=other.pk, said="Typed for long"),
    ).text

    assert "This decision is not one of Living Well" in page
    assert "Enter what was done, or why it will not be" in page
    assert "Enter where it can be seen that it was done" in page
    assert "Typed for long" in page
    assert not Outcome.objects.exists()


@pytest.fixture
def decided_above(partnership, theme, team):
    """A message of the theme that became a matter, which a body above decided."""
    board = make_body("Executive Board", slug="executive-board")
    make_escalation_line(partnership.living_well, board)
    officer, chair = partnership.officers["living-well"], make_officer(board)
    sent = send_feedback(topic="healthy")
    themes.change(
        theme=theme, title=theme.title, lead_body=partnership.living_well, by=team, reason=""
    )
    themes.add(theme=theme, submissions=[sent.submission], by=team)
    theme = raising.escalate_theme(
        theme=theme, to_body=board, by=officer, text="Why", sending_key="k", **words_of_a_matter()
    )
    escalations.accept(escalation=theme.escalation, by=chair)
    escalations.resolve(escalation=theme.escalation, outcome="Open until eight.", by=chair)
    return sent.submission


def test_what_was_decided_above_is_there_to_begin_with(
    client, decided_above, theme, partnership, team
):
    decision = Decision.objects.get(text="Open until eight.")

    client.force_login(team)
    for query in (f"theme={theme.pk}", f"message={decided_above.reference}"):
        initial = client.get(f"/staff/outcomes/new/?{query}").context["form"].initial
        begins = initial["body"], initial["decision"], initial["state"]
        assert begins == ("executive-board", decision.pk, "decided")
    client.force_login(partnership.officers["living-well"])
    page = client.get(f"/staff/outcomes/new/?theme={theme.pk}").text
    assert "decided by the Executive Board. Its officers and the engagement team write" in page


def test_what_a_locality_s_committee_decides_is_about_its_locality_unless_said_otherwise(
    client, theme, partnership, team
):
    client.force_login(team)
    of_a_locality = make_theme(title="No chairs", lead_body=partnership.ne.committee)

    about = [
        client.get(f"/staff/outcomes/new/?theme={each.pk}").context["form"]["locality"].value()
        for each in (theme, of_a_locality)
    ]

    assert about == [None, "ne"]


def test_the_second_press_makes_no_second_draft(client, theme, partnership, team):
    client.force_login(team)

    for _ in range(2):
        client.post(f"/staff/outcomes/new/?theme={theme.pk}", typed())

    assert Outcome.objects.count() == 1


def test_an_old_page_is_refused_and_keeps_what_was_typed(client, theme, partnership, team):
    client.force_login(team)
    made = draft(theme, partnership, team)
    deeds.change(outcome=made, by=team, body=made.body, seen=made.revision, title="New")

    page = client.post(
        f"/staff/outcomes/{made.pk}/", typed(said="Typed for long", seen=made.revision)
    )

    assert page.status_code == 409
    assert "changed it after you opened this page" in page.text
    assert "Typed for long" in page.text


def test_an_officer_writes_of_what_lies_before_the_body_alone(client, theme, partnership, team):
    client.force_login(partnership.officers["living-well"])
    message = send_feedback(topic="healthy").submission
    other = send_feedback(topic="gp").submission
    referrals.answer(
        referral=Referral.objects.leading().get(submission=message),
        by=partnership.officers["living-well"],
        text="Done.",
    )

    new = "/staff/outcomes/new/?"
    assert client.get(f"{new}message={message.reference}").status_code == 200
    assert client.get(f"{new}message={other.reference}").status_code == 404
    assert client.get(f"{new}theme={theme.pk}").status_code == 404
    assert client.get(new).status_code == 404


def test_the_second_press_takes_nothing_back_a_second_time(client, theme, partnership, team):
    client.force_login(team)
    made = published(theme, partnership, team)

    for _ in range(2):
        client.post(f"/staff/outcomes/{made.pk}/take-back/", {"reason": "A mistake."})

    assert made.history.filter(history_change_reason="A mistake.").count() == 1


@pytest.mark.parametrize("deed", ["publish", "take_back", "change"])
def test_what_went_with_its_message_meanwhile_is_said_to_be_gone(partnership, team, deed):
    body = partnership.living_well
    message = send_feedback().submission
    made = deeds.draft(by=team, body=body, submission=message, title="The lift", said="It broke.")
    given = {
        "publish": {"seen": made.revision},
        "take_back": {"reason": "A mistake."},
        "change": {"seen": made.revision, "body": body, "title": "The lifts"},
    }
    submissions.withdraw(submission=message)

    with pytest.raises(MoveNotAllowed, match="It is gone"):
        getattr(deeds, deed)(outcome=made, by=team, **given[deed])


# --- Stories and activities of it -----------------------------------------------------------------


def test_an_outcome_leads_to_what_followed_and_back(client, theme, partnership, team, html_faults):
    made = published(theme, partnership, team)
    story = make_story(title="Open in the evening", outcome=made)
    activity = make_activity(title="Choose the days", outcome=made)

    page = client.get(f"{PAGE}{made.pk}/").text

    for row in (story, activity):
        assert f'href="{row.get_absolute_url()}">{row.title}</a>' in page
        back = client.get(row.get_absolute_url()).text
        assert f'href="{PAGE}{made.pk}/">Evenings</a>' in back
        assert html_faults(back) == []
    assert html_faults(page) == []


def test_what_is_a_draft_is_led_to_from_neither_side(client, theme, partnership, team):
    drafted = draft(theme, partnership, team, title="Not yet")
    made = published(theme, partnership, team)
    make_story(title="Open in the evening", outcome=made, published_on=None)
    make_activity(title="Choose the days", outcome=made, published_on=None)

    page = client.get(f"{PAGE}{made.pk}/").text

    assert "What followed" not in page
    assert "Open in the evening" not in page and "Choose the days" not in page
    for row in (make_story(outcome=drafted), make_activity(outcome=drafted)):
        assert "Not yet" not in client.get(row.get_absolute_url()).text


def test_a_story_leads_no_longer_to_an_outcome_that_was_taken_back(
    client, theme, partnership, team
):
    made = published(theme, partnership, team)
    story = make_story(outcome=made)
    assert "Evenings" in client.get(story.get_absolute_url()).text  # and the page is kept

    deeds.take_back(outcome=made, by=team, reason="It was wrong.")

    assert "Evenings" not in client.get(story.get_absolute_url()).text


def test_a_story_stays_when_its_outcome_goes_with_the_message(partnership, team):
    message = send_feedback().submission
    made = deeds.draft(
        submission=message, body=partnership.living_well, by=team, title="T", said="S"
    )
    story, activity = make_story(outcome=made), make_activity(outcome=made)

    made.delete()

    for row in (story, activity):
        row.refresh_from_db()
        assert row.outcome is None


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_of_an_outcome_asks_as_much_for_many_as_for_few(
    client, theme, partnership, team, number, django_assert_num_queries
):
    made = published(theme, partnership, team)
    for _ in range(number):
        make_story(outcome=made)
        make_activity(outcome=made)
    client.get(PAGE)  # the structure is in memory then

    with django_assert_num_queries(7):
        client.get(f"{PAGE}{made.pk}/")
