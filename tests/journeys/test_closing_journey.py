"""An administrator closes a committee from tomorrow; today does not change."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from governance.models import Body

REASON = "Agreed by the Board on 20 November 2026."


def test_a_body_closed_from_tomorrow_is_there_today_and_gone_tomorrow(visit_as, new_page):
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    body = Body.objects.get(slug="communications-working-group")

    editor = visit_as("demo-governance-admin")
    editor.goto(f"/admin/governance/body/{body.pk}/change/")
    editor.locator("#id_end_date").fill(today.isoformat())
    editor.locator("#id_reason").fill(REASON)
    editor.get_by_role("button", name="Save", exact=True).click()
    expect(editor.locator(".messagelist")).to_contain_text("was changed successfully")

    reader = new_page()
    reader.goto("/structure/")
    expect(reader.locator(".tht-chart")).to_contain_text("Communications Working")
    reader.goto(f"/structure/?as_on={tomorrow.isoformat()}")
    expect(reader.locator(".tht-chart")).not_to_contain_text("Communications Working")
    expect(reader.locator(".tht-as-on")).to_be_visible()
    reader.goto(f"/bodies/communications-working-group/?as_on={tomorrow.isoformat()}")
    expect(reader.locator("main")).to_contain_text("Its last day was")
    reader.goto("/structure/changes/")
    expect(reader.locator("main")).to_contain_text("Communications Working Group closes.")

    version = body.history.latest()
    assert (version.history_user.username, version.history_change_reason) == (
        "demo-governance-admin",
        REASON,
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
    editor.locator("#id_reason").fill(REASON)
    editor.get_by_role("button", name="Save", exact=True).click()

    expect(editor.locator(".errornote, .errorlist").first).to_be_visible()
    expect(editor.locator("#content")).to_contain_text("This would close a ring")
    expect(editor.locator("#id_reason")).to_have_value(REASON)
