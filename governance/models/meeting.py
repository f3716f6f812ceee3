import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance.models.escalation import Escalation
from governance.models.escalation_reader import EscalationReader
from governance.models.evidence import DatedFact
from localities.day_field import in_words
from localities.history import HistoricalRecords


class Cadence(DatedFact):
    """How often a body meets, for a time."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", gettext_lazy("Weekly")
        FORTNIGHTLY = "fortnightly", gettext_lazy("Every two weeks")
        MONTHLY = "monthly", gettext_lazy("Monthly")
        TWO_MONTHLY = "two_monthly", gettext_lazy("Every two months")
        QUARTERLY = "quarterly", gettext_lazy("Quarterly")
        HALF_YEARLY = "half_yearly", gettext_lazy("Every half year")
        YEARLY = "yearly", gettext_lazy("Yearly")

    # The longest time between two meetings that still keeps the rhythm, in days.
    LONGEST_GAP = {
        Rhythm.WEEKLY: 14,
        Rhythm.FORTNIGHTLY: 28,
        Rhythm.MONTHLY: 62,
        Rhythm.TWO_MONTHLY: 92,
        Rhythm.QUARTERLY: 124,
        Rhythm.HALF_YEARLY: 214,
        Rhythm.YEARLY: 396,
    }

    body = models.ForeignKey("governance.Body", on_delete=models.CASCADE, related_name="cadences")
    rhythm = models.CharField(max_length=12, choices=Rhythm.choices)
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["body", "start_date"]

    def __str__(self):
        return self.get_rhythm_display()

    @property
    def sentence(self):
        """“It meets every two months”"""
        return {
            self.Rhythm.WEEKLY: _("It meets weekly"),
            self.Rhythm.FORTNIGHTLY: _("It meets every two weeks"),
            self.Rhythm.MONTHLY: _("It meets monthly"),
            self.Rhythm.TWO_MONTHLY: _("It meets every two months"),
            self.Rhythm.QUARTERLY: _("It meets quarterly"),
            self.Rhythm.HALF_YEARLY: _("It meets every half year"),
            self.Rhythm.YEARLY: _("It meets yearly"),
        }[self.rhythm]

    @property
    def longest_gap(self):
        return self.LONGEST_GAP[self.Rhythm(self.rhythm)]


class Meeting(models.Model):
    """A body comes together, or was to."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "Planned")
        HELD = "held", pgettext_lazy("meeting", "Held")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")

    body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    note = models.CharField(
        max_length=300, blank=True, help_text="Such as why it was moved or cancelled."
    )
    is_public = models.BooleanField(
        default=False, help_text="Anyone may know of it and read its papers."
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Raised when the time, the place or the status changes.",
    )
    changed_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["body", "starts_at"], name="meeting_by_body")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_start",
                violation_error_message="The meeting ends before it starts.",
            )
        ]

    def __str__(self):
        return f"Meeting of {self.body} on {in_words(timezone.localdate(self.starts_at))}"


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, standing):
        """Public ones; for staff all others too, but those that settle a matter before a body.

        Those are for who sits on the body that decided, and governance administrators; what was
        told as a matter was resolved stays so when it is reopened.
        """
        if not standing.is_signed_in:
            return self.filter(is_public=True)
        if standing.is_governance_administrator:
            return self
        return self.filter(Q(is_public=True) | self._are_theirs(standing))

    def private_to(self, standing):
        """Those that someone may read whether they are public or not."""
        if not standing.is_signed_in:
            return self.none()
        if standing.is_governance_administrator:
            return self
        return self.filter(self._are_theirs(standing))

    def _are_theirs(self, standing):
        settles = Escalation.objects.filter(decision=OuterRef("pk"))
        return Q(body__in=standing.sits_on) | Q(told_to_resolve=False) & ~Exists(settles)

    def known_to(self, standing):
        """The same, and those that settle a matter before a body on which someone sits."""
        read = EscalationReader.objects.filter(
            escalation__decision=OuterRef("pk"), author=None, body__in=standing.sits_on
        )
        return self.visible_to(standing) | self.filter(Exists(read))


class Decision(models.Model):
    """What a body decided: at a meeting, or by its chair between meetings."""

    body = models.ForeignKey("governance.Body", on_delete=models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        help_text="Empty: decided by the chair between meetings.",
    )
    decided_on = models.DateField()
    title = models.CharField(max_length=160)
    text = models.TextField(max_length=5000)
    is_public = models.BooleanField(default=False)
    told_to_resolve = models.BooleanField(
        default=False,
        editable=False,
        help_text="It was written down as a matter was resolved by it, and did not stand before.",
    )
    history = HistoricalRecords()
    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "-pk"]

    def __str__(self):
        return f"{self.title}, {in_words(self.decided_on)}"


class ActionPointQuerySet(models.QuerySet):
    def to_remind_of(self, today):
        """Open ones whose day is over, of which nobody was reminded since; it may have been moved.

        A day in the past is never given, so whoever was reminded before was so of another day.
        """
        reminded = Q(reminded_on__gt=F("due_on"))
        return self.filter(is_open=True, due_on__lt=today).exclude(reminded)


class ActionPoint(models.Model):
    """What a decision asks of somebody by a day, or the condition it was made on."""

    class Kind(models.TextChoices):
        ACTION = "action", "Action"
        CONDITION = "condition", "Condition"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="action_points")
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.ACTION)
    text = models.CharField(max_length=500)
    body = models.ForeignKey(
        "governance.Body",
        on_delete=models.PROTECT,
        related_name="action_points",
        help_text="Whose officers see to it.",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="action_points",
        help_text="Empty: the officers of the body.",
    )
    due_on = models.DateField()
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_note = models.TextField(max_length=2000, blank=True)
    is_open = models.GeneratedField(
        expression=Case(When(done_on__isnull=True, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # Nobody did it: what somebody did last is still the last thing of its history.
    history = HistoricalRecords(excluded_fields=["reminded_on"])
    objects = ActionPointQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["body", "due_on"], name="action_point_open", condition=Q(is_open=True)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_by__isnull=False),
                name="action_point_done_by_someone",
            )
        ]

    def __str__(self):
        return self.text
