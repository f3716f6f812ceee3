"""Deeds that change the structure. Each leaves a history row with who and why, and a new version."""

import uuid

from django.utils import timezone

from governance.models import StructureRecord


def structure_edited():
    """Give the structure a new version; called in the transaction of every structural edit."""
    changed = StructureRecord.objects.filter(pk=StructureRecord.ONLY).update(
        version=uuid.uuid4(), changed_at=timezone.now()
    )
    if not changed:
        StructureRecord.objects.create(first_day=timezone.localdate())
