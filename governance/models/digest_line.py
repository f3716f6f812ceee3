from django.conf import settings
from django.db import models


class DigestLine(models.Model):
    """Something to be told in the next daily mail: a line, where to read it, by when it is due."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_lines"
    )
    about = models.CharField(max_length=20, blank=True)
    line = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    due = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["about"], name="digest_by_about")]

    def __str__(self):
        return self.line
