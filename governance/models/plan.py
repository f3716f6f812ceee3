"""What the partnership means to achieve: its priorities, and the projects of the programme plan."""

from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.models.evidence import DatedFact
from localities.dated import Dated
from localities.history import HistoricalRecords

MARKDOWN = "Plain text. A blank line begins a paragraph; **bold**, - a list, [words](address)."


class Priority(DatedFact):
    """What the partnership puts first, for a time."""

    slug = models.SlugField(max_length=80, unique=True, help_text="Its address; stays for good.")
    name = models.CharField(max_length=120, help_text="In a few words that everyone understands.")
    summary = models.TextField(blank=True, help_text=f"Why, and what would be better. {MARKDOWN}")
    order = models.PositiveSmallIntegerField(default=0, help_text="Its place in the list.")
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["order", "slug"]
        verbose_name_plural = "priorities"

    def __str__(self):
        return self.name


class Project(Dated):
    """A piece of work of the programme plan, which one body answers for."""

    slug = models.SlugField(max_length=80, unique=True, help_text="Its address; stays for good.")
    name = models.CharField(max_length=120)
    body = models.ForeignKey(
        "governance.Body",
        on_delete=models.PROTECT,
        related_name="projects",
        help_text="The body that answers for it.",
    )
    priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    summary = models.TextField(blank=True, help_text=f"What it is to change. {MARKDOWN}")
    is_public = models.BooleanField(default=False, help_text="Anyone may read it.")
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("governance:project", args=[self.slug])


class Milestone(models.Model):
    """A day by which something of a project is to be done."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=160)
    due_on = models.DateField("planned for", help_text="As first planned. It stays as it was.")
    expected_on = models.DateField(
        "now expected", null=True, blank=True, help_text="Where it differs from the plan."
    )
    reached_on = models.DateField(
        "reached", null=True, blank=True, help_text="The day on which it was done."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["project", "due_on", "pk"]

    def __str__(self):
        return self.title

    def is_reached_by(self, day):
        return self.reached_on is not None and self.reached_on <= day

    def is_slipped(self, day):
        """Whether it is not reached, and was to be by now or is expected later than planned."""
        if self.is_reached_by(day):
            return False
        return self.due_on < day or (self.expected_on or self.due_on) > self.due_on

    @property
    def was_late(self):
        return self.reached_on is not None and self.reached_on > self.due_on


class ProjectReport(models.Model):
    """How a project stands on a day, in the words of the body that answers for it."""

    class Outlook(models.TextChoices):
        ON_TRACK = "on_track", _("On track")
        AT_RISK = "at_risk", _("At risk")
        OFF_TRACK = "off_track", _("Off track")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reports")
    reported_on = models.DateField()
    outlook = models.CharField(max_length=9, choices=Outlook.choices)
    words = models.TextField(help_text=f"What was done, what is next. {MARKDOWN}")
    history = HistoricalRecords()

    class Meta:
        ordering = ["project", "-reported_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "reported_on"],
                name="project_reported_once_a_day",
                violation_error_message="There is a report of this day. Change that one.",
            )
        ]

    def __str__(self):
        return f"{self.get_outlook_display()}, {self.reported_on}"


class Strategy(DatedFact):
    """What a body means to do in the long run, as it was agreed, for a time."""

    body = models.ForeignKey("governance.Body", on_delete=models.CASCADE, related_name="strategies")
    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True, help_text=MARKDOWN)
    document = models.ForeignKey(
        "governance.Document",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="strategies",
    )
    review_date = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["body", F("start_date").desc(nulls_last=True), "pk"]
        verbose_name_plural = "strategies"

    def __str__(self):
        return self.title
