"""The pages of matters: who sees what, which moves they offer, and what these do."""

import re
from collections import Counter
from datetime import timedelta
from itertools import chain

import pytest

from governance.actions import asides, decisions, escalations, merging
from governance.matter import Matter
from governance.models import ActionPoint, Escalation, EscalationStep
from governance.permissions import can_see_escalation, standing_of
from governance.workflow import Move
from tests.factories import (
    listed_for,
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_lattice,
    make_member,
    make_officer,
    make_person,
    make_upload,
    officer_of,
    today,
    words_of_a_matter,
)
from tests.governance.matter_pages import LIST, NEW, moves_offered, page_of
from tests.reading import hidden_fields, text_of

pytestmark = pytest.mark.django_db


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "accept/", "withdraw/"])
def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(client, matter, address):
    response = client.get(page_of(matter) + address)

    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={page_of(matter)}{address}"


def test_a_matter_exists_for_those_on_its_way_and_governance_administrators_only(
    client, ladder, matter
):
    bottom, middle, top = ladder
    sees = {
        make_member(bottom): 200,
        make_member(middle): 200,
        officer_of(top): 404,  # It has not come there.
        make_person(): 404,
        make_governance_administrator(): 200,
    }

    for person, status in sees.items():
        client.force_login(person)
        assert client.get(page_of(matter)).status_code == status
        if status == 404:
            assert client.post(page_of(matter, "accept")).status_code == 404
        assert (matter.reference in client.get(LIST).text) == (status == 200)


def test_a_draft_exists_for_its_author_and_the_officers_of_its_body_only(client, ladder):
    author = make_member(ladder[0])
    draft = make_draft(ladder[0], by=author)
    sees = {
        author: 200,
        officer_of(ladder[0]): 200,
        make_member(ladder[0]): 404,
        officer_of(ladder[1]): 404,
        make_governance_administrator(): 404,
    }

    for person, status in sees.items():
        client.force_login(person)
        assert client.get(page_of(draft)).status_code == status
        assert (draft.reference in client.get(LIST).text) == (status == 200)


def test_the_list_and_the_page_agree_on_who_may_see_what(ladder):
    bottom, middle, top = ladder
    make_draft(bottom)
    make_escalation(bottom, middle)
    accepted = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    escalations.pass_up(escalation=accepted, to_body=top, by=officer_of(middle), note="")
    escalations.withdraw(escalation=make_draft(bottom), reason="No", by=officer_of(bottom))
    people = [officer_of(body) for body in ladder]
    people += [make_member(body) for body in ladder]
    people += [make_person(), make_governance_administrator()]

    for person in people:
        standing = standing_of(person)
        everything = Escalation.objects.all()
        opened = {e.pk for e in everything if can_see_escalation(standing, Matter(e))}
        assert listed_for(standing) == opened


@pytest.mark.parametrize(
    "reference",
    ["E-2026-999999", "E-0000-000001", "e-1-1", "F-2026-000001", "E-2026-999999999999", "٢"],
)
def test_a_reference_of_no_matter_is_not_found(client, reference):
    client.force_login(make_person())

    assert client.get(f"/escalations/{reference}/").status_code == 404
    assert client.post(f"/escalations/{reference}/accept/").status_code == 404


def test_the_year_belongs_to_the_reference(client, matter):
    client.force_login(officer_of(matter.current_body))
    year, number = matter.reference.split("-")[1:]

    assert client.get(f"/escalations/E-{int(year) - 1}-{number}/").status_code == 404
    assert client.get(f"/escalations/e-{year}-{number}/").status_code == 200


def test_a_deed_is_posted_and_asking_for_its_address_leads_to_the_matter(client, matter):
    client.force_login(officer_of(matter.current_body))

    for move in Move:
        response = client.get(page_of(matter, move))
        assert (response.status_code, response["Location"]) == (302, page_of(matter))


def test_a_member_who_is_no_officer_sees_the_matter_and_may_not_move_it(client, matter):
    client.force_login(make_member(matter.current_body))

    assert moves_offered(client.get(page_of(matter))) == {"comment", "attach"}
    assert client.post(page_of(matter, "accept")).status_code == 403


# --- What a page offers ---------------------------------------------------------------------------


