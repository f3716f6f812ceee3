"""One submission with all that happened to it: who has it, by when, and the way it came.

The receipt, the staff page and the actions ask here, so that none can tell another story.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagement.explanation import ENGAGEMENT_TEAM, HELD, REJECTED, details, sentences
from engagement.models import (
    Addition,
    Referral,
    ReferralNotice,
    ReferralStep,
    SubmissionStatus,
)
from engagement.noticed import noticed, told_to_resident
from engagement.workflow import ReferralStatus
from governance.deadlines import Clock
from governance.matter import Matter
from governance.names import names_of
from governance.structure import structure_on, structure_today
from governance.telling import capital, moment, with_article
from governance.workflow import EscalationStatus
from governance.working_days import DueState
from localities.kept_query import KeptQuery

Kind = ReferralStep.Kind
Role = Referral.Role

SAID_BY_RESIDENT = {Kind.REPLIED, Kind.REOPENED}
ONE_ADDED = 2**40  # more than there will be steps

# What somebody did, after their name.
DEEDS = {
    Kind.REFERRED: "put it before {body}",
    Kind.ACKNOWLEDGED: "acknowledged it for {body}",
    Kind.ANSWERED: "answered it for {body}",
    Kind.REFERRED_ON: "referred it on for {body}",
    Kind.ASKED: "asked the resident a question for {body}",
    Kind.REPLIED: "answered the question",
    Kind.ESCALATED: "escalated it for {body}",
    Kind.MERGED: "put it with another message for {body}",
    Kind.SPLIT: "took it out again for {body}, to be answered by itself",
    Kind.REOPENED: "opened it again",
    Kind.CLOSED: "closed it for {body}",
    Kind.WITHDRAWN: "withdrew it",
    Kind.ERASED: "had its words removed",
}

# What happened, on the timeline.
HAPPENED = {
    Kind.REFERRED: gettext_lazy("Put before {body}"),
    Kind.ACKNOWLEDGED: gettext_lazy("Acknowledged by {body}"),
    Kind.ANSWERED: gettext_lazy("Answered by {body}"),
    Kind.REFERRED_ON: gettext_lazy("Referred on by {body} to {to}"),
    Kind.ASKED: gettext_lazy("A question to the resident from {body}"),
    Kind.REPLIED: gettext_lazy("The resident answered the question"),
    Kind.ESCALATED: gettext_lazy("Escalated by {body}"),
    Kind.MERGED: gettext_lazy("To be answered together with another message that says the same"),
    Kind.SPLIT: gettext_lazy("To be answered by itself again"),
    Kind.REOPENED: gettext_lazy("Opened again: the answer did not answer it"),
    Kind.CLOSED: gettext_lazy("Closed by {body}"),
    Kind.WITHDRAWN: gettext_lazy("Withdrawn by the resident"),
    Kind.ERASED: gettext_lazy("What the resident wrote was removed"),
}

# The same, where it is the resident who reads it and who did it.
TOLD_TO_RESIDENT = {
    Kind.ASKED: gettext_lazy("{body} asked you a question"),
    Kind.REPLIED: gettext_lazy("You answered the question"),
    Kind.ESCALATED: gettext_lazy(
        "{body} cannot decide this alone, and passed it up for a decision"
    ),
    Kind.REOPENED: gettext_lazy(
        "You said that the answer did not answer it, and it was opened again"
    ),
    Kind.WITHDRAWN: gettext_lazy("You withdrew it"),
    Kind.ERASED: gettext_lazy("What you wrote was removed"),
}


ESCALATED_AGAIN = "Escalated again by {body}, which had withdrawn the matter before"
TOLD_OF_ESCALATED_AGAIN = gettext_lazy(
    "{body} took back what it had passed up, and passed it up again for a decision"
)


def happened_at(step, matter):
    return ESCALATED_AGAIN if is_of_who_took_it_back(step, matter) else HAPPENED[step.kind]


def told_to_resident_of(step, matter):
    if is_of_who_took_it_back(step, matter):
        return TOLD_OF_ESCALATED_AGAIN
    return TOLD_TO_RESIDENT.get(step.kind, "")


def is_of_who_took_it_back(step, matter):
    """Whether the body that escalated it had withdrawn the matter for which it waited before."""
    before = step.waited_for
    return bool(before and matter) and before.raising_body_id == matter.raising_body_id


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, as the timeline tells it."""

    at: datetime
    happened: str
    by: str = ""
    text: str = ""
    told_to_resident: str = ""
    for_resident: bool = True

    @property
    def to_resident(self):
        return self.told_to_resident or self.happened


