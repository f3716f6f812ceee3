"""The pages of the structure, of bodies and of organisations, on any day."""

import gzip
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from governance.actions.structure import structure_edited
from governance.models import (
    Body,
    BodyName,
    Evidence,
    Membership,
    Organisation,
    Partner,
    ReportingLine,
    Seat,
    StructureRecord,
)
from governance.structure import structure_on
from localities.day_field import in_words
from tests.factories import (
    make_body,
    make_escalation_line,
    make_kind,
    make_line,
    make_locality,
    make_member,
    make_organisation,
    make_person,
    make_seat,
    today,
)
from tests.loaded import STRUCTURE, load
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import main_of, text_of
from tht_portal.templatetags import portal

pytestmark = pytest.mark.django_db

Kind = ReportingLine.Kind
LAST_DAY = date(2026, 3, 31)
DAY_AFTER = LAST_DAY + timedelta(days=1)


@pytest.fixture
def record():
    """A record that reaches back to 2021."""
    StructureRecord.objects.create(first_day=date(2021, 1, 1))


def loaded():
    load(STRUCTURE)


def stated(**fields):
    fields = {
        "evidence": Evidence.STATED,
        "quotation": "the words that say so",
        "source_title": "The partnership’s own text",
        "source_url": "https://example.org/text",
    } | fields
    return fields


# --- The structure --------------------------------------------------------------------------------


def chart_of(page):
    svg = page[page.index('<svg class="tht-chart"') :]
    return ElementTree.fromstring(svg[: svg.index("</svg>") + len("</svg>")])


def lines_of_chart(page):
    svg = "{http://www.w3.org/2000/svg}"
    titles = chart_of(page).iterfind(f"{svg}g/{svg}g/{svg}g/{svg}title")
    return [title.text for title in titles]


def lines_of_list(page):
    tree = page[page.index('<ul class="tht-tree">') :]
    tree = tree[: tree.index("</section>")]
    body, found = None, []
    for name, line in re.findall(r'<li><a href="[^"]+">(.*?)</a>|<p>(.*?)</p>', tree, re.DOTALL):
        body = name or body
        if line:
            *said, evidence = text_of(line).split()
            found.append(f"{body} {' '.join(said)} ({evidence.lower()})")
    return found


def rows_of_table(page):
    """The cells of each row as HTML, the body in front that its rows share."""
    table = page[page.index('<table class="tht-table ') :]
    for rows in table[: table.index("</table>")].split("<tbody>")[1:]:
        [body] = re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', rows, re.DOTALL)
        for row in rows.split("</tr>")[:-1]:
            yield [body, *re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]


def lines_of_table(page):
    found = []
    for row in rows_of_table(page):
        body, kind, to_body, known = map(text_of, row)
        found.append(f"{body} {kind} {to_body} ({known.split()[0].lower()})")
    return found


def test_the_page_of_the_whole_structure_is_small_enough_for_a_phone(client):
    loaded()

    page = client.get("/structure/").content

    assert len(page) < 60_000
    assert len(gzip.compress(page)) < 12_000


def test_after_an_edit_only_what_is_different_is_drawn_anew(client, monkeypatch):
    loaded()
    client.get("/structure/")
    drawn = []
    monkeypatch.setattr(
        portal,
        "render_to_string",
        lambda template, *given: drawn.append(template) or render_to_string(template, *given),
    )
    line = ReportingLine.objects.get(
        from_body__slug="living-well", kind=ReportingLine.Kind.REPORTS_TO
    )

    ReportingLine.objects.filter(pk=line.pk).update(respect="prevention")
    structure_edited()
    page = client.get("/structure/").text

    assert "in respect of prevention" in page
    assert len(lines_of_table(page)) == 40
    of_list = ["governance/_entry.html", "governance/_entry_line.html"]
    assert drawn == [*of_list, "governance/_line.html"]


def test_what_was_drawn_in_one_language_is_not_shown_in_another(client):
    loaded()
    pages = [client.get(address).text for address in ("/structure/", "/so/structure/") * 2]

    english, somali = lines_of_list(pages[0]), lines_of_list(pages[1])

    assert len(english) == len(somali) == 40
    assert not set(english) & set(somali)
    assert [lines_of_list(page) for page in pages[2:]] == [english, somali]


