"""A matter that Living Well cannot settle, up to the Executive Board and its outcome."""

from playwright.sync_api import expect

from governance.models import Escalation
from governance.workflow import EscalationStatus
from tests.plugins.browser import PHONE

TITLE = "No interpreters in the evening"
OUTCOME = "The partners pay for interpreters until eight, from 1 February."


def test_a_matter_goes_up_the_recorded_lines_to_its_outcome(visit_as, axe_faults, html_faults):
    member = visit_as("demo-member")
    member.goto("/escalations/new/?body=living-well")
    member.get_by_label("Title").fill(TITLE)
    member.get_by_label("Access to services").check()
    member.get_by_label("What is the situation?").fill("Two evenings a week have none.")
    member.get_by_label("What do you ask of the body above?").fill("Agree on hours until eight.")
    assert axe_faults(member) == []
    assert html_faults(member.content()) == []
    member.get_by_role("button", name="Raise this matter").click()
    expect(member.get_by_role("heading", level=1)).to_contain_text(TITLE)
    matter = Escalation.objects.get(title=TITLE)
    assert matter.current_body.slug == "operational-management-group"

    omg = visit_as("demo-operational-management-group-officer", width=PHONE, javascript=False)
    omg.get_by_role("link", name=TITLE).first.click()
    omg.get_by_role("button", name="Accept this matter").click()
    omg.get_by_text("Pass it up", exact=True).first.click()
    only_way_up = omg.get_by_label("THT Executive Board")
    if only_way_up.count():
        only_way_up.check()
    omg.get_by_label("Why do you pass it up?").fill("The partners have to agree on the money.")
    omg.get_by_role("button", name="Pass it up").click()
    expect(omg.locator("main")).to_contain_text("THT Executive Board")

    board = visit_as("demo-executive-board-officer")
    board.get_by_role("link", name=TITLE).first.click()
    board.get_by_role("button", name="Accept this matter").click()
    board.get_by_text("Resolve it with a decision", exact=True).first.click()
    board.get_by_label("Title of the decision").fill("Money for the evening clinic")
    board.get_by_label("What was decided, and what happens now?").fill(OUTCOME)
    board.get_by_role("button", name="Resolve this matter").click()
    expect(board.locator("main")).to_contain_text(OUTCOME)
    assert axe_faults(board) == []
    assert html_faults(board.content()) == []

    member.goto(f"/escalations/{matter.reference}/")
    expect(member.locator("main")).to_contain_text(OUTCOME)
    matter.refresh_from_db()
    assert matter.status == EscalationStatus.RESOLVED
    way = [step.to_body.slug for step in matter.steps.select_related("to_body")]
    assert way == [
        "operational-management-group",
        "operational-management-group",
        "executive-board",
        "executive-board",
        "executive-board",
    ]


def test_two_officers_press_at_once_and_the_second_keeps_what_was_typed(visit_as):
    first = visit_as("demo-operational-management-group-officer")
    second = visit_as("demo-operational-management-group-officer")
    matter = Escalation.objects.get(title__contains="stop-smoking")
    for page in (first, second):
        page.goto(f"/escalations/{matter.reference}/")
    second.get_by_label("A word for those who wait").fill("We look at it on Tuesday.")

    first.get_by_role("button", name="Accept this matter").click()
    expect(first.locator("main")).to_contain_text("Accepted")
    second.get_by_role("button", name="Accept this matter").click()

    expect(second.locator("main")).to_contain_text("We look at it on Tuesday.")
    assert matter.steps.filter(kind="accepted").count() == 1