@KeptQuery
def referrals_of(message):
    referrals = Referral.objects.filter(submission=message).with_whether_back().order_by("pk")
    return referrals.select_related(
        "body", "assigned_to", "escalation", "matter_draft__escalation__created_by"
    )


@KeptQuery
def steps_of(message):
    steps = ReferralStep.objects.filter(referral__submission=message).order_by("pk")
    return steps.select_related("by", "waited_for")


@KeptQuery
def additions_of(message):
    return Addition.objects.filter(submission=message).order_by("pk")


@KeptQuery
def notices_of(message):
    return ReferralNotice.objects.filter(referral__submission=message).order_by("pk")


class Progress:
    """A submission as it stands now. Four queries, or five where a body of its way has closed."""

    @classmethod
    def begun(cls, submission, referrals, calendar):
        """A submission that was stored this moment, with its referrals and their bodies."""
        progress = cls.__new__(cls)
        progress.submission, progress.calendar = submission, calendar
        progress.today = timezone.localdate()
        progress.referrals, progress.steps, progress.additions = list(referrals), [], []
        progress.notices = []
        progress._names = {each.body_id: each.body.name for each in referrals if each.body}
        return progress

    def __init__(self, submission, *, today=None):
        self.submission = submission
        self.today = today or timezone.localdate()
        # Referrals last: so each step that was read has its own, whatever comes meanwhile.
        self.steps = steps_of(message=submission.pk)
        self.notices = notices_of(message=submission.pk)
        self.additions = additions_of(message=submission.pk)
        self.referrals = referrals_of(message=submission.pk)
        for each in (*self.referrals, *self.additions):
            each.submission = submission
        structure = structure_today()
        self.calendar = structure.calendar
        self._matters = matters_of(self.steps, self.referrals)
        self._names = named_of(self.referrals, self._matters.values(), structure)

    @property
    def leads(self):
        """The referrals to those who had to answer it, the first one first."""
        return [each for each in self.referrals if each.role == Role.LEAD]

    @property
    def lead(self):
        """The referral to the body that has it now; none if it is held or rejected."""
        return next(
            (each for each in reversed(self.leads) if each.status != ReferralStatus.REFERRED_ON),
            None,
        )

    @property
    def matter_draft(self):
        """What somebody is writing of it for a body above."""
        draft = getattr(self.lead, "matter_draft", None)
        return draft if draft and draft.escalation.status == EscalationStatus.DRAFT else None

    @property
    def copies(self):
        return [each for each in self.referrals if each.role == Role.COPY]

    @property
    def holder(self):
        """Who has it, as inside a sentence."""
        if self.together:
            return self.together.holder
        return self.called(self.lead) if self.lead else str(ENGAGEMENT_TEAM)

    @property
    def held_by(self):
        """The body that has it, where one has that is still there: its page says what it is."""
        if self.together:
            return self.together.held_by
        body = self.lead and self.lead.body
        return body if body and not body.has_ended_by(self.today) else None

    @property
    def copied_to(self):
        return [self.called(copy) for copy in self.copies]

    def called(self, referral, on=None):
        """Who has it, or had it on a day."""
        return called(referral.body, self._names.get(referral.body_id), on or self.today)

    @property
    def is_withdrawn(self):
        """Whether the words are gone: by the resident, for them, or because time was over."""
        return self.submission.is_gone

    @property
    def is_held(self):
        return self.submission.status == SubmissionStatus.HELD

    @property
    def is_rejected(self):
        return self.submission.status == SubmissionStatus.REJECTED

    @property
    def was_reopened(self):
        return any(step.kind == Kind.REOPENED for step in self.steps)

    @property
    def may_say_not_answered(self):
        lead = self.lead
        return lead is not None and lead.status == ReferralStatus.ANSWERED and not self.was_reopened

    @property
    def is_answered_for_good(self):
        """Whether there is an answer, and it cannot be said any more that it does not answer it."""
        return self.answer is not None and not self.may_say_not_answered

    @property
    def is_late(self):
        """Whether a day that was promised is past."""
        return any(clock.state == DueState.OVERDUE for clock in self.clocks())

    @property
    def question(self):
        """The step that asks the resident something, while it is open."""
        if self.lead is None or not self.lead.is_asked:
            return None
        return next((step for step in reversed(self.steps) if step.kind == Kind.ASKED), None)

    @cached_property
    def together(self):
        """The message with which this one is answered, as it stands; None if by itself."""
        main = self.submission.merged_into
        return Progress(main, today=self.today) if main and self.lead.is_merged else None

    @cached_property
    def matter(self):
        """What was put before a body above, as it stands; None if nothing was."""
        lead = self.together.lead if self.together else self.lead
        return Matter(lead.escalation, today=self.today) if lead and lead.escalation else None

    @property
    def answer(self):
        """The last step that answers, while it is answered."""
        if self.lead is None or self.lead.status not in {
            ReferralStatus.ANSWERED,
            ReferralStatus.CLOSED,
        }:
            return None
        return next((step for step in reversed(self.steps) if step.kind == Kind.ANSWERED), None)

    @property
    def answered_by(self):
        """Who gave the answer, by the name of that day."""
        by_pk = {each.pk: each for each in self.referrals}
        day = timezone.localdate(self.answer.at)
        return capital(self.called(by_pk[self.answer.referral_id], day))

    @property
    def seen(self):
        """How far it is; a page carries it, to know when it is stale.

        It is the number of the last step, and above that how many things its resident added: one
        never makes up for the other.
        """
        leads = {each.pk for each in self.leads}
        last = max((step.pk for step in self.steps if step.referral_id in leads), default=0)
        return last + len(self.additions) * ONE_ADDED

    @cached_property
    def explanation(self):
        """Why it went where it went first, and each time it was referred on."""
        if not self.leads:
            return [str(REJECTED if self.is_rejected else HELD)] if not self.is_withdrawn else []
        # Whoever may be in danger is not told first what their words sound like.
        with_guess = not self.submission.is_urgent
        return [
            sentence
            for lead in self.leads
            for sentence in sentences(lead.reason, with_guess=with_guess)
        ]

    @property
    def explained_further(self):
        """What else there is to know of how it was decided first."""
        if not self.leads:
            return []
        return details(self.leads[0].reason, with_guess=self.submission.is_urgent)

    def clocks(self):
        """Its deadlines with their sums, as long as they run."""
        if self.together:
            return self.together.clocks()
        lead = self.lead
        if lead is None or not lead.is_open or lead.paused_on:
            return []
        deadlines = [("Answer", lead.answer_by)]
        if lead.status == ReferralStatus.REFERRED:
            deadlines.insert(0, ("Acknowledge", lead.acknowledge_by))
        days = self.calendar
        return [
            Clock(
                label,
                days.sum_of(
                    lead.clock_started_on,
                    due,
                    paused_days=lead.paused_days if label == "Answer" else 0,
                ),
                days.due_state(due, self.today),
            )
            for label, due in deadlines
        ]

    def timeline(self):
        """Everything that happened, the first thing first."""
        by_pk = {each.pk: each for each in self.referrals}
        next_lead = {each.referred_from_id: each for each in self.leads}
        you_sent_it = Entry(
            self.submission.received_at, "Received", told_to_resident=_("You sent it")
        )
        entries = [you_sent_it]
        for step in self.steps:
            referral = by_pk[step.referral_id]
            if step.kind == Kind.REFERRED and referral.referred_from_id:
                continue  # told by the step before
            day = timezone.localdate(step.at)
            matter = self._matters.get(step.pk)
            body = doer_of(referral, matter, self._names, day)
            if referral.role == Role.COPY:
                entries.append(Entry(step.at, _("Copied to {body}").format(body=body)))
                continue
            to = next_lead.get(referral.pk)
            happened = happened_at(step, matter).format(body=body, to=to and self.called(to, day))
            entries.append(
                Entry(
                    step.at,
                    happened,
                    str(step.by or ""),
                    step.text_for_resident,
                    capital(str(told_to_resident_of(step, matter)).format(body=body)),
                )
            )
        entries += self.added()
        for each in self.notices:
            body = self.called(by_pk[each.referral_id], timezone.localdate(each.at))
            told = told_to_resident(each, body)
            entries.append(
                Entry(each.at, noticed(each, body), told_to_resident=told, for_resident=bool(told))
            )
        return sorted(entries, key=lambda entry: entry.at)

    def added(self):
        return [
            Entry(each.added_at, "Added to by the resident", "", each.message, _("You added to it"))
            for each in self.additions
        ]

    def said_since(self):
        """What the resident said after the message itself, the first thing first."""
        said = [
            Entry(step.at, str(HAPPENED[step.kind]), text=step.text_for_resident)
            for step in self.steps
            if step.kind in SAID_BY_RESIDENT
        ]
        return sorted([*said, *self.added()], key=lambda entry: entry.at)

    def timeline_for_resident(self):
        """The same without what only staff are told."""
        return [entry for entry in self.timeline() if entry.for_resident]


