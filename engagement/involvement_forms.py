"""What residents type to take part, and the filters of the list of activities."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from engagement.contact_fields import CodeField, EmailField, NameField, PhoneField
from engagement.list_forms import OneLocality
from governance.list_forms import KeyField, ListForm, OneBody, OneOf

ON_LINE, IN_PERSON = "on-line", "in-person"
COMING, PAST = "coming", "past"


class JoinForm(forms.Form):
    """A name, and one way to reach them; nothing else is asked."""

    name = NameField(error_messages={"required": _("Enter your name")})
    email = EmailField(required=False)
    phone = PhoneField(required=False)
    agrees = forms.BooleanField(
        label=_("You may keep my name and how to reach me for this activity"),
        error_messages={
            "required": _("Tick the box: without it we cannot keep your name for this activity")
        },
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    nhsuk = {
        "name": {"width": 20},
        "email": {"width": 20, "optional": False},
        "phone": {"width": 20, "optional": False},
    }

    def clean(self):
        cleaned = super().clean()
        reached = cleaned.get("email") or cleaned.get("phone")
        if not reached and not {"email", "phone"} & self.errors.keys():
            sentence = _("Enter your e-mail address or your telephone number: one is enough")
            self.add_error("email", ValidationError(sentence))
        return cleaned


class OpenInterestForm(forms.Form):
    """What opens a sign-up."""

    secret = CodeField(
        error_messages={"required": _("Enter the code that you were shown when you signed up")},
    )
    nhsuk = {"*": {"width": 20}}


class NewCodeForm(forms.Form):
    """Where the code is lost: where a new one is sent."""

    email = EmailField(
        label=_("The e-mail address you signed up with"),
        error_messages={"required": _("Enter the e-mail address you signed up with")},
    )
    nhsuk = {"*": {"width": 20}}


class ActivityFilterForm(ListForm):
    """Which activities the list shows."""

    locality = OneLocality()
    body = OneBody(_("Who holds it"))
    how = OneOf(
        _("How"),
        unknown=_("There is no way “%(value)s”. Choose one listed"),
        choices=[("", _("Any way")), (IN_PERSON, _("In person")), (ON_LINE, _("Online"))],
    )
    when = OneOf(
        _("When"),
        unknown=_("There is no time “%(value)s”. Choose one listed"),
        choices=[(COMING, _("Coming")), (PAST, _("Past, and what they led to"))],
    )
    page = KeyField(highest=10**6)

    def __init__(self, *args, localities, bodies, **options):
        super().__init__(*args, **options)
        self.offer(
            "locality", [(each.pk, each.name) for each in localities], _("The whole borough")
        )
        self.bodies = {body.slug: body for body in bodies}
        self.offer("body", [(body.slug, body.name) for body in bodies], _("Anyone"))

    @property
    def shows_past(self):
        return self.cleaned_data["when"] == PAST

    def apply(self, activities):
        """The activities that were asked for, of those given, in their order."""
        asked = self.cleaned_data
        if asked["locality"]:
            activities = activities.of_locality(asked["locality"])
        if asked["body"]:
            activities = activities.filter(owner=self.bodies[asked["body"]].pk)
        if asked["how"] == ON_LINE:
            activities = activities.filter(is_online=True)
        elif asked["how"] == IN_PERSON:
            activities = activities.exclude(place="")
        return activities.past() if self.shows_past else activities.coming()
