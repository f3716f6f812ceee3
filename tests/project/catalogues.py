"""What is to be translated, and what the catalogues hold, read without the gettext tools."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

from django.template import engines
from django.template.base import Origin, Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

PROJECT = Path(__file__).parents[2]
LOCALE = PROJECT / "tht_portal" / "locale"
APPS = ("engagement", "governance", "localities", "tht_portal")
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|%\{\w+\}|\{\w*\}|<[^>]+>")
CONTEXT = "\x04"  # between a context and what is said in it

SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
WITH_PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}


def sentences():
    """Every sentence of the sources that is marked for translation."""
    found = set()
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found |= set(of_python(ast.parse(path.read_text())))
    for path in sorted((PROJECT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"} and "admin" not in path.parts:
            found |= set(of_template(path))
    return found


def of_python(tree):
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        said = [each.value for each in call.args if isinstance(each, ast.Constant)]
        said = [each for each in said if isinstance(each, str)]
        if call.func.id in SINGLE | WITH_PLURAL and said:
            yield said[0]
        elif call.func.id in WITH_CONTEXT and said:
            yield CONTEXT.join(said[:2])


def of_template(path):
    engine = engines["django"].engine
    text = path.read_text()
    template = Template(text, Origin(str(path)), str(path), engine)
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        if isinstance(node.filter_expression.var, str):
            yield str(node.filter_expression.var)
        else:
            yield node.filter_expression.var.literal
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        yield node.render_token_list(node.singular)[0]
    for tag in re.findall(r"{[{%].*?[%}]}", text):
        yield from re.findall(r'\b_\("([^"]*)"\)', tag)


def entries(language):
    """A catalogue as its text has it: what is said → its translations, and whether it is fuzzy."""
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text()
    found = {}
    for block in text.split("\n\n"):
        words = {"": None}
        for line in block.splitlines():
            if match := re.fullmatch(r'(msg\w+(?:\[\d\])?) (".*")', line):
                key = match[1]
                words[key] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                words[key] += ast.literal_eval(line)
        said = words.get("msgid")
        if said:
            context = words.get("msgctxt")
            found[said if context is None else f"{context}{CONTEXT}{said}"] = Entry(block, words)
    return found


class Entry:
    """What is said, in English and in another language."""

    def __init__(self, block, words):
        self.is_fuzzy = bool(re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE))
        self.english = [words["msgid"], words.get("msgid_plural", words["msgid"])]
        self.forms = [said for key, said in words.items() if key.startswith("msgstr")]
        self.has_plural = "msgid_plural" in words

    @property
    def is_whole(self):
        return all(self.forms) and len(self.forms) == (2 if self.has_plural else 1)

    @property
    def keeps_its_places(self):
        """Whether each form has the placeholders and tags of the English, or of its plural."""
        allowed = [sorted(PLACES.findall(each)) for each in self.english]
        return all(sorted(PLACES.findall(form)) in allowed for form in self.forms)


def compiled(language):
    """A catalogue as the portal reads it."""
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return GNUTranslations(file)._catalog
