from django.db import models


class Throttle(models.Model):
    """How often something was tried from one address in one window of time.

    The address is kept as a keyed hash, and the row goes when its window is over.
    """

    deed = models.CharField(max_length=20)
    source_hash = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["window_start"], name="throttle_by_window")]
        constraints = [
            models.UniqueConstraint(
                fields=["deed", "source_hash", "window_start"], name="throttle_once_a_window"
            )
        ]

    def __str__(self):
        return f"{self.deed}: {self.count}"
