"""Template tags for NHS.UK components and forms: `{% load nhsuk %}`.

    {% nhsuk "tag" text="Overdue" classes="nhsuk-tag--red" %}
    {% nhsuk "summaryList" rows=rows %}
    {% nhsuk "pagination" previous__labelText="1 of 3" previous__href="?page=1" %}
    {% nhsuk_block "details" summaryText="Why this body" %}<p>Because …</p>{% end_nhsuk_block %}
    {% nhsuk_field form.place size="l" page_heading=True %}   options: tht_portal/nhsuk/fields.py
    {% nhsuk_fields form %}            every field in order; pages say {{ form|crispy }}
    {% nhsuk_error_summary form %}     base.html does this for a form called `form`
    {% nhsuk_button "Send" %}  {% nhsuk_button "Cancel" href="/" variant="secondary" %}

Two underscores step into a parameter: `heading__text` is `heading.text`.
"""

from django import template
from django.forms import BaseForm, BaseFormSet

from tht_portal.languages import in_language
from tht_portal.nhsuk import fields, summary
from tht_portal.nhsuk.components import component, kept_component

register = template.Library()


@register.simple_tag
def nhsuk(name, /, **params):
    """A component by its NHS.UK name."""
    return component(name, **nested(params))


@register.simple_block_tag(end_name="end_nhsuk_block")
def nhsuk_block(content, name, /, **params):
    """A component around a piece of template, which becomes its `html`."""
    return component(name, html=content, **nested(params))


@register.simple_tag
def nhsuk_field(field, **options):
    """A form field with its label, hint and error."""
    return fields.render(field, **options)


@register.simple_tag
def nhsuk_fields(form):
    """Every field of a form, in order."""
    return fields.render_all(form)


@register.simple_tag
def nhsuk_error_summary(*forms, title=None):
    """The errors of one or several forms; nothing where there is no form or no error."""
    there = []
    for form in forms:
        if isinstance(form, BaseForm):
            there.append(form)
        elif isinstance(form, BaseFormSet):
            there.extend(form.forms)
    return summary.render(*there, title=title)


@register.simple_tag
def nhsuk_button(text, /, **params):
    """A button, or a link that looks like one when it has an `href`."""
    if "href" in params:
        params["href"] = in_language(params["href"])
    else:
        params.setdefault("preventDoubleClick", True)
    return kept_component("button", text=str(text), **nested(params))


def nested(params):
    """`heading__text="…"` as `heading={"text": "…"}`: templates cannot write dictionaries."""
    settled = {}
    for key, value in params.items():
        *path, last = key.split("__")
        level = settled
        for step in path:
            level = level.setdefault(step, {})
        level[last] = value
    return settled
