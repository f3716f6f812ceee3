"""What staff see of residents' messages, and what the pages cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engagement import listed, queue
from engagement.actions import merging, raising, referrals, submissions
from engagement.listed import as_its_message
from engagement.models import Phrase, Referral, ReferralStep, Submission
from engagement.progress import Progress
from engagement.workflow import ReferralStatus
from governance.actions.structure import structure_edited
from governance.models import Body, OutboxMessage
from governance.permissions import standing_of
from governance.telling import with_article
from localities.kept_query import asked_together
from tests.factories import (
    FROM_HERE,
    lead_of,
    make_activity,
    make_body,
    make_engagement_team_member,
    make_escalation_line,
    make_governance_administrator,
    make_lattice,
    make_measure,
    make_member,
    make_officer,
    make_person,
    make_reading,
    make_signpost,
    send_feedback,
    sign_up,
    today,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db

HOME, QUEUE = "/staff/", "/staff/feedback/"


@pytest.fixture
def submission(partnership):
    return send_feedback(
        message="Zebra crossing", topic="healthy", name="Amina", email="amina@example.org"
    ).submission


def page_of(submission, deed=""):
    return f"{QUEUE}{submission.reference}/{deed}"


def seen_by(person, address):
    client = Client()
    client.force_login(person)
    return client.get(address)


def seen(submission):
    """What the page of a message would carry."""
    return Progress(submission).seen


# --- Who sees what --------------------------------------------------------------------------------


def test_a_message_is_read_by_those_who_have_it_and_does_not_exist_for_others(
    partnership, submission
):
    readers = {
        "officer": partnership.officers["living-well"],
        "member": make_member(partnership.living_well),
        "officer of the copied body": partnership.officers["ne-committee"],
        "member of the copied body": make_member(partnership.ne.committee),
        "engagement team": make_engagement_team_member(),
    }
    strangers = {
        "officer of another body": partnership.officers["nw-committee"],
        "staff": make_person(),
        "governance administrator": make_governance_administrator(),
    }

    for who, person in readers.items():
        page = seen_by(person, page_of(submission))
        assert "Zebra crossing" in page.content.decode(), who
        assert page["Cache-Control"] == "private, no-store"
    for who, person in strangers.items():
        assert seen_by(person, page_of(submission)).status_code == 404, who
    anonymous = Client().get(page_of(submission))
    assert anonymous.status_code == 302
    assert "/accounts/login/" in anonymous["Location"]


def test_how_to_reach_a_resident_is_for_those_who_answer(partnership, submission):
    def sees_contact(person):
        return "amina@example.org" in seen_by(person, page_of(submission)).content.decode()

    assert sees_contact(partnership.officers["living-well"])
    assert sees_contact(make_engagement_team_member())
    assert not sees_contact(make_member(partnership.living_well))
    assert not sees_contact(partnership.officers["ne-committee"])


def test_only_who_may_act_is_offered_anything(partnership, submission):
    def offered(person):
        return "What you can do" in seen_by(person, page_of(submission)).content.decode()

    assert offered(partnership.officers["living-well"])
    assert offered(make_engagement_team_member())
    assert not offered(make_member(partnership.living_well))
    assert not offered(partnership.officers["ne-committee"])


@pytest.mark.parametrize("deed", ["acknowledge", "answer", "refer-on", "close"])
def test_a_deed_is_refused_to_readers_and_hidden_from_strangers(partnership, submission, deed):
    words = {"text": "No.", "to_body": "nw-committee", "seen": seen(submission)}

    def posted_by(person):
        client = Client()
        client.force_login(person)
        return client.post(page_of(submission, f"{deed}/"), words).status_code

    assert posted_by(make_member(partnership.living_well)) == 403
    assert posted_by(partnership.officers["ne-committee"]) == 403
    assert posted_by(partnership.officers["nw-committee"]) == 404
    assert Client().post(page_of(submission, f"{deed}/"), words).status_code == 403
    assert lead_of(submission).status == "referred"


def test_the_queue_shows_all_to_the_team_and_to_others_their_own(partnership, submission):
    elsewhere = send_feedback(place="", nearest="nw").submission

    def listed(person, query="?status=all"):
        page = seen_by(person, QUEUE + query).content.decode()
        return set(re.findall(r"F-[0-9]{4}-[0-9]{6}", page))

    both = {submission.reference, elsewhere.reference}
    assert listed(make_engagement_team_member()) == both
    assert listed(partnership.officers["living-well"]) == {submission.reference}
    assert listed(partnership.officers["ne-committee"]) == {submission.reference}
    assert listed(partnership.officers["nw-committee"]) == {elsewhere.reference}
    assert listed(make_person()) == set()
    assert listed(make_governance_administrator()) == set()


def test_lists_show_how_a_message_begins_with_personal_data_hidden(partnership):
    words = "<b>Zebra</b>: ring 07700 900123 or amina@example.org. " + "More of it. " * 20
    send_feedback(message=words, name="Amina Quill", email="amina@example.org")
    officer = partnership.officers["ne-committee"]

    for person, address in (
        (make_engagement_team_member(), QUEUE),
        (officer, QUEUE),
        (officer, HOME),
    ):
        page = seen_by(person, address).text
        assert "&lt;b&gt;Zebra&lt;/b&gt;: ring [telephone number] or [e-mail address]. More" in page
        assert page.count("More of it.") < 10 and "…" in page
        assert "07700" not in page and "amina@example.org" not in page and "Quill" not in page


def test_a_list_shows_no_words_to_who_does_not_act_on_messages(partnership, submission):
    member = make_member(partnership.living_well)

    for address in (HOME, QUEUE):
        page = seen_by(member, address).text
        assert submission.reference in page
        assert "Zebra" not in page
        assert "amina@example.org" not in page


# --- The queue ------------------------------------------------------------------------------------


def test_the_queue_leads_the_team_to_the_rest_of_its_morning(partnership):
    links = ["/staff/quarantine/", "/staff/routing/", "/staff/erasures/"]

    team = seen_by(make_engagement_team_member(), QUEUE).text
    officer = seen_by(partnership.officers["living-well"], QUEUE).text

    assert [f'href="{link}"' in team for link in links] == [True] * 3
    assert [f'href="{link}"' in officer for link in links] == [False] * 3


def test_the_queue_is_filtered_by_what_stands_in_the_address(client, partnership, submission):
    gp = send_feedback().submission
    client.force_login(make_engagement_team_member())

    def listed(query):
        page = client.get(QUEUE + query).content.decode()
        return set(re.findall(r"F-[0-9]{4}-[0-9]{6}", page))

    assert listed("") == {submission.reference, gp.reference}
    assert listed("?topic=gp") == {gp.reference}
    assert listed("?body=living-well") == {submission.reference}
    assert listed("?locality=nw") == set()
    assert listed("?status=answered") == set()
    assert listed("?status=copies") == {submission.reference}
    assert listed("?status=referred&topic=healthy&locality=ne&body=living-well") == {
        submission.reference
    }


@pytest.mark.parametrize(
    "query",
    [
        "status=gone",
        "topic=zebra",
        "body=nowhere",
        "locality=xx",
        "before=minus",
        "before=-1",
        "after=99999999999999999999999999",
        "before=%D9%A1x",
    ],
)
def test_an_unknown_filter_is_refused_with_a_sentence(client, partnership, query):
    client.force_login(make_engagement_team_member())

    page = client.get(f"{QUEUE}?{query}")

    assert page.status_code == 400
    assert "There is no" in page.content.decode()


def test_another_bodys_name_is_no_filter_for_those_who_do_not_sit_on_it(client, partnership):
    client.force_login(partnership.officers["living-well"])

    assert client.get(f"{QUEUE}?body=ne-committee").status_code == 400


def test_pages_follow_each_other_by_key(client, partnership):
    many(60)
    client.force_login(make_engagement_team_member())
    found, address = [], QUEUE
    while address:
        page = client.get(address).content.decode()
        found += re.findall(r">(F-[0-9]{4}-[0-9]{6})<", page)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        address = following and QUEUE + following[1].replace("&amp;", "&")

    everything = Submission.objects.order_by("-pk")
    assert found == [each.reference for each in everything]


def many(number):
    """As many messages before the Centre of Excellence and the committee of the North East."""
    first = send_feedback().submission
    copies = Submission.objects.bulk_create(
        Submission(
            message="Again",
            topic_id="gp",
            locality_id="ne",
            received_at=first.received_at,
            received_on=today(),
            sending_key=f"{number} {each}",
        )
        for each in range(number)
    )
    lead = lead_of(first)
    Referral.objects.bulk_create(
        Referral(
            submission=each,
            body=lead.body,
            role="lead",
            **as_its_message(each),
            status="referred",
            referred_at=lead.referred_at,
            clock_started_on=lead.clock_started_on,
            acknowledge_by=lead.acknowledge_by,
            answer_by=lead.answer_by,
        )
        for each in copies
    )


def make_urgent(*submissions):
    Submission.objects.filter(pk__in=[each.pk for each in submissions]).update(is_urgent=True)
    Referral.objects.filter(submission__in=submissions).update(is_urgent=True)


@pytest.mark.parametrize(
    ("address", "most"), [(HOME, 27), (QUEUE, 8), (QUEUE + "?status=all&topic=gp", 8)]
)
def test_a_list_costs_the_same_whatever_its_length(client, partnership, address, most):
    client.force_login(partnership.officers["ne-committee"])

    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    many(10)
    with_ten = queries()
    many(1000)

    assert queries() == with_ten <= most


@pytest.mark.parametrize("status", [*ReferralStatus, ""])
def test_a_row_costs_the_same_however_it_stands(client, partnership, status):
    team_member = make_engagement_team_member()
    client.force_login(team_member)
    address = QUEUE + "?status=all"
    many(3)
    client.get(address)
    with CaptureQueriesContext(connection) as as_sent:
        client.get(address)
    Referral.objects.update(
        role="lead" if status else "copy",
        status=status,
        paused_on=today() if status == ReferralStatus.ACKNOWLEDGED else None,
        assigned_to=team_member if status else None,
    )

    with CaptureQueriesContext(connection) as asked:
        client.get(address)

    assert len(asked) == len(as_sent)


# --- What lies before my bodies -------------------------------------------------------------------


def test_the_first_page_shows_what_is_new_in_hand_overdue_and_copied(client, partnership):
    send_feedback()
    in_hand = lead_of(send_feedback().submission)
    Referral.objects.filter(pk=in_hand.pk).update(status="acknowledged")
    late = lead_of(send_feedback().submission)
    Referral.objects.filter(pk=late.pk).update(answer_by=today().replace(year=2020))
    send_feedback(topic="healthy")
    client.force_login(partnership.officers["ne-committee"])

    page = client.get(HOME).content.decode()

    for title in (
        "Overdue",
        "New, to be acknowledged",
        "In hand, to be answered",
        "Copies, to know of",
    ):
        assert title in page


def test_the_first_page_is_calm_when_nothing_waits(client, partnership):
    client.force_login(partnership.officers["nw-committee"])
    page = client.get(HOME).content.decode()
    assert "No message waits for you." in page

    client.force_login(make_person())
    assert "You do not sit on a body at present" in client.get(HOME).content.decode()


def test_a_copy_that_came_to_lead_is_listed_once(client, partnership, submission):
    from engagement.actions import referrals

    referrals.refer_on(
        referral=lead_of(submission),
        to_body=partnership.ne.committee,
        by=partnership.officers["living-well"],
        reason="It is theirs.",
    )
    client.force_login(partnership.officers["ne-committee"])

    page = client.get(HOME).content.decode()

    assert page.count(f">{submission.reference}<") == 1


# --- Moves ----------------------------------------------------------------------------------------


def test_an_officer_acknowledges_answers_and_closes(client, partnership, submission):
    client.force_login(partnership.officers["living-well"])

    for deed, text in (("acknowledge", ""), ("answer", "It is fixed."), ("close", "")):
        page = client.post(
            page_of(submission, f"{deed}/"),
            {"text": text, "seen": seen(submission)},
            follow=True,
        )
        assert page.redirect_chain == [(page_of(submission), 302)]
    assert lead_of(submission).status == "closed"
    assert "It is fixed." in page.content.decode()


def test_the_move_that_is_next_stands_open_to_those_whose_it_is(client, partnership, submission):
    officer = partnership.officers["living-well"]
    client.force_login(officer)
    opens = '<h3 class="nhsuk-heading-s">{}</h3>'

    page = client.get(page_of(submission)).text
    assert opens.format("Acknowledge it") in page
    team = seen_by(make_engagement_team_member(), page_of(submission)).text
    assert "Acknowledge it" in team and opens.format("Acknowledge it") not in team

    client.post(page_of(submission, "acknowledge/"), {"seen": seen(submission)})
    assert opens.format("Answer it") in client.get(page_of(submission)).text

    client.post(page_of(submission, "ask/"), {"text": "When?", "seen": seen(submission)})
    assert opens.format("Answer it") not in client.get(page_of(submission)).text


def test_what_is_answered_lies_before_nobody_any_more(partnership, submission):
    officer = partnership.officers["living-well"]

    before = seen_by(officer, page_of(submission)).text
    referrals.answer(referral=lead_of(submission), by=officer, text="From May.")
    after = seen_by(officer, page_of(submission)).text

    assert "It lies before Living Well." in before
    assert "It lay before Living Well." in after


def test_a_list_names_the_body_that_follows_a_closed_one(client, partnership, submission):
    follower = make_body(name="Healthy Adults")
    Body.objects.filter(slug="living-well").update(
        end_date=today() - timedelta(days=1), successor=follower
    )
    structure_edited()
    client.force_login(make_engagement_team_member())

    page = client.get(QUEUE).text

    assert "Healthy Adults" in page


def test_an_officer_refers_on_to_a_body_that_can_receive(client, partnership, submission):
    client.force_login(partnership.officers["living-well"])
    words = {"text": "It is theirs.", "to_body": "nw-committee", "seen": seen(submission)}

    page = client.post(page_of(submission, "refer-on/"), words, follow=True)

    assert "It lies before the North West Committee now." in page.content.decode()
    assert lead_of(submission).body == partnership.nw.committee
    assert seen_by(partnership.officers["nw-committee"], page_of(submission)).status_code == 200


@pytest.mark.parametrize("deed", ["answer", "refer-on", "close"])
def test_an_error_keeps_what_was_typed(client, partnership, submission, deed):
    client.force_login(partnership.officers["living-well"])

    page = client.post(
        page_of(submission, f"{deed}/"),
        {"text": "x" * 5001, "to_body": "nowhere", "seen": seen(submission)},
    )

    assert "x" * 5001 in page.content.decode()
    assert "Shorten it by 1 character" in page.content.decode()
    assert lead_of(submission).status == "referred"


def test_the_second_press_of_the_same_button_is_no_error(client, partnership, submission):
    client.force_login(partnership.officers["living-well"])
    words = {"text": "It is fixed.", "seen": seen(submission)}

    pages = [client.post(page_of(submission, "answer/"), words) for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 302]
    assert ReferralStep.objects.filter(kind="answered").count() == 1


def test_what_a_message_waits_for_is_said_at_its_head(client, partnership, submission, officer):
    def head():
        page = client.get(f"/staff/feedback/{submission.reference}/").text
        return page[: page.index("<blockquote")]

    client.force_login(officer)
    assert "clock" not in head()
    board = make_body("Executive Board")
    make_escalation_line(partnership.living_well, board)
    make_officer(board)
    other = send_feedback(topic="healthy").submission

    referrals.ask(referral=lead_of(submission), by=officer, text="Which surgery was it?")
    assert "The resident was asked a question. The clock has stood still since" in head()

    merging.merge(referral=lead_of(submission), into=other, by=officer)
    assert "It is answered together with" in head() and other.reference in head()

    merging.split(referral=lead_of(submission), by=officer)
    words = {"text": "We have no money.", "sending_key": "key", **words_of_a_matter()}
    raising.escalate(referral=lead_of(submission), to_body=board, by=officer, **words)
    assert 'It waits for what comes of <a href="#matter">the matter that it became</a>' in head()


def test_an_old_page_says_what_happened_and_keeps_the_text(client, partnership, submission):
    old = seen(submission)
    team = make_engagement_team_member()
    theirs = Client()
    theirs.force_login(team)
    theirs.post(page_of(submission, "acknowledge/"), {"text": "", "seen": old})
    client.force_login(partnership.officers["living-well"])

    page = client.post(page_of(submission, "answer/"), {"text": "Typed for long", "seen": old})

    assert page.status_code == 409
    assert f"{team} acknowledged it for Living Well" in page.content.decode()
    assert "Typed for long" in page.content.decode()
    again = client.post(
        page_of(submission, "answer/"), {"text": "Typed for long", "seen": seen(submission)}
    )
    assert again.status_code == 302


@pytest.mark.parametrize("deed", ["answer", "escalate"])
def test_who_had_a_message_until_it_was_referred_on_keeps_what_was_typed(
    client, partnership, submission, deed
):
    old, team = seen(submission), make_engagement_team_member()
    to_body = partnership.ne.committee
    referrals.refer_on(referral=lead_of(submission), to_body=to_body, by=team, reason="Near them.")
    client.force_login(partnership.officers["living-well"])
    words = {"text": "Typed for long", "seen": old, "last_step": old, "deed": "raise"}

    page = client.post(page_of(submission, f"{deed}/"), words)

    assert page.status_code == 409 and "Typed for long" in page.text
    assert with_article(to_body.name) in page.text and "of yours was sent" in page.text
    assert lead_of(submission).status == "referred"
    client.force_login(make_officer(make_body()))
    assert client.post(page_of(submission, f"{deed}/"), words).status_code == 404
    client.force_login(make_member(partnership.living_well))
    assert client.post(page_of(submission, f"{deed}/"), words).status_code == 403


def test_the_second_press_of_referring_on_is_no_error(client, partnership, submission):
    client.force_login(partnership.officers["living-well"])
    words = {"text": "Near them.", "seen": seen(submission)}
    words["to_body"] = partnership.ne.committee.slug

    pages = [client.post(page_of(submission, "refer-on/"), words) for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 302]
    assert ReferralStep.objects.filter(kind="referred_on").count() == 1


def test_what_was_typed_for_a_move_that_is_gone_can_be_copied(client, partnership, submission):
    old = seen(submission)
    team = Client()
    team.force_login(make_engagement_team_member())
    team.post(page_of(submission, "answer/"), {"text": "Done.", "seen": old})
    client.force_login(partnership.officers["living-well"])

    page = client.post(page_of(submission, "answer/"), {"text": "Typed for long", "seen": old})

    assert page.status_code == 409
    assert "What you typed was not sent" in page.content.decode()
    assert "Typed for long" in page.content.decode()


@pytest.mark.parametrize("number", ["", "minus", "-1", "9" * 400])
def test_a_page_that_does_not_say_what_it_showed_changes_nothing(
    client, partnership, submission, number
):
    client.force_login(partnership.officers["living-well"])

    page = client.post(page_of(submission, "answer/"), {"text": "Typed for long", "seen": number})

    assert "Typed for long" in page.content.decode()
    assert page.status_code in {200, 409}
    assert lead_of(submission).status == "referred"


def test_without_its_proof_an_answer_comes_back(partnership, submission):
    client = Client(enforce_csrf_checks=True, headers=FROM_HERE)
    client.force_login(partnership.officers["living-well"])

    page = client.post(
        page_of(submission, "answer/"), {"text": "Typed for long", "seen": seen(submission)}
    )

    assert page.status_code == 403
    assert "Typed for long" in page.content.decode()
    assert lead_of(submission).status == "referred"


@pytest.mark.parametrize("reference", ["F-2026-999999", "F-0000-000001", "E-2026-000001", "x"])
def test_a_reference_of_nothing_is_not_found(client, reference):
    client.force_login(make_engagement_team_member())

    assert client.get(f"{QUEUE}{reference}/").status_code == 404
    assert client.post(f"{QUEUE}{reference}/answer/", {"text": "x"}).status_code == 404


def test_a_message_costs_the_same_however_often_it_was_referred_on(
    client, partnership, submission, django_assert_max_num_queries
):
    from engagement.actions import referrals

    team = make_engagement_team_member()
    bodies = [partnership.nw.committee, partnership.living_well] * 5
    for body in bodies:
        referrals.refer_on(referral=lead_of(submission), to_body=body, by=team, reason="On.")
    OutboxMessage.objects.all().delete()
    client.force_login(partnership.officers["living-well"])
    client.get(page_of(submission))

    with django_assert_max_num_queries(19):
        client.get(page_of(submission))


def test_the_queue_is_filtered_by_who_works_on_it_language_and_urgency(client, partnership):
    from engagement.actions import casework

    team = make_engagement_team_member()
    mine, foreign, urgent = (send_feedback(message=str(n)).submission for n in range(3))
    casework.assign(referral=lead_of(mine), to=team, by=team)
    foreign.language = "bn"
    foreign.save()
    listed.keep(foreign)
    make_urgent(urgent)
    client.force_login(team)

    def shown(query):
        context = client.get(f"{QUEUE}?{query}").context
        rows = [*context["urgent"], *context["rows"]]
        return {row.submission for row in rows if row.referral.role == "lead"}

    assert shown("assigned=me") == {mine}
    assert shown("assigned=nobody") == {foreign, urgent}
    assert shown("language=not-en") == {foreign}
    assert shown("language=en") == {mine, urgent}
    assert shown("urgent=on") == {urgent}
    assert client.get(f"{QUEUE}?assigned=x").status_code == 400


def test_the_queue_is_searched_by_reference_and_by_words(client, partnership):
    lift, both = (
        send_feedback(message=text).submission
        for text in ("The lifts are broken", "A lift and a ramp, please")
    )
    client.force_login(make_engagement_team_member())

    def shown(query):
        return {row.submission for row in client.get(f"{QUEUE}?{query}").context["rows"]}

    assert shown("q=lift") == {lift, both}
    assert shown("q=ramp+lift") == {both}
    assert shown(f"q={lift.reference.lower()}") == {lift}
    assert shown("q=nothing") == shown("q=%22*(") == set()
    assert shown("q=lift&topic=healthy") == set()
    assert client.get(f"{QUEUE}?q={'x' * 121}").status_code == 400


def test_what_a_search_finds_goes_on_page_by_page_and_back(client, partnership, monkeypatch):
    monkeypatch.setattr("governance.views.paging.PAGE", 2)
    sent = [send_feedback(message=f"A ramp, {n}", topic="healthy").submission for n in range(5)]
    send_feedback(message="Something else")
    client.force_login(make_engagement_team_member())
    newest_first = [Referral.objects.leading().get(submission=each) for each in reversed(sent)]

    def page(query):
        context = client.get(f"{QUEUE}{query}").context
        return [row.referral for row in context["rows"]], context

    rows, first = page("?q=ramp&topic=healthy")
    assert rows == newest_first[:2] and not first["previous_url"]
    rows, second = page(first["next_url"])
    assert rows == newest_first[2:4]
    rows, third = page(second["next_url"])
    assert rows == newest_first[4:] and not third["next_url"]
    rows, _ = page(third["previous_url"])
    assert rows == newest_first[2:4]


def test_a_search_finds_only_what_its_reader_may_read(client, partnership, submission):
    def found_by(body):
        client.force_login(partnership.officers[body])
        return [
            len(client.get(f"{QUEUE}?q={asked}&status=all").context["rows"])
            for asked in ("zebra", submission.reference)
        ]

    assert found_by("living-well") == [1, 1]
    assert found_by("nw-committee") == [0, 0]


# --- What may be urgent ---------------------------------------------------------------------------


def test_a_message_that_may_be_urgent_says_whom_to_call_until_it_is_answered(client, partnership):
    from engagement.actions import referrals

    make_signpost(title="A mental health crisis", phone="111")
    make_signpost(title="To complain", phone="020 7000 0000", group="complaint")
    urgent, other = (send_feedback(message=text).submission for text in ("Help", "The door"))
    make_urgent(urgent)
    team = make_engagement_team_member()
    client.force_login(team)

    def says(submission):
        return "Someone may need help today" in client.get(page_of(submission)).text

    page = client.get(page_of(urgent)).text
    assert says(urgent) and 'href="tel:111"' in page and "A mental health crisis" in page
    assert "To complain" not in page
    assert not says(other)
    referrals.answer(referral=lead_of(urgent), by=team, text="We rang you.")
    assert not says(urgent)


def test_what_may_be_urgent_stands_above_open_work_until_it_is_taken_up(client, partnership):
    urgent, newer = (send_feedback(message=each).submission for each in ("Older", "Newer"))
    make_urgent(urgent)
    client.force_login(make_engagement_team_member())

    def shown(query=""):
        context = client.get(f"{QUEUE}?{query}").context
        return [
            [row.submission for row in context[part] if row.referral.role == "lead"]
            for part in ("urgent", "rows")
        ]

    assert shown() == [[urgent], [newer]]
    assert "May be urgent: to be read today" in client.get(QUEUE).text
    assert shown("urgent=on") == shown(f"q={urgent.reference}") == [[], [urgent]]
    assert shown("status=referred") == shown("status=all") == [[], [newer, urgent]]
    assert shown(f"before={Referral.objects.last().pk + 1}")[0] == []
    lead = Referral.objects.leading().get(submission=urgent)
    referrals.acknowledge(referral=lead, by=make_engagement_team_member(), text="")
    assert shown() == [[], [newer, urgent]]


def test_more_that_may_be_urgent_than_fit_are_a_step_away(client, partnership):
    sent = [send_feedback(message=f"Message {number}").submission for number in range(11)]
    make_urgent(*sent)
    client.force_login(make_engagement_team_member())

    page = client.get(QUEUE)

    assert len(page.context["urgent"]) == 10
    assert 'href="?urgent=on"' in page.text
    assert len(client.get(f"{QUEUE}?urgent=on").context["rows"]) >= 11


def test_it_stays_urgent_with_the_body_it_is_referred_on_to(partnership):
    Phrase.objects.create(text="hurt myself", sign=Phrase.Sign.URGENT, weight=6)
    submission = send_feedback(message="I want to hurt myself.").submission
    lead = Referral.objects.leading().get(submission=submission)
    assert submission.is_urgent and lead.is_pressing

    new = referrals.refer_on(
        referral=lead,
        to_body=partnership.living_well,
        by=make_engagement_team_member(),
        reason="Theirs.",
    )

    new.refresh_from_db()
    lead.refresh_from_db()
    assert new.is_pressing and not lead.is_pressing


@pytest.mark.parametrize("number", [3, 40])
def test_the_queue_asks_as_much_for_many_messages_as_for_few(
    client, partnership, number, django_assert_num_queries
):
    many(number)
    make_urgent(*(send_feedback(message=str(each)).submission for each in range(number // 3)))
    client.force_login(make_engagement_team_member())
    client.get(QUEUE)

    with django_assert_num_queries(6):
        page = client.get(QUEUE)

    assert len(page.context["urgent"]) == min(number // 3, 10)
    assert len(page.context["rows"]) == min(number + 1, 25)


@pytest.mark.parametrize(
    ("asked", "queries"), [("?before=1000000", 6), ("?topic=gp", 6), ("?q=lift", 7)]
)
@pytest.mark.parametrize("number", [1, 30])
def test_however_it_is_asked_the_queue_asks_as_much_for_many_as_for_few(
    client, partnership, asked, queries, number, django_assert_num_queries
):
    for each in range(number):
        send_feedback(message=f"The lift is broken. {each}")
    client.force_login(make_engagement_team_member())
    client.get(QUEUE + asked)

    with django_assert_num_queries(queries):
        page = client.get(QUEUE + asked)

    assert len(page.context["rows"]) == min(number, 25)


def test_of_what_was_found_what_is_gone_since_is_left_out(partnership):
    standing = standing_of(partnership.officers["ne-committee"])
    send_feedback(message="Lift", topic="gp", locality="ne")
    [[found]] = asked_together(queue.asked_before(standing))
    number, due, pk = found

    groups, _ = queue.in_groups([found, (number, due, 1_000_000)], standing)

    assert [[row.referral.pk for row in group.rows] for group in groups if group.number] == [[pk]]


@pytest.mark.parametrize("is_team", [True, False])
def test_what_is_pressing_is_found_by_its_index(partnership, is_team):
    person = make_engagement_team_member() if is_team else partnership.officers["ne-committee"]
    many(1000)
    # With few that are open, and none that is pressing, SQLite prefers the index of those.
    last = Referral.objects.order_by("-pk").first().pk
    Referral.objects.filter(pk__lte=last - 100).update(status="closed")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = queue.pressing(queue.visible_to(standing_of(person)))[:11]

    assert "referral_pressing" in found.explain()


# --- Activities on the first page -----------------------------------------------------------------


def test_the_first_page_lists_the_activities_of_ones_bodies_with_places_and_sign_ups(
    client, html_faults
):
    body = make_body()
    tea = make_activity(body, title="Tea and plans", places=1)
    for name in ("Nadia", "Omar", "Rose"):
        sign_up(tea, name, email=f"{name.lower()}@example.org")
    make_activity(body, title="To be said", published_on=None)
    make_activity(title="Of others")
    client.force_login(make_officer(body))

    page = client.get("/staff/")

    row = re.search(r"(?s)<tr>\s*<td[^>]*>(?:(?!</tr>).)*Tea and plans.*?</tr>", page.text)[0]
    assert re.findall(r'tht-table__number">([^<]*)<', row) == ["1", "0", "2"]
    assert "/people/" in row and "Nadia" not in page.text
    assert "To be said" in page.text and "Of others" not in page.text
    assert html_faults(page.content) == []


@pytest.mark.parametrize("number", [1, 9])
def test_the_first_page_costs_the_same_however_many_activities_and_measures(
    client, number, django_assert_num_queries
):
    body = make_body()
    for _ in range(number):
        sign_up(make_activity(body))
        make_reading(make_measure(body), 90)
    client.force_login(make_officer(body))
    client.get("/staff/")

    with django_assert_num_queries(6):
        client.get("/staff/")


def test_where_ways_up_are_past_counting_the_first_are_told_and_the_page_says_so(
    client, partnership, submission, officer
):
    for body in make_lattice(20)[0]:
        make_escalation_line(partnership.living_well, body)
    client.force_login(officer)
    address = f"/staff/feedback/{submission.reference}/"

    page, form = client.get(address).text, client.get(f"{address}escalate/").text

    assert "There are more ways than these 20." in page
    assert 'href="/structure/?way=living-well"' in page
    assert "There are too many ways up to follow each." in form


def test_who_answers_an_old_page_reads_first_what_the_resident_added(partnership, submission):
    client = Client()
    client.force_login(partnership.officers["living-well"])
    words = {"text": "Typed for long", "seen": seen(submission)}
    submissions.add(submission=submission, message="And the stairs.", key="key")

    page = client.post(page_of(submission, "answer/"), words)

    assert page.status_code == 409
    assert "The resident added to it on" in page.text and "And the stairs." in page.text
    assert "Typed for long" in page.text
    assert lead_of(submission).status == "referred"
    client.post(page_of(submission, "answer/"), words | {"seen": seen(submission)})
    assert lead_of(submission).status == "answered"
