"""Fictional people, messages and matters, so that the portal can be tried with something in it.

Everything is done through the same deeds that people use, by the people who may do them.
"""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from engagement import involvement_demonstration
from engagement.actions import (
    casework,
    ideas,
    keying,
    outcomes,
    quoting,
    referrals,
    sending,
    themes,
)
from engagement.judging import judge
from engagement.models import Activity, Idea, Outcome, Referral, Submission, Topic
from engagement.sending import new_token, sending_key
from governance.actions import asides, decisions, escalations, exceptions, measures, meetings
from governance.actions.clocks import reckon_anew
from governance.actions.structure import appoint, structure_edited
from governance.models import BankHoliday, Body, Measure, Seat, User
from governance.structure import structure_today
from localities.actions.indicators import import_indicators
from localities.history import signed
from localities.models import Locality

FACTS = Path(__file__).parent / "data" / "demonstration.toml"
FIGURES = Path(__file__).parent / "data" / "demonstration_indicators.csv"
IN_OFFICE_FOR = timedelta(days=90)
REASON = "Demonstration"
WORDS = ("title", "category", "situation", "affected", "asked", "tried")
DEEDS = {
    deed.__name__: deed
    for deed in (
        *(escalations.accept, escalations.pass_up, escalations.resolve),
        *(escalations.send_back, escalations.answer_back, exceptions.ask_out_of_line),
        *(asides.consult, asides.comment, decisions.add_action),
    )
}


@transaction.atomic
def load(password):
    """Fill an empty portal; gives what was made, in words."""
    facts = tomllib.loads(FACTS.read_text())
    password = make_password(password)  # once for all: it is slow on purpose
    people = [_make_person(each, password) for each in facts["person"]]
    administrator = User.objects.get(username="demo-governance-admin")
    bodies = Body.objects.on(timezone.localdate()).filter(kind__outside_partnership=False)
    bodies = bodies.order_by("kind__order", "slug")
    for body, name in zip(bodies, facts["officers"]["names"], strict=True):
        officer = {"username": f"demo-{body.slug}-officer", "name": name}
        people.append(_make_person(officer, password))
        _seat(people[-1], body, Seat.Role.CHAIR, administrator)
    for each in facts["person"]:
        if "member_of" in each:
            person = User.objects.get(username=each["username"])
            body = Body.objects.get(slug=each["member_of"])
            _seat(person, body, Seat.Role.MEMBER, administrator)
    ideas_sent = [
        (submission, message["idea"])
        for message in facts["message"]
        if (submission := _send(message)) and "idea" in message
    ]
    for matter in facts["matter"]:
        _raise(matter)
    _announce(**facts["bank_holiday"], administrator=administrator)
    for outcome in facts["outcome"]:
        _tell(outcome)
    for measure in facts["measure"]:
        _measure(measure, administrator)
    for meeting in facts["meeting"]:
        _plan(meeting, administrator)
    import_indicators(FIGURES, title="Demonstration")
    involvement = involvement_demonstration.load()
    for idea in ideas_sent:
        _take_up(*idea)
    return (
        f"{len(people)} people, {len(facts['message'])} messages and "
        f"{len(facts['matter'])} matters, all of them fictional. {involvement}"
    )


def _make_person(each, password):
    first_name, last_name = each["name"].split()
    person = User.objects.create(
        username=each["username"],
        password=password,
        email=f"{each['username']}@example.org",
        first_name=first_name,
        last_name=last_name,
        is_staff="group" in each,
    )
    if "group" in each:
        person.groups.add(Group.objects.get_or_create(name=each["group"])[0])
    return person


def _seat(person, body, role, administrator):
    """Give the person the body's seat in that role; one is made where the facts have none."""
    today = timezone.localdate()
    seat = Seat.objects.on(today).filter(body=body, role=role, memberships=None).first()
    if seat is None:
        seat = Seat(body=body, role=role, reasoning="Made for the demonstration.")
        signed(seat, administrator, REASON).save()
        structure_edited()
    since = max(filter(None, [today - IN_OFFICE_FOR, seat.start_date, body.start_date]))
    appoint(seat=seat, person=person, from_day=since, by=administrator, reason=REASON)


def _send(message):
    content = {
        "message": message["text"],
        "topic": message["topic"],
        "about": message["about"],
        "kind": message.get("kind", "feedback"),
        "place": message["place"],
        "nearest": message.get("nearest", ""),
        "name": "",
        "email": "",
        "phone": "",
        "wants_answer": False,
        "may_publish": True,
    }
    if "keyed_in_by" in message:
        sent = _key_in(message, content)
    else:
        key = sending_key(new_token(), content)
        sent = sending.send(key=key, content=content, judged=judge(content))
    Submission.objects.filter(pk=sent.submission.pk).update(is_demonstration=True)
    lead = sent.submission.referrals.filter(role=Referral.Role.LEAD).first()
    if "acknowledged_by" in message:
        referrals.acknowledge(referral=lead, by=_person(message["acknowledged_by"]))
    if "answered_by" in message:
        referrals.answer(referral=lead, by=_person(message["answered_by"]), text=message["answer"])
    if "note" in message:
        by = _person(message["noted_by"])
        casework.note(submission=sent.submission, text=message["note"], by=by)
    if "redacted" in message:
        quoting.redact(
            submission=sent.submission,
            marked=message["redacted"],
            reason=message["redacted_because"],
            by=_person("demo-engagement"),
        )
    return sent.submission


