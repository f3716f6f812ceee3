"""Made-up matters in any number, to measure pages with. They are written past the deeds."""

import random
from datetime import date, timedelta
from itertools import islice

from django.utils import timezone

from governance.models import (
    Escalation,
    EscalationReader,
    EscalationStep,
    EscalationWords,
    User,
)
from governance.structure import ESCALATES_TO, structure_today
from governance.workflow import EscalationStatus
from localities import bulk

WHO = "synthetic"
CHUNK = 20_000  # matters
YEARS = 5  # over which they are spread
OPEN_OF_THE_NEWEST = 0.7  # of a tenth; of those before them, a hundredth is open

COMMON, MIDDLING, SELDOM, RARE = "appointment", "wheelchair", "chiropodist", "zither"
SYLLABLES = "ba de fi go hu la me ni po ru sa te vi wo zu kar len mol nis pry".split()
STEP = EscalationStep.Kind


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
    """Write so many matters that lie on the lines of today, with their steps."""
    chance = random.Random(number)
    today = timezone.localdate()
    structure = structure_today()
    lines = [line for line in structure.lines if line.kind == ESCALATES_TO]
    if not lines:
        raise ValueError("The structure of today has no line on which a matter can be raised.")
    make = Maker(chance, lines, author().pk, number, today)
    made = make.matters(bulk.next_key(Escalation), days(number, today))
    while chunk := list(islice(made, CHUNK)):
        write_matters(chunk)
        progress(len(chunk))
    bulk.go_on_after(Escalation, EscalationStep, EscalationReader, Escalation.history.model)


class Maker:
    def __init__(self, chance, lines, by, number, today):
        self.chance, self.lines, self.by, self.number = chance, lines, by, number
        self.today = today
        self.words = Words(chance, number)

    def matters(self, first, days):
        chance = self.chance
        categories = Escalation.Category.values
        for n, day in enumerate(days):
            line = chance.choice(self.lines)
            status = EscalationStatus.RESOLVED
            if is_open(chance, n, self.number):
                status = chance.choice((EscalationStatus.RAISED, EscalationStatus.ACCEPTED))
            yield {
                "id": first + n,
                "title": f"Synthetic {first + n}: {self.words.of(n, 5)}"[:120],
                "category": chance.choice(categories),
                "situation": self.words.of(n, 40),
                "asked": self.words.of(n, 10),
                "tried": "",
                "raising_body": line.from_body.pk,
                "current_body": line.to_body.pk,
                "status": str(status),
                "created_by": self.by,
                "created_on": iso(day),
                "raised_on": iso(day),
                "clock_started_on": iso(day),
                "acknowledge_by": iso(day + timedelta(days=5)),
                "answer_by": iso(day + timedelta(days=28)),
                "sending_key": f"synthetic-{first + n}",
                "line": line.pk,
            }


def write_matters(matters):
    fields = [name for name in matters[0] if name != "line"]
    kept = [name for name in fields if name != "sending_key"]
    bulk.write(Escalation, fields, ([each[name] for name in fields] for each in matters))
    bulk.write(
        EscalationStep,
        ["escalation", "kind", "at", "by", "from_body", "to_body", "line", "note", "answer_by"],
        (step for each in matters for step in steps_of(each)),
    )
    bulk.write(
        EscalationReader,
        ["escalation", "body"],
        ((m["id"], m[body]) for m in matters for body in ("raising_body", "current_body")),
    )
    bulk.write(
        Escalation.history.model,
        [*kept, "history_date", "history_type", "history_user", "history_change_reason"],
        (
            [*(each[name] for name in kept), noon(each["raised_on"]), "+", each["created_by"], "S"]
            for each in matters
        ),
    )
    bulk.write_words(
        EscalationWords,
        Escalation,
        "title || ' ' || situation || ' ' || asked",
        from_key=matters[0]["id"],
    )


def steps_of(matter):
    kinds = {
        EscalationStatus.RAISED: (STEP.RAISED,),
        EscalationStatus.ACCEPTED: (STEP.RAISED, STEP.ACCEPTED),
        EscalationStatus.RESOLVED: (STEP.RAISED, STEP.ACCEPTED, STEP.RESOLVED),
    }[matter["status"]]
    for kind in kinds:
        raised = kind == STEP.RAISED
        yield (
            matter["id"],
            str(kind),
            noon(matter["raised_on"]),
            matter["created_by"],
            matter["raising_body" if raised else "current_body"],
            matter["current_body"],
            matter["line"] if raised else None,
            "" if raised else "Synthetic.",
            matter["answer_by"],
        )


def iso(day: date):
    return day.isoformat()


def noon(day):
    return f"{day} 12:00:00"
