from datetime import date

import pytest
from django import forms

from localities.day_field import DayField


class DayForm(forms.Form):
    day = DayField()


def ask(day="", month="", year="", **options):
    class AskForm(forms.Form):
        asked = DayField(**options)

    return AskForm({"asked_day": day, "asked_month": month, "asked_year": year})


@pytest.mark.parametrize(
    "boxes",
    [
        ("22", "11", "2026"),
        (" 22 ", "November", "2026"),
        ("22nd", "nov", "2026"),
        ("২২", "১১", "২০২৬"),
        ("٢٢", "11", "２０２６"),
        ("22 November 2026", "", ""),
        ("22/11/2026", "", ""),
        ("2026-11-22", "", ""),
    ],
)
def test_a_day_is_read_as_a_person_would(boxes):
    form = ask(*boxes)

    assert form.is_valid()
    assert form.cleaned_data["asked"] == date(2026, 11, 22)


def test_sept_is_a_month():
    form = ask("1", "Sept", "2026")

    assert form.is_valid()
    assert form.cleaned_data["asked"] == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (("", "", ""), "Enter a day, such as 22 11 2026"),
        (("22", "", "2026"), "Enter the month too, such as 22 11 2026"),
        (("22", "", ""), "Enter the month and year too, such as 22 11 2026"),
        (("22", "11", "26"), "Write the year in four digits, such as 2026"),
        (("31", "2", "2026"), "Enter a real day, such as 22 11 2026"),
        (("0", "11", "2026"), "Enter a real day, such as 22 11 2026"),
        (("22", "13", "2026"), "Enter a real day, such as 22 11 2026"),
        (("22", "Nonember", "2026"), "Enter a real day, such as 22 11 2026"),
        (("22", "no", "2026"), "Enter a real day, such as 22 11 2026"),
        (("22", "11", "0026"), "Enter a real day, such as 22 11 2026"),
        (("soon", "11", "2026"), "Enter a real day, such as 22 11 2026"),
        (("22 23", "11", "2026"), "Enter a real day, such as 22 11 2026"),
        (("22\x00", "11", "2026"), "Enter a real day, such as 22 11 2026"),
        (("\x00", "\x00", "\x00"), "Enter a real day, such as 22 11 2026"),
        (("²", "11", "2026"), "Enter a real day, such as 22 11 2026"),
        (("9" * 5000, "11", "2026"), "Enter a real day, such as 22 11 2026"),
        (("-", "-", "-"), "Enter a day, such as 22 11 2026"),
    ],
)
def test_what_is_no_day_gets_a_sentence(boxes, sentence):
    form = ask(*boxes)

    assert form.errors == {"asked": [sentence]}


def test_a_day_that_may_be_left_empty_may_be():
    form = ask(required=False)

    assert form.is_valid()
    assert form.cleaned_data["asked"] is None


def test_the_first_and_the_last_day_allowed_are_included():
    limits = {"earliest": date(2026, 11, 2), "latest": date(2026, 11, 22)}

    assert ask("2", "11", "2026", **limits).is_valid()
    assert ask("22", "11", "2026", **limits).is_valid()
    assert ask("1", "11", "2026", **limits).errors == {
        "asked": ["Enter a day on or after 2 November 2026"]
    }
    assert ask("23", "11", "2026", **limits).errors == {
        "asked": ["Enter a day on or before 22 November 2026"]
    }


def test_boxes_that_were_never_sent_are_empty():
    form = DayForm({})

    assert form.errors == {"day": ["Enter a day, such as 22 11 2026"]}


def test_a_day_that_did_not_change_is_not_a_change():
    sent = {"day_day": "22", "day_month": "Nov", "day_year": "2026"}

    assert not DayForm(sent, initial={"day": date(2026, 11, 22)}).has_changed()
    assert DayForm(sent, initial={"day": date(2026, 11, 21)}).has_changed()


def test_where_past_days_are_refused_the_example_is_a_day_to_come():
    class ComingForm(forms.Form):
        day = DayField(help_text="For example, 22 11 2026. No earlier.")

    form = ComingForm({"day_day": "22"})
    form.fields["day"].take_none_before(date(2026, 12, 24))

    assert form.fields["day"].help_text == "For example, 7 1 2027. No earlier."
    assert form.errors == {"day": ["Enter the month and year too, such as 7 1 2027"]}
    assert ComingForm({}).errors == {"day": ["Enter a day, such as 22 11 2026"]}


def test_the_example_would_be_taken():
    class ComingForm(forms.Form):
        day = DayField(help_text="22 11 2026")

    form = ComingForm()
    form.fields["day"].take_none_before(date(2026, 12, 24))
    day, month, year = form.fields["day"].help_text.split()

    assert form.fields["day"].clean([day, month, year]) == date(2027, 1, 7)
