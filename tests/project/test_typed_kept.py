"""What was typed is not lost when a form comes without its proof, nor is another site's word taken.

All cookies may be gone: deleted, or run out with the window. See also test_sign_in_again.py.
"""

import logging
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from engagement.models import Activity
from governance.actions.structure import structure_edited
from governance.models import Body
from tests.factories import (
    PASSWORD,
    make_engagement_team_member,
    make_escalation,
    make_governance_administrator,
    make_ladder,
    make_member,
    make_partnership,
    make_submission,
    make_theme,
    officer_of,
    today,
)
from tests.project.addresses import all_addresses
from tests.project.world import path_of
from tests.reading import hidden_fields

pytestmark = pytest.mark.django_db

TYPED = "Typed <at length>\nover two lines"
SHOWN = "Typed &lt;at length&gt;\nover two lines"
HERE = {"HTTP_ORIGIN": "http://testserver"}
ELSEWHERE = [
    {},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_ORIGIN": "https://elsewhere.example"},
    {"HTTP_ORIGIN": "http://testserver.elsewhere.example"},
    {"HTTP_ORIGIN": "https://elsewhere.example", "HTTP_REFERER": "http://testserver/"},
    {"HTTP_REFERER": "https://elsewhere.example/testserver"},
    {"HTTP_REFERER": "http://[testserver/"},
]
ACTIVITY = "/admin/engagement/activity/add/"
STORY = {
    "title": "Walks in Bow",
    "details": TYPED,
    "csrfmiddlewaretoken": "not-ours",
    "starts_at_0": "2026-12-01",
    "owner": "7",
    "reason": "A reason",
    "form-TOTAL_FORMS": "1",
    "form-0-id": "4711",
    "_save": "Save",
    "a_password": "hush hush",
    "secret": "K7QM-2XN4",
}


@pytest.fixture
def browser():
    """One that checks proofs as browsers meet them, and has no cookie."""
    return Client(enforce_csrf_checks=True)


def staff_addresses():
    return [each for each in all_addresses() if hasattr(each.view, "shows_again")]


def test_every_form_for_staff_is_carried_through_the_sign_in_without_a_cookie(world):
    assert len(staff_addresses()) > 40

    for address in staff_addresses():
        path = path_of(address.pattern, world)
        browser = Client(enforce_csrf_checks=True)
        page = browser.post(path, {"note": TYPED, "tick": ["1", "2"]}, **HERE)
        assert (page.status_code, "Nothing was sent" in page.text) == (403, True), path
        assert hidden_fields(page)["note"] == TYPED, path
        assert page.text.count('name="tick"') == 2, path


@pytest.mark.parametrize("is_signed_in", [True, False])
@pytest.mark.parametrize("said", ELSEWHERE)
def test_what_did_not_stand_on_a_page_of_ours_is_shown_to_nobody(browser, said, is_signed_in):
    bottom, top = make_ladder(2)
    if is_signed_in:
        browser.force_login(officer_of(top))
    addresses = [f"/escalations/{make_escalation(bottom, top).reference}/accept/", ACTIVITY]

    for address in addresses:
        page = browser.post(address, {"note": TYPED}, **said)
        assert (page.status_code, "Typed" in page.text) == (403, False)
        assert "The form could not be taken" in page.text


def test_a_browser_that_names_the_page_alone_is_believed(browser):
    page = browser.post(ACTIVITY, STORY, HTTP_REFERER=f"http://testserver{ACTIVITY}")

    assert SHOWN in page.text


def test_the_address_of_the_portal_is_here_wherever_the_request_arrived(browser):
    assert SHOWN in browser.post(ACTIVITY, STORY, HTTP_ORIGIN=settings.PORTAL_URL).text


def test_without_a_cookie_a_move_is_made_only_by_who_signs_in_and_presses(browser):
    bottom, top = make_ladder(2)
    matter = make_escalation(bottom, top)
    address = f"/escalations/{matter.reference}/accept/"

    page = browser.post(address, {"note": TYPED}, **HERE)
    who = {"again-username": officer_of(top).username, "again-password": PASSWORD}
    page = browser.post(address, hidden_fields(page) | who, **HERE)

    assert (page.status_code, "You are signed in again" in page.text) == (200, True)
    assert SHOWN in page.text
    assert matter.steps.count() == 1
    browser.post(address, hidden_fields(page) | {"note": TYPED}, **HERE)
    assert matter.steps.last().note == TYPED


