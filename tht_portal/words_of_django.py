"""What Django itself says on public pages, so that our catalogues hold it in every language.

Django knows no Somali, and not all of Bengali. Nothing imports this: `makemessages` reads it.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

MONTHS = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
    *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
)
MONTHS_IN_SHORT = (
    *(_("jan"), _("feb"), _("mar"), _("apr"), _("may"), _("jun")),
    *(_("jul"), _("aug"), _("sep"), _("oct"), _("nov"), _("dec")),
)
WEEKDAYS = (
    *(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday")),
    *(_("Friday"), _("Saturday"), _("Sunday")),
)
WEEKDAYS_IN_SHORT = (*(_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")),)
REFUSALS = (
    _("This field is required."),
    _("Enter a whole number."),
    _("Enter a valid value."),
    _("Enter a valid email address."),
    _("Null characters are not allowed."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
