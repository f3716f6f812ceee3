"""Where a fault is mended: the page of the admin for the row, or for the one that is missing."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def mending_address(fault):
    """The address of the form that mends a fault, else of its body's, else None."""
    mend = fault.mend
    if mend.pk is not None:
        found = admin_address(mend.model, "change", mend.pk)
    elif found := admin_address(mend.model, "add"):
        found = f"{found}?{urlencode(mend.given)}"
    if found or fault.body is None:
        return found
    return admin_address("body", "change", fault.body.pk)


def admin_address(model, page, *key):
    app, _, name = model.rpartition(".")
    try:
        return reverse(f"admin:{app or 'governance'}_{name}_{page}", args=key)
    except NoReverseMatch:
        return None
