"""What a row of the admin was like before: who changed it, when and why, in sentences.

Rows that stand on its page, such as the names of a body, are part of what is told.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import zip_longest

from django.conf import settings
from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import FileField
from django.forms.models import _get_foreign_key
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import DeletedObject, ModelChange
from simple_history.template_utils import HistoricalRecordContextHelper, ObjDiffDisplay

# Versions of one save follow each other; that they are of one, only who, when and why can tell.
ONE_SAVE = timedelta(seconds=10)
MOST_ROWS = 500  # versions of rows of a kind, the last ones: what is older is not told
# Of a long text so many characters are told; so many of its beginning, where what differs is later.
LONGEST_TOLD, BEGINNING = 200, 30


def key_of(model, typed):
    """What an address says of a row as its key; no page where it can be none."""
    try:
        return model._meta.pk.to_python(typed)
    except ValidationError as error:
        raise Http404 from error


class ShortenedTexts(ObjDiffDisplay):
    """Two long texts, each cut so that what differs is told."""

    def shortened_str(self, prefix, num_skipped_chars, suffix):
        return f"{prefix}…{suffix}"


class ChangesInWords(HistoricalRecordContextHelper):
    """What was changed, each value as people write it; empty where there is none."""

    def get_obj_diff_display(self):
        return ShortenedTexts(max_length=LONGEST_TOLD, min_begin_len=BEGINNING)

    def context_for_delta_changes(self, delta):
        return [*super().context_for_delta_changes(delta), *self.in_other_languages(delta)]

    def in_other_languages(self, delta):
        """The texts of `translations` by language and field: the package tells nothing of them."""
        before, now = (
            getattr(each, "translations", {}) for each in (delta.old_record, delta.new_record)
        )
        for code, language in settings.LANGUAGES:
            old, new = before.get(code, {}), now.get(code, {})
            for name in self.model.TRANSLATED if old != new else ():
                if old.get(name, "") != new.get(name, ""):
                    change = ModelChange(name, old.get(name, ""), new.get(name, ""))
                    told = self.format_delta_change(change)
                    field = f"{told.field} in {language}"
                    yield {"field": field, "old": told.old, "new": told.new}

    def prepare_delta_change_value(self, change, value):
        value = super().prepare_delta_change_value(change, value)
        field = self.model._meta.get_field(change.field)
        if isinstance(value, DeletedObject):
            return f"{field.related_model._meta.verbose_name} since deleted" if value.pk else ""
        if isinstance(value, list):
            return ", ".join(sorted(map(str, value)))
        if isinstance(field, FileField):  # the name under which it is kept says nothing
            is_second = change.old and value == change.new
            return value and ("another file" if is_second else "a file")
        if field.choices:
            return dict(field.flatchoices).get(value, value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "j F Y, H:i")
        return date_format(value) if isinstance(value, date) else value


@dataclass
class RowTold:
    """What was done to a row on the page: a verb, the row, and what of it is different."""

    verb: str
    words: str
    changes: list = field(default_factory=list)


@dataclass(frozen=True)
class RowVersion:
    """A version of a row on the page of another, and the one before it."""

    noun: str
    version: object
    before: object | None

    @property
    def type(self):
        return self.version.history_type

    def changes(self, but=()):
        """What of it is different, but for the fields that are told otherwise."""
        if self.type != "~" or self.before is None:
            return []
        model = self.version.instance_type
        delta = self.version.diff_against(
            self.before, excluded_fields=but, foreign_keys_are_objs=True
        )
        return ChangesInWords(model, self.version).context_for_delta_changes(delta)

    def told(self, but=()):
        """None where nothing of it is different; what is cannot be told without one before it."""
        changes = self.changes(but)
        verb = {"+": "added", "-": "took out", "~": "changed"}[self.type]
        if self.type == "~" and self.before is not None and not changes:
            return None
        words = f"the {self.noun} “{called(self.version)}”"
        return RowTold(verb, words + (period(self.version) if self.type == "+" else ""), changes)


def called(version):
    """What a row is called, with what it points to as it came with the version."""
    row = version.instance_type(
        **{each.attname: getattr(version, each.attname) for each in version.tracked_fields}
    )
    row._state.fields_cache.update(version._state.fields_cache)
    try:
        return str(row)
    except ObjectDoesNotExist:
        return "of something since deleted"


@dataclass
class Entry:
    """What one save did: to the row itself, to rows on its page, or to both."""

    version: object  # whose it is, when and why
    last: datetime
    is_own: bool = True
    changes: list | None = None  # none where what is different cannot be told
    rows: list = field(default_factory=list)
    told: list = field(default_factory=list)
    is_all: bool = True  # whether all that was done to rows is known

    @property
    def tells_itself(self):
        """Whether there is more to say than what was done to rows."""
        return self.is_own and (self.changes != [] or self.version.history_type != "~")

    def has(self, version):
        return (
            version.history_user_id == self.version.history_user_id
            and version.history_change_reason == self.version.history_change_reason
            and version.history_date - self.last < ONE_SAVE
        )


def period(version):
    """“ from 1 May 2026”, where it has a first or a last day."""
    first, last = getattr(version, "start_date", None), getattr(version, "end_date", None)
    said = f" from {date_format(first)}" if first else ""
    return said + (f" until {date_format(last)}" if last else "")


class VersionedAdmin(SimpleHistoryAdmin):
    """What a row was like before, to be read."""

    def get_historical_record_context_helper(self, request, historical_record):
        return ChangesInWords(self.model, historical_record)

    def history_view(self, request, object_id, extra_context=None):
        self.check_is_shown(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def check_is_shown(self, request, object_id):
        """Let nobody read what a row was like that is none of those this admin shows them.

        The package asks the history alone, where all that there is and was is found.
        """
        key = key_of(self.model, unquote(object_id))
        is_shown = self.get_queryset(request).filter(pk=key).exists()
        if not is_shown and self.model._base_manager.filter(pk=key).exists():
            raise Http404

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """An old version is for reading: taking it back is an edit like any other.

        The package would save what is posted here for anyone who may look.
        """
        if request.method == "POST":
            raise PermissionDenied("An old version is only to be read. Edit the page itself.")
        self.check_is_shown(request, object_id)
        key_of(self.model.history.model, version_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def revert_disabled(self, request, obj=None):
        return True

    # --- In sentences -----------------------------------------------------------------------------

    def set_history_delta_changes(self, request, historical_records, **options):
        """Make the entries of a page of versions, each with what is different.

        The last version of a page is held against the first one of the next.
        """
        page = historical_records
        shown, all_versions = list(page.object_list), page.paginator.object_list
        older = list(all_versions[page.end_index() : page.end_index() + 1])
        super().set_history_delta_changes(request, [*shown, *older], **options)
        befores = [*shown, *older][1:]
        entries = [
            Entry(each, each.history_date, changes=changes_told(each, before))
            for each, before in zip_longest(shown, befores[: len(shown)])
        ][::-1]
        since = None
        if shown:
            newer = all_versions[page.start_index() - 2] if page.has_previous() else None
            key = getattr(shown[0], self.opts.pk.attname)
            versions, since = self.versions_of_rows(key)
            rows = [
                row
                for row in versions
                if (not older or row.version.history_date >= shown[-1].history_date)
                and (newer is None or row.version.history_date < newer.history_date)
            ]
            entries = together(entries, rows)
        for entry in entries:
            entry.told = self.tell_of_rows(entry.rows)
            entry.is_all = since is None or entry.last > since
        if since and (not older or shown[-1].history_date <= since):
            page.rows_told_since = since
        page.entries = [each for each in reversed(entries) if each.is_own or each.told]

    def versions_of_rows(self, key):
        """Of the rows on the page of another, now or once, the oldest first.

        And since when they are all there; None where they are since ever.
        """
        found, since = [], None
        for inline in self.inlines:
            model = inline.model
            if not hasattr(model, "history"):
                continue
            points_at = _get_foreign_key(self.model, model, inline.fk_name).attname
            name = model._meta.pk.attname
            # Also what they were on the page of another, that a row which moves is told on both.
            here = model.history.filter(**{points_at: key}).values(name)
            versions = model.history.filter(**{f"{name}__in": here}).select_related("history_user")
            versions = versions._select_related_history_tracked_objs()
            versions = list(versions.order_by("-history_date", "-history_id")[: MOST_ROWS + 1])
            if len(versions) > MOST_ROWS:
                versions.pop()
                since = max(filter(None, (since, versions[-1].history_date)))
            last = {}
            for version in reversed(versions):
                row = getattr(version, name)
                before = last.get(row)
                if key in {getattr(each, points_at) for each in (version, before) if each}:
                    found.append(RowVersion(model._meta.verbose_name, version, before))
                last[row] = version
        return sorted(found, key=lambda row: row.version.history_date), since

    def tell_of_rows(self, rows):
        return list(filter(None, (row.told() for row in rows)))


def changes_told(version, before):
    """What is told of a version; none where there is nothing to hold it against, or to tell."""
    told = getattr(version, "history_delta_changes", None)
    if told or before is None:
        return told
    names = [each.attname for each in version.tracked_fields]
    is_same = all(getattr(version, name) == getattr(before, name) for name in names)
    return told if is_same else None


def together(entries, rows):
    """The entries with the versions of rows of the same save, and one for each other save of rows.

    All the oldest first.
    """
    found, waiting = [], list(reversed(entries))
    for row in rows:
        when = row.version.history_date
        while waiting and waiting[-1].version.history_date <= when:
            found.append(waiting.pop())
        if not found or not found[-1].has(row.version):
            found.append(Entry(row.version, when, is_own=False))
        found[-1].rows.append(row)
        found[-1].last = when
    return [*found, *reversed(waiting)]
