"""What happens to a matter beside its line: consulted, merged, re-based, out of line, decided."""

import re
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance import readers
from governance.actions import asides, decisions, escalations, exceptions, merging
from governance.actions.structure import close, keep_open, structure_edited
from governance.matter import Matter
from governance.models import (
    ActionPoint,
    Decision,
    Document,
    Escalation,
    Meeting,
    Membership,
    OutboxMessage,
)
from governance.permissions import can_see_escalation, standing_of
from governance.telling import happened
from governance.workflow import MoveNotAllowed
from tests.factories import (
    closed_since_yesterday,
    listed_for,
    make_body,
    make_draft,
    make_engagement_team_member,
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
from tests.governance.matter_pages import LIST, page_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(ladder):
    raised = make_escalation(ladder[0], ladder[1])
    return escalations.accept(escalation=raised, by=officer_of(ladder[1]))


def sees(person, escalation):
    listed = escalation.pk in listed_for(standing_of(person))
    opened = can_see_escalation(standing_of(person), Matter(escalation))
    assert listed == opened
    return opened


def resolve(matter, outcome="Agreed", **words):
    by = officer_of(matter.current_body)
    return escalations.resolve(escalation=matter, outcome=outcome, by=by, **words)


# --- Consulted ------------------------------------------------------------------------------------


def test_a_body_that_is_consulted_reads_and_comments_and_moves_nothing(client, ladder, matter):
    aligned = make_body()
    theirs = make_officer(aligned)
    make_line(aligned, ladder[1], "aligned_with")
    assert not sees(theirs, matter)
    OutboxMessage.objects.all().delete()

    asides.consult(escalation=matter, body=aligned, question="Yours?", by=officer_of(ladder[1]))

    assert sees(theirs, matter)
    assert [mail.to for mail in OutboxMessage.objects.all()] == [theirs.email]
    client.force_login(theirs)
    assert "asks for your body’s view" in client.get(page_of(matter)).text
    asides.comment(escalation=matter, text="In part.", by=theirs)
    with pytest.raises(PermissionDenied):
        escalations.resolve(escalation=matter, outcome="Ours", by=theirs)
    matter.refresh_from_db()
    assert (matter.status, matter.current_body) == ("accepted", ladder[1])


def test_the_box_for_a_view_that_is_asked_stands_open_under_its_name(client, ladder, matter):
    aligned = make_body()
    asked = make_officer(aligned)
    on_both = make_member(aligned)
    make_member(ladder[1], person=on_both)
    matter = consulted(matter, aligned)

    def is_named(person):
        client.force_login(person)
        page = client.get(page_of(matter)).text
        is_open = '<h3 class="nhsuk-heading-s">Give your body’s view</h3>' in page
        assert is_open == ("Comment</span>" not in page)
        return is_open

    assert is_named(asked)
    assert not is_named(officer_of(ladder[1]))
    assert not is_named(on_both)  # What they say is of the body that has the matter.
    client.force_login(asked)
    sent = client.post(page_of(matter, "comment"), {"note": "", "seen": ""})
    assert "Write what your body says" in sent.text
    said = {"note": "Fine by us", "seen": Matter(matter).seen}
    assert client.post(page_of(matter, "comment"), said).status_code == 302
    assert not is_named(asked)


@pytest.mark.parametrize("address", ["/staff/", LIST])
def test_who_is_consulted_is_told_so_in_lists_until_they_have_said_something(
    client, ladder, matter, address
):
    middle, aligned = ladder[1], make_body()
    make_line(middle, aligned, "aligned_with")
    asked, by = make_officer(aligned), officer_of(middle)
    matter = asides.consult(escalation=matter, body=aligned, question="Yours?", by=by)

    def is_told(person):
        client.force_login(person)
        page = client.get(address).text
        assert matter.reference in page
        return "Your view asked" in page

    assert is_told(asked)
    assert not is_told(by)
    asides.comment(escalation=matter, text="Well?", by=by)
    assert is_told(asked)

    asides.comment(escalation=matter, text="Ours is the same.", by=asked)
    assert not is_told(asked)


def piles_of(client, person):
    client.force_login(person)
    return re.findall(r'<h3[^>]*id="escalations-[^>]*>([^<]*)<', client.get("/staff/").text)


def consulted(matter, *bodies):
    """The matter, once the view of these bodies was asked."""
    for body in bodies:
        make_line(matter.current_body, body, "aligned_with")
        by = officer_of(matter.current_body)
        matter = asides.consult(escalation=matter, body=body, question="Yours?", by=by)
    return matter


VIEW, WAITING = "Your view is asked (1)", "Waiting on others (1)"


@pytest.fixture
def aligned():
    """A body whose view may be asked."""
    return make_body()


@pytest.fixture
def asked(matter, aligned):
    """Its officer, once its view is asked on the matter."""
    officer = make_officer(aligned)
    consulted(matter, aligned)
    return officer


def test_what_a_body_is_asked_its_view_of_has_a_pile_until_it_is_given(
    client, ladder, matter, asked
):
    assert piles_of(client, asked) == [VIEW]
    assert matter.reference in client.get(f"{LIST}?status=view").text
    assert matter.reference not in client.get(f"{LIST}?status=waiting").text
    assert piles_of(client, officer_of(ladder[0])) == [WAITING]
    assert piles_of(client, officer_of(ladder[1])) == ["In hand, to be answered (1)"]
    assert readers.recount(mend=False) == 0
    asides.comment(escalation=matter, text="Well?", by=officer_of(ladder[1]))
    assert piles_of(client, asked) == [VIEW]

    asides.comment(escalation=matter, text="Ours is the same.", by=asked)

    assert piles_of(client, asked) == [WAITING]
    assert readers.recount(mend=False) == 0


@pytest.mark.parametrize("closes", ["withdraw", "merge"])
def test_nobody_is_asked_their_view_in_a_pile_of_what_is_closed(
    client, ladder, matter, closes, asked
):
    bottom, middle, _ = ladder

    if closes == "withdraw":
        escalations.withdraw(escalation=matter, reason="Settled", by=officer_of(bottom))
    else:
        into, by = make_escalation(bottom, middle), officer_of(middle)
        merging.merge(escalation=matter, into=into, reason="The same", by=by)

    on_the_other = closes == "merge"
    assert (VIEW in piles_of(client, asked)) == on_the_other
    assert matter.reference not in client.get(f"{LIST}?status=view").text
    assert readers.recount(mend=False) == 0


@pytest.mark.parametrize("has_closed", [False, True])
def test_the_view_that_was_asked_on_a_merged_matter_is_asked_on_the_other(
    client, ladder, matter, has_closed
):
    bottom, middle, _ = ladder
    aligned, gave = make_body(), make_body()
    asked, by = make_officer(aligned), officer_of(middle)
    make_officer(gave)
    matter = consulted(matter, aligned, gave)
    asides.comment(escalation=matter, text="Fine.", by=officer_of(gave))
    if has_closed:
        follower = make_body()
        asked = make_officer(follower)
        closed_since_yesterday(aligned, follower)
    into = make_escalation(bottom, middle)
    OutboxMessage.objects.all().delete()

    merging.merge(escalation=matter, into=into, reason="The same", by=by)

    assert VIEW in piles_of(client, asked)
    mails = OutboxMessage.objects.filter(to=asked.email)
    assert f"{into.reference} waits for the view of" in "".join(mail.subject for mail in mails)
    assert [step.kind for step in into.steps.all()] == ["raised", "took_in", "consulted"]
    assert "Yours?" in client.get(page_of(into)).text
    assert readers.recount(mend=False) == 0
    asides.comment(escalation=into, text="Ours is the same.", by=asked)
    assert VIEW not in piles_of(client, asked)
    assert readers.recount(mend=False) == 0


def test_a_view_is_not_asked_twice_nor_of_nobody_where_matters_are_merged(ladder, matter):
    bottom, middle, _ = ladder
    aligned, closing = make_body(), make_body()
    make_officer(aligned), make_officer(closing)
    by = officer_of(middle)
    matter = consulted(matter, aligned, closing)
    into = make_escalation(bottom, middle)
    asides.consult(escalation=into, body=aligned, question="And yours?", by=by)
    closed_since_yesterday(closing)

    merging.merge(escalation=matter, into=into, reason="The same", by=by)

    assert [step.kind for step in into.steps.all()] == ["raised", "consulted", "took_in"]


def test_a_body_is_not_asked_its_view_of_its_own_matter_where_another_goes_into_it(ladder, matter):
    _, middle, _ = ladder
    aligned, by = make_body(), officer_of(middle)
    make_officer(aligned)
    make_escalation_line(aligned, middle)
    matter = consulted(matter, aligned)
    theirs = make_escalation(aligned, middle)

    merging.merge(escalation=matter, into=theirs, reason="The same", by=by)

    assert [step.kind for step in theirs.steps.all()] == ["raised", "took_in"]
    assert readers.recount(mend=False) == 0


@pytest.mark.parametrize("has_closed", [False, True])
def test_a_view_is_asked_on_the_other_matter_for_the_body_that_asked(
    client, ladder, matter, has_closed
):
    _, middle, top = ladder
    aligned, asker, beside = make_body(), middle, make_body()
    asked = make_officer(aligned)
    make_officer(beside)
    make_escalation_line(beside, top)
    matter = consulted(matter, aligned)
    matter = escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="Dear")
    if has_closed:
        asker = make_body()
        make_officer(asker)
        closed_since_yesterday(middle, asker)
    into = make_escalation(beside, top)

    merging.merge(escalation=matter, into=into, reason="The same", by=officer_of(top))

    assert into.steps.last().from_body == asker
    client.force_login(asked)
    assert f"{asker.name} asks for your body’s view" in client.get(page_of(into)).text


