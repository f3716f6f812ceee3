"""Admin pages that ask why: the reason stands beside every version of what they change."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, router
from django.db.models.deletion import Collector
from django.http import HttpResponseRedirect
from django.utils.text import capfirst

from localities.admin_history import VersionedAdmin, key_of
from localities.admin_seen import ChangedSince, as_it_is, mark_of, rows_of_page, said_of_change

REASON_LENGTH = 500
# Of rows that no page of their own adds, and no deed: without the script, this one is there.
EMPTY_ROWS = 1


class TypedDay(forms.DateField):
    """A day as it is typed without the calendar that a script would show."""

    default_error_messages = {"invalid": "Enter a real day, such as 2026-11-22 or 22/11/2026."}


class NamedDayAndTime(AdminSplitDateTime):
    """Two boxes, each with a name for those who hear the page: Django's have none."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        of = capfirst(name.rpartition("-")[2].replace("_", " "))
        for box, part in zip(context["widget"]["subwidgets"], ("date", "time"), strict=True):
            box["attrs"]["aria-label"] = f"{of}: {part}"
        return context


class TypedDayAndTime(forms.SplitDateTimeField):
    default_error_messages = {
        "invalid_date": TypedDay.default_error_messages["invalid"],
        "invalid_time": "Enter a time of the day, such as 14:30.",
    }


class RefusedForm(forms.ModelForm):
    """A form of the admin that says why an earlier try was refused."""

    refusal = None

    def clean(self):
        cleaned = super().clean()
        if self.refusal is not None:
            if isinstance(self.refusal, ChangedSince):
                meta = self.instance._meta
                shown = {field.name for field in (*meta.fields, *meta.many_to_many)}
                for name in shown.intersection(self.changed_data):
                    self.add_error(name, as_it_is(self.instance, name))
            elsewhere = getattr(self.refusal, "error_dict", {}).keys() - self.fields.keys()
            raise ValidationError(self.refusal.messages) if elsewhere else self.refusal
        return cleaned


class ReasonedForm(RefusedForm):
    """The same with the reason for the change."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="Why this is changed, and who decided it. Kept in the history.",
        error_messages={"required": "Enter the reason for this change."},
    )


class LookedAt:
    """Rows that are looked at in the admin, and written elsewhere."""

    show_full_result_count = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SeenAdmin:
    """A page that somebody has saved since it was opened is not written over.

    What saving raises of `refusals` comes back as a sentence above the form, with everything
    typed kept and nothing stored: so a rule may be checked in the action alone, under its lock.
    """

    refusals = (ValidationError,)
    change_form_template = "localities/admin/change_form.html"

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            if object_id is not None:
                self.check_is_as_seen(request, key_of(self.model, unquote(object_id)))
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.refusals as refusal:
            request.refusal = as_validation_error(refusal)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def check_is_as_seen(self, request, key):
        """Refuse to write over what somebody else has saved since the page was opened.

        Asked before anything else, and by those who lock once more under their lock.
        """
        as_seen = request.POST.get("as_seen")
        row = as_seen and self.model._base_manager.filter(pk=key).first()
        if not row:
            return
        inlines = self.get_inline_instances(request, row)
        if as_seen != mark_of(rows_of_page(request, row, inlines)):
            raise ChangedSince(said_of_change(row, inlines))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change:
            context["as_seen"] = mark_of(self.rows_shown(request, context, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def rows_shown(self, request, context, obj):
        """The rows on a page: as they were read for it, or anew where its forms were filled in."""
        if request.method == "POST":
            row = self.model._base_manager.get(pk=obj.pk)
            return rows_of_page(request, row, self.get_inline_instances(request, obj))
        formsets = [each.formset for each in context["inline_admin_formsets"]]
        return [[obj], *([form.instance for form in each.initial_forms] for each in formsets)]


class ReasonedAdmin(SeenAdmin, VersionedAdmin):
    """A change, an addition or a deletion carries its reason into the history, inlines included."""

    form = ReasonedForm
    delete_confirmation_template = "localities/admin/delete_confirmation.html"
    show_full_result_count = False
    formfield_overrides = {
        models.DateField: {"form_class": TypedDay},
        models.DateTimeField: {"form_class": TypedDayAndTime, "widget": NamedDayAndTime},
        models.URLField: {"assume_scheme": "https"},
        models.SlugField: {
            "widget": AdminTextInputWidget,
            "help_text": (
                "Part of the address: small letters, digits and hyphens, such as healthy-ageing. "
                "It stays when the name changes."
            ),
        },
    }

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = kwargs.pop("form", self.form)
        if not issubclass(form, ReasonedForm):
            form = type(form.__name__, (ReasonedForm, form), {})
        return super().get_form(request, obj, change=change, form=form, **kwargs)

    def get_fieldsets(self, request, obj=None):
        """The fieldsets of the admin, and the reason after them for those who may save."""
        fieldsets = []
        for title, options in super().get_fieldsets(request, obj):
            fields = [field for field in options["fields"] if field != "reason"]
            fieldsets.append((title, {**options, "fields": fields}))
        may_save = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        if may_save:
            fieldsets.append(("Why", {"fields": ["reason"]}))
        return fieldsets

    def save_model(self, request, obj, form, change):
        obj._change_reason = form.cleaned_data["reason"]
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        for row in formset.forms:
            row.instance._change_reason = form.cleaned_data["reason"]
        super().save_formset(request, form, formset, change)

    # --- Deleting ---------------------------------------------------------------------------------

    def get_actions(self, request):
        """Deleting many at once from the list is not offered: it asks for no reason."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(self, request, object_id, extra_context=None):
        if request.method == "POST" and not deletion_reason(request):
            obj = self.get_object(request, unquote(object_id))
            if not self.has_delete_permission(request, obj):
                raise PermissionDenied
            messages.error(request, "Nothing was deleted: enter the reason first.")
            return HttpResponseRedirect(request.get_full_path())
        try:
            return super().delete_view(request, object_id, extra_context)
        except self.refusals as refusal:
            for sentence in as_validation_error(refusal).messages:
                messages.error(request, sentence)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request, obj):
        delete_with_reason(obj, deletion_reason(request))


class AskedAsOffered:
    """For lists of what not everyone may read: an address filters by what the list offers alone.

    Django would let it ask about any field of a row, such as whether a text holds a word.
    """

    def lookup_allowed(self, lookup, value, request):
        name = lookup.partition("__")[0]
        is_field = name in {field.name for field in self.opts.get_fields()}
        is_offered = name in self.list_filter or not is_field
        return is_offered and super().lookup_allowed(lookup, value, request)


def deletion_reason(request):
    """The reason typed on the page that asks whether to delete."""
    return request.POST.get("reason", "").replace("\x00", "").strip()[:REASON_LENGTH]


def delete_with_reason(obj, reason):
    """Delete the row and what goes with it, each with the reason in its history."""
    collector = Collector(using=router.db_for_write(type(obj), instance=obj), origin=obj)
    collector.collect([obj])
    for _model, instance in collector.instances_with_model():
        instance._change_reason = reason
    collector.delete()


def as_validation_error(refusal):
    return refusal if isinstance(refusal, ValidationError) else ValidationError(str(refusal))
