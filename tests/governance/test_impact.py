"""What a deed shows before it is done: what rests on a body, where it goes, and what is left."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import impact
from governance.actions import escalations, lifecycle, meetings, partners, structure
from governance.models import (
    ActionPoint,
    Body,
    Cadence,
    Decision,
    Measure,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
    TermsOfReference,
)
from governance.structure import structure_on
from tests.factories import (
    REASON,
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_kind,
    make_ladder,
    make_line,
    make_measure,
    make_officer,
    make_organisation,
    make_person,
    make_project,
    make_reading,
    make_seat,
    officer_of,
    today,
)

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


def everything():
    models = (Body, ReportingLine, Seat, Membership, Organisation, Partner, TermsOfReference)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    return rows, [model.history.count() for model in models], StructureRecord.objects.get().version


def told(impact, key):
    """The items of a part, and what becomes of each."""
    sections = [section for section in impact.sections if section.part.key == key]
    return [(item.what, item.sentence) for section in sections for item in section.items]


def test_seats_are_told_apart_by_whom_they_are_for(given):
    body = make_body()
    for name in ("Barts Health", "East London"):
        make_seat(body, on_behalf_of=make_organisation(name))

    shown = lifecycle.rehearse(lifecycle.close, body=body, last_day=LAST_DAY, **given)

    assert [what for what, _ in told(shown, "seats")] == [
        "Member on behalf of Barts Health, vacant",
        "Member on behalf of East London, vacant",
    ]


def test_a_rehearsal_leaves_nothing_done(given, ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)
    partner = make_organisation()
    make_seat(middle, on_behalf_of=partner)
    other = make_organisation(partner=False)
    new = lifecycle.NewBody(name="New", kind=make_kind())
    before = everything()
    deeds = [
        (lifecycle.close, {"body": middle, "last_day": LAST_DAY, "successor": top}),
        (lifecycle.merge, {"bodies": [bottom, middle], "into": new, "from_day": DAY_AFTER}),
        (
            lifecycle.split,
            {
                "body": middle,
                "into": [new],
                "from_day": DAY_AFTER,
                "successor_of_open_matters": new,
            },
        ),
        (lifecycle.move_line, {"line": line, "to_body": top, "from_day": DAY_AFTER}),
        (
            partners.change_partner,
            {"organisation": partner, "successor": other, "from_day": DAY_AFTER},
        ),
    ]

    for deed, asked in deeds:
        assert lifecycle.rehearse(deed, **asked, **given).sections
        assert everything() == before


def test_a_last_day_after_which_there_is_none_breaks_nothing(given):
    make_body(end_date=date.max)

    impact = lifecycle.rehearse(lifecycle.close, body=make_body(), last_day=LAST_DAY, **given)

    assert told(impact, "seats") == []


def test_everything_that_rests_on_a_body_is_shown_with_where_it_goes(given, ladder):
    bottom, middle, top = ladder
    Body.objects.filter(pk=middle.pk).update(mailbox="m@example.org")
    held, raised = make_escalation(bottom, middle), make_escalation(middle, top)
    make_draft(middle)
    meetings.plan(
        body=middle, starts_at=datetime(2027, 4, 7, 13, tzinfo=UTC), place="Mile End", **given
    )
    TermsOfReference.objects.create(body=middle, start_date=date(2026, 1, 1))
    Cadence.objects.create(body=middle, rhythm="monthly")
    follows = make_body("New Group")
    make_officer(follows)

    shown = lifecycle.rehearse(
        lifecycle.close, body=middle, last_day=LAST_DAY, successor=follows, **given
    )

    assert [section.part.key for section in shown.sections] == [
        "escalations",
        "lines",
        "seats",
        "meetings",
        "terms",
    ]
    assert told(shown, "escalations") == [
        (
            f"{held.reference}, raised by {bottom} and before {middle}",
            "It lies before the New Group.",
        ),
        (
            f"{raised.reference}, raised by {middle} and before {top}",
            "The New Group answers questions about it, and may withdraw it.",
        ),
        ("1 draft of a matter", "The New Group may raise them."),
    ]
    assert told(shown, "lines") == [
        (
            f"{bottom} escalates to {middle}",
            f"{bottom} escalates to New Group, from 1 April 2027.",
        ),
        (f"{middle} escalates to {top}", f"New Group escalates to {top}, from 1 April 2027."),
    ]
    assert told(shown, "seats") == [
        (f"Chair, held by {officer_of(middle)}", "It ends."),
    ]
    assert told(shown, "meetings") == [
        ("Meeting on 7 April 2027 at 14:00, Mile End", "It is cancelled."),
    ]
    assert told(shown, "terms") == [
        ("Terms of reference since 1 January 2026", "It ends."),
        ("It meets monthly", "It ends."),
    ]
    assert not any(section.needs_reason for section in shown.sections)


def test_drafts_are_counted_and_open_actions_named(given, ladder):
    bottom, middle, top = ladder
    decision = Decision.objects.create(body=top, decided_on=today(), title="D", text="T")
    own = Decision.objects.create(body=middle, decided_on=today(), title="D", text="T")
    its = {"decision": decision, "body": middle, "due_on": date(2027, 5, 4)}
    ada = make_person()
    ActionPoint.objects.create(text="Find a room", **its)
    ActionPoint.objects.create(text="Write to us " + "x" * 400, person=ada, **its)
    ActionPoint.objects.create(text="Done before", done_on=today(), done_by=ada, **its)
    ActionPoint.objects.create(text="Its own", **its | {"decision": own})
    make_draft(middle, title="Nobody’s business yet")
    make_draft(middle)
    follows = make_body("New Group")

    goes = lifecycle.rehearse(
        lifecycle.close, body=middle, last_day=LAST_DAY, successor=follows, **given
    )
    left = lifecycle.rehearse(lifecycle.close, body=middle, last_day=LAST_DAY, **given)

    room, letter, last = (what for what, _ in told(goes, "actions"))
    assert room == "“Find a room”, due on 4 May 2027"
    assert letter.startswith("“Write to us x") and letter.endswith("…”, due on 4 May 2027")
    assert last.startswith("“Its own”")
    assert {sentence for _, sentence in told(goes, "actions")} == {"The New Group sees to it."}
    assert [sentence for _, sentence in told(left, "actions")] == [
        f"No body follows: the officers of {top}, which decided it, can say that it is done.",
        f"No body follows: {ada}, to whom it falls, can say that it is done.",
        "No body follows: only a governance administrator can say that it is done.",
    ]
    assert told(goes, "escalations") == [("2 drafts of matters", "The New Group may raise them.")]
    assert told(left, "escalations") == [
        (
            "2 drafts of matters",
            "No body follows: who wrote them can write them anew for another body.",
        )
    ]
    needs_reason = {section.part.key: section.needs_reason for section in left.sections}
    assert (needs_reason["actions"], needs_reason["escalations"]) == (True, False)


def test_what_ended_before_or_is_done_does_not_rest_on_a_body(given, ladder):
    bottom, middle, top = ladder
    ReportingLine.objects.update(end_date=LAST_DAY)
    Seat.objects.filter(body=middle).update(end_date=LAST_DAY)
    resolved = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    escalations.resolve(escalation=resolved, outcome="Agreed", by=officer_of(middle))
    Membership.objects.filter(seat__body=middle).update(end_date=LAST_DAY)

    shown = lifecycle.rehearse(lifecycle.close, body=middle, last_day=LAST_DAY, **given)

    assert shown.sections == ()


def test_what_lies_before_a_body_that_has_closed_rests_on_the_one_that_follows(given, ladder):
    bottom, middle, top = ladder
    matter = make_escalation(bottom, middle)
    structure.close(body=middle, last_day=today(), successor=top, **given)

    shown = lifecycle.rehearse(lifecycle.close, body=top, last_day=LAST_DAY, **given)

    assert [what for what, _ in told(shown, "escalations")] == [
        f"{matter.reference}, raised by {bottom} and before {middle}"
    ]


def test_it_is_said_who_acts_on_a_matter_before_a_body_that_nobody_follows(given, ladder):
    bottom, middle, _ = ladder
    by = officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=by)

    def said(body):
        shown = lifecycle.rehearse(lifecycle.close, body=body, last_day=LAST_DAY, **given)
        [(_, sentence)] = told(shown, "escalations")
        return sentence

    below = "No body follows: the officers of the body below record what comes of it."
    assert said(middle) == below
    escalations.send_back(escalation=matter, question="Since when?", by=by)
    assert said(bottom) == (
        "No body follows, and there is none below: the officers of the body that asked record the "
        "answer."
    )
    answered = escalations.answer_back(escalation=matter, answer="May", by=officer_of(bottom))
    passed = escalations.pass_up(escalation=answered, to_body=ladder[2], by=by, note="On")
    escalations.accept(escalation=passed, by=officer_of(ladder[2]))
    escalations.send_back(escalation=passed, question="Whose?", by=officer_of(ladder[2]))
    assert said(middle) == below


def test_where_nobody_is_below_either_it_is_said_that_nobody_can_act(given, ladder):
    bottom, middle, _ = ladder
    make_escalation(bottom, middle)
    structure.close(body=bottom, last_day=LAST_DAY, **given)

    shown = lifecycle.rehearse(lifecycle.close, body=middle, last_day=LAST_DAY, **given)

    [(_, sentence)] = told(shown, "escalations")
    assert sentence == (
        "No body follows, and there is none below: nobody can record what comes of it."
    )


def test_what_is_left_needs_a_reason(given, ladder):
    bottom, middle, top = ladder
    matter = make_escalation(bottom, middle)
    asked = {"body": middle, "last_day": LAST_DAY, **given}

    shown = lifecycle.rehearse(lifecycle.close, **asked)
    (section,) = (each for each in shown.sections if each.part.key == "escalations")
    assert section.needs_reason
    assert section.without_holder == (
        f"From 1 April 2027: 1 open matter before {middle}: "
        f"{middle} has closed and no body follows it.",
    )
    for left_because in (None, {}, {"escalations": "  "}, {"lines": "Another part"}):
        with pytest.raises(ValidationError) as refused:
            lifecycle.close(**asked, left_because=left_because)
        (sentence,) = refused.value.message_dict["escalations"]
        assert matter.reference in sentence
    middle.refresh_from_db()
    assert middle.end_date is None

    lifecycle.close(**asked, left_because={"escalations": "They are told at the meeting."})
    middle.refresh_from_db()
    assert "told at the meeting" in middle.history.first().history_change_reason


def test_a_successor_that_nobody_would_read_for_is_no_holder(given, ladder):
    bottom, middle, _ = ladder
    make_escalation(bottom, middle)
    deaf = make_body("Deaf Group")
    make_seat(deaf)
    asked = {"body": middle, "last_day": LAST_DAY, "successor": deaf, **given}

    with pytest.raises(ValidationError, match="Deaf Group, which follows .*, has neither"):
        lifecycle.close(**asked)
    Body.objects.filter(pk=deaf.pk).update(mailbox="deaf@example.org")

    assert lifecycle.close(**asked).successor == deaf


@pytest.mark.parametrize("what", ["its chair leaves", "it closes"])
def test_a_later_day_that_is_planned_already_is_looked_at_too(given, ladder, what):
    bottom, middle, top = ladder
    make_escalation(bottom, middle)
    follows = make_body("New Group")
    make_officer(follows, end_date=date(2027, 8, 31) if what == "its chair leaves" else None)
    if what == "it closes":
        lifecycle.close(body=follows, last_day=date(2027, 8, 31), **given)

    with pytest.raises(ValidationError, match="From 1 September 2027: 1 open matter"):
        lifecycle.close(body=middle, last_day=LAST_DAY, successor=follows, **given)


def test_what_was_without_a_holder_before_is_not_blamed_on_the_deed(given, ladder):
    bottom, middle, top = ladder
    make_escalation(bottom, middle)
    Membership.objects.filter(seat__body=middle).update(end_date=today())
    other = make_body()

    assert lifecycle.close(body=other, last_day=LAST_DAY, **given)


def test_a_matter_before_a_body_outside_needs_the_body_that_acts_for_it(given):
    bottom, board = make_ladder(2)
    outside = make_body("Council", kind=make_kind("outside", outside_partnership=True))
    make_escalation_line(board, outside)
    matter = escalations.accept(escalation=make_escalation(bottom, board), by=officer_of(board))
    escalations.pass_up(escalation=matter, to_body=outside, by=officer_of(board), note="")

    with pytest.raises(ValidationError, match="1 open matter before"):
        lifecycle.close(
            body=board, last_day=LAST_DAY, left_because={"lines": "Closed for good"}, **given
        )


# --- Stale pages ----------------------------------------------------------------------------------


def test_a_deed_asked_for_from_a_stale_page_is_not_done(given, ladder):
    bottom, middle, top = ladder
    asked = {"body": middle, "last_day": LAST_DAY, "successor": top, **given}
    seen = lifecycle.rehearse(lifecycle.close, **asked).seen
    matter = make_escalation(bottom, middle)

    with pytest.raises(lifecycle.Stale) as stale:
        lifecycle.close(**asked, seen=seen)

    assert matter.reference in str(told(stale.value.impact, "escalations"))
    middle.refresh_from_db()
    assert middle.end_date is None
    assert lifecycle.close(**asked, seen=stale.value.impact.seen)


def test_a_page_is_not_stale_for_what_was_chosen_on_it(given, ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)
    asked = {"body": middle, "last_day": LAST_DAY, "successor": top, **given}
    seen = lifecycle.rehearse(lifecycle.close, **asked).seen
    choices = {f"line-{line.pk}": "ends"}

    assert lifecycle.rehearse(lifecycle.close, **asked, choices=choices).seen == seen
    assert lifecycle.close(**asked, choices=choices, seen=seen)


def test_a_rehearsal_with_new_bodies_gives_the_same_page_each_time(given, ladder):
    new = lifecycle.NewBody(name="New", kind=make_kind())
    asked = {"bodies": ladder[:2], "into": new, "from_day": DAY_AFTER, **given}

    first, second = (lifecycle.rehearse(lifecycle.merge, **asked) for _ in range(2))

    assert first.seen == second.seen
    assert lifecycle.merge(**asked, seen=second.seen)


# --- The days that are looked at, and the cost of it ----------------------------------------------


def test_every_planned_change_is_a_day_to_look_at():
    body = make_body(end_date=date(2027, 5, 31))
    make_line(body, make_body(), start_date=date(2027, 6, 2), end_date=None)
    make_officer(body, start_date=date(2027, 4, 1), end_date=date(2027, 4, 30))
    make_seat(body, end_date=date(2027, 3, 30))

    assert impact.days_to_come(DAY_AFTER) == [
        DAY_AFTER,
        date(2027, 5, 1),
        date(2027, 6, 1),
        date(2027, 6, 2),
    ]


def test_a_rehearsal_asks_as_much_of_the_database_for_many_matters_as_for_few(given, ladder):
    bottom, middle, top = ladder
    asked = {"body": middle, "last_day": LAST_DAY, "successor": top, **given}
    counts = []
    for _ in range(3):
        make_escalation(bottom, middle)
        with CaptureQueriesContext(connection) as captured:
            lifecycle.rehearse(lifecycle.close, **asked)
        counts.append(len(captured))

    assert counts[0] >= counts[1] == counts[2] < 150


def test_the_structure_that_was_rehearsed_is_not_kept(given, ladder):
    bottom, middle, top = ladder
    asked = {"body": middle, "last_day": today() - timedelta(days=1), "successor": top, **given}

    lifecycle.rehearse(lifecycle.close, **asked)

    assert structure_on(today()).body(middle)


# --- Measures and projects ------------------------------------------------------------------------


def test_a_measure_ends_and_begins_anew_for_the_body_that_follows(given, ladder):
    bottom, middle, _ = ladder
    measure = make_measure(bottom, name="Seen in four hours", target=95)
    make_reading(measure, 90)
    asked = {"body": bottom, "last_day": LAST_DAY, "successor": middle, **given}
    impact = lifecycle.rehearse(lifecycle.close, **asked)
    [(what, becomes)] = told(impact, "measures")
    assert what == "Seen in four hours"
    assert becomes.endswith("holds itself to it from 1 April 2027.")

    lifecycle.close(**asked)

    before, after = Measure.objects.order_by("pk")
    assert (before.body, before.end_date) == (bottom, LAST_DAY)
    assert (after.body, after.start_date, after.end_date) == (middle, DAY_AFTER, None)
    assert (after.name, after.target) == ("Seen in four hours", 95)
    assert before.readings.count() == 1 and not after.readings.exists()
    assert after.history.get().history_change_reason == REASON


def test_a_measure_that_ends_needs_a_reason(given, ladder):
    bottom, middle, _ = ladder
    measure = make_measure(bottom)
    asked = {"body": bottom, "last_day": LAST_DAY, "successor": middle, **given}
    asked["choices"] = {f"measure-{measure.pk}": "ends"}

    with pytest.raises(ValidationError, match="nobody holds themselves to it"):
        lifecycle.close(**asked)
    lifecycle.close(**asked, left_because={"measures": "The target is national now."})

    assert Measure.objects.get().end_date == LAST_DAY


def test_a_project_is_answered_for_by_who_follows_by_date_alone(given, ladder, client):
    bottom, middle, _ = ladder
    project, over = make_project(bottom), make_project(bottom, name="Done with")
    asked = {"body": bottom, "last_day": LAST_DAY, "successor": middle, **given}
    asked["choices"] = {f"project-{over.pk}": "ends"}
    impact = lifecycle.rehearse(lifecycle.close, **asked)
    assert [what for what, _ in told(impact, "projects")] == sorted([project.name, over.name])

    lifecycle.close(**asked)

    project.refresh_from_db()
    over.refresh_from_db()
    assert (project.body, project.end_date, over.end_date) == (bottom, None, LAST_DAY)
    for day, body in ((LAST_DAY, bottom), (DAY_AFTER, middle)):
        page = client.get(f"/bodies/{body.slug}/?as_on={day}").text
        assert project.name in page, day
        assert (over.name in page) == (day == LAST_DAY)


def test_a_project_of_which_nobody_follows_needs_a_reason(given, ladder):
    bottom, *_ = ladder
    make_project(bottom)
    asked = {"body": bottom, "last_day": LAST_DAY, "successor": None, **given}
    impact = lifecycle.rehearse(lifecycle.close, **asked)

    assert told(impact, "projects")[0][1] == "No body follows: nobody answers for it."
    with pytest.raises(ValidationError) as refusal:
        lifecycle.close(**asked)
    assert "projects" in refusal.value.message_dict