def test_a_body_that_the_matter_came_to_is_not_asked_its_view_any_more(client, ladder, matter):
    _, middle, top = ladder
    matter = consulted(matter, top)
    assert piles_of(client, officer_of(top)) == [VIEW]

    escalations.pass_up(escalation=matter, to_body=top, by=officer_of(middle), note="Dear")

    assert piles_of(client, officer_of(top)) == ["New, to be acknowledged (1)"]
    pages = (client.get(address).text for address in (LIST, page_of(matter)))
    assert not any("Your view asked" in page or "your body’s view" in page for page in pages)
    assert readers.recount(mend=False) == 0


def test_who_also_sits_on_another_body_of_the_matter_gives_the_view_that_is_asked(
    client, ladder, matter, asked
):
    make_member(ladder[0], person=asked)
    assert piles_of(client, asked) == [VIEW]

    asides.comment(escalation=matter, text="Ours is the same.", by=asked)

    assert piles_of(client, asked) == [WAITING]


def test_of_two_bodies_of_somebody_each_is_asked_its_view(client, ladder, matter):
    one, other = make_body(), make_body()
    asked = make_officer(one)
    make_officer(other, person=asked)
    matter = consulted(matter, one, other)
    assert piles_of(client, asked) == [VIEW]

    for expected in (VIEW, WAITING):
        asides.comment(escalation=matter, text=f"Before {expected}", by=asked)
        assert piles_of(client, asked) == [expected]


def test_a_body_that_became_one_with_the_holder_is_not_asked_its_view(
    client, ladder, matter, aligned, asked
):
    _, middle, _ = ladder

    closed_since_yesterday(aligned, middle)

    assert piles_of(client, officer_of(middle)) == ["In hand, to be answered (1)"]
    client.force_login(officer_of(middle))
    pages = (client.get(address).text for address in ("/staff/", LIST, page_of(matter)))
    assert not any("Your view asked" in page or "your body’s view" in page for page in pages)
    assert Matter(matter).view_asked_of(standing_of(asked)) is None
    assert readers.recount(mend=False) == 0
    asides.comment(escalation=matter, text="So be it", by=officer_of(middle))
    assert readers.recount(mend=False) == 0


def test_a_holder_that_became_one_with_the_body_it_asked_needs_no_view(
    client, ladder, matter, aligned, asked
):
    _, middle, _ = ladder

    closed_since_yesterday(middle, aligned)

    assert piles_of(client, asked) == ["In hand, to be answered (1)"]
    pages = (client.get(address).text for address in ("/staff/", LIST, page_of(matter)))
    assert not any("Your view asked" in page or "your body’s view" in page for page in pages)


def test_who_is_to_give_a_view_follows_a_closing_that_is_recorded_late_or_taken_back(
    client, ladder, matter
):
    aligned, follower = make_body(), make_body()
    make_officer(aligned)
    heir = make_officer(follower)
    matter = consulted(matter, aligned, follower)
    asides.comment(escalation=matter, text="We think so.", by=heir)
    row = matter.readers.get(body=aligned)
    assert row.view_asked

    closed_since_yesterday(aligned, follower)

    row.refresh_from_db()
    assert not row.view_asked
    assert piles_of(client, heir) == [WAITING]
    assert readers.recount(mend=False) == 0
    keep_open(body=aligned, by=make_governance_administrator(), reason="It goes on")
    assert readers.recount(mend=False) == 0
    row.refresh_from_db()
    assert row.view_asked


