from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from engagement.models.phrase import Phrase
from localities.history import HistoricalRecords


class WordFamily(models.Model):
    """Words that stand for the same thing; a phrase speaks of all of them as {name}."""

    name = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z ]*[a-z]\Z", "Enter a name in small letters and spaces alone"
            )
        ],
        help_text="Phrases use it as {name}. While any does, the family keeps its name.",
    )
    words = models.TextField(
        help_text=(
            "Between commas. Any form of a word fits all its forms. A member may be several words, "
            "in which “/” stands between words of which either will do, and “*” for up to three."
        )
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "word families"
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def as_used(self):
        return f"{{{self.name}}}"

    def phrases(self):
        """The phrases that speak of it."""
        return Phrase.objects.filter(text__contains=self.as_used)

    def clean(self):
        was = self.pk and WordFamily.objects.filter(pk=self.pk).first()
        if was and was.name != self.name and was.phrases().exists():
            raise ValidationError({"name": f"Phrases use it as {was.as_used}: keep its name"})
