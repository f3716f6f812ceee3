"""What the pages of matters refuse, and that what was typed is kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.actions import decisions, escalations
from governance.actions.structure import structure_edited
from governance.matter import Matter
from governance.models import BodyName, Escalation, EscalationFile, Membership
from tests.factories import (
    FROM_HERE,
    make_draft,
    make_escalation,
    make_member,
    make_officer,
    make_person,
    officer_of,
    words_of_a_matter,
)
from tests.governance.matter_pages import LIST, NEW, page_of
from tests.reading import hidden_fields

pytestmark = pytest.mark.django_db


def test_a_stale_page_is_refused_and_what_was_typed_is_kept_in_the_form(client, matter):
    by, colleague = officer_of(matter.current_body), make_officer(matter.current_body)
    matter = escalations.accept(escalation=matter, by=by)
    client.force_login(by)
    seen = hidden_fields(client.get(page_of(matter)))["seen"]
    matter = escalations.send_back(escalation=matter, question="Why?", by=colleague)
    escalations.answer_back(escalation=matter, answer="So", by=officer_of(matter.raising_body))

    response = client.post(page_of(matter, "resolve"), {"seen": seen, "note": "We agreed <so>"})

    assert response.status_code == 409
    assert "Since you opened this page" in response.text
    assert "We agreed &lt;so&gt;" in response.text
    assert "We agreed" not in Escalation.objects.get().steps.last().note

    again = {"seen": hidden_fields(response)["seen"], "note": "We agreed <so>"}
    assert client.post(page_of(matter, "resolve"), again).status_code == 302


def test_what_was_typed_is_shown_to_be_copied_where_its_form_no_longer_stands(client, matter):
    by, colleague = officer_of(matter.current_body), make_officer(matter.current_body)
    matter = escalations.accept(escalation=matter, by=by)
    client.force_login(by)
    seen = hidden_fields(client.get(page_of(matter)))["seen"]
    escalations.resolve(escalation=matter, outcome="Done", by=colleague)

    response = client.post(page_of(matter, "send-back"), {"seen": seen, "note": "Since when?"})

    assert response.status_code == 409
    assert f"{colleague} resolved it for" in response.text
    assert re.search(r"<textarea[^>]* readonly[^>]*>\s*Since when\?</textarea>", response.text)


def test_who_raises_what_a_colleague_has_raised_is_told_that_and_no_fault_of_a_form_that_is_gone(
    client, ladder
):
    draft, by = make_draft(ladder[0]), officer_of(ladder[0])
    client.force_login(by)
    seen = hidden_fields(client.get(page_of(draft)))["seen"]
    colleague = make_officer(ladder[0])
    escalations.raise_matter(escalation=draft, to_body=ladder[1], by=colleague)

    words = words_of_a_matter(situation="I wrote this.") | {"to_body": ladder[1].slug}
    response = client.post(page_of(draft, "raise"), words | {"seen": seen})

    assert response.status_code == 409
    assert f"{colleague} raised it to" in response.text
    assert "I wrote this." in response.text
    assert "There is a problem" not in response.text


def test_a_title_that_was_typed_with_a_decision_is_shown_with_it(client, matter):
    by, colleague = officer_of(matter.current_body), make_officer(matter.current_body)
    matter = escalations.accept(escalation=matter, by=by)
    client.force_login(by)
    seen = hidden_fields(client.get(page_of(matter)))["seen"]
    escalations.send_back(escalation=matter, question="Why?", by=colleague)

    posted = {"seen": seen, "title": "A lift for Bow", "note": "It comes in March."}
    response = client.post(page_of(matter, "resolve"), posted)

    assert response.status_code == 409
    assert re.search(
        r" readonly[^>]*>\s*A lift for Bow\s+It comes in March\.</textarea>", response.text
    )


@pytest.fixture
def recorded(client, matter):
    """A decision of the body that is to settle the matter, whose officer is signed in."""
    by = officer_of(matter.current_body)
    escalations.accept(escalation=matter, by=by)
    client.force_login(by)
    return decisions.decide(body=matter.current_body, title="Rooms", text="We rent two.", by=by)


def resolve_with(client, matter, decision, *, number="", **typed):
    page = hidden_fields(client.get(page_of(matter)))
    sent = {"seen": page["seen"], "decision": number or decision.pk, "title": matter.title, **typed}
    return client.post(page_of(matter, "resolve"), sent)


@pytest.mark.parametrize("typed", [{"note": "It comes in March."}, {"title": "A lift for Bow"}])
def test_a_new_decision_beside_a_recorded_one_is_asked_about(client, matter, recorded, typed):
    response = resolve_with(client, matter, recorded, **typed)

    assert response.status_code == 200
    assert "You chose a decision that is recorded, and wrote a new one too" in response.text
    assert next(iter(typed.values())) in response.text
    assert not Escalation.objects.get().decision


def test_of_a_decision_that_is_not_listed_one_thing_is_said(client, matter, recorded):
    response = resolve_with(client, matter, recorded, note="In March.", number="999")

    assert "Choose one of the decisions listed" in response.text
    assert "wrote a new one too" not in response.text


def test_a_recorded_decision_settles_a_matter_whatever_else_is_not_a_day(client, matter, recorded):
    day = {"decided_on_day": "31", "decided_on_month": "2", "decided_on_year": "2026"}

    response = resolve_with(client, matter, recorded, **day)

    assert response.status_code == 302
    assert Escalation.objects.get().decision == recorded


def test_a_stale_draft_shows_what_is_saved_beside_what_was_typed(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))
    seen = hidden_fields(client.get(page_of(draft)))["seen"]
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
        ("\u200b \ufeff\u202e", "Write what was decided"),
        ("x" * 5001, "This text has 5,001 characters. Shorten it by 1, to 5,000 or fewer"),
        ("nul \x00 here", "Leave out the unreadable character"),
    ],
)
def test_words_that_cannot_be_taken_are_kept_with_the_reason(client, matter, note, says):
    matter = escalations.accept(escalation=matter, by=officer_of(matter.current_body))
    client.force_login(officer_of(matter.current_body))

    response = client.post(page_of(matter, "resolve"), {"note": note})

    assert says in response.text
    [told] = re.findall(r'<a href="#id_resolve_note">\s*([^<]*?)\s*</a>', response.text)
    names_its_field = says.startswith("Write")
    question = "What was decided, and what happens now?"
    assert told == (says if names_its_field else f"{question} {says}")
    assert note.strip().replace("\x00", "") in response.text
    assert Escalation.objects.get().status == "accepted"


def test_a_page_that_does_not_say_what_it_showed_is_taken_for_an_old_one(client, matter):
    matter = escalations.accept(escalation=matter, by=officer_of(matter.current_body))
    client.force_login(officer_of(matter.current_body))

    page = client.post(page_of(matter, "resolve"), {"note": "Typed"})

    assert page.status_code == 409
    assert "Your page did not say how this matter stood when you opened it." in page.text
    assert "Typed" in page.text
    assert Escalation.objects.get().status == "accepted"
    again = {"note": "Typed", "seen": hidden_fields(page)["seen"]}
    assert client.post(page_of(matter, "resolve"), again).status_code == 302


def test_a_line_break_counts_as_one_character(client, matter):
    matter = escalations.accept(escalation=matter, by=officer_of(matter.current_body))
    client.force_login(officer_of(matter.current_body))

    response = client.post(
        page_of(matter, "resolve"), {"note": "a\r\n" * 2499 + "ab", "seen": Matter(matter).seen}
    )

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


def test_whoever_sends_a_form_again_is_asked_to_choose_its_file_again(client, ladder):
    client.force_login(officer_of(ladder[0]))
    address, says = f"{NEW}?body={ladder[0].slug}", "Choose the file again: it could not be kept"

    def sent(to, **posted):
        posted["file"] = SimpleUploadedFile("Figures.pdf", b"%PDF-1.7 figures")
        return client.post(to, posted)

    response = sent(address, title="Late letters", deed="raise")
    assert "Describe the situation" in response.text
    assert says in response.text
    assert 'href="#id_file"' in response.text

    draft = make_draft(ladder[0])
    assert says in sent(page_of(draft, "edit"), title="").text
    Membership.objects.filter(seat__body=ladder[1]).delete()
    words = words_of_a_matter() | {"to_body": ladder[1].slug}
    refused = sent(page_of(draft, "raise"), **words)
    assert refused.status_code == 409
    assert says in refused.text
    assert not EscalationFile.objects.exists()


def test_a_file_that_is_refused_is_told_why_and_not_asked_for_again(client, ladder):
    client.force_login(officer_of(ladder[0]))

    file = SimpleUploadedFile("figures.exe", b"MZ")
    posted = {"title": "Late letters", "deed": "raise", "file": file}
    response = client.post(f"{NEW}?body={ladder[0].slug}", posted)

    assert "This kind of file is not taken." in response.text
    assert "Choose the file again" not in response.text


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
    client = Client(enforce_csrf_checks=True, headers=FROM_HERE)
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
    elsewhere = {"headers": {"origin": "null"}}
    page = client.post(page_of(raised, "withdraw"), {"note": "Typed"}, **elsewhere)
    assert "Typed" not in page.text