def test_at_midnight_a_view_is_asked_of_who_follows_and_what_they_say_gives_it(client, at):
    bottom, middle = make_ladder(2)
    aligned, follower, last = (make_body() for _ in range(3))
    asked, heir, heir_of_heir = (make_officer(body) for body in (aligned, follower, last))
    at(date(2026, 11, 2))
    raised = [make_escalation(bottom, middle) for _ in range(3)]
    first, second, third = raised
    for body, matters in ((aligned, raised), (follower, [third])):
        make_line(middle, body, "aligned_with")
        for each in matters:
            asides.consult(escalation=each, body=body, question="Yours?", by=officer_of(middle))
    by = make_governance_administrator()
    for body, day, then in ((aligned, 4, follower), (follower, 6, last)):
        last_day = date(2026, 11, day)
        close(body=body, last_day=last_day, successor=then, by=by, reason="Planned")

    def asked_of(person):
        """How many matters are in the pile, marked in it, and so on their own pages."""
        named = [
            re.search(r"Your view is asked \((\d+)\)", each) for each in piles_of(client, person)
        ]
        number = sum(int(each[1]) for each in named if each)
        assert client.get("/staff/").text.count("Your view asked") == number
        standing = standing_of(person)
        seen = [Matter(Escalation.objects.get(pk=each.pk)) for each in raised]
        assert sum(each.view_asked_of(standing) is not None for each in seen) == number
        assert readers.recount(mend=False) == 0
        return number

    at(date(2026, 11, 4), hour=23)
    asides.comment(escalation=third, text="Ours as we are.", by=heir)
    assert (asked_of(asked), asked_of(heir), asked_of(heir_of_heir)) == (3, 0, 0)
    at(date(2026, 11, 5), hour=0)
    assert (asked_of(asked), asked_of(heir), asked_of(heir_of_heir)) == (0, 3, 0)
    asides.comment(escalation=first, text="Fine.", by=heir)
    assert asked_of(heir) == 2
    at(date(2026, 11, 7), hour=0)
    assert (asked_of(heir), asked_of(heir_of_heir)) == (0, 2)
    asides.comment(escalation=second, text="Fine.", by=heir_of_heir)
    assert asked_of(heir_of_heir) == 1
    keep_open(body=aligned, by=by, reason="It goes on")
    assert (asked_of(asked), asked_of(heir_of_heir)) == (3, 0)


def test_a_closing_touches_the_matters_alone_on_which_the_closed_body_was_asked(
    ladder, monkeypatch
):
    bodies = closed, follower, elsewhere = [make_body() for _ in range(3)]
    chairs = [make_officer(body) for body in bodies]
    accepted = []
    for body in (closed, closed, closed, elsewhere):
        raised = make_escalation(ladder[0], ladder[1])
        raised = escalations.accept(escalation=raised, by=officer_of(ladder[1]))
        accepted.append(consulted(raised, body))
    closed_since_yesterday(elsewhere, make_body())
    looked_at, keep = [], readers.keep_views
    monkeypatch.setattr(readers, "keep_views", lambda some: looked_at.append(some) or keep(some))
    for matter in accepted[:3]:
        consulted(matter, follower)
        asides.comment(escalation=matter, text="Fine.", by=chairs[1])
    looked_at.clear()

    with CaptureQueriesContext(connection) as queries:
        closed_since_yesterday(closed, follower)

    assert looked_at == [{matter.pk for matter in accepted[:3]}]
    updates = [each["sql"] for each in queries if "UPDATE" in each["sql"]]
    assert sum('SET "view_asked"' in sql for sql in updates) == 1
    assert readers.recount(mend=False) == 0
    looked_at.clear()
    closed_since_yesterday(follower, ladder[2])
    assert looked_at == [{matter.pk for matter in accepted[:3]}]
    assert readers.recount(mend=False) == 0


def test_whose_view_is_asked_is_filled_in_for_matters_that_are_there(ladder, matter):
    asked, gave, closed, follower = (make_body() for _ in range(4))
    make_officer(asked), make_officer(closed)
    theirs = make_officer(gave)
    matter = consulted(matter, asked, gave, closed)
    asides.comment(escalation=matter, text="Fine.", by=theirs)
    closed_since_yesterday(closed, follower)
    asides.comment(escalation=matter, text="We follow.", by=make_officer(follower))
    matter.readers.update(view_asked=False)
    assert readers.recount(mend=False) == 1

    import_module("governance.migrations.0018_fill_whose_view_is_asked").fill(apps, None)

    assert [row.body for row in matter.readers.filter(view_asked=True)] == [asked]
    assert readers.recount(mend=False) == 0
    matter.readers.update(view_asked=True)
    assert readers.recount() == 4
    assert [row.body for row in matter.readers.filter(view_asked=True)] == [asked]


@pytest.mark.parametrize("spoke_before_it_closed", [False, True])
def test_lists_and_the_page_ask_who_follows_a_closed_body_for_its_view(
    client, ladder, matter, spoke_before_it_closed
):
    middle, aligned, follower = ladder[1], make_body(), make_body()
    make_line(middle, aligned, "aligned_with")
    asked, heir, by = make_officer(aligned), make_officer(follower), officer_of(middle)
    matter = asides.consult(escalation=matter, body=aligned, question="Yours?", by=by)
    if spoke_before_it_closed:
        asides.comment(escalation=matter, text="We agree.", by=asked)
    closed_since_yesterday(aligned, follower)
    client.force_login(heir)

    def marks():
        pages = [client.get(address).text for address in ("/staff/", LIST, page_of(matter))]
        assert all(matter.reference in page for page in pages)
        words = ("Your view asked", "Your view asked", "asks for your body’s view")
        return [each in page for each, page in zip(words, pages, strict=True)]

    assert marks() == [not spoke_before_it_closed] * 3
    asides.comment(escalation=matter, text="Ours is the same.", by=heir)
    assert marks() == [False] * 3


def test_nobody_is_asked_for_a_view_of_what_is_closed(client, ladder, matter):
    middle, aligned = ladder[1], make_body()
    make_line(middle, aligned, "aligned_with")
    asked, by = make_officer(aligned), officer_of(middle)
    matter = asides.consult(escalation=matter, body=aligned, question="Yours?", by=by)
    client.force_login(asked)
    assert "They read it and may comment" in client.get(page_of(matter)).text
    escalations.withdraw(escalation=matter, reason="Settled", by=officer_of(ladder[0]))

    page, its_own = client.get(LIST).text, client.get(page_of(matter)).text

    assert matter.reference in page
    assert "Your view asked" not in page
    assert aligned.name in its_own
    assert "may comment" not in its_own


def test_only_an_aligned_body_is_consulted_and_only_once(ladder, matter):
    aligned, by = make_body(), officer_of(ladder[1])
    make_officer(aligned)
    with pytest.raises(MoveNotAllowed, match="was not aligned"):
        asides.consult(escalation=matter, body=aligned, question="?", by=by)
    make_line(ladder[1], aligned, "aligned_with")
    asides.consult(escalation=matter, body=aligned, question="?", by=by)

    with pytest.raises(MoveNotAllowed, match="already"):
        asides.consult(escalation=matter, body=aligned, question="?", by=by)


def test_a_comment_said_twice_in_a_row_is_said_once(ladder, matter):
    for _ in range(2):
        asides.comment(escalation=matter, text="Once", by=officer_of(ladder[0]))

    assert matter.steps.filter(kind="commented").count() == 1


# --- Merged ---------------------------------------------------------------------------------------


