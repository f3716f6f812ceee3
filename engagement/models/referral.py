from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from engagement.models.submission import REFERENCE, Channel, Submission, SubmissionWords
from engagement.workflow import OPEN_STATUSES, TO_BE_ANSWERED, ReferralStatus
from governance.full_text import number_alone
from governance.workflow import EscalationStatus

# That the matter a message waits for has ended; one that went into another ends with that.
MATTER_ENDED = Q(escalation__is_open=False) & (
    Q(escalation__merged_into=None) | Q(escalation__merged_into__is_open=False)
)


class ReferralQuerySet(models.QuerySet):
    def leading(self):
        """The referrals to the bodies that are to answer now, one for each submission."""
        return self.filter(role=Referral.Role.LEAD).exclude(status=ReferralStatus.REFERRED_ON)

    def back_from_above(self):
        """Those escalated whose matter was decided or taken back: their bodies are to answer."""
        return self.filter(MATTER_ENDED, status=ReferralStatus.ESCALATED)

    def with_whether_back(self):
        """The same, each with `is_back`: whether it is back from above."""
        itself = Referral.objects.back_from_above().filter(pk=OuterRef("pk"))
        return self.annotate(is_back=Exists(itself))

    def to_escalate(self):
        """Those that lead and may be put before a body above: for the first time, or again."""
        waits = Q(status=ReferralStatus.ESCALATED) & ~Q(
            escalation__status=EscalationStatus.WITHDRAWN
        )
        return self.leading().filter(is_open=True).exclude(waits)

    def waiting(self):
        """Those that wait for their resident, or for a body above."""
        waits = Q(paused_on__isnull=False) | Q(status=ReferralStatus.ESCALATED)
        return self.filter(waits).exclude(MATTER_ENDED, status=ReferralStatus.ESCALATED)

    def put_with(self, submissions):
        """Those of messages that were put with these, and wait for their answer."""
        return self.leading().filter(
            status=ReferralStatus.MERGED, submission__merged_into__in=submissions
        )

    def matching(self, words, *, written=None):
        """Those of the message with this reference, or of messages with all these words in them.

        A number alone is both: that of a reference, and a word.

        `written` is what has the words, for who asks for more of it.
        """
        if REFERENCE.fullmatch(words.strip().upper()):
            return self.filter(submission__in=Submission.objects.with_reference(words))
        if written is None:
            written = SubmissionWords.objects.matching(words)
        number = number_alone(words)
        has_number = Q() if number is None else Q(submission=number)
        return self.filter(has_number | written.include("submission"))


def by_newest(field, name):
    """The indexes by which the newest with a value are found: of all, and of what is open."""
    return (
        models.Index(fields=[field, "-id"], name=f"referral_by_{name}"),
        models.Index(
            fields=[field, "-id"], name=f"referral_open_by_{name}", condition=Q(is_open=True)
        ),
    )


