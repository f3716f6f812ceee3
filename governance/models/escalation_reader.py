from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When

from governance.models.escalation import MattersQuerySet
from governance.workflow import OPEN_STATUSES, EscalationStatus


class EscalationReaderQuerySet(MattersQuerySet):
    matter, key, of = "escalation", "escalation_id", "escalation__"


class EscalationReader(models.Model):
    """A body whose people may read a matter; until it is raised only its officers and the author.

    It follows from the steps and notices, and is kept so that a list of what somebody may read need
    not look through them. What such a list is told apart and put in order by stands beside it, as
    in the row of the matter, so that each list is one range of an index.
    """

    escalation = models.ForeignKey(
        "governance.Escalation", on_delete=models.CASCADE, related_name="readers"
    )
    body = models.ForeignKey(
        "governance.Body", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Of a matter that was never raised. Empty: everyone on the body reads it.",
    )
    raising_body = models.ForeignKey(
        "governance.Body",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    current_body = models.ForeignKey(
        "governance.Body",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    category = models.CharField(max_length=20, blank=True)
    status = models.CharField(
        max_length=10, choices=EscalationStatus.choices, default=EscalationStatus.DRAFT
    )
    is_open = models.GeneratedField(
        expression=Case(When(status__in=OPEN_STATUSES, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    due_on = models.DateField(null=True, blank=True)
    holds = models.BooleanField(
        default=False,
        help_text="The matter lies before this body, or before one outside the partnership to "
        "which this body took it, and for which it acts.",
    )
    view_asked = models.BooleanField(
        default=False,
        help_text="The view of this body was asked for, and it has neither said anything since nor "
        "had the matter.",
    )

    objects = EscalationReaderQuerySet.as_manager()

    class Meta:
        # Of open matters PostgreSQL expects far too few, as it takes their marks for independent,
        # and would sort them all; not so where the index alone has what is asked.
        indexes = [
            models.Index(fields=["body", "-escalation"], name="escalation_reader_newest"),
            models.Index(fields=["body", "status", "-escalation"], name="escalation_reader_status"),
            models.Index(fields=["body", "category", "-escalation"], name="escalation_reader_kind"),
            models.Index(
                fields=["body", "category", "due_on", "-escalation"],
                name="escalation_reader_kind_due",
                include=["id", "author"],
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["body", "raising_body", "-escalation"], name="escalation_reader_raised"
            ),
            models.Index(
                fields=["body", "raising_body", "due_on", "-escalation"],
                name="escalation_reader_raised_due",
                include=["id", "author"],
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["body", "current_body", "-escalation"], name="escalation_reader_at"
            ),
            models.Index(
                fields=["body", "current_body", "due_on", "-escalation"],
                name="escalation_reader_at_due",
                include=["id", "author"],
                condition=Q(is_open=True),
            ),
            # SQLite expects as many rows of one author as of none, were those in it.
            models.Index(
                fields=["author", "-escalation"],
                name="escalation_reader_author",
                condition=Q(author__isnull=False),
            ),
            models.Index(
                fields=["body", "due_on", "-escalation"],
                name="escalation_reader_due",
                include=["id", "author"],
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["body", "due_on", "-escalation"],
                name="escalation_reader_waiting",
                include=["id"],
                condition=Q(is_open=True, holds=False, view_asked=False),
            ),
            models.Index(
                fields=["body", "due_on", "-escalation"],
                name="escalation_reader_asked",
                include=["id"],
                condition=Q(is_open=True, holds=False, view_asked=True),
            ),
            models.Index(
                fields=["body", "due_on", "-escalation"],
                name="escalation_reader_lying",
                include=["id"],
                condition=Q(is_open=True, holds=True),
            ),
            models.Index(
                fields=["body", "status", "due_on", "-escalation"],
                name="escalation_reader_lying_as",
                include=["id"],
                condition=Q(is_open=True, holds=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "body"], name="escalation_reader_once")
        ]

    def __str__(self):
        return f"Body {self.body_id} reads {self.escalation_id}"
