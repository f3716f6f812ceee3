"""A matter's pages in a real browser: on a phone, without JavaScript, by keyboard, for axe-core."""

import pytest
from django.utils import timezone

from governance.actions import decisions, escalations, exceptions
from governance.models import Escalation, Meeting
from tests.factories import (
    make_body,
    make_draft,
    make_escalation,
    make_governance_administrator,
    make_member,
    make_officer,
    make_person,
    officer_of,
    today,
)
from tests.plugins.browser import DESKTOP, PHONE, press
from tests.printed import sheets_of

pytestmark = pytest.mark.django_db(transaction=True)


def address(matter):
    return f"/escalations/{matter.reference}/"


def test_on_a_phone_without_javascript_a_matter_goes_up_and_is_resolved(new_page, sign_in, ladder):
    bottom, middle, top = ladder
    page = new_page(width=PHONE, javascript=False)
    sign_in(page, make_member(bottom))

    page.goto("/escalations/")
    page.click("text=Raise a matter")
    page.fill("[name=title]", "Discharge letters arrive late")
    page.click("button:has-text('Save as draft')")
    page.check("[value=quality_and_safety]")
    page.fill("[name=situation]", "They take\n\nnine days 😔")
    page.fill("[name=asked]", "A shared deadline")
    page.click("button:has-text('Raise this matter')")
    page.wait_for_selector("text=You raised")
    matter = Escalation.objects.get()
    assert matter.situation == "They take\n\nnine days 😔"

    sign_in(page, officer_of(middle))
    page.goto(address(matter))
    page.click("button:has-text('Accept this matter')")
    page.click("summary:has-text('Pass it up')")
    page.fill("#id_pass-up_note", "Too large for us")
    page.click("button:has-text('Pass it up')")
    page.wait_for_selector("text=You passed")

    sign_in(page, officer_of(top))
    page.goto(address(matter))
    page.click("button:has-text('Accept this matter')")
    page.click("summary:has-text('Resolve it')")
    page.fill("#id_resolve_note", "Agreed, from July")
    page.click("button:has-text('Resolve this matter')")
    page.wait_for_selector("text=What was decided")

    assert Escalation.objects.get().status == "resolved"


def test_by_keyboard_alone_a_refusal_is_met_first_and_leads_to_its_field(new_page, sign_in, ladder):
    matter = make_escalation(ladder[0], ladder[1])
    matter = escalations.accept(escalation=matter, by=officer_of(ladder[1]))
    page = new_page()
    sign_in(page, officer_of(ladder[1]))
    page.goto(address(matter))

    def press_until(selector, key="Tab"):
        for _ in range(60):
            page.keyboard.press(key)
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by {key}")

    press_until("summary:has(~ * [action$='/resolve/'])")
    page.keyboard.press("Enter")
    press_until("form[action$='/resolve/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There is a problem")
    assert page.evaluate("document.activeElement.className").startswith("nhsuk-error-summary")
    press_until("a[href='#id_resolve_note']")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_resolve_note"
    page.keyboard.type("Agreed")
    press_until("form[action$='/resolve/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=You resolved")


def test_pressing_enter_in_a_box_keeps_a_draft_and_raises_nothing(new_page, sign_in, ladder):
    page = new_page()
    sign_in(page, officer_of(ladder[0]))
    page.goto("/escalations/new/")

    page.fill("[name=title]", "Late")
    page.press("[name=title]", "Enter")
    page.wait_for_selector("text=is saved as a draft")
    page.fill("[name=title]", "Later")
    page.press("[name=title]", "Enter")
    page.wait_for_selector("[name=title][value=Later]")

    assert Escalation.objects.get().status == "draft"


@pytest.mark.parametrize("javascript", [True, False])
def test_who_goes_back_and_raises_again_is_led_to_the_matter(new_page, sign_in, ladder, javascript):
    page = new_page(width=PHONE, javascript=javascript)
    sign_in(page, officer_of(ladder[0]))
    page.goto("/escalations/new/")
    page.fill("[name=title]", "Discharge letters arrive late")
    page.check("[value=quality_and_safety]")
    page.fill("[name=situation]", "They take\n\nnine days")
    page.fill("[name=asked]", "A shared deadline")
    for part, typed in (("day", "31"), ("month", "December"), ("year", str(today().year))):
        page.fill(f"[name=needed_by_{part}]", typed)
    press(page, "Raise this matter")
    raised = page.url

    page.go_back()
    press(page, "Raise this matter")
    assert page.url == raised

    page.go_back()
    page.fill("[name=situation]", "They take ten days")
    press(page, "Raise this matter")
    page.get_by_role("link", name="Discharge letters arrive late").click()
    page.wait_for_url(raised)

    assert Escalation.objects.get().steps.count() == 1


def looking(page, width, sign_in, axe_faults, html_faults):
    """Make a function that judges the page somebody is on, or goes to."""
    sources = []
    page.on(
        "response", lambda answer: answer.request.is_navigation_request() and sources.append(answer)
    )

    def look(path="", *, by=None):
        if by:
            sign_in(page, by)
            page.goto(path)
        page.wait_for_load_state()
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert axe_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == DESKTOP:
            assert html_faults(sources[-1].body()) == []

    return look