def test_of_merged_matters_everyone_sees_theirs_and_what_came_of_it(ladder):
    other_committee = make_body()
    below = make_officer(other_committee)
    make_escalation_line(other_committee, ladder[1])
    mine = make_escalation(other_committee, ladder[1])
    goes_on = make_escalation(ladder[0], ladder[1])
    above = officer_of(ladder[1])
    assert not sees(below, goes_on)

    merged = merging.merge(escalation=mine, into=goes_on, reason="Same lift", by=above)

    assert (merged.status, merged.merged_into, merged.is_open) == ("merged", goes_on, False)
    assert sees(below, merged) and sees(below, goes_on)
    assert not sees(officer_of(ladder[0]), merged)
    OutboxMessage.objects.all().delete()
    accepted = escalations.accept(escalation=goes_on, by=above)
    resolved = resolve(accepted, "A new lift")
    merged.refresh_from_db()
    assert merged.decision == resolved.decision
    assert Matter(merged).outcome.note == "A new lift"
    assert below.email in {mail.to for mail in OutboxMessage.objects.all()}
    reopened = escalations.reopen(escalation=resolved, reason="No lift", by=above)
    merged.refresh_from_db()
    assert reopened.decision is None and merged.decision is None
    assert [step.kind for step in merged.steps.all()] == [
        "raised",
        "merged",
        "resolved",
        "reopened",
    ]


def test_of_a_merged_matter_it_is_told_who_reopened_the_other_wherever_that_lies(ladder):
    bottom, middle, top = ladder
    other_committee = make_body("Elsewhere")
    below = make_officer(other_committee)
    make_escalation_line(other_committee, middle)
    mine = make_escalation(other_committee, middle)
    goes_on = make_escalation(bottom, middle)
    merging.merge(escalation=mine, into=goes_on, reason="Same lift", by=officer_of(middle))
    escalations.accept(escalation=goes_on, by=officer_of(middle))
    escalations.pass_up(escalation=goes_on, to_body=top, by=officer_of(middle), note="Dear")
    accepted = escalations.accept(escalation=goes_on, by=officer_of(top))

    def told_after(deed, by, **said):
        OutboxMessage.objects.all().delete()
        deed(escalation=accepted, by=by, **said)
        return OutboxMessage.objects.get(to=below.email).subject

    told = told_after(escalations.resolve, officer_of(top), outcome="A new lift")
    assert told == f"{mine.reference} has been resolved by {top} with {goes_on.reference}"
    told = told_after(escalations.reopen, officer_of(bottom), reason="No lift")
    assert told == f"{mine.reference} has been reopened by {bottom} with {goes_on.reference}"
    mine.refresh_from_db()
    said = f"Reopened by {bottom} with {goes_on.reference}"
    assert happened(Matter(mine).last_step) == said


def test_who_is_on_the_way_of_both_hears_of_a_merger_once(ladder, matter):
    bottom, middle, _ = ladder
    goes_on = make_escalation(bottom, middle)
    OutboxMessage.objects.all().delete()

    merging.merge(escalation=matter, into=goes_on, reason="Same lift", by=officer_of(middle))

    told = OutboxMessage.objects.get(to=officer_of(bottom).email)
    assert told.subject == f"{goes_on.reference} goes on for {matter.reference} too"


def test_what_went_into_a_matter_that_is_merged_goes_into_the_last_one(ladder):
    first, second, third = (make_escalation(ladder[0], ladder[1]) for _ in range(3))
    by = officer_of(ladder[1])

    merging.merge(escalation=first, into=second, reason="Same", by=by)
    merging.merge(escalation=second, into=third, reason="Same", by=by)

    first.refresh_from_db()
    assert first.merged_into == third
    assert Matter(first).went_into == third


def test_whoever_reads_a_matter_for_theirs_still_does_when_it_is_merged_in_turn(ladder):
    other_committee = make_body()
    theirs = make_officer(other_committee)
    make_escalation_line(other_committee, ladder[1])
    first = make_escalation(other_committee, ladder[1])
    second, third = (make_escalation(ladder[0], ladder[1]) for _ in range(2))
    by = officer_of(ladder[1])

    merging.merge(escalation=first, into=second, reason="Same", by=by)
    merging.merge(escalation=second, into=third, reason="Same", by=by)

    assert sees(theirs, second) and sees(theirs, third)
    assert listed_for(standing_of(theirs)) == {first.pk, second.pk, third.pk}
    assert readers.recount(mend=False) == 0


def test_a_matter_for_which_others_wait_is_not_withdrawn(ladder):
    first, second = (make_escalation(ladder[0], ladder[1]) for _ in range(2))
    merging.merge(escalation=first, into=second, reason="Same", by=officer_of(ladder[1]))

    with pytest.raises(MoveNotAllowed, match="Others wait"):
        escalations.withdraw(escalation=second, reason="No", by=officer_of(ladder[0]))


def test_matters_before_different_bodies_are_not_merged(ladder, matter):
    higher = escalations.pass_up(
        escalation=matter, to_body=ladder[2], by=officer_of(ladder[1]), note=""
    )
    lower = make_escalation(ladder[0], ladder[1])
    make_member(ladder[1], "secretary", person=officer_of(ladder[2]))

    with pytest.raises(MoveNotAllowed, match="different bodies"):
        merging.merge(escalation=higher, into=lower, reason="Same", by=officer_of(ladder[2]))


# --- Exceptions -----------------------------------------------------------------------------------


def test_a_changed_structure_shows_both_ways_and_is_followed_once_re_based(client, ladder, matter):
    board, administrator = make_body("New Board"), make_governance_administrator()
    make_officer(board)
    Escalation.objects.filter(pk=matter.pk).update(raised_on=today() - timedelta(days=1))
    make_escalation_line(ladder[1], board, start_date=today())
    client.force_login(administrator)
    assert "By today’s lines" in client.get(page_of(matter)).text
    with pytest.raises(MoveNotAllowed):
        escalations.pass_up(escalation=matter, to_body=board, by=officer_of(ladder[1]), note="")

    seen = Matter(matter).seen
    exceptions.rebase(escalation=matter, reason="The Board is new", by=administrator)

    with pytest.raises(MoveNotAllowed, match=f"{administrator} re-based it on newer lines on "):
        exceptions.rebase(escalation=matter, reason="Me too", by=administrator, seen=seen)
    text = client.get(page_of(matter)).text
    assert "By today’s lines" not in text
    assert f"Approved by {administrator}, governance administrator" in text
    passed = escalations.pass_up(
        escalation=matter, to_body=board, by=officer_of(ladder[1]), note=""
    )
    assert passed.current_body == board


def test_out_of_line_is_for_administrators_and_not_where_a_line_leads(ladder, matter):
    elsewhere, administrator = make_body(), make_governance_administrator()
    make_officer(elsewhere)
    given = {"escalation": matter, "reason": "The chair is away"}
    with pytest.raises(PermissionDenied):
        exceptions.send_out_of_line(to_body=elsewhere, by=officer_of(ladder[1]), **given)
    with pytest.raises(MoveNotAllowed, match="A line leads"):
        exceptions.send_out_of_line(to_body=ladder[2], by=administrator, **given)

    sent = exceptions.send_out_of_line(to_body=elsewhere, by=administrator, **given)

    assert (sent.status, sent.current_body) == ("raised", elsewhere)
    assert sent.steps.last().line is None
    assert [body.pk for body in Matter(sent).path] == [ladder[0].pk, ladder[1].pk, elsewhere.pk]


