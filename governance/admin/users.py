import json

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.html import format_html

from governance.actions.structure import structure_edited
from governance.admin.base import ForAdministrators, with_bodies
from governance.models import Membership, User
from localities.admin_base import REASON_LENGTH, LookedAt, RefusedForm, SeenAdmin

ABOVE_THEM = ("is_superuser", "user_permissions")
STANDING = {"groups", "is_active", "is_staff", *ABOVE_THEM}


class SeatsHeldInline(LookedAt, ForAdministrators, admin.TabularInline):
    """The seats that someone holds and held; who holds a seat is written on its own page."""

    model = Membership
    extra = 0
    fields = readonly_fields = ["held", "start_date", "end_date"]
    ordering = ["-start_date", "-pk"]
    verbose_name = "seat"
    verbose_name_plural = "seats they hold and held"

    def get_queryset(self, request):
        return with_bodies(
            super().get_queryset(request).select_related("person", "seat"), "seat__body"
        )

    @admin.display(description="seat")
    def held(self, membership):
        seat = membership.seat
        address = reverse("admin:governance_seat_change", args=[seat.pk])
        return format_html('<a href="{}">{}: {}</a>', address, seat.body, seat)


class PersonForm(RefusedForm, UserChangeForm):
    """Someone, and why what they may do is changed."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=REASON_LENGTH,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text=(
            "Needed where their groups change, or whether they may sign in: why, and who decided "
            "it. Kept in the history."
        ),
    )

    def clean(self):
        cleaned = super().clean()
        changes_standing = STANDING & set(self.changed_data)
        if changes_standing and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Enter the reason for this change of what they may do.")
        return cleaned


@admin.register(User)
class UserAdmin(ForAdministrators, SeenAdmin, StockUserAdmin):
    """People who sign in. Nobody gives others, or themselves, more than they have.

    They have no history of versions, so the reason stands in the log of the admin.
    """

    form = PersonForm
    list_display = ["username", "first_name", "last_name", "email", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", "groups"]
    show_full_result_count = False
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "first_name", "last_name", "email"]
                + ["usable_password", "password1", "password2"],
            },
        )
    ]
    inlines = [SeatsHeldInline]

    def get_form(self, request, obj=None, **kwargs):
        """Who is new needs an address: what concerns a post is told by mail to whoever holds it."""
        form = super().get_form(request, obj, **kwargs)
        if obj is None:
            email = form.base_fields["email"]
            email.required = True
            email.error_messages["required"] = (
                "Enter the address that mail for their posts goes to."
            )
        return form

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        """People are deactivated: what they did still bears their name."""
        return False

    def save_related(self, request, form, formsets, change):
        """Who is active decides which bodies can receive, which is kept by this version."""
        super().save_related(request, form, formsets, change)
        structure_edited(work_stays=True)

    def construct_change_message(self, request, form, formsets, add=False):
        """What was changed, what groups they have since, and why."""
        message = super().construct_change_message(request, form, formsets, add)
        if not form.cleaned_data.get("reason"):
            return message
        changed = LogEntry(change_message=json.dumps(message)).get_change_message()
        said = [changed]
        if "groups" in form.changed_data:
            names = ", ".join(group.name for group in form.cleaned_data["groups"])
            said.append(f"Groups since: {names or 'none'}.")
        return " ".join([*said, f"Reason: {form.cleaned_data['reason']}"])

    def may_touch(self, request, person):
        if person is None or request.user.is_superuser:
            return True
        return not (
            person.is_superuser
            or person.user_permissions.exists()
            or person.groups.filter(permissions__isnull=False).exists()
        )

    def get_readonly_fields(self, request, obj=None):
        """Standing is given by someone else."""
        own = obj is not None and obj.pk == request.user.pk and not request.user.is_superuser
        return ["groups", "is_staff", "is_active"] if own else []

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups" and not request.user.is_superuser:
            # A group with rows of permissions gives rights that they do not have.
            kwargs["queryset"] = Group.objects.filter(permissions__isnull=True)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and self.has_change_permission(request, obj):
            fieldsets = [*fieldsets, ("Why", {"fields": ["reason"]})]
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, {**options, "fields": [f for f in options["fields"] if f not in ABOVE_THEM]})
            for title, options in fieldsets
        ]
