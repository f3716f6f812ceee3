from django.db import models

from governance.models import Translated
from localities.history import HistoricalRecords


class Topic(Translated):
    """What a message is about, in residents' words."""

    TRANSLATED = ("name", "hint")

    slug = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120, help_text="As residents would say it.")
    hint = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    is_offered = models.BooleanField(default=True, help_text="Offered on the form.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self):
        return self.name
