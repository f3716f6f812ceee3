from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from engagement.models.referral import Referral
from localities.history import HistoricalRecords


class ThemeQuerySet(models.QuerySet):
    def with_whether_waited_for(self):
        """The same, each with `is_waited_for`: whether a message of it is still to be answered."""
        open_leads = Referral.objects.leading().filter(is_open=True)
        return self.annotate(
            is_waited_for=Exists(open_leads.filter(submission__theme=OuterRef("pk")))
        )


class Theme(models.Model):
    """What many messages have in common, in the words of staff and never of residents."""

    title = models.CharField(max_length=120)
    description = models.TextField(
        blank=True, max_length=2000, help_text="In your own words, without quoting anyone."
    )
    lead_body = models.ForeignKey(
        "governance.Body",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="themes",
        help_text="Who looks into it. Empty: the engagement team.",
    )
    escalation = models.ForeignKey(
        "governance.Escalation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The matter that was put before a body above, for all its messages at once.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="themes"
    )
    created_at = models.DateTimeField()
    closed_on = models.DateField(
        null=True, blank=True, help_text="Since when it takes no more messages; empty: it is open."
    )
    revision = models.PositiveIntegerField(
        default=0, help_text="Raised with each edit, so that an old page is known."
    )
    history = HistoricalRecords()

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("title"),
                name="theme_titled_once",
                violation_error_message="There is a theme with this title already.",
            )
        ]

    def __str__(self):
        return self.title
