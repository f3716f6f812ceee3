from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.plan import MARKDOWN

__all__ = ["MARKDOWN", "Illustrated", "Published", "PublishedQuerySet"]


class PublishedQuerySet(models.QuerySet):
    def published(self):
        """What anyone may read today."""
        return self.filter(published_on__lte=timezone.localdate())

    def open_to(self, standing):
        """What someone may read: drafts are for those who edit."""
        return self if standing.edits_what_is_published else self.published()


class Published(models.Model):
    """Something that is written, looked at and one day published."""

    published_on = models.DateField(
        "publish on",
        null=True,
        blank=True,
        help_text="From this day on anyone may read it. Leave empty for a draft.",
    )
    review_on = models.DateField(
        null=True, blank=True, help_text="When someone is to see whether it still holds."
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_published(self):
        return self.published_on is not None and self.published_on <= timezone.localdate()


class Illustrated(models.Model):
    """Something with a picture in several widths, which `engagement.pictures` makes and reads."""

    picture = models.CharField(max_length=80, blank=True, editable=False)
    picture_width = models.PositiveIntegerField(default=0, editable=False)
    picture_height = models.PositiveIntegerField(default=0, editable=False)
    picture_text = models.CharField(
        "what the picture shows",
        max_length=300,
        blank=True,
        help_text="For those who do not see it. Needed with every picture.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(picture="") | ~Q(picture_text=""),
                name="%(app_label)s_%(class)s_picture_has_its_text",
                violation_error_message="Say what the picture shows, for those who do not see it.",
            )
        ]
