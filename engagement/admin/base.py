"""What the lists of this app have in common: who may see them, and what an edit of them does."""

from governance import record
from governance.actions.structure import lock_structure, structure_edited
from governance.admin.base import FirstPages
from localities.admin_base import AskedAsOffered, LookedAt, ReasonedAdmin


class AsksOnce:
    """A list asks for the version of the record once, and so need not ask for anyone's seats."""

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST":
            return super().changelist_view(request, extra_context)
        with record.asked_once():
            return super().changelist_view(request, extra_context)


class EngagementAdmin(AsksOnce, ReasonedAdmin):
    """Edited by the engagement team and by governance administrators.

    Every edit gives the record of the structure a new version, by which processes know that what
    they hold in memory is old.
    """

    def note_edit(self):
        structure_edited(work_stays=True)

    def may(self, request):
        standing = request.standing
        return standing.is_engagement_team or standing.is_governance_administrator

    def has_module_permission(self, request):
        return self.may(request)

    def has_view_permission(self, request, obj=None):
        return self.may(request)

    def has_add_permission(self, request):
        return self.may(request)

    def has_change_permission(self, request, obj=None):
        return self.may(request)

    def has_delete_permission(self, request, obj=None):
        return self.may(request)

    def save_model(self, request, obj, form, change):
        lock_structure()  # first, as who closes a body does, whose rules are rows too
        super().save_model(request, obj, form, change)
        self.note_edit()

    def delete_model(self, request, obj):
        lock_structure()
        super().delete_model(request, obj)
        self.note_edit()


class ReadOnly(LookedAt, AsksOnce, AskedAsOffered):
    """Looked at by the same people, and changed by the deeds alone."""

    paginator = FirstPages

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        standing = request.standing
        return standing.is_engagement_team or standing.is_governance_administrator
