from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from engagement.phrase_book import families_in, fault_in
from localities.history import HistoricalRecords

ONCE = "There is such a phrase. Change its weight instead."


class Phrase(models.Model):
    """Words in a message that speak for a topic, or that call for care.

    The longest phrase that fits takes its words: “dying to see” leaves nothing for “dying”.
    """

    class Sign(models.TextChoices):
        TOPIC = "topic", "It is about the topic below"
        URGENT = "urgent", "It may be urgent"
        CALMS = "calms", "It is over, or nobody is in danger: speaks against “urgent”"
        COMPLAINT = "complaint", "It may be meant as a complaint"
        SPAM = "spam", "It may be spam"
        CHILD = "child", "It is about a child or young person"
        MATERNITY = "maternity", "It is about pregnancy, birth or a new baby"
        SETS_ASIDE = "aside", "What follows is not what it is about"
        POINTS_TO = "points", "What follows is what it is about"
        PLEASES = "pleases", "What comes before is well, where a “but” follows"
        NOTHING = "nothing", "Nothing: takes its words from shorter phrases"

    text = models.CharField(
        max_length=200,
        help_text=(
            "Any form of a word fits all its forms. “/” stands between words of which either will "
            "do, “*” for up to three words: “taken * tablets/pills”. {nurse} stands for every word "
            "of that family, and “&” between what may stand anywhere near each other: "
            "“{nurse} & bandage”."
        ),
    )
    sign = models.CharField("what it is a sign of", max_length=9, choices=Sign.choices)
    topic = models.ForeignKey(
        "engagement.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="phrases"
    )
    weight = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="From 1, a hint, to 10, beyond doubt. A topic is suggested from 3 upwards.",
    )
    language = models.CharField(max_length=8, default="en", help_text="Such as “en”, “bn”, “so”.")
    is_used = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["sign", "topic", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "topic"],
                name="phrase_of_a_topic_once",
                violation_error_message=ONCE,
            ),
            models.UniqueConstraint(
                fields=["text", "sign"],
                condition=Q(topic__isnull=True),
                name="phrase_as_a_sign_once",
                violation_error_message=ONCE,
            ),
            models.CheckConstraint(
                condition=Q(sign="topic", topic__isnull=False)
                | (~Q(sign="topic") & Q(topic__isnull=True)),
                name="phrase_of_a_topic_names_it",
                violation_error_message="Name a topic if, and only if, it is a sign of one.",
            ),
        ]

    def __str__(self):
        return self.text

    def clean(self):
        fault = fault_in(self.text, families_named_in(self.text))
        if fault:
            raise ValidationError({"text": fault})


def families_named_in(text):
    """Those of the families that a phrase names which there are."""
    found = apps.get_model("engagement", "WordFamily").objects.filter(name__in=families_in(text))
    return set(found.values_list("name", flat=True))
