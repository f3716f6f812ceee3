from django.contrib.auth import forms as auth_forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator

from engagement import throttle

TOO_MANY = (
    "There were many wrong passwords from your internet connection. Wait for a quarter of an hour, "
    "then try again."
)


class SignInForm(auth_forms.AuthenticationForm):
    """Who is there: a user name and a password."""

    error_messages = auth_forms.AuthenticationForm.error_messages | {
        "invalid_login": "The user name and password do not belong together. "
        "Check both; capital letters matter.",
        "inactive": "This account is closed. Ask your governance administrator.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].error_messages["required"] = "Enter your user name"
        self.fields["password"].error_messages["required"] = "Enter your password"
        self.fields["username"].widget.attrs["spellcheck"] = "false"
        # Django tells the browser how long a name may be, and does not look itself.
        longest = self.fields["username"].max_length
        self.fields["username"].validators.append(
            MaxLengthValidator(longest, f"Enter a user name of {longest} characters or fewer")
        )

    @property
    def is_one_too_many(self):
        """Whether no more passwords are looked at from there for now."""
        return self.has_error(NON_FIELD_ERRORS, code="too_many")

    def clean(self):
        """Let one connection try so many passwords and no more, whosever they are."""
        is_try = {"username", "password"} <= self.cleaned_data.keys()
        # Asked first: to compare a password is slow on purpose.
        if is_try and not throttle.allows(throttle.SIGNING_IN, self.request):
            raise ValidationError(TOO_MANY, code="too_many")
        cleaned = super().clean()
        if is_try:
            throttle.give_back(throttle.SIGNING_IN, self.request)
        return cleaned


class PasswordChangeForm(auth_forms.PasswordChangeForm):
    """The old password, and a new one twice."""

    error_messages = auth_forms.PasswordChangeForm.error_messages | {
        "password_incorrect": "This is not your old password. Enter it again.",
        "password_mismatch": "The two new passwords differ. Enter the same one twice.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label, required in (
            ("old_password", "Old password", "Enter your old password"),
            ("new_password1", "New password", "Enter a new password"),
            ("new_password2", "New password again", "Enter the new password again"),
        ):
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = required
        self.fields["new_password2"].help_text = ""
