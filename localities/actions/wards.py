"""Deeds that concern wards and the localities they belong to."""

from itertools import pairwise

from django.core.exceptions import ValidationError

from localities.day_field import in_words
from localities.models import Ward, WardInLocality


def check_one_locality_at_a_time(wards):
    """Refuse what this transaction has written if a ward is now in two localities at once.

    The lock makes whoever writes about the same ward meanwhile wait and then see our rows.
    """
    gss_codes = [ward.gss for ward in wards]
    list(Ward.objects.select_for_update().filter(gss__in=gss_codes).order_by("gss").values("gss"))
    rows = WardInLocality.objects.filter(ward__in=gss_codes).select_related("ward", "locality")
    rows = sorted(rows, key=lambda row: (row.ward_id, str(row.start_date or ""), row.pk))
    for earlier, later in pairwise(rows):
        if earlier.ward_id == later.ward_id and overlap(earlier, later):
            raise ValidationError(
                f"{earlier.ward} would be in two localities at once: in {earlier.locality} "
                f"{period(earlier)}, and in {later.locality} {period(later)}. "
                "End the first before the other begins.",
                code="overlap",
            )


def overlap(earlier, later):
    """Whether a period shares a day with the one that begins no earlier."""
    if earlier.end_date is None or later.start_date is None:
        return True
    return later.start_date <= earlier.end_date


def period(row):
    """“from 1 April 2026 to 31 March 2027”; what has not ended may also begin later than today"""
    first = f"from {in_words(row.start_date)}" if row.start_date else "from before our record"
    return f"{first} {f'to {in_words(row.end_date)}' if row.end_date else 'with no last day'}"
