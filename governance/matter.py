"""One matter with its steps, asked in memory: where it lies, the way it came, what its clock says.

Actions, permissions, mails and pages all ask here, so that none of them can tell another story.
"""

from functools import cached_property
from itertools import groupby

from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.utils import timezone

from governance.deadlines import Clock, clock_state
from governance.matter_in_words import MatterInWords
from governance.models import (
    Body,
    ClockNotice,
    Decision,
    Escalation,
    EscalationFile,
    EscalationStep,
)
from governance.names import named_bodies
from governance.structure import ALIGNED_WITH, structure_on, structure_today
from governance.telling import with_article
from governance.way import (
    ASKS,
    BROUGHT,
    SETS_LINES,
    SETTLES,
    TAKES_IN_HAND,
    TRAVELS,
    Kind,
    acting_body,
    go_on,
    views_asked,
)
from governance.way_up import reached
from governance.workflow import EscalationStatus
from localities.kept_query import KeptQuery, any_of

BESIDE = 50  # matters before the same body that are offered to be merged into


@KeptQuery
def steps_of(matter):
    steps = EscalationStep.objects.filter(escalation=matter)
    return steps.select_related("by", "line", "other_matter")


@KeptQuery
def notices_of(matter):
    return ClockNotice.objects.filter(escalation=matter).order_by("pk")


@KeptQuery
def files_of(matter):
    return EscalationFile.objects.filter(escalation=matter).select_related("document", "added_by")


@KeptQuery
def others_before(bodies, matter):
    """Other matters that lie before these bodies and could go on for it too, the newest first."""
    found = Escalation.objects.open().filter(
        any_of("current_body", bodies),
        status__in=(EscalationStatus.RAISED, EscalationStatus.ACCEPTED),
    )
    return found.exclude(pk=matter).only("title", "created_on").order_by("-pk")[:BESIDE]


@KeptQuery
def others_brought_to(bodies, by, matter):
    """The same of those that the bodies `by` brought to these, and on which they act there."""
    brought = EscalationStep.objects.filter(
        any_of("from_body", by),
        any_of("to_body", bodies),
        escalation=OuterRef("pk"),
        kind__in=TRAVELS,
    )
    found = Escalation.objects.open().filter(
        Exists(brought.order_by()),
        any_of("current_body", bodies),
        status__in=(EscalationStatus.RAISED, EscalationStatus.ACCEPTED),
    )
    return found.exclude(pk=matter).only("title", "created_on").order_by("-pk")[:BESIDE]


def as_told(decisions):
    """The first of these with its meeting, and its body by name."""
    told = decisions.select_related("meeting")
    return told.prefetch_related(Prefetch("body", Body.objects.named())).first()


@KeptQuery
def with_last_change(year, number):
    """The matter of a reference with the number of its last change, for a page that carries it."""
    found = Escalation.objects.filter(pk=number, created_on__year=year)
    changes = Escalation.history.filter(id=OuterRef("pk")).values("history_id")[:1]
    return found.annotate(seen=Subquery(changes))


