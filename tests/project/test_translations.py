"""Public pages in another language: nothing is left in English, but names and what is marked so."""

from itertools import product

import pytest

from engagement.models import Activity, Animation, Outcome, RoutingRule, Story, Topic
from governance.models import BodyName, Organisation
from localities.models import CareNetwork, Locality, PlaceName, PostcodeRelease, Practice, Ward
from tests.engagement.test_feedback import receipt_on
from tests.factories import make_body, make_line
from tests.loaded import DEMONSTRATION, PASSWORD, STRUCTURE, load
from tests.plugins.browser import PHONE
from tests.project.catalogues import LOCALE, compiled, entries, sentences
from tests.project.left_in_english import MADE_UP, left_in_english, speak_it
from tests.reading import hidden_fields

MESSAGE = "We waited very long."
NAMES = [
    "Tower Hamlets Together",
    "Tower Hamlets",
    *("living", "zzzz"),  # what is searched for
    MESSAGE,
]
PAGES = [
    *("/", "/accessibility/", "/privacy/", "/terms/", "/contact/"),
    *("/structure/", "/structure/?as_on=2026-01-05", "/structure/?as_on=2030-01-01"),
    *("/structure/?as_on=2019-01-01", "/structure/?as_on=x", "/structure/?known_on=x"),
    "/structure/?way=living-well&compared_with=2021-06-01",
    "/structure/?way=nobody",
    *("/structure/changes/", "/structure/changes/?from=2021-01-01&to=2030-01-01"),
    "/structure/changes/?from=x&to=2021-01-01&body=nobody",
    "/structure/changes/?from=2026-01-01&to=2021-01-01",
    "/structure/changes/?from=2040-01-01",
    *("/structure/faults/", "/structure/faults/?body=living-well", "/structure/faults/?body=no"),
    "/structure/seats/",
    *("/bodies/executive-board/", "/bodies/living-well/", "/bodies/urgent-care-working-group/"),
    "/bodies/children-and-families-executive/?as_on=2021-02-01&known_on=2026-11-01",
    *("/bodies/ne-health-and-wellbeing-committee/", "/bodies/nobody/"),
    *("/organisations/", "/organisations/?as_on=2021-02-01", "/organisations/nobody/"),
    "/organisations/tower-hamlets-ccg/",
    *("/localities/", "/localities/ne/", "/localities/sw/?as_on=2030-01-01"),
    *("/localities/find/?q=E3+4AB", "/localities/find/?q=E1", "/localities/find/?q=SW1A+1AA"),
    *("/localities/find/?q=", "/localities/find/?q=Zzz", "/localities/find/?q=Bow"),
    *("/localities/find/?q=Bethnal+Green", "/localities/find/?q=E14"),
    f"/localities/find/?q={101 * 'x'}",
    *("/measures/", "/measures/?as_on=2030-01-01", "/meetings/", "/priorities/", "/plan/"),
    *("/data/", "/data/?as_on=2021-02-01"),
    *("/search/", "/search/?q=living", "/search/?q=E3+4AB", "/search/?q=zzzz", "/search/?q=Bow"),
    *(f"/search/?q={201 * 'x'}", "/nothing/"),
    *("/feedback/", "/feedback/receipt/", "/you-said/", "/you-said/?topic=no", "/you-said/1/"),
    *("/get-involved/", "/get-involved/?when=past", "/get-involved/mine/", "/stories/"),
    *("/animations/", "/ideas/", "/data/"),
]


LANGUAGES = [path.name for path in sorted(LOCALE.iterdir())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language):
    catalogue = entries(language)

    assert sentences() - set(catalogue) == set()  # else run `manage.py makemessages`
    assert [said for said, each in catalogue.items() if not each.is_whole] == []
    assert [said for said, each in catalogue.items() if each.is_fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_places_of_what_varies(language):
    assert [said for said, each in entries(language).items() if not each.keeps_its_places] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_portal_reads_what_the_translators_wrote(language):
    kept = {key: said for key, said in compiled(language).items() if key}  # but for the header

    written = {}
    for said, each in entries(language).items():
        if each.has_plural:
            written |= {(said, number): form for number, form in enumerate(each.forms)}
        else:
            written[said] = each.forms[0]
    assert kept == written  # else run `manage.py compilemessages`


@pytest.mark.django_db
def test_nothing_on_public_pages_is_left_in_english(client, monkeypatch, settings):
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    load(DEMONSTRATION)
    speak_it(monkeypatch, settings)
    names = names_of_the_portal()

    pages = {address: client.get(f"/{MADE_UP}{address}") for address in PAGES}
    pages |= on_the_way_of_a_message(client)
    left = {
        address: found
        for address, page in pages.items()
        if (found := left_in_english(page.text, names))
    }

    assert left == {}


def on_the_way_of_a_message(client):
    """The pages from the form to the receipt, and what they say of what is missing."""
    form, check, sent, receipt = (f"/{MADE_UP}{each}" for each in WAY_OF_A_MESSAGE)
    token = hidden_fields(client.get(form), check)["token"]
    refused = client.post(check, {"token": token, "email": "no address"})
    checked = client.post(check, {"token": token, "message": MESSAGE, "topic": "urgent-care"})
    thanked = client.post(sent, hidden_fields(checked, sent))
    reference, secret = receipt_on(thanked)
    not_opened = client.post(receipt, {"reference": "x", "secret": "x"})
    client.post(receipt, {"reference": reference, "secret": secret})
    return {
        "refused": refused,
        "checked": checked,
        "thanked": thanked,
        "not opened": not_opened,
        "opened": client.get(receipt),
    }


WAY_OF_A_MESSAGE = ("/feedback/", "/feedback/check/", "/feedback/sent/", "/feedback/receipt/")


def names_of_the_portal():
    """The longest first, so that a name within another does not spoil it."""
    names = {*NAMES}
    for rows in (Locality, Ward, PlaceName, Practice, CareNetwork, Organisation, BodyName):
        names.update(rows.objects.values_list("name", flat=True))
    for rows in (Organisation, BodyName):
        names.update(rows.objects.values_list("short_name", flat=True))
    names.update(Ward.objects.values_list("former_name", flat=True))
    for rows in (Activity, Animation, Outcome, Story):
        names.update(rows.objects.values_list("title", flat=True))
    names.update(Outcome.objects.values_list("said", flat=True))  # shared links describe it so
    names.update(Topic.objects.values_list("name", flat=True))
    names.update(RoutingRule.objects.values_list("name", flat=True))
    names.update(PostcodeRelease.objects.values_list("title", flat=True))
    return sorted(names - {""}, key=len, reverse=True)


# --- In the browser -------------------------------------------------------------------------------

READ = ["/", "/structure/", "/feedback/"]


@pytest.mark.django_db(transaction=True)
def test_translated_pages_are_accessible_and_fit_a_phone(new_page, axe_faults):
    load(STRUCTURE)
    page = new_page(width=PHONE)

    for language, address in product(LANGUAGES, READ):
        page.goto(f"/{language}{address}")
        assert axe_faults(page) == [], (language, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, (language, address)


@pytest.mark.django_db(transaction=True)
def test_a_language_written_from_right_to_left_is_laid_out_so(
    new_page, axe_faults, monkeypatch, settings
):
    make_line(make_body(), make_body())
    speak_it(monkeypatch, settings)
    page = new_page(width=PHONE)

    for address in READ:
        page.goto(f"/{MADE_UP}{address}")
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, address
        logo = page.locator(".tht-header__brand img").bounding_box()
        name = page.locator(".tht-header__what").bounding_box()
        assert logo["x"] > name["x"], address
