"""Fictional priorities, projects, activities and stories, and the film that is drawn for all.

Days are counted from today, so that there is always something to come.
"""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.files import File
from django.utils import timezone

from engagement import pictures, videos, webvtt
from engagement.actions import activities
from engagement.models import Activity, Animation, Captions, Outcome, Story
from engagement.sending import new_token, sending_key
from governance.actions.structure import work_edited
from governance.models import (
    Body,
    Milestone,
    Organisation,
    Priority,
    Project,
    ProjectReport,
    Strategy,
)
from localities.models import Locality

DATA = Path(__file__).parent / "data"
FACTS = DATA / "involvement.toml"
MEDIA = DATA / "demonstration_media"
LONDON = ZoneInfo("Europe/London")
REASON = "Demonstration"
SINCE = 240  # days for which the plan has been in force


def load():
    """Make it all, and say how much, in words."""
    facts = tomllib.loads(FACTS.read_text())
    for each in facts["priority"]:
        _save(Priority(start_date=_day(-SINCE), **each))
    for each in facts["strategy"]:
        _save(Strategy(**each | {"body": _body(each["body"])}))
    for each in facts["project"]:
        _make_project(each)
    for each in facts["activity"]:
        _make_activity(each)
    for each in facts["story"]:
        _make_story(each)
    for each in facts["animation"]:
        _make_animation(each)
    work_edited()
    return (
        f"{len(facts['project'])} projects, {len(facts['activity'])} activities and "
        f"{len(facts['story'])} stories, all of them fictional, and a film."
    )


def _make_project(each):
    milestones, reports = each.pop("milestone", ()), each.pop("report", ())
    priority = Priority.objects.get(slug=each.pop("priority"))
    body = _body(each.pop("body"))
    project = _save(
        Project(body=body, priority=priority, is_public=True, start_date=_day(-SINCE), **each)
    )
    for milestone in milestones:
        title = milestone.pop("title")
        days = {name.replace("_in", "_on"): _day(number) for name, number in milestone.items()}
        _save(Milestone(project=project, title=title, **days))
    for report in reports:
        day = _day(report.pop("reported_in"))
        _save(ProjectReport(project=project, reported_on=day, **report))


def _make_activity(each):
    codes, people = each.pop("localities", ()), each.pop("people", ())
    day, hours = _day(each.pop("in_days")), each.pop("hours")
    begins, ends = (datetime.combine(day, time.fromisoformat(at), LONDON) for at in hours)
    closes = each.pop("closes_in", None)
    activity = _save(
        Activity(
            owner=_body(each.pop("owner")),
            project=Project.objects.filter(slug=each.pop("project", "")).first(),
            outcome=Outcome.objects.filter(title=each.pop("outcome", "")).first(),
            starts_at=begins,
            ends_at=ends,
            closes_on=None if closes is None else _day(closes),
            published_on=_day(-30),
            review_on=_day(90),
            **each,
        )
    )
    activity.localities.set(Locality.objects.filter(code__in=codes))
    for name in people:
        who = {"name": name, "email": "", "phone": "020 7946 0000"}
        key = sending_key(new_token(), who)
        activities.join(activity=activity, key=key, **who)


def _make_story(each):
    organisations = Organisation.objects.filter(slug__in=each.pop("organisations"))
    picture, published = each.pop("picture"), _day(each.pop("published_in"))
    story = Story(
        owner=_body(each.pop("owner")),
        project=Project.objects.filter(slug=each.pop("project", "")).first(),
        outcome=Outcome.objects.filter(title=each.pop("outcome", "")).first(),
        activity=Activity.objects.filter(slug=each.pop("activity", "")).first(),
        published_on=published,
        review_on=_day(180),
        **each,
    )
    _illustrate(story, picture)
    _save(story)
    story.organisations.set(organisations)


def _make_animation(each):
    files, published = each.pop("files"), _day(each.pop("published_in"))
    animation = Animation(owner=_body(each.pop("owner")), published_on=published, **each)
    _illustrate(animation, f"{files}.png")
    with (MEDIA / f"{files}.webm").open("rb") as film:
        upload = File(film, name="film.webm")
        videos.keep(animation, upload, videos.type_of(upload))
    _save(animation)
    for captions in sorted(MEDIA.glob(f"{files}.*.vtt")):
        language, text = captions.suffixes[0][1:], captions.read_text()
        webvtt.check(text)
        transcript = captions.with_suffix(".md").read_text()
        _save(
            Captions(animation=animation, language=language, captions=text, transcript=transcript)
        )


def _illustrate(row, name):
    with (MEDIA / name).open("rb") as picture:
        pictures.keep(row, pictures.prepared(File(picture)))


def _save(row):
    row._change_reason = REASON
    row.save()
    return row


def _day(days_from_today):
    return timezone.localdate() + timedelta(days=days_from_today)


def _body(slug):
    return Body.objects.get(slug=slug)
