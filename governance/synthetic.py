"""Made-up matters in any number, to measure pages with. They are written past the deeds."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from django.utils import timezone

from governance import tallies
from governance.models import (
    Body,
    Escalation,
    EscalationReader,
    EscalationStep,
    EscalationWords,
    User,
)
from governance.structure import ESCALATES_TO, structure_today
from governance.way import TRAVELS
from governance.workflow import OPEN_STATUSES, EscalationStatus
from localities import bulk

WHO = "synthetic"
CHUNK = 20_000  # matters
YEARS = 5  # over which they are spread
OPEN_OF_THE_NEWEST = 0.7  # of a tenth; of those before them, a hundredth is open

COMMON, MIDDLING, SELDOM, RARE = "appointment", "wheelchair", "chiropodist", "zither"
SYLLABLES = "ba de fi go hu la me ni po ru sa te vi wo zu kar len mol nis pry".split()
STEP = EscalationStep.Kind
GIVEN = ("acknowledge_days", "answer_days")
DAYS_TAKEN = (0, 1, 1, 2, 3, 5, 8)  # from one step to the next
# The status in which a step leaves a matter.
LEFT = {
    STEP.RAISED: EscalationStatus.RAISED,
    STEP.ACCEPTED: EscalationStatus.ACCEPTED,
    STEP.PASSED_UP: EscalationStatus.RAISED,
    STEP.SENT_BACK: EscalationStatus.SENT_BACK,
    STEP.RESOLVED: EscalationStatus.RESOLVED,
    STEP.WITHDRAWN: EscalationStatus.WITHDRAWN,
}
# What has happened to matters, each as often as it stands here.
TAKEN_UP = (STEP.RAISED, STEP.ACCEPTED)
FURTHER_UP = (*TAKEN_UP, STEP.PASSED_UP)
OPEN = (
    *[(STEP.RAISED,)] * 3,
    *[TAKEN_UP] * 4,
    (*TAKEN_UP, STEP.SENT_BACK),
    FURTHER_UP,
    (*FURTHER_UP, STEP.ACCEPTED),
)
DONE = (
    *[(*TAKEN_UP, STEP.RESOLVED)] * 7,
    *[(*FURTHER_UP, STEP.ACCEPTED, STEP.RESOLVED)] * 2,
    (STEP.RAISED, STEP.WITHDRAWN),
)
# What is written for them.
WRITTEN = (
    Escalation,
    EscalationStep,
    EscalationReader,
    EscalationWords,
    Escalation.history.model,
)


class Words:
    """Made-up texts with few words that are common and many that are not, as in any language.

    A third holds COMMON, a hundredth MIDDLING, a thousandth SELDOM; RARE is in 20 of any number.
    """

    def __init__(self, chance, number):
        self.chance = chance
        self.known = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES[:10]]
        total, self.weights = 0, []
        for rank in range(1, len(self.known) + 1):
            total += 1 / (rank + 2)
            self.weights.append(total)
        self.rare_every = max(1, number // 20)

    def of(self, n, length):
        words = self.chance.choices(self.known, cum_weights=self.weights, k=length)
        for word, share in ((COMMON, 1 / 3), (MIDDLING, 0.01), (SELDOM, 0.001)):
            if self.chance.random() < share:
                words.append(word)
        if n % self.rare_every == 0:
            words.append(RARE)
        return " ".join(words)


def author():
    """Who has done all this; nobody can sign in as them."""
    person, made = User.objects.get_or_create(username=WHO, defaults={"is_active": False})
    if made:
        person.set_unusable_password()
        person.save()
    return person


def days(number, today):
    """The day of each of `number` events in the last years, the oldest first."""
    first = today - timedelta(days=365 * YEARS)
    return (first + timedelta(days=(n + 1) * 365 * YEARS // number) for n in range(number))


def is_open(chance, n, number):
    return chance.random() < (OPEN_OF_THE_NEWEST if n >= 0.9 * number else 0.01)


def make_matters(number, *, progress=lambda done: None):
    """Write so many matters that went up the lines of today, with their steps and counts."""
    chance = random.Random(number)
    today = timezone.localdate()
    make = Maker(chance, structure_today(), author().pk, number, today)
    first = bulk.next_key(Escalation)
    made = (make.matter(first + n, n, day) for n, day in enumerate(days(number, today)))
    with bulk.unindexed(*WRITTEN, rows=number):
        while chunk := list(islice(made, CHUNK)):
            write_matters(chunk, make.outside)
            progress(len(chunk))
    tallies.write(tallies.counts() + make.counted)
    bulk.go_on_after(Escalation, EscalationStep, EscalationReader, Escalation.history.model)


class Maker:
    """Makes matters up, with what happened to each, and counts that."""

    def __init__(self, chance, structure, by, number, today):
        self.chance, self.structure, self.calendar = chance, structure, structure.calendar
        self.lines = [line for line in structure.lines if line.kind == ESCALATES_TO]
        if not self.lines:
            raise ValueError("The structure of today has no line on which a matter can be raised.")
        self.by, self.number, self.today = by, number, today
        self.words, self.categories = Words(chance, number), Escalation.Category.values
        self.given = {pk: given for pk, *given in Body.objects.values_list("pk", *GIVEN).order_by()}
        self.outside = {body.pk for body in structure.bodies if body.outside_partnership}
        self.counted = Counter()

    def matter(self, key, n, day):
        chance, line = self.chance, self.chance.choice(self.lines)
        courses = OPEN if is_open(chance, n, self.number) else DONE
        if not self.structure.bodies_above(line.to_body):
            courses = [course for course in courses if STEP.PASSED_UP not in course]
        steps, stands = self.went(chance.choice(courses), line, day)
        for _, counted in tallies.measured(steps, self.structure.calendar_at):
            self.counted.update(counted)
        row = {
            "id": key,
            "title": f"Synthetic {key}: {self.words.of(n, 5)}"[:120],
            "category": chance.choice(self.categories),
            "situation": self.words.of(n, 40),
            "asked": self.words.of(n, 10),
            "tried": "",
            "raising_body": line.from_body.pk,
            **stands,
            "created_by": self.by,
            "created_on": iso(day),
            "raised_on": iso(day),
            "sending_key": f"synthetic-{key}",
        }
        return row, steps

    def went(self, course, line, day):
        """The steps of a matter that was raised on a line, and how they leave it."""
        way, steps, paused_on = [line.from_body.pk], [], None
        for kind in course:
            from_body = way[-1]
            if kind in TRAVELS:
                if kind == STEP.PASSED_UP:
                    line = self.chance.choice(self.structure.lines_up(from_body, ESCALATES_TO))
                way.append(line.to_body.pk)
                started, clock = day, self.clock(way[-1], day)
            if kind == STEP.SENT_BACK:
                paused_on = day
            status = LEFT[kind]
            holder = way[-2] if kind == STEP.SENT_BACK else way[-1]
            steps.append(
                Happened(
                    str(kind),
                    moment(day),
                    way[0] if kind == STEP.WITHDRAWN else from_body,
                    holder,
                    line.pk if kind in TRAVELS else None,
                    clock["answer_by"] if status in OPEN_STATUSES else None,
                )
            )
            day = min(day + timedelta(days=self.chance.choice(DAYS_TAKEN)), self.today)
        return steps, {
            "status": str(status),
            "current_body": holder,
            "clock_started_on": iso(started),
            **clock,
            "paused_on": paused_on and iso(paused_on),
        }

    def clock(self, body, day):
        """The days that a body is given, and on which it then has to acknowledge and to answer."""
        acknowledge_days, answer_days = self.given[body]
        return {
            "acknowledge_days": acknowledge_days,
            "answer_days": answer_days,
            "acknowledge_by": iso(self.calendar.due_day(day, acknowledge_days).due),
            "answer_by": iso(self.calendar.due_day(day, answer_days).due),
        }


class Happened(NamedTuple):
    """One thing that happened to a matter, as `tallies.measured` reads it."""

    kind: str
    at: datetime
    from_body_id: int
    to_body_id: int
    line: int | None
    answer_by: str | None


def write_matters(matters, outside):
    """Write these matters, each a row and its steps, with who reads them; `outside` are bodies."""
    rows = [row for row, _ in matters]
    fields = list(rows[0])
    kept = [name for name in fields if name != "sending_key"]
    bulk.write(Escalation, fields, (row.values() for row in rows))
    bulk.write(
        EscalationStep,
        ["escalation", "kind", "at", "by", "from_body", "to_body", "line", "note", "answer_by"],
        (step for row, steps in matters for step in steps_of(row, steps)),
    )
    bulk.write(
        EscalationReader,
        [
            "escalation",
            "body",
            "raising_body",
            "current_body",
            "category",
            "status",
            "due_on",
            "holds",
        ],
        (
            (
                row["id"],
                body,
                row["raising_body"],
                row["current_body"],
                row["category"],
                row["status"],
                due_on(row),
                int(body in acting(row, steps, outside)),
            )
            for row, steps in matters
            for body in {row["raising_body"], *(step.to_body_id for step in steps)}
        ),
    )
    bulk.write(
        Escalation.history.model,
        [*kept, "history_date", "history_type", "history_user", "history_change_reason"],
        (
            [*(row[name] for name in kept), noon(row["raised_on"]), "+", row["created_by"], "S"]
            for row in rows
        ),
    )
    bulk.write_words(
        EscalationWords,
        Escalation,
        "title || ' ' || situation || ' ' || asked",
        from_key=rows[0]["id"],
    )


def acting(row, steps, outside):
    """The bodies before which a matter lies: its holder, or who took it to one outside."""
    holder = row["current_body"]
    took = {step.from_body_id for step in steps if step.line and step.to_body_id in outside}
    return {holder} | (took if holder in outside else set())


def due_on(row):
    """The day on which a matter is due, as the database reckons it from its row."""
    clock = {EscalationStatus.RAISED: "acknowledge_by", EscalationStatus.ACCEPTED: "answer_by"}
    return row[clock[row["status"]]] if row["status"] in clock else None


def steps_of(row, steps):
    for kind, at, from_body, to_body, line, due in steps:
        note = "" if kind == STEP.RAISED else "Synthetic."
        when_by = kind, noon(at.date()), row["created_by"]
        yield row["id"], *when_by, from_body, to_body, line, note, due


def iso(day: date):
    return day.isoformat()


def noon(day):
    return f"{day} 12:00:00"


@lru_cache
def moment(day):
    return datetime.combine(day, time(12), UTC)