def test_a_page_offers_exactly_the_moves_that_its_deeds_accept(client, ladder):
    bottom, middle, _ = ladder
    below, above = officer_of(bottom), officer_of(middle)
    matter = make_draft(bottom)
    offered, asides = {}, {"comment", "attach"}

    def look(name):
        for who in (below, above):
            client.force_login(who)
            response = client.get(page_of(matter))
            offered[name, who] = moves_offered(response)

    look("draft")
    matter = escalations.raise_matter(escalation=matter, to_body=middle, by=below)
    look("raised")
    matter = escalations.accept(escalation=matter, by=above)
    look("accepted")
    matter = escalations.send_back(escalation=matter, question="Why?", by=above)
    look("sent back")
    matter = escalations.answer_back(escalation=matter, answer="So", by=below)
    matter = escalations.resolve(escalation=matter, outcome="Agreed", by=above)
    look("resolved")
    matter = escalations.reopen(escalation=matter, reason="Not so", by=above)
    matter = escalations.resolve(escalation=matter, outcome="Agreed", by=above)
    look("resolved again")

    assert offered == {
        ("draft", below): {"edit", "raise", "withdraw"},
        ("draft", above): set(),
        ("raised", below): {"withdraw"} | asides,
        ("raised", above): {"accept", "ask-out-of-line"} | asides,
        ("accepted", below): {"withdraw"} | asides,
        ("accepted", above): {"resolve", "pass-up", "send-back", "ask-out-of-line"} | asides,
        ("sent back", below): {"answer", "withdraw"} | asides,
        ("sent back", above): asides,
        ("resolved", below): {"reopen"},
        ("resolved", above): {"reopen", "add-action"},
        ("resolved again", below): set(),
        ("resolved again", above): {"add-action"},
    }


def test_a_page_shows_the_sums_of_its_deadlines_and_whose_officers_act(client, matter):
    client.force_login(officer_of(matter.raising_body))

    text = client.get(page_of(matter)).text

    for clock in Matter(matter).clocks():
        assert str(clock.sum) in text
    assert "Its officers act on it." in text


def test_a_page_tells_its_officers_that_they_act(client, matter):
    client.force_login(officer_of(matter.current_body))

    text = client.get(page_of(matter)).text

    assert "You act on it, as one of its officers." in text


def test_the_way_shows_each_body_with_its_line_and_how_it_is_known(client, ladder):
    client.force_login(officer_of(ladder[0]))

    text = client.get(f"{NEW}?body={ladder[0].slug}").text

    for body in ladder[1:]:
        assert f'href="/bodies/{body.slug}/"' in text
    assert text.count("tht-evidence--assumed") == 2


def test_where_ways_are_past_counting_each_line_stands_once_and_the_page_says_so(client, db):
    (bottom, _), (middle, _), *_ = levels = make_lattice(20)
    matter = make_escalation(bottom, middle)
    client.force_login(officer_of(bottom))

    for address, (first, *others) in (
        (f"{NEW}?body={bottom.slug}", levels[1:]),
        (page_of(matter), levels[2:]),
    ):
        page = client.get(address).text
        way = page[page.index("tht-timeline__step--now") :]
        for body in first:
            assert way.count(f'href="/bodies/{body.slug}/"') == 1
        for body in chain(*others):  # two lines lead to it, from each body below
            assert way.count(f'href="/bodies/{body.slug}/"') == 1
        lines = Counter(re.findall(r"(Body \d+) escalates to it", way))
        assert set(lines.values()) == {2}
        assert "There are too many ways up to follow each. Every line stands here once" in page


def test_lines_that_lead_to_one_body_stand_together_on_the_way(client, db):
    bottom, left, right, top, beside = (make_body() for _ in range(5))
    for below, above in (
        (bottom, left),
        (bottom, right),
        (left, top),
        (left, beside),
        (right, top),
        (right, beside),
    ):
        make_escalation_line(below, above)
    client.force_login(make_officer(bottom))

    page = client.get(f"{NEW}?body={bottom.slug}").text

    way = page[page.index("tht-timeline__step--now") :]
    for body in (left, right, top, beside):
        assert way.count(f'href="/bodies/{body.slug}/"') == 1
    assert way.count('<p class="tht-timeline__or">or</p>') == 2
    first, second = sorted((top, beside), key=lambda body: way.index(f"/bodies/{body.slug}/"))
    to_first = text_of(way[way.index(f"/bodies/{first.slug}/") : way.index(f"/{second.slug}/")])
    for below in (left, right):
        assert f"{below.name} escalates to it" in to_first


