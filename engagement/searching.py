"""What the search of the portal finds for residents: what to do, and what is published for them.

`engagement.apps` registers these parts with `governance.views.search` at the start. Looked through
are words of staff alone, and nothing is kept of what was looked for.
"""

from functools import reduce
from operator import and_, or_

from django.conf import settings
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from engagement.catalogue import catalogue_today
from engagement.models import Activity, Flag, Idea, Outcome, Story
from governance.models import Translated
from governance.models.translated import ENGLISH
from governance.views.search import Part, result, words_of


class ToDo(Part):
    """Help at once, how to complain, and the form with the topic that the words are about."""

    key = "to-do"
    title = gettext_lazy("What to do")
    order = 10

    def found(self, text):
        catalogue = catalogue_today()
        reading = catalogue.reader.read(text)
        contact, found = reverse("contact"), []
        if Flag.URGENT in reading.flags:
            found.append(result(_("You need help now"), f"{contact}#urgent", ["999", "111"]))
        if Flag.COMPLAINT in reading.flags:
            found.append(
                result(_("You want to make a formal complaint"), f"{contact}#complaint", [])
            )
        if reading.is_sure:
            form = f"{reverse('engagement:feedback')}?topic={reading.topic}"
            topic = catalogue.topic_called(reading.topic)
            found.append(result(topic, form, [_("Give feedback or an idea")]))
        return found


class Published(Part):
    """Rows of a model that anyone may read, found by their texts; the best first."""

    shown = 3
    model = None
    texts = ()
    newest = ("-pk",)

    def found(self, text):
        words = words_of(text)
        in_title = reduce(and_, (self.says("title", word) for word in words))
        found = self.model.objects.published()
        for word in words:
            found = found.filter(self.says_anywhere(word))
        by_title = Case(When(in_title, then=Value(0)), default=Value(1))
        found = found.order_by(by_title, *self.newest)
        return [self.told(row) for row in found[: self.shown + 1]]

    def says(self, name, word):
        """That a text has a word: in English, or in the language of the page."""
        says = Q((f"{name}__icontains", word))
        language = get_language()
        if language != settings.LANGUAGE_CODE and issubclass(self.model, Translated):
            says |= Q((f"translations__{language}__{name}__icontains", word))
        return says

    def says_anywhere(self, word):
        return reduce(or_, (self.says(name, word) for name in ("title", *self.texts)))

    def told(self, row):
        raise NotImplementedError


class Activities(Published):
    key = "activities"
    title = gettext_lazy("Get involved")
    order = 60
    every, every_one = "engagement:activities", gettext_lazy("More ways to get involved")
    model = Activity
    texts = ("summary", "details", "place", "access", "languages", "note", "result")
    # What is coming, the next one first; then what is over, the last one first.
    newest = (
        Case(When(starts_at__gte=Now(), then="starts_at")).asc(nulls_last=True),
        "-starts_at",
        "-pk",
    )

    def told(self, activity):
        day = date_format(timezone.localtime(activity.starts_at))
        about = [day, activity.where_said]
        return of_row(activity, [_("Cancelled"), *about] if activity.is_cancelled else about)


class Outcomes(Published):
    key = "outcomes"
    title = gettext_lazy("You said, they decided, we did")
    order = 70
    every, every_one = "engagement:you_said", gettext_lazy("All outcomes")
    model = Outcome
    texts = ("said", "did")
    newest = ("-changed_at", "-pk")

    def says_anywhere(self, word):
        decided = Q(decision__title__icontains=word) | Q(decision__text__icontains=word)
        return super().says_anywhere(word) | Q(decision__is_public=True) & decided

    def told(self, outcome):
        address = reverse("engagement:outcome", args=[outcome.pk])
        about = [outcome.get_state_display()]
        return result(in_english(outcome.title), address, about, text=(outcome.said, ENGLISH))


class Ideas(Published):
    key = "ideas"
    title = gettext_lazy("Ideas of residents")
    order = 80
    every, every_one = "engagement:ideas", gettext_lazy("All ideas")
    model = Idea
    texts = ("summary",)
    newest = ("-changed_at", "-pk")

    def told(self, idea):
        about = [idea.get_status_display()]
        text = (idea.summary, ENGLISH)
        return result(in_english(idea.title), idea.get_absolute_url(), about, text=text)


class Stories(Published):
    key = "stories"
    title = gettext_lazy("Stories")
    order = 90
    every, every_one = "engagement:stories", gettext_lazy("All stories")
    model = Story
    texts = ("summary", "text")
    newest = ("-published_on", "-pk")

    def told(self, story):
        return of_row(story, [date_format(story.published_on)])


PARTS = (ToDo(), Activities(), Outcomes(), Ideas(), Stories())


def of_row(row, about):
    """A row that may be translated, as it is found."""
    summary = (row.text_of("summary"), row.said.language_of("summary"))
    return result(row.said["title"], row.get_absolute_url(), about, text=summary)


def in_english(text):
    """Words of staff that nobody translates, marked so."""
    return format_html('<span lang="{}">{}</span>', ENGLISH, text)
