import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from governance.models.evidence import DatedFact
from governance.uploads import KINDS, size_said
from localities.history import HistoricalRecords


def stored_name(document, filename):
    """Where an uploaded file is kept: under a name that says nothing and cannot be guessed."""
    return f"documents/{uuid.uuid4().hex}{filename[filename.rfind('.') :].lower()[:6]}"


class Document(models.Model):
    """A file or a link that can be read: an agenda, minutes, terms of reference."""

    title = models.CharField(max_length=160)
    file = models.FileField(upload_to=stored_name, blank=True)
    media_type = models.CharField(max_length=100, blank=True, editable=False)
    size = models.PositiveBigIntegerField(
        null=True, editable=False, help_text="Of the file, in bytes; empty where it is not known."
    )
    url = models.URLField("web address", max_length=400, blank=True)
    is_public = models.BooleanField(default=False, help_text="Anyone may read it.")
    added_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(url="")) | (~Q(file="") & Q(url="")),
                name="document_is_a_file_or_a_link",
                violation_error_message="Give a file or a web address, one of the two.",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def kind_and_size(self):
        """“PDF, 1.2 MB”, from what is stored; of a link, nothing."""
        if not self.file:
            return ""
        said = KINDS.get(self.media_type), self.size is not None and size_said(self.size)
        return ", ".join(filter(None, said))


class TermsOfReference(DatedFact):
    """The remit of a body as agreed, for a time, and when it is to be looked at again."""

    body = models.ForeignKey("governance.Body", on_delete=models.CASCADE, related_name="terms")
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="terms"
    )
    summary = models.TextField(blank=True)
    review_date = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta(DatedFact.Meta):
        ordering = ["body", "-start_date"]
        verbose_name_plural = "terms of reference"

    def __str__(self):
        return f"Terms of reference of {self.body}"


class MeetingPaper(models.Model):
    """A document of a meeting: its agenda, its minutes, or a paper."""

    class Kind(models.TextChoices):
        AGENDA = "agenda", pgettext_lazy("of a meeting", "Agenda")
        MINUTES = "minutes", pgettext_lazy("of a meeting", "Minutes")
        PAPER = "paper", pgettext_lazy("of a meeting", "Paper")

    meeting = models.ForeignKey(
        "governance.Meeting", on_delete=models.CASCADE, related_name="papers"
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.PAPER)
    history = HistoricalRecords()

    class Meta:
        ordering = ["meeting", "kind", "pk"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.document}"
