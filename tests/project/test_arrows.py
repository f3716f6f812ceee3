"""The arrows of STYLE section 1: tht_portal → engagement → governance → localities.

An app may know those to its right. Knowing is importing, a string foreign key, a template's path,
an address by its name, and an app's label in a migration. Base templates and template tags are the
portal's, known by name to all; AUTH_USER_MODEL is a setting and names no app.
"""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

PROJECT = Path(__file__).resolve().parent.parent.parent
APPS = ["tht_portal", "engagement", "governance", "localities"]
TEMPLATE_NAME = re.compile(r"""{%\s*(?:extends|include|url)\s+["']([^"']+)["']""")


def apps_above(app):
    return APPS[: APPS.index(app)]


def app_named_by(text):
    """The app at the start of “governance.Body”, “governance/body.html”, “governance:body”."""
    head = re.fullmatch(r"(\w+)(?:[./:][\w./:-]+)?", text)
    return head and head[1]


def faults_in_code(app, source, path="example.py"):
    """Where this source of `app` knows an app above it, or does what we do not do."""
    above = apps_above(app)
    faults = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if node.level:
                faults.append(f"{path}:{node.lineno} imports relatively")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value]
        for name in names:
            if app_named_by(name) in above:
                faults.append(f"{path}:{node.lineno} knows {name}")
            if isinstance(node, ast.ImportFrom) and is_of_signals(node):
                faults.append(f"{path}:{node.lineno} listens to signals")
    return faults


def is_of_signals(node):
    names = {alias.name for alias in node.names}
    return "signals" in (node.module or "").split(".") or bool(names & {"receiver", "signals"})


def faults_in_template(app, source, path="example.html"):
    above = apps_above(app)
    names = TEMPLATE_NAME.findall(source)
    return [f"{path} knows {name}" for name in names if app_named_by(name) in above]


def code_of(app):
    return sorted((PROJECT / app).rglob("*.py"))


def templates_of(app):
    folders = [PROJECT / "templates" / app, PROJECT / app / "templates"]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("app", APPS)
def test_no_app_knows_one_above_it(app):
    faults = []
    for path in code_of(app):
        faults += faults_in_code(app, path.read_text(), path.relative_to(PROJECT))
    for path in templates_of(app):
        faults += faults_in_template(app, path.read_text(), path.relative_to(PROJECT))

    assert code_of(app)
    assert faults == []


@pytest.mark.parametrize(
    "source",
    [
        "import engagement",
        "import engagement.routing as r",
        "from engagement.models import Submission",
        "def f():\n    from tht_portal import health",
        "models.ForeignKey('engagement.Submission')",
        "render(request, 'engagement/form.html')",
        "reverse('engagement:form')",
        "apps.get_model('engagement', 'Submission')",
        "dependencies = [('engagement', '0001_initial')]",
        "from .models import Body",
        "from django.dispatch import receiver",
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
    ],
)
def test_the_check_finds_what_governance_may_not_do(source):
    assert len(faults_in_code("governance", source)) == 1


def test_the_check_lets_governance_know_what_is_below_it():
    source = "from localities.models import Ward\nmodels.ForeignKey('localities.Locality')"

    assert faults_in_code("governance", source) == []


@pytest.mark.parametrize(
    "source",
    [
        '{% extends "engagement/page.html" %}',
        "{% include 'engagement/_part.html' with a=b %}",
        '<a href="{% url "engagement:feedback" %}">',
    ],
)
def test_the_check_reads_templates_too(source):
    assert len(faults_in_template("governance", source)) == 1
    assert faults_in_template("engagement", source) == []


@pytest.mark.parametrize("app", APPS)
def test_no_module_is_a_drawer_for_everything(app):
    drawers = {"core", "utils", "helpers", "common", "misc", "signals", "services"}

    assert [path for path in code_of(app) if drawers & {path.stem, *path.parts}] == []


@pytest.mark.parametrize("app", APPS)
def test_saving_stays_django_s(app):
    ours = {
        kind
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        for kind in model.__mro__
        if kind.__module__.split(".")[0] in APPS
    }
    written_anew = [
        f"{kind.__name__}.{name}"
        for kind in ours
        for name in ("save", "save_base", "delete")
        if getattr(kind, name, None) is not inherited(kind, name)
    ]

    assert written_anew == []


def inherited(kind, name):
    """The method that a class would have if it wrote none."""
    return next((vars(each)[name] for each in kind.__mro__[1:] if name in vars(each)), None)


def test_a_save_of_our_own_would_be_found():
    class Saver(models.Model):
        class Meta:
            abstract = True

        def save(self, *args, **kwargs):
            super().save(*args, **kwargs)

    assert Saver.save is not inherited(Saver, "save")
