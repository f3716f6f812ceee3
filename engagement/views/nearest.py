"""The one more question near a boundary: which part of the borough is nearest."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.explanation import copy_said, lead_said
from engagement.forms import UNKNOWN, NearestForm
from localities.gazetteer import homes_on


def question_about(judged, answers, said=(), *, is_due=False):
    """The question, if it depends on it where a message goes; beside it stands what was `said` of
    the place. To leave it out is an error once the message is to be sent, unless somebody reads it
    first all the same: who writes in another language may not be able to read the question.
    """
    if not judged.asks_what_is_nearest:
        return None
    question = NearestForm({"nearest": answers["nearest"]} if is_due else None)
    question.fields["nearest"].required = judged.lead_is_open
    question.offer(nearest_choices(judged), answers["place"], said)
    return question


def nearest_choices(judged):
    """Each locality with the wards that tell it from the others, and that one does not know; with
    each stands who gets the message then, or a copy of it.
    """
    where = judged.where
    then_said = lead_said if judged.lead_is_open else copy_said
    choices = [
        (locality.pk, locality.name, where.told(locality), f"{', '.join(wards)}. " if wards else "")
        for locality, wards in localities_to_choose(where)
    ]
    choices.append((UNKNOWN, _("I don’t know, or I’d rather not say"), where.untold(), ""))
    return [
        (code, name, wards + then_said(judged.route_from(where=then).because))
        for code, name, then, wards in choices
    ]


def localities_to_choose(where):
    """Those the place reaches into, or all of them, with the wards that the place itself names, or
    else all that a locality has: few know theirs by its name alone.
    """
    named = [(choice.locality, [ward.name for ward in choice.wards]) for choice in where.choices]
    if named and all(wards for _locality, wards in named):
        return named
    wards = {}
    for home in homes_on(timezone.localdate()):
        wards.setdefault(home.locality, []).append(home.ward.name)
    if named:
        return [(locality, wards.get(locality, ())) for locality, _wards in named]
    return sorted(wards.items(), key=lambda each: each[0].name)