def test_a_way_that_is_not_past_counting_says_nothing_of_it(client, ladder):
    client.force_login(officer_of(ladder[0]))

    assert "too many ways" not in client.get(f"{NEW}?body={ladder[0].slug}").text


def test_todays_lines_are_compared_where_ways_are_past_counting(client, db):
    (bottom, _), (middle, _), *above = make_lattice(20)
    matter = make_escalation(bottom, middle)
    tomorrow = today() + timedelta(days=1)
    assert not Matter(matter, today=tomorrow).is_off_todays_way

    make_escalation_line(above[-1][0], make_body(), start_date=tomorrow)

    assert Matter(matter, today=tomorrow).is_off_todays_way


# --- Moving ---------------------------------------------------------------------------------------


def test_a_matter_goes_up_and_comes_back_through_its_pages(client, ladder):
    bottom, middle, top = ladder
    member = make_member(bottom)

    def post(person, matter, move, **words):
        client.force_login(person)
        seen = hidden_fields(client.get(page_of(matter)))["seen"]
        return client.post(page_of(matter, move), {"seen": seen, **words}, follow=True)

    client.force_login(member)
    response = client.post(f"{NEW}?body={bottom.slug}", {"title": "Late", "deed": "edit"})
    matter = Escalation.objects.get()
    assert response["Location"] == page_of(matter)
    response = post(member, matter, "raise", **words_of_a_matter(), to_body=middle.slug)
    assert f"You raised {matter.reference} to" in response.text
    post(officer_of(middle), matter, "accept", note="Thursday")
    post(officer_of(middle), matter, "pass-up", to_body=top.slug, note="Too large")
    post(officer_of(top), matter, "accept")
    post(officer_of(top), matter, "send-back", note="Since when?")
    post(officer_of(middle), matter, "answer", note="May")
    response = post(officer_of(top), matter, "resolve", note="Agreed, from July")
    assert "What was decided" in response.text
    response = post(officer_of(bottom), matter, "reopen", note="July has passed")

    assert [step.kind for step in matter.steps.all()] == [
        "raised",
        "accepted",
        "passed_up",
        "accepted",
        "sent_back",
        "answered",
        "resolved",
        "reopened",
    ]
    for note in ("Thursday", "Too large", "Since when?", "May", "Agreed, from July"):
        assert note in response.text


def test_a_matter_can_be_raised_without_a_draft_first(client, ladder):
    client.force_login(officer_of(ladder[0]))

    response = client.post(
        f"{NEW}?body={ladder[0].slug}",
        words_of_a_matter() | {"to_body": ladder[1].slug, "deed": "raise"},
        follow=True,
    )

    assert Escalation.objects.get().status == "raised"
    assert "You raised" in response.text


def test_the_same_form_pressed_twice_makes_one_matter(client, ladder):
    client.force_login(officer_of(ladder[0]))
    address = f"{NEW}?body={ladder[0].slug}"
    form = words_of_a_matter() | {"to_body": ladder[1].slug, "deed": "raise"}
    form["sending_token"] = hidden_fields(client.get(address))["sending_token"]

    locations = {client.post(address, form)["Location"] for _ in range(2)}

    assert len(locations) == 1
    assert EscalationStep.objects.count() == 1


def test_who_goes_back_and_sends_the_form_again_comes_to_the_same_matter(client, ladder):
    client.force_login(officer_of(ladder[0]))
    typed = words_of_a_matter() | {"to_body": ladder[1].slug}

    def send(deed, **words):
        """What a browser that went back sends: a form fetched anew, with what was typed."""
        token = hidden_fields(client.get(NEW))["sending_token"]
        return client.post(NEW, typed | {"sending_token": token, "deed": deed} | words)

    answers = [send(deed) for deed in ("edit", "edit", "raise", "raise", "edit")]

    matter = Escalation.objects.get()
    assert [answer.get("Location") for answer in answers] == [page_of(matter)] * 5
    assert (matter.status, matter.steps.count()) == ("raised", 1)

    refused = send("raise", situation="Typed anew")

    assert refused.status_code == 409
    assert f"You began {matter.reference} with the same title" in refused.text
    assert f'href="{page_of(matter)}"' in refused.text and "Typed anew" in refused.text
    assert send("raise", title="Another matter").status_code == 302
    assert Escalation.objects.count() == 2


