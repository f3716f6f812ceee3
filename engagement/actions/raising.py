"""What a body cannot settle of what residents say becomes a matter before a body above.

The matter is written in the words of staff. It does not know of the messages: each message points
at it, and reads there what became of it. Of a draft `MatterDraft` says what it comes from.
"""

from engagement.actions import themes
from engagement.actions.referrals import may_wait, taken, wait_for, was_escalated
from engagement.models import MatterDraft, Referral, Submission, Theme
from engagement.models.matter_draft import named
from engagement.permissions import (
    can_act_on,
    can_escalate_for,
    check_can_escalate_for,
    check_can_work_on_theme,
)
from engagement.routing import TRIAGE_BODY
from engagement.workflow import Move, ReferralStatus
from governance.actions import asides, escalations
from governance.matter import Matter
from governance.models import Body
from governance.permissions import can_make, standing_of
from governance.structure import structure_today
from governance.uploads import atomic_with_files
from governance.workflow import EscalationStatus, MoveNotAllowed
from governance.workflow import Move as MatterMove

NOBODY_WAITS = "No message of this theme is open, so nobody waits for an answer."
NOTHING_SEEN = 0  # no change has this number: whoever saw no draft is told of the one there is


@atomic_with_files()
def draft(*, referral, by, text="", last_step=None, **written):
    """Keep what is written so far of a matter that comes from one message."""
    referral = taken(referral, by, last_step, Move.ESCALATE)
    return kept_as_draft(referral, referral.body, by, text, written)


@atomic_with_files()
def escalate(*, referral, to_body, by, text, last_step=None, **written):
    """Put one message before a body above; `text` tells the resident why."""
    referral = taken(referral, by, last_step, Move.ESCALATE)
    escalation = raise_from(referral, referral.body, to_body, by, written)
    return wait_for(referral, escalation, by, text)


@atomic_with_files()
def draft_from_theme(*, theme, by, text="", **written):
    """Keep what is written so far of a matter that comes from a theme."""
    theme = themes.locked(theme)
    check_can_work_on_theme(by, theme)
    check_may_be_escalated(theme)
    return kept_as_draft(theme, theme.lead_body, by, text, written)


@atomic_with_files()
def escalate_theme(*, theme, to_body, by, text, sending_key, **written):
    """Put what many messages say before a body above, once, with each of their authors told."""
    theme = themes.locked(theme)
    check_can_work_on_theme(by, theme)
    if theme.escalation_id and theme.escalation.sending_key == sending_key:
        return theme  # pressed twice
    check_may_be_escalated(theme)
    leads = open_leads_of(theme)
    if not leads:
        raise MoveNotAllowed(NOBODY_WAITS)
    check_lie_before_theirs(leads, by)
    written |= {"sending_key": sending_key}
    theme.escalation = raise_from(theme, theme.lead_body, to_body, by, written)
    themes.save(theme, by=by, reason=f"Escalated as {theme.escalation.reference}")
    for lead in leads:
        wait_for(lead, theme.escalation, by, text)
    themes.tell_other_bodies(leads, theme.escalation, by)
    return theme


# --- Whether it may be ----------------------------------------------------------------------------
# The source is the referral of a message to the body that has it, or a theme.


def can_escalate(standing, source):
    """Whether someone may put it before a body above now."""
    return may_be_escalated(source) and is_theirs_to_escalate(standing, source)


def is_theirs_to_escalate(standing, source):
    return can_escalate_for(standing, raising_body(body_that_has(source)))


def may_be_escalated(source):
    """Whether it is at a moment to be put before a body above, whoever does."""
    if isinstance(source, Theme):
        return not (became(source) or source.closed_on)
    return may_wait(source) and not source.submission.is_gone


def became(source):
    """The matter that it was put before a body above as; None if that was withdrawn."""
    matter = source.escalation
    return matter if matter and matter.status != EscalationStatus.WITHDRAWN else None


def why_not(source):
    """What is said of one that cannot be escalated now."""
    if isinstance(source, Theme):
        is_escalated = became(source) is not None
        otherwise = f"The theme “{source}” is closed. Open it again first."
    else:
        is_escalated = source.status == ReferralStatus.ESCALATED
        is_now = source.get_status_display().lower()
        otherwise = f"This message is {is_now}, so it cannot be escalated now."
    return was_escalated(source.escalation) if is_escalated else otherwise


def why_not_to_write(theme, draft):
    """Why no matter is to be written for a theme; empty if one may, or goes on."""
    if not may_be_escalated(theme):
        return why_not(theme)
    return "" if is_for_somebody(theme, draft) else NOBODY_WAITS


