from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from localities.dated import Dated


class Evidence(models.TextChoices):
    """How well a fact of the structure is known."""

    STATED = "stated", _("Stated")
    SOURCED = "sourced", _("Sourced")
    ASSUMED = "assumed", _("Assumed")


class DatedFact(Dated):
    """A dated fact of the structure that says how we know it.

    Stated facts quote the partnership's own description of its structure; sourced facts name
    another public source; assumed facts are our reading, and say so.
    """

    evidence = models.CharField(
        max_length=8, choices=Evidence.choices, default=Evidence.ASSUMED, db_index=True
    )
    quotation = models.TextField(blank=True, help_text="The source's own words.")
    source_title = models.CharField("source", max_length=200, blank=True)
    source_url = models.URLField("address of the source", max_length=400, blank=True)
    reasoning = models.TextField(blank=True, help_text="For an assumed fact: why we read it so.")
    decision = models.ForeignKey(
        "governance.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The decision that made it so, or last changed it.",
    )

    class Meta(Dated.Meta):
        abstract = True
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(evidence=Evidence.STATED) | ~Q(quotation=""),
                name="%(app_label)s_%(class)s_stated_is_quoted",
                violation_error_message="A stated fact needs the words that state it.",
            ),
            models.CheckConstraint(
                condition=Q(evidence=Evidence.ASSUMED) | ~Q(source_title=""),
                name="%(app_label)s_%(class)s_has_a_source",
                violation_error_message="A stated or sourced fact needs its source.",
            ),
        ]