def lose_seats(officer):
    officer.memberships.update(end_date=today() - timedelta(days=1))
    structure_edited()


def test_who_loses_the_seat_while_typing_can_copy_what_was_typed(client, html_faults):
    partnership = make_partnership()
    officer = partnership.officers["living-well"]
    message = make_submission(topic="healthy")
    theme = make_theme(message, lead_body=partnership.living_well, by=officer)
    lose_seats(officer)
    client.force_login(officer)
    typed = {"text": TYPED, "situation": TYPED, "reason": TYPED, "seen": 1, "deed": "edit"}

    for status in (404, 403):
        for deed in (
            *(f"/staff/feedback/{message.reference}/{deed}/" for deed in ("answer", "escalate")),
            *(f"/staff/themes/{theme.pk}/{deed}/" for deed in ("answer", "change", "escalate")),
            "/staff/feedback/F-2026-999999/answer/" if status == 404 else "/staff/outcomes/new/",
        ):
            page = client.post(deed, typed)
            assert page.status_code == status, deed
            assert "What you typed was not sent" in page.text and SHOWN in page.text, deed
            assert ">edit</textarea>" not in page.text
            assert html_faults(page.content) == []
        make_member(partnership.living_well, person=officer)  # one who reads, and may not answer
        structure_edited()


def test_so_can_who_loses_it_while_typing_about_a_matter(client):
    bottom, top = make_ladder(2)
    matter = make_escalation(bottom, top)
    officer = officer_of(top)
    lose_seats(officer)
    client.force_login(officer)

    page = client.post(f"/escalations/{matter.reference}/accept/", {"note": TYPED, "seen": 1})

    assert (page.status_code, SHOWN in page.text) == (404, True)


def test_an_address_that_is_none_gives_nothing_back(client):
    client.force_login(make_engagement_team_member())

    for address in ("/nowhere/", "/structure/", "/bodies/nowhere/"):
        assert "Typed" not in client.post(address, {"note": TYPED}).text


def test_nobody_is_signed_in_without_a_proof(browser):
    bottom, top = make_ladder(2)
    address = f"/escalations/{make_escalation(bottom, top).reference}/accept/"
    who = {"again-username": officer_of(top).username, "again-password": PASSWORD}

    page = browser.post(address, {"note": TYPED} | who, **HERE)

    assert page.status_code == 403
    assert hidden_fields(page)["note"] == TYPED
    assert "this page was open for too long, or your browser did not send the cookie" in page.text
    assert PASSWORD not in page.text and who["again-username"] not in page.text
    assert not Session.objects.exists()


def test_who_signed_in_and_out_elsewhere_meanwhile_signs_in_once_more(browser):
    bottom, top = make_ladder(2)
    address = f"/escalations/{make_escalation(bottom, top).reference}/accept/"
    who = {"username": officer_of(top).username, "password": PASSWORD}
    page = browser.get("/accounts/login/")
    page = browser.post(address, hidden_fields(page) | {"note": TYPED}, **HERE)
    for other, typed in {"/accounts/login/": who, "/accounts/logout/": {}}.items():
        proof = hidden_fields(browser.get("/accounts/login/" if typed else "/staff/"))
        browser.post(other, proof | typed, **HERE)
    assert browser.cookies[settings.CSRF_COOKIE_NAME].value
    again = {f"again-{name}": value for name, value in who.items()}

    page = browser.post(address, hidden_fields(page) | again, **HERE)

    assert hidden_fields(page)["note"] == TYPED
    assert "this page was open for too long" in page.text


# --- Forms that the admin draws -------------------------------------------------------------------


def kept_by(browser, address=ACTIVITY, form=STORY):
    page = browser.post(address, form, **HERE)
    assert page.status_code == 403
    return page


def test_a_form_of_the_admin_gives_back_what_was_typed_to_be_copied(browser, html_faults):
    page = kept_by(browser)

    assert "What you typed was not sent" in page.text
    for label, text in [
        ("Title", "Walks in Bow"),
        ("What it involves", SHOWN),
        ("Begins", "2026-12-01"),
        ("Reason", "A reason"),
    ]:
        assert f">{label}</label>" in page.text and f'readonly dir="auto">\n{text}</' in page.text
    assert page.text.count("<textarea") == 4
    assert 'method="post"' not in page.text
    for hidden in ("hush hush", "K7QM", "4711", "not-ours"):
        assert hidden not in page.text
    assert f'href="{ACTIVITY}" target="_blank"' in page.text
    assert html_faults(page.content) == []
    assert not Activity.objects.exists()


