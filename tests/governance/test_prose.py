"""Simple Markdown: what it becomes, and what it never becomes."""

import pytest

from governance.prose import as_html


def test_paragraphs_lists_and_links_become_html():
    html = as_html("One **bold** word.\n\n- tea\n- coffee\n\n[More](https://example.org/?a=1&b=2)")

    assert "<p>One <strong>bold</strong> word.</p>" in html
    assert "<li>tea</li>" in html
    assert '<a href="https://example.org/?a=1&amp;b=2">More</a>' in html


@pytest.mark.parametrize(
    ("text", "first_heading", "headings"),
    [
        ("# A\n\n## B", 2, ["<h2>A</h2>", "<h3>B</h3>"]),
        ("### A\n\n##### B", 3, ["<h3>A</h3>", "<h4>B</h4>"]),
        ("A\n=\n\nB\n-", 4, ["<h4>A</h4>", "<h5>B</h5>"]),
        ("# A\n## B\n### C", 5, ["<h5>A</h5>", "<h6>B</h6>", "<h6>C</h6>"]),
    ],
)
def test_headings_stand_under_the_one_the_page_gives_and_leave_no_hole(
    text, first_heading, headings
):
    assert as_html(text, first_heading).splitlines() == headings


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![a](https://example.org/a.png)",
        "[a](javascript:alert(1))",
        "[a](data:text/html,a)",
        '[a](https://example.org "x\\" onclick=\\"a")',
        "<b onclick=alert(1)>b</b>",
        "<https://example.org/><style>p{}</style>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_no_html_of_ones_own_and_no_picture_comes_through(text):
    html = as_html(text)

    for refused in (
        "<script",
        "<img",
        "<style",
        "<b ",
        'onclick="',
        'href="javascript',
        'href="data',
    ):
        assert refused not in html