def is_for_somebody(theme, draft):
    """Whether somebody waits for a theme, as it was read with, or a matter of it is begun."""
    return theme.is_waited_for or draft is not None


def check_may_be_escalated(theme):
    """Of a message `taken` and `wait_for` ask it."""
    if not may_be_escalated(theme):
        raise MoveNotAllowed(why_not(theme))


def check_lie_before_theirs(leads, by):
    """Refuse a theme with messages that others are to answer: they would wait for this matter.

    That can be so of any theme, so who may escalate it is told what to do, and keeps what they
    typed.
    """
    if sentence := lie_before_others(leads, standing_of(by)):
        raise MoveNotAllowed(sentence)


def lie_before_others(leads, standing):
    """What is said where some of these are for others to answer; empty if none is."""
    number = sum(not can_act_on(standing, each) for each in leads)
    if not number:
        return ""
    return (
        f"{number} of its messages {'lies' if number == 1 else 'lie'} before somebody else, so "
        "you cannot escalate them. Ask the engagement team to take them out of this theme "
        "first. Until then, save what you wrote as a draft."
    )


def what_stands_against(theme, standing):
    """The same of a theme, before anything is written; empty if it may be escalated as it is."""
    leads = Referral.objects.to_escalate().filter(submission__theme=theme)
    return lie_before_others(leads.only("body"), standing)


def body_that_has(source):
    return source.lead_body if isinstance(source, Theme) else source.body


# --- What the deeds are made of -------------------------------------------------------------------


def kept_as_draft(source, body, by, text, written):
    """The draft, and that it comes from this message or theme, which stands locked."""
    holder = holder_for(body, by)
    escalation = write(source, holder, by=by, **written)
    values = {"escalation": escalation, "text": text}
    MatterDraft.objects.update_or_create(**{named(source): source}, defaults=values)
    return escalation


def raise_from(source, body, to_body, by, written):
    """The matter, raised for the body that has the message or the theme today.

    Its draft is let go of before: nobody raises one that is kept here.
    """
    holder = holder_for(body, by)
    escalation = write(source, holder, by=by, **written)
    MatterDraft.objects.filter(**{named(source): source}).delete()
    above = Body.objects.named().get(pk=to_body.pk)
    return escalations.raise_matter(escalation=escalation, to_body=above, by=by)


def holder_for(body, by):
    holder = raising_body(body)
    if holder is None:
        raise MoveNotAllowed(
            "No body has this at present that could escalate it. Refer it on to one first."
        )
    check_can_escalate_for(by, holder)
    return holder


def write(source, holder, *, by, sending_key, seen=None, upload=None, taken_away=(), **words):
    """The draft with these words and files: the one that is kept, or a new one.

    `seen` is the last change of it that the page showed.
    """
    kept = draft_of(source, holder, standing_of(by))
    if kept is None:
        body = Body.objects.named().get(pk=holder.pk)
        escalation = escalations.draft(raising_body=body, by=by, sending_key=sending_key, **words)
    elif kept.escalation.sending_key == sending_key:
        escalation = kept.escalation  # pressed twice
    else:
        escalation = escalations.edit_draft(
            escalation=kept.escalation, by=by, seen=seen or NOTHING_SEEN, **words
        )
    return asides.change_files(escalation=escalation, by=by, upload=upload, taken_away=taken_away)


def draft_of(source, holder, standing):
    """What is kept of the matter, for who may go on with it for this body; else None.

    The draft of somebody else who may, such as another one of the engagement team, stays theirs.
    """
    kept = holder and MatterDraft.objects.of(source)
    if not kept:
        return None
    matter = Matter(kept.escalation)
    is_theirs = matter.raising_body.pk == holder.pk
    return kept if is_theirs and can_make(MatterMove.EDIT, standing, matter) else None


def raising_body(body):
    """The body, as it is today, that raises what this one has; triage raises what no body has."""
    structure = structure_today()
    if body is None:
        return structure.body_with_slug(TRIAGE_BODY)
    return structure.holder_of(body)


def open_leads_of(theme):
    """The messages of a theme that may be escalated now, each locked."""
    open_leads = Referral.objects.leading().filter(submission__theme=theme, is_open=True)
    found = themes.messages(Submission.objects.filter(referrals__in=open_leads).only("pk"))
    leads = themes.leads_of(found).select_related("submission", "escalation").order_by("pk")
    return [each for each in leads if may_be_escalated(each)]
