"""One answer to many messages of a theme that say the same."""

from django.db import transaction

from engagement.actions import themes
from engagement.actions.referrals import Kind, answer_each, check_says_something
from engagement.actions.steps import locked_together
from engagement.answerable import happened_since, leads_of
from engagement.permissions import (
    check_can_act_on_each,
    check_can_work_on_theme,
    check_has_or_had_each,
)
from engagement.progress import last_steps
from governance.permissions import standing_of
from governance.workflow import MoveNotAllowed


class Overtaken(MoveNotAllowed):
    """Something happened to messages that were chosen, after the page was shown."""


@transaction.atomic
def answer_theme(*, theme, chosen, text, by):
    """Answer messages of a theme at once; give how many were answered with them.

    `chosen` has for each message how far it was when the page showed it: where something happened
    to one since, none is answered. Pressed twice, it is done once, and then gives None.
    """
    theme = themes.locked(theme)
    check_can_work_on_theme(by, theme)
    check_says_something(text)
    if not chosen:
        raise MoveNotAllowed("Choose a message to answer first.")
    found = locked_together(*chosen)
    chosen = {found[each.pk]: seen for each, seen in chosen.items()}
    leads = leads_of(chosen)
    # What happened is for those to hear who have or had the message, and they hear it first.
    check_has_or_had_each(by, leads.values())
    steps = last_steps([each.pk for each in chosen])
    if all(was_answered(step, by, text) for step in steps.values()):
        return None
    if happened := happened_since(chosen, theme, standing_of(by), steps):
        told = " ".join(f"{message}: {sentence}" for message, sentence in happened)
        raise Overtaken(f"Nothing was sent, because of what happened meanwhile. {told}")
    newest = [of_one[-1] for of_one in leads.values()]
    check_can_act_on_each(by, newest)
    for each in newest:
        each.submission = found[each.submission_id]
    return answer_each(newest, by, text)


def was_answered(step, by, text):
    """Whether the last thing done to a message is what is asked for: it was pressed twice."""
    done = step.kind, step.by_id, step.text_for_resident
    return done == (Kind.ANSWERED, by.pk, text)