def test_chart_list_and_table_say_exactly_the_same_lines(client):
    loaded()
    page = client.get("/structure/").text

    in_chart = sorted(lines_of_chart(page))

    assert len(in_chart) == len(structure_on(today()).lines) == 40
    assert [line.replace("&amp;", "&") for line in sorted(lines_of_list(page))] == in_chart
    assert [line.replace("&amp;", "&") for line in sorted(lines_of_table(page))] == in_chart
    assert (
        "THT Executive Board escalates to NHS North East London in respect of NHS resources "
        "(assumed)"
    ) in in_chart


def test_the_page_says_how_many_lines_are_stated_sourced_and_assumed(client, record):
    one, two, three = make_body(), make_body(), make_body()
    make_line(one, two, **stated())
    make_line(one, three)
    make_line(two, three)

    said = text_of(client.get("/structure/").text)

    assert "3 bodies and 3 lines between them: 1 Stated , 0 Sourced , 2 Assumed" in said


def test_a_line_in_the_table_leads_to_its_quotation_and_source(client, record):
    make_line(make_body(), make_body(), **stated())

    page = client.get("/structure/").text

    assert 'href="#source-1"' in page
    [source] = re.findall(r'<li id="source-1">(.*?)</li>', page, re.DOTALL)
    assert '<q lang="en-GB">the words that say so</q>' in source
    assert '<a href="https://example.org/text">The partnership’s own text</a>' in source


def test_what_is_said_of_several_lines_stands_once(client, record):
    board = make_body()
    for _ in range(3):
        make_line(make_body(), board, reasoning="No source says so")

    page = client.get("/structure/").text

    assert page.count("No source says so") == 1 + page.count("No source says so: we assume it")
    assert page.count('href="#source-1"') == 3


def test_a_page_of_another_day_says_so_and_keeps_it_in_every_link(client, record):
    body, board = make_body("Living Well"), make_body("Board")
    make_line(body, board)
    organisation = make_organisation()
    make_seat(body, on_behalf_of=organisation)

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
    ):
        page = client.get(f"{address}?as_on=2022-11-22").text
        assert "You are looking at the structure as it was on 22 November 2022." in text_of(page)
        main = page[page.index("<main") : page.index("</main>")]
        links = re.findall(r'href="(/(?:structure|bodies|organisations|localities)/[^"]*)"', main)
        assert links
        # A calendar has no day, and changes are those between two.
        links = [link for link in links if not re.search(r"\.ics$|^/structure/changes/", link)]
        without = [link for link in links if not link.endswith("as_on=2022-11-22")]
        assert without == [address]  # back to today


def test_a_page_of_today_has_no_banner_and_plain_links(client, record):
    make_line(make_body(), make_body())

    page = client.get("/structure/").text

    assert "You are looking at" not in page
    assert "as_on=" not in page[: page.index("</main>")]


def test_a_day_to_come_is_shown_as_planned(client, record):
    make_body(start_date=date(2096, 4, 1))

    page = client.get("/structure/?as_on=2096-11-22").text

    assert "You are looking at the structure as planned for 22 November 2096." in text_of(page)


def test_before_the_record_begins_it_says_so_instead_of_an_empty_chart(client, record):
    body = make_body()
    organisation = make_organisation()

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
    ):
        response = client.get(f"{address}?as_on=2020-12-31")
        assert response.status_code == 200
        assert "Our record begins on 1 January 2021." in response.text
        assert "What the structure was on 31 December 2020 is not recorded here." in response.text
        assert "tht-chart" not in response.text
        assert "Our record begins" not in client.get(f"{address}?as_on=2021-01-01").text


def test_without_any_record_the_page_says_so(client):
    assert "No structure has been recorded yet." in client.get("/structure/").text


def test_a_day_without_bodies_says_so(client, record):
    make_body(start_date=DAY_AFTER)

    assert "No body is recorded for this day." in client.get(f"/structure/?as_on={LAST_DAY}").text


