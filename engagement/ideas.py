"""Ideas of residents as they are told: publicly, and to who had them."""

from dataclasses import dataclass

from django.db.models import Prefetch

from engagement.models import Idea, IdeaStep, Redaction
from governance.names import names_of


@dataclass(frozen=True)
class Told:
    """An idea as it is told, with the names of the bodies that had it."""

    idea: Idea
    body: str
    steps: tuple[tuple[IdeaStep, str], ...] = ()


def public():
    """Published ideas, the one of which there was news last first."""
    found = Idea.objects.published().select_related("locality", "topic")
    return found.order_by("-changed_at", "-pk")


def shown(ideas, structure=None):
    """Ideas as they are told in lists; one query more where a body has closed."""
    ideas = list(ideas)
    names = names_of({each.body_id for each in ideas}, structure)
    return [Told(each, names[each.body_id]) for each in ideas]


def latest(number=3, *, locality=None, structure=None):
    found = public()
    if locality is not None:
        found = found.filter(locality=locality)
    return shown(found[:number], structure)


def in_full():
    """With all that the page of one idea shows."""
    steps = Prefetch("steps", IdeaStep.objects.order_by("pk"))
    related = ("locality", "topic", "activity", "outcome", "project")
    return Idea.objects.select_related(*related).prefetch_related(steps)


def told(idea):
    """One idea with what became of it, the first step first."""
    steps = list(idea.steps.all())
    names = names_of({idea.body_id, *(step.by_body_id for step in steps)})
    return Told(idea, names[idea.body_id], tuple((step, names[step.by_body_id]) for step in steps))


def quote_of(idea):
    """What its resident wrote, as it was redacted for everyone, if they still agree."""
    found = Redaction.objects.filter(submission=idea.submission_id, submission__may_publish=True)
    return found.only("shown", "submission__language").select_related("submission").first()


def of_submission(submission):
    """What became of the idea in a message; None where no body has taken it up."""
    idea = in_full().filter(submission=submission).first()
    return told(idea) if idea else None
