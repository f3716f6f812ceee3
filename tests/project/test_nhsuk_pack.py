import json
import re
from datetime import date
from pathlib import Path

import html5lib
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.forms.utils import flatatt
from django.template import Context, Template
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from engagement.forms import NearestForm
from localities.day_field import DayField
from tht_portal.nhsuk import components, fields, summary
from tht_portal.nhsuk.components import component, drawn, environment

FRONTEND = Path(__file__).parents[2] / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"

# What NHS England's own port renders otherwise than NHS.UK frontend 10.6.1, and we do not use.
KNOWN_DIFFERENCES = {
    ("file-upload", "button"),
    ("header", "with service name (linked with logo, empty)"),
}


class Colour(forms.Widget):
    """A widget that the pack has never heard of."""

    def render(self, name, value, attrs=None, renderer=None):
        return format_html('<input type="color" name="{}"{}>', name, flatatt(attrs))


class Everything(forms.Form):
    """One field of every family."""

    nhsuk = {
        "topic": {"page_heading": True, "size": "l", "hints": {"urgent": "The same day"}},
        "reply": {"reveals": {"email": ["email"]}, "dividers": {"no": "or"}},
        "about": {"exclusive": "none"},
        "agree": {"reveals": {"on": ["reference"]}},
    }

    topic = forms.ChoiceField(
        choices=[("", "---------"), ("gp", "GP or dentist"), ("urgent", "Urgent care")],
        widget=forms.RadioSelect,
        help_text="Choose the nearest",
    )
    message = forms.CharField(widget=forms.Textarea, max_length=20, help_text="Leave out names")
    longer = forms.CharField(widget=forms.Textarea, required=False)
    reply = forms.ChoiceField(
        choices=[("email", "By e-mail"), ("no", "No answer")], widget=forms.RadioSelect
    )
    email = forms.EmailField(required=False)
    about = forms.MultipleChoiceField(
        choices=[("child", "A child"), ("adult", "An adult"), ("none", "No one")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(label="You may publish this", help_text="Without your name")
    reference = forms.CharField(required=False)
    body = forms.ChoiceField(
        choices=[("", "Choose"), ("omg", "OMG"), ("Localities", [("ne", "North East")])]
    )
    by = DayField(label="Answer by")
    evidence = forms.FileField()
    secret = forms.CharField(widget=forms.PasswordInput)
    days = forms.IntegerField()
    phone = forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    colour = forms.CharField(widget=Colour, required=False)
    token = forms.CharField(widget=forms.HiddenInput, initial="abc")


def test_the_port_renders_what_nhsuk_frontend_does():
    differing = {
        (folder.name, fixture["name"])
        for folder in sorted((FRONTEND / "components").iterdir())
        if (folder / "fixtures.json").exists()
        for fixture in json.loads((folder / "fixtures.json").read_text())["fixtures"]
        if not fixture.get("callBlock") and not renders_alike(folder.name, fixture)
    }

    assert differing == KNOWN_DIFFERENCES


def test_text_is_escaped_and_html_is_not():
    assert "&lt;b&gt;" in component("insetText", text="<b>")
    assert "<b>x</b>" in component("insetText", html=mark_safe("<b>x</b>"))
    assert "Later" in component("input", id="x", name="x", label=lazystr("Later"))


@pytest.mark.parametrize("name", ["topic", "message", "email", "about", "agree", "body", "days"])
def test_what_was_typed_is_escaped_and_kept(name):
    form = Everything({name: "<script>", f"{name}_day": "<script>"})

    html = fields.render(form[name])

    assert "<script>" not in html
    if name in {"message", "email", "days"}:
        assert "&lt;script&gt;" in html


def test_several_lines_and_odd_characters_are_kept_in_a_text_box():
    typed = "\nfirst\n  second é\r\n\tthird & <last>"
    form = Everything({"longer": typed})

    box = element(fields.render(form["longer"]), "textarea")

    assert box.text == typed.replace("\r\n", "\n")


def test_a_nul_byte_is_left_out_of_the_page():
    html = fields.render(Everything({"longer": "a\x00b", "phone": "c\x00d"})["longer"])

    assert "\x00" not in html


def test_every_error_lands_on_an_element_that_can_be_used():
    form = Everything({})
    page = parse(fields.render_all(form))
    ids = {found.get("id"): found for found in page.iter() if found.get("id")}

    links = [error["href"][1:] for error in summary.errors(form) if "href" in error]

    assert len(links) == 11
    for link in links:
        assert ids[link].tag in {"input", "textarea", "select"}, link


def test_an_error_about_the_whole_form_or_a_hidden_field_has_no_link():
    form = Everything({})
    form.full_clean()
    form.add_error(None, "Somebody was quicker.")

    errors = summary.errors(form)

    assert errors[0] == {"text": "Somebody was quicker."}
    assert [error for error in errors if "href" not in error][1:] == [
        {"text": "This field is required."}
    ]


def test_a_form_without_errors_has_no_summary():
    assert summary.render(Everything()) == ""
    assert Template("{% load nhsuk %}{% nhsuk_error_summary form %}").render(Context()) == ""


@pytest.mark.parametrize("name", ["message", "days", "body", "secret", "evidence", "colour"])
def test_an_element_is_described_by_its_hint_and_its_error(name):
    form = Everything({})
    form.fields[name].help_text = "A hint"
    form.fields[name].required = True

    page = parse(fields.render(form[name]))
    described_by = next(
        found.get("aria-describedby").split()
        for found in page.iter()
        if found.get("aria-describedby") and found.get("id") == f"id_{name}"
    )

    assert f"id_{name}-hint" in described_by
    assert f"id_{name}-error" in described_by
    ids = {found.get("id") for found in page.iter()}
    assert set(described_by) <= ids


def test_a_group_of_choices_is_described_by_its_hint_and_its_error():
    group = element(fields.render(Everything({})["topic"]), "fieldset")

    assert group.get("aria-describedby") == "id_topic-hint id_topic-error"


def test_a_legend_can_be_the_heading_of_the_page():
    html = fields.render(Everything()["topic"])

    assert element(html, "h1").text.strip() == "Topic"
    assert "nhsuk-fieldset__legend--l" in html


def test_the_empty_choice_is_no_radio():
    html = fields.render(Everything()["topic"])

    assert [found.get("value") for found in elements(html, "input")] == ["gp", "urgent"]


def test_what_was_chosen_stays_chosen():
    form = Everything({"topic": "urgent", "about": ["child", "none"], "agree": "on", "body": "ne"})

    def chosen(name):
        html = fields.render(form[name])
        return [
            found.get("value")
            for tag in ("input", "option")
            for found in elements(html, tag)
            if found.get("checked") is not None or found.get("selected") is not None
        ]

    assert chosen("topic") == ["urgent"]
    assert chosen("about") == ["child", "none"]
    assert chosen("agree") == ["on"]
    assert chosen("body") == ["ne"]


def test_a_choice_may_have_a_hint_a_divider_and_shut_out_the_others():
    assert "The same day" in fields.render(Everything()["topic"])
    assert 'nhsuk-radios__divider">or<' in fields.render(Everything()["reply"])
    assert 'data-behaviour="exclusive"' in fields.render(Everything()["about"])


def test_a_field_revealed_by_a_choice_stands_under_it_and_nowhere_else():
    html = fields.render_all(Everything())

    assert html.count('name="email"') == 1
    assert html.count('name="reference"') == 1
    assert 'id="conditional-id_reply"' in html
    assert html.index('value="email"') < html.index('name="email"') < html.index('value="no"')


def test_only_an_optional_field_says_so():
    form = Everything()

    assert "(optional)" in fields.render(form["longer"])
    assert "(optional)" not in fields.render(form["message"])
    assert "(optional)" not in fields.render(form["longer"], optional=False)
    assert "publish this (optional)" not in fields.render(form["agree"])


def test_a_text_box_with_a_limit_counts_and_does_not_cut_off():
    html = fields.render(Everything()["message"])

    assert 'data-maxlength="20"' in html
    assert " maxlength=" not in html
    assert " maxlength=" not in fields.render(Everything()["phone"])


@pytest.mark.parametrize("language", ["en-gb", "bn", "so"])
def test_a_limit_is_said_with_its_thousands_apart(language):
    form = Everything()
    form.fields["message"].max_length = 5000

    with translation.override(language):
        html = fields.render(form["message"])

    assert "5,000" in html
    assert 'data-maxlength="5000"' in html


def test_the_server_checks_not_the_browser():
    html = fields.render_all(Everything())

    assert "required" not in html
    assert 'type="number"' not in html
    assert 'inputmode="numeric"' in fields.render(Everything()["days"])


def test_attributes_of_a_widget_reach_the_page():
    html = fields.render(Everything()["phone"])

    assert 'inputmode="tel"' in html
    assert 'autocomplete="tel"' in html


def test_a_password_is_never_sent_back():
    html = fields.render(Everything({"secret": "hunter2"})["secret"])

    assert "hunter2" not in html


def test_a_day_has_three_boxes_and_keeps_what_was_typed():
    typed = Everything({"by_day": "31", "by_month": "Feb", "by_year": "2026"})
    known = Everything(initial={"by": date(2026, 11, 22)})

    def boxes(form):
        return {
            found.get("name"): found.get("value")
            for found in elements(fields.render(form["by"]), "input")
        }

    assert boxes(typed) == {"by_day": "31", "by_month": "Feb", "by_year": "2026"}
    assert boxes(known) == {"by_day": "22", "by_month": "11", "by_year": "2026"}


def test_a_hidden_field_is_just_that():
    assert fields.render(Everything()["token"]) == (
        '<input type="hidden" name="token" value="abc" id="id_token">'
    )


def test_a_disabled_field_cannot_be_changed():
    form = Everything()
    form.fields["phone"].disabled = True

    assert element(fields.render(form["phone"]), "input").get("disabled") is not None


def test_crispy_draws_a_whole_form_through_the_pack():
    helper = FormHelper()
    helper.add_input(Submit("send", "Send"))

    html = render_crispy_form(Everything(), helper)

    form = element(html, "form")
    assert form.get("novalidate") is not None
    assert form.get("enctype") == "multipart/form-data"
    assert html.count('name="message"') == 1
    assert "nhsuk-button" in html


def test_crispy_draws_single_fields_and_errors_through_the_pack():
    page = Template(
        "{% load crispy_forms_tags crispy_forms_filters %}"
        "{{ form.phone|as_crispy_field }}{{ form|as_crispy_errors }}"
    ).render(Context({"form": Everything({})}))

    assert 'class="nhsuk-input' in page
    assert 'href="#id_by_day"' in page


def test_a_set_of_forms_can_be_drawn():
    rows = forms.formset_factory(Everything, extra=2)()

    html = render_crispy_form(rows, FormHelper())

    assert 'name="form-TOTAL_FORMS"' in html
    assert 'id="id_form-1-topic"' in html


def test_a_template_can_write_nested_parameters_and_wrap_a_component_round_html():
    html = Template(
        '{% load nhsuk %}{% nhsuk "fieldset" legend__text="Who" legend__size="m" %}'
        '{% nhsuk_block "details" summaryText="Why" %}<p>Because</p>{% end_nhsuk_block %}'
    ).render(Context())

    assert "nhsuk-fieldset__legend--m" in html
    assert "<p>Because</p>" in html


@pytest.fixture
def kept(monkeypatch):
    """All that is kept while forms are drawn."""
    drawn.cache_clear()
    kept = []

    def draw(name, /, **params):
        kept.append(component(name, **params))
        return kept[-1]

    monkeypatch.setattr(components, "component", draw)  # which `drawn` alone looks up there
    return kept


def test_what_nobody_typed_is_drawn_once():
    drawn.cache_clear()

    fields.render_all(Everything())
    first = drawn.cache_info().currsize
    fields.render_all(Everything())

    assert first > 10
    assert drawn.cache_info().currsize == first
    assert drawn.cache_info().hits == first


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"message": "Amina"}, {}),
        ({}, {"message": "Amina"}),
        ({"topic": "Amina", "reply": "Amina", "about": ["Amina"], "body": "Amina"}, {}),
        ({"reply": "email", "email": "Amina@example.org"}, {}),
        ({"agree": "on", "reference": "Amina"}, {}),
        ({"by_day": "", "by_month": "Amina", "by_year": ""}, {}),
        ({}, {"reference": "Amina"}),
    ],
)
def test_nothing_that_someone_typed_is_kept(typed, asked, kept):
    shown = fields.render_all(Everything(typed or None, initial=asked))

    assert "Amina" in shown
    assert kept and "Amina" not in "".join(kept)


