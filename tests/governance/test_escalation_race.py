"""Two officers at the same moment, on connections of their own: exactly one wins."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client

from governance import readers, tallies
from governance.actions import asides, decisions, escalations, lifecycle, merging, structure
from governance.admin import holidays
from governance.matter import Matter
from governance.models import BodyKind, Document, Escalation
from governance.workflow import MoveNotAllowed
from tests.admin_pages import edit, sentences
from tests.factories import (
    closed_since_yesterday,
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_line,
    make_officer,
    make_upload,
    officer_of,
    today,
    words_of_a_matter,
)
from tests.parallel import Meanwhile, at_once, before

pytestmark = pytest.mark.django_db(transaction=True)


def winner_and_loser(outcomes):
    (winner,) = [each for each in outcomes if isinstance(each, Escalation)]
    (loser,) = [each for each in outcomes if not isinstance(each, Escalation)]
    return winner, loser


@pytest.mark.parametrize("carries_what_was_seen", [True, False])
def test_of_two_officers_who_accept_at_once_one_wins_and_the_other_hears_who(carries_what_was_seen):
    for _ in range(5):
        bottom, middle = make_ladder(2)
        officers = [officer_of(middle), make_officer(middle)]
        matter = make_escalation(bottom, middle)
        seen = Matter(matter).seen if carries_what_was_seen else None

        accept = partial(escalations.accept, escalation=matter, seen=seen)
        outcomes = at_once(*(partial(accept, by=by) for by in officers))

        winner, loser = winner_and_loser(outcomes)
        step = matter.steps.get(kind="accepted")
        assert winner.status == "accepted"
        assert isinstance(loser, MoveNotAllowed)
        assert f"{step.by} accepted it for" in str(loser)
        assert matter.history.count() == 3  # drafted, raised, accepted


def test_of_two_officers_who_pass_up_and_resolve_at_once_one_wins():
    for _ in range(5):
        bottom, middle, top = make_ladder(3)
        matter = make_escalation(bottom, middle)
        matter = escalations.accept(escalation=matter, by=officer_of(middle))
        seen = Matter(matter).seen
        colleague = make_officer(middle)

        passing_up = partial(escalations.pass_up, to_body=top, by=officer_of(middle), note="Up")
        resolving = partial(escalations.resolve, outcome="Done", by=colleague)
        outcomes = at_once(
            *(partial(deed, escalation=matter, seen=seen) for deed in (passing_up, resolving))
        )

        winner, loser = winner_and_loser(outcomes)
        assert isinstance(loser, MoveNotAllowed)
        assert str(loser).startswith("Since you opened this page, ")
        assert matter.steps.count() == 3
        assert (winner.status, winner.current_body) in [("raised", top), ("resolved", middle)]


def test_two_presses_of_one_form_at_once_make_one_matter():
    bottom, top = make_ladder(2)
    by = officer_of(bottom)

    outcomes = at_once(
        *[
            lambda: escalations.raise_new(
                raising_body=bottom,
                to_body=top,
                by=by,
                sending_key="one form",
                **words_of_a_matter(),
            )
        ]
        * 5
    )

    assert outcomes == [Escalation.objects.get()] * 5
    assert Escalation.objects.get().steps.count() == 1


def test_two_forms_with_the_same_words_at_once_make_one_draft():
    [bottom] = make_ladder(1)
    by = officer_of(bottom)

    outcomes = at_once(
        *(
            partial(
                escalations.draft_once,
                raising_body=bottom,
                by=by,
                sending_key=f"form {number}",
                **words_of_a_matter(),
            )
            for number in range(3)
        )
    )

    assert outcomes == [Escalation.objects.get()] * 3


def test_of_a_draft_raised_and_edited_at_once_nothing_is_half_done():
    bottom, top = make_ladder(2)
    draft = make_draft(bottom)
    seen = Matter(draft).seen
    colleague = make_officer(bottom)

    outcomes = at_once(
        lambda: escalations.raise_matter(
            escalation=draft, to_body=top, by=officer_of(bottom), seen=seen
        ),
        lambda: escalations.edit_draft(
            escalation=draft, by=colleague, seen=seen, **words_of_a_matter(title="Otherwise")
        ),
    )

    winner, loser = winner_and_loser(outcomes)
    assert isinstance(loser, MoveNotAllowed)
    assert (winner.status, winner.title == "Otherwise") in [("raised", False), ("draft", True)]


def test_fifty_matters_with_two_officers_each_have_fifty_winners():
    bottom, middle = make_ladder(2)
    officers = [officer_of(middle), make_officer(middle)]
    matters = [make_escalation(bottom, middle) for _ in range(50)]
    start = threading.Barrier(2)
    outcomes = {by: [] for by in officers}

    def accept_all(by):
        """Every matter at the same moment as the colleague, on one connection for all."""
        try:
            for matter in matters:
                start.wait(60)
                try:
                    outcomes[by].append(escalations.accept(escalation=matter, by=by))
                except MoveNotAllowed as refusal:
                    outcomes[by].append(refusal)
        finally:
            start.abort()
            connection.close()

    people = [threading.Thread(target=accept_all, args=[by]) for by in officers]
    for person in people:
        person.start()
    for person in people:
        person.join()

    won = {by: [isinstance(each, Escalation) for each in outcomes[by]] for by in officers}
    first, second = officers
    assert [a != b for a, b in zip(won[first], won[second], strict=True)] == [True] * 50
    for number, matter in enumerate(matters):
        winner, loser = (first, second) if won[first][number] else (second, first)
        assert list(matter.steps.values_list("kind", "by")) == [
            ("raised", officer_of(bottom).pk),
            ("accepted", winner.pk),
        ]
        assert f"{winner} accepted it for" in str(outcomes[loser][number])
        assert matter.history.count() == 3  # drafted, raised, accepted
        assert matter.history.first().history_user == winner


def test_two_who_merge_the_same_two_matters_into_each_other_leave_one_that_goes_on():
    bottom, middle = make_ladder(2)
    officers = [officer_of(middle), make_officer(middle)]
    for _ in range(5):
        one, other = make_escalation(bottom, middle), make_escalation(bottom, middle)

        outcomes = at_once(
            lambda a=one, b=other: merging.merge(
                escalation=a, into=b, reason="Same", by=officers[0]
            ),
            lambda a=one, b=other: merging.merge(
                escalation=b, into=a, reason="Same", by=officers[1]
            ),
        )

        merged, loser = winner_and_loser(outcomes)
        assert isinstance(loser, MoveNotAllowed)
        one.refresh_from_db(), other.refresh_from_db()
        assert {one.status, other.status} == {"merged", "raised"}
        assert merged.merged_into.status == "raised"


def test_one_file_added_twice_at_once_stands_once():
    bottom, top = make_ladder(2)
    matter = make_escalation(bottom, top)
    by = officer_of(bottom)

    at_once(
        *[lambda: asides.attach(escalation=matter, upload=make_upload(), by=by)] * 4,
    )

    assert matter.files.count() == Document.objects.count() == 1
    assert matter.steps.filter(kind="file_added").count() == 1


def test_who_resolves_what_took_in_an_older_matter_while_readers_are_counted_anew_does(monkeypatch):
    bottom, middle = make_ladder(2)
    officer = officer_of(middle)
    older, matter = (
        escalations.accept(escalation=make_escalation(bottom, middle), by=officer) for _ in range(2)
    )
    merging.merge(escalation=older, into=matter, reason="The same", by=officer)
    recount, keep = Meanwhile(readers.recount), decisions.keep

    def kept(**decided):
        recount.begin()
        return keep(**decided)

    monkeypatch.setattr(decisions, "keep", kept)
    resolved = escalations.resolve(escalation=matter, outcome="Yes", by=officer)

    assert recount.outcome == 0
    assert Escalation.objects.get(pk=older.pk).decision == resolved.decision


def test_two_mergers_and_who_counts_readers_anew_do_not_wait_for_each_other(monkeypatch):
    if connection.vendor != "postgresql":
        return  # there is one writer at a time
    bottom, middle = make_ladder(2)
    officer = officer_of(middle)
    older, between, matter, last = (make_escalation(bottom, middle) for _ in range(4))
    commented, begun, over = threading.Event(), threading.Event(), threading.Event()

    @transaction.atomic
    def comment():
        asides.comment(escalation=between, text="Worse", by=officer)
        commented.set()
        over.wait()

    @transaction.atomic
    def merge_first():
        merging.merge(escalation=older, into=matter, reason="The same", by=officer)
        begun.wait()

    def merge_then():
        merging.merge(escalation=matter, into=last, reason="The same", by=officer)
        return "merged"

    people = [Meanwhile(comment), Meanwhile(merge_first), Meanwhile(readers.recount)]
    people.append(Meanwhile(merge_then))
    people[0].begin()
    commented.wait()
    for each in people[1:3]:  # who counts finds the older one before it has gone into another
        each.begin()
    begun.set()
    people[3].begin()
    over.set()

    assert [each.outcome for each in people] == [None, None, 0, "merged"]


def test_a_kind_that_leaves_the_partnership_waits_for_who_takes_a_matter_there(monkeypatch):
    bottom, board = make_ladder(2)
    leaving = make_body(kind=make_kind("leaving"))
    make_escalation_line(board, leaving)
    make_officer(leaving)
    matter = make_escalation(bottom, board)
    escalations.accept(escalation=matter, by=officer_of(board))

    @transaction.atomic
    def leave():
        BodyKind.objects.filter(slug="leaving").update(outside_partnership=True)
        structure.structure_edited()
        readers.follow_kinds()

    leaves = before(monkeypatch, tallies, "count", leave)
    escalations.pass_up(escalation=matter, to_body=leaving, note="Above us", by=officer_of(board))

    assert leaves.outcome is None
    assert readers.recount(mend=False) == 0


# --- A closing that is recorded late, while somebody does something to what a view is asked of ----


@pytest.fixture
def asked():
    """A matter on which two bodies are asked, the second of which is to follow the first."""
    bottom, middle = make_ladder(2)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    matter.closing, matter.follower = make_body(), make_body()
    make_officer(matter.closing), make_officer(matter.follower)
    for body in (matter.closing, matter.follower):
        make_line(middle, body, "aligned_with")
    consult(matter, matter.follower)
    return matter


def consult(matter, body):
    by = officer_of(matter.current_body)
    return asides.consult(escalation=matter, body=body, question="Yours?", by=by)


def comment(matter):
    return asides.comment(escalation=matter, text="Fine.", by=officer_of(matter.follower))


def close(matter):
    closed_since_yesterday(matter.closing, matter.follower)


def is_asked(matter, body):
    return matter.readers.get(body=body).view_asked


def test_a_body_of_another_kind_that_is_closed_too_does_not_wait_for_who_waits_for_it(
    client, monkeypatch, asked
):
    if connection.vendor != "postgresql":
        return  # there is one writer at a time
    consult(asked, asked.closing)
    client.force_login(make_governance_administrator())
    comments = before(monkeypatch, lifecycle, "close", partial(comment, asked))

    page = edit(
        client, asked.closing, kind=make_kind("other").pk, end_date=today() - timedelta(days=1)
    )

    assert sentences(page) == []
    assert isinstance(comments.outcome, Escalation), comments.outcome


def test_a_closing_waits_for_a_comment_that_gives_the_view_of_the_closed_body(monkeypatch, asked):
    consult(asked, asked.closing)
    closing = before(monkeypatch, tallies, "count", partial(close, asked))

    comment(asked)

    assert closing.outcome is None
    assert not is_asked(asked, asked.closing)
    assert readers.recount(mend=False) == 0


def test_no_view_is_asked_while_a_closing_looks_whose_are(monkeypatch, asked):
    def consult_and_comment():
        consult(asked, asked.closing)
        comment(asked)

    meanwhile = before(monkeypatch, readers, "keep_views", consult_and_comment)

    close(asked)

    assert isinstance(meanwhile.outcome, MoveNotAllowed)
    assert "was not aligned" in str(meanwhile.outcome)
    assert readers.recount(mend=False) == 0


def test_no_view_is_asked_on_another_matter_while_a_closing_looks_whose_are(monkeypatch, asked):
    consult(asked, asked.closing)
    into = make_escalation(asked.raising_body, asked.current_body)

    def merge_and_comment():
        by = officer_of(asked.current_body)
        merging.merge(escalation=asked, into=into, reason="The same", by=by)
        asides.comment(escalation=into, text="Fine.", by=officer_of(asked.follower))

    meanwhile = before(monkeypatch, readers, "lock", merge_and_comment)

    close(asked)

    assert not isinstance(meanwhile.outcome, Exception), meanwhile.outcome
    assert readers.recount(mend=False) == 0


@pytest.mark.parametrize("deed", ["resolve", "reopen"])
def test_a_closing_and_who_settles_a_matter_do_not_wait_for_each_other(monkeypatch, asked, deed):
    by = officer_of(asked.current_body)
    consult(asked, asked.closing)
    settle = partial(escalations.resolve, escalation=asked, outcome="Yes", by=by)
    if deed == "reopen":
        settle()
        settle = partial(escalations.reopen, escalation=asked, reason="It goes on", by=by)
    settling = before(monkeypatch, structure, "structure_edited", settle)

    close(asked)

    assert settling.outcome.status == {"resolve": "resolved", "reopen": "accepted"}[deed]
    assert readers.recount(mend=False) == 0


@pytest.mark.parametrize("deed", ["resolve", "consult", "close"])
def test_a_bank_holiday_and_a_deed_on_a_matter_do_not_wait_for_each_other(monkeypatch, asked, deed):
    if deed == "close":
        consult(asked, asked.closing)
    by = officer_of(asked.current_body)
    does = {
        "resolve": partial(escalations.resolve, escalation=asked, outcome="Yes", by=by),
        "consult": partial(consult, asked, asked.closing),
        "close": partial(close, asked),
    }[deed]
    meanwhile = before(monkeypatch, holidays, "structure_edited", does)

    client, was = Client(), asked.answer_by
    client.force_login(make_governance_administrator())
    announced = {"day": was.isoformat(), "name": "Coronation", "reason": "It was announced."}
    response = client.post("/admin/governance/bankholiday/add/", announced)

    assert response.status_code == 302
    assert not isinstance(meanwhile.outcome, Exception), meanwhile.outcome
    asked.refresh_from_db()
    assert asked.answer_by > was
