"""The style sheet holds what pages use: every page pays for every rule of it."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
STYLES = PROJECT / "static" / "scss" / "portal.scss"
FOLDERS = ["templates", "static/js", "tht_portal", "engagement", "governance", "localities"]


def written_by_pages():
    """Classes of ours as pages name them, and the beginnings of those that they put together."""
    sources = [
        path.read_text()
        for folder in FOLDERS
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in {".html", ".py", ".js"}
    ]
    whole = {name for text in sources for name in re.findall(r"tht-[\w-]+", text)}
    begun = {start for text in sources for start in re.findall(r"(tht-[\w-]+(?:--|__))\{", text)}
    return whole, tuple(begun)


def test_every_class_of_ours_that_is_styled_stands_on_some_page():
    rules = re.sub(r"//.*|#\{.*?\}", "", STYLES.read_text())
    styled = set(re.findall(r"\.(tht-[\w-]+)", rules))
    whole, begun = written_by_pages()

    unused = {name for name in styled - whole if not name.startswith(begun)}

    assert styled > {"tht-card", "tht-due"}
    assert unused == set()
