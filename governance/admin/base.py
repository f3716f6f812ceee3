"""What the admin pages of the structure have in common."""

from contextlib import contextmanager

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.functional import cached_property

from governance.actions.structure import lock_structure, structure_edited, work_edited
from governance.admin.newest import REFUSALS, NewestField, newest_of
from governance.admin.typed import TYPED, TypedField, few
from governance.forms import plain_text
from governance.models import Body, Document, Meeting, Seat
from governance.uploads import atomic_with_files, scan
from localities.admin_base import AskedAsOffered, LookedAt, ReasonedAdmin
from localities.dated import in_force

# How we know a fact: the fields that every dated fact of the structure has.
PROOF = ("evidence", "quotation", ("source_title", "source_url"), "reasoning", "decision")
PERIOD = ("start_date", "end_date")
MOST_COUNTED = 10_000  # rows


class LinesField(forms.CharField):
    """Text with one kind of line break: browsers send another, which would read as a change."""

    def to_python(self, value):
        return plain_text(super().to_python(value))


class ForAdministrators:
    """Open to the governance administrators, whatever Django's own rows of permissions say."""

    formfield_overrides = {
        **ReasonedAdmin.formfield_overrides,
        models.TextField: {
            "form_class": LinesField,
            "widget": AdminTextareaWidget(attrs={"rows": 4}),
        },
    }

    def has_module_permission(self, request):
        return request.standing.is_governance_administrator

    def has_view_permission(self, request, obj=None):
        return request.standing.is_governance_administrator

    def has_add_permission(self, request, obj=None):
        return request.standing.is_governance_administrator

    def has_change_permission(self, request, obj=None):
        return request.standing.is_governance_administrator

    def has_delete_permission(self, request, obj=None):
        return request.standing.is_governance_administrator


class FirstPages(Paginator):
    """The pages of the first ten thousand rows: nobody leafs further, and counting takes long."""

    @cached_property
    def count(self):
        return self.object_list[:MOST_COUNTED].count()


class LookOnly(LookedAt, ForAdministrators, AskedAsOffered):
    """Written by deeds alone."""

    paginator = FirstPages


class KnowsBodies:
    """Offers bodies by their names, fetched once a page however many forms there are on it.

    Where there are too many of them, or of others, they are typed (see `typed.py`).
    """

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, TypedField) and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # its links go by what is chosen in a list
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        model = db_field.remote_field.model
        rows = rows_to_choose(model)
        if model in REFUSALS:
            kwargs |= {
                "queryset": rows,
                "form_class": NewestField,
                "error_messages": {"invalid_choice": REFUSALS[model]},
            }
        choices = self.choices_of(model, request)
        if choices is None:
            kwargs |= {"queryset": rows, "form_class": TypedField}
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and choices is not None:
            empty = [("", field.empty_label)] if field.empty_label is not None else []
            field.choices = empty + choices
        return field

    def choices_of(self, model, request):
        """Those of a model, asked for once a page; None where there are too many to list."""
        known = request.__dict__.setdefault("choices_of_models", {})
        if model not in known:
            known[model] = self.asked_for(model, getattr(request, "edited", None))
        return known[model]

    def asked_for(self, model, edited):
        rows = rows_to_choose(model)
        if model in REFUSALS:
            rows = newest_of(model, rows, edited)
        elif model in TYPED:
            rows = few(rows)
            if rows is None:
                return None
        return [(row.pk, in_a_list(row)) for row in rows]


def rows_to_choose(model):
    if model is Body:
        return Body.objects.named()
    if model is Seat:
        return with_bodies(Seat.objects.order_by("body__slug", "pk"), "body")
    if model is Meeting:
        return with_bodies(Meeting.objects.all(), "body")
    if model is Document:
        return Document.objects.filter(matter_file=None)  # the files of matters stay with them
    return model.objects.all()


