from django import forms
from django.utils.translation import gettext_lazy as _

from localities.finder import LONGEST


class PlaceForm(forms.Form):
    """Ask for a postcode or a place name."""

    nhsuk = {"*": {"optional": False}, "q": {"width": 20}}

    q = forms.CharField(
        label=_("Your postcode or the name of your area"),
        help_text=_("Such as E3 4AB, or Isle of Dogs"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter a postcode or the name of an area"),
            "max_length": _(
                "Enter at most %(limit_value)d characters: a postcode or the name of an area. "
                "You entered %(show_value)d"
            ),
            "null_characters_not_allowed": _("Enter a postcode or the name of an area"),
        },
    )
