"""Measures of bodies: the target in words, the line of the readings, and the way up when missed."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from governance.actions import importing, lifecycle, measures
from governance.actions.import_readings import Readings
from governance.actions.structure import structure_edited
from governance.measures import measured, measures_on
from governance.models import Measure, Reading
from localities.history import signed
from tests.factories import (
    make_body,
    make_escalation_line,
    make_governance_administrator,
    make_measure,
    make_member,
    make_officer,
    make_person,
    make_reading,
    today,
)
from tests.parallel import Meanwhile
from tests.plugins.browser import DESKTOP, PHONE
from tests.reading import text_of

pytestmark = pytest.mark.django_db


# --- In words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("better", "value", "state"),
    [
        ("at_least", 95, "On target"),
        ("at_least", 94.9, "Below target"),
        ("at_most", 95, "On target"),
        ("at_most", 95.1, "Above target"),
        ("at_least", None, "No reading yet"),
    ],
)
def test_a_measure_says_in_words_whether_it_is_on_target(better, value, state):
    measure = make_measure(better=better, target=95)
    if value is not None:
        make_reading(measure, value)

    assert measures_on(today())[0].state == state


def test_the_last_reading_counts_and_none_that_is_still_to_come():
    measure = make_measure(target=95)
    make_reading(measure, 99, today() - timedelta(days=60))
    make_reading(measure, 80, today() - timedelta(days=30))
    make_reading(measure, 99, today() + timedelta(days=30))

    [found] = measures_on(today())

    assert (found.last.value, found.misses) == (80, True)
    assert measures_on(today() - timedelta(days=45))[0].is_met


def test_a_reading_of_long_ago_is_old():
    make_reading(make_measure(), 99, today() - timedelta(days=184))

    assert measures_on(today())[0].is_old


def test_the_line_runs_from_the_first_reading_to_the_last_and_the_target_lies_between():
    measure = make_measure(target=95)
    for days, value in [(90, 90), (45, 100), (0, 92)]:
        make_reading(measure, value, today() - timedelta(days=days))

    chart = measures_on(today())[0].chart

    assert [x for x, _ in chart.points] == [10, 300, 590]
    lowest, highest = chart.points[0][1], chart.points[1][1]
    assert highest < chart.target < lowest


# --- Pages ----------------------------------------------------------------------------------------


def test_the_page_of_a_body_shows_its_measures_and_a_reading_at_once(client):
    body = make_body("Urgent Care", slug="urgent-care")
    measure = make_measure(body, name="Seen within four hours", target=95)
    address = "/bodies/urgent-care/"
    assert "The target is at least 95%." in text_of(client.get(address).text)

    measures.record(
        measure=measure,
        measured_on=date(2026, 10, 31),
        value=81.4,
        by=make_governance_administrator(),
        reason="R",
    )

    text = text_of(client.get(address).text)
    assert "Below target 81.4% on 31 October 2026; the target is at least 95%." in text
    assert "Raise it to the body above" not in text


def test_who_sits_on_the_body_is_led_to_an_escalation_with_the_facts(client):
    body, board = make_body("Urgent Care", slug="urgent-care"), make_body("Board")
    make_escalation_line(body, board)
    measure = make_measure(body, name="Seen within four hours", target=95)
    make_reading(measure, 84, date(2026, 9, 30))
    make_reading(measure, 81.4, date(2026, 10, 31))
    client.force_login(make_officer(body))

    page = client.get("/bodies/urgent-care/").text
    link = re.search(r'href="(/escalations/new/[^"]*)">Raise it', page)[1].replace("&amp;", "&")
    form = client.get(link).text

    assert "Seen within four hours: 81.4%, target at least 95%" in form
    assert "Seen within four hours: 81.4% on 31 October 2026." in form
    assert "Before that: 84% on 30 September 2026." in form
    assert re.search(r'value="performance"[^>]*checked', form)


def test_who_sits_elsewhere_and_a_measure_that_is_met_get_no_hint(client):
    body = make_body(slug="urgent-care")
    make_reading(make_measure(body), 80)
    client.force_login(make_officer(make_body()))
    assert "Raise it to the body above" not in client.get("/bodies/urgent-care/").text

    met = make_body(slug="met")
    make_reading(make_measure(met), 99)
    client.force_login(make_officer(met))
    assert "Raise it to the body above" not in client.get("/bodies/met/").text


@pytest.mark.parametrize("asked_for", ["0", "x", "9" * 40, ""])
def test_an_unknown_measure_leaves_the_form_empty(client, asked_for):
    body = make_body(slug="b")
    make_reading(make_measure(make_body()), 80)
    client.force_login(make_officer(body))

    response = client.get("/escalations/new/", {"body": "b", "measure": asked_for})

    assert response.status_code == 200
    assert "target" not in response.text


def test_a_measure_of_another_body_gives_away_nothing(client):
    body = make_body(slug="b")
    reading = make_reading(make_measure(make_body(), name="Of others"), 80)
    client.force_login(make_officer(body))

    page = client.get("/escalations/new/", {"body": "b", "measure": reading.measure_id}).text

    assert "Of others" not in page
    assert measured(body, reading.measure_id, today()) is None


@pytest.mark.parametrize("count", [1, 25])
def test_pages_take_a_fixed_number_of_queries(client, django_assert_num_queries, count):
    body = make_body(slug="b")
    for _ in range(count):
        measure = make_measure(body)
        for days in range(count):
            make_reading(measure, 90, today() - timedelta(days=days))
    client.get("/measures/?made=up")
    client.get("/bodies/b/?made=up")
    structure_edited()
    client.get("/structure/?made=up")

    with django_assert_num_queries(3):
        client.get("/measures/?made=up")
    with django_assert_num_queries(11):
        client.get("/bodies/b/?made=up")


def test_pages_are_valid_html(client, html_faults):
    make_reading(make_measure(make_body(slug="b")), 80)
    make_reading(Measure.objects.get(), 81, today() - timedelta(days=31))

    assert html_faults(client.get("/measures/").content) == []
    assert html_faults(client.get("/bodies/b/").content) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_page_of_measures_is_accessible(new_page, axe_faults, width):
    page = new_page(width=width)
    page.goto("/measures/")
    assert axe_faults(page) == []
    measure = make_measure(make_body())
    make_reading(measure, 80)
    make_reading(measure, 96, today() - timedelta(days=31))

    page.goto("/measures/")
    page.get_by_text("The readings in figures").click()

    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_standard_of_the_founding_text_is_loaded_as_it_is_quoted():
    call_command("load_localities", verbosity=0)
    call_command("load_structure", verbosity=0)

    measure = Measure.objects.get()

    assert (measure.body.slug, measure.target) == ("urgent-care-working-group", 95)
    assert measure.evidence == "stated" and "95% ED standard" in measure.quotation
    assert not measure.readings.exists()


# --- Deeds ----------------------------------------------------------------------------------------


def test_officers_of_the_body_and_administrators_record_a_reading_and_nobody_else():
    measure = make_measure()
    others = (make_person(), make_member(measure.body), make_officer(make_body()))

    for person in others:
        with pytest.raises(PermissionDenied):
            measures.record(measure=measure, measured_on=today(), value=1, by=person, reason="R")

    officer = make_officer(measure.body)
    noted = measures.record(measure=measure, measured_on=today(), value=1, by=officer, reason="R")
    assert noted.history.get().history_user == officer


def test_a_second_reading_for_a_day_takes_the_place_of_the_first():
    by = {"by": make_governance_administrator(), "reason": "Corrected"}
    measure = make_measure()
    measures.record(measure=measure, measured_on=today(), value=1, **by)
    measures.record(measure=measure, measured_on=today(), value=2, **by)

    reading = Reading.objects.get()

    assert reading.value == 2
    assert [each.value for each in reading.history.all()] == [2, 1]


# --- Where officers note it -----------------------------------------------------------------------


def typed(day=date(2026, 10, 31), **answers):
    boxes = {"day": day.day, "month": day.month, "year": day.year}
    return (
        {"value": "81.4%"} | {f"measured_on_{name}": box for name, box in boxes.items()} | answers
    )


def test_a_measure_of_a_closed_body_that_nobody_follows_takes_no_reading(client):
    body = make_body(end_date=today() - timedelta(days=1))
    measure = make_measure(body)
    client.force_login(make_governance_administrator())

    page = client.get(f"/staff/measures/{measure.pk}/")

    assert page.status_code == 404


def test_an_officer_notes_a_reading_that_is_public_at_once(client, html_faults):
    measure = make_measure(make_body("Urgent Care", slug="urgent-care"), target=95)
    client.force_login(make_officer(measure.body))
    address = f"/staff/measures/{measure.pk}/"
    assert f'href="{address}"' in client.get("/staff/").text

    page = client.post(address, typed(note="Provisional"), follow=True)

    assert "81.4% on 31 October 2026" in text_of(page.text)
    assert html_faults(page.content) == []
    assert "81.4% on 31 October 2026" in text_of(Client().get("/bodies/urgent-care/").text)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"value": ""}, "Enter the figure in digits"),
        ({"value": "many"}, "Enter the figure in digits"),
        ({"value": "nan"}, "Enter the figure in digits"),
        ({"value": "1e999"}, "Enter the figure in digits"),
        ({"measured_on_day": ""}, "Enter the day too"),
        ({"measured_on_year": "2199"}, "Enter a day on or before"),
        ({"source_url": "somewhere"}, "Enter a web address in full"),
    ],
)
def test_what_is_no_reading_is_said_at_its_field_and_kept(client, answers, sentence):
    measure = make_measure()
    client.force_login(make_officer(measure.body))

    page = client.post(f"/staff/measures/{measure.pk}/", typed(note="Typed long") | answers).text

    assert sentence in text_of(page)
    assert "Typed long" in page
    assert not Reading.objects.exists()


def test_who_notes_a_day_second_is_told_and_replaces_it_only_on_purpose(client):
    measure = make_measure()
    make_reading(measure, 70, date(2026, 10, 31))
    client.force_login(make_officer(measure.body))
    address = f"/staff/measures/{measure.pk}/"

    refused = client.post(address, typed(note="Typed long"))

    assert refused.status_code == 409
    assert "70% was noted for 31 October 2026 already" in refused.text
    assert "Typed long" in refused.text
    client.post(address, typed(may_replace="on"))
    assert Reading.objects.get().value == 81.4


def test_the_second_press_notes_it_once(client):
    measure = make_measure()
    client.force_login(make_officer(measure.body))

    answers = [client.post(f"/staff/measures/{measure.pk}/", typed()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Reading.objects.get().history.count() == 1


def test_a_measure_that_has_ended_takes_no_reading(client):
    measure = make_measure(end_date=date(2026, 1, 1))
    client.force_login(make_officer(measure.body))

    assert client.get(f"/staff/measures/{measure.pk}/").status_code == 404


# --- Import ---------------------------------------------------------------------------------------

HEADER = "body,measure,day,value,note,source,source_address\n"


def bring(rows, *, do=True):
    by = make_governance_administrator()
    look = importing.preview(Readings, text=HEADER + rows, by=by)
    if not do:
        return look
    return importing.carry_out(
        Readings, text=HEADER + rows, by=by, reason="R", version=look.version
    )


def test_readings_are_taken_from_a_file_and_the_same_again_changes_nothing():
    make_measure(make_body(slug="b"), name="Waiting")
    rows = "b,waiting,2026-09-30,81.4,,,\nb,Waiting,31/10/2026,83%,Provisional,,\n"

    first, again = bring(rows), bring(rows)

    assert first.numbers == {"added": 2, "changed": 0, "as it is": 0, "refused": 0}
    assert again.numbers == {"added": 0, "changed": 0, "as it is": 2, "refused": 0}
    assert list(Reading.objects.values_list("value", flat=True)) == [81.4, 83.0]


def test_a_look_writes_nothing():
    make_measure(make_body(slug="b"), name="Waiting")

    assert bring("b,Waiting,2026-09-30,81.4,,,\n", do=False).would_change_something
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("c,Waiting,2026-09-30,81,,,", "Body: there is none with the address “c”."),
        ("b,Weighing,2026-09-30,81,,,", "Measure: Bee has none of the name “Weighing”."),
        ("b,Waiting,2019-09-30,81,,,", "Measure: “Waiting” is not in force on 30 September 2019."),
        ("b,Waiting,,81,,,", "Day: enter the last day of the period, such as 2026-10-31."),
        ("b,Waiting,2026-09-30,many,,,", "Value: “many” is not a number."),
        ("b,Waiting,2026-09-30,,,,", "Value: it is empty."),
        ("b,Waiting,2026-09-30,1e9,,,", "Value: “1e9” is not a number."),
        ("b,Waiting,2026-09-30,81,,,not an address", "Enter a valid URL."),
        ("b,Waiting,2026-10-31,81,,,", "Line 2 is about the same reading. Leave one out."),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_nothing_is(row, sentence):
    make_measure(make_body("Bee", slug="b"), name="Waiting", start_date=date(2020, 1, 1))

    report = bring(f"b,Waiting,2026-10-31,82,,,\n{row}\n")

    [refused] = [each for each in report.rows if each.number == 3]
    assert any(sentence in each for each in refused.refused)
    assert not Reading.objects.exists()


def test_a_figure_that_is_none_is_refused_by_the_row_itself():
    with pytest.raises(ValidationError):
        Reading(measure=make_measure(), measured_on=today(), value=None).full_clean()


def test_an_administrator_who_does_not_sit_on_a_body_is_not_sent_to_raise_its_matters(client):
    measure = make_measure(target=90)
    make_reading(measure, 40)
    address = reverse("governance:reading", args=[measure.pk])
    raise_it = f"/escalations/new/?body={measure.body.slug}&amp;measure={measure.pk}"

    client.force_login(make_officer(measure.body))
    assert raise_it in client.get(address).text
    client.force_login(make_governance_administrator())
    assert "This misses its target" not in client.get(address).text


def test_before_the_record_no_measure_is_told_of(client, record):
    make_measure(name="Seen within four hours")

    assert "Our record begins on 1 January 2021." in client.get("/measures/?as_on=2020-12-31").text
    assert "Seen within" not in client.get("/measures/?as_on=2020-12-31").text
    assert "Seen within" in client.get("/measures/?as_on=2021-01-01").text


@pytest.mark.django_db(transaction=True)
def test_who_notes_a_reading_while_its_body_is_closed_waits_for_no_one_who_waits(monkeypatch):
    body, administrator = make_body(), make_governance_administrator()
    officer, day = make_officer(body), today() + timedelta(days=30)
    measure = make_measure(body)
    close = Meanwhile(
        lambda: lifecycle.close(
            body=body,
            last_day=day,
            successor=None,
            left_because={"measures": "Nobody asks"},
            by=administrator,
            reason="Done",
        )
    )

    def signed_then(*args):
        close.begin()
        return signed(*args)

    monkeypatch.setattr(measures, "signed", signed_then)
    measures.record(measure=measure, measured_on=today(), value=3, by=officer, reason="Noted")

    assert close.outcome.end_date == day
    assert Reading.objects.filter(measure=measure, value=3).exists()
