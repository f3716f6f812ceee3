import uuid

from django.db import models
from django.utils import timezone


class StructureRecord(models.Model):
    """Since when we keep the record of the structure, and which version of it this is.

    There is one row. Every structural edit gives it a new `version` in its own transaction, so
    that every process knows at its next request whether what it holds in memory is still true.
    Versions are random, not counted: one that was rolled back can never be mistaken for the next.

    What bodies work with, such as meetings and decisions, has a version of its own, which an edit
    of their names, lines or seats alone leaves as it is. Pages are kept by a third, which changes
    with both, and where they show something else that is new, such as an outcome.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    first_day = models.DateField(
        help_text="The first day of the record; what was before it is not recorded."
    )
    version = models.UUIDField(default=uuid.uuid4)
    work_version = models.UUIDField(default=uuid.uuid4)
    pages_version = models.UUIDField(default=uuid.uuid4)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "structure record"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="structure_record_is_one_row")
        ]

    def __str__(self):
        return f"Record since {self.first_day}"

    @classmethod
    def lock(cls):
        """Make whoever else edits the structure wait until this transaction is over."""
        cls.objects.select_for_update().get_or_create(
            pk=cls.ONLY, defaults={"first_day": timezone.localdate()}
        )