@pytest.mark.parametrize(
    "typed",
    [
        "2026-02-30",
        "22/11/2026",
        "0000-01-01",
        "10000-01-01",
        "٢٠٢٦-١١-٢٢",
        "2026-11-22T00:00:00",
        "2026-W01-1",
        "20261122",
        "yesterday",
        "<b>bold</b>",
        "1" * 5000,
    ],
)
def test_what_is_no_day_is_refused_with_a_sentence_and_kept(client, record, typed):
    body, organisation = make_body(), make_organisation()

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
    ):
        response = client.get(f"{address}?as_on={typed}")
        assert response.status_code == 400
        assert "is not a day" in response.text
        assert "There is a problem" in response.text
        assert "<b>bold" not in response.text
    if len(typed) < 40 and typed.isascii() and typed.isalnum():
        assert f'value="{typed}"' in response.text


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_the_first_and_last_day_there_is_break_nothing(client, record, typed):
    body = make_body()

    for address in ("/structure/", f"/bodies/{body.slug}/", "/organisations/"):
        assert client.get(f"{address}?as_on={typed}").status_code == 200


def test_a_day_typed_into_the_boxes_has_the_same_address_as_any_other(client, record):
    response = client.get("/structure/?as_on_day=31&as_on_month=mar&as_on_year=2026")

    assert response.status_code == 302
    assert response["Location"] == "/structure/?as_on=2026-03-31"


def test_pages_to_read_take_no_post(client, record):
    body = make_body()

    for address in ("/structure/", f"/bodies/{body.slug}/", "/organisations/", "/search/"):
        assert client.post(address).status_code == 405


# --- A body ---------------------------------------------------------------------------------------


def test_an_address_without_a_body_says_so(client):
    response = client.get("/bodies/no-such-body/")

    assert response.status_code == 404
    assert "There is no body at this address." in response.text


def test_a_body_speaks_in_its_own_words(client, record):
    body = make_body(
        purpose="To ensure residents get the best possible care.",
        remit="Community services.",
        cohort="Mainly healthy adults.",
        **stated(),
    )

    page = client.get(f"/bodies/{body.slug}/").text

    quote = text_of(re.search(r"<blockquote>(.*?)</blockquote>", page, re.DOTALL)[1])
    assert quote == (
        "To ensure residents get the best possible care. Community services. Mainly healthy adults."
    )
    assert "The partnership’s own text" in text_of(
        re.search(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)[1]
    )


def test_a_renamed_body_keeps_its_address_and_shows_its_old_name_until_when(client, record):
    body = make_body("Born Well Growing Well")
    BodyName.objects.filter(body=body).update(end_date=LAST_DAY)
    BodyName.objects.create(body=body, name="Children and Families Executive", start_date=DAY_AFTER)

    page = text_of(client.get(f"/bodies/{body.slug}/").text)
    before = text_of(client.get(f"/bodies/{body.slug}/?as_on={LAST_DAY}").text)

    assert "Former name Born Well Growing Well, until 31 March 2026" in page
    assert "Planned name Children and Families Executive, from 1 April 2026" in before
    assert "Living" not in page


def test_the_way_up_is_shown_rung_by_rung(client, record):
    committee, group, board = make_body("Committee"), make_body("Group"), make_body("Board")
    council = make_body("Council")
    make_escalation_line(committee, group)
    make_escalation_line(group, board, **stated())
    make_escalation_line(board, council, respect="money")

    page = client.get(f"/bodies/{committee.slug}/").text

    steps = re.findall(r'<li class="tht-timeline__step.*?</li>', page, re.DOTALL)
    assert [text_of(step) for step in steps] == [
        "Group Assumed from this body",
        "Board Stated from Group",
        "Council Assumed from Board, in respect of money",
    ]


def test_a_way_up_that_is_a_ring_ends(client, record):
    one, two = make_body(), make_body()
    make_escalation_line(one, two)
    make_escalation_line(two, one)

    assert client.get(f"/bodies/{one.slug}/").text.count("tht-timeline__step") == 1 + 1


def test_lines_from_and_to_a_body_say_how_they_are_known(client, record):
    body, board, other = make_body("Group"), make_body("Board"), make_body("Centre")
    make_line(body, board, reasoning="No source names another.")
    make_line(other, body, Kind.SUPPORTS, **stated())

    page = text_of(client.get(f"/bodies/{body.slug}/").text)

    assert "Reports to Board Assumed No source names another." in page
    assert "Supports this body: Centre Stated the words that say so" in page


