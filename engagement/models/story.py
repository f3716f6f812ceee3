from django.db import models
from django.db.models import Q
from django.urls import reverse

from engagement.models.published import MARKDOWN, Illustrated, Published
from governance.models import Translated
from localities.history import HistoricalRecords


class Story(Translated, Illustrated, Published):
    """Something that the partnership has achieved, told for everyone."""

    TRANSLATED = ("title", "summary", "text", "picture_text")

    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True, help_text="Its address; stays for good.")
    summary = models.CharField(max_length=200, help_text="One sentence for lists and feeds.")
    text = models.TextField(help_text=f"What was wrong, what was done, what is better. {MARKDOWN}")
    owner = models.ForeignKey(
        "governance.Body",
        on_delete=models.PROTECT,
        related_name="stories",
        help_text="The body whose work it tells of.",
    )
    organisations = models.ManyToManyField(
        "governance.Organisation",
        blank=True,
        related_name="stories",
        verbose_name="partners",
        help_text="The organisations that did it together.",
    )
    project = models.ForeignKey(
        "governance.Project",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stories",
    )
    activity = models.ForeignKey(
        "engagement.Activity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stories",
        help_text="The activity that led to it.",
    )
    outcome = models.ForeignKey(
        "engagement.Outcome",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stories",
        limit_choices_to={"is_published": True},
        help_text="What residents said that it tells of: see “You said”.",
    )
    history = HistoricalRecords(m2m_fields=[organisations])

    class Meta:
        ordering = ["-published_on", "-pk"]
        verbose_name_plural = "stories"
        indexes = [models.Index(fields=["-published_on", "-id"], name="story_by_day")]
        constraints = Illustrated.Meta.constraints

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("engagement:story", args=[self.slug])


class Animation(Translated, Illustrated, Published):
    """A short film that explains something, with captions and a transcript."""

    TRANSLATED = ("title", "summary", "picture_text")

    class Kind(models.TextChoices):
        MP4 = "video/mp4", "MP4"
        WEBM = "video/webm", "WebM"

    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True, help_text="Its address; stays for good.")
    summary = models.CharField(max_length=200, help_text="One sentence: what it explains.")
    owner = models.ForeignKey(
        "governance.Body",
        on_delete=models.PROTECT,
        related_name="animations",
        help_text="The body that answers for what it says.",
    )
    video = models.CharField(max_length=80, blank=True, editable=False)
    video_type = models.CharField(max_length=10, choices=Kind.choices, blank=True, editable=False)
    video_size = models.PositiveIntegerField(default=0, editable=False)
    url = models.URLField(
        "web address",
        max_length=400,
        blank=True,
        help_text="Where it can be watched, if it is not kept here. It is shown as a link.",
    )
    has_sound = models.BooleanField(default=True, help_text="Untick it where there is none.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["-published_on", "-pk"]
        constraints = [
            *Illustrated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | ~Q(video="") | ~Q(url=""),
                name="animation_is_a_file_or_a_link",
                violation_error_message="Choose a video or give a web address before publishing.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("engagement:animation", args=[self.slug])


class Captions(models.Model):
    """What is said and shown in an animation, in one language: as captions, and to read."""

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        BENGALI = "bn", "বাংলা (Bengali)"
        SOMALI = "so", "Soomaali (Somali)"

    animation = models.ForeignKey(Animation, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    captions = models.TextField(
        blank=True, help_text="In the WebVTT format, which begins with the line WEBVTT."
    )
    transcript = models.TextField(
        help_text=f"Everything that is said and that matters in the picture. {MARKDOWN}"
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["animation", "pk"]
        verbose_name = verbose_name_plural = "captions and transcript"
        constraints = [
            models.UniqueConstraint(
                fields=["animation", "language"],
                name="animation_has_one_text_a_language",
                violation_error_message="There are captions in this language already.",
            )
        ]

    def __str__(self):
        return self.get_language_display()
