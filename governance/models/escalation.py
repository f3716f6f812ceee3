import re
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When

from governance.full_text import WordsField, WordsQuerySet, number_alone
from governance.workflow import OPEN_STATUSES, EscalationStatus
from localities.history import HistoricalRecords

REFERENCE = re.compile(r"E-([1-9][0-9]{3})-([0-9]{6,12})")


def year_and_number(reference):
    """Those of a reference such as `E-2026-000042`; None where it is none."""
    parts = REFERENCE.fullmatch(reference.strip().upper())
    return parts and tuple(int(part) for part in parts.groups())


def new_sending_key():
    return uuid.uuid4().hex


class MattersQuerySet(models.QuerySet):
    """Matters, or rows that are of one each: `matter` names it, `key` its key, `of` leads on.

    Rows of a matter stand as it does: they have its bodies, kind, status and due day beside them.
    """

    matter, key, of = "pk", "pk", ""

    def with_reference(self, reference):
        """That of a reference such as `E-2026-000042`, or none."""
        parts = year_and_number(reference)
        if parts is None:
            return self.none()
        year, number = parts
        return self.filter(**{self.key: number, f"{self.of}created_on__year": year})

    def involving(self, body):
        """What a body raised, and what lies before it: each is a range of an index of its own."""
        return self.filter(raising_body=body), self.filter(current_body=body)

    def of_category(self, category):
        return self.filter(category=category)

    def matching(self, words, *, written=None):
        """The one of this reference, or those with all these words in what was written of them.

        `written` is that, for who asks for it in several lists.
        """
        if REFERENCE.fullmatch(words.strip().upper()):
            return self.with_reference(words)
        if written is None:
            written = EscalationWords.objects.matching(words)
        return written.among(self, self.matter)

    def ways_to_find(self, words, *, written=None):
        """`matching`, and the one with this number alone: each by an index of its own."""
        number, found = number_alone(words), self.matching(words, written=written)
        return (found,) if number is None else (self.filter(**{self.key: number}), found)


class EscalationQuerySet(MattersQuerySet):
    def open(self):
        return self.filter(is_open=True)


