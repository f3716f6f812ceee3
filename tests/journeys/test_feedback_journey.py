"""A resident's message, from the form to the answer at the receipt."""

import re

from playwright.sync_api import expect

from engagement.models import Submission
from governance.models import OutboxMessage
from tests.plugins.browser import PHONE, press

MESSAGE = "The surgery in our street closed its evening hours. I work until seven."
ANSWER = "From January the surgery opens until eight on Tuesdays. Thank you for asking."


def write_feedback(page, *, place, topic="A GP surgery"):
    page.goto("/feedback/")
    page.get_by_label("What do you want to say?").fill(MESSAGE)
    page.get_by_label(topic).check()
    page.get_by_label("Where is it about?").fill(place)
    page.get_by_label("Your e-mail address").fill("resident@example.org")
    page.get_by_label("Tell me by e-mail when there is an answer").check()
    press(page, "Continue")


def send(page):
    press(page, "Send", exact=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("We have your message")
    return page.locator(".tht-receipt__code").all_text_contents()


def open_receipt(page, reference, code):
    page.goto("/feedback/receipt/")
    page.get_by_label("Reference").first.fill(reference)
    page.get_by_role("textbox", name="Code").fill(code)
    press(page, "Open my message")


def test_a_message_about_a_gp_is_explained_answered_and_read(visit_as, new_page):
    resident = new_page(width=PHONE, javascript=False)
    write_feedback(resident, place="e3 4ab")
    why = resident.locator(".tht-because")
    expect(why).to_contain_text("NE Health & Wellbeing Committee")
    expect(why).to_contain_text("North East")
    expect(why).to_contain_text("E3 4AB")
    reference, code = send(resident)
    expect(resident.locator(".tht-because")).to_contain_text("North East")

    officer = visit_as("demo-ne-health-and-wellbeing-committee-officer")
    officer.get_by_role("link", name=re.compile(reference)).first.click()
    expect(officer.get_by_text(MESSAGE)).to_be_visible()
    expect(officer.locator(".tht-because")).to_contain_text("North East")
    officer.get_by_text("Answer", exact=False).and_(officer.locator("summary *")).first.click()
    officer.get_by_label("Your answer to the resident").fill(ANSWER)
    officer.get_by_role("button", name=re.compile("answer", re.IGNORECASE)).click()
    expect(officer.locator("main")).to_contain_text("Answered")

    open_receipt(resident, reference, code)
    expect(resident.get_by_role("region", name="The answer")).to_contain_text(ANSWER)
    to_resident = OutboxMessage.objects.filter(to="resident@example.org")
    assert to_resident.count() == 2
    for mail in OutboxMessage.objects.all():
        assert MESSAGE not in mail.text + mail.subject
        assert ANSWER not in mail.text + mail.subject
        assert code not in mail.text + mail.subject


def test_near_a_boundary_the_portal_asks_and_does_not_guess(portal, new_page):
    page = new_page(width=PHONE, javascript=False)
    write_feedback(page, place="Mile End")

    group = page.get_by_role("group", name="Which part of the borough is nearest?")
    expect(group).to_contain_text("So the NW Health & Wellbeing Committee answers it.")
    group.get_by_label("North West").check()
    reference, _ = send(page)
    expect(page.locator(".tht-because")).to_contain_text("NW Health & Wellbeing Committee")
    assert Submission.objects.with_reference(reference).get().locality_id == "nw"


def test_what_was_typed_is_kept_when_something_is_missing(portal, new_page):
    page = new_page(width=PHONE, javascript=False)
    page.goto("/feedback/")
    page.get_by_label("What do you want to say?").fill(MESSAGE)
    page.get_by_label("Your e-mail address").fill("not an address")
    press(page, "Continue")

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Choose what it is about")
    expect(page.get_by_label("What do you want to say?")).to_have_value(MESSAGE)
    expect(page.get_by_label("Your e-mail address")).to_have_value("not an address")
    assert page.title().startswith("Error: ")


def test_the_pages_of_the_form_are_accessible_and_valid(portal, new_page, axe_faults, html_faults):
    page = new_page(width=PHONE)
    page.goto("/feedback/")
    assert axe_faults(page) == []
    assert html_faults(page.content()) == []
    press(page, "Continue")
    assert axe_faults(page) == []

    write_feedback(page, place="E3 4AB")
    assert axe_faults(page) == []
    assert html_faults(page.content()) == []
    reference, code = send(page)
    assert axe_faults(page) == []
    assert html_faults(page.content()) == []
    open_receipt(page, reference, code)
    assert axe_faults(page) == []
    assert html_faults(page.content()) == []
