from django.contrib import admin

from governance.actions.structure import lock_structure, structure_edited
from governance.admin.base import ForAdministrators
from governance.models import StructureRecord
from localities.admin_base import ReasonedForm
from localities.day_field import in_words


@admin.register(StructureRecord)
class StructureRecordAdmin(ForAdministrators, admin.ModelAdmin):
    """Since when the record is kept; its one row is made by the first edit."""

    list_display = ["first_day", "version", "changed_at"]
    form = ReasonedForm
    fields = ["first_day", "version", "changed_at", "reason"]
    readonly_fields = ["version", "changed_at"]
    show_full_result_count = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def construct_change_message(self, request, form, formsets, add=False):
        """The row has no history of its own: that of the admin says what it was, and why."""
        day = form.cleaned_data["first_day"]
        sentence = f"{form.cleaned_data['reason']} First day: {in_words(day)}"
        if "first_day" in form.changed_data:
            sentence += f" (before: {in_words(form.initial['first_day'])})"
        return f"{sentence}."

    def save_model(self, request, obj, form, change):
        lock_structure()
        super().save_model(request, obj, form, change)
        structure_edited()
