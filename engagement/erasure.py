"""What a resident wrote, wherever it is kept: read from the models, so that none is forgotten.

Every model that points at a submission, directly or through another, belongs to it, its history
included. Of such a row each text goes, unless it is named here as one of ours.
"""

import re
from functools import cache, partial

from django.db import connection, models, transaction
from django.db.models import Q

from engagement.explanation import without_words
from engagement.models import (
    Activity,
    Addition,
    Contact,
    Erasure,
    Flag,
    Idea,
    KeyedIn,
    Note,
    Outcome,
    Receipt,
    Redaction,
    Referral,
    ReferralNotice,
    Story,
    Submission,
    SubmissionWords,
)
from governance.actions.structure import pages_edited
from governance.full_text import WordsField
from governance.outbox import forget_mails_about

# Rows that hold nothing else, and go whole.
ROWS_THAT_GO = (Contact, Addition, Note, Outcome, Idea, Redaction)

# Of these, what pages that are kept may show or lead to.
ON_KEPT_PAGES = (Outcome, Idea)

# What leads to an outcome of a message without being part of it, and what belongs to that in turn.
NOT_OF_IT = {(Activity, "outcome"), (Story, "outcome"), (Idea, "outcome")}

# Texts that are not the resident's, nor about them.
OURS = {
    (Submission, "language"),
    (Submission, "sending_key"),
    (Receipt, "secret_hash"),
    (Addition, "sending_key"),
    (Note, "sending_key"),
    (Erasure, "reason"),
    (ReferralNotice, "because"),
}


def without_reasons(flags):
    """Which flags were raised, without the words that raised them."""
    return {flag: [] for flag in flags if flag in Flag.values}


# Texts of which a part may stay, and what is left of them.
IN_PART = {(Referral, "reason"): without_words, (Submission, "flags"): without_reasons}

TEXTS = (models.CharField, models.TextField, models.JSONField)

LONGEST_WAIT = 1000  # milliseconds


def remove_everything(submission):
    """Remove all that the resident wrote, what was written to them, and how to reach them."""
    SubmissionWords.objects.filter(submission=submission).forget()
    for model, rows in rows_of(submission):
        if model in ROWS_THAT_GO:
            number, _models = rows.delete()
            if number and model in ON_KEPT_PAGES:
                pages_edited()
    # Last, since a row that goes leaves a version of itself in its history.
    for model, rows in rows_of(submission):
        if model not in ROWS_THAT_GO:
            change(model, rows, {field.name: emptied(field) for field in texts_of(model)})
    forget_mails_about(submission.reference)
    transaction.on_commit(empty_journal, robust=True)
    submission.refresh_from_db()
    submission.may_publish = False


def remove_person(submission):
    """Remove how to reach the resident and where they live; take their name out of the texts."""
    contact = Contact.objects.filter(submission=submission).first()
    naming = naming_of(contact)
    for model, rows in rows_of(submission):
        if model is Contact:
            rows.delete()
            continue
        changes = {
            field.name: partial(without_name, naming, field)
            for field in texts_of(model)
            if naming and not isinstance(field, models.JSONField | WordsField)
        }
        if model is Submission:
            changes["place"] = without_address
        if model is KeyedIn:
            changes["format_needs"] = ""  # it tells of their health
        change(model, rows, changes)
    forget_mails_about(submission.reference)
    transaction.on_commit(empty_journal, robust=True)
    submission.refresh_from_db()


def empty_journal(connection=connection):
    """Bring the file of SQLite up to date and empty its journal: both may still have the words.

    Whoever reads at this moment needs the journal. They are not waited for long: the next one that
    takes something away empties it too.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        [patience] = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {patience}")


def change(model, rows, changes):
    """Change texts of some rows: each to what stands there, or to what a function makes of it."""
    changes |= {name: part for (of, name), part in IN_PART.items() if of is model}
    fixed = {name: value for name, value in changes.items() if not callable(value)}
    if fixed:
        rows.update(**fixed)
    parts = {name: value for name, value in changes.items() if callable(value)}
    if not parts:
        return
    for row in rows.values("pk", *parts):
        after = {name: part(row[name]) for name, part in parts.items() if row[name]}
        if any(row[name] != value for name, value in after.items()):
            rows.filter(pk=row["pk"]).update(**after)
            if model in ON_KEPT_PAGES:
                pages_edited()


# --- Where the words are --------------------------------------------------------------------------


def rows_of(submission):
    """Each model that belongs to submissions, with the rows that belong to this one."""
    for model, ways in models_of_submissions().items():
        belongs = Q()
        for way in ways:
            belongs |= Q(**{way: submission.pk})
        yield model, model._base_manager.filter(belongs)


@cache
def models_of_submissions():
    """The models whose rows belong to a submission, each with the ways that lead from it there."""
    found, waiting = {Submission: ["pk"]}, [Submission]
    while waiting:
        model = waiting.pop(0)
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
                continue
            pointing = relation.related_model
            way = (original(pointing), relation.field.name)
            if pointing is model or way in NOT_OF_IT:
                continue
            if pointing not in found:
                found[pointing] = []
                waiting.append(pointing)
            start = "" if model is Submission else f"__{found[model][0]}"
            found[pointing].append(f"{relation.field.name}{start}")
    return found


def texts_of(model):
    """The fields of a model in which something that a resident wrote may stand."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS)
        and not field.choices
        and not field.primary_key
        and (original(model), field.name) not in OURS
    ]


def original(model):
    """The model of which this one keeps the history, or itself."""
    return getattr(model, "instance_type", model)


def emptied(field):
    if field.null:
        return None
    return {} if isinstance(field, models.JSONField) else ""


# --- Who wrote it ---------------------------------------------------------------------------------

REMOVED = "[removed]"
SHORTEST_NAME = 3
# Where a word may begin and end. Many of Bengali end with a sign that is no letter, and endings are
# joined to a name: so only a Latin letter after one makes another word of it.
BEGINS, ENDS = r"(?<![^\W_])", r"(?![0-9A-Za-zÀ-ɏ])"
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)[\s-]*[0-9][A-Z]{2}", re.IGNORECASE)


def naming_of(contact):
    """What finds the resident in a text: the name and its parts, the addresses; or None.

    Each where it is a word of its own: “Jo” does not stand in “major”. Parts of a name are taken as
    they are written, since “may” is no Mrs May.
    """
    if contact is None:
        return None
    whole = [contact.name.strip(), contact.email.strip(), contact.phone.strip()]
    parts = [part for part in contact.name.split() if len(part) >= SHORTEST_NAME]
    found = [rf"(?i:{re.escape(each)})" for each in whole if each] + [*map(re.escape, parts)]
    return re.compile(rf"{BEGINS}(?:{'|'.join(found)}){ENDS}") if found else None


def without_name(naming, field, text):
    """A text of a field without the resident, cut where the column has no room for more."""
    longest = field.max_length if isinstance(field, models.CharField) else None
    return naming.sub(REMOVED, text)[:longest]


def without_address(place):
    """A place without what leads to a door: of a postcode the first half, of names all."""
    postcode = POSTCODE.fullmatch(place.strip())
    if postcode:
        return postcode.group(1).upper()
    return "" if re.search(r"\d", place) else place
