"""The list of matters: its filters, pages, order and piles."""

import html
import re
from datetime import date

import pytest
from django.db import connection

from governance import readers
from governance.actions import escalations
from governance.full_text import WordsQuerySet
from governance.models import Escalation, EscalationWords
from tests.factories import (
    make_draft,
    make_escalation,
    make_governance_administrator,
    make_ladder,
    make_matters,
    officer_of,
)
from tests.governance.matter_pages import LIST
from tests.reading import hidden_fields

pytestmark = pytest.mark.django_db


def test_the_list_is_filtered_and_the_filter_stands_in_the_address(client, ladder):
    bottom, middle, _ = ladder
    first = make_escalation(bottom, middle, title="Lifts that fail", category="estates_and_it")
    second = make_escalation(bottom, middle, title="Late letters")
    escalations.accept(escalation=second, by=officer_of(middle))
    client.force_login(officer_of(middle))

    def listed(query):
        text = client.get(f"{LIST}?{query}").text
        return [matter for matter in (first, second) if matter.reference in text]

    assert listed("") == [first, second]
    assert listed("status=accepted") == [second]
    assert listed("status=open") == [first, second]
    assert listed("status=resolved") == []
    assert listed("category=estates_and_it") == [first]
    assert listed(f"body={bottom.slug}") == [first, second]
    assert listed(f"body={ladder[2].slug}") == []
    assert listed("q=LIFTS+fail") == [first]
    assert listed(f"q={second.reference.lower()}") == [second]
    assert listed("q=nine+lift") == [first]
    assert listed("q=100%25") == []


@pytest.mark.parametrize("order", ["due", "newest"])
@pytest.mark.parametrize("are_many", [True, False])
def test_a_number_alone_finds_its_matter_and_those_with_it_in_their_words(
    client, ladder, monkeypatch, order, are_many
):
    monkeypatch.setattr(WordsQuerySet, "are_many", are_many)
    bottom, middle, _ = ladder
    first = make_escalation(bottom, middle)
    Escalation.objects.filter(pk=first.pk).update(created_on=date(2019, 1, 1))
    first.refresh_from_db()
    says_it = make_escalation(bottom, middle, title=f"Ward {first.pk} has no lift")
    elsewhere = make_escalation(*make_ladder(2), title="Somebody else’s")
    client.force_login(officer_of(middle))

    def listed(words, address=LIST):
        text = client.get(f"{address}?order={order}&q={words}").text
        return [each for each in (first, says_it, elsewhere) if f"/{each.reference}/" in text]

    assert listed(first.pk) == [first, says_it]
    assert listed(f"+{first.pk:06}+") == [first]
    assert listed(f"{first.pk:07}") == []
    assert listed(f"{first.pk}&status=open") == [first, says_it]
    assert listed(f"{first.pk}&status=resolved") == []
    assert listed(first.pk, "/staff/") == [first, says_it]
    assert listed(elsewhere.pk) == []
    client.force_login(make_governance_administrator())
    assert listed(elsewhere.pk) == [elsewhere]
    client.force_login(officer_of(elsewhere.current_body))
    assert listed(f"{elsewhere.pk:06}") == [elsewhere]


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense",
        "body=nonsense",
        "category=nonsense",
        "before=nonsense",
        "order=nonsense",
        "before=0",
        "before=12",
        "before=2026-13-01.1",
        "before=2026-11-01.x",
        "order=newest&before=2026-11-01.1",
        "after=-1",
        "after=9" + "9" * 30,
        "q=" + "x" * 121,
    ],
)
def test_a_filter_that_is_not_understood_is_answered_with_a_sentence(client, matter, query):
    client.force_login(officer_of(matter.current_body))

    response = client.get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert "There is a problem" in response.text
    assert matter.reference not in response.text


@pytest.mark.parametrize("asked", ["status=open", "q=nine+lift"])
@pytest.mark.parametrize("order", ["newest", "due"])
def test_a_long_list_is_turned_page_by_page_and_back(client, ladder, order, asked):
    make_matters(ladder, 60)
    paused = Escalation.objects.filter(pk__in=Escalation.objects.order_by("pk")[:31])
    paused.update(status="sent_back")  # Their clock stands still, so they have no due day.
    readers.recount()
    EscalationWords.objects.bulk_create(
        EscalationWords(pk=each.pk, words="nine lifts") for each in Escalation.objects.all()
    )
    in_order = {
        "newest": lambda matter: -matter.pk,
        "due": lambda matter: (matter.due_on or date.max, -matter.pk),
    }[order]
    references = [each.reference for each in sorted(Escalation.objects.all(), key=in_order)]
    client.force_login(officer_of(ladder[1]))

    def turn(address):
        text = client.get(f"{LIST}{address}").text
        links = {
            rel: href.replace("&amp;", "&")
            for href, rel in re.findall(r'href="([^"]*)" rel="(prev|next)"', text)
        }
        return re.findall(r"E-\d{4}-\d{6}(?=</span>)", text), links

    first, links = turn(f"?{asked}&order={order}")
    assert (first, set(links)) == (references[:25], {"next"})
    second, links = turn(links["next"])
    assert (second, set(links)) == (references[25:50], {"prev", "next"})
    third, last_links = turn(links["next"])
    assert (third, set(last_links)) == (references[50:], {"prev"})
    back, links = turn(last_links["prev"])
    assert back == second
    back, links = turn(links["prev"])
    assert (back, set(links)) == (first, {"next"})


