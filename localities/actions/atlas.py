"""What every edit of localities, wards, names and tables does besides."""

import uuid

from localities.models import AtlasVersion


def atlas_edited():
    """Give the atlas a new version; called in the transaction of every edit of what is in it."""
    new = {"version": uuid.uuid4()}
    if not AtlasVersion.objects.filter(pk=AtlasVersion.ONLY).update(**new):
        AtlasVersion.objects.create(pk=AtlasVersion.ONLY, **new)
