"""What came by telephone, on paper or in person, keyed in by staff for a resident."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.test import Client

from engagement.actions import keying, submissions
from engagement.erasure import remove_person
from engagement.judging import judge
from engagement.models import Contact, KeyedIn, Phrase, Receipt, Referral, RoutingRule, Submission
from engagement.receipts import secret_hash
from engagement.replay import replay
from engagement.sending import new_token, sending_key
from governance.actions.structure import structure_edited
from governance.models import OutboxMessage
from governance.permissions import ENGAGEMENT_TEAM
from governance.structure import structure_today
from tests.factories import (
    make_engagement_team_member,
    make_member,
    make_partnership,
    make_person,
    make_rule,
    make_signpost,
    today,
)
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import hidden_fields

pytestmark = pytest.mark.django_db

ADDRESS = "/staff/feedback/new/"
MESSAGE = "I waited three weeks <again>."
NEEDS = "Large print & a call back"


def day_boxes(day):
    return {
        "came_on_day": str(day.day),
        "came_on_month": str(day.month),
        "came_on_year": str(day.year),
    }


def typed(**answers):
    came_on = answers.pop("came_on", today() - timedelta(days=3))
    return {
        "token": new_token(),
        "channel": "phone",
        **day_boxes(came_on),
        "message": MESSAGE,
        "topic": "gp",
        "about": "no-one",
        "place": "E3 4AB",
        "kind": "feedback",
        "language": "so",
        "format_needs": NEEDS,
    } | answers


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def key_in(person, **answers):
    """The submission that somebody keyed in, and the last page."""
    page = signed_in(person).post(ADDRESS, typed(**answers) | {"step": "send"})
    return Submission.objects.get(), page


# --- Keying in ------------------------------------------------------------------------------------


def test_one_working_day_is_told_as_one(partnership, officer):
    committee = partnership.ne.committee
    committee.acknowledge_days = 1
    committee.save()
    structure_edited()

    page = signed_in(officer).post(ADDRESS, typed()).text

    assert "They say within 1 working day that they have it, and answer within 20 working" in page


def test_it_goes_where_the_residents_own_would_and_a_receipt_is_handed_over(officer):
    submission, page = key_in(officer)

    assert (submission.channel, submission.language) == ("phone", "so")
    assert submission.received_on == today()
    keyed_in = submission.keyed_in
    assert (keyed_in.by, keyed_in.came_on) == (officer, today() - timedelta(days=3))
    assert keyed_in.format_needs == NEEDS
    lead = Referral.objects.leading().get()
    assert lead.body.slug == "ne-committee"
    assert lead.clock_started_on == today()
    assert submission.reference in page.text
    secret = re.findall(r'tht-receipt__code">([^<]+)<', page.text)[1]
    assert Receipt.objects.get().secret_hash == secret_hash(secret)


def test_what_is_keyed_in_in_english_goes_where_english_does(officer, partnership):
    make_rule(partnership.triage, order=0, language="not-en", destination="triage")

    submission, page = key_in(officer)

    assert Referral.objects.leading().get().body.slug == "ne-committee"
    rules = list(RoutingRule.objects.order_by("order"))
    before, after = rules, [each for each in rules if not each.language]
    assert replay(before, after, structure_today(), today()).elsewhere == 0


@pytest.mark.parametrize("is_urgent", [False, True])
def test_who_keyed_it_in_is_not_told_of_it(partnership, is_urgent):
    Phrase.objects.create(text="waited three weeks", sign=Phrase.Sign.URGENT, weight=6)
    by = partnership.officers["ne-committee"]
    by.groups.add(Group.objects.get(name=ENGAGEMENT_TEAM))
    colleague = make_member(partnership.ne.committee, "secretary")

    words = MESSAGE if is_urgent else "The walks are full."
    submission, _ = key_in(by, message=words, language="en")

    assert submission.is_urgent == is_urgent
    assert submission.referrals.get(role="lead").body == partnership.ne.committee
    to = set(OutboxMessage.objects.values_list("to", flat=True))
    assert colleague.email in to and by.email not in to


def test_the_check_says_who_gets_it_and_sends_nothing(officer):
    page = signed_in(officer).post(ADDRESS, typed())

    assert "Who gets it, and why" in page.text
    assert "North East Committee answers it." in page.text
    for shown in ("By telephone", "Somali", "Large print &amp; a call back", "&lt;again&gt;"):
        assert shown in page.text
    assert not Submission.objects.exists()


def test_the_check_carries_everything_on_to_the_sending(officer):
    client = signed_in(officer)
    given = {"name": "Amina", "email": "amina@example.org", "wants_answer": "on"}
    check = client.post(ADDRESS, typed(may_publish="on", **given))

    form = hidden_fields(check) | {"message": MESSAGE, "format_needs": NEEDS, "step": "send"}
    client.post(ADDRESS, form)

    submission = Submission.objects.get()
    assert (submission.message, submission.may_publish) == (MESSAGE, True)
    assert Contact.objects.get().wants_answer
    assert submission.keyed_in.came_on == today() - timedelta(days=3)


def test_change_shows_the_form_with_all_that_was_typed(officer):
    page = signed_in(officer).post(ADDRESS, typed() | {"step": "change"})

    assert "&lt;again&gt;" in page.text
    assert 'value="Large print &amp; a call back"' in page.text
    assert "There is a problem" not in page.text
    assert not Submission.objects.exists()


def test_near_a_boundary_one_more_question_is_asked(officer):
    client = signed_in(officer)

    asked = client.post(ADDRESS, typed(place="Mile End") | {"step": "send"})
    assert "Which part of the borough is nearest?" in asked.text
    assert "There is a problem" in asked.text
    assert not Submission.objects.exists()
    client.post(ADDRESS, typed(place="Mile End", nearest="nw") | {"step": "send"})

    assert Submission.objects.get().locality_id == "nw"


def test_what_is_not_in_english_is_asked_about_too_and_need_not_be_answered(officer, partnership):
    make_rule(partnership.triage, order=0, language="not-en", destination="triage")
    words = "Hooyaday waxay sugtay laba bilood si ay u aragto dhakhtarka."
    client, form = signed_in(officer), typed(message=words, place="Mile End")

    asked = client.post(ADDRESS, form)
    client.post(ADDRESS, form | {"step": "send"})

    assert "Which part of the borough is nearest? (optional)" in asked.text
    assert "So the North West Committee gets a copy." in asked.text
    assert "They say within" in asked.text
    assert Submission.objects.get().locality is None


def test_pressing_twice_keys_it_in_once_and_shows_the_same_receipt(officer):
    client, form = signed_in(officer), typed() | {"step": "send"}

    pages = [client.post(ADDRESS, form) for _ in range(2)]

    assert Submission.objects.count() == KeyedIn.objects.count() == 1
    codes = [re.findall(r'tht-receipt__code">([^<]+)<', page.text) for page in pages]
    assert codes[0] == codes[1]


def test_what_looks_like_spam_is_not_held_since_staff_heard_it(officer):
    spam = "Buy cheap pills now http://a.example http://b.example http://c.example casino"
    submission, _ = key_in(officer, message=spam)

    assert submission.status == "received"


def test_without_a_language_that_of_the_words_is_taken(officer):
    submission, _ = key_in(officer, language="")

    assert submission.language == "en"


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"channel": ""}, "Choose how it came"),
        ({"channel": "online"}, "Choose how it came from the list"),
        ({"channel": "pigeon"}, "Choose how it came from the list"),
        ({"message": " \n "}, "Enter what they said"),
        ({"message": "x" * 5001}, "Shorten it by 1 character"),
        ({"topic": "nonsense"}, "Choose what it is about from the list"),
        ({"language": "xx"}, "Choose a language from the list"),
        ({"format_needs": "x" * 201}, "Shorten what they need to 200 characters or fewer"),
        ({"wants_answer": "on"}, "Enter their e-mail address, or untick"),
        ({"name": "x" * 121}, "Shorten their name to 120 characters or fewer"),
        ({"phone": "has none"}, "Enter their whole telephone number"),
        ({"came_on_day": "31", "came_on_month": "2"}, "Enter a real day"),
        ({"came_on_day": "", "came_on_month": "", "came_on_year": ""}, "Enter the day it came"),
        ({"came_on_year": "1999"}, "Enter a day within the last year"),
        ({"came_on_year": "2150"}, "not a day to come"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_rest_is_kept(officer, wrong, says):
    page = signed_in(officer).post(ADDRESS, typed() | wrong | {"step": "send"})

    assert page.status_code == 200
    assert says in page.text
    assert "There is a problem" in page.text
    if "format_needs" not in wrong:
        assert "Large print &amp; a call back" in page.text
    assert not Submission.objects.exists()


def test_a_form_that_is_not_ours_is_shown_once_more(officer):
    page = signed_in(officer).post(ADDRESS, typed(token="made up") | {"step": "send"})

    assert "Nothing was sent yet" in page.text
    assert not Submission.objects.exists()


# --- Who may, and who sees what -------------------------------------------------------------------


def test_only_those_who_answer_residents_key_in(partnership, officer):
    content = typed() | {"came_on": "2026-11-20", "nearest": ""}
    judged = judge(content)

    for person in (make_person(), make_member(partnership.living_well)):
        assert signed_in(person).get(ADDRESS).status_code == 403
        assert signed_in(person).post(ADDRESS, typed() | {"step": "send"}).status_code == 403
        with pytest.raises(PermissionDenied):
            keying.key_in(key=sending_key("t", {}), content=content, judged=judged, by=person)
    assert not Submission.objects.exists()
    assert signed_in(make_engagement_team_member()).get(ADDRESS).status_code == 200


def test_an_officer_of_another_body_hands_over_the_receipt_and_reads_no_more(officer):
    submission, page = key_in(officer)

    assert "Open the message" not in page.text
    assert signed_in(officer).get(f"/staff/feedback/{submission.reference}/").status_code == 404


def test_who_answers_sees_how_it_came_and_how_to_answer(partnership, officer):
    submission, _ = key_in(officer)
    address = f"/staff/feedback/{submission.reference}/"

    page = signed_in(partnership.officers["ne-committee"]).get(address)
    assert f"Keyed in by {officer}" in page.text
    assert "Large print &amp; a call back" in page.text
    assert "Somali" in page.text
    member = make_member(Referral.objects.leading().get().body)
    assert "Large print" not in signed_in(member).get(address).text


def test_the_queue_is_filtered_by_how_it_came(partnership, officer):
    submission, _ = key_in(officer)
    client = signed_in(make_engagement_team_member())

    assert submission.reference in client.get("/staff/feedback/?channel=phone").text
    assert submission.reference not in client.get("/staff/feedback/?channel=paper").text
    assert client.get("/staff/feedback/?channel=pigeon").status_code == 400


def test_the_messages_are_counted_by_how_they_came(officer):
    key_in(officer, channel="outreach")
    day = today().isoformat()

    found = signed_in(officer).get(f"/staff/figures/figures.csv?from={day}&to={day}").text

    assert "At an event or on a visit" in found
    assert "By telephone" not in found


# --- Leaving nothing ------------------------------------------------------------------------------


def test_no_mail_has_a_word_of_it(officer):
    key_in(officer, name="Amina", email="amina@example.org", wants_answer="on")

    mails = "".join(f"{mail.subject} {mail.text}" for mail in OutboxMessage.objects.all())
    assert OutboxMessage.objects.count() == 2
    for word in ("waited", "Large print", "Amina"):
        assert word not in mails


def test_withdrawing_and_forgetting_the_person_remove_their_needs(officer):
    submission, _ = key_in(officer)
    remove_person(submission)
    assert KeyedIn.objects.get().format_needs == ""
    KeyedIn.objects.update(format_needs=NEEDS)

    submissions.withdraw(submission=submission)

    assert KeyedIn.objects.get().format_needs == ""
    assert KeyedIn.objects.get().by == officer


def test_the_session_that_ended_takes_nothing_that_was_typed(officer):
    page = Client().post(ADDRESS, typed() | {"step": "send"})

    assert page.status_code == 403
    assert "Large print &amp; a call back" in page.text
    assert not Submission.objects.exists()


# --- In the browser -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_every_step_reads_well_fits_and_is_valid(new_page, sign_in, axe_faults, html_faults, width):
    partnership = make_partnership()
    make_signpost(text="Call an ambulance.")
    page, pressed = new_page(width=width, javascript=width != PHONE), []
    page.on("response", lambda response: pressed.append(response))
    sign_in(page, partnership.officers["living-well"])

    def look():
        page.wait_for_load_state()
        if width != PHONE:
            assert axe_faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        documents = [each for each in pressed if each.request.is_navigation_request()]
        if documents[-1].request.method == "POST":
            assert html_faults(documents[-1].body()) == []

    page.goto(ADDRESS)
    look()
    page.click("button:has-text('Continue')")
    page.wait_for_selector("text=There is a problem")
    look()
    page.check("[value=interpreter]")
    page.fill("[name=message]", MESSAGE)
    page.check("[value=gp]")
    page.fill("[name=place]", "Mile End")
    page.select_option("[name=language]", "so")
    page.fill("[name=format_needs]", NEEDS)
    page.click("button:has-text('Continue')")
    page.wait_for_selector("text=Which part of the borough is nearest?")
    look()
    page.check("[value=nw]")
    page.locator("button", has_text="Change").first.click()
    page.wait_for_selector("text=Key in a message")
    assert page.input_value("[name=format_needs]") == NEEDS
    page.click("button:has-text('Continue')")
    page.check("[value=nw]")
    page.locator("button", has_text="Send").click()
    page.wait_for_selector("text=Thank you. We have your message.")
    look()
    assert Submission.objects.get().channel == "interpreter"
