from django.db import models

from localities.history import HistoricalRecords


class BankHoliday(models.Model):
    """A bank holiday of England that was announced for one year, such as for a coronation."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=80, help_text="As it was announced.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["day"]

    def __str__(self):
        return f"{self.name}, {self.day}"
