from django.conf import settings
from django.db import models


class KeyedIn(models.Model):
    """A message that did not come over the portal: who keyed it in, and on which day it had come.

    Its clock starts when it is keyed in, since before that no body could have it.
    """

    submission = models.OneToOneField(
        "engagement.Submission",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="keyed_in",
    )
    came_on = models.DateField()
    format_needs = models.CharField(
        max_length=200, blank=True, help_text="How the resident can take an answer in."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "keyed in"

    def __str__(self):
        return f"Keyed in: {self.submission_id}"
