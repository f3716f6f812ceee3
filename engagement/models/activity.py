import re
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from engagement.models.published import MARKDOWN, Published, PublishedQuerySet
from governance.models import Translated
from localities.history import HistoricalRecords

REFERENCE = re.compile(r"A-([1-9][0-9]{3})-([0-9]{6,12})")
TAKEN_SLUGS = {"calendar", "receipt"}  # addresses beside the activities'


def check_slug(slug):
    if slug in TAKEN_SLUGS:
        raise ValidationError("Choose another address: this one is the portal's own.")


class ActivityQuerySet(PublishedQuerySet):
    def coming(self):
        """What has not begun yet, the next one first."""
        return self.filter(starts_at__gte=timezone.now()).order_by("starts_at", "pk")

    def from_today(self, today=None):
        """What begins today or later and is not cancelled: the same all day."""
        day = today or timezone.localdate()
        begins = self.filter(starts_at__date__gte=day, is_cancelled=False)
        return begins.order_by("starts_at", "pk")

    def of_locality(self, locality):
        """What is for the people of a locality, or of the whole borough."""
        return self.filter(Q(localities=locality) | Q(localities=None))

    def past(self):
        """What has begun or is over, the last one first."""
        return self.filter(starts_at__lt=timezone.now()).order_by("-starts_at", "-pk")

    def with_places_taken(self):
        taken = Count("interests", filter=Q(interests__has_place=True))
        return self.annotate(places_taken=taken)

    def with_those_waiting(self):
        waiting = Count("interests", filter=Q(interests__has_place=False))
        return self.annotate(number_waiting=waiting)


class Activity(Translated, Published):
    """A way for residents to take part in the work of a body."""

    TRANSLATED = (
        "title",
        "summary",
        "details",
        "place",
        "access",
        "languages",
        "note",
        "result",
    )

    title = models.CharField(max_length=120)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        validators=[check_slug],
        help_text="Its address; stays for good.",
    )
    owner = models.ForeignKey(
        "governance.Body",
        on_delete=models.PROTECT,
        related_name="activities",
        help_text="The workstream or body that holds it. Its officers see who signed up.",
    )
    project = models.ForeignKey(
        "governance.Project",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
    )
    outcome = models.ForeignKey(
        "engagement.Outcome",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="activities",
        limit_choices_to={"is_published": True},
        help_text="What residents said that it follows from: see “You said”.",
    )
    localities = models.ManyToManyField(
        "localities.Locality",
        blank=True,
        related_name="activities",
        help_text="Leave empty for the whole borough.",
    )
    summary = models.CharField(
        max_length=200, help_text="One sentence for lists: what one does, and what for."
    )
    details = models.TextField(
        "what it involves", help_text=f"What happens, who is wanted, what it takes. {MARKDOWN}"
    )
    starts_at = models.DateTimeField("begins")
    ends_at = models.DateTimeField("ends", null=True, blank=True)
    is_online = models.BooleanField("can be joined online", default=False)
    place = models.CharField(
        max_length=200, blank=True, help_text="Where one goes. Leave empty if only online."
    )
    access = models.CharField(
        max_length=300,
        blank=True,
        help_text="Such as step-free, a hearing loop, quiet room, travel paid.",
    )
    languages = models.CharField(
        "language support",
        max_length=200,
        blank=True,
        help_text="Such as “In English, with a Bengali and a BSL interpreter”.",
    )
    takes_names = models.BooleanField(
        "people sign up here", default=True, help_text="Untick it where one just comes."
    )
    places = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Leave empty for as many as come."
    )
    closes_on = models.DateField(
        "closing date",
        null=True,
        blank=True,
        help_text="The last day to sign up. Leave empty for until it begins.",
    )
    is_cancelled = models.BooleanField("cancelled", default=False)
    note = models.CharField(
        max_length=200, blank=True, help_text="Such as why it was moved or cancelled."
    )
    result = models.TextField(
        "what it led to", blank=True, help_text=f"Afterwards: what came of it. {MARKDOWN}"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised with every change that calendars show."
    )
    history = HistoricalRecords(m2m_fields=[localities])

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["starts_at"], name="activity_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="activity_ends_after_start",
                violation_error_message="It ends before it begins.",
            ),
            models.CheckConstraint(
                condition=Q(is_online=True) | ~Q(place=""),
                name="activity_is_somewhere",
                violation_error_message="Say where it is, or tick that it can be joined online.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("engagement:activity", args=[self.slug])

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def is_over(self):
        return (self.ends_at or self.starts_at) <= timezone.now()

    @property
    def is_open(self):
        """Whether one may sign up now."""
        is_late = self.closes_on is not None and self.closes_on < timezone.localdate()
        return (
            self.takes_names
            and self.is_published
            and not self.is_cancelled
            and not self.has_begun
            and not is_late
        )

    def places_left(self, taken):
        """How many places are left when so many are taken; None where there is no end of them."""
        return None if self.places is None else max(self.places - taken, 0)

    @property
    def where_said(self):
        """Where it is, with a place that is not in the language of the page marked so."""
        if not self.place:
            return self.where
        place = conditional_escape(self.said["place"])
        if not self.is_online:
            return place
        return mark_safe(conditional_escape(_("%(place)s, or online")) % {"place": place})

    @property
    def where(self):
        """The same as plain text."""
        if not self.is_online:
            return self.text_of("place")
        if self.place:
            return _("%(place)s, or online") % {"place": self.text_of("place")}
        return str(_("Online"))


class InterestQuerySet(models.QuerySet):
    def with_reference(self, reference):
        """The sign-up of a reference such as `A-2026-000042`, or none."""
        parts = REFERENCE.fullmatch(reference.strip().upper())
        if not parts:
            return self.none()
        year, number = (int(part) for part in parts.groups())
        return self.filter(pk=number, joined_at__year=year)


class Interest(models.Model):
    """Someone's wish to take part: a row of its own, with no history, removable."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="interests")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    has_place = models.BooleanField(help_text="Otherwise they wait for one.")
    language = models.CharField(
        max_length=10,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
        help_text="In which they are written to: that of the page they signed up on.",
    )
    joined_at = models.DateTimeField()
    secret_hash = models.CharField(max_length=64, unique=True)
    sending_key = models.CharField(
        max_length=64,
        unique=True,
        help_text="One for each form and what was typed in it, so that pressing twice joins once.",
    )

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "pk"]
        indexes = [
            models.Index(fields=["activity", "has_place", "id"], name="interest_by_activity"),
            models.Index(fields=["email"], name="interest_by_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""), name="interest_can_be_reached"
            )
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self):
        return f"A-{timezone.localdate(self.joined_at).year}-{self.pk:06d}"