def test_who_goes_back_and_sends_the_form_again_with_a_file_leaves_it_there(client, ladder):
    client.force_login(officer_of(ladder[0]))
    form = words_of_a_matter() | {"to_body": ladder[1].slug, "deed": "raise"}
    form["sending_token"] = hidden_fields(client.get(NEW))["sending_token"]
    client.post(NEW, form)

    for _ in range(2):
        client.post(NEW, form | {"file": make_upload().file})

    matter = Escalation.objects.get()
    assert [str(file) for file in matter.files.all()] == ["Figures"]
    assert [step.kind for step in matter.steps.all()] == ["raised", "file_added"]


def test_what_is_settled_may_be_raised_again_in_the_same_words(client, ladder):
    bottom, middle, _ = ladder
    by = officer_of(bottom)
    settled = make_escalation(bottom, middle, by=by)
    escalations.withdraw(escalation=settled, reason="It is mended.", by=by)
    make_draft(bottom, by=make_officer(bottom))  # of somebody else
    client.force_login(by)

    again = words_of_a_matter() | {"to_body": middle.slug, "deed": "raise"}
    assert client.post(NEW, again).status_code == 302

    assert Escalation.objects.filter(status="raised").count() == 1


def test_a_second_press_of_a_move_is_as_good_as_the_first(client, ladder, matter):
    bottom, middle, top = ladder
    client.force_login(officer_of(middle))
    presses = [("accept", {"note": "Yes"}), ("pass-up", {"note": "Up\r\nnow", "to_body": top.slug})]

    for move, words in presses:
        seen = hidden_fields(client.get(page_of(matter)))["seen"]
        for _ in range(2):
            response = client.post(page_of(matter, move), {"seen": seen, **words})
            assert (response.status_code, response["Location"]) == (302, page_of(matter))

    assert [step.kind for step in matter.steps.all()] == ["raised", "accepted", "passed_up"]


def test_a_draft_saved_or_raised_twice_by_the_same_press_is_no_conflict(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))
    form = words_of_a_matter(title="Anew", tried="One\r\ntwo") | {"to_body": ladder[1].slug}

    for move in ("edit", "raise"):
        form["seen"] = hidden_fields(client.get(page_of(draft)))["seen"]
        for _ in range(2):
            assert client.post(page_of(draft, move), form).status_code == 302

    assert draft.steps.count() == 1


def test_a_draft_is_not_called_saved_without_the_file_that_came_late(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))
    form = words_of_a_matter() | {"seen": Matter(draft).seen}
    client.post(page_of(draft, "edit"), form)

    refused = client.post(page_of(draft, "edit"), form | {"file": make_upload().file})

    assert refused.status_code == 409
    assert "Choose the file again" in refused.text


def test_a_draft_saved_with_a_file_or_without_one_twice_is_no_conflict(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))

    def press_twice(**files):
        form = words_of_a_matter() | {"seen": hidden_fields(client.get(page_of(draft)))["seen"]}
        for _ in range(2):
            sent = form | {name: give() for name, give in files.items()}
            assert client.post(page_of(draft, "edit"), sent).status_code == 302

    press_twice(file=lambda: make_upload().file)
    [file] = draft.files.all()
    press_twice(take_away=lambda: file.pk)

    assert not draft.files.exists()


def test_a_draft_is_not_called_saved_with_a_file_that_was_to_go(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))
    file = asides.attach(
        escalation=draft, upload=make_upload(), by=officer_of(ladder[0])
    ).files.get()
    form = words_of_a_matter() | {"seen": hidden_fields(client.get(page_of(draft)))["seen"]}
    client.post(page_of(draft, "edit"), form)

    assert client.post(page_of(draft, "edit"), form | {"take_away": file.pk}).status_code == 409


def test_a_second_file_with_the_same_reason_is_not_said_to_be_gone(client, ladder, matter):
    chair = officer_of(ladder[1])
    for content in (b"%PDF-1.7 one", b"%PDF-1.7 two"):
        asides.attach(escalation=matter, upload=make_upload(content=content), by=chair)
    client.force_login(chair)
    form = {"note": "Wrong", "seen": hidden_fields(client.get(page_of(matter)))["seen"]}
    one, two = matter.files.all()

    answers = [
        client.post(page_of(matter, "detach"), form | {"which": file.pk}).status_code
        for file in (one, one, two)
    ]

    assert answers == [302, 302, 409]
    assert matter.files.get() == two


