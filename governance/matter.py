"""One matter with its steps, asked in memory: where it lies, the way it came, what its clock says.

Actions, permissions, mails and pages all ask here, so that none of them can tell another story.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import F
from django.utils import timezone

from governance.models import Body, ClockNotice, EscalationStep
from governance.structure import structure_on, structure_today
from governance.workflow import EscalationStatus
from governance.working_days import DueDay, short_day
from localities.day_field import in_words

Kind = EscalationStep.Kind
PORTAL = "The portal"  # which acts where the clock does

# The steps that take a matter one body further.
TRAVELS = {Kind.RAISED, Kind.PASSED_UP}

# Words in a body's name that make it “the”: the Executive Board, but Living Well.
NOUNS = {"board", "centre", "committee", "executive", "forum", "group", "network", "panel"}

# What someone did, after their name.
DEEDS = {
    Kind.RAISED: "raised it to {to}",
    Kind.ACCEPTED: "accepted it for {by}",
    Kind.PASSED_UP: "passed it up to {to}",
    Kind.SENT_BACK: "sent it back to {to} with a question",
    Kind.ANSWERED: "answered the question for {by}",
    Kind.RESOLVED: "resolved it for {by}",
    Kind.WITHDRAWN: "withdrew it for {by}",
    Kind.REOPENED: "reopened it for {by}",
    Kind.MOVED: "moved it on to {to}",
}

# What happened, on the timeline.
HAPPENED = {
    Kind.RAISED: "Raised by {by} to {to}",
    Kind.ACCEPTED: "Accepted by {by}",
    Kind.PASSED_UP: "Passed up by {by} to {to}",
    Kind.SENT_BACK: "Sent back by {by} to {to}, with a question",
    Kind.ANSWERED: "Answered by {by}, before {to} again",
    Kind.RESOLVED: "Resolved by {by}",
    Kind.WITHDRAWN: "Withdrawn by {by}",
    Kind.REOPENED: "Reopened by {by}, before {to} again",
    Kind.MOVED: "Moved on from {by}, which has closed, to {to}, which follows it",
}

# What the portal did of itself as the clock ran, on the timeline.
NOTICED = {
    ClockNotice.Kind.REMINDED: "Reminder to {body}: it was to {do} by {due}",
    ClockNotice.Kind.TOLD: "Told {body}, a body above: {holder} was to {do} by {due}",
    ClockNotice.Kind.RECKONED: "The day by which {body} is to {do} is now {due}, not {was_due}",
}
TO_DO = {
    ClockNotice.Clock.ACKNOWLEDGE: "acknowledge it",
    ClockNotice.Clock.ANSWER: "answer it",
}

# Where it stands, for its page.
STANDS = {
    EscalationStatus.DRAFT: "This is a draft. Nobody has been told of it.",
    EscalationStatus.RAISED: "It lies before {holder}, and waits to be accepted.",
    EscalationStatus.ACCEPTED: "It lies before {holder}, accepted, and waits for an answer.",
    EscalationStatus.SENT_BACK: "It is back before {holder}, which has a question to answer.",
    EscalationStatus.RESOLVED: "It has been resolved by {holder}.",
    EscalationStatus.WITHDRAWN: "It has been withdrawn by {raising_body}.",
}


class Matter:
    """An escalation as it stands now, with all that happened to it.

    A body that has closed gives its place to the one that follows it, by date alone. The next step
    records that, and from then on the matter follows the lines of that day.
    """

    def __init__(self, escalation, *, today=None):
        self.escalation = escalation
        self.today = today or timezone.localdate()
        self.steps = list(escalation.steps.select_related("by", "line"))
        self.notices = list(escalation.notices.order_by("pk"))
        pks = {escalation.raising_body_id, escalation.current_body_id}
        pks.update(notice.body_id for notice in self.notices)
        for step in self.steps:
            pks |= {step.from_body_id, step.to_body_id}
        structure = structure_today()
        self.calendar = structure.calendar
        bodies = named_bodies(pks, structure)
        bodies |= self._followers(bodies.values())
        escalation.raising_body = bodies[escalation.raising_body_id]
        escalation.current_body = bodies[escalation.current_body_id]
        for step in self.steps:
            step.from_body = bodies[step.from_body_id]
            step.to_body = bodies[step.to_body_id]
        for notice in self.notices:
            notice.body = bodies[notice.body_id]

    def _followers(self, bodies):
        """Who follows those that have closed, also under the key of the one that it follows."""
        closed = [body.pk for body in bodies if body.has_ended_by(self.today)]
        if not closed:
            self._holders = {}
            return {}
        structure = structure_on(self.today)
        followers = {pk: each.pk for pk in closed if (each := structure.holder_of(pk))}
        found = named_bodies(set(followers.values()))
        self._holders = {pk: found[follower] for pk, follower in followers.items()}
        return found

    def now(self, body):
        """The body itself, or once it has closed, the one that follows it."""
        return self._holders.get(body.pk, body)

    @property
    def raising_body(self):
        return self.now(self.escalation.raising_body)

    @property
    def holder(self):
        """The body before which it lies; there is exactly one."""
        return self.now(self.escalation.current_body)

    @property
    def is_to_move(self):
        """Whether its holder follows a closed body, and no step has said so yet."""
        return self.holder != self.escalation.current_body

    @property
    def was_raised(self):
        return self.escalation.raised_on is not None

    @cached_property
    def _way(self):
        """The path as it is recorded, with bodies on it that may have closed since."""
        way = [self.escalation.raising_body]
        for step in self.steps:
            go_on(way, step)
        return way

    @property
    def path(self):
        """The bodies from the one that raised it to the highest it has reached."""
        return self._as_of_now(self._way)

    @property
    def came_to(self):
        """Every body that was ever given or told of it, by primary key, and who follows those."""
        recorded = {self.escalation.raising_body.pk, *(step.to_body.pk for step in self.steps)}
        recorded.update(notice.body.pk for notice in self.notices)
        return recorded | {body.pk for body in self.path}

    @property
    def way_here(self):
        """The part of the path that ends with its holder."""
        asked = [step.kind for step in self.steps if step.kind in {Kind.SENT_BACK, Kind.ANSWERED}]
        is_back = asked[-1:] == [Kind.SENT_BACK]
        return self._as_of_now(self._way[:-1] if is_back else self._way)

    def _as_of_now(self, way):
        """Who has the places of a way now; neighbours may have become one body."""
        return [body for body, _ in groupby(self.now(body) for body in way)]

    @property
    def acting_body(self):
        """The body whose officers act on it now."""
        return acting_body(self.way_here, self.today)

    @property
    def came_from(self):
        """The body from which its holder has it; none while it lies where it was raised."""
        return self.way_here[-2] if len(self.way_here) > 1 else None

    @property
    def raised_by_id(self):
        """Who raised it, or whose draft it is."""
        raised = (step.by_id for step in self.steps if step.kind == Kind.RAISED)
        return next(raised, self.escalation.created_by_id)

    @property
    def last_step(self):
        return self.steps[-1] if self.steps else None

    @property
    def was_reopened(self):
        return any(step.kind == Kind.REOPENED for step in self.steps)

    @property
    def question(self):
        """The step that asks, while it is sent back."""
        is_sent_back = self.escalation.status == EscalationStatus.SENT_BACK
        return self.last_step if is_sent_back else None

    @property
    def outcome(self):
        """The step that resolved it, while it is resolved."""
        is_resolved = self.escalation.status == EscalationStatus.RESOLVED
        return self.last_step if is_resolved else None

    @cached_property
    def last_change(self):
        """The newest row of its history. A page carries its number, to know when it is stale."""
        return self.escalation.history.select_related("history_user").first()

    @property
    def seen(self):
        return self.last_change.history_id if self.last_change else None

    @property
    def lines_of(self):
        """The day whose lines it follows: the one it was raised or last moved on, or today."""
        if self.is_to_move or not self.was_raised:
            return self.today
        moved = (step.at for step in reversed(self.steps) if step.kind == Kind.MOVED)
        at = next(moved, None)
        return timezone.localdate(at) if at else self.escalation.raised_on

    @property
    def why_lines_of(self):
        """What that day is, as the end of a sentence."""
        if self.is_to_move:
            closed = with_article(self.escalation.current_body.name)
            return f"as {closed} has closed since it was raised"
        if self.lines_of == self.escalation.raised_on:
            return "the day it was raised"
        return "the day it moved on from a body that had closed"

    @cached_property
    def structure(self):
        """The structure whose lines it follows."""
        return structure_on(self.lines_of)

    @property
    def lines_up(self):
        """The lines on which it may be raised or passed up from where it lies."""
        return self.structure.lines_up(self.holder, "escalates_to")

    @property
    def ways_on(self):
        """Each way it can still go, as a tuple of lines."""
        return self.structure.ways_up(self.holder)

    @property
    def stands(self):
        """Where it stands, in a sentence."""
        return STANDS[self.escalation.status].format(
            holder=with_article(self.holder.name),
            raising_body=with_article(self.raising_body.name),
        )

    @property
    def who_acts(self):
        """Whose officers act on it now, in a sentence."""
        acting = with_article(self.acting_body.name)
        if self.acting_body == self.holder and self.is_to_move:
            closed = with_article(self.escalation.current_body.name)
            return f"The officers of {acting} act on it for {closed}, which it follows."
        if self.acting_body == self.holder:
            return f"The officers of {acting} act on it."
        holder = capital(with_article(self.holder.name))
        if self.holder.has_ended_by(self.today):
            return (
                f"{holder} has closed and no body follows it: the officers of {acting} record "
                "what comes of it."
            )
        return f"{holder} has no officers here: those of {acting} record what comes of it."

    def what_happened(self):
        """The last thing that happened to it, as the end of a sentence."""
        step = self.last_step
        if step is None:
            change = self.last_change
            who = change.history_user or "someone"
            return f"{who} changed the draft on {moment(change.history_date)}"
        deed = DEEDS[step.kind].format(
            by=with_article(step.from_body.name), to=with_article(step.to_body.name)
        )
        return f"{step.by or PORTAL} {deed} on {moment(step.at)}"

    def clocks(self):
        """Its deadlines with their sums, whether they run, stand still or are over."""
        escalation = self.escalation
        acknowledging = escalation.status == EscalationStatus.RAISED
        deadlines = (
            ("Acknowledge", escalation.acknowledge_by, 0, acknowledging),
            ("Answer", escalation.answer_by, escalation.paused_days, escalation.is_open),
        )
        return [
            Clock(
                label,
                self.calendar.sum_of(escalation.clock_started_on, due, paused_days=paused_days),
                clock_state(escalation, due, self.today, self.calendar) if runs else "done",
            )
            for label, due, paused_days, runs in deadlines
            if due
        ]

    def timeline(self):
        """Every step and every notice with the words for it, the first one first."""
        way, entries = [self.escalation.raising_body], []
        for step in self.steps:
            entries.append(Entry(step, self._recorder(step, way)))
            go_on(way, step)
        entries += [Noticed(notice, self._holder_at(notice.at)) for notice in self.notices]
        return sorted(entries, key=lambda entry: entry.at)

    def _holder_at(self, at):
        """Before whom it lay at a moment."""
        steps = (step.to_body for step in reversed(self.steps) if step.at <= at)
        return next(steps, self.escalation.raising_body)

    def _recorder(self, step, way):
        """The body whose officers recorded what a body without officers here did; mostly none."""
        if step.from_body not in way or step.kind == Kind.MOVED:
            return None
        last = len(way) - way[::-1].index(step.from_body)
        recorder = acting_body(way[:last], timezone.localdate(step.at))
        return None if recorder == step.from_body else recorder


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline of a matter with its sum, and how near it is."""

    label: str
    sum: DueDay
    state: str

    @property
    def due(self):
        return self.sum.due

    @property
    def runs(self):
        return self.state not in {"paused", "done"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as the timeline tells it."""

    step: EscalationStep
    recorded_by: Body | None

    @property
    def at(self):
        return self.step.at

    @property
    def by(self):
        return self.step.by or PORTAL

    @property
    def happened(self):
        return HAPPENED[self.step.kind].format(
            by=with_article(self.step.from_body.name), to=with_article(self.step.to_body.name)
        )


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the portal did of itself, as the timeline tells it."""

    notice: ClockNotice
    holder: Body

    @property
    def at(self):
        return self.notice.at

    @property
    def by(self):
        return PORTAL

    @property
    def because(self):
        return self.notice.because

    @property
    def happened(self):
        notice = self.notice
        return NOTICED[notice.kind].format(
            body=with_article(notice.body.name),
            holder=with_article(self.holder.name),
            do=TO_DO[notice.clock],
            due=short_day(notice.due),
            was_due=notice.was_due and short_day(notice.was_due),
        )


def go_on(way, step):
    """Take the bodies of a way one step further."""
    if step.kind in TRAVELS:
        way.append(step.to_body)
    elif step.kind == Kind.MOVED and step.from_body in way:
        way[len(way) - 1 - way[::-1].index(step.from_body)] = step.to_body
    elif step.kind == Kind.SENT_BACK and len(way) > 1:
        way[-2] = step.to_body
    elif step.kind == Kind.ANSWERED:
        way[-1] = step.to_body


def acting_body(way, day):
    """The body whose officers act for the last one of a way.

    Bodies outside the partnership have no officers here, nor has a closed one that nobody follows:
    those of the body below act for them.
    """
    able = (
        body
        for body in reversed(way)
        if not body.kind.outside_partnership and not body.has_ended_by(day)
    )
    return next(able, way[0])


def clock_state(escalation, due, today, days):
    """How near a due day is by the calendar `days`, or that the clock stands still."""
    if escalation.status == EscalationStatus.SENT_BACK:
        return "paused"
    return days.due_state(due, today)


def named_bodies(pks, structure=None):
    """Bodies by primary key, read afresh, each with its kind and its name."""
    bodies = Body.objects.select_related("kind").in_bulk(pks)
    for pk, name in names_of(pks, structure).items():
        bodies[pk].name = name
    return bodies


def names_of(bodies, structure=None, *, short=False):
    """What bodies are called today, or were called last, by primary key.

    Whoever holds the structure of today already gives it.
    """
    structure = structure or structure_today()
    names = {pk: on_day for pk in bodies if (on_day := structure.body(pk))}
    names = {pk: (each.short_name if short else each.name) for pk, each in names.items()}
    if closed := set(bodies) - set(names):
        # The newest name comes last, and stays.
        former = Body.objects.filter(pk__in=closed).order_by(
            F("names__start_date").asc(nulls_first=True), "names"
        )
        for pk, slug, name, short_name in former.values_list(
            "pk", "slug", "names__name", "names__short_name"
        ):
            names[pk] = (short_name if short else "") or name or slug
    return names


def with_article(name):
    """“the Executive Board”, “Living Well”: a body's name inside a sentence."""
    words = {word.strip("(),&").lower() for word in name.split()}
    needs_it = words & NOUNS and not name.lower().startswith("the ")
    return f"the {name}" if needs_it else name


def capital(words):
    """With a capital at the start of a sentence."""
    return words[:1].upper() + words[1:]


def moment(at):
    """22 November 2026 at 14:05, London time."""
    at = timezone.localtime(at)
    return f"{in_words(at.date())} at {at:%H:%M}"
