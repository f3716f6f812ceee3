from django.conf import settings
from django.db import models


class StaffSettings(models.Model):
    """How somebody wants to hear of what concerns their posts, and until when they are away."""

    class Mail(models.TextChoices):
        AT_ONCE = "at_once", "At once, a mail for each"
        DAILY = "daily", "Once a day, in one mail"

    class Order(models.TextChoices):
        DUE = "due", "What is due first"
        NEWEST = "newest", "The newest first"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_settings"
    )
    mail = models.CharField(max_length=7, choices=Mail.choices, default=Mail.AT_ONCE)
    order = models.CharField(
        "order of matters", max_length=6, choices=Order.choices, default=Order.DUE
    )
    absent_until = models.DateField(null=True, blank=True, help_text="The last day away.")

    class Meta:
        verbose_name_plural = "staff settings"

    def __str__(self):
        return f"Settings of {self.person}"

    @classmethod
    def order_of(cls, person):
        """The order in which somebody wants to see matters where they ask for none."""
        kept = getattr(person, "staff_settings", None)
        return kept.order if kept else cls.Order.DUE

    def is_away_on(self, day):
        """Whether they are away on a day; nobody who has not said so is."""
        return self.absent_until is not None and self.absent_until >= day
