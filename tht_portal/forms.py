from django.contrib.auth import forms as auth_forms
from django.core.validators import MaxLengthValidator


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
