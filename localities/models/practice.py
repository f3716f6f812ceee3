from django.db import models

from localities.dated import Dated
from localities.history import HistoricalRecords
from localities.models.places import Locality, Ward


class CareNetwork(models.Model):
    """GP practices that work together as a primary care network, in one locality."""

    code = models.CharField("ODS code", max_length=8, primary_key=True)
    name = models.CharField(max_length=120)
    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="networks")
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name = "primary care network"

    def __str__(self):
        return self.name


class Practice(Dated):
    """A GP practice, and the network it belongs to, as a published list has them."""

    code = models.CharField("ODS code", max_length=8, primary_key=True)
    name = models.CharField(max_length=120)
    postcode = models.CharField(max_length=8)
    network = models.ForeignKey(CareNetwork, on_delete=models.PROTECT, related_name="practices")
    ward = models.ForeignKey(
        Ward,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="practices",
        help_text="Where it is. It may lie in another locality than its network.",
    )
    listed_on = models.DateField(help_text="The day of the list that names it.")
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering = ["name"]
        verbose_name = "GP practice"

    def __str__(self):
        return self.name