@pytest.fixture
def elsewhere():
    body = make_body("Housing Forum")
    make_officer(body)
    return body


def as_seen(matter, typed):
    """What is typed, as the page of the matter sends it now."""
    return typed | {"seen": Matter(Escalation.objects.get(pk=matter.pk)).seen}


def ask(matter, to_body, reason="The chair is away"):
    by = officer_of(matter.current_body)
    return exceptions.ask_out_of_line(escalation=matter, to_body=to_body, reason=reason, by=by)


def test_an_officer_asks_for_an_exception_and_an_administrator_approves_it(
    client, ladder, matter, elsewhere
):
    administrator = make_governance_administrator()
    client.force_login(officer_of(ladder[1]))
    words = {"to_body": elsewhere.slug, "note": "The chair is away"}

    page = client.post(page_of(matter, "ask-out-of-line"), as_seen(matter, words), follow=True)

    assert "You asked for" in page.text
    asked = Escalation.objects.get()
    assert (asked.status, asked.current_body) == ("accepted", ladder[1])
    told = OutboxMessage.objects.filter(to=administrator.email).get()
    assert "waits for a governance administrator" in told.subject
    assert "Housing" not in told.subject
    client.force_login(administrator)
    waiting = client.get("/staff/")
    assert "Exceptions to approve or refuse" in waiting.text
    assert matter.reference in waiting.text
    page = client.get(page_of(matter))
    assert "asks for an exception" in page.text
    assert "The chair is away</textarea>" in page.text
    page = client.post(page_of(matter, "out-of-line"), as_seen(matter, words), follow=True)
    assert Escalation.objects.get().current_body == elsewhere
    assert f"Approved by {administrator}, governance administrator" in page.text
    assert "to be sent out of line to the Housing Forum" in page.text
    assert "Exceptions to approve" not in client.get("/staff/").text


def test_an_exception_is_refused_with_a_reason_and_the_matter_stays(
    client, ladder, matter, elsewhere
):
    administrator = make_governance_administrator()
    ask(matter, elsewhere)
    client.force_login(administrator)

    typed = as_seen(matter, {"note": "It can wait"})
    page = client.post(page_of(matter, "refuse-out-of-line"), typed, follow=True)

    assert f"Refused by {administrator}, governance administrator" in page.text
    assert "It can wait" in page.text
    kept = Escalation.objects.get()
    assert (kept.status, kept.current_body) == ("accepted", ladder[1])
    assert Matter(kept).exception_asked is None
    told = OutboxMessage.objects.filter(to=officer_of(ladder[1]).email)
    assert told.filter(subject__contains="the exception was refused").count() == 1
    ask(kept, elsewhere)  # With another reason it may be asked again.


def test_an_exception_is_answered_also_once_the_body_that_asks_has_closed(
    client, ladder, matter, elsewhere
):
    follower, administrator = make_body(), make_governance_administrator()
    chair = make_officer(follower)
    ask(matter, elsewhere)
    closed_since_yesterday(ladder[1], follower)
    client.force_login(administrator)
    assert matter.reference in client.get("/escalations/?status=exceptions").text

    client.post(page_of(matter, "refuse-out-of-line"), as_seen(matter, {"note": "It can wait"}))

    steps = [step.kind for step in matter.steps.all()]
    assert steps == ["raised", "accepted", "asked_out", "moved", "refused_out"]
    assert "No escalation you may see" in client.get("/escalations/?status=exceptions").text
    assert OutboxMessage.objects.filter(
        to=chair.email, subject__contains="the exception was refused"
    )


def test_an_exception_is_asked_once_and_refused_only_while_it_is_asked(ladder, matter, elsewhere):
    refusal = {"escalation": matter, "reason": "No", "by": make_governance_administrator()}
    with pytest.raises(MoveNotAllowed, match="nothing to refuse"):
        exceptions.refuse_out_of_line(**refusal)
    with pytest.raises(MoveNotAllowed, match="A line leads"):
        ask(matter, ladder[2])
    ask(matter, elsewhere)
    with pytest.raises(MoveNotAllowed, match="asked already"):
        ask(matter, elsewhere)

    passed = escalations.pass_up(
        escalation=matter, to_body=ladder[2], by=officer_of(ladder[1]), note=""
    )

    with pytest.raises(MoveNotAllowed, match="nothing to refuse"):
        exceptions.refuse_out_of_line(**refusal | {"escalation": passed})


@pytest.mark.parametrize(("role", "is_flagged"), [("chair", True), ("secretary", False)])
def test_one_chair_at_both_ends_of_a_move_is_flagged(client, ladder, role, is_flagged):
    make_member(ladder[1], role, person=officer_of(ladder[0]))
    matter = make_escalation(ladder[0], ladder[1])
    client.force_login(officer_of(ladder[1]))

    assert ("chaired both bodies on that day" in client.get(page_of(matter)).text) == is_flagged


# --- Files ----------------------------------------------------------------------------------------


def test_a_file_is_for_who_sees_the_matter_and_stands_once(client, ladder, matter):
    for _ in range(2):
        asides.attach(escalation=matter, upload=make_upload(), by=officer_of(ladder[0]))
    file = matter.files.get()
    may = {
        officer_of(ladder[1]): 200,
        make_governance_administrator(): 200,
        officer_of(ladder[2]): 404,
        make_person(): 404,
    }

    for person, status in may.items():
        client.force_login(person)
        assert client.get(page_of(matter, f"files/{file.pk}")).status_code == status
        assert client.get(f"/documents/{file.document.pk}/").status_code == 404


def test_a_file_of_a_matter_is_no_paper_that_everyone_reads(client, ladder, matter):
    asides.attach(escalation=matter, upload=make_upload(), by=officer_of(ladder[0]))
    Document.objects.update(is_public=True)
    address = f"/documents/{Document.objects.get().pk}/"

    for person in (make_person(), officer_of(ladder[0]), make_governance_administrator()):
        client.force_login(person)
        assert client.get(address).status_code == 404


def test_a_file_taken_away_leaves_neither_row_nor_history_nor_file(
    ladder, matter, django_capture_on_commit_callbacks
):
    asides.attach(escalation=matter, upload=make_upload(), by=officer_of(ladder[0]))
    file = matter.files.get()
    stored = file.document.file
    with pytest.raises(PermissionDenied):
        asides.detach(escalation=matter, file=file, reason="Wrong", by=officer_of(ladder[1]))

    with django_capture_on_commit_callbacks(execute=True):
        asides.detach(escalation=matter, file=file, reason="Wrong", by=officer_of(ladder[0]))

    assert not stored.storage.exists(stored.name)
    assert not Document.objects.exists() and not Document.history.exists()
    assert matter.steps.last().note == "Wrong"


def test_a_draft_takes_a_file_with_its_words(client, ladder):
    client.force_login(officer_of(ladder[0]))
    form = words_of_a_matter() | {"to_body": ladder[1].slug, "deed": "raise"}
    form["file"] = make_upload().file

    client.post(f"/escalations/new/?body={ladder[0].slug}", form)

    matter = Escalation.objects.get()
    assert (matter.status, str(matter.files.get())) == ("raised", "Figures")


