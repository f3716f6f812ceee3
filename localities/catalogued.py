"""Words of the reference data that our catalogues hold.

Rows are in English, as their sources are. These few stand within our own sentences, so they are
shown in the language of the page; whatever else administrators write there stays as it is.
"""

from django.utils.translation import gettext, gettext_noop

KNOWN = {
    gettext_noop("people"),
    gettext_noop("Bow Church and Bow Road are in Bromley North ward, also in the North East"),
    gettext_noop("Limehouse station and the Ratcliff side are in Shadwell ward, in the South West"),
    gettext_noop(
        "Mile End ward and station are in the North East; Mile End Hospital and Queen Mary are in "
        "Bethnal Green East ward, in the North West"
    ),
    gettext_noop("only the eastern part; most of Shoreditch is in Hackney"),
    gettext_noop("part of it is in the City of London"),
    gettext_noop(
        "the north side of Mile End Road is in Bethnal Green East ward, in the North West"
    ),
    gettext_noop("the north side of Whitechapel Road is in the North West"),
}


def in_language_of_page(text, known=KNOWN):
    return gettext(text) if text in known else text
