"""Which messages of a theme somebody can answer at once, and what becomes of those they chose."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Case, Count, F, Q, Value, When

from engagement import queue
from engagement.languages import ENGLISH, name_of
from engagement.models import Referral
from engagement.models.referral import MATTER_ENDED
from engagement.models.submission import GONE
from engagement.permissions import can_see_contact, has_or_had
from engagement.progress import last_steps, seen_of, what_happened
from engagement.workflow import ReferralStatus


class Stand(models.TextChoices):
    """How a message stands, for somebody who would answer it: what is said of one, inside a
    sentence, and of several.
    """

    OPEN = "open", "can be answered"
    GONE = "gone", "was taken back or erased"
    DONE = "done", "is answered or closed already"
    MERGED = "merged", "is answered together with another message"
    OF_TEAM = "of-team", "lies before the engagement team, which alone can answer it"
    OF_OTHERS = "of-others", "lies before another body, whose officers alone can answer it"
    WAITING = "waiting", "was escalated, and waits for what comes of the matter"


OF_SEVERAL = {
    Stand.GONE: "were taken back or erased",
    Stand.DONE: "are answered or closed already",
    Stand.OF_TEAM: "lie before the engagement team, which alone can answer them",
    Stand.OF_OTHERS: "lie before other bodies, whose officers alone can answer them",
    Stand.MERGED: "are each answered together with another message",
    Stand.WAITING: "were escalated, and wait for what comes of the matter",
}


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A message that can be answered, what to look at before it is, and how far it is."""

    row: queue.Row
    seen: int
    notes: list[str]

    @property
    def reference(self):
        return self.row.submission.reference


@dataclass(frozen=True, slots=True)
class Theirs:
    """The messages of a theme, as they stand for somebody who would answer them."""

    rows: list[ToAnswer]
    number: int  # of all that can be answered
    left_out: list[str]

    def wait_for(self, matter):
        """Whether one still waits for what comes of a matter; opened again, it does no more."""
        leads = [each.row.referral for each in self.rows]
        return any(lead.is_escalated and lead.escalation_id == matter.pk for lead in leads)


def with_stand(referrals, standing):
    """The referrals that lead, each with how it stands for somebody."""
    others = (
        When(body=None, then=Value(Stand.OF_TEAM)),
        When(~Q(body__in=standing.officer_of), then=Value(Stand.OF_OTHERS)),
    )
    done = ReferralStatus.ANSWERED, ReferralStatus.CLOSED
    stand = Case(
        When(submission__status__in=GONE, then=Value(Stand.GONE)),
        When(status__in=done, then=Value(Stand.DONE)),
        When(status=ReferralStatus.MERGED, then=Value(Stand.MERGED)),
        *(() if standing.is_engagement_team else others),
        When(MATTER_ENDED, status=ReferralStatus.ESCALATED, then=Value(Stand.OPEN)),
        When(status=ReferralStatus.ESCALATED, then=Value(Stand.WAITING)),
        default=Value(Stand.OPEN),
        output_field=models.CharField(),
    )
    return referrals.leading().annotate(stand=stand)


def theirs_to_answer(theme, standing, *, most, first=()):
    """What somebody can answer of a theme, what is due first at the top, `most` of them at once.

    Those of the messages `first` that they can answer are among them.
    """
    of_theme = with_stand(Referral.objects.filter(submission__theme=theme), standing)
    numbers = dict(of_theme.order_by().values_list("stand").annotate(Count("pk")))
    found = queue.as_listed(queue.visible_to(standing))
    if queue.may_read_beginnings(standing):
        found = queue.with_beginnings(found)
    found = with_stand(found, standing).filter(submission__theme=theme, stand=Stand.OPEN)
    # In one query with what is shown, so that no step comes between.
    found = found.annotate(seen=seen_of("submission"))
    found = found.select_related("submission__contact", "submission__keyed_in").only(
        *queue.OF_A_ROW,
        "is_urgent",
        "escalation",
        "submission__contact__may_pass_on",
        "submission__keyed_in__format_needs",
    )
    is_first = Case(When(submission__in=first, then=Value(0)), default=Value(1))
    by_day = F("due_on").asc(nulls_last=True), "pk"
    found = list(found.order_by(*([is_first] if first else []), *by_day)[:most])
    found.sort(key=lambda each: (each.due_on is None, each.due_on or 0, each.pk))
    pks = [each.submission_id for each in found]
    with_it = Referral.objects.put_with(pks).order_by().values_list("submission__merged_into")
    with_it = dict(with_it.annotate(Count("pk")))
    return Theirs(
        rows=[
            ToAnswer(
                row,
                row.referral.seen,
                notes_on(row.referral, with_it.get(row.referral.submission_id, 0), standing),
            )
            for row in queue.rows(found, standing=standing)
        ],
        number=numbers.pop(Stand.OPEN, 0),
        left_out=[
            f"1 message {stand.label}."
            if numbers[stand] == 1
            else f"{numbers[stand]} messages {OF_SEVERAL[stand]}."
            for stand in Stand
            if stand in numbers
        ],
    )


def notes_on(referral, with_it, standing):
    """What speaks against the same answer as for the others, or is to be thought of in it."""
    submission = referral.submission
    notes = []
    if referral.is_urgent:
        notes.append("May be urgent")
    if submission.language != ENGLISH:
        notes.append(f"Written in {name_of(submission.language)}")
    keyed_in = getattr(submission, "keyed_in", None)
    if keyed_in and keyed_in.format_needs:
        if can_see_contact(standing, referral, getattr(submission, "contact", None)):
            notes.append(f"How to answer: {keyed_in.format_needs}")
    if with_it:
        others = "one other message" if with_it == 1 else f"{with_it} other messages"
        notes.append(f"Its answer also goes to {others}")
    return notes


def leads_of(submissions):
    """For each of these messages, by its key, the referrals that led, the newest last."""
    found = Referral.objects.filter(role=Referral.Role.LEAD, submission__in=submissions)
    leads = {}
    for each in found.order_by("pk"):
        leads.setdefault(each.submission_id, []).append(each)
    return leads


def had_by(standing, submissions):
    """The keys of those of these messages on which somebody acts, or acted."""
    leads = leads_of(submissions)
    return {pk for pk, of_one in leads.items() if has_or_had(standing, of_one)}


def happened_since(chosen, theme, standing, steps=None):
    """Why some of the messages that were chosen cannot be answered: a message and a sentence each.

    `chosen` has for each message how far it was when it was shown, `steps` the last ones there are.
    """
    steps = steps or last_steps([each.pk for each in chosen])
    stands = with_stand(Referral.objects.filter(submission__in=chosen), standing)
    stands = dict(stands.filter(submission__theme=theme).values_list("submission", "stand"))
    happened = []
    for submission, seen in chosen.items():
        stand = stands.get(submission.pk)
        if stand is None:
            happened.append((submission, "It is not under this theme any more."))
        elif steps[submission.pk].seen != seen:
            happened.append((submission, f"{what_happened(steps[submission.pk])}."))
        elif stand != Stand.OPEN:
            happened.append((submission, f"It {Stand(stand).label}."))
    return happened