class Escalation(models.Model):
    """A matter a body cannot settle, on its way up the recorded lines."""

    class Category(models.TextChoices):
        RESOURCES = "resources", "Resources"
        PERFORMANCE = "performance", "Performance"
        QUALITY_AND_SAFETY = "quality_and_safety", "Quality and safety"
        WORKFORCE = "workforce", "Workforce"
        ESTATES_AND_IT = "estates_and_it", "Estates and IT"
        ACCESS = "access", "Access to services"
        OTHER = "other", "Other"

    title = models.CharField(max_length=120)
    category = models.CharField(max_length=20, choices=Category.choices)
    situation = models.TextField(max_length=5000)
    affected = models.TextField("who is affected", max_length=2000, blank=True)
    asked = models.TextField("what is asked", max_length=2000)
    tried = models.TextField("what has been tried", max_length=5000, blank=True)
    needed_by = models.DateField(null=True, blank=True)

    raising_body = models.ForeignKey(
        "governance.Body", on_delete=models.PROTECT, related_name="escalations_raised"
    )
    current_body = models.ForeignKey(
        "governance.Body", on_delete=models.PROTECT, related_name="escalations_held"
    )
    project = models.ForeignKey(
        "governance.Project",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="escalations",
    )
    status = models.CharField(
        max_length=10, choices=EscalationStatus.choices, default=EscalationStatus.DRAFT
    )
    is_open = models.GeneratedField(
        expression=Case(When(status__in=OPEN_STATUSES, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="escalations"
    )
    created_on = models.DateField(help_text="The year of the reference.")
    raised_on = models.DateField(null=True, blank=True, help_text="The day whose lines it follows.")

    # The clock of the body that has it, and the working days it was given.
    acknowledge_days = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField(null=True, blank=True)
    clock_started_on = models.DateField(null=True, blank=True)
    acknowledge_by = models.DateField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    paused_on = models.DateField(null=True, blank=True)
    paused_days = models.PositiveSmallIntegerField(
        default=0, help_text="Working days for which the clock stood still."
    )
    due_on = models.GeneratedField(
        expression=Case(
            When(status=EscalationStatus.RAISED, then=F("acknowledge_by")),
            When(status=EscalationStatus.ACCEPTED, then=F("answer_by")),
            default=None,
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
        help_text="The due day of the clock that runs; none while it stands still.",
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        help_text="The matter about the same thing that goes on for both.",
    )
    decision = models.ForeignKey(
        "governance.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="escalations",
        help_text="What came of it, while it is resolved, or the one it was merged into is.",
    )
    sending_key = models.CharField(
        max_length=64,
        unique=True,
        default=new_sending_key,
        editable=False,
        help_text="One for each form and what was typed in it, so that pressing twice drafts once.",
    )

    history = HistoricalRecords(excluded_fields=["sending_key"])
    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["current_body", "due_on"],
                name="escalation_open_by_body",
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["due_on", "-id"], name="escalation_due", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["current_body", "-id"],
                name="escalation_open_newest",
                condition=Q(is_open=True),
            ),
            models.Index(fields=["raising_body", "-id"], name="escalation_by_raising_body"),
            models.Index(
                fields=["raising_body", "due_on", "-id"],
                name="escalation_open_by_raising",
                condition=Q(is_open=True),
            ),
            models.Index(fields=["current_body", "-id"], name="escalation_by_current_body"),
            models.Index(fields=["status", "-id"], name="escalation_by_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | Q(status="withdrawn") | Q(raised_on__isnull=False),
                name="escalation_raised_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="escalation_merged_says_into_which",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def reference(self):
        return f"E-{self.created_on.year}-{self.pk:06d}"


class EscalationWords(models.Model):
    """What stands in a matter's title and texts, to find it by."""

    # SQLite's index knows its rows by this name alone.
    escalation = models.OneToOneField(
        Escalation,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="words",
        db_column="rowid",
    )
    words = WordsField()

    objects = WordsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "escalation words"

    def __str__(self):
        return f"Words of {self.escalation_id}"


class EscalationStep(models.Model):
    """One thing that happened to an escalation. Steps are added, never edited."""

    class Kind(models.TextChoices):
        RAISED = "raised", "Raised"
        ACCEPTED = "accepted", "Accepted"
        PASSED_UP = "passed_up", "Passed up"
        SENT_BACK = "sent_back", "Sent back"
        ANSWERED = "answered", "Answered the question"
        RESOLVED = "resolved", "Resolved"
        WITHDRAWN = "withdrawn", "Withdrawn"
        REOPENED = "reopened", "Reopened"
        MOVED = "moved", "Moved on to the body that follows"
        CONSULTED = "consulted", "Consulted"
        COMMENTED = "commented", "Commented"
        FILE_ADDED = "file_added", "File added"
        FILE_REMOVED = "file_removed", "File removed"
        MERGED = "merged", "Merged into another matter"
        TOOK_IN = "took_in", "Took in another matter"
        ASKED_OUT = "asked_out", "Asked to be sent out of line"
        REFUSED_OUT = "refused_out", "Not to be sent out of line"
        OUT_OF_LINE = "out_of_line", "Sent out of line"
        REBASED = "rebased", "Re-based on the lines of the day"
        ACTION_ADDED = "action_added", "Action or condition added"

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="escalation_steps",
        help_text="Empty: the portal itself.",
    )
    from_body = models.ForeignKey(
        "governance.Body", on_delete=models.PROTECT, related_name="+", help_text="Who acted."
    )
    to_body = models.ForeignKey(
        "governance.Body",
        on_delete=models.PROTECT,
        related_name="escalation_steps",
        help_text="Who has it afterwards.",
    )
    line = models.ForeignKey(
        "governance.ReportingLine",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The line it travelled, or on which a body is consulted.",
    )
    consulted_body = models.ForeignKey(
        "governance.Body",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose view was asked for.",
    )
    wanted_body = models.ForeignKey(
        "governance.Body",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="To which it is asked to be sent out of line.",
    )
    other_matter = models.ForeignKey(
        Escalation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The matter that it was merged into, or that was merged into it.",
    )
    note = models.TextField(blank=True, max_length=5000)
    answer_by = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["escalation", "pk"]
        indexes = [
            # Whether anything came from one body to another is seen from it alone: statistics take
            # the two for independent, so the database would else read all that came to the other.
            models.Index(fields=["from_body", "to_body", "kind"], name="escalation_step_ends"),
            models.Index(
                fields=["escalation"], name="escalation_step_asks", condition=Q(kind="asked_out")
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"


class EscalationFile(models.Model):
    """A file that shows what a matter says. Who may see the matter may read it."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="files")
    document = models.OneToOneField(
        "governance.Document", on_delete=models.CASCADE, related_name="matter_file"
    )
    digest = models.CharField(
        max_length=64, editable=False, help_text="Of what is in it, so that no file stands twice."
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["escalation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "digest"], name="escalation_file_stands_once"
            )
        ]

    def __str__(self):
        return str(self.document)
