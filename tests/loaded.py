"""What `./run` loads, for the tests that need it in an empty database.

Each command reads its files once in a test run, seldom twice; further tests, and those of another
process, get copies of the rows. That loading itself is right is tested where the commands are
called by name.
"""

import contextlib
import io
import itertools
import os
import pickle
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from engagement.loading import CLUES, DATA, load_routing
from governance.actions.structure import structure_edited
from governance.loading import read_facts
from localities.actions.atlas import atlas_edited
from tests.plugins import migrated

LOCALITIES = ("load_localities",)
STRUCTURE = (*LOCALITIES, "load_structure")
FACTS = (*STRUCTURE, "load_routing")
DEMONSTRATION = (*FACTS, "load_demo")
# For DEMO_PASSWORD: with one for all tests, the demonstration is loaded once.
PASSWORD = "a password for trying"

# Django fills these itself when it makes a database, and they stay when it is emptied.
NOT_OURS = {"contenttypes.ContentType", "auth.Permission"}

numbers = itertools.count(1)  # of databases with the demonstration
loaded = {}  # by the commands, and the password of the people: what stood in each table


def load(commands):
    """Fill an empty database as these commands do."""
    key = commands, os.environ.get("DEMO_PASSWORD") if "load_demo" in commands else None
    if key in loaded or (commands and taken_over(key)):
        put_all(loaded[key])
    elif commands:
        *first, last = commands
        load(tuple(first))
        force = {"force": True} if last == "load_demo" else {}
        call_command(last, stdout=io.StringIO(), **force)
        # Once for all tests that find these rows, or PostgreSQL does it at the end of each.
        connection.check_constraints()
        loaded[key] = [(model, rows) for model, rows in contents() if rows]
        hand_over(key)
    else:
        assert [model for model, rows in contents() if rows and model is not Group] == []


@contextlib.contextmanager
def demonstration_apart():
    """Work on a database with the demonstration in it, which goes afterwards with all that was done
    there. The file is copied whole, which takes a fraction of putting the rows; on PostgreSQL a
    database of one's own takes longer than they do.
    """
    if connection.vendor == "postgresql":
        load(DEMONSTRATION)
        yield
        return
    migrated.once("demonstration", make_demonstration)
    # A new name each time: SQLite would take the journal of one before for its own.
    name = f"demonstration_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{next(numbers)}"
    migrated.copy("demonstration", name)
    try:
        with connected_to(name):
            # As after loading: nothing that is kept in memory is of this portal.
            with transaction.atomic():
                structure_edited()
                atlas_edited()
            yield
    finally:
        migrated.remove(name)


def make_demonstration():
    migrated.make_migrated("demonstration")
    with connected_to("demonstration"):
        load(DEMONSTRATION)


@contextlib.contextmanager
def connected_to(name):
    """Let all threads of this process that connect from here on work on this database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = migrated.go_by(name)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


WITHOUT_RULES = {"rules": {"rule": []}, "families": {"family": []}, CLUES: {}}
WITHOUT_RULES |= dict.fromkeys(("phrases", "combinations"), {"phrases": []})


def load_periods():
    """How long messages are kept, as it is loaded; without rules, which would need the bodies, and
    without the thousands of rows that messages are read by.
    """
    load_routing(read_facts(DATA) | WITHOUT_RULES)


def taken_over(key):
    """Whether another process of the run has loaded this, and it is known here now."""
    try:
        known_to, tables = pickle.loads(shared_file(key).read_bytes())
    except FileNotFoundError:
        return False
    if known_to == key:
        loaded[key] = [(apps.get_model(label), rows) for label, rows in tables]
    return known_to == key


def hand_over(key):
    tables = [(model._meta.label, rows) for model, rows in loaded[key]]
    whole = shared_file(key).with_suffix(f".{os.getpid()}")
    whole.write_bytes(pickle.dumps((key, tables)))
    whole.rename(shared_file(key))


def shared_file(key):
    """In the folder of the run, which all of its processes know."""
    commands, _ = key
    return Path(os.environ["VAR_DIR"], f"{commands[-1]}.loaded")


def put_all(tables):
    with transaction.atomic():
        Group.objects.all().delete()
        with taken_as_they_are():
            for model, rows in tables:
                put(model, rows)
        count_on([model for model, _ in tables])
        structure_edited()
        atlas_edited()


@contextlib.contextmanager
def taken_as_they_are():
    """Whether each row refers to one that is there was asked when it was first loaded. PostgreSQL
    would ask again, of tens of thousands, which takes longer than to take them.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def contents():
    """The rows of each table, in the form in which its database takes them back soonest."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label in NOT_OURS:
                continue
            if connection.vendor == "postgresql":
                text = io.StringIO()
                cursor.copy_expert(f"COPY {table(model)} ({columns(model)}) TO STDOUT", text)
                yield model, text.getvalue()
            else:
                cursor.execute(f"SELECT {columns(model)} FROM {table(model)}")
                yield model, cursor.fetchall()


def put(model, rows):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copy = f"COPY {table(model)} ({columns(model)}) FROM STDIN"
            cursor.copy_expert(copy, io.StringIO(rows))
        else:
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(
                f"INSERT INTO {table(model)} ({columns(model)}) VALUES ({places})", rows
            )


def count_on(models):
    """Let new rows follow these: PostgreSQL does not count what comes with its number."""
    if statements := connection.ops.sequence_reset_sql(no_style(), models):
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statement.rstrip(";") for statement in statements))


def table(model):
    return connection.ops.quote_name(model._meta.db_table)


def columns(model):
    fields = (field for field in model._meta.local_concrete_fields if not field.generated)
    return ", ".join(connection.ops.quote_name(field.column) for field in fields)
