"""Where a message would go if it were sent now: the rules, the place and the structure of today.

What a resident left open is read from their words: the topic if they are not sure, and whether it
is about a child or about pregnancy and birth.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from django.utils import timezone

from engagement.catalogue import Catalogue, catalogue_today
from engagement.languages import ENGLISH
from engagement.models import About, Flag, TopicBy
from engagement.reading import Reading
from engagement.routing import Outcome, Route, decide
from engagement.whereabouts import Whereabouts, settle
from governance.models import Body

NOT_SURE = "not-sure"


@dataclass(frozen=True)
class Judged:
    where: Whereabouts
    route: Route
    route_from: Callable[..., Route]  # another `where`
    receivers: dict[int, Body]
    catalogue: Catalogue
    reading: Reading
    topic: str
    topic_by: TopicBy
    about: str

    # The resident's, which staff know better than what they wrote down tells. Where it goes depends
    # on what it is written in.
    language: str

    @property
    def calendar(self):
        return self.catalogue.structure.calendar

    @property
    def asks_what_is_nearest(self):
        """Whether the place is to be asked about: in English it would decide who gets the message,
        and so it does once somebody has read what is not.
        """
        if self.reading.language == ENGLISH:
            return self.lead_is_open
        return self.route_from(where=self.where, language=ENGLISH).outcome == Outcome.ASK

    @property
    def lead_is_open(self):
        """Whether nobody has the message before that is answered."""
        return self.route.outcome == Outcome.ASK

    @property
    def is_urgent(self):
        return Flag.URGENT in self.reading.flags

    @property
    def is_complaint(self):
        return Flag.COMPLAINT in self.reading.flags


def judge(answers, catalogue=None, *, receivers=None, released=False):
    """`answers` are those of the form: message, topic, about, kind, place and the nearest.

    A message that was `released` is routed whatever it looks like.
    """
    today = timezone.localdate()
    catalogue = catalogue or catalogue_today()
    receivers = catalogue.receivers if receivers is None else receivers
    where = settle(answers["place"], answers["nearest"], today)
    reading = catalogue.reader.read(answers["message"])
    language = answers.get("language") or reading.language
    topic, topic_by = topic_of(answers, reading)
    about = answers["about"] or reading.about or About.NO_ONE.value
    route_from = partial(
        decide,
        topic=topic,
        about=about,
        kind=answers["kind"],
        language=reading.language,  # whoever reads it must be able to
        rules=catalogue.rules_on(today),
        structure=catalogue.structure,
        receivers=receivers.keys(),
        held=reading.is_spam and not released,
    )
    route = route_from(where=where)
    because = route.because | read_in_words(reading, answers, topic, topic_by, catalogue)
    return Judged(
        where=where,
        route=replace(route, because=because),
        route_from=route_from,
        receivers=receivers,
        catalogue=catalogue,
        reading=reading,
        topic=topic,
        topic_by=topic_by,
        about=about,
        language=language,
    )


def topic_of(answers, reading):
    """The topic, and who said it. A resident may prefer a person to a suggestion."""
    given = answers["topic"] or NOT_SURE
    if given == NOT_SURE and reading.is_sure and not answers.get("let_someone_read"):
        return reading.topic, TopicBy.SUGGESTED
    return given, TopicBy.RESIDENT


def read_in_words(reading, answers, topic, topic_by, catalogue):
    """What was taken from the words, frozen with the reasons; nothing where nothing was."""
    read = {"topic": {"slug": topic, **catalogue.frozen_topic(topic), "by": topic_by.value}}
    if (answers["topic"] or NOT_SURE) == NOT_SURE and reading.topic:
        read["suggestion"] = {
            "slug": reading.topic,
            **catalogue.frozen_topic(reading.topic),
            "sure": topic_by == TopicBy.SUGGESTED,
            "words": list(reading.words),
            "phrases": list(reading.phrases),
            "clues": list(reading.clues),
        }
    if not answers["about"] and reading.about:
        read["about_read"] = {"about": reading.about, "words": list(reading.about_words)}
    if Flag.LANGUAGE in reading.flags:
        read["language"] = reading.language
    return read
