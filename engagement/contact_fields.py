"""By what residents are reached, and with what they open again what they sent."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# No browser fills in or corrects what stands on a receipt.
AS_TYPED = {"autocomplete": "off", "spellcheck": "false"}


class NameField(forms.CharField):
    widget = forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"})
    default_error_messages = {"max_length": _("Shorten your name to 120 characters or fewer")}

    def __init__(self, **options):
        super().__init__(label=_("Your name"), max_length=120, **options)


class EmailField(forms.EmailField):
    widget = forms.EmailInput(attrs={"autocomplete": "email"})
    default_error_messages = {
        "invalid": _("Enter an e-mail address in full, such as name@example.org"),
        "max_length": _("Shorten your e-mail address to 254 characters or fewer"),
    }

    def __init__(self, **options):
        super().__init__(**{"label": _("Your e-mail address"), "max_length": 254} | options)


class PhoneField(forms.CharField):
    """A number that can be rung; beside it may stand whom to ask for, and when."""

    FEWEST_DIGITS = 8  # of London, without 020

    widget = forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    default_error_messages = {
        "invalid": _("Enter your whole telephone number, such as 07700 900123"),
        "max_length": _("Shorten your telephone number to 40 characters or fewer"),
    }

    def __init__(self, **options):
        super().__init__(label=_("Your telephone number"), max_length=40, **options)

    def validate(self, value):
        super().validate(value)
        digits = sum(character.isdigit() for character in value)
        if value and digits < self.FEWEST_DIGITS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class ReferenceField(forms.CharField):
    widget = forms.TextInput(attrs=AS_TYPED)
    default_error_messages = {"max_length": _("Shorten the reference to 60 characters or fewer")}

    def __init__(self, **options):
        super().__init__(label=_("Reference"), max_length=60, **options)


class CodeField(forms.CharField):
    widget = forms.TextInput(attrs=AS_TYPED)
    default_error_messages = {"max_length": _("Shorten the code to 100 characters or fewer")}

    def __init__(self, **options):
        super().__init__(
            label=_("Code"),
            help_text=_("Four groups of four letters and digits, such as K7QM-2XN4-09TD-HJ5R"),
            max_length=100,
            **options,
        )
