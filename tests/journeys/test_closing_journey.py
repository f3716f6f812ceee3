"""An administrator closes a committee from tomorrow; today does not change."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from governance.models import Body
from localities.models import Postcode, Ward
from tests.factories import make_submission
from tests.plugins.browser import PHONE

REASON = "Agreed by the Board on 20 November 2026."
LEFT = "Its messages go to triage until the review is over."


def test_a_body_closed_from_tomorrow_is_there_today_and_gone_tomorrow(visit_as, new_page):
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    body = Body.objects.get(slug="communications-working-group")

    editor = visit_as("demo-governance-admin")
    editor.goto(f"/admin/governance/body/{body.pk}/change/")
    editor.get_by_role("link", name="Close", exact=True).click()
    editor.locator("#id_last_day").fill(today.isoformat())
    editor.get_by_role("button", name="Show what it touches").click()
    expect(editor.locator("#content-main")).to_contain_text("Nothing is done yet")
    rules = editor.get_by_role("region", name="Rules that route messages")
    expect(rules).to_contain_text("It ends: the next rule that fits decides.")
    rules.get_by_role("textbox").fill(LEFT)
    editor.locator("#id_reason").fill(REASON)
    editor.get_by_role("button", name="Close the body").click()
    expect(editor.locator(".messagelist")).to_contain_text("is recorded")

    reader = new_page()
    reader.goto("/structure/")
    expect(reader.locator(".tht-chart")).to_contain_text("Communications Working")
    reader.goto(f"/structure/?as_on={tomorrow.isoformat()}")
    expect(reader.locator(".tht-chart")).not_to_contain_text("Communications Working")
    expect(reader.locator(".tht-as-on")).to_be_visible()
    reader.goto(f"/bodies/communications-working-group/?as_on={tomorrow.isoformat()}")
    expect(reader.locator("main")).to_contain_text("Its last day is")
    reader.goto("/structure/changes/")
    expect(reader.locator("main")).to_contain_text("Communications Working Group closes.")

    version = body.history.latest()
    assert (version.history_user.username, version.history_change_reason) == (
        "demo-governance-admin",
        f"{REASON} {LEFT}",
    )


def test_a_message_before_a_closed_committee_is_answered_by_the_one_that_follows(visit_as):
    today = timezone.localdate()
    postcode = Postcode.objects.filter(
        ward_gss__in=Ward.objects.filter(localities__locality="se").values("gss")
    ).first()
    topic = "gp-pharmacy-dentist-optician"
    submission = make_submission(topic=topic, place=postcode.code)
    body = Body.objects.get(slug="se-health-and-wellbeing-committee")

    editor = visit_as("demo-governance-admin", width=PHONE)
    editor.goto(f"/admin/governance/body/{body.pk}/close/")
    editor.locator("#id_last_day").fill((today - timedelta(days=1)).isoformat())
    editor.locator("#id_successor").select_option(label="SW Health & Wellbeing Committee")
    editor.get_by_role("button", name="Show what it touches").click()
    preview = editor.locator("#content-main")
    expect(preview).to_contain_text(submission.reference)
    expect(preview).to_contain_text("The SW Health & Wellbeing Committee has it.")
    editor.locator("#id_reason").fill(REASON)
    editor.get_by_role("button", name="Close the body").click()
    expect(editor.locator(".messagelist")).to_contain_text("is recorded")

    officer = visit_as("demo-sw-health-and-wellbeing-committee-officer")
    officer.get_by_role("link", name=submission.reference).click()
    expect(officer.locator("main")).to_contain_text(
        "the SW Health & Wellbeing Committee (for the SE Health & Wellbeing Committee, which it "
        "follows)"
    )
    officer.get_by_text("Answer it", exact=True).click()
    officer.get_by_label("Your answer").fill("There are more appointments from Monday.")
    officer.get_by_role("button", name="Answer").click()
    expect(officer.locator("main")).to_contain_text(
        "Answered by the SW Health & Wellbeing Committee"
    )


def test_an_administrator_who_breaks_a_rule_is_told_in_a_sentence(visit_as):
    editor = visit_as("demo-governance-admin")
    omg = Body.objects.get(slug="operational-management-group")
    living_well = Body.objects.get(slug="living-well")

    editor.goto("/admin/governance/reportingline/add/")
    editor.locator("#id_from_body").select_option(str(omg.pk))
    editor.locator("#id_kind").select_option("escalates_to")
    editor.locator("#id_to_body").select_option(str(living_well.pk))
    editor.locator("#id_evidence").select_option("assumed")
    editor.locator("#id_reasoning").fill("Groups of its kind do.")
    editor.locator("#id_reason").fill(REASON)
    editor.get_by_role("button", name="Save", exact=True).click()

    expect(editor.locator(".errornote, .errorlist").first).to_be_visible()
    expect(editor.locator("#content")).to_contain_text("This would close a ring")
    expect(editor.locator("#id_reason")).to_have_value(REASON)
