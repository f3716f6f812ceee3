"""What lies before my bodies: found, narrowed and put in order by what stands in the address."""

import pytest

from engagement.actions import referrals
from governance.actions import asides, decisions, escalations
from governance.models import Membership
from governance.synthetic import make_matters
from tests.factories import (
    lead_of,
    make_activity,
    make_escalation,
    make_measure,
    make_member,
    make_officer,
    make_person,
    make_reading,
    officer_of,
    send_feedback,
    sign_up,
    today,
)

pytestmark = pytest.mark.django_db


def listed(client, query=""):
    """The titles of the matters in each pile that has any."""
    groups = client.get(f"/staff/{query}").context["escalations"]
    return {
        group.key: [row.escalation.title for row in group.rows] for group in groups if group.rows
    }


def test_the_piles_are_narrowed_by_what_stands_in_the_address(client, ladder):
    bottom, middle, top = ladder
    officer = officer_of(middle)
    top_seat = make_officer(top)
    Membership.objects.filter(person=top_seat).update(person=officer)
    make_escalation(bottom, middle, title="Lifts", category="estates_and_it")
    accepted = make_escalation(bottom, middle, title="Letters")
    escalations.accept(escalation=accepted, by=officer)
    make_escalation(middle, top, title="Doors", category="estates_and_it")
    client.force_login(officer)

    assert listed(client) == {"new": ["Doors", "Lifts"], "due": ["Letters"]}
    assert listed(client, "?category=estates_and_it") == {"new": ["Doors", "Lifts"]}
    assert listed(client, f"?body={bottom.slug}") == {}
    assert listed(client, f"?body={top.slug}") == {"new": ["Doors"]}
    assert listed(client, "?q=letters") == {"due": ["Letters"]}
    page = client.get("/staff/?q=letters")
    assert 'value="letters"' in page.text
    assert "No matter before your bodies matches this" in client.get("/staff/?q=zither").text


def test_the_page_leads_to_each_of_its_parts_and_of_its_piles(client, ladder, partnership):
    officer = partnership.officers["living-well"]
    middle = officer_of(ladder[1])
    Membership.objects.filter(person=middle).update(person=officer)
    make_escalation(ladder[0], ladder[1])
    escalations.accept(escalation=make_escalation(ladder[0], ladder[1], title="Lifts"), by=officer)
    for message in ("More walks", "More swimming"):
        sent = send_feedback(topic="healthy", message=message)
    referrals.acknowledge(referral=lead_of(sent), by=officer)
    client.force_login(officer)

    page = client.get("/staff/").text

    for part, words in {
        "residents": "Residents’ messages",
        "messages-new": "New, to be acknowledged: 1",
        "messages-due": "In hand, to be answered: 1",
        "escalations": "Escalations",
        "escalations-new": "New, to be acknowledged: 1",
        "escalations-due": "In hand, to be answered: 1",
    }.items():
        assert f'<a class="tht-chip" href="#{part}">{words}</a>' in page
        assert f' id="{part}"' in page
    assert 'href="#measures"' not in page and 'href="#messages-overdue"' not in page


def test_where_there_is_one_group_alone_nothing_leads_to_it(client, ladder, partnership):
    officer = partnership.officers["living-well"]
    Membership.objects.filter(person=officer_of(ladder[1])).update(person=officer)
    make_escalation(ladder[0], ladder[1])
    send_feedback(topic="healthy")
    client.force_login(officer)

    page = client.get("/staff/").text

    for part in ("messages-new", "escalations-new"):
        assert f' id="{part}"' in page
        assert f'href="#{part}"' not in page


def test_who_sits_on_no_body_is_led_nowhere(client):
    client.force_login(make_person())

    assert "tht-chip" not in client.get("/staff/").text


@pytest.mark.parametrize("number", [2, 300])
def test_an_officers_pages_ask_as_much_for_many_matters(
    client, ladder, number, django_assert_max_num_queries
):
    bottom, middle, _ = ladder
    matter = make_escalation(bottom, middle, title="Lifts")
    escalations.accept(escalation=matter, by=officer_of(middle))
    make_matters(number)
    for text in range(number // 20):
        asides.comment(escalation=matter, text=f"And {text}", by=officer_of(middle))
    client.force_login(officer_of(middle))

    for address, most in {
        "/staff/": 7,
        "/staff/?category=other": 7,
        "/staff/?q=lifts": 8,
        "/escalations/": 5,
        "/escalations/?order=newest": 5,
        "/escalations/?status=overdue": 5,
        f"/escalations/{matter.reference}/": 15,
    }.items():
        client.get(address)
        # One fewer where nothing is shown, or the first page is full of what is due.
        with django_assert_max_num_queries(most):
            client.get(address)


def test_who_has_something_of_everything_has_the_page_for_eight_queries(
    client, ladder, partnership, django_assert_num_queries
):
    bottom, middle, top = ladder
    person = partnership.officers["living-well"]
    for body in (middle, bottom):
        make_member(body, person=person)
    for title in ("Lifts", "Doors"):
        make_escalation(bottom, middle, title=title)
    settled = escalations.accept(escalation=make_escalation(bottom, middle), by=officer_of(middle))
    escalations.resolve(escalation=settled, by=officer_of(middle), outcome="Mended")
    decisions.add_action(
        escalation=settled, text="Write", body=bottom, due_on=today(), by=officer_of(middle)
    )
    send_feedback(topic="healthy")
    sign_up(make_activity(middle))
    make_reading(make_measure(partnership.living_well), 90)
    client.force_login(person)
    page = client.get("/staff/")
    for part in ("messages-new", "escalations-new", "actions", "activities"):
        assert f' id="{part}"' in page.text

    for query in ("", "?order=newest", "?category=quality_and_safety"):
        client.get(f"/staff/{query}")
        with django_assert_num_queries(8):
            client.get(f"/staff/{query}")


@pytest.mark.parametrize("query", ["?order=best", "?category=nonsense", "?body=nonsense"])
def test_a_filter_that_is_not_understood_is_refused_with_a_sentence(client, ladder, query):
    make_escalation(ladder[0], ladder[1], title="Lifts")
    client.force_login(officer_of(ladder[1]))

    page = client.get(f"/staff/{query}")

    assert page.status_code == 400
    assert "There is no" in page.text
    assert "Lifts" not in page.text


def test_who_sits_nowhere_has_nothing_to_narrow(client):
    client.force_login(make_person())

    assert client.get("/staff/?order=best").status_code == 200


def test_a_long_pile_says_how_many_there_are_and_leads_to_all_of_them(client, ladder):
    for number in range(11):
        make_escalation(ladder[0], ladder[1], title=f"Lift {number}")
    client.force_login(officer_of(ladder[1]))

    page = client.get("/staff/?q=lift&order=newest")

    assert "New, to be acknowledged (11)" in page.text
    address = "/escalations/?status=new&amp;q=lift&amp;order=newest"
    assert address in page.text
    whole = client.get(address.replace("&amp;", "&"))
    assert len(whole.context["rows"]) == 11
