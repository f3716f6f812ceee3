"""What a body cannot settle of what residents say becomes a matter before a body above.

The matter is written in the words of staff. It does not know of the messages: each message points
at it, and reads there what became of it.
"""

from django.db import transaction

from engagement.actions import themes
from engagement.actions.referrals import taken, wait_for
from engagement.models import Referral, SubmissionStatus
from engagement.permissions import (
    check_can_act_on_each,
    check_can_escalate_for,
    check_can_work_on_theme,
)
from engagement.routing import TRIAGE_BODY
from engagement.workflow import Move, may_move
from governance.actions import escalations
from governance.models import Body
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed


@transaction.atomic
def escalate(*, referral, to_body, by, text, sending_key, seen=None, **words):
    """Put one message before a body above; `text` tells the resident why."""
    referral = taken(referral, by, seen, Move.ESCALATE)
    escalation = raise_from(referral.body, to_body, by, sending_key, words)
    return wait_for(referral, escalation, by, text)


@transaction.atomic
def escalate_theme(*, theme, to_body, by, text, sending_key, **words):
    """Put what many messages say before a body above, once, with each of their authors told."""
    theme = themes.locked(theme)
    check_can_work_on_theme(by, theme)
    if theme.escalation_id:
        if theme.escalation.sending_key == sending_key:
            return theme  # pressed twice
        raise MoveNotAllowed(f"It was escalated already, as {theme.escalation.reference}.")
    themes.check_is_open(theme)
    leads = open_leads_of(theme)
    if not leads:
        raise MoveNotAllowed("No message of this theme is open, so nobody waits for an answer.")
    check_can_act_on_each(by, leads)
    theme.escalation = raise_from(theme.lead_body, to_body, by, sending_key, words)
    themes.save(theme, by=by, reason=f"Escalated as {theme.escalation.reference}")
    for lead in leads:
        wait_for(lead, theme.escalation, by, text)
    return theme


def raise_from(body, to_body, by, sending_key, words):
    """The matter, raised for the body that has the message today."""
    holder = raising_body(body)
    if holder is None:
        raise MoveNotAllowed(
            "No body has this at present that could escalate it. Refer it on to one first."
        )
    check_can_escalate_for(by, holder)
    raising, above = (Body.objects.named().get(pk=each.pk) for each in (holder, to_body))
    return escalations.raise_new(
        raising_body=raising, to_body=above, by=by, sending_key=sending_key, **words
    )


def raising_body(body):
    """The body, as it is today, that raises what this one has; triage raises what no body has."""
    structure = structure_today()
    if body is None:
        return structure.body_with_slug(TRIAGE_BODY)
    return structure.holder_of(body)


def open_leads_of(theme):
    """The messages of a theme that may be escalated now."""
    leads = Referral.objects.leading().filter(submission__theme=theme, is_open=True)
    leads = leads.exclude(submission__status=SubmissionStatus.WITHDRAWN)
    leads = leads.select_related("submission").order_by("pk")
    return [each for each in leads if may_move(each.status, Move.ESCALATE)]
