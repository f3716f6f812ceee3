"""What may be done about a message: each deed with its form, and to whom it is offered now."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from engagement.actions import casework, merging, referrals, themes
from engagement.casework_forms import (
    NOBODY,
    AskForm,
    AssignForm,
    MergeForm,
    NoteForm,
    SplitForm,
)
from engagement.catalogue import catalogue_of
from engagement.models import Theme
from engagement.move_forms import AcknowledgeForm, AnswerForm, CloseForm, ReferOnForm
from engagement.permissions import can_act_on, can_put_under_theme, can_see_notes
from engagement.receivers import people_who_may_answer, receivers_on
from engagement.theme_forms import PutUnderThemeForm
from engagement.workflow import Move, ReferralStatus, may_move
from governance.structure import structure_today

THEMES = 50  # offered for a message; the others take it on their own page


@dataclass(frozen=True)
class Deed:
    """How a deed is offered, done and reported.

    `of` says what it is done to: the referral that leads, or the message itself.
    """

    form: type
    do: object
    title: str
    button: str
    done: str
    of: str = "referral"


DEEDS = {
    Move.ACKNOWLEDGE: Deed(
        AcknowledgeForm,
        referrals.acknowledge,
        "Acknowledge it",
        "Acknowledge",
        "You acknowledged {reference}.",
    ),
    Move.ANSWER: Deed(
        AnswerForm,
        referrals.answer,
        "Answer it",
        "Send the answer",
        "You answered {reference}. The resident can read it now.",
    ),
    Move.ASK: Deed(
        AskForm,
        referrals.ask,
        "Ask the resident a question",
        "Ask",
        "You asked the resident about {reference}. The clock stands still until they answer.",
    ),
    Move.REFER_ON: Deed(
        ReferOnForm,
        referrals.refer_on,
        "Refer it on to another body",
        "Refer it on",
        "You referred {reference} on. It lies before {holder} now.",
    ),
    Move.CLOSE: Deed(
        CloseForm,
        referrals.close,
        "Close it",
        "Close",
        "You closed {reference}.",
    ),
    Move.MERGE: Deed(
        MergeForm,
        merging.merge,
        "Answer it together with another message",
        "Put them together",
        "{reference} is answered together with the other message now.",
    ),
    Move.SPLIT: Deed(
        SplitForm,
        merging.split,
        "Answer it by itself again",
        "Take it out",
        "{reference} is answered by itself again.",
    ),
    "assign": Deed(
        AssignForm,
        casework.assign,
        "Who works on it",
        "Assign",
        "You said who works on {reference}.",
    ),
    "theme": Deed(
        PutUnderThemeForm,
        lambda *, submission, theme, by: themes.add(theme=theme, submissions=[submission], by=by),
        "Put it under a theme",
        "Put it there",
        "{reference} is under the theme now.",
        of="submission",
    ),
    "note": Deed(
        NoteForm,
        casework.note,
        "Write a note",
        "Keep the note",
        "Your note is kept. The resident does not see it.",
        of="submission",
    ),
}


def deed_forms(standing, progress):
    """A form for each deed that would be accepted from this reader now."""
    if progress.is_withdrawn:
        return {}
    open_deeds = [name for name in DEEDS if is_offered(name, standing, progress)]
    return {name: form_of(name, standing, progress) for name in open_deeds}


def is_offered(name, standing, progress):
    lead = progress.lead
    if name == "note":
        return can_see_notes(standing, progress.referrals)
    if name == "theme":
        return can_put_under_theme(standing, lead)
    if not can_act_on(standing, lead):
        return False
    if name == "assign":
        return lead.is_open
    if lead.is_merged:  # its answer is that of the other message
        return name == Move.SPLIT
    if name == Move.ASK and lead.is_asked:
        return False
    return may_move(lead.status, name)


def form_of(name, standing, progress, data=None):
    deed, lead = DEEDS[name], progress.lead
    options = {}
    if name == Move.REFER_ON:
        structure = structure_today()
        receivers = receivers_on(timezone.localdate())
        others = receivers.keys() - {referrals.holder_by(structure, lead.body_id)}
        options["bodies"] = [body for body in structure.bodies if body.pk in others]
        topics = catalogue_of(structure).topics
        options["topics"] = [each for each in topics if each != progress.submission.topic]
    elif name == "assign":
        options["people"] = people_who_may_answer(lead.body)
    elif name == "theme":
        options["themes"] = themes_for(standing)
    elif name == Move.MERGE:
        options["standing"] = standing
    form = deed.form(data, auto_id=f"{name}_%s", initial=shown(progress), **options)
    # One that was opened again is no more about the matter that it waited for before.
    if name == Move.ANSWER and lead.is_escalated and progress.matter.outcome:
        form.fields["text"].initial = progress.matter.outcome.note  # to be put in plain words
    if name == Move.CLOSE and lead.status == ReferralStatus.ANSWERED:
        form.fields["text"].required = False
    form.deed, form.title, form.button = name, deed.title, deed.button
    form.variant = "secondary"  # but for the move that is next
    form.address = reverse(f"engagement:staff_{name}", args=[progress.submission.reference])
    return form


def next_move(progress):
    """The move that the body which has the message owes; None while it waits for somebody."""
    lead = progress.lead
    if lead.status == ReferralStatus.REFERRED:
        return Move.ACKNOWLEDGE
    if lead.is_escalated:
        return Move.ANSWER if lead.is_back else None
    is_in_hand = lead.status == ReferralStatus.ACKNOWLEDGED and not lead.is_asked
    return Move.ANSWER if is_in_hand else None


def themes_for(standing):
    """The newest themes that someone may put messages under."""
    found = Theme.objects.filter(closed_on=None)
    if not standing.is_engagement_team:
        found = found.filter(lead_body__in=standing.officer_of)
    return list(found[:THEMES])


def shown(progress):
    """What a page shows, so that a deed knows when it is stale."""
    worker = progress.lead.assigned_to_id
    return {"seen": progress.seen, "was": worker, "to": worker or NOBODY}
