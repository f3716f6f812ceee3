from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property

from governance.catalogued import in_language_of_page
from governance.models.evidence import DatedFact
from governance.models.translated import Translated
from localities.dated import DatedQuerySet
from localities.history import HistoricalRecords


class BodyKind(models.Model):
    """What a body is: an executive board, a life-course workstream, a locality committee."""

    slug = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=80)
    plural = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0, help_text="From the top of the structure.")
    outside_partnership = models.BooleanField(
        default=False, help_text="Bodies of this kind stand outside the partnership."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    @property
    def label(self):
        return in_language_of_page(self.name)


class BodyQuerySet(DatedQuerySet):
    def named(self, day=None):
        """The bodies with `name` as it is on `day` (today if not given), in the same query.

        One that has none on the day, such as a body still to begin, goes by its first one.
        """
        names = BodyName.objects.filter(body=OuterRef("pk")).order_by("start_date").values("name")
        on_day = names.on(day or timezone.localdate())
        return self.annotate(
            name=Coalesce(
                Subquery(on_day[:1]),
                Subquery(names[:1]),
                F("slug"),
                output_field=models.CharField(),
            )
        )


class Body(Translated, DatedFact):
    """A board, committee, executive or working group of the partnership or beside it."""

    TRANSLATED = ("purpose", "remit", "cohort")

    slug = models.SlugField(max_length=80, unique=True, help_text="Its address; stays for good.")
    kind = models.ForeignKey(BodyKind, on_delete=models.PROTECT, related_name="bodies")
    locality = models.ForeignKey(
        "localities.Locality",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bodies",
    )
    stage = models.CharField(max_length=60, blank=True, help_text="Such as “In development”.")
    purpose = models.TextField(blank=True, help_text="What it is for, in its own words.")
    remit = models.TextField(blank=True, help_text="What it deals with, in its own words.")
    cohort = models.TextField(blank=True, help_text="Whom it serves, in its own words.")
    mailbox = models.EmailField(blank=True, help_text="Shared mailbox of the body.")
    acknowledge_days = models.PositiveSmallIntegerField(
        default=3, help_text="Working days in which it acknowledges what is put before it."
    )
    answer_days = models.PositiveSmallIntegerField(
        default=20, help_text="Working days in which it answers what is put before it."
    )
    climbs_by_itself = models.BooleanField(
        "overdue matters go up by themselves",
        default=False,
        help_text=(
            "A matter for which a reminder and word to the body above were in vain is passed up "
            "without anyone’s doing. Otherwise nothing moves by itself."
        ),
    )
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    history = HistoricalRecords()

    objects = BodyQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        ordering = ["kind__order", "slug"]
        verbose_name_plural = "bodies"

    def __str__(self):
        return self.name

    @property
    def stage_in_words(self):
        return in_language_of_page(self.stage)

    @cached_property
    def name(self):
        """Its name today; `Body.objects.named()` fetches it with the rows."""
        names = self.names.order_by("start_date").values_list("name", flat=True)
        return names.on(timezone.localdate()).first() or names.first() or self.slug


class BodyName(DatedFact):
    """What a body is called, for a time."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60, blank=True, help_text="For charts and lists.")
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["body", "start_date"]

    def __str__(self):
        return self.name
