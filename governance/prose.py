"""Text that people write in simple Markdown, as HTML: the one place where this is done.

Paragraphs, lists, bold, italics, quotations, headings and links; no HTML, no pictures. Headings are
shifted to stand under the one that the page gives them, so that its outline stays whole.
"""

from functools import lru_cache

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "hr", "strong", "em", "ul", "ol", "li", "blockquote", "a"}
HEADINGS = ["h2", "h3", "h4", "h5", "h6"]
SCHEMES = {"http", "https", "mailto", "tel"}
LOWEST = 6


def reader():
    markdown = MarkdownIt("commonmark", {"html": False})
    return markdown.disable(["image", "html_block", "html_inline", "code", "fence", "backticks"])


MARKDOWN = reader()


@lru_cache(maxsize=512)
def as_html(text, first_heading=2):
    """The text as HTML; its highest heading becomes one of the level `first_heading`."""
    tokens = MARKDOWN.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    # Levels that the text leaves out would leave a hole in the outline.
    used = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(first_heading + used.index(token.tag), LOWEST)}"
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS.union(HEADINGS),
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return mark_safe(clean.strip())
