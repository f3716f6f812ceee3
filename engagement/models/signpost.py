import re
from urllib.parse import urlsplit

from django.db import models

from governance.models import Translated
from localities.history import HistoricalRecords


class Signpost(Translated):
    """Where to turn for what the form is not for: emergencies, complaints, the portal itself.

    Beside it, what is offered to those who need an interpreter or another format.
    """

    class Group(models.TextChoices):
        URGENT = "urgent", "Help now"
        COMPLAINT = "complaint", "A formal complaint"
        PORTAL = "portal", "About this portal"
        DATA = "data", "About personal data"
        OFFER = "offer", "Interpreters and other formats"

    ON_THE_FORM = (Group.URGENT, Group.COMPLAINT, Group.OFFER)
    TRANSLATED = ("title", "text")

    group = models.CharField(max_length=10, choices=Group.choices)
    order = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    url = models.URLField("web address", max_length=300, blank=True)
    email = models.EmailField(blank=True)
    source_url = models.URLField("where it was checked", max_length=300, blank=True)
    checked_on = models.DateField(help_text="When its publisher's page was last read.")
    is_shown = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["group", "order", "pk"]

    def __str__(self):
        return self.title

    @property
    def dial(self):
        """The number to dial: of “111, option 2” it is 111."""
        return re.sub(r"[^0-9+]", "", self.phone.partition(",")[0])

    @property
    def host(self):
        """Whose web address it is, as a link says it."""
        return urlsplit(self.url).hostname.removeprefix("www.") if self.url else ""
