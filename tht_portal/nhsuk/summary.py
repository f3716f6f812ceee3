"""The error summary of a form: every error, each linking to the element it is about."""

from django.utils.translation import gettext as _

from tht_portal.nhsuk.components import component
from tht_portal.nhsuk.fields import element_id

# What is said of a text at its field, where it stands beside what it is about.
NAMES_NO_FIELD = {"too_long", "null_characters_not_allowed"}


def errors(form):
    """The errors in the order of the page, those about the whole form first."""
    listed = [{"text": str(error)} for error in form.non_field_errors()]
    for field in form:
        # A hidden field has nothing to land on.
        link = {} if field.is_hidden else {"href": f"#{element_id(field)}"}
        for error in field.errors.as_data():
            listed += ({"text": said_of(field, error.code, text), **link} for text in error)
    return listed


def said_of(field, code, text):
    """An error as the summary says it, far from its field."""
    if code not in NAMES_NO_FIELD:
        return text
    label = str(field.label)
    return f"{label} {text}" if label.endswith(("?", "؟")) else f"{label}: {text}"


def render(*forms, title=None):
    """The summary above the page's heading, or nothing when there is no error."""
    listed = [error for form in forms for error in errors(form)]
    return (
        component("errorSummary", titleText=title or _("There is a problem"), errorList=listed)
        if listed
        else ""
    )
