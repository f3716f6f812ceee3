"""What every page of the portal shares: `{% load portal %}`.

{% nav_link "/structure/" "Structure" "/bodies/" "/organisations/" %}
{% crumb "/structure/" _("Structure") %}
<a href="{% address "/feedback/" %}">
{{ story.text|prose:2 }}
{% evidence line.evidence %}
{{ words|marks }}
{% own "_header.html" %}
{% piece "governance/_choose_day.html" as_on %}
{% pieces "governance/_line.html" lines %}
{% nested "governance/_entry.html" entries %}

Addresses are given as in English, and lead to the page in the language of this one.
"""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from governance.kept import left_open, part
from governance.prose import as_html
from tht_portal.languages import in_language, without_language

register = template.Library()


@register.simple_tag
def address(english):
    return in_language(english)


@register.simple_tag(takes_context=True)
def nav_link(context, address, words, *also, alone=False):
    """A link of the navigation that says when one is in its section.

    Further addresses may belong to it; `alone`, not even those below its own do.
    """
    request = context.get("request")
    path = without_language(request.path_info) if request else ""
    current = None
    if path == address:
        current = "page"
    elif not alone and path.startswith((address, *also)):
        current = "true"
    return format_html(
        '<li class="tht-nav__item"><a class="tht-nav__link" href="{}"{}>{}</a></li>',
        in_language(address),
        format_html(' aria-current="{}"', current) if current else "",
        words,
    )


@register.simple_tag(takes_context=True)
def crumb(context, address, words):
    """One step of the way from the home page to here."""
    request = context.get("request")
    there = without_language(address.partition("?")[0])
    is_here = request is not None and without_language(request.path_info) == there
    return crumb_drawn(address, words, is_here, get_language())


@lru_cache(typed=True)  # words that are safe are not those that are to be escaped
def crumb_drawn(address, words, is_here, language):
    return format_html(
        '<li><a href="{}"{}>{}</a></li>',
        in_language(address, language),
        format_html(' aria-current="{}"', "page") if is_here else "",
        words,
    )


@register.simple_tag(takes_context=True)
def block_again(context, name):
    """What a block of the page says, once more: a title stands in the tab and on a shared link."""
    blocks = context.render_context[BLOCK_CONTEXT_KEY]
    # Rendering takes a block from the stack of those that templates override, and puts it back.
    return blocks.get_block(name).render(context)


@register.simple_tag
def whole_address(name):
    """The address of a static file with our own host, for those who read it elsewhere."""
    return f"{settings.PORTAL_URL}{kept_static(name)}"


kept_static = lru_cache(static)


@register.simple_tag(takes_context=True)
def own(context, name):
    """A template that shows something of the reader; left open where the rest is kept for many."""
    request = context.get("request")
    if getattr(request, "leaves_open", False):
        return left_open(name)
    template = context.template.engine.get_template(name)
    if request is None or context.get("has_session", True):
        return template.render(context)
    return part(name, request, lambda: template.render(context))


@register.simple_tag
def evidence(kind, *, brief=False):
    """How we know a fact; `brief` where the page explains the words itself."""
    return evidence_drawn(kind, bool(brief), get_language())


@lru_cache
def evidence_drawn(kind, brief, language):
    """Drawn once in each language, since a page may show it a hundred times."""
    return render_to_string("_evidence.html", {"evidence": kind, "brief": brief})


@register.simple_tag
def piece(template, shown):
    """A template that knows as `each` what it shows.

    That is immutable and holds all of it, so that what was drawn is kept: after an edit only what
    is different is drawn anew.
    """
    return piece_drawn(template, shown, get_language())


@register.simple_tag
def pieces(template, shown):
    """A template for each of these."""
    language = get_language()
    return mark_safe("".join([piece_drawn(template, each, language) for each in shown]))


@register.simple_tag
def nested(template, branches):
    """A tree as items of nested lists; each branch is a pair, of `each` and the branches below."""
    language = get_language()

    said, waiting = [], [iter(branches)]
    while waiting:
        each, below = next(waiting[-1], (None, ()))
        if each is None:
            waiting.pop()
            said.append("</ul>\n</li>\n" if waiting else "")
            continue
        said.append(f"<li>{piece_drawn(template, each, language)}")
        if below:
            said.append("<ul>\n")
            waiting.append(iter(below))
        else:
            said.append("</li>\n")
    return mark_safe("".join(said))


@lru_cache(maxsize=4096)
def piece_drawn(template, each, language):
    return render_to_string(template, {"each": each})


@register.filter
def marks(words):
    """What singles out a body or a line."""
    if not words:
        return ""
    return format_html_join(
        "", ' <strong class="tht-mark">{}</strong>', ((each,) for each in words)
    )


@register.filter
def prose(text, first_heading=2):
    """What someone wrote in simple Markdown, its headings from this level on."""
    return as_html(text, first_heading)
