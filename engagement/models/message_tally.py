from django.db import models


class MessageTally(models.Model):
    """How many messages of a day, or of a month, came about a topic or waited for so many days.

    Derived from messages and their steps, written by the same transaction. Each message counts
    among all, and for each body that has or had to answer it.
    """

    class Measure(models.TextChoices):
        RECEIVED = "received", "Received"
        ACKNOWLEDGED = "acknowledged", "Acknowledged, or answered"
        ANSWERED = "answered", "Answered"
        SENT_ON = "sent_on", "Sent on to another body"

    class Span(models.TextChoices):
        DAY = "day", "Day"
        MONTH = "month", "Month"

    whose = models.PositiveBigIntegerField(help_text="The body, by its key; 0: all messages.")
    span = models.CharField(max_length=5, choices=Span.choices)
    measure = models.CharField(max_length=12, choices=Measure.choices)
    on = models.DateField(help_text="The day it was received, or the first of that month.")
    # Of what was received, as the message has it now.
    topic = models.CharField(max_length=80, blank=True)
    locality = models.CharField(max_length=10, blank=True, help_text="Empty: not known.")
    language = models.CharField(max_length=8, blank=True)
    channel = models.CharField("how it came", max_length=11, blank=True)
    days = models.PositiveIntegerField(default=0, help_text="Working days it took.")
    count = models.IntegerField(default=0)

    class Meta:
        ordering = ["on", "pk"]
        verbose_name_plural = "message tallies"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "whose",
                    "span",
                    "on",  # before the measure: figures ask for every measure of a period
                    "measure",
                    "topic",
                    "locality",
                    "language",
                    "channel",
                    "days",
                ],
                name="message_tally_is_one_row",
            )
        ]

    def __str__(self):
        return f"{self.count} {self.get_measure_display()} on {self.on}"
