"""What the header offers staff leads each of them to a page."""

import re

import pytest
from django.test import Client

from tests.factories import make_body, make_member, make_officer
from tests.project.world import session_of

pytestmark = pytest.mark.django_db

VISITORS = ["staff", "member", "officer", "other", "engagement", "governance"]
# One that is drawn for them, one that is kept, one for everybody, and a page about an error.
PAGES = {"/staff/": 200, "/structure/": 200, "/you-said/": 200, "/nowhere/": 404}

EVERYBODY = [
    "/staff/",
    "/escalations/",
    "/staff/feedback/",
    "/staff/figures/",
    "/staff/settings/",
]
OFFERED_TOO = {
    "staff": [],
    "member": [],
    "officer": ["/staff/outcomes/", "/staff/ideas/"],
    "other": ["/staff/outcomes/", "/staff/ideas/"],
    "engagement": ["/staff/outcomes/", "/staff/ideas/", "/admin/"],
    "governance": ["/admin/"],
}


def links_of_staff(page):
    found = re.search(r'<nav class="tht-staff".*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', found[0]) if found else []


def client_of(session):
    client = Client()
    client.cookies.load(session)
    return client


@pytest.mark.parametrize("address", PAGES)
def test_each_link_of_the_header_opens_for_whom_it_is_shown_to(world, address):
    offered, answers = {}, {}
    for who in VISITORS:
        client = client_of(world.sessions[who])
        answer = client.get(address)
        assert answer.status_code == PAGES[address]
        offered[who] = set(links_of_staff(answer.text))
        answers |= {(who, link): client.get(link).status_code for link in offered[who]}

    assert offered == {who: {*EVERYBODY, *OFFERED_TOO[who]} for who in VISITORS}
    assert {each: status for each, status in answers.items() if status != 200} == {}


def test_the_header_offers_no_page_of_staff_to_a_visitor(world):
    assert [links_of_staff(client_of(world.sessions["anonymous"]).get(a).text) for a in PAGES] == [
        [] for _ in PAGES
    ]


def test_the_page_about_a_refusal_offers_no_other_one(world):
    client = client_of(world.sessions["member"])

    refused = client.get("/staff/outcomes/")

    assert refused.status_code == 403
    assert set(links_of_staff(refused.text)) == set(EVERYBODY)


def test_a_kept_page_offers_each_what_they_may_open_whoever_looked_before():
    body = make_body()
    sessions = [session_of(person) for person in (make_officer(body), make_member(body))]

    pages = [client_of(session).get("/structure/").text for session in sessions * 2]

    assert ["/staff/ideas/" in links_of_staff(page) for page in pages] == [True, False] * 2