def test_seats_stand_in_the_order_of_their_roles_and_vacant_ones_say_so(client, record):
    body, trust = make_body(), make_organisation("Barts Health")
    make_seat(body, on_behalf_of=trust)
    make_seat(body, Seat.Role.SECRETARY)
    make_seat(body, Seat.Role.CHAIR, title="Independent chair")
    Membership.objects.create(seat=body.seats.get(role="member"), person=make_person())

    page = client.get(f"/bodies/{body.slug}/").text

    rows = page[page.index('id="seats"') :]
    rows = rows[rows.index("<tbody>") : rows.index("</tbody>")].split("</tr>")[:-1]
    assert [text_of(row) for row in rows] == [
        "Chair Independent chair Vacant",
        "Secretary Vacant",
        "Member Barts Health Yes",
    ]


def test_a_name_is_shown_only_where_it_is_public(client, record):
    body = make_body()
    open_person = make_person(first_name="Ada", last_name="Ali")
    private_person = make_person(first_name="Bea", last_name="Begum")
    make_member(body, Seat.Role.CHAIR, person=open_person)
    make_member(body, Seat.Role.SECRETARY, person=private_person)
    Membership.objects.filter(person=open_person).update(name_is_public=True)

    page = client.get(f"/bodies/{body.slug}/").text

    assert "Ada Ali" in page
    assert "Bea" not in page and "Begum" not in page and private_person.username not in page


def test_a_seat_of_an_organisation_that_is_gone_still_names_it(client, record):
    body, gone = make_body(), make_organisation("Old CCG", end_date=LAST_DAY)
    make_seat(body, on_behalf_of=gone)

    assert "Old CCG" in client.get(f"/bodies/{body.slug}/").text


def test_a_committee_leads_to_its_locality(client, record):
    body = make_body(locality=make_locality("ne", name="North East"))

    page = client.get(f"/bodies/{body.slug}/?as_on=2026-11-22").text

    assert '<a href="/localities/ne/?as_on=2026-11-22">North East</a>' in page


def test_only_those_who_sit_on_a_body_are_offered_to_raise_a_matter(client, record):
    body = make_body()
    address, offer = f"/bodies/{body.slug}/", f"/escalations/new/?body={body.slug}"

    assert offer not in client.get(address).text
    client.force_login(make_member(make_body()))
    assert offer not in client.get(address).text
    client.force_login(make_member(body))
    assert offer in client.get(address).text
    assert offer not in client.get(f"{address}?as_on=2022-01-01").text


def test_everyone_is_offered_to_give_feedback_but_not_to_bodies_outside(client, record):
    inside = make_body()
    outside = make_body(kind=make_kind("statutory-board", outside_partnership=True))

    assert '"/feedback/">Give feedback</a>' in main_of(client.get(f"/bodies/{inside.slug}/"))
    page = client.get(f"/bodies/{outside.slug}/")
    assert ">Give feedback</a>" not in main_of(page)
    assert "outside the partnership" in main_of(page)


def test_a_body_that_is_closed_says_so_with_its_last_day_and_successor(client, record):
    successor = make_body("New group")
    body = make_body("Old group", end_date=LAST_DAY, successor=successor)

    response = client.get(f"/bodies/{body.slug}/?as_on={DAY_AFTER}")

    assert response.status_code == 200
    said = text_of(response.text)
    assert "Its last day was 31 March 2026." in said
    assert "Its successor is New group" in said
    assert f'href="?as_on={LAST_DAY}"' in response.text
    assert "Its last day was" not in client.get(f"/bodies/{body.slug}/?as_on={LAST_DAY}").text


def test_a_body_that_is_to_close_has_a_last_day_to_come(client, record):
    body = make_body("Old group", end_date=today())

    said = text_of(client.get(f"/bodies/{body.slug}/?as_on={today() + timedelta(days=1)}").text)

    assert f"Its last day is {in_words(today())}." in said


def test_a_body_that_is_yet_to_begin_says_so_with_its_first_day(client, record):
    body = make_body("New group", start_date=DAY_AFTER)
    make_body("Old group", end_date=LAST_DAY, successor=body)

    response = client.get(f"/bodies/{body.slug}/?as_on={LAST_DAY}")

    assert response.status_code == 200
    said = text_of(response.text)
    assert "It begins on 1 April 2026." in said
    assert "It takes over from Old group" in said
    page = text_of(client.get(f"/bodies/{body.slug}/?as_on={DAY_AFTER}").text)
    assert "Took over from Old group" in page