def in_a_list(row):
    """Many bodies have a chair: a seat goes by its body's name too."""
    return f"{row.body}: {row}" if isinstance(row, Seat) else str(row)


class RowsOfAPage(ForAdministrators, KnowsBodies):
    """Rows on the page of another, fetched with what they have chosen."""

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        for each in self.opts.fields:
            if each.related_model in {*REFUSALS, *TYPED} - {Body}:
                rows = rows.select_related(each.name)
        return rows


class StructureAdmin(ForAdministrators, KnowsBodies, ReasonedAdmin):
    """An edit of the structure: locked, judged by the rules of the deeds, and noted as an edit."""

    # Whether the fields that the checks name are those of this form.
    checks_name_fields = False

    def get_object(self, request, object_id, from_field=None):
        """What is edited decides what its forms offer."""
        request.edited = super().get_object(request, object_id, from_field)
        return request.edited

    def versions_of_rows(self, key):
        """With the bodies that they point to by the names of today, in one query."""
        rows, since = super().versions_of_rows(key)
        bodies = [
            each
            for row in rows
            for version in filter(None, (row.version, row.before))
            for each in version._state.fields_cache.values()
            if isinstance(each, Body)
        ]
        named = Body.objects.named().in_bulk({each.pk for each in bodies}) if bodies else {}
        for each in bodies:
            each.name = named[each.pk].name
        return rows, since

    def refuse_what_breaks_a_rule(self, request, form, formsets):
        """Refuse what this edit has written if it breaks a rule."""

    def settle(self, request, form, change):
        """What is done by a deed, once the rows are written."""

    def note_edit(self):
        structure_edited()

    def save_model(self, request, obj, form, change):
        lock_structure()
        if change:
            self.check_is_as_seen(request, obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        with in_sentences():
            super().save_related(request, form, formsets, change)
        self.settle(request, form, change)
        with in_sentences(keep_fields=self.checks_name_fields):
            self.refuse_what_breaks_a_rule(request, form, formsets)
        self.note_edit()

    def delete_model(self, request, obj):
        lock_structure()
        super().delete_model(request, obj)
        self.note_edit()


class ScansFirst:
    """Files are scanned before the edit begins: on SQLite nobody else writes while it lasts."""

    def changeform_view(self, request, *args, **kwargs):
        for upload in request.FILES.values():
            scan(upload)
        return super().changeform_view(request, *args, **kwargs)


class StoresFiles(admin.ModelAdmin):
    """Files that an edit has stored go where it is refused in the end.

    Stands behind the other bases, so that what they try once more begins without them.
    """

    def changeform_view(self, *args, **kwargs):
        with atomic_with_files():
            return super().changeform_view(*args, **kwargs)


class WorkAdmin(StructureAdmin):
    """An edit of what bodies work with, which leaves the structure as it is."""

    def note_edit(self):
        work_edited()


class InForce(admin.SimpleListFilter):
    """Whether a dated fact holds today."""

    title = "time"
    parameter_name = "time"

    def lookups(self, request, model_admin):
        return [("now", "In force today"), ("past", "Ended"), ("planned", "Planned")]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        conditions = {
            "now": in_force(today),
            "past": Q(end_date__lt=today),
            "planned": Q(start_date__gt=today),
        }
        return queryset.filter(conditions.get(self.value(), Q()))


@contextmanager
def in_sentences(keep_fields=False):
    """A refusal that names fields of another form stands above this one, in the same words."""
    try:
        yield
    except ValidationError as refusal:
        if keep_fields:
            raise
        raise ValidationError(refusal.messages) from None


def written_in(formsets, model):
    """The rows of a kind that the inlines of this edit have added or changed."""
    for formset in formsets:
        if formset.model is model:
            yield from formset.new_objects
            yield from (row for row, _ in formset.changed_objects)


def with_bodies(rows, *names):
    """The rows with the bodies they point to, and those with their names: a query for each."""
    return rows.prefetch_related(*(Prefetch(name, Body.objects.named()) for name in names))