@pytest.mark.parametrize("is_drafted_before", [False, True])
def test_of_a_matter_that_is_refused_no_file_is_kept(
    client, ladder, settings, tmp_path, is_drafted_before
):
    settings.MEDIA_ROOT = tmp_path
    by, address = officer_of(ladder[0]), f"/escalations/new/?body={ladder[0].slug}"
    client.force_login(by)
    form = words_of_a_matter() | {"to_body": ladder[1].slug, "deed": "raise"}
    form["file"] = make_upload().file
    if is_drafted_before:
        draft = make_draft(ladder[0], by=by)
        address = f"/escalations/{draft.reference}/raise/"
        form["seen"] = Matter(draft).seen
    Membership.objects.filter(seat__body=ladder[1]).delete()

    page = client.post(address, form)

    assert page.status_code == 409
    assert "has nobody to receive this matter" in page.text
    assert not Document.objects.exists()
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_a_file_of_another_kind_than_its_name_is_refused_and_the_words_are_kept(client, ladder):
    client.force_login(officer_of(ladder[0]))
    form = words_of_a_matter(situation="Typed") | {"deed": "edit"}
    form["file"] = make_upload(content=b"%PDF-1.7").file
    form["file"].file.seek(0)
    form["file"].file.write(b"MZ programs")
    form["file"].file.seek(0)

    page = client.post(f"/escalations/new/?body={ladder[0].slug}", form)

    assert "ends in .pdf, but what is in it is something else" in page.text
    assert "Typed" in page.text
    assert not Escalation.objects.exists()


# --- Decided --------------------------------------------------------------------------------------


def test_a_matter_is_resolved_with_a_decision_of_its_body(ladder, matter):
    taken = Decision.objects.create(
        body=ladder[1], decided_on=today(), title="Lifts", text="All are renewed."
    )

    resolved = resolve(matter, "", decision=taken)

    assert resolved.decision == taken
    assert resolved.steps.last().note == "All are renewed."


def test_a_decision_of_another_body_does_not_settle_a_matter(ladder, matter):
    taken = Decision.objects.create(body=ladder[2], decided_on=today(), title="T", text="T")

    with pytest.raises(MoveNotAllowed, match="is not of"):
        resolve(matter, "", decision=taken)


@pytest.fixture
def two_before_one_outside():
    """Two matters before a body outside the partnership, each with the body that acts for it."""
    outside = make_body(
        kind=make_kind("statutory-board", outside_partnership=True), mailbox="o@x.uk"
    )
    pairs = []
    for acting in (make_body(), make_body()):
        make_officer(acting)
        make_escalation_line(acting, outside)
        matter = make_escalation(acting, outside)
        pairs.append((escalations.accept(escalation=matter, by=officer_of(acting)), acting))
    return pairs


def test_who_acts_for_a_body_outside_is_offered_no_decision_of_a_matter_they_may_not_see(
    client, two_before_one_outside
):
    (first, acting), (second, other) = two_before_one_outside
    settled = escalations.resolve(
        escalation=first, title="A secret", outcome="Secret words", by=officer_of(acting)
    )
    client.force_login(officer_of(other))

    assert "A secret" not in client.get(page_of(second)).text
    words = {"decision": settled.decision_id, "note": ""}
    assert (
        "Choose one of the decisions listed" in client.post(page_of(second, "resolve"), words).text
    )
    with pytest.raises(PermissionDenied):
        resolve_with(second, settled.decision, other)


def test_who_acts_for_a_body_outside_is_offered_no_matter_to_merge_into_that_they_may_not_see(
    client, two_before_one_outside
):
    (first, acting), (second, other) = two_before_one_outside
    Escalation.objects.filter(pk=first.pk).update(title="A secret")
    client.force_login(officer_of(other))

    assert "A secret" not in client.get(page_of(second)).text
    sent = client.post(
        page_of(second, "merge"), as_seen(second, {"into": first.pk, "note": "The same"})
    )
    assert "A secret" not in sent.text
    assert first.reference not in sent.text


def test_who_acts_for_a_body_outside_may_merge_two_that_their_body_brought_there(
    client, two_before_one_outside
):
    (first, acting), _ = two_before_one_outside
    again = make_escalation(acting, first.current_body, title="Once more")
    client.force_login(officer_of(acting))

    assert "Once more" in client.get(page_of(first)).text
    client.post(page_of(first, "merge"), as_seen(first, {"into": again.pk, "note": "The same"}))

    assert Escalation.objects.get(pk=first.pk).merged_into == again


def test_of_a_closed_body_that_nobody_follows_only_ones_own_matters_are_offered_to_merge_into(
    client, ladder
):
    bottom, middle, _ = ladder
    other = make_body()
    make_officer(other)
    make_escalation_line(other, middle)
    first = make_escalation(bottom, middle, title="A secret")
    second, again = (make_escalation(other, middle, title=title) for title in ("Ours", "Once more"))
    closed_since_yesterday(middle)
    client.force_login(officer_of(other))

    page = client.get(page_of(second)).text

    assert "Once more" in page
    assert "A secret" not in page
    assert first.reference not in page
    assert again.reference in page


def test_who_acts_for_a_body_outside_may_settle_two_matters_with_one_decision(
    client, two_before_one_outside
):
    (first, acting), _ = two_before_one_outside
    settled = escalations.resolve(
        escalation=first, title="For both", outcome="Yes", by=officer_of(acting)
    )
    again = make_escalation(acting, first.current_body, title="Another")
    again = escalations.accept(escalation=again, by=officer_of(acting))
    client.force_login(officer_of(acting))

    assert "For both" in client.get(page_of(again)).text
    assert resolve_with(again, settled.decision, acting).decision == settled.decision


def resolve_with(matter, decision, body):
    return escalations.resolve(escalation=matter, decision=decision, by=officer_of(body))


def test_a_decision_is_not_of_a_day_to_come(matter):
    with pytest.raises(ValidationError):
        resolve(matter, decided_on=today() + timedelta(days=1))


@pytest.mark.parametrize(("days", "is_taken"), [(-400, True), (-401, False)])
def test_a_year_that_is_mistyped_is_said_at_the_day_of_the_decision(
    client, ladder, matter, days, is_taken
):
    day = today() + timedelta(days=days)
    client.force_login(officer_of(ladder[1]))
    typed = {"note": "Agreed", "decided_on_day": day.isoformat()}

    page = client.post(page_of(matter, "resolve"), as_seen(matter, typed), follow=True).text

    assert ("Enter a day on or after" in page) == (not is_taken)
    assert Decision.objects.filter(decided_on=day).exists() == is_taken


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (-4, "Enter that day, or choose the meeting of another day."),
        (-3, ""),
        (-2, ""),
        (-1, "Enter that day, or choose the meeting of another day."),
    ],
)
def test_a_matter_is_resolved_at_a_meeting_on_a_day_on_which_that_met(
    client, ladder, matter, days, sentence
):
    noon = timezone.localtime().replace(hour=12)
    meeting = Meeting.objects.create(
        body=ladder[1], starts_at=noon - timedelta(days=3), ends_at=noon - timedelta(days=2)
    )
    day = today() + timedelta(days=days)
    client.force_login(officer_of(ladder[1]))
    typed = {"note": "Agreed", "meeting": meeting.pk, "decided_on_day": day.isoformat()}

    page = client.post(page_of(matter, "resolve"), as_seen(matter, typed), follow=True).text

    assert sentence in page
    decided = Decision.objects.filter(meeting=meeting, decided_on=day)
    assert decided.exists() == (not sentence)