def test_what_anyone_writes_into_the_record_is_shown_as_text(client, record):
    nasty = "<script>alert(1)</script>"
    body = make_body(nasty, purpose=nasty, remit=nasty, stage=nasty[:60], **stated(quotation=nasty))
    make_line(body, make_body(nasty), respect=nasty, reasoning=nasty)
    make_seat(body, title=nasty)
    organisation = make_organisation(nasty, note=nasty)

    for address in (
        "/structure/",
        f"/bodies/{body.slug}/",
        "/organisations/",
        f"/organisations/{organisation.slug}/",
        f"/search/?q={nasty}",
    ):
        assert nasty not in client.get(address).text


# --- Organisations --------------------------------------------------------------------------------


def test_organisations_are_those_of_the_day(client, record):
    make_organisation("Old CCG", end_date=LAST_DAY)
    make_organisation("New ICB", start_date=DAY_AFTER)
    make_organisation("Neighbour", partner=False)

    def groups(day):
        page = main_of(client.get(f"/organisations/?as_on={day}"))
        return [text_of(part) for part in page.split("<h2")[1:]]

    partners, others, not_on_the_day = groups(LAST_DAY)
    assert "Old CCG" in partners and "New ICB" not in partners
    assert "Neighbour" in others
    assert "New ICB" in not_on_the_day
    partners, *_ = groups(DAY_AFTER)
    assert "New ICB" in partners and "Old CCG" not in partners
    assert "1 organisation is a partner" in text_of(main_of(client.get("/organisations/")))


def test_an_organisation_shows_all_before_it_and_after_it(client, record):
    icb = make_organisation("ICB", start_date=date(2022, 7, 1))
    merged = make_organisation(
        "Merged CCG", start_date=date(2021, 4, 1), end_date=date(2022, 6, 30), successor=icb
    )
    make_organisation("CCG one", end_date=date(2021, 3, 31), successor=merged)
    make_organisation("CCG two", end_date=date(2021, 3, 31), successor=merged)

    for slug in (icb.slug, merged.slug):
        page = client.get(f"/organisations/{slug}/").text
        steps = [
            text_of(step) for step in re.findall(r"<p class=\"tht-timeline__what\">.*?</p>", page)
        ]
        assert sorted(steps[:2]) == ["CCG one", "CCG two"]
        assert steps[2:] == ["Merged CCG", "ICB"]


def test_successors_that_run_in_a_ring_end(client, record):
    one, two = make_organisation("One"), make_organisation("Two")
    Organisation.objects.filter(pk=one.pk).update(successor=two)
    Organisation.objects.filter(pk=two.pk).update(successor=one)

    assert client.get(f"/organisations/{one.slug}/").status_code == 200


def test_an_organisation_shows_its_codes_and_seats_and_since_when_it_is_a_partner(client, record):
    trust = make_organisation(
        "Trust", ods_code="R1H", website="https://example.org/", partner=False
    )
    Partner.objects.create(organisation=trust, start_date=date(2022, 7, 1))
    make_seat(make_body("Board"), title="Managing director", on_behalf_of=trust)

    page = text_of(client.get(f"/organisations/{trust.slug}/").text)

    assert "ODS code R1H" in page
    assert "Partner since 1 July 2022" in page
    assert "Board Member Managing director Vacant" in page
    before = text_of(client.get(f"/organisations/{trust.slug}/?as_on=2022-06-30").text)
    assert "Not a partner in Tower Hamlets Together on this day." in before


def test_an_organisation_that_is_gone_says_so_and_is_kept(client, record):
    gone = make_organisation("Old CCG", end_date=LAST_DAY)

    said = text_of(client.get(f"/organisations/{gone.slug}/").text)

    assert "Its last day was 31 March 2026." in said


def test_an_address_without_an_organisation_says_so(client):
    response = client.get("/organisations/no-such-organisation/")

    assert response.status_code == 404
    assert "There is no organisation at this address." in response.text


# --- As the portal had recorded it ----------------------------------------------------------------


def test_a_page_may_show_what_was_recorded_before_an_edit(client, record):
    body = make_body("Living Well", purpose="As it was first written.")
    seen = body.history.first().history_date.isoformat().replace("+00:00", "Z")
    name = body.names.get()
    name.name = "Living Better"
    name.save()
    body.purpose = "As it was written later."
    body.save()
    seen = max(seen, body.names.get().history.last().history_date.isoformat()[:26] + "Z")

    now = client.get(f"/bodies/{body.slug}/").text
    then = client.get(f"/bodies/{body.slug}/?known_on={seen}").text

    assert "Living Better" in now and "As it was written later." in now
    assert "Living Well" in then and "As it was first written." in then


