"""What may be done to a matter, when, by whom, and what it leaves."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from governance import workflow
from governance.actions import asides, decisions, escalations, exceptions, merging
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.models import (
    Body,
    Escalation,
    EscalationFile,
    EscalationStep,
    Membership,
    ReportingLine,
    User,
)
from governance.permissions import GOVERNANCE_ADMINISTRATORS
from governance.timeline import timeline_of
from governance.workflow import EscalationStatus, Move, MoveNotAllowed, may_move, status_after
from tests.factories import (
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_kind,
    make_ladder,
    make_line,
    make_member,
    make_officer,
    make_person,
    make_upload,
    officer_of,
    today,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db

S, M = EscalationStatus, Move

# The table of moves, stated a second time.
EVERY_MOVE = {
    (S.DRAFT, M.EDIT): S.DRAFT,
    (S.DRAFT, M.ATTACH): S.DRAFT,
    (S.DRAFT, M.DETACH): S.DRAFT,
    (S.DRAFT, M.RAISE): S.RAISED,
    (S.DRAFT, M.WITHDRAW): S.WITHDRAWN,
    (S.RAISED, M.ACCEPT): S.ACCEPTED,
    (S.RAISED, M.CONSULT): S.RAISED,
    (S.RAISED, M.COMMENT): S.RAISED,
    (S.RAISED, M.ATTACH): S.RAISED,
    (S.RAISED, M.DETACH): S.RAISED,
    (S.RAISED, M.MERGE): S.MERGED,
    (S.RAISED, M.ASK_OUT_OF_LINE): S.RAISED,
    (S.RAISED, M.REFUSE_OUT_OF_LINE): S.RAISED,
    (S.RAISED, M.OUT_OF_LINE): S.RAISED,
    (S.RAISED, M.REBASE): S.RAISED,
    (S.RAISED, M.WITHDRAW): S.WITHDRAWN,
    (S.ACCEPTED, M.PASS_UP): S.RAISED,
    (S.ACCEPTED, M.SEND_BACK): S.SENT_BACK,
    (S.ACCEPTED, M.RESOLVE): S.RESOLVED,
    (S.ACCEPTED, M.CONSULT): S.ACCEPTED,
    (S.ACCEPTED, M.COMMENT): S.ACCEPTED,
    (S.ACCEPTED, M.ATTACH): S.ACCEPTED,
    (S.ACCEPTED, M.DETACH): S.ACCEPTED,
    (S.ACCEPTED, M.MERGE): S.MERGED,
    (S.ACCEPTED, M.ASK_OUT_OF_LINE): S.ACCEPTED,
    (S.ACCEPTED, M.REFUSE_OUT_OF_LINE): S.ACCEPTED,
    (S.ACCEPTED, M.OUT_OF_LINE): S.RAISED,
    (S.ACCEPTED, M.REBASE): S.ACCEPTED,
    (S.ACCEPTED, M.WITHDRAW): S.WITHDRAWN,
    (S.SENT_BACK, M.ANSWER): S.ACCEPTED,
    (S.SENT_BACK, M.CONSULT): S.SENT_BACK,
    (S.SENT_BACK, M.COMMENT): S.SENT_BACK,
    (S.SENT_BACK, M.ATTACH): S.SENT_BACK,
    (S.SENT_BACK, M.DETACH): S.SENT_BACK,
    (S.SENT_BACK, M.REBASE): S.SENT_BACK,
    (S.SENT_BACK, M.WITHDRAW): S.WITHDRAWN,
    (S.RESOLVED, M.REOPEN): S.ACCEPTED,
    (S.RESOLVED, M.ADD_ACTION): S.RESOLVED,
}

# Where the clock takes it, for bodies whose settings say so.
CLIMBING = {S.RAISED: S.RAISED, S.ACCEPTED: S.RAISED}


def matter_in(status):
    """A matter in that status, between the first two rungs of a ladder of three."""
    bottom, middle, _ = make_ladder(3)
    below, above = officer_of(bottom), officer_of(middle)
    if status == S.DRAFT:
        return make_draft(bottom)
    matter = make_escalation(bottom, middle)
    if status == S.RAISED:
        return matter
    if status == S.WITHDRAWN:
        return escalations.withdraw(escalation=matter, reason="Settled", by=below)
    matter = escalations.accept(escalation=matter, by=above)
    if status == S.SENT_BACK:
        return escalations.send_back(escalation=matter, question="Since when?", by=above)
    if status == S.RESOLVED:
        return escalations.resolve(escalation=matter, outcome="Agreed", by=above)
    if status == S.MERGED:
        other = make_escalation(bottom, middle)
        return merging.merge(escalation=matter, into=other, reason="The same", by=above)
    return matter


def prepare(move, matter):
    """What must be there beside the matter for a move to be possible."""
    if move == M.CONSULT:
        aligned = make_body(slug="aligned")
        make_officer(aligned)
        make_line(matter.current_body, aligned, ReportingLine.Kind.ALIGNED_WITH)
    if move == M.MERGE:
        beside = make_escalation(matter.raising_body, matter.current_body)
        assert beside.pk > matter.pk
    if move in {M.OUT_OF_LINE, M.ASK_OUT_OF_LINE, M.REFUSE_OUT_OF_LINE}:
        make_officer(make_body(slug="elsewhere"))
    if move == M.REFUSE_OUT_OF_LINE:
        make_move(M.ASK_OUT_OF_LINE, matter)
    if move == M.DETACH:
        asides.attach(escalation=matter, upload=make_upload(), by=officer_of(matter.raising_body))
    if move == M.REBASE:
        Escalation.objects.filter(pk=matter.pk).update(raised_on=today() - timedelta(days=1))
        make_escalation_line(matter.current_body, make_body(), start_date=today())


def make_move(move, matter, *, by=None, seen=None):
    """The deed of a move, by someone who may do it."""
    raising, holder = matter.raising_body, matter.current_body
    who = {"escalation": matter, "seen": seen}
    below, above = by or officer_of(raising), by or officer_of(holder)
    approver = by or (below if matter.status == S.DRAFT else administrator())
    middle = Body.objects.filter(escalations_held=matter).first()
    if matter.status == S.DRAFT:
        middle = ReportingLine.objects.get(from_body=raising).to_body
    top = Body.objects.exclude(pk__in=[raising.pk, middle.pk]).earliest("pk")
    deeds = {
        M.EDIT: lambda: escalations.edit_draft(by=below, **words_of_a_matter(), **who),
        M.RAISE: lambda: escalations.raise_matter(to_body=middle, by=below, **who),
        M.ACCEPT: lambda: escalations.accept(by=above, **who),
        M.PASS_UP: lambda: escalations.pass_up(to_body=top, by=above, note="", **who),
        M.SEND_BACK: lambda: escalations.send_back(question="Why?", by=above, **who),
        M.ANSWER: lambda: escalations.answer_back(answer="Because", by=above, **who),
        M.RESOLVE: lambda: escalations.resolve(outcome="Agreed", by=above, **who),
        M.WITHDRAW: lambda: escalations.withdraw(reason="Settled", by=below, **who),
        M.REOPEN: lambda: escalations.reopen(reason="Not so", by=below, **who),
        M.COMMENT: lambda: asides.comment(escalation=matter, text="So it is", by=above),
        M.ATTACH: lambda: asides.attach(escalation=matter, upload=make_upload(), by=above),
        M.DETACH: lambda: asides.detach(
            file=matter.files.first() or EscalationFile(pk=0), reason="Wrong", by=below, **who
        ),
        M.CONSULT: lambda: asides.consult(
            body=Body.objects.filter(slug="aligned").first() or top, question="?", by=above, **who
        ),
        M.MERGE: lambda: merging.merge(
            into=Escalation.objects.latest("pk"), reason="The same", by=above, **who
        ),
        M.ASK_OUT_OF_LINE: lambda: exceptions.ask_out_of_line(
            to_body=Body.objects.filter(slug="elsewhere").first() or top,
            reason="Urgent",
            by=above,
            **who,
        ),
        M.REFUSE_OUT_OF_LINE: lambda: exceptions.refuse_out_of_line(
            reason="In line", by=approver, **who
        ),
        M.OUT_OF_LINE: lambda: exceptions.send_out_of_line(
            to_body=Body.objects.filter(slug="elsewhere").first() or top,
            reason="Urgent",
            by=approver,
            **who,
        ),
        M.REBASE: lambda: exceptions.rebase(reason="New lines", by=approver, **who),
        M.ADD_ACTION: lambda: decisions.add_action(
            text="Write to them", body=matter.current_body, due_on=today(), by=above, **who
        ),
    }
    return deeds[move]()


def administrator():
    """A governance administrator; the same one each time."""
    found = User.objects.filter(groups__name=GOVERNANCE_ADMINISTRATORS).first()
    return found or make_governance_administrator()


def everything_about(matter):
    """All that a deed could change."""
    return (
        Escalation.objects.filter(pk=matter.pk).values().get(),
        list(matter.steps.values()),
        matter.history.count(),
    )


def test_the_table_of_moves_is_the_one_agreed():
    told = {
        (status, move): status_after(status, move)
        for status in S
        for move in M
        if may_move(status, move)
    }

    assert told == EVERY_MOVE
    assert workflow.CLIMBING == CLIMBING


def test_the_table_is_printed_as_text_and_as_a_diagram():
    text, diagram = StringIO(), StringIO()

    call_command("workflow_diagram", stdout=text)
    call_command("workflow_diagram", format="mermaid", stdout=diagram)

    assert len(text.getvalue().splitlines()) == len(EVERY_MOVE) + len(CLIMBING)
    for (status, move), after in EVERY_MOVE.items():
        assert f"{status} --> {after} : {move.label}\n" in diagram.getvalue()
    for status, after in CLIMBING.items():
        assert f"{status} --> {after} : Go up by itself\n" in diagram.getvalue()


@pytest.mark.parametrize(("status", "move"), EVERY_MOVE)
def test_a_move_of_the_table_is_made_and_recorded_once(status, move):
    matter = matter_in(status)
    prepare(move, matter)
    steps, histories = matter.steps.count(), matter.history.count()

    moved = make_move(move, matter)

    assert moved.status == EVERY_MOVE[status, move]
    assert moved.is_open == (moved.status in {S.RAISED, S.ACCEPTED, S.SENT_BACK})
    is_unseen = status == S.DRAFT and move in {M.EDIT, M.ATTACH, M.DETACH}
    assert moved.steps.count() - steps == (0 if is_unseen else 1)
    assert moved.history.count() - histories == 1
    assert moved.history.first().history_user in {
        officer_of(matter.raising_body),
        officer_of(matter.current_body),
        administrator(),
    }


@pytest.mark.parametrize(
    ("status", "move"), [(s, m) for s in S for m in M if (s, m) not in EVERY_MOVE]
)
def test_a_move_that_is_not_in_the_table_is_refused_and_changes_nothing(status, move):
    matter = matter_in(status)
    before = everything_about(matter)

    with pytest.raises(MoveNotAllowed) as refusal:
        make_move(move, matter)

    assert "is not possible now" in str(refusal.value)
    assert everything_about(matter) == before


def test_a_matter_is_raised_by_someone_who_sits_on_its_body():
    bottom, middle = make_ladder(2)
    member = make_member(bottom)

    matter = make_escalation(bottom, middle, by=member)

    assert matter.current_body == middle
    assert matter.steps.get().by == member


def test_someone_who_does_not_sit_on_a_body_cannot_draft_for_it():
    bottom, middle = make_ladder(2)

    with pytest.raises(PermissionDenied):
        make_draft(bottom, by=officer_of(middle))


def test_a_membership_that_ended_yesterday_gives_no_standing_today():
    bottom, middle = make_ladder(2)
    matter = make_escalation(bottom, middle)
    former = make_officer(middle, end_date=today() - timedelta(days=1))
    still = make_officer(middle, end_date=today())

    with pytest.raises(PermissionDenied):
        escalations.accept(escalation=matter, by=former)

    assert escalations.accept(escalation=matter, by=still).status == S.ACCEPTED


@pytest.mark.parametrize("move", [M.ACCEPT, M.PASS_UP, M.SEND_BACK, M.RESOLVE])
def test_only_an_officer_of_the_body_that_has_it_acts_on_a_matter(move):
    matter = matter_in(S.RAISED if move == M.ACCEPT else S.ACCEPTED)
    before = everything_about(matter)

    for by in (
        make_member(matter.current_body),
        officer_of(matter.raising_body),
        make_person(),
        make_governance_administrator(),
    ):
        with pytest.raises(PermissionDenied):
            make_move(move, matter, by=by)

    assert everything_about(matter) == before


def test_a_stranger_is_told_nothing_of_what_happened_to_a_matter():
    matter = matter_in(S.RESOLVED)

    for by in (make_person(), officer_of(Body.objects.latest("pk"))):
        with pytest.raises(PermissionDenied, match="lies before other bodies"):
            make_move(M.ACCEPT, matter, by=by)


def test_an_escalation_travels_only_an_escalates_to_line():
    bottom, middle = make_ladder(2)
    aligned = make_body()
    make_officer(aligned)
    for kind in ReportingLine.Kind:
        if kind != ReportingLine.Kind.ESCALATES_TO:
            make_line(bottom, aligned, kind)
    draft = make_draft(bottom)

    with pytest.raises(MoveNotAllowed, match="did not escalate"):
        escalations.raise_matter(escalation=draft, to_body=aligned, by=officer_of(bottom))


def test_an_escalation_does_not_skip_a_rung():
    bottom, _, top = make_ladder(3)
    draft = make_draft(bottom)

    with pytest.raises(MoveNotAllowed):
        escalations.raise_matter(escalation=draft, to_body=top, by=officer_of(bottom))


@pytest.mark.parametrize(("last_day_is", "is_raised"), [("today", True), ("yesterday", False)])
def test_a_line_carries_a_matter_up_to_and_including_its_last_day(last_day_is, is_raised):
    bottom, top = make_body(), make_body()
    make_officer(bottom), make_officer(top)
    last_day = today() - timedelta(days=0 if last_day_is == "today" else 1)
    make_escalation_line(bottom, top, end_date=last_day)
    draft = make_draft(bottom)

    if is_raised:
        escalations.raise_matter(escalation=draft, to_body=top, by=officer_of(bottom))
    else:
        with pytest.raises(MoveNotAllowed):
            escalations.raise_matter(escalation=draft, to_body=top, by=officer_of(bottom))


def test_a_matter_keeps_the_lines_in_force_when_it_was_raised():
    bottom, middle, old_board = make_ladder(3)
    new_board = make_body()
    make_officer(new_board)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    Escalation.objects.filter(pk=matter.pk).update(raised_on=date(2026, 3, 31))
    ReportingLine.objects.filter(to_body=old_board).update(end_date=date(2026, 3, 31))
    make_escalation_line(middle, new_board, start_date=date(2026, 4, 1))

    with pytest.raises(MoveNotAllowed):
        escalations.pass_up(escalation=matter, to_body=new_board, by=officer_of(middle), note="")
    matter = escalations.pass_up(
        escalation=matter, to_body=old_board, by=officer_of(middle), note=""
    )

    assert matter.current_body == old_board


def test_a_step_keeps_the_line_it_travelled():
    bottom, middle = make_ladder(2)

    matter = make_escalation(bottom, middle)

    assert matter.steps.get().line == ReportingLine.objects.get()


@pytest.mark.parametrize("move", [M.RAISE, M.PASS_UP])
def test_a_body_that_is_closed_receives_nothing(move):
    matter = matter_in(S.DRAFT if move == M.RAISE else S.ACCEPTED)
    # The matter follows the lines of its day; the body has closed since.
    Escalation.objects.filter(pk=matter.pk).exclude(raised_on=None).update(
        raised_on=today() - timedelta(days=9)
    )
    Body.objects.exclude(pk=matter.current_body_id).update(end_date=today() - timedelta(days=1))
    structure_edited()

    with pytest.raises(MoveNotAllowed):
        make_move(move, matter)


def test_a_matter_on_its_way_to_a_closed_body_says_that_it_is_closed():
    bottom, middle, top = make_ladder(3)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    Escalation.objects.filter(pk=matter.pk).update(raised_on=today() - timedelta(days=9))
    Body.objects.filter(pk=top.pk).update(end_date=today() - timedelta(days=1))
    structure_edited()

    with pytest.raises(MoveNotAllowed, match="is not open"):
        escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="")


def test_a_body_with_neither_officer_nor_mailbox_receives_nothing():
    bottom, top = make_ladder(2)
    Membership.objects.filter(seat__body=top).update(end_date=today() - timedelta(days=1))
    draft = make_draft(bottom)

    with pytest.raises(MoveNotAllowed, match="nobody to receive"):
        escalations.raise_matter(escalation=draft, to_body=top, by=officer_of(bottom))

    Body.objects.filter(pk=top.pk).update(mailbox="board@example.org")
    escalations.raise_matter(escalation=draft, to_body=top, by=officer_of(bottom))


def test_a_question_lies_before_the_body_the_matter_came_from_and_the_answer_before_the_asker():
    bottom, middle, top = make_ladder(3)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    matter = escalations.pass_up(
        escalation=matter, to_body=top, by=officer_of(middle), note="Too large for us"
    )
    matter = escalations.accept(escalation=matter, by=officer_of(top))

    asked = escalations.send_back(escalation=matter, question="Whose?", by=officer_of(top))
    with pytest.raises(PermissionDenied):
        escalations.answer_back(escalation=asked, answer="Ours", by=officer_of(bottom))
    answered = escalations.answer_back(escalation=asked, answer="Ours", by=officer_of(middle))

    assert (asked.status, asked.current_body) == (S.SENT_BACK, middle)
    assert (answered.status, answered.current_body) == (S.ACCEPTED, top)


@pytest.mark.parametrize(
    ("move", "word"),
    [
        (M.SEND_BACK, "question"),
        (M.RESOLVE, "outcome"),
        (M.WITHDRAW, "reason"),
        (M.REOPEN, "reason"),
        (M.ANSWER, "answer"),
    ],
)
def test_a_move_that_needs_words_is_refused_without_them(move, word):
    status = next(status for status, each in EVERY_MOVE if each == move and status != S.DRAFT)
    matter = matter_in(status)
    deed = {M.ANSWER: "answer_back"}.get(move, move.value.replace("-", "_"))
    by = officer_of(matter.raising_body if move == M.WITHDRAW else matter.current_body)

    with pytest.raises(ValidationError):
        getattr(escalations, deed)(escalation=matter, by=by, **{word: "  \n "})


def test_an_unfinished_draft_is_kept_but_not_raised():
    bottom, top = make_ladder(2)
    draft = make_draft(bottom, situation="", asked=" ", category="")

    with pytest.raises(ValidationError) as refusal:
        escalations.raise_matter(escalation=draft, to_body=top, by=officer_of(bottom))

    assert set(refusal.value.message_dict) == {"situation", "asked", "category"}


def test_who_raised_a_matter_withdraws_it_while_still_sitting_on_its_body():
    bottom, top = make_ladder(2)
    member, other_member = make_member(bottom), make_member(bottom)
    matter = make_escalation(bottom, top, by=member)

    with pytest.raises(PermissionDenied):
        escalations.withdraw(escalation=matter, reason="Settled", by=other_member)
    Membership.objects.filter(person=member).update(end_date=today() - timedelta(days=1))
    make_member(top, person=member)  # who sees it still
    with pytest.raises(PermissionDenied, match="Only the chair"):
        escalations.withdraw(escalation=matter, reason="Settled", by=member)
    Membership.objects.filter(person=member).update(end_date=today())

    assert (
        escalations.withdraw(escalation=matter, reason="Settled", by=member).status == "withdrawn"
    )


def test_the_body_that_has_a_matter_cannot_withdraw_it():
    matter = matter_in(S.ACCEPTED)

    with pytest.raises(PermissionDenied):
        make_move(M.WITHDRAW, matter, by=officer_of(matter.current_body))


@pytest.mark.parametrize("who", ["raising_body", "current_body"])
def test_a_resolved_matter_is_reopened_once_by_either_side(who):
    matter = matter_in(S.RESOLVED)
    by = officer_of(getattr(matter, who))

    matter = escalations.reopen(escalation=matter, reason="It goes on", by=by)
    assert (matter.status, matter.steps.last().from_body) == (S.ACCEPTED, getattr(matter, who))

    matter = escalations.resolve(
        escalation=matter, outcome="Again", by=officer_of(matter.current_body)
    )
    with pytest.raises(MoveNotAllowed, match="reopened once"):
        escalations.reopen(escalation=matter, reason="Still", by=by)


def test_officers_below_record_for_a_body_outside_the_partnership():
    bottom, board = make_ladder(2)
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))
    make_escalation_line(board, outside)
    matter = escalations.accept(escalation=make_escalation(bottom, board), by=officer_of(board))
    matter = escalations.pass_up(escalation=matter, to_body=outside, by=officer_of(board), note="")

    with pytest.raises(PermissionDenied):
        escalations.accept(escalation=matter, by=officer_of(bottom))
    matter = escalations.accept(escalation=matter, by=officer_of(board))
    matter = escalations.resolve(
        escalation=matter, outcome="The council decided", by=officer_of(board)
    )

    last = timeline_of(Matter(matter))[-1]
    assert last.step.from_body == outside
    assert last.recorded_by == board
    assert timeline_of(Matter(matter))[-3].recorded_by is None  # The board passed it up itself.


# --- Two at once, and twice -----------------------------------------------------------------------


def test_a_stale_page_is_refused_with_who_did_what():
    matter = matter_in(S.RAISED)
    seen = Matter(matter).seen
    colleague = make_officer(matter.current_body)
    colleague.first_name, colleague.last_name = "Ann", "Jones"
    colleague.save()
    accepted = escalations.accept(escalation=matter, by=colleague)
    before = everything_about(accepted)

    with pytest.raises(MoveNotAllowed) as refusal:
        escalations.resolve(
            escalation=matter, outcome="Agreed", by=officer_of(matter.current_body), seen=seen
        )

    sentence = str(refusal.value)
    assert sentence.startswith("Since you opened this page, Ann Jones accepted it for ")
    assert everything_about(matter) == before


def test_who_was_overtaken_hears_by_whom_even_when_the_matter_is_with_another_body_now():
    matter = matter_in(S.ACCEPTED)
    seen = Matter(matter).seen
    make_move(M.PASS_UP, matter)

    with pytest.raises(MoveNotAllowed, match="passed it up to"):
        make_move(M.RESOLVE, matter, by=officer_of(matter.current_body), seen=seen)


def test_the_same_page_does_not_move_a_matter_twice():
    matter = matter_in(S.RAISED)
    seen = Matter(matter).seen
    make_move(M.ACCEPT, matter, seen=seen)

    with pytest.raises(MoveNotAllowed):
        make_move(M.ACCEPT, matter, seen=seen)

    assert matter.steps.filter(kind=EscalationStep.Kind.ACCEPTED).count() == 1


def test_a_draft_changed_by_a_colleague_is_not_overwritten():
    matter = matter_in(S.DRAFT)
    seen = Matter(matter).seen
    make_move(M.EDIT, matter, by=make_officer(matter.raising_body))

    with pytest.raises(MoveNotAllowed, match="changed the draft"):
        make_move(M.EDIT, matter, seen=seen)


def test_a_form_sent_twice_makes_one_draft():
    bottom, top = make_ladder(2)
    given = {"raising_body": bottom, "by": officer_of(bottom), "sending_key": "one form"}

    first = escalations.draft(**words_of_a_matter(), **given)
    second = escalations.draft(**words_of_a_matter(), **given)
    raised = [
        escalations.raise_new(
            to_body=top, **words_of_a_matter(), **given | {"sending_key": "another form"}
        )
        for _ in range(2)
    ]

    assert first == second
    assert raised[0] == raised[1]
    assert raised[1].steps.count() == 1


# --- Clocks ---------------------------------------------------------------------------------------


def at_noon_on(monkeypatch, day):
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    )


def test_the_clocks_of_a_body_start_on_the_day_it_gets_the_matter(monkeypatch):
    bottom, middle = make_ladder(2)
    at_noon_on(monkeypatch, date(2026, 11, 2))

    matter = make_escalation(bottom, middle)

    acknowledge, answer = Matter(matter).clocks()
    assert (matter.acknowledge_by, matter.answer_by) == (date(2026, 11, 5), date(2026, 11, 30))
    assert str(answer.sum) == (
        "20 working days from Mon 2 Nov 2026, skips 8 weekend days and 0 bank holidays: "
        "due Mon 30 Nov 2026"
    )
    assert (acknowledge.sum.due, acknowledge.state) == (date(2026, 11, 5), "soon")


def test_each_body_answers_in_its_own_number_of_days(monkeypatch):
    bottom, middle = make_ladder(2)
    Body.objects.filter(pk=middle.pk).update(acknowledge_days=1, answer_days=5)
    at_noon_on(monkeypatch, date(2026, 11, 2))

    matter = make_escalation(bottom, middle)

    assert (matter.acknowledge_by, matter.answer_by) == (date(2026, 11, 3), date(2026, 11, 9))


def test_the_clock_stands_still_while_a_question_is_open(monkeypatch):
    bottom, middle = make_ladder(2)
    at_noon_on(monkeypatch, date(2026, 11, 2))
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    Body.objects.filter(pk=middle.pk).update(answer_days=5)  # Holds for what comes after.

    at_noon_on(monkeypatch, date(2026, 11, 4))
    matter = escalations.send_back(escalation=matter, question="Why?", by=officer_of(middle))
    at_noon_on(monkeypatch, date(2026, 11, 9))
    assert [clock.state for clock in Matter(matter).clocks()] == ["done", "paused"]
    matter = escalations.answer_back(escalation=matter, answer="So", by=officer_of(bottom))

    assert str(Matter(matter).clocks()[1].sum) == (
        "20 working days from Mon 2 Nov 2026, skips 8 weekend days and 0 bank holidays, "
        "paused 3 working days: due Thu 3 Dec 2026"
    )
    assert matter.steps.last().answer_by == date(2026, 12, 3)


def test_a_second_question_adds_to_the_first_pause(monkeypatch):
    bottom, middle = make_ladder(2)
    at_noon_on(monkeypatch, date(2026, 11, 2))
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    for day in (date(2026, 11, 4), date(2026, 11, 10)):
        at_noon_on(monkeypatch, day)
        matter = escalations.send_back(escalation=matter, question="Why?", by=officer_of(middle))
        at_noon_on(monkeypatch, day + timedelta(days=1))
        matter = escalations.answer_back(escalation=matter, answer="So", by=officer_of(bottom))

    assert (matter.paused_days, matter.answer_by) == (2, date(2026, 12, 2))


def test_the_clock_of_the_body_above_knows_no_pause_of_the_one_below(monkeypatch):
    bottom, middle, top = make_ladder(3)
    at_noon_on(monkeypatch, date(2026, 11, 2))
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    matter = escalations.send_back(escalation=matter, question="Why?", by=officer_of(middle))
    at_noon_on(monkeypatch, date(2026, 11, 5))
    matter = escalations.answer_back(escalation=matter, answer="So", by=officer_of(bottom))
    assert matter.paused_days == 3

    matter = escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle))

    assert (matter.paused_days, matter.answer_by) == (0, date(2026, 12, 3))


def test_a_clock_starts_on_the_london_day(monkeypatch):
    bottom, middle = make_ladder(2)
    # Half past midnight in London, in summer time.
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    )

    matter = make_escalation(bottom, middle)

    assert matter.raised_on == matter.clock_started_on == date(2026, 7, 1)


def test_a_reopened_matter_has_a_clock_of_its_own(monkeypatch):
    bottom, middle = make_ladder(2)
    at_noon_on(monkeypatch, date(2026, 11, 2))
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    matter = escalations.resolve(escalation=matter, outcome="Agreed", by=officer_of(middle))

    at_noon_on(monkeypatch, date(2027, 1, 4))
    matter = escalations.reopen(escalation=matter, reason="Not so", by=officer_of(bottom))

    assert (matter.clock_started_on, matter.answer_by) == (date(2027, 1, 4), date(2027, 2, 1))
    assert [clock.label for clock in Matter(matter).clocks()] == ["Answer"]