class Referral(models.Model):
    """A submission put before a body: to answer it (lead), or to know of it (copy).

    A lead without a body lies before the engagement team, the last resort. `reason` is frozen when
    it is made: keys and values, which `engagement.explanation` puts into words.
    """

    class Role(models.TextChoices):
        LEAD = "lead", "Lead"
        COPY = "copy", "Copy"

    submission = models.ForeignKey(
        "engagement.Submission",
        on_delete=models.CASCADE,
        related_name="referrals",
        db_index=False,  # another begins with it
    )
    body = models.ForeignKey(
        "governance.Body",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals",
        db_index=False,  # others begin with it
        help_text="Empty: the engagement team itself.",
    )
    role = models.CharField(max_length=4, choices=Role.choices)
    status = models.CharField(max_length=12, choices=ReferralStatus.choices, blank=True)
    is_open = models.GeneratedField(
        expression=Case(When(status__in=OPEN_STATUSES, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # As its message has them, which lists are made by; `engagement.listed` keeps them so.
    topic = models.ForeignKey(
        "engagement.Topic", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    locality = models.ForeignKey(
        "localities.Locality",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    channel = models.CharField(
        "how it came",
        max_length=11,
        choices=Channel.choices,
        default=Channel.ONLINE,
        db_default=Channel.ONLINE,
    )
    is_english = models.BooleanField(default=True, db_default=True)
    is_urgent = models.BooleanField(default=False, db_default=False)
    is_pressing = models.GeneratedField(
        expression=Case(
            When(is_urgent=True, status="referred", then=Value(True)), default=Value(False)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    rule = models.ForeignKey(
        "engagement.RoutingRule",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="referrals",
    )
    reason = models.JSONField(default=dict)
    referred_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="referred_on"
    )
    referred_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals",
        db_index=False,
        help_text="Who works on it; empty: nobody in particular.",
    )
    # The clock, and the working days that its body was given.
    acknowledge_days = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField(null=True, blank=True)
    clock_started_on = models.DateField(null=True, blank=True)
    acknowledge_by = models.DateField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    paused_on = models.DateField(
        null=True, blank=True, help_text="Since when the clock stands still; empty: it runs."
    )
    paused_days = models.PositiveSmallIntegerField(
        default=0, help_text="Working days for which the clock stood still."
    )
    due_on = models.GeneratedField(
        expression=Case(
            When(paused_on__isnull=False, then=Value(None)),
            When(
                status=ReferralStatus.REFERRED,
                acknowledge_by__lt=F("answer_by"),
                then=F("acknowledge_by"),
            ),
            When(status__in=OPEN_STATUSES, then=F("answer_by")),
        ),
        output_field=models.DateField(),
        db_persist=True,
        null=True,
        help_text="By when its body does what comes next; empty: it is not open, or waits.",
    )
    escalation = models.ForeignKey(
        "governance.Escalation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The matter that its body put before a body above.",
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["body", "due_on", "id"],
                name="referral_open_by_due_day",
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["body", "status", "due_on", "id"],
                name="referral_open_by_status",
                condition=Q(is_open=True),
            ),
            *by_newest("topic", "topic"),
            *by_newest("locality", "locality"),
            *by_newest("channel", "channel"),
            *by_newest("assigned_to", "person"),
            models.Index(
                fields=["-id"], name="referral_not_english", condition=Q(is_english=False)
            ),
            models.Index(
                fields=["-id"],
                name="referral_open_not_english",
                condition=Q(is_open=True, is_english=False),
            ),
            # All that a search asks of the referrals of the messages that it found.
            models.Index(
                fields=["submission", "body", "is_open", "id"], name="referral_by_message"
            ),
            models.Index(fields=["body", "-id"], name="referral_by_body"),
            models.Index(fields=["body", "role", "-id"], name="referral_by_body_and_role"),
            models.Index(fields=["status", "-id"], name="referral_by_status"),
            models.Index(fields=["-id"], name="referral_open", condition=Q(is_open=True)),
            models.Index(fields=["-id"], name="referral_urgent", condition=Q(is_urgent=True)),
            models.Index(fields=["-id"], name="referral_pressing", condition=Q(is_pressing=True)),
            models.Index(
                fields=["body", "due_on", "id"],
                name="referral_pressing_by_body",
                condition=Q(is_pressing=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(role="lead") & ~Q(status="referred_on"),
                name="submission_has_one_lead",
            ),
            models.UniqueConstraint(
                fields=["submission", "body"],
                condition=Q(role="copy"),
                name="submission_has_one_copy_a_body",
            ),
            models.CheckConstraint(
                condition=Q(role="copy", status="") | (Q(role="lead") & ~Q(status="")),
                name="referral_lead_has_a_status",
            ),
            models.CheckConstraint(
                condition=Q(role="lead") | Q(body__isnull=False), name="referral_copy_has_a_body"
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} referral of {self.submission_id}"

    @property
    def is_asked(self):
        """Whether a question to the resident is open: until they answer, the clock stands still."""
        return self.status == ReferralStatus.ACKNOWLEDGED and self.paused_on is not None

    @property
    def is_escalated(self):
        return self.status == ReferralStatus.ESCALATED

    @property
    def stands(self):
        """How it stands in words, where it was read with whether it is back from above."""
        if self.is_escalated and self.is_back:
            return TO_BE_ANSWERED
        return str(self.get_status_display())

    @property
    def is_merged(self):
        return self.status == ReferralStatus.MERGED


class ReferralStep(models.Model):
    """One thing that happened to a referral. Steps are added, never edited."""

    class Kind(models.TextChoices):
        REFERRED = "referred", "Put before the body"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        ANSWERED = "answered", "Answered"
        REFERRED_ON = "referred_on", "Referred on"
        ASKED = "asked", "Asked the resident"
        REPLIED = "replied", "The resident answered"
        ESCALATED = "escalated", "Escalated"
        MERGED = "merged", "Put with another to be answered"
        SPLIT = "split", "To be answered by itself"
        REOPENED = "reopened", "Opened again"
        CLOSED = "closed", "Closed"
        WITHDRAWN = "withdrawn", "Withdrawn by the resident"
        ERASED = "erased", "Erased"

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the portal itself, or the resident.",
    )
    text_for_resident = models.TextField(
        blank=True, max_length=5000, help_text="What the resident reads at the receipt."
    )
    waited_for = models.ForeignKey(
        "governance.Escalation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Of one that is escalated again: the matter before, which was withdrawn.",
    )

    class Meta:
        ordering = ["referral", "pk"]
        indexes = [
            models.Index(
                fields=["waited_for"],
                name="step_by_matter_before",
                condition=Q(waited_for__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"


class Misrouting(models.Model):
    """A message that came to the wrong body first, and what of its routing was wrong."""

    class Cause(models.TextChoices):
        TOPIC = "topic", "The topic was wrong"
        RULE = "rule", "The rule for this topic sends it to the wrong body"

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="misrouting")
    cause = models.CharField(max_length=5, choices=Cause.choices)
    rule = models.ForeignKey(
        "engagement.RoutingRule",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="misroutings",
    )
    from_topic = models.ForeignKey("engagement.Topic", on_delete=models.PROTECT, related_name="+")
    right_topic = models.ForeignKey(
        "engagement.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    phrases = models.ManyToManyField("engagement.Phrase", related_name="misroutings", blank=True)
    clues = models.ManyToManyField("engagement.Clue", related_name="misroutings", blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.get_cause_display()}: {self.referral_id}"