def test_the_order_is_the_one_in_the_address_or_the_one_somebody_has_settled(client, ladder):
    make_matters(ladder, 3)
    first, second, third = Escalation.objects.order_by("pk")
    soonest = [first.reference, second.reference, third.reference]
    officer = officer_of(ladder[1])
    client.force_login(officer)

    def listed(query=""):
        return re.findall(r"E-\d{4}-\d{6}(?=</span>)", client.get(f"{LIST}{query}").text)

    assert listed() == soonest
    assert listed("?order=newest") == soonest[::-1]
    client.post("/staff/settings/", {"mail": "at_once", "order": "newest"})
    assert listed() == soonest[::-1]
    assert listed("?order=due") == soonest


def test_a_list_shows_one_pile_and_counts_it(client, ladder):
    make_matters(ladder, 3)  # The first two are past their day.
    client.force_login(officer_of(ladder[1]))

    page = client.get(f"{LIST}?status=overdue")

    assert "2 matters." in page.text
    assert [row.escalation.title for row in page.context["rows"]] == ["Matter 0", "Matter 1"]
    assert client.get(f"{LIST}?status=new").context["number"] == "1"


@pytest.mark.parametrize(
    ("address", "most"),
    [(LIST, 11), (f"{LIST}?status=open&q=matter", 11), (f"{LIST}?order=newest", 10)],
)
def test_the_list_asks_no_more_of_the_database_with_a_thousand_matters_than_with_ten(
    client, ladder, django_assert_max_num_queries, address, most
):
    if "q=" in address and connection.vendor == "postgresql":
        most += 1  # how many it expects to find
    client.force_login(officer_of(ladder[1]))
    make_matters(ladder, 10)
    client.get(LIST)

    with django_assert_max_num_queries(most):
        client.get(address)
    make_matters(ladder, 990)
    with django_assert_max_num_queries(most):
        client.get(address)


def test_a_deed_leads_back_to_the_list_as_it_was_filtered(client, ladder):
    bottom, middle, _ = ladder
    matter = make_escalation(bottom, middle, title="Lifts & stairs")
    client.force_login(officer_of(middle))
    asked = f"status=raised&q=lifts+%26+stairs&body={bottom.slug}"

    def crumb(page):
        return html.unescape(re.search(r'<a href="([^"]*)">Escalations</a>', page)[1])

    listed = client.get(f"{LIST}?{asked}").text
    page = client.get(re.search(rf'href="({LIST}{matter.reference}/[^"]*)"', listed)[1])
    assert crumb(page.text) == f"{LIST}?{asked}"
    deeds = re.findall(r'action="(/escalations/E-[^"]*)"', page.text)
    assert len(deeds) > 1
    accept = next(each for each in deeds if "/accept/" in each)
    refused = client.post(accept, {"seen": 0}).text
    assert crumb(refused) == f"{LIST}?{asked}"
    done = client.post(accept, {"seen": hidden_fields(page)["seen"]}, follow=True)

    assert "You accepted" in done.text
    assert crumb(done.text) == f"{LIST}?{asked}"


def test_a_draft_is_saved_and_raised_with_the_way_back(client, ladder):
    draft = make_draft(ladder[0])
    client.force_login(officer_of(ladder[0]))

    page = client.get(f"{LIST}{draft.reference}/?list=status%3Ddraft").text

    for deed in ("edit", "raise", "withdraw"):
        assert f'action="{LIST}{draft.reference}/{deed}/?list=status%3Ddraft"' in page


@pytest.mark.parametrize(
    ("carried", "leads_to"),
    [
        ("", LIST),
        ("?list=", LIST),
        ("?list=//example.org/", LIST),
        ("?list=https%3A%2F%2Fexample.org", LIST),
        ("?list=%22%3E%3Cb%3Ex%3Dy", f"{LIST}?%22%3E%3Cb%3Ex=y"),
        ("?list=q%3D//example.org", f"{LIST}?q=%2F%2Fexample.org"),
        ("?list=q%3D" + "x" * 3000, LIST),
    ],
)
def test_whatever_a_page_carries_it_leads_back_to_the_list(client, matter, carried, leads_to):
    client.force_login(officer_of(matter.current_body))

    page = client.get(f"{LIST}{matter.reference}/{carried}").text

    assert f'<a href="{leads_to}">Escalations</a>' in page


def test_a_list_without_filters_adds_nothing_to_its_links(client, matter):
    client.force_login(officer_of(matter.current_body))

    assert f'href="{LIST}{matter.reference}/"' in client.get(LIST).text