def matters_of(steps, referrals):
    """The matter of each step that escalated something, under its key, as far as it is known.

    A referral knows that of the last one; who escalates again writes down that of before.
    """
    latest, matters = {each.pk: each.escalation for each in referrals}, {}
    for step in reversed(steps):
        if step.kind == Kind.ESCALATED:
            matters[step.pk] = latest[step.referral_id]
            latest[step.referral_id] = step.waited_for
    return {step: matter for step, matter in matters.items() if matter}


def doer_of(referral, matter, names, day):
    """Who did it: who has the message, or where it was escalated, who raised the matter.

    That of its theme need not be the body that has it. `names` are by the keys of both.
    """
    body = referral.body
    by_itself = called(body, names.get(referral.body_id), day)
    if matter is None or body is None or matter.raising_body_id == body.pk:
        return by_itself
    holder = structure_on(day).holder_of(body)
    if holder is None or holder.pk == matter.raising_body_id:
        return by_itself
    return with_article(names[matter.raising_body_id])


def named_of(referrals, matters, structure=None):
    """The names of the bodies that have these referrals, or raised these matters."""
    bodies = {each.body_id for each in referrals if each.body_id}
    return names_of(bodies | {each.raising_body_id for each in matters}, structure)


def called(body, name, day):
    """A body as inside a sentence, or once it has closed, whoever has on a day what it had."""
    if body is None:
        return str(ENGAGEMENT_TEAM)
    if not body.has_ended_by(day):
        return with_article(name)
    holder = structure_on(day).holder_of(body)
    if holder is None:
        names = {"team": ENGAGEMENT_TEAM, "body": with_article(name)}
        return _("%(team)s (for %(body)s, which has closed)") % names
    names = {"holder": with_article(holder.name), "body": with_article(name)}
    return _("%(holder)s (for %(body)s, which it follows)") % names