def test_what_settled_a_matter_is_not_for_all_staff_on_the_body_s_page(client, ladder, matter):
    resolve(matter, "A secret outcome")
    shown = {}

    for person in (officer_of(ladder[1]), make_person()):
        client.force_login(person)
        page = client.get(f"/bodies/{ladder[1].slug}/").text
        shown[person] = "A secret outcome" in page

    assert list(shown.values()) == [True, False]


def test_what_settled_a_matter_is_not_for_all_staff_once_it_is_reopened(client, ladder, matter):
    settled = resolve(matter, "A secret outcome")
    escalations.reopen(escalation=settled, reason="It goes on.", by=officer_of(ladder[1]))
    client.force_login(make_person())

    assert "A secret outcome" not in client.get(f"/bodies/{ladder[1].slug}/").text


def test_what_settles_a_matter_already_is_taken_as_told_to_resolve_it(ladder, matter):
    above = ladder[1]
    decisions.decide(body=above, title="Open to staff", text="Yes.", by=officer_of(above))
    settled = resolve(matter, "A secret outcome")
    Decision.objects.update(told_to_resolve=False)

    import_module("governance.migrations.0014_decisions_told_to_resolve").keep_what_settles_now(
        apps, None
    )

    assert list(Decision.objects.filter(told_to_resolve=True)) == [settled.decision]


def test_an_action_is_followed_until_it_is_done(client, ladder, matter):
    above, below = officer_of(ladder[1]), officer_of(ladder[0])
    resolved = resolve(matter)
    OutboxMessage.objects.all().delete()
    decisions.add_action(
        escalation=resolved, text="Write to them", body=ladder[0], due_on=today(), by=above
    )
    assert below.email in {mail.to for mail in OutboxMessage.objects.all()}
    assert all("Write" not in mail.subject + mail.text for mail in OutboxMessage.objects.all())
    ActionPoint.objects.update(due_on=today() - timedelta(days=1))
    client.force_login(below)

    for address in ("/actions/", "/actions/?show=overdue", "/staff/", page_of(resolved)):
        page = client.get(address).text
        assert "Write to them" in page and "Overdue since" in page
    point = ActionPoint.objects.get()
    for _ in range(2):
        assert client.post(f"/actions/{point.pk}/done/", {"note": "Sent"}).status_code == 302

    point.refresh_from_db()
    assert (point.is_open, point.done_by, point.done_note) == (False, below, "Sent")
    assert "Write to them" not in client.get("/actions/").text
    assert "Write to them" in client.get("/actions/?show=done").text
    client.force_login(above)
    late = client.post(f"/actions/{point.pk}/done/", {"note": "I did"})
    assert late.status_code == 409
    assert "has marked this as done already" in late.text


@pytest.fixture
def point(ladder, matter):
    by = officer_of(ladder[1])
    what = {"text": "Write to them", "body": ladder[0], "due_on": today(), "by": by}
    decisions.add_action(escalation=resolve(matter), **what)
    return ActionPoint.objects.get()


def test_an_action_names_each_matter_that_it_came_of_and_counts_once(client, ladder):
    above = officer_of(ladder[1])
    first, second = (make_escalation(ladder[0], ladder[1], title=n) for n in ("Lift", "Lifts"))
    goes_on = escalations.accept(escalation=second, by=above)
    merging.merge(escalation=first, into=goes_on, reason="Same lift", by=above)
    decision = resolve(goes_on).decision
    for days in range(12):
        ActionPoint.objects.create(
            decision=decision, body=ladder[0], text=f"Letter {days}.", due_on=today()
        )
    client.force_login(officer_of(ladder[0]))

    for address, shown in (("/staff/", 10), ("/actions/", 12)):
        page = client.get(address)
        assert [point.text for point in page.context["points"]] == [
            f"Letter {days}." for days in range(shown)
        ]
        links = [f'<a href="/escalations/{each.reference}/">' for each in (first, goes_on)]
        assert all(page.text.count(link) >= shown for link in links)
        assert page.context.get("has_more_points", False) is (shown == 10)


def test_an_action_that_falls_to_a_body_off_the_way_does_not_tell_it_of_the_matter(client, ladder):
    elsewhere, board = make_body("Elsewhere"), ladder[1]
    chair = make_officer(elsewhere)
    above = officer_of(board)
    accepted = escalations.accept(
        escalation=make_escalation(ladder[0], board, title="A secret"), by=above
    )
    settled = resolve(accepted)
    decisions.add_action(
        escalation=settled, text="Write to them", body=elsewhere, due_on=today(), by=above
    )
    meeting = Meeting.objects.create(body=elsewhere, starts_at=timezone.now())
    addresses = ("/actions/", "/staff/", f"/bodies/{elsewhere.slug}/meetings/{meeting.pk}/pack/")

    def knows():
        return Decision.objects.known_to(standing_of(chair)).exists()

    assert not knows()
    client.force_login(chair)

    for address in addresses:
        page = client.get(address).text
        assert "Write to them" in page and f"a decision of {board}" in page
        assert "A secret" not in page and settled.reference not in page

    for body in (ladder[0], board):
        make_member(body, person=chair)
        assert knows()
        for address in addresses:
            assert "A secret" in client.get(address).text
        Membership.objects.filter(seat__body=body, person=chair).delete()
        structure_edited()
    make_member(ladder[0], person=chair)
    assert settled.reference in client.get("/actions/").text


def test_an_action_of_somebody_who_cannot_sign_in_any_more_is_for_the_officers(client, ladder):
    board = ladder[1]
    gone = make_member(board, person=make_person(first_name="Olu", last_name="Gone"))
    above = officer_of(board)
    matter = resolve(escalations.accept(escalation=make_escalation(ladder[0], board), by=above))
    decisions.add_action(
        escalation=matter, text="Order it", body=board, person=gone, due_on=today(), by=above
    )
    meeting = Meeting.objects.create(body=board, starts_at=timezone.now())
    pack = f"/bodies/{board.slug}/meetings/{meeting.pk}/pack/"
    client.force_login(above)
    assert "Action for Olu Gone, " in text_of(client.get("/actions/").text)

    gone.is_active = False
    gone.save()

    to_officers = f"Action for the officers of {board}, as Olu Gone cannot sign in any more"
    for address in ("/actions/", "/staff/", page_of(matter)):
        assert to_officers in text_of(client.get(address).text)
    assert "the officers, as Olu Gone cannot sign in any more" in text_of(client.get(pack).text)
    client.post(f"/actions/{ActionPoint.objects.get().pk}/done/", {"note": "Ordered"})
    assert "Action for Olu Gone, " in text_of(client.get("/actions/?show=done").text)


