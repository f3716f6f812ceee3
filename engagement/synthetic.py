"""Made-up messages in any number, to measure pages with.

Where each goes is judged as a real one's is, once for every topic and place; then they are written
past the deeds, without mails.
"""

import json
import random
from collections import Counter
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from django.utils import timezone

from engagement.catalogue import catalogue_today
from engagement.forms import UNKNOWN
from engagement.judging import Judged, judge
from engagement.languages import ENGLISH
from engagement.models import (
    Channel,
    MessageTally,
    Receipt,
    Referral,
    ReferralStep,
    Submission,
    SubmissionWords,
)
from engagement.tallies import ALL, Fact, add, received
from engagement.workflow import ReferralStatus
from governance.synthetic import CHUNK, Words, author, days, is_open, iso, noon
from localities import bulk
from localities.models import Postcode, Ward, spaced

TABLES = Submission, SubmissionWords, Receipt, Referral, ReferralStep
PLACES = 12
STEP, Measure, Span = ReferralStep.Kind, MessageTally.Measure, MessageTally.Span
FACTS = 2_000  # written at once
# What has happened to a referral that stands at a status.
HAPPENED = {
    ReferralStatus.REFERRED: (STEP.REFERRED,),
    ReferralStatus.ACKNOWLEDGED: (STEP.REFERRED, STEP.ACKNOWLEDGED),
    ReferralStatus.ANSWERED: (STEP.REFERRED, STEP.ANSWERED),
    ReferralStatus.CLOSED: (STEP.REFERRED, STEP.ANSWERED, STEP.CLOSED),
}
# What a message counts for then, beside having been received: all on its first day.
MEASURES = {
    ReferralStatus.REFERRED: (),
    ReferralStatus.ACKNOWLEDGED: (Measure.ACKNOWLEDGED,),
    ReferralStatus.ANSWERED: (Measure.ACKNOWLEDGED, Measure.ANSWERED),
    ReferralStatus.CLOSED: (Measure.ACKNOWLEDGED, Measure.ANSWERED),
}
OPEN = (ReferralStatus.REFERRED, ReferralStatus.ACKNOWLEDGED)
DONE = (ReferralStatus.ANSWERED, ReferralStatus.CLOSED, ReferralStatus.CLOSED)


def make_messages(number, *, progress=lambda done: None):
    """Write so many messages, put before their bodies, with their steps and receipts."""
    chance = random.Random(number)
    judged = judged_cases()
    words = Words(chance, number)
    by, every_day = author().pk, enumerate(days(number, timezone.localdate()))
    first, referral = bulk.next_key(Submission), bulk.next_key(Referral)
    with bulk.unindexed(*TABLES, rows=number):
        while days_of_chunk := list(islice(every_day, CHUNK)):
            messages, referrals, counts = [], [], Counter()
            for n, day in days_of_chunk:
                case = chance.choice(judged)
                messages.append(message(first + n, words.of(n, 40), case, day))
                status = chance.choice(OPEN if is_open(chance, n, number) else DONE)
                count(counts, case, status, day)
                for row in referrals_of(first + n, case, status, day):
                    referrals.append((referral, *row))
                    referral += 1
            write_messages(messages, referrals, by)
            write_counts(counts)
            progress(len(messages))
    bulk.go_on_after(Submission, Receipt, Referral, ReferralStep)


class Case(NamedTuple):
    """What might have been typed, where it would have gone, and the reason as it is kept."""

    content: dict
    judged: Judged
    because: str


def judged_cases():
    """For every topic and some places, what would have been typed and where it would have gone."""
    catalogue = catalogue_today()
    ours = Postcode.objects.filter(ward_gss__in=Ward.objects.values("gss")).order_by("?")
    places = ["", *(spaced(code) for code in ours.values_list("code", flat=True)[:PLACES])]
    cases = []
    for topic in catalogue.offered_topics:
        for place in places:
            content = {
                "message": "",
                "topic": topic.slug,
                "about": "adult",
                "kind": "feedback",
                "place": place,
                "nearest": "" if place else UNKNOWN,
            }
            judged = judge(content, catalogue)
            cases.append(Case(content, judged, json.dumps(judged.route.because)))
    if not cases:
        raise ValueError("The form offers no topic. Run load_routing first.")
    return cases


MESSAGE = (
    "id kind message topic about place ward locality received_at received_on sending_key "
    "is_demonstration"
).split()
REFERRAL = (
    "id submission body role status rule reason referred_at topic locality clock_started_on "
    "acknowledge_by answer_by"
).split()


def message(key, text, case, day):
    content, where = case.content, case.judged.where
    return (
        key,
        content["kind"],
        f"Synthetic {text}",
        content["topic"],
        content["about"],
        content["place"],
        where.ward,
        where.locality,
        noon(iso(day)),
        iso(day),
        f"synthetic-{key}",
        1,
    )


def referrals_of(submission, case, status, day):
    """The referral to who is to answer, and those to who is to know, without their keys."""
    route, because, on = case.judged.route, case.because, iso(day)
    rule = route.rule and route.rule.pk
    about = case.content["topic"], case.judged.where.locality
    clock = (on, iso(day + timedelta(days=5)), iso(day + timedelta(days=28)))
    lead = route.lead and route.lead.pk
    yield submission, lead, "lead", str(status), rule, because, noon(on), *about, *clock
    for body in route.copies:
        yield submission, body.pk, "copy", "", rule, because, noon(on), *about, None, None, None


def count(counts, case, status, day):
    """Count a message among all, and for its body, as the deeds would."""
    lead, locality = case.judged.route.lead, case.judged.where.locality
    for whose in {ALL, lead.pk if lead else ALL}:
        counts[
            received(whose, day, case.content["topic"], locality, ENGLISH, Channel.ONLINE.value)
        ] += 1
        for measure in MEASURES[status]:
            counts[Fact(whose, Span.DAY.value, measure.value, day)] += 1


def write_counts(counts):
    facts = iter(counts.items())
    while some := dict(islice(facts, FACTS)):
        add(some)


def write_messages(messages, referrals, by):
    bulk.write(Submission, MESSAGE, messages)
    bulk.write(
        Receipt,
        ["submission", "secret_hash"],
        ((key, f"synthetic-{key}") for key, *_ in messages),
    )
    bulk.write(Referral, REFERRAL, referrals)
    bulk.write(
        ReferralStep,
        ["referral", "kind", "at", "by", "text_for_resident"],
        (step for each in referrals for step in steps_of(each, by)),
    )
    bulk.write_words(SubmissionWords, Submission, "message", from_key=messages[0][0])


def steps_of(referral, by):
    key, status, at = referral[0], referral[4], referral[7]
    for kind in HAPPENED[status] if status else (STEP.REFERRED,):
        done = kind != STEP.REFERRED
        yield key, str(kind), at, by if done else None, "Synthetic." if kind == "answered" else ""