# The numbers of the last steps, by message; what those did who were only told of it does not count.
LAST_STEPS = (
    ReferralStep.objects.filter(referral__role=Role.LEAD)
    .order_by()
    .values("referral__submission")
    .annotate(last=Max("pk"))
    .values("last")
)


# How many things its resident added to a message, and when the last one.
ADDED = Addition.objects.order_by().values("submission")
HOW_MANY_ADDED = ADDED.annotate(number=Count("pk")).values("number")
LAST_ADDED = ADDED.annotate(last=Max("added_at")).values("last")


def for_what_was_added(message):
    """What that adds to the number of the last step."""
    number = Subquery(HOW_MANY_ADDED.filter(submission=OuterRef(message)))
    return Coalesce(number, 0) * ONE_ADDED


def seen_of(message):
    """How far a message is, as `Progress.seen`, within the query that finds its referral."""
    last = Subquery(LAST_STEPS.filter(referral__submission=OuterRef(message)))
    return last + for_what_was_added(message)


def last_steps(submissions):
    """The last thing that happened to each of these messages, by their keys.

    Each has with it how far its message is, and when the resident added to that last.
    """
    found = ReferralStep.objects.filter(
        pk__in=LAST_STEPS.filter(referral__submission__in=submissions)
    ).annotate(
        seen=F("pk") + for_what_was_added("referral__submission"),
        added_at=Subquery(LAST_ADDED.filter(submission=OuterRef("referral__submission"))),
    )
    found = found.select_related("by", "referral__body", "referral__escalation")
    last = {each.referral.submission_id: each for each in found}
    referrals = [each.referral for each in last.values()]
    matters = matters_of(last.values(), referrals)
    names = named_of(referrals, matters.values())
    for each in last.values():
        each.matter, each.names = matters.get(each.pk), names
    return last


def what_happened(step):
    """The last of what happened as the beginning of a sentence; `step` is of `last_steps`."""
    if step.added_at and step.added_at > step.at:
        return f"The resident added to it on {moment(step.added_at)}"
    body = doer_of(step.referral, step.matter, step.names, timezone.localdate(step.at))
    deed = DEEDS[step.kind].format(body=body)
    return f"{step.by or 'The resident'} {deed} on {moment(step.at)}"