def test_so_it_gives_back_the_rows_of_the_page(browser):
    form = {"title": "Bow", "captions-0-captions": TYPED, "captions-1-language": "so"}

    page = kept_by(browser, "/admin/engagement/animation/add/", form)

    assert ">Captions, row 1</label>" in page.text and SHOWN in page.text
    assert page.text.count("<textarea") == 2  # a language is chosen from a list


def test_it_gives_back_the_name_of_a_body_that_is_typed_where_there_are_many(browser):
    by_name = {"body": "Living Well (living-well)", "on_behalf_of": "4711"}

    page = kept_by(browser, "/admin/governance/seat/add/", by_name)

    assert "Living Well (living-well)" in page.text and "4711" not in page.text


@pytest.mark.parametrize("make", [make_engagement_team_member, make_governance_administrator])
def test_so_it_does_for_who_signed_in_again_elsewhere(browser, make, html_faults):
    browser.force_login(make())

    page = kept_by(browser)

    assert SHOWN in page.text
    assert html_faults(page.content) == []


def test_so_it_does_when_the_session_has_ended(browser):
    browser.get("/accounts/login/")
    proof = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}

    page = browser.post(ACTIVITY, STORY | proof)

    assert (page.status_code, "You were signed out while you typed" in page.text) == (403, True)
    assert SHOWN in page.text
    assert "Walks in Bow" in page.text


def test_a_form_of_the_admin_with_nothing_typed_leads_to_the_sign_in_as_before(client, browser):
    ticked = {"action": "delete_selected", "_selected_action": "1", "index": "0"}

    assert client.post("/admin/governance/body/", ticked).status_code == 302
    page = browser.post("/admin/governance/body/", ticked, **HERE)
    assert "The form could not be taken" in page.text


def test_a_file_is_to_be_chosen_again_and_not_shown(browser):
    page = kept_by(browser, form=STORY | {"picture": SimpleUploadedFile("a.txt", b"in the file")})

    assert "and so is a file" in page.text
    assert "in the file" not in page.text


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/", "/admin/login/"])
def test_what_may_be_a_password_is_never_shown(browser, address):
    form = {"username": "Hush hush", "password": "Hush hush", "old_password": "Hush hush"}

    page = browser.post(address, form, **HERE)

    assert page.status_code == 403
    assert "Hush" not in page.text


def test_it_is_kept_by_no_browser_or_log_and_stands_in_no_frame(browser, caplog):
    caplog.set_level(logging.DEBUG)

    page = kept_by(browser)

    assert "no-store" in page["Cache-Control"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert "Typed" not in caplog.text and "Walks" not in caplog.text


# --- Whatever arrives -----------------------------------------------------------------------------


STAFF = "/staff/themes/"


@pytest.mark.parametrize("address", [ACTIVITY, STAFF])
def test_what_is_no_text_is_shown_as_far_as_it_is(browser, address, html_faults):
    body = b"note=a%00b%ff%fe%ed%a0%80c&%00%ff=d&=e&" + b"n" * 5000 + b"=f"

    page = browser.post(address, body, content_type="application/x-www-form-urlencoded", **HERE)

    assert page.status_code == 403
    assert "a\N{REPLACEMENT CHARACTER}b" in page.text
    assert "\0" not in page.text
    assert html_faults(page.content) == []


@pytest.mark.parametrize("address", [ACTIVITY, STAFF, "/feedback/"])
def test_too_many_fields_or_letters_are_refused_in_a_sentence(browser, address):
    fields = {f"field-{number}": "x" for number in range(2400)}

    assert browser.post(address, fields, **HERE).status_code == 400
    assert browser.post(address, {"note": "x" * 3_000_000}, **HERE).status_code == 413


@pytest.mark.parametrize("address", [ACTIVITY, STAFF])
def test_as_much_as_is_taken_comes_back(browser, address):
    fields = {f"field-{number}": f"{number} " + "<&> " * 500 for number in range(990)}

    page = browser.post(address, fields, **HERE)

    assert page.status_code == 403
    assert page.text.count("989 &lt;&amp;&gt;") == 1


def test_a_body_of_the_admin_shows_the_names_of_its_fields(browser):
    body = make_ladder(2)[0]

    page = kept_by(browser, f"/admin/governance/body/{body.pk}/change/", {"purpose": TYPED})

    assert f">{Body._meta.get_field('purpose').verbose_name.capitalize()}</label>" in page.text
