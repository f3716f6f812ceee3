import re

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from governance.full_text import WordsField, WordsQuerySet

REFERENCE = re.compile(r"F-([1-9][0-9]{3})-([0-9]{6,12})")


def keys_of(references):
    """The keys of the messages that have these references, if they are any."""
    return [int(parts[2]) for each in references if (parts := REFERENCE.fullmatch(each))]


class Kind(models.TextChoices):
    FEEDBACK = "feedback", _("Feedback on a service")
    IDEA = "idea", _("An idea or suggestion")


class About(models.TextChoices):
    CHILD = "child-or-young-person", _("A child or young person")
    ADULT = "adult", _("An adult")
    COMPLEX = "adult-with-complex-needs", _("An adult with complex needs, or an older person")
    CARER = "carer", _("Someone who cares for another person")
    NO_ONE = "no-one", _("No one in particular")
    # Read from the message alone; the form does not offer it.
    MATERNITY = "maternity", _("Pregnancy, birth or a new baby")


class Channel(models.TextChoices):
    """How a message came to the partnership; all but the first were keyed in by staff."""

    ONLINE = "online", "Online"
    PHONE = "phone", "By telephone"
    PAPER = "paper", "On paper"
    OUTREACH = "outreach", "At an event or on a visit"
    INTERPRETER = "interpreter", "Through an interpreter"


class Flag(models.TextChoices):
    """What about a message calls for care beyond its topic."""

    URGENT = "urgent-review", "May be urgent"
    COMPLAINT = "complaint", "May be meant as a complaint"
    SPAM = "spam", "May be spam"
    LANGUAGE = "language", "Not in English"
    PERSONAL_DATA = "personal-data", "Personal data in the text"


class SubmissionStatus(models.TextChoices):
    RECEIVED = "received", "Received"
    HELD = "held", "Held"
    RELEASED = "released", "Released"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ERASED = "erased", "Erased"


# Of which the bare facts alone are left.
GONE = (SubmissionStatus.WITHDRAWN, SubmissionStatus.ERASED)
# Which were put before nobody.
BEFORE_NOBODY = (SubmissionStatus.HELD, SubmissionStatus.REJECTED)


class TopicBy(models.TextChoices):
    RESIDENT = "resident", "The resident"
    SUGGESTED = "suggested", "Suggested from what they wrote"
    STAFF = "staff", "Staff"


class SubmissionQuerySet(models.QuerySet):
    def with_reference(self, reference):
        """The submission of a reference such as `F-2026-000042`, or none."""
        parts = REFERENCE.fullmatch(reference.strip().upper())
        if not parts:
            return self.none()
        year, number = (int(part) for part in parts.groups())
        return self.filter(pk=number, received_on__year=year)


class Submission(models.Model):
    """What a resident sent. It has no history: the words stand once, and can be taken away."""

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FEEDBACK)
    message = models.TextField(max_length=5000)
    # What it is found by besides its key is among the indexes.
    topic = models.ForeignKey(
        "engagement.Topic", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    topic_by = models.CharField(
        "who said the topic", max_length=9, choices=TopicBy.choices, default=TopicBy.RESIDENT
    )
    about = models.CharField(max_length=24, choices=About.choices, default=About.NO_ONE)
    place = models.CharField(max_length=80, blank=True, help_text="As it was typed.")
    ward = models.ForeignKey(
        "localities.Ward",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    locality = models.ForeignKey(
        "localities.Locality",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submissions",
        db_index=False,
    )
    language = models.CharField(max_length=8, default="en")
    channel = models.CharField(
        "how it came",
        max_length=11,
        choices=Channel.choices,
        default=Channel.ONLINE,
        db_default=Channel.ONLINE,
    )
    theme = models.ForeignKey(
        "engagement.Theme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="duplicates",
        help_text="Another message that says the same; its answer is the answer to this one too.",
    )
    may_publish = models.BooleanField(default=False)
    status = models.CharField(
        max_length=9, choices=SubmissionStatus.choices, default=SubmissionStatus.RECEIVED
    )
    is_held = models.GeneratedField(
        expression=Case(When(status="held", then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_urgent = models.BooleanField(default=False)
    flags = models.JSONField(
        default=dict, help_text="Each flag with its reasons, as they were when it came in."
    )
    received_at = models.DateTimeField()
    received_on = models.DateField(help_text="The London day; its year is in the reference.")
    sending_key = models.CharField(
        max_length=64,
        unique=True,
        help_text="One for each form and what was typed in it, so that pressing twice sends once.",
    )
    is_demonstration = models.BooleanField(default=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["-id"], name="submission_held", condition=Q(is_held=True)),
            models.Index(fields=["received_on"], name="submission_by_day"),
            models.Index(fields=["topic", "-id"], name="submission_by_topic"),
            models.Index(fields=["locality", "-id"], name="submission_by_locality"),
            models.Index(
                fields=["locality", "received_on", "status", "topic"], name="submission_by_place"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_gone(self):
        """Whether its words were taken away; only the bare facts are left."""
        return self.status in GONE

    @property
    def reference(self):
        return f"F-{self.received_on.year}-{self.pk:06d}"


class SubmissionWords(models.Model):
    """What stands in a message and in what was added to it, to find it by; gone when it is taken
    back.
    """

    # SQLite's index knows its rows by this name alone.
    submission = models.OneToOneField(
        Submission,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="words",
        db_column="rowid",
    )
    words = WordsField()

    objects = WordsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "submission words"

    def __str__(self):
        return f"Words of {self.submission_id}"


class Contact(models.Model):
    """How to reach the resident, if they wish: a row of its own, with no history, removable."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="contact")
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    wants_answer = models.BooleanField(
        default=False, help_text="Asked to be told when there is an answer."
    )
    may_pass_on = models.BooleanField(
        default=True,
        help_text="The body that answers may know who they are; else the engagement team alone.",
    )
    language = models.CharField(
        max_length=10,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
        help_text="In which they are written to: that of the form they used.",
    )

    def __str__(self):
        return f"Contact of {self.submission_id}"


class Receipt(models.Model):
    """What opens a submission to the resident who sent it; only the secret's hash is kept."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="receipt")
    secret_hash = models.CharField(max_length=64)

    def __str__(self):
        return f"Receipt of {self.submission_id}"


class Screening(models.Model):
    """What the engagement team decided about a message that was held, and why."""

    class Verdict(models.TextChoices):
        RELEASED = "released", "Released"
        REJECTED = "rejected", "Rejected"

    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, related_name="screening"
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.get_verdict_display()}: {self.submission_id}"


class Addition(models.Model):
    """What a resident added later, through the receipt."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="additions")
    message = models.TextField(max_length=5000)
    added_at = models.DateTimeField()
    sending_key = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["submission", "pk"]

    def __str__(self):
        return f"Addition to {self.submission_id}"
