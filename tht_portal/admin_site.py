"""The site of the admin: whatever an address or a form says, its pages answer it.

What Django leaves to whoever types an address stands here once for every model that is registered,
those of other packages too.
"""

import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList, ChangeListSearchForm
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError
from django.db.models import ManyToManyField
from django.db.models.constants import LOOKUP_SEP
from django.forms.formsets import TOTAL_FORM_COUNT

LONGEST_SEARCH = 200  # characters, as in the search of the portal
# What the filters of lists ask by. Others fail in the database, or take it long, for odd values.
LOOKUPS = {"exact", "in", "isnull", "gt", "gte", "lt", "lte"}
# How many rows of an inline may be announced beyond those that were sent with a field.
MOST_EMPTY_ROWS = 20
UNREADABLE = "The filter in the address cannot be read, so the list shows everything."


class ShortSearch(ChangeListSearchForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name] = forms.CharField(
                required=False,
                strip=False,
                max_length=LONGEST_SEARCH,
                error_messages={
                    "max_length": f"Search for fewer words: at most {LONGEST_SEARCH} characters."
                },
            )


class RowsField(forms.ModelMultipleChoiceField):
    """Rows that are chosen by keys which the database can be asked for."""

    def clean(self, value):
        for each in value or ():
            if not is_key(self.queryset.model._meta.pk, each):
                message = self.error_messages["invalid_pk_value"]
                raise ValidationError(message, code="invalid_pk_value", params={"pk": each})
        return super().clean(value)


def is_key(field, typed):
    """Whether a row may have this for its key."""
    try:
        field.run_validators(field.to_python(typed))
    except ValidationError:
        return False
    return "\0" not in typed


class ReadableList(ChangeList):
    """A list of which a filter that turns out to be none once it is asked is refused as such."""

    search_form_class = ShortSearch

    def get_results(self, request):
        try:
            super().get_results(request)
        except (ArithmeticError, LookupError, ValueError, DataError) as error:
            raise IncorrectLookupParameters(error) from error


class Readable(admin.ModelAdmin):
    """The pages of a model, which read no more of an address than can be meant."""

    def get_changelist(self, request, **kwargs):
        return ReadableList

    def changelist_view(self, request, extra_context=None):
        answer = super().changelist_view(request, extra_context)
        if answer.get("Location", "").endswith(f"?{ERROR_FLAG}=1"):
            messages.warning(request, UNREADABLE)
        return answer

    def lookup_allowed(self, lookup, value, request):
        beyond = beyond_fields(self.opts, lookup)
        # What begins with no field is the name of a filter, or Django refuses it.
        is_name = beyond == lookup.split(LOOKUP_SEP)
        is_asked = not beyond or is_name or (len(beyond) == 1 and beyond[0] in LOOKUPS)
        return is_asked and super().lookup_allowed(lookup, value, request)

    def get_changeform_initial_data(self, request):
        """What the address fills in; without what no field of the row can hold."""
        given = super().get_changeform_initial_data(request)
        initial = {}
        for name, value in given.items():
            try:
                field = self.opts.get_field(name)
                if isinstance(field, ManyToManyField):
                    key = field.target_field
                    initial[name] = [key.to_python(each) for each in value]
                elif field.concrete:
                    initial[name] = field.to_python(value)
            except FieldDoesNotExist:
                initial[name] = value
            except (ValidationError, ValueError, ArithmeticError):
                continue
        return initial

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, **{"form_class": RowsField, **kwargs}
        )

    def response_action(self, request, queryset):
        request.POST = request.POST.copy()
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        keys = [each for each in chosen if is_key(self.opts.pk, each)]
        request.POST.setlist(ACTION_CHECKBOX_NAME, keys)
        return super().response_action(request, queryset)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """No more rows than were sent: each that is announced is made, and drawn again."""
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        data, total = given.get("data"), f"{prefix}-{TOTAL_FORM_COUNT}"
        if data is not None and data.get(total, "").isdecimal():
            row = re.compile(rf"{re.escape(prefix)}-(\d+)-")
            sent = {found[1] for name in data if (found := row.match(name))}
            most = len(sent) + MOST_EMPTY_ROWS
            if len(data[total]) > len(str(most)) or int(data[total]) > most:
                data[total] = str(most)
        return given


def beyond_fields(opts, lookup):
    """What a lookup says beyond the names of fields: “kind__order__gte” says “gte”."""
    parts = lookup.split(LOOKUP_SEP)
    while parts and opts is not None:
        try:
            field = opts.pk if parts[0] == "pk" else opts.get_field(parts[0])
        except FieldDoesNotExist:
            break
        opts = field.related_model._meta if field.related_model else None
        del parts[0]
    return parts


class PortalAdmin(admin.AdminSite):
    def register(self, model_or_iterable, admin_class=None, **options):
        own = admin_class or admin.ModelAdmin
        readable = type(own.__name__, (Readable, own), {"__module__": own.__module__})
        super().register(model_or_iterable, readable, **options)