@pytest.mark.parametrize("deed", ["done", "move"])
def test_what_was_typed_for_an_action_that_is_done_meanwhile_can_be_copied(
    client, ladder, point, deed
):
    above, below = officer_of(ladder[1]), officer_of(ladder[0])
    decisions.finish(action_point=point, by=below, note="Sent by post")
    client.force_login(above)

    typed = as_posted(today() + timedelta(days=7), was=today(), reason="It snows")
    page = client.post(f"/actions/{point.pk}/{deed}/", typed | {"note": "It snows"})

    assert page.status_code == 409
    assert "It snows</textarea>" in page.text
    assert "Sent by post" in page.text


def test_what_is_wrong_with_a_note_is_said_however_many_actions_are_open(client, ladder, point):
    same = {"decision": point.decision, "body": ladder[0], "text": "Before it"}
    ActionPoint.objects.bulk_create(
        ActionPoint(**same, due_on=today() - timedelta(days=1)) for _ in range(100)
    )
    client.force_login(officer_of(ladder[0]))

    page = client.post(f"/actions/{point.pk}/done/", {"note": "n" * 2001}).text

    assert "This text has 2,001 characters" in page and "n" * 2001 in page


def as_posted(day, *, was, reason="The letter has to be translated"):
    fields = {"due_on_day": day.day, "due_on_month": day.month, "due_on_year": day.year}
    return fields | {"reason": reason, "was": was.isoformat()}


def test_the_day_of_an_action_is_moved_with_a_reason_and_its_history_stays(client, ladder, point):
    above, later = officer_of(ladder[1]), today() + timedelta(days=7)
    OutboxMessage.objects.all().delete()
    client.force_login(above)

    for _ in range(2):
        posted = as_posted(later, was=point.due_on)
        assert client.post(f"/actions/{point.pk}/move/", posted).status_code == 302

    point.refresh_from_db()
    assert point.due_on == later
    page = client.get("/actions/").text
    assert f"by {above}: The letter has to be translated" in page
    assert page.count("Moved from") == 1
    told = OutboxMessage.objects.get(to=officer_of(ladder[0]).email)
    assert told.subject == "The day of an action of yours was moved"
    assert "translated" not in told.text


def test_an_action_for_another_body_is_not_said_to_be_there_already(client, ladder, matter):
    bottom, middle, _ = ladder
    resolved = resolve(matter)
    client.force_login(officer_of(middle))
    day = today() + timedelta(days=9)
    form = {"kind": "action", "note": "Write to them", "seen": Matter(resolved).seen}
    form |= {"due_on_day": day.day, "due_on_month": day.month, "due_on_year": day.year}

    answers = [
        client.post(page_of(resolved, "add-action"), form | {"owner": body.pk}).status_code
        for body in (bottom, bottom, middle)
    ]

    assert answers == [302, 302, 409]
    assert ActionPoint.objects.get().body == bottom


def test_who_moves_a_day_to_the_one_that_a_colleague_chose_is_told_of_it(client, ladder, point):
    was, later = point.due_on, today() + timedelta(days=7)
    colleague = make_officer(ladder[1])
    decisions.move_due_day(
        action_point=point, due_on=later, reason="Theirs", by=colleague, seen=was
    )
    client.force_login(officer_of(ladder[1]))

    page = client.post(f"/actions/{point.pk}/move/", as_posted(later, was=was, reason="Mine"))

    assert page.status_code == 409
    assert "its day was moved to" in page.text and "Mine" in page.text


def test_the_day_of_an_action_that_is_done_is_not_said_to_be_moved(client, ladder, point):
    decisions.finish(action_point=point, by=officer_of(ladder[0]))
    client.force_login(officer_of(ladder[1]))
    posted = as_posted(point.due_on, was=point.due_on)

    page = client.post(f"/actions/{point.pk}/move/", posted)

    assert page.status_code == 409
    assert "This is done already" in page.text


def test_only_officers_of_the_body_that_decided_an_action_move_its_day(client, ladder, point):
    later = as_posted(today() + timedelta(days=7), was=point.due_on)

    for other in (officer_of(ladder[0]), make_member(ladder[1])):
        client.force_login(other)
        assert "Move its day" not in client.get("/actions/").text
        assert client.post(f"/actions/{point.pk}/move/", later).status_code == 403


@pytest.mark.parametrize(
    ("days", "reason", "sentence"),
    [
        (-1, "Because", "Enter a day on or after"),
        (0, "Because", "This is the day it has"),
        (3, "", "Write why the day is moved"),
        (3, "x" * 101, "Shorten it by 1"),
    ],
)
def test_a_day_that_cannot_be_is_said_at_its_field_and_kept(
    client, ladder, point, days, reason, sentence
):
    client.force_login(officer_of(ladder[1]))
    posted = as_posted(today() + timedelta(days=days), was=point.due_on, reason=reason)

    page = client.post(f"/actions/{point.pk}/move/", posted)

    assert page.status_code == 200
    summary, listed = page.text.split("<h1>")
    assert sentence in summary and sentence in listed
    assert re.search(rf'href="#id_move_{point.pk}_[a-z_]+"', summary)
    assert "<title>Error: " in summary
    assert reason in page.text
    assert ActionPoint.objects.get().due_on == today()


def test_who_moves_a_day_that_was_moved_meanwhile_is_told(client, ladder, point):
    client.force_login(officer_of(ladder[1]))
    address, was = f"/actions/{point.pk}/move/", point.due_on
    client.post(address, as_posted(today() + timedelta(days=3), was=was))

    page = client.post(address, as_posted(today() + timedelta(days=9), was=was))

    assert page.status_code == 409
    assert "Since you opened this page, its day was moved" in page.text
    assert ActionPoint.objects.get().due_on == today() + timedelta(days=3)


def test_the_list_of_actions_costs_the_same_for_many_as_for_one(
    client, ladder, matter, django_assert_num_queries
):
    by, resolved = officer_of(ladder[1]), resolve(matter)
    client.force_login(by)

    def add(times):
        for number in range(times):
            decisions.add_action(
                escalation=resolved, text=f"No. {number}", body=ladder[0], due_on=today(), by=by
            )

    add(1)
    client.get("/actions/")
    with django_assert_num_queries(9):
        client.get("/actions/")
    add(30)
    with django_assert_num_queries(9):
        client.get("/actions/")


def test_the_engagement_team_raises_for_the_centre_of_excellence(ladder):
    centre = make_body(kind=make_kind("centre-of-excellence"))
    make_escalation_line(centre, ladder[1])
    team = make_engagement_team_member()

    matter = make_escalation(centre, ladder[1], by=team)

    assert sees(team, matter)
    with pytest.raises(PermissionDenied):
        make_escalation(ladder[0], ladder[1], by=team)
