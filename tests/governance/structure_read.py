"""The structure as its page shows it in three ways: chart, list and table."""

import re
from xml.etree import ElementTree

from tests.reading import text_of


def chart_of(page):
    svg = page[page.index('<svg class="tht-chart"') :]
    return ElementTree.fromstring(svg[: svg.index("</svg>") + len("</svg>")])


def lines_of_chart(page):
    svg = "{http://www.w3.org/2000/svg}"
    titles = chart_of(page).iterfind(f"{svg}g/{svg}g/{svg}g/{svg}title")
    return [title.text for title in titles]


def lines_of_tree(page):
    """Each line in the list: the body it leaves, and its words as HTML."""
    tree = page[page.index('<ul class="tht-tree">') :]
    tree = tree[: tree.index("</section>")]
    body = None
    for name, line in re.findall(r'<li><a href="[^"]+">(.*?)</a>|<p>(.*?)</p>', tree, re.DOTALL):
        body = name or body
        if line:
            yield body, line


def lines_of_list(page):
    found = []
    for body, line in lines_of_tree(page):
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
