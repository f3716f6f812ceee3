"""The way of the database from nothing to today, and back."""

import json
import subprocess
import sys

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.project.serving import PROJECT, environment, scratch_database

# On both databases, though it asks for none of the suite's own.
pytestmark = pytest.mark.django_db

OURS = {"engagement", "governance", "localities"}
THERE_AND_BACK = """
from tests.plugins import garbage  # seldom looked for, as in the run
import django, json
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

def now():
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(".".join(each) for each in applied)

states = [now()]
for app in ("engagement", "governance", "localities"):
    call_command("migrate", app, "zero", verbosity=0)
states.append(now())
call_command("migrate", verbosity=0)
states.append(now())
print(json.dumps(states))
"""


def our_migrations():
    migrations = MigrationLoader(None).disk_migrations
    return {".".join(key): each for key, each in migrations.items() if key[0] in OURS}


def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True)


def test_every_constraint_and_index_of_a_model_stands_in_the_database():
    """Django drops, with the index of a field, also what else holds that field alone."""
    missing = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in OURS or not model._meta.managed:
            continue
        with connection.cursor() as cursor:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
        named = (*model._meta.constraints, *model._meta.indexes)
        missing += [f"{model.__name__}: {each.name}" for each in named if each.name not in there]
    assert not missing


def test_migrations_go_forwards_and_back_and_forwards_again(tmp_path):
    with scratch_database() as url:  # that of the run went forwards already
        result = subprocess.run(
            [sys.executable, "-c", THERE_AND_BACK],
            cwd=PROJECT,
            env=environment(tmp_path, url),
            capture_output=True,
            text=True,
        )

    assert result.returncode == 0, result.stderr
    first, back, again = (set(state) for state in json.loads(result.stdout))
    assert set(our_migrations()) <= first
    assert not set(our_migrations()) & back
    assert again == first


def test_every_migration_can_go_back():
    stuck = [
        name
        for name, migration in our_migrations().items()
        if not all(operation.reversible for operation in migration.operations)
    ]

    assert stuck == []


def test_migrations_are_named_for_what_they_do():
    names = list(our_migrations())

    assert [name for name in names if "auto" in name or name.endswith("initial")] == []
