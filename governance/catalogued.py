"""Words of the reference data that our catalogues hold: see localities/catalogued.py."""

from django.utils.translation import gettext_noop

from localities import catalogued

KNOWN = {
    gettext_noop("Statutory board"),
    gettext_noop("Statutory body"),
    gettext_noop("Executive board"),
    gettext_noop("Operational group"),
    gettext_noop("Centre of excellence"),
    gettext_noop("Life-course workstream"),
    gettext_noop("Enabler group"),
    gettext_noop("Working group"),
    gettext_noop("Locality committee"),
    gettext_noop("In development"),
    gettext_noop("NHS resources"),
    gettext_noop("joint commissioning"),
    gettext_noop("the joint strategic needs assessment"),
}


def in_language_of_page(text):
    return catalogued.in_language_of_page(text, KNOWN)