def test_who_asked_reads_the_answer_first_until_the_matter_goes_on(client, ladder):
    bottom, middle, top = ladder
    below, above = officer_of(bottom), officer_of(middle)
    matter = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    heading = f"Answer from {bottom.name}"
    client.force_login(above)
    assert heading not in client.get(page_of(matter)).text

    matter = escalations.send_back(escalation=matter, question="Since when?", by=above)
    matter = escalations.answer_back(escalation=matter, answer="Since May.", by=below)
    asides.comment(escalation=matter, text="Noted.", by=above)

    page = client.get(page_of(matter)).text
    assert page.index(heading) < page.index("Since May.") < page.index("What you can do")
    matter = escalations.pass_up(escalation=matter, to_body=top, by=above, note="Too large for us")
    assert heading not in client.get(page_of(matter)).text


# --- As many queries for much as for little -------------------------------------------------------


def test_a_matter_asks_as_much_of_the_database_with_much_in_it_as_with_little(
    client, ladder, matter, django_assert_num_queries
):
    below, above = officer_of(ladder[0]), officer_of(ladder[1])
    matter = escalations.accept(escalation=matter, by=above)
    make_escalation(ladder[0], ladder[1])  # that it could be merged into
    client.force_login(above)

    def put_in(times):
        moved = matter
        for number in range(times):
            moved = escalations.send_back(escalation=moved, question="Why?", by=above)
            moved = escalations.answer_back(escalation=moved, answer="So", by=below)
            moved = asides.comment(escalation=moved, text=f"Comment {number}", by=below)
            upload = make_upload(content=b"%PDF-1.7 " + str((times, number)).encode())
            moved = asides.attach(escalation=moved, upload=upload, by=above)
            other = make_escalation(ladder[0], ladder[1])
            merging.merge(escalation=other, into=moved, reason="The same", by=above)

    put_in(1)
    client.get(page_of(matter))
    with django_assert_num_queries(16):
        client.get(page_of(matter))
    put_in(15)
    with django_assert_num_queries(16):
        client.get(page_of(matter))


def test_a_matter_that_was_reopened_says_that_it_cannot_be_again(client, ladder, matter):
    below, above = officer_of(ladder[0]), officer_of(ladder[1])
    sentence = "This matter was reopened once. Raise a new one if it goes on."
    matter = escalations.accept(escalation=matter, by=above)
    matter = escalations.resolve(escalation=matter, outcome="A room", by=above)

    def says_so(person):
        client.force_login(person)
        return sentence in text_of(client.get(page_of(matter)).text)

    assert not says_so(below)
    matter = escalations.reopen(escalation=matter, reason="It is too small", by=below)
    assert not says_so(below)
    matter = escalations.resolve(escalation=matter, outcome="Two rooms", by=above)

    assert says_so(below) and says_so(above)
    assert not says_so(make_member(ladder[0]))  # who could not have reopened it


def test_a_reopened_matter_shows_what_it_had_come_to_and_what_is_still_to_be_done(
    client, ladder, matter
):
    above = officer_of(ladder[1])
    matter = escalations.accept(escalation=matter, by=above)
    matter = escalations.resolve(
        escalation=matter, outcome="One more room", title="Rooms", by=above
    )
    decisions.add_action(
        escalation=matter, text="Rent it", body=ladder[1], due_on=today(), by=above
    )
    matter = escalations.reopen(escalation=matter, reason="It is too small", by=above)
    client.force_login(above)

    page = client.get(page_of(matter)).text

    before = page[page.index("What was decided before it was reopened") :]
    assert "Rooms" in before and "One more room" in before and "Rent it" in before
    point = ActionPoint.objects.get()
    assert f'action="/actions/{point.pk}/done/"' in before
    escalations.resolve(escalation=matter, outcome="Two rooms", title="More rooms", by=above)
    page = client.get(page_of(matter)).text
    assert page.index("More rooms") < page.index("before it was reopened") < page.index("Rent it")


def test_a_resolved_matter_asks_as_much_with_many_actions_as_with_one(
    client, ladder, matter, django_assert_num_queries
):
    above = officer_of(ladder[1])
    matter = escalations.accept(escalation=matter, by=above)
    matter = escalations.resolve(escalation=matter, outcome="Agreed", by=above)
    client.force_login(above)

    def add(times):
        for number in range(times):
            decisions.add_action(
                escalation=matter, text=f"No. {number}", body=ladder[0], due_on=today(), by=above
            )

    add(1)
    client.get(page_of(matter))
    with django_assert_num_queries(16):
        client.get(page_of(matter))
    add(20)
    with django_assert_num_queries(16):
        client.get(page_of(matter))
