"""What every page of the portal shares: `{% load portal %}`.

{% nav_link "/structure/" "Structure" "/bodies/" "/organisations/" %}
{% crumb "/structure/" _("Structure") %}
<a href="{% address "/feedback/" %}">
{{ story.text|prose:2 }}

Addresses are given as in English, and lead to the page in the language of this one.
"""

from django import template
from django.conf import settings
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html

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
    here = request is not None and without_language(request.path_info) == address
    return format_html(
        '<li><a href="{}"{}>{}</a></li>',
        in_language(address),
        format_html(' aria-current="{}"', "page") if here else "",
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
    return f"{settings.PORTAL_URL}{static(name)}"


@register.filter
def prose(text, first_heading=2):
    """What someone wrote in simple Markdown, its headings from this level on."""
    return as_html(text, first_heading)