def test_a_question_that_repeats_what_someone_typed_is_not_kept(kept):
    question = NearestForm()
    question.offer([("ne", "North East", [])], "Amina’s house")

    assert "Amina’s house" in fields.render(question["nearest"])
    assert not kept


def test_the_choices_of_a_filter_are_kept_whatever_is_chosen():
    drawn.cache_clear()
    for topic in ("gp", "urgent", "gp"):
        fields.render(Everything({"topic": topic})["topic"])

    assert drawn.cache_info().currsize == 2
    assert drawn.cache_info().hits == 1


def test_a_kept_field_follows_its_choices():
    form = Everything()
    fields.render(form["topic"])

    form.fields["topic"].choices = [("new", "A new topic")]

    assert "A new topic" in fields.render(form["topic"])


# --- Reading HTML as a browser does ---------------------------------------------------------------


def parse(html):
    return html5lib.parse(html, treebuilder="lxml", namespaceHTMLElements=False).getroot()


def elements(html, tag):
    return list(parse(html).iter(tag))


def element(html, tag):
    return elements(html, tag)[0]


def renders_alike(folder, fixture):
    module = environment().get_template(f"nhsuk/components/{folder}/macro.jinja").module
    words = folder.replace("-", "")
    names = (words, words.removesuffix("s"), folder.split("-")[-1])  # summaryList, table, list
    name = next(name for name in dir(module) if name.lower() in names)
    params = fixture.get("context") or fixture.get("options") or {}
    try:
        html = str(getattr(module, name)(params))
    except TypeError:  # from the template
        return False
    return settled(html) == settled(fixture["html"])


def settled(html):
    """HTML without what makes no difference: the order of attributes, and blanks."""
    nodes = html5lib.parseFragment(html, treebuilder="lxml", namespaceHTMLElements=False)
    return [outlined for node in nodes if (outlined := outline(node))]


def outline(node):
    if isinstance(node, str):
        return squeezed(node)
    if callable(node.tag):  # a comment
        return ""
    attributes = sorted((name, squeezed(value)) for name, value in node.attrib.items())
    children = [(outline(child), squeezed(child.tail)) for child in node]
    return node.tag, attributes, squeezed(node.text), children


def squeezed(text):
    return re.sub(r"\s+", " ", text or "").strip()
