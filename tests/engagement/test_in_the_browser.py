"""The pages of feedback in a real browser: on a phone, without JavaScript, and for axe-core."""

import pytest
from django.utils import timezone

from engagement.actions import themes
from engagement.models import Phrase, Submission
from governance.models import Decision, Meeting
from tests.factories import (
    make_engagement_team_member,
    make_partnership,
    make_signpost,
    make_theme,
    officer_of,
    send_feedback,
    today,
)
from tests.plugins.browser import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = 16  # pixels
MESSAGE = "\n  First line\n\nমানুষ সাহায্য চায়\nمرحبا <b>&amp; 😔 "


@pytest.fixture
def partnership():
    make_signpost(text="Call an ambulance.")
    make_signpost(group="complaint", title="The council", url="https://www.lgo.org.uk", phone="")
    return make_partnership()


def write_of_mile_end(page):
    """A message about a place of which one more question is asked, as far as that question."""
    page.goto("/feedback/")
    page.fill("[name=message]", MESSAGE)
    page.check("[value=gp]")
    page.fill("[name=place]", "Mile End")
    page.click("text=Continue")


def test_on_a_phone_without_javascript_the_words_arrive_as_they_were_typed(new_page, partnership):
    page = new_page(width=PHONE, javascript=False)
    write_of_mile_end(page)
    page.check("[value=nw]")
    page.locator("text=Change").first.click()
    assert page.input_value("[name=message]") == MESSAGE
    page.click("text=Continue")
    page.check("[value=nw]")
    page.locator("button", has_text="Send").click()
    page.wait_for_selector("text=Thank you. We have your message.")

    assert Submission.objects.get().message == MESSAGE
    page.click("text=See where it is")
    page.wait_for_selector("text=It is with the North West Committee.")
    assert page.url.endswith("/feedback/receipt/")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_way_back_from_the_question_is_the_form_as_it_was(new_page, partnership, javascript):
    page = new_page(width=PHONE, javascript=javascript)
    write_of_mile_end(page)
    page.check("[value=nw]")

    page.go_back()

    assert page.url.endswith("/feedback/")
    assert page.input_value("[name=message]") == MESSAGE
    assert page.input_value("[name=place]") == "Mile End"


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_every_state_reads_well_fits_and_is_valid(
    new_page, axe_faults, html_faults, partnership, width
):
    page = new_page(width=width)
    answered = []
    page.on("response", lambda response: answered.append(response))

    def look():
        page.wait_for_load_state()
        assert axe_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        documents = [each for each in answered if each.request.is_navigation_request()]
        if documents[-1].request.method == "POST":
            assert html_faults(documents[-1].body()) == []

    page.goto("/feedback/")
    look()
    page.click("button:has-text('Continue')")
    page.wait_for_selector("text=There is a problem")
    look()
    page.fill("[name=message]", MESSAGE)
    page.check("[value=gp]")
    page.click("button:has-text('Continue')")
    page.wait_for_selector("text=Which part of the borough is nearest?")
    look()
    page.locator("button", has_text="Send").click()
    page.wait_for_selector("text=There is a problem")
    look()
    page.check("[value=ne]")
    page.locator("button", has_text="Send").click()
    page.wait_for_selector("text=Thank you.")
    look()
    page.click("text=See where it is")
    page.wait_for_selector("text=Why it went there")
    look()
    page.click("text=Withdraw your message")
    look()
    page.click("text=Close this message")
    page.wait_for_selector("text=You have lost the code")
    look()


def test_an_error_takes_the_reader_to_its_field(page, partnership):
    page.goto("/feedback/")
    page.click("button:has-text('Continue')")

    page.click("text=Choose what it is about, or “I’m not sure”")

    assert page.evaluate("document.activeElement.id") == "id_topic"


def test_without_javascript_a_question_and_what_is_wrong_stay_above_its_box(new_page, partnership):
    page = new_page(width=PHONE, javascript=False)
    page.goto("/feedback/")
    page.click("button:has-text('Continue')")

    links = page.locator(".nhsuk-error-summary a").all()
    assert len(links) > 1
    for link in links:
        link.click()
        group = page.locator(".nhsuk-form-group--error:has(:target)")
        assert group.bounding_box()["y"] >= 0
        assert group.locator(".nhsuk-error-message").bounding_box()["y"] > 0


def test_what_is_noted_of_a_message_and_decided_at_a_meeting_stands_apart(
    new_page, sign_in, partnership
):
    submission = send_feedback(message="Ring 07700 900123.").submission
    meeting = Meeting.objects.create(body=partnership.living_well, starts_at=timezone.now())
    Decision.objects.bulk_create(
        Decision(body=meeting.body, meeting=meeting, decided_on=today(), title=each, text="We do.")
        for each in ("One", "Another")
    )
    page = new_page(width=DESKTOP)
    sign_in(page, make_engagement_team_member())

    page.goto(f"/staff/feedback/{submission.reference}/")
    assert room_below(page, ".tht-note--warning", ".tht-facts") >= ROOM

    sign_in(page, officer_of(meeting.body))
    page.goto(f"/bodies/{meeting.body.slug}/meetings/{meeting.pk}/pack/")
    first, second = (f"article:has-text('{each}')" for each in ("One", "Another"))
    assert room_below(page, first, second) >= ROOM


def room_below(page, first, second):
    above, below = (page.locator(each).bounding_box() for each in (first, second))
    return below["y"] - above["y"] - above["height"]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_pages_of_staff_read_well_and_fit(
    new_page, sign_in, axe_faults, html_faults, client, partnership, width
):
    submission = send_feedback(
        message=f"{MESSAGE} Ring 07700 900123.", email="amina@example.org", may_publish=True
    ).submission
    Phrase.objects.create(text="backlinks", sign=Phrase.Sign.SPAM, weight=6)
    send_feedback(message="Backlinks!")
    theme = make_theme(submission, lead_body=partnership.living_well)
    themes.close(theme=make_theme(), by=make_engagement_team_member(), reason="Answered")
    page = new_page(width=width)
    person = make_engagement_team_member()
    sign_in(page, person)
    client.force_login(person)

    for address in (
        "/staff/",
        "/staff/feedback/",
        "/staff/feedback/?status=answered",
        f"/staff/feedback/{submission.reference}/",
        f"/staff/feedback/{submission.reference}/redact/",
        "/staff/quarantine/",
        "/staff/routing/",
        "/staff/routing/phrases/",
        "/staff/themes/",
        f"/staff/themes/{theme.pk}/",
        f"/staff/themes/{theme.pk}/change/",
        "/staff/outcomes/",
        f"/staff/outcomes/new/?theme={theme.pk}",
    ):
        page.goto(address)
        for summary in page.locator("summary").all():
            summary.click()
        assert axe_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert html_faults(client.get(address, follow=True).content) == []
