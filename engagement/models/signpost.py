from django.db import models
from simple_history.models import HistoricalRecords


class Signpost(models.Model):
    """Where to turn for what the form is not for: emergencies, safeguarding, complaints."""

    class Group(models.TextChoices):
        URGENT = "urgent", "Help now"
        COMPLAINT = "complaint", "A formal complaint"

    group = models.CharField(max_length=10, choices=Group.choices)
    order = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    url = models.URLField("web address", max_length=300, blank=True)
    email = models.EmailField(blank=True)
    source_url = models.URLField("where it was checked", max_length=300, blank=True)
    checked_on = models.DateField()
    is_shown = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["group", "order", "pk"]

    def __str__(self):
        return self.title
