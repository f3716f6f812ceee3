"""The error summary of a form: every error, each linking to the element it is about."""

from django.utils.translation import gettext as _

from tht_portal.nhsuk.components import component
from tht_portal.nhsuk.fields import element_id


def errors(form):
    """The errors in the order of the page, those about the whole form first."""
    listed = [{"text": str(error)} for error in form.non_field_errors()]
    for field in form:
        for error in field.errors:
            # A hidden field has nothing to land on.
            link = {} if field.is_hidden else {"href": f"#{element_id(field)}"}
            listed.append({"text": str(error), **link})
    return listed


def render(*forms, title=None):
    """The summary above the page's heading, or nothing when there is no error."""
    listed = [error for form in forms for error in errors(form)]
    return (
        component("errorSummary", titleText=title or _("There is a problem"), errorList=listed)
        if listed
        else ""
    )