def _key_in(message, content):
    """What a resident told staff yesterday, and staff wrote down."""
    content |= {name: message[name] for name in ("channel", "language", "format_needs")}
    content["came_on"] = (timezone.localdate() - timedelta(days=1)).isoformat()
    return keying.key_in(
        key=sending_key(new_token(), content),
        content=content,
        judged=judge(content, released=True),
        by=_person(message["keyed_in_by"]),
    )


def _announce(name, in_working_days, administrator):
    """A bank holiday of one year alone: the clocks that run are reckoned anew, and say so."""
    calendar = structure_today().calendar
    day = calendar.due_day(timezone.localdate(), in_working_days).due
    holiday = BankHoliday(day=day, name=name)
    signed(holiday, administrator, REASON).save()
    structure_edited(work_stays=True)  # the structure carries the working days
    reckon_anew()


def _raise(matter):
    words = {name: matter[name] for name in WORDS if name in matter}
    escalation = escalations.raise_new(
        raising_body=_body(matter["raised_for"]),
        to_body=_body(matter["to"]),
        by=_person(matter["raised_by"]),
        **words,
    )
    for move in matter.get("move", ()):
        escalation = _move(escalation, **move)


def _move(escalation, *, deed, by=None, in_days=None, **given):
    by = _person(by or f"demo-{escalation.current_body.slug}-officer")
    for name in {"to", "body"} & given.keys():
        given["to_body" if name == "to" else name] = _body(given.pop(name))
    if in_days:
        given["due_on"] = timezone.localdate() + timedelta(days=in_days)
    return DEEDS[deed](escalation=escalation, by=by, **given)


def _measure(measure, administrator):
    """Readings at the end of each of the last months."""
    found = Measure.objects.get(body__slug=measure["body"])
    day = timezone.localdate()
    for value in reversed(measure["readings"]):
        day = day.replace(day=1) - timedelta(days=1)
        measures.record(
            measure=found,
            measured_on=day,
            value=value,
            note="Made up for the demonstration.",
            by=administrator,
            reason=REASON,
        )


def _plan(meeting, administrator):
    day = timezone.localdate() + timedelta(days=meeting["in_days"])
    meetings.plan(
        body=_body(meeting["body"]),
        starts_at=timezone.make_aware(datetime.combine(day, time(14, 0))),
        place=meeting["place"],
        is_public=True,
        by=administrator,
        reason=REASON,
    )


def _tell(outcome):
    """Gather messages under a theme, and publish what came of it, some days ago."""
    at = timezone.now() - timedelta(days=outcome.get("days_ago", 0))
    team, body = _person("demo-engagement"), _body(outcome["body"])
    theme = themes.create(title=outcome["title"], lead_body=body, by=team)
    about = Submission.objects.filter(is_demonstration=True, topic=outcome["of"])
    themes.add(theme=theme, submissions=about, by=team)
    words = {name: outcome[name] for name in ("title", "said", "state")}
    words |= {name: outcome.get(name, "") for name in ("did", "evidence_url")}
    if "decision" in outcome:
        words["decision"] = decisions.decide(
            body=body,
            title=outcome["decision"],
            text=outcome["decided"],
            by=_person(f"demo-{body.slug}-officer"),
            decided_on=timezone.localdate(at),
            is_public=True,
        )
    draft = outcomes.draft(
        theme=theme, body=body, topic=Topic.objects.get(pk=outcome["of"]), by=team, **words
    )
    outcomes.publish(outcome=draft, by=team, seen=draft.revision)
    told = Outcome.objects.filter(pk=draft.pk)
    told.update(is_demonstration=True, published_at=at, changed_at=at)


def _take_up(submission, idea):
    """What became of an idea, told by the body that has the message; and everyone may read it."""
    body = Referral.objects.leading().get(submission=submission).body
    officer, team = _person(f"demo-{body.slug}-officer"), _person("demo-engagement")
    made = ideas.take_up(
        submission=submission,
        body=body,
        title=idea["title"],
        summary=idea["summary"],
        locality=Locality.objects.filter(code=idea.get("locality")).first(),
        why=idea["why"],
        by=officer,
    )
    activity = Activity.objects.filter(slug=idea.get("activity", "")).first()
    ideas.change(idea=made, activity=activity, by=officer, seen=None)
    for step in idea["step"]:
        ideas.move(idea=made, move=step["move"], why=step["why"], by=officer, seen=None)
    ideas.publish(idea=made, by=team, seen=None)
    Idea.objects.filter(pk=made.pk).update(is_demonstration=True)


def _body(slug):
    return Body.objects.get(slug=slug)


def _person(username):
    return User.objects.get(username=username)
