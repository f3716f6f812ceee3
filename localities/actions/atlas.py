"""What every edit of localities, wards, names and tables does besides."""

import uuid

from localities.models import AtlasVersion


def atlas_edited():
    """Give the atlas a new version; called in the transaction of every edit of what is in it."""
    AtlasVersion.objects.update_or_create(pk=AtlasVersion.ONLY, defaults={"version": uuid.uuid4()})