@pytest.mark.parametrize("width", [320, DESKTOP])
def test_what_stands_beside_matters_reads_well_fits_and_is_valid(
    new_page, sign_in, axe_faults, html_faults, ladder, width
):
    bottom, middle, _ = ladder
    above, elsewhere, administrator = (
        officer_of(middle),
        make_body("Housing Forum"),
        make_governance_administrator(),
    )
    make_officer(elsewhere)
    page = new_page(width=width)
    look = looking(page, width, sign_in, axe_faults, html_faults)
    matter = make_escalation(bottom, middle, title="Discharge-letters-" * 6)
    exceptions.ask_out_of_line(escalation=matter, to_body=elsewhere, reason="R", by=above)
    settled = escalations.accept(escalation=make_escalation(bottom, middle), by=above)
    settled = escalations.resolve(escalation=settled, by=above, outcome="Agreed")
    asked = {"text": "Write to them", "body": bottom, "due_on": today(), "by": above}
    decisions.add_action(escalation=settled, **asked)
    meeting = Meeting.objects.create(body=middle, starts_at=timezone.now())

    look("/staff/", by=above)
    look("/staff/?q=nothing", by=above)
    look("/staff/?order=best", by=above)
    look("/staff/", by=administrator)
    look(address(matter), by=administrator)
    look("/actions/", by=above)
    look("/staff/settings/", by=above)
    look(f"/bodies/{middle.slug}/meetings/{meeting.pk}/pack/", by=above)
    page.fill("[name=title]", "Typed at length")
    page.context.clear_cookies(name="sessionid")
    page.click("button:has-text('Write it down')")
    page.wait_for_selector("text=Nothing was sent")
    look()


@pytest.mark.parametrize("width", [320, DESKTOP])
def test_every_state_reads_well_fits_and_is_valid(
    new_page, sign_in, axe_faults, html_faults, ladder, width
):
    bottom, middle, _ = ladder
    below, above = officer_of(bottom), officer_of(middle)
    page = new_page(width=width)
    look = looking(page, width, sign_in, axe_faults, html_faults)

    look("/escalations/new/", by=make_person())
    several = make_member(bottom)
    make_member(middle, person=several)
    look("/escalations/new/", by=several)
    look("/escalations/", by=below)
    look("/escalations/new/", by=below)
    page.click("button:has-text('Raise this matter')")
    page.wait_for_selector("text=There is a problem")
    look()
    draft = make_draft(bottom, title="Discharge-letters-" * 6, tried="One\ntwo")
    look(address(draft), by=below)
    matter = escalations.raise_matter(escalation=draft, to_body=middle, by=below)
    look(address(matter), by=above)
    matter = escalations.accept(escalation=matter, by=above, note="Thursday")
    look(address(matter), by=above)
    escalations.send_back(escalation=matter, by=make_officer(middle), question="Since when?")
    page.fill("#id_resolve_note", "Agreed")
    page.click("button:has-text('Resolve this matter')")
    page.wait_for_selector("text=Since you opened this page")
    look()
    look(address(matter), by=below)
    matter = escalations.answer_back(escalation=matter, by=below, answer="May")
    matter = escalations.resolve(escalation=matter, by=above, outcome="Agreed")
    look(address(matter), by=below)
    look("/escalations/?status=resolved", by=below)
    look("/escalations/?status=resolved&q=nothing", by=below)
    look("/escalations/?status=nonsense", by=below)


def test_a_long_table_of_a_pack_begins_on_the_sheet_that_its_heading_is_on(
    new_page, sign_in, ladder
):
    make_escalation(ladder[0], ladder[1])
    meeting = Meeting.objects.create(body=ladder[1], starts_at=timezone.now())
    page = new_page()
    sign_in(page, officer_of(ladder[1]))
    page.goto(f"/bodies/{ladder[1].slug}/meetings/{meeting.pk}/pack/")

    page.emulate_media(media="print")

    def kept_whole(selector):
        return page.locator(selector).first.evaluate("e => getComputedStyle(e).breakInside")

    assert kept_whole(".tht-pack__part table") == "auto"
    assert kept_whole(".tht-pack__part table tr") == "avoid"


def test_each_sheet_of_a_pack_has_its_number_and_says_that_it_is_not_public(
    new_page, sign_in, ladder
):
    make_escalation(ladder[0], ladder[1])
    meeting = Meeting.objects.create(body=ladder[1], starts_at=timezone.now())
    page = new_page()
    sign_in(page, officer_of(ladder[1]))
    page.goto(f"/bodies/{ladder[1].slug}/meetings/{meeting.pk}/pack/")

    sheets = sheets_of(page.pdf(format="A4"))

    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, 1):
        assert sheet.startswith(f"Notpublic{number}/{len(sheets)}")


def test_the_sheets_of_a_public_page_have_their_numbers_alone(new_page):
    page = new_page()
    page.goto("/privacy/")

    sheets = sheets_of(page.pdf(format="A4"))

    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, 1):
        assert sheet.startswith(f"{number}/{len(sheets)}")