class Matter(MatterInWords):
    """An escalation as it stands now, with all that happened to it.

    A body that has closed gives its place to the one that follows it, by date alone. The next step
    records that, and from then on the matter follows the lines of that day.
    """

    def __init__(self, escalation, *, today=None):
        self.escalation = escalation
        self.today = today or timezone.localdate()
        self.steps = steps_of(matter=escalation.pk)
        self.notices = notices_of(matter=escalation.pk)
        for each in (*self.steps, *self.notices):
            each.escalation = escalation
        pks = {escalation.raising_body_id, escalation.current_body_id}
        pks.update(notice.body_id for notice in self.notices)
        for step in self.steps:
            pks |= {step.from_body_id, step.to_body_id}
            pks |= {step.consulted_body_id, step.wanted_body_id} - {None}
        self.structure_now = structure = structure_today()
        self.calendar = structure.calendar
        bodies = named_bodies(pks, structure)
        bodies |= self._followers(bodies.values())
        escalation.raising_body = bodies[escalation.raising_body_id]
        escalation.current_body = bodies[escalation.current_body_id]
        for step in self.steps:
            step.from_body = bodies[step.from_body_id]
            step.to_body = bodies[step.to_body_id]
            if step.consulted_body_id:
                step.consulted_body = bodies[step.consulted_body_id]
            if step.wanted_body_id:
                step.wanted_body = bodies[step.wanted_body_id]
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
    def consulted(self):
        """The bodies whose view was asked for, once each, the first one first."""
        asked = (self.now(step.consulted_body) for step in self.steps if step.consulted_body)
        return list(dict.fromkeys(asked))

    def has_to_read(self, body):
        """Whether a body has it to read already, and so is not asked for its view."""
        return body in self.path or body in self.consulted

    def view_asked_of(self, standing):
        """The step by which the view of a body was asked that someone sits on.

        None once that body has said something since or has the matter, and of what is closed.
        """
        asked = [each for each in self.views_asked if each.consulted_body.pk in standing.sits_on]
        return asked[-1] if asked else None

    @property
    def views_asked(self):
        """The steps that ask for a view which is not given yet, while it is open."""
        if not self.escalation.is_open:
            return []
        return [each for each in self._asked if self.now(each.consulted_body) != self.holder]

    @cached_property
    def _asked(self):
        """The same by its steps alone: a page asks it for each move that it may offer."""
        return list(views_asked(self.steps, self.structure_now.in_place_of).values())

    @cached_property
    def concerns(self):
        """Every body, by primary key, that was ever given or told of it, or asked for its view.

        And those of the matters that were merged into it, and into those before.
        """
        known = {self.escalation.raising_body.pk, *(step.to_body.pk for step in self.steps)}
        known |= {body.pk for body in (*self.path, *self.consulted)}
        known |= {step.consulted_body_id for step in self.steps}
        known |= {notice.body.pk for notice in self.notices}
        if self.took_in:
            known |= set(self.escalation.readers.values_list("body", flat=True))
        return known - {None}

    @property
    def took_in(self):
        """The matters about the same thing that were merged into it, as their steps name them."""
        return [step.other_matter for step in self.steps if step.kind == Kind.TOOK_IN]

    @property
    def went_into(self):
        """The matter into which it was merged."""
        merged = (step.other_matter for step in reversed(self.steps) if step.kind == Kind.MERGED)
        return next(merged, None)

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
        """The body whose officers act on it now.

        Where nobody is left below to answer a question, that is for who asked it.
        """
        acting = acting_body(self.way_here, self.today)
        return acting_body(self.path, self.today) if acting.has_ended_by(self.today) else acting

    @property
    def came_from(self):
        """The body from which its holder has it; none while it lies where it was raised."""
        return self.way_here[-2] if len(self.way_here) > 1 else None

    @property
    def can_ask_back(self):
        """Whether it came from another body for which somebody is left to answer."""
        below = self.way_here[:-1]
        return bool(below) and not acting_body(below, self.today).has_ended_by(self.today)

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
    def held_by(self):
        """Who has it, as inside a sentence."""
        return with_article(self.holder.name)

    @property
    def question(self):
        """The step that asks, while it is sent back."""
        is_sent_back = self.escalation.status == EscalationStatus.SENT_BACK
        asked = (step for step in reversed(self.steps) if step.kind == Kind.SENT_BACK)
        return next(asked) if is_sent_back else None

    @property
    def answer(self):
        """The step that answers the last question, until the matter goes on."""
        if self.escalation.status != EscalationStatus.ACCEPTED:
            return None
        last = next(each for each in reversed(self.steps) if each.kind in TAKES_IN_HAND)
        return last if last.kind == Kind.ANSWERED else None

    @property
    def brought_by(self):
        """The step that brought it to its holder and says why, while that has it to settle."""
        if self.escalation.status not in {EscalationStatus.RAISED, EscalationStatus.ACCEPTED}:
            return None
        brings = TRAVELS | BROUGHT
        last = next((step for step in reversed(self.steps) if step.kind in brings), None)
        return last if last and last.kind in BROUGHT and last.note else None

    @property
    def exception_asked(self):
        """The step that asks for it to be sent out of line, until it is answered or has gone on."""
        if not self.escalation.is_open:
            return None
        last = (step for step in reversed(self.steps) if step.kind in {ASKS, *SETTLES})
        step = next(last, None)
        return step if step and step.kind == ASKS else None

    @property
    def outcome(self):
        """The step that settled it, or that settled the matter it went into, while that holds."""
        if self.escalation.decision_id is None:
            return None
        return next(step for step in reversed(self.steps) if step.kind == Kind.RESOLVED)

    @cached_property
    def decision(self):
        """What came of it; none while nothing has."""
        if self.escalation.decision_id is None:
            return None
        return as_told(Decision.objects.filter(pk=self.escalation.decision_id))

    @cached_property
    def decision_before_reopening(self):
        """What it had come to before, as its history alone knows; the actions of that go on."""
        if not self.was_reopened:
            return None
        was = Escalation.history.filter(id=self.escalation.pk, decision__isnull=False)
        was = was.exclude(decision=self.escalation.decision_id).order_by("-history_date")
        return as_told(Decision.objects.filter(pk__in=was.values("decision")[:1]))

    @cached_property
    def files(self):
        """The files that go with it, the oldest first."""
        return files_of(matter=self.escalation.pk)

    @cached_property
    def beside(self):
        """The matters that lie before the same body and could go on for both, the newest first.

        Before a body without officers here also lie those of others, who act on theirs: nothing is
        said of them.
        """
        structure, matter = structure_on(self.today), self.escalation.pk
        bodies, acting = (
            tuple(sorted({body.pk, *structure.followed_by(body)}))
            for body in (self.holder, self.acting_body)
        )
        if acting == bodies:
            return others_before(bodies=bodies, matter=matter)
        return others_brought_to(bodies=bodies, by=acting, matter=matter)

    @property
    def voices(self):
        """The bodies whose people may speak to it: those on its way, the holder first, and others.

        The others are those whose view was asked for. Where it is not given yet, they come before
        those below: who sits on both gives it.
        """
        asked = [self.now(each.consulted_body) for each in self.views_asked]
        return [self.holder, *asked, *self.way_here[::-1], *self.path[::-1], *self.consulted]

    @cached_property
    def last_change(self):
        """The newest row of its history. A page carries its number, to know when it is stale."""
        return self.escalation.history.select_related("history_user").first()

    @property
    def seen(self):
        """The number of its last change; it may have come with the matter."""
        if hasattr(self.escalation, "seen"):
            return self.escalation.seen
        return self.last_change.history_id if self.last_change else None

    @property
    def lines_of(self):
        """The day whose lines it follows: the one it was raised, moved on or re-based, or today."""
        if self.is_to_move or not self.was_raised:
            return self.today
        step = self._set_lines
        return timezone.localdate(step.at) if step else self.escalation.raised_on

    @property
    def _set_lines(self):
        """The last step from which on it follows the lines of another day, if there is one.

        Also an answer moves it on, where the body that asked has closed meanwhile.
        """
        found = asked_by = None
        for step in self.steps:
            if step.kind == Kind.SENT_BACK:
                asked_by = step.from_body
            moves_on = step.kind == Kind.ANSWERED and step.to_body != asked_by
            if moves_on or step.kind in SETS_LINES:
                found = step
        return found

    @property
    def why_lines_of(self):
        """What that day is, as the end of a sentence."""
        if self.is_to_move:
            closed = with_article(self.escalation.current_body.name)
            return f"as {closed} has closed since it was raised"
        if not self._set_lines:
            return "the day it was raised"
        if self._set_lines.kind == Kind.REBASED:
            return "the day it was re-based"
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
    def lines_on(self):
        """Those of them that lead on to a body that is there today."""
        above = {line: self.structure_now.holder_of(line.to_body) for line in self.lines_up}
        return [line for line, body in above.items() if body and body.pk != self.holder.pk]

    @cached_property
    def is_off_todays_way(self):
        """Whether it is on its way, and today's lines would lead it another."""
        if not self.escalation.is_open:
            return False
        of_today = reached(structure_on(self.today), self.holder)
        return ends_of(reached(self.structure, self.holder)) != ends_of(of_today)

    @property
    def aligned(self):
        """The lines to or from bodies that its holder is aligned with, by the key of the body."""
        return {
            line.to_body.pk if line.from_body.pk == self.holder.pk else line.from_body.pk: line
            for line in (
                *self.structure.lines_up(self.holder, ALIGNED_WITH),
                *self.structure.lines_down(self.holder, ALIGNED_WITH),
            )
        }

    @property
    def to_consult(self):
        """The aligned bodies that are no part of it yet, each as it was on the day of its lines.

        But for those that have closed since.
        """
        known = {body.pk for body in (*self.path, *self.consulted)}
        there = [pk for pk in self.aligned if pk not in known and self.structure_now.body(pk)]
        bodies = (self.structure.body(pk) for pk in there)
        return sorted(bodies, key=lambda body: body.name)

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


def ends_of(lines):
    """Which bodies lines lead to from which, whatever else is known of them."""
    return {(line.from_body.pk, line.to_body.pk) for line in lines}
