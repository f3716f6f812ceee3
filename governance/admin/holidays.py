from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from governance.actions.clocks import reckon_anew
from governance.actions.structure import structure_edited
from governance.admin.base import ForAdministrators
from governance.models import BankHoliday
from governance.working_days import SATURDAY, bank_holidays
from localities.admin_base import ReasonedAdmin


class BankHolidayForm(forms.ModelForm):
    """A day that would be a working day otherwise."""

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day.weekday() >= SATURDAY:
            raise ValidationError(f"{day:%A} is no working day anyway. Enter a weekday.")
        if known := bank_holidays(day.year).get(day):
            raise ValidationError(f"The portal knows this day already: {known}.")
        return day


@admin.register(BankHoliday)
class BankHolidayAdmin(ForAdministrators, ReasonedAdmin):
    """What the library of bank holidays does not know yet. Running clocks follow at once."""

    form = BankHolidayForm
    list_display = ["day", "name"]
    search_fields = ["name"]
    fieldsets = [
        (
            None,
            {
                "fields": ["day", "name"],
                "description": (
                    "The usual bank holidays of England are known. Add one that was announced for "
                    "one year: every deadline that runs is reckoned anew, and its page says so."
                ),
            },
        )
    ]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        reckon_anew()
        structure_edited(work_stays=True)  # the structure carries the working days

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        reckon_anew()
        structure_edited(work_stays=True)  # the structure carries the working days
