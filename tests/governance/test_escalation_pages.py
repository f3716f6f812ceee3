"""The pages of escalations: who sees what, what they offer, and what they do with a refusal."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client

from governance import readers
from governance.actions import asides, decisions, escalations, merging
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.models import BodyName, Escalation, EscalationStep, Membership
from governance.permissions import can_see_escalation, standing_of
from governance.workflow import Move
from tests.factories import (
    listed_for,
    make_draft,
    make_escalation,
    make_governance_administrator,
    make_member,
    make_officer,
    make_person,
    make_upload,
    officer_of,
    today,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db

LIST = "/escalations/"
NEW = "/escalations/new/"


def page_of(matter, move=None):
    return f"/escalations/{matter.reference}/" + (f"{move}/" if move else "")


def moves_offered(response):
    """The deeds to which the forms of a page post."""
    return set(re.findall(r'(?:form)?action="/escalations/E-[0-9-]+/([a-z-]+)/"', response.text))


def hidden(response, name):
    return re.search(f'name="{name}" value="([^"]*)"', response.text)[1]


@pytest.fixture
def matter(ladder):
    return make_escalation(ladder[0], ladder[1])


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
    assert f"The officers of {matter.current_body.name} act on it." in text


def test_a_page_tells_its_officers_that_they_act(client, matter):
    client.force_login(officer_of(matter.current_body))

    text = client.get(page_of(matter)).text

    assert f"As an officer of {matter.current_body.name}, you act on it." in text


def test_the_way_shows_each_body_with_its_line_and_how_it_is_known(client, ladder):
    client.force_login(officer_of(ladder[0]))

    text = client.get(f"{NEW}?body={ladder[0].slug}").text

    for body in ladder[1:]:
        assert f'href="/bodies/{body.slug}/"' in text
    assert text.count("tht-evidence--assumed") == 2


# --- Moving ---------------------------------------------------------------------------------------


def test_a_matter_goes_up_and_comes_back_through_its_pages(client, ladder):
    bottom, middle, top = ladder
    member = make_member(bottom)

    def post(person, matter, move, **words):
        client.force_login(person)
        seen = hidden(client.get(page_of(matter)), "seen")
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
    form["sending_token"] = hidden(client.get(address), "sending_token")

    locations = {client.post(address, form)["Location"] for _ in range(2)}

    assert len(locations) == 1
    assert EscalationStep.objects.count() == 1


def test_a_second_press_of_a_move_is_as_good_as_the_first(client, ladder, matter):
    bottom, middle, top = ladder
    client.force_login(officer_of(middle))
    presses = [("accept", {"note": "Yes"}), ("pass-up", {"note": "Up\r\nnow", "to_body": top.slug})]

    for move, words in presses:
        seen = hidden(client.get(page_of(matter)), "seen")
        for _ in range(2):
            response = client.post(page_of(matter, move), {"seen": seen, **words})
            assert (response.status_code, response["Location"]) == (302, page_of(matter))

    assert [step.kind for step in matter.steps.all()] == ["raised", "accepted", "passed_up"]


def test_a_draft_saved_or_raised_twice_by_the_same_press_is_no_conflict(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))
    form = words_of_a_matter(title="Anew", tried="One\r\ntwo") | {"to_body": ladder[1].slug}

    for move in ("edit", "raise"):
        form["seen"] = hidden(client.get(page_of(draft)), "seen")
        for _ in range(2):
            assert client.post(page_of(draft, move), form).status_code == 302

    assert draft.steps.count() == 1


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


# --- Refusals -------------------------------------------------------------------------------------


def test_a_stale_page_is_refused_and_what_was_typed_is_kept_in_the_form(client, matter):
    by, colleague = officer_of(matter.current_body), make_officer(matter.current_body)
    matter = escalations.accept(escalation=matter, by=by)
    client.force_login(by)
    seen = hidden(client.get(page_of(matter)), "seen")
    matter = escalations.send_back(escalation=matter, question="Why?", by=colleague)
    escalations.answer_back(escalation=matter, answer="So", by=officer_of(matter.raising_body))

    response = client.post(page_of(matter, "resolve"), {"seen": seen, "note": "We agreed <so>"})

    assert response.status_code == 409
    assert "Since you opened this page" in response.text
    assert "We agreed &lt;so&gt;" in response.text
    assert "We agreed" not in Escalation.objects.get().steps.last().note

    again = {"seen": hidden(response, "seen"), "note": "We agreed <so>"}
    assert client.post(page_of(matter, "resolve"), again).status_code == 302


def test_what_was_typed_is_shown_to_be_copied_where_its_form_no_longer_stands(client, matter):
    by, colleague = officer_of(matter.current_body), make_officer(matter.current_body)
    matter = escalations.accept(escalation=matter, by=by)
    client.force_login(by)
    seen = hidden(client.get(page_of(matter)), "seen")
    escalations.resolve(escalation=matter, outcome="Done", by=colleague)

    response = client.post(page_of(matter, "send-back"), {"seen": seen, "note": "Since when?"})

    assert response.status_code == 409
    assert f"{colleague} resolved it for" in response.text
    assert re.search(r"<textarea[^>]*readonly>\s*Since when\?</textarea>", response.text)


def test_a_title_that_was_typed_with_a_decision_is_shown_with_it(client, matter):
    by, colleague = officer_of(matter.current_body), make_officer(matter.current_body)
    matter = escalations.accept(escalation=matter, by=by)
    client.force_login(by)
    seen = hidden(client.get(page_of(matter)), "seen")
    escalations.send_back(escalation=matter, question="Why?", by=colleague)

    posted = {"seen": seen, "title": "A lift for Bow", "note": "It comes in March."}
    response = client.post(page_of(matter, "resolve"), posted)

    assert response.status_code == 409
    assert re.search(r"readonly>\s*A lift for Bow\s+It comes in March\.</textarea>", response.text)


def test_a_stale_draft_shows_what_is_saved_beside_what_was_typed(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))
    seen = hidden(client.get(page_of(draft)), "seen")
    escalations.edit_draft(
        escalation=draft,
        by=make_officer(ladder[0]),
        **words_of_a_matter(situation="A colleague wrote this."),
    )

    response = client.post(
        page_of(draft, "edit"), words_of_a_matter(situation="I wrote this.") | {"seen": seen}
    )

    assert response.status_code == 409
    assert "A colleague wrote this." in response.text
    assert "I wrote this." in response.text


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("", "Write what was decided"),
        ("  \r\n ", "Write what was decided"),
        ("x" * 5001, "This text has 5,001 characters. Shorten it by 1, to 5,000 or fewer"),
        ("nul \x00 here", "Leave out the unreadable character"),
    ],
)
def test_words_that_cannot_be_taken_are_kept_with_the_reason(client, matter, note, says):
    matter = escalations.accept(escalation=matter, by=officer_of(matter.current_body))
    client.force_login(officer_of(matter.current_body))

    response = client.post(page_of(matter, "resolve"), {"note": note})

    assert says in response.text
    assert 'href="#id_resolve_note"' in response.text
    assert note.strip().replace("\x00", "") in response.text
    assert Escalation.objects.get().status == "accepted"


def test_a_line_break_counts_as_one_character(client, matter):
    matter = escalations.accept(escalation=matter, by=officer_of(matter.current_body))
    client.force_login(officer_of(matter.current_body))

    response = client.post(page_of(matter, "resolve"), {"note": "a\r\n" * 2499 + "ab"})

    assert response.status_code == 302


def test_raising_asks_for_what_is_missing_and_a_draft_only_for_a_title(client, ladder):
    client.force_login(officer_of(ladder[0]))
    address = f"{NEW}?body={ladder[0].slug}"

    response = client.post(address, {"deed": "raise", "tried": "All of it"})
    for sentence in (
        "Enter a title",
        "Choose what kind of matter it is",
        "Describe the situation",
        "Write what you ask of the body above",
        "Choose the body to raise it to",
    ):
        assert sentence in response.text
    assert "All of it" in response.text

    response = client.post(address, {"deed": "edit", "tried": "All of it"})
    assert "Enter a title" in response.text
    assert "Describe the situation" not in response.text


def test_a_day_that_is_no_day_or_has_passed_is_refused_with_what_was_typed(client, ladder):
    client.force_login(officer_of(ladder[0]))
    day = {"needed_by_day": "31", "needed_by_month": "2", "needed_by_year": "2027"}

    response = client.post(f"{NEW}?body={ladder[0].slug}", {"title": "Late", "deed": "edit", **day})

    assert "Enter a real day" in response.text
    assert 'value="31"' in response.text
    day["needed_by_year"] = "2020"
    response = client.post(f"{NEW}?body={ladder[0].slug}", {"title": "Late", "deed": "edit", **day})
    assert Escalation.objects.count() == 0


def test_a_matter_refused_at_the_last_moment_leaves_no_draft_and_keeps_the_text(client, ladder):
    client.force_login(officer_of(ladder[0]))
    Membership.objects.filter(seat__body=ladder[1]).delete()

    response = client.post(
        f"{NEW}?body={ladder[0].slug}",
        words_of_a_matter() | {"to_body": ladder[1].slug, "deed": "raise"},
    )

    assert response.status_code == 409
    assert "has nobody to receive this matter" in response.text
    assert "They take nine days." in response.text
    assert Escalation.objects.count() == 0


def test_where_no_line_leads_up_a_matter_is_kept_as_a_draft(client, ladder):
    top = ladder[-1]
    client.force_login(officer_of(top))
    address = f"{NEW}?body={top.slug}"

    response = client.post(address, words_of_a_matter() | {"deed": "raise"})

    assert "There is no body above to raise it to" in response.text
    client.post(address, words_of_a_matter() | {"deed": "edit"})
    assert Escalation.objects.get().status == "draft"


def test_whoever_sits_on_nothing_is_told_so(client):
    client.force_login(make_person())

    response = client.get(NEW)

    assert response.status_code == 200
    assert "You do not sit on a body today" in response.text


def test_whoever_sits_on_several_bodies_chooses_one(client, ladder):
    person = make_member(ladder[0])
    make_member(ladder[1], person=person)
    client.force_login(person)

    response = client.get(NEW)

    for body in ladder[:2]:
        assert f'href="{NEW}?body={body.slug}"' in response.text


def test_nobody_raises_a_matter_for_a_body_they_do_not_sit_on(client, ladder):
    client.force_login(officer_of(ladder[1]))

    assert client.get(f"{NEW}?body={ladder[0].slug}").status_code == 403
    assert client.get(f"{NEW}?body=no-such-body").status_code == 404


def test_a_body_with_markup_in_its_name_harms_no_page(client, ladder, matter):
    BodyName.objects.filter(body=ladder[1]).update(name="Estates & <b>IT</b>")
    structure_edited()
    client.force_login(officer_of(ladder[0]))

    for address in (LIST, page_of(matter), f"{NEW}?body={ladder[0].slug}"):
        assert "<b>IT" not in client.get(address).text


def test_a_form_whose_proof_is_too_old_comes_back_with_what_was_typed(ladder):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer_of(ladder[0]))
    draft = make_draft(ladder[0])
    raised = make_escalation(ladder[0], ladder[1])
    posts = {
        f"{NEW}?body={ladder[0].slug}": words_of_a_matter(situation="Typed at length"),
        page_of(draft, "edit"): words_of_a_matter(situation="Typed at length"),
        page_of(draft, "raise"): words_of_a_matter(situation="Typed at length"),
        page_of(raised, "withdraw"): {"note": "Typed at length"},
        page_of(raised, "pass-up"): {"note": "Typed at length"},
    }

    for address, form in posts.items():
        response = client.post(address, form)
        assert response.status_code == 403
        assert "Nothing was sent yet" in response.text
        assert "Typed at length" in response.text
    assert Escalation.objects.filter(situation="Typed at length").count() == 0
    client.logout()
    assert "Typed" not in client.post(page_of(raised, "withdraw"), {"note": "Typed"}).text


# --- The list -------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_the_filter_stands_in_the_address(client, ladder):
    bottom, middle, _ = ladder
    first = make_escalation(bottom, middle, title="Lifts that fail", category="estates_and_it")
    second = make_escalation(bottom, middle, title="Late letters")
    escalations.accept(escalation=second, by=officer_of(middle))
    client.force_login(officer_of(middle))

    def listed(query):
        text = client.get(f"{LIST}?{query}").text
        return [matter for matter in (first, second) if matter.reference in text]

    assert listed("") == [first, second]
    assert listed("status=accepted") == [second]
    assert listed("status=open") == [first, second]
    assert listed("status=resolved") == []
    assert listed("category=estates_and_it") == [first]
    assert listed(f"body={bottom.slug}") == [first, second]
    assert listed(f"body={ladder[2].slug}") == []
    assert listed("q=LIFTS+fail") == [first]
    assert listed(f"q={second.reference.lower()}") == [second]
    assert listed("q=nine+lift") == [first]
    assert listed("q=100%25") == []


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense",
        "body=nonsense",
        "category=nonsense",
        "before=nonsense",
        "order=nonsense",
        "before=0",
        "before=12",
        "before=2026-13-01.1",
        "before=2026-11-01.x",
        "order=newest&before=2026-11-01.1",
        "after=-1",
        "after=9" + "9" * 30,
        "q=" + "x" * 121,
    ],
)
def test_a_filter_that_is_not_understood_is_answered_with_a_sentence(client, matter, query):
    client.force_login(officer_of(matter.current_body))

    response = client.get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert "There is a problem" in response.text
    assert matter.reference not in response.text


@pytest.mark.parametrize("order", ["newest", "due"])
def test_a_long_list_is_turned_page_by_page_and_back(client, ladder, order):
    many(ladder, 60)
    paused = Escalation.objects.filter(pk__in=Escalation.objects.order_by("pk")[:31])
    paused.update(status="sent_back")  # Their clock stands still, so they have no due day.
    readers.recount()
    in_order = {
        "newest": lambda matter: -matter.pk,
        "due": lambda matter: (matter.due_on or date.max, -matter.pk),
    }[order]
    references = [each.reference for each in sorted(Escalation.objects.all(), key=in_order)]
    client.force_login(officer_of(ladder[1]))

    def turn(address):
        text = client.get(f"{LIST}{address}").text
        links = {
            rel: href.replace("&amp;", "&")
            for href, rel in re.findall(r'href="([^"]*)" rel="(prev|next)"', text)
        }
        return re.findall(r"E-\d{4}-\d{6}(?=</span>)", text), links

    first, links = turn(f"?status=open&order={order}")
    assert (first, set(links)) == (references[:25], {"next"})
    second, links = turn(links["next"])
    assert (second, set(links)) == (references[25:50], {"prev", "next"})
    third, last_links = turn(links["next"])
    assert (third, set(last_links)) == (references[50:], {"prev"})
    back, links = turn(last_links["prev"])
    assert back == second
    back, links = turn(links["prev"])
    assert (back, set(links)) == (first, {"next"})


def many(ladder, number):
    """Raised matters, written as plain rows."""
    bottom, middle, _ = ladder
    by = officer_of(bottom)
    rows = Escalation.objects.bulk_create(
        Escalation(
            **words_of_a_matter(title=f"Matter {n}"),
            raising_body=bottom,
            current_body=middle,
            created_by=by,
            created_on=today(),
            raised_on=today(),
            status="raised",
            clock_started_on=today(),
            acknowledge_by=today() + timedelta(days=n % 7 - 2),
            answer_by=today() + timedelta(days=n % 40 - 5),
        )
        for n in range(number)
    )
    EscalationStep.objects.bulk_create(
        EscalationStep(
            escalation=row,
            kind="raised",
            at="2026-11-02T12:00Z",
            by=by,
            from_body=bottom,
            to_body=middle,
        )
        for row in rows
    )
    readers.recount()
    return rows


def test_the_order_is_the_one_in_the_address_or_the_one_somebody_has_settled(client, ladder):
    many(ladder, 3)
    first, second, third = Escalation.objects.order_by("pk")
    soonest = [first.reference, second.reference, third.reference]
    officer = officer_of(ladder[1])
    client.force_login(officer)

    def listed(query=""):
        return re.findall(r"E-\d{4}-\d{6}(?=</span>)", client.get(f"{LIST}{query}").text)

    assert listed() == soonest
    assert listed("?order=newest") == soonest[::-1]
    client.post("/staff/settings/", {"mail": "at_once", "order": "newest"})
    assert listed() == soonest[::-1]
    assert listed("?order=due") == soonest


def test_a_list_shows_one_pile_and_counts_it(client, ladder):
    many(ladder, 3)  # The first two are past their day.
    client.force_login(officer_of(ladder[1]))

    page = client.get(f"{LIST}?status=overdue")

    assert "2 matters." in page.text
    assert [row.escalation.title for row in page.context["rows"]] == ["Matter 0", "Matter 1"]
    assert client.get(f"{LIST}?status=new").context["number"] == "1"


@pytest.mark.parametrize(
    ("address", "most"),
    [(LIST, 11), (f"{LIST}?status=open&q=matter", 11), (f"{LIST}?order=newest", 10)],
)
def test_the_list_asks_no_more_of_the_database_with_a_thousand_matters_than_with_ten(
    client, ladder, django_assert_max_num_queries, address, most
):
    if "q=" in address and connection.vendor == "postgresql":
        most += 1  # how many it expects to find
    client.force_login(officer_of(ladder[1]))
    many(ladder, 10)
    client.get(LIST)

    with django_assert_max_num_queries(most):
        client.get(address)
    many(ladder, 990)
    with django_assert_max_num_queries(most):
        client.get(address)


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
    with django_assert_num_queries(15):
        client.get(page_of(matter))
    put_in(15)
    with django_assert_num_queries(15):
        client.get(page_of(matter))


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
    with django_assert_num_queries(15):
        client.get(page_of(matter))
    add(20)
    with django_assert_num_queries(15):
        client.get(page_of(matter))