# --- As many queries for a thousand as for a few --------------------------------------------------


def fill(count):
    """A board, and `count` bodies that report and escalate to it, with seats and names."""
    board, kind = make_body("Board"), make_kind()
    bodies = Body.objects.bulk_create(
        Body(slug=f"many-{number}", kind=kind, purpose="Many") for number in range(count)
    )
    BodyName.objects.bulk_create(BodyName(body=body, name=f"Many {body.slug}") for body in bodies)
    for line_kind in (Kind.REPORTS_TO, Kind.ESCALATES_TO):
        ReportingLine.objects.bulk_create(
            ReportingLine(from_body=body, to_body=board, kind=line_kind) for body in bodies
        )
    organisation = make_organisation("Trust")
    Organisation.objects.bulk_create(
        Organisation(slug=f"many-{number}", name=f"Many {number}", kind="nhs_trust")
        for number in range(count)
    )
    Partner.objects.bulk_create(
        Partner(organisation=each) for each in Organisation.objects.exclude(pk=organisation.pk)
    )
    Seat.objects.bulk_create(Seat(body=board, on_behalf_of=organisation) for _ in range(count))
    person = make_person()
    Membership.objects.bulk_create(
        Membership(seat=seat, person=person, name_is_public=True)
        for seat in Seat.objects.filter(body=board)
    )
    return board, organisation


@pytest.mark.parametrize("count", [3, 1000])
def test_pages_take_as_many_queries_for_a_thousand_rows(
    client, record, count, django_assert_num_queries
):
    board, organisation = fill(count)
    structure_on(today())

    for address, queries in (
        ("/structure/", 1),
        (f"/bodies/{board.slug}/", 12),
        ("/organisations/", 2),
        (f"/organisations/{organisation.slug}/", 3),
    ):
        with django_assert_num_queries(queries):
            assert client.get(f"{address}?x=").status_code == 200


# --- In the browser -------------------------------------------------------------------------------

ADDRESSES = [
    "/structure/",
    "/structure/?as_on=2022-01-01",
    "/structure/?as_on=2019-01-01",
    "/structure/?as_on=never",
    "/bodies/executive-board/",
    "/bodies/nhs-north-east-london/?as_on=2021-06-01",
    "/organisations/",
    "/organisations/nhs-north-east-london/",
    "/search/?q=living",
    "/search/?q=E3+4AB",
    "/search/?q=nothing+of+the+kind",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_the_structure_is_valid_html(client, html_faults, address):
    loaded()

    assert html_faults(client.get(address).content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_pages_of_the_structure_are_accessible_and_fit(new_page, axe_faults, width):
    loaded()
    page = new_page(width=width)

    for address in ADDRESSES:
        if "never" in address:  # its answer is a 400, which the browser notes as a fault
            continue
        page.goto(address)
        assert axe_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.django_db(transaction=True)
def test_the_keyboard_walks_the_chart_in_the_order_of_the_tree(page):
    board = make_body("Board")
    StructureRecord.objects.update(first_day=date(2021, 1, 1))
    first, second = make_body("First", slug="first"), make_body("Second", slug="second")
    make_line(first, board)
    make_line(second, board)
    page.goto("/structure/")

    page.locator(".tht-scroll").focus()
    walked = []
    for _ in range(3):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.getAttribute('href')"))

    assert walked == [f"/bodies/{body.slug}/" for body in (board, first, second)]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/bodies/{second.slug}/")


# --- What was public once -------------------------------------------------------------------------


def test_a_body_that_was_taken_out_of_the_record_is_gone_and_not_unknown(client, db):
    body = make_body("Founded by mistake", slug="founded-by-mistake")
    body.names.all().delete()
    body.delete()
    structure_edited()

    gone = client.get("/bodies/founded-by-mistake/")

    assert gone.status_code == 410
    assert "A body of this address was taken out of the record." in gone.text
    assert client.get("/bodies/never-there/").status_code == 404


def test_no_space_stands_before_the_full_stop_after_a_period():
    told = render_to_string("governance/_period.html", {"fact": make_body()})

    assert told == "since before our record"
