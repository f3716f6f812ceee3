from django.contrib import admin

from governance.actions.structure import lock_structure, structure_edited
from governance.admin.base import ForAdministrators
from governance.models import StructureRecord


@admin.register(StructureRecord)
class StructureRecordAdmin(ForAdministrators, admin.ModelAdmin):
    """Since when the record is kept; its one row is made by the first edit."""

    list_display = ["first_day", "version", "changed_at"]
    fields = ["first_day", "version", "changed_at"]
    readonly_fields = ["version", "changed_at"]
    show_full_result_count = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        lock_structure()
        super().save_model(request, obj, form, change)
        structure_edited()
