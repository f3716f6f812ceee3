from django.db import models
from django.db.models import Q

from engagement.models.submission import About, Kind
from governance.models import Translated
from localities.dated import Dated
from localities.history import HistoricalRecords

ENGLISH, NOT_ENGLISH = "en", "not-en"


class RoutingRule(Translated, Dated):
    """What is put before which body, for a time. The first rule that fits decides.

    A condition left empty fits everything.
    """

    TRANSLATED = ("name",)

    class Destination(models.TextChoices):
        BODY = "body", "The body below"
        PLACE = "place", "The locality committee of the place"
        TRIAGE = "triage", "Triage by the body below"

    name = models.CharField(
        max_length=160,
        help_text="Completes “Because …”, such as “it is about a child”.",
    )
    order = models.PositiveSmallIntegerField(help_text="The lowest that fits decides.")
    topic = models.ForeignKey(
        "engagement.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="rules"
    )
    about = models.CharField("who it is about", max_length=24, choices=About.choices, blank=True)
    kind = models.CharField("feedback or idea", max_length=8, choices=Kind.choices, blank=True)
    locality = models.ForeignKey(
        "localities.Locality", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(
        "language of the message",
        max_length=8,
        blank=True,
        help_text="A code such as “en”, “bn” or “so”, or “not-en” for any other than English.",
    )
    destination = models.CharField(
        max_length=6, choices=Destination.choices, default=Destination.BODY
    )
    body = models.ForeignKey(
        "governance.Body",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="routing_rules",
    )
    copy_to = models.ForeignKey(
        "governance.Body",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="a copy also to",
        help_text="Reads it too, beside the committee of the place. Once it has closed, whoever "
        "follows it does.",
    )
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering = ["order", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            # A rule that has ended, or is to, may go on under its name for another body.
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(end_date__isnull=True),
                name="routing_rule_named_once",
                violation_error_message="Another rule has this name. Give this one its own.",
            ),
            models.CheckConstraint(
                condition=Q(destination="place", body__isnull=True)
                | (~Q(destination="place") & Q(body__isnull=False)),
                name="routing_rule_has_one_destination",
                violation_error_message=(
                    "Name a body, or choose the locality committee of the place and no body."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def fits(self, **facts):
        """Whether everything the rule asks for is so."""
        return not self.unmet(**facts)

    def unmet(self, *, topic, about, kind, locality, language="en"):
        """What the rule asks for that is not so; `topic` and `locality` by their keys."""
        is_foreign = self.language == NOT_ENGLISH and language != ENGLISH
        given = {
            "topic": topic,
            "about": about,
            "kind": kind,
            "locality": locality,
            "language": self.language if is_foreign else language,
        }
        return [what for what, wanted in self.conditions.items() if wanted != given[what]]

    @property
    def conditions(self):
        """What it asks for, by what it asks it of."""
        asked = {
            "topic": self.topic_id,
            "about": self.about,
            "kind": self.kind,
            "locality": self.locality_id,
            "language": self.language,
        }
        return {what: wanted for what, wanted in asked.items() if wanted}
