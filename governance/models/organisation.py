from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.evidence import DatedFact
from localities.history import HistoricalRecords


class Organisation(DatedFact):
    """A body corporate that is, or was, a partner: a council, a trust, an integrated care board."""

    class Kind(models.TextChoices):
        LOCAL_AUTHORITY = "local_authority", _("Local authority")
        INTEGRATED_CARE_BOARD = "integrated_care_board", _("Integrated care board")
        CLINICAL_COMMISSIONING_GROUP = (
            "clinical_commissioning_group",
            _("Clinical commissioning group"),
        )
        NHS_TRUST = "nhs_trust", _("NHS trust")
        NHS_FOUNDATION_TRUST = "nhs_foundation_trust", _("NHS foundation trust")
        GP_FEDERATION = "gp_federation", _("GP federation")
        VOLUNTARY_SECTOR = "voluntary_sector", _("Voluntary sector body")
        HEALTHWATCH = "healthwatch", _("Local Healthwatch")

    slug = models.SlugField(max_length=80, unique=True, help_text="Its address; stays for good.")
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    ods_code = models.CharField("ODS code", max_length=10, blank=True)
    website = models.URLField(max_length=200, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    note = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["name"]

    def __str__(self):
        return self.name


class Partner(DatedFact):
    """An organisation is a partner in Tower Hamlets Together, for a time."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="partnerships"
    )
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["organisation"]

    def __str__(self):
        return f"{self.organisation}, partner"
