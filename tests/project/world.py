"""A small world with one of everything that an address of the portal may name."""

import re
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from engagement import pictures, videos
from engagement.actions import ideas, outcomes
from engagement.answering_forms import tick
from engagement.listed import as_its_message
from engagement.models import (
    Clue,
    Erasure,
    Phrase,
    Referral,
    ReferralStep,
    RetentionPeriod,
    RoutingRule,
    Signpost,
    Submission,
    Topic,
    WordFamily,
)
from engagement.routing import FORMAT, named
from governance.actions import asides, decisions, escalations, exceptions
from governance.matter import Matter
from governance.models import (
    ActionPoint,
    BankHoliday,
    Cadence,
    Decision,
    Document,
    Escalation,
    Meeting,
    OutboxMessage,
    Priority,
    Strategy,
    TermsOfReference,
)
from localities.models import PostcodeDistrict, PostcodeRelease
from tests.factories import (
    make_activity,
    make_animation,
    make_body,
    make_draft,
    make_engagement_team_member,
    make_escalation,
    make_escalation_line,
    make_figure,
    make_governance_administrator,
    make_line,
    make_locality,
    make_measure,
    make_member,
    make_officer,
    make_organisation,
    make_person,
    make_picture,
    make_place,
    make_practice,
    make_project,
    make_reading,
    make_story,
    make_theme,
    make_upload,
    make_video,
    make_ward,
    sign_up,
)
from tht_portal.models import LanguageCheck


def make_world():
    """What every address names, a visitor of every kind signed in, and what they post.

    Member and officer are of a committee; staff sit on no body, the other officer sits on another.
    Each matter is at the moment at which the move of an address may be made by the committee. The
    message lies before it, and the document is for those who sit on it.
    """
    committee, below, board, other = (make_body(name) for name in ("C", "B", "A", "O"))
    make_escalation_line(below, committee)
    make_escalation_line(committee, board)
    people = {
        "anonymous": None,
        "staff": make_person(),
        "member": make_member(committee),
        "officer": make_officer(committee),
        "other": make_officer(other),
        "engagement": make_engagement_team_member(),
        "governance": make_governance_administrator(),
    }
    aligned, elsewhere = make_body("L"), make_body("E")
    make_officer(aligned), make_officer(elsewhere)
    make_line(committee, aligned, "aligned_with")
    make_escalation_line(committee, elsewhere, start_date=timezone.localdate())
    matters = make_matters(below, committee, board, elsewhere, people["officer"])
    point = make_action_point(matters["add-action"], committee, people["officer"])
    file = matters["detach"].files.get()
    document = Document.objects.create(title="Remit", url="https://example.org/remit")
    TermsOfReference.objects.create(body=committee, document=document)
    message, step = make_message(committee)
    Erasure.objects.create(submission=message, extent="person", cause="period")
    other_message, other_step = make_message(committee)
    merged, merged_step = make_message(committee, merged_into=other_message)
    theme = make_theme(other_message, title="Theme", lead_body=committee)
    make_rows_for_the_admin(committee)
    published = make_outcome(theme, committee, people["engagement"])
    idea = make_public_idea(committee, people["engagement"])
    proposal, _ = make_message(committee, kind="idea")
    meeting = Meeting.objects.create(body=committee, starts_at=timezone.now())
    measure = make_measure(committee)
    paths = {
        "staff/measures/<int:pk>": f"staff/measures/{measure.pk}",
        "staff/ideas/<int:pk>": f"staff/ideas/{idea.pk}",
        "data/<slug:key>": "data/bodies",
        "ideas/<int:pk>": f"ideas/{idea.pk}",
        "staff/feedback/<str:reference>/idea": f"staff/feedback/{proposal.reference}/idea",
        "you-said/<int:pk>": f"you-said/{published.pk}",
        "staff/outcomes/new/": f"staff/outcomes/new/?theme={theme.pk}",
        "staff/outcomes/<int:pk>": f"staff/outcomes/{published.pk}",
        "bodies/<slug:slug>/meetings/<int:pk>": f"bodies/{committee.slug}/meetings/{meeting.pk}",
        "bodies/<slug:slug>": f"bodies/{committee.slug}",
        "organisations/<slug:slug>": f"organisations/{make_organisation().slug}",
        "localities/<slug:code>": f"localities/{make_locality('ne').code}",
        "documents/<int:pk>": f"documents/{document.pk}",
        "actions/<int:pk>": f"actions/{point.pk}",
        "escalations/<str:reference>/files/<int:pk>": (
            f"escalations/{matters['detach'].reference}/files/{file.pk}"
        ),
        **paths_of_what_is_published(committee),
        "plan/<slug:slug>": f"plan/{make_project(committee, is_public=False).slug}",
        "escalations/new/": f"escalations/new/?body={committee.slug}",
        "staff/themes/<int:pk>": f"staff/themes/{theme.pk}",
        "staff/feedback/<str:reference>/split": f"staff/feedback/{merged.reference}/split",
        "staff/feedback/<str:reference>": f"staff/feedback/{message.reference}",
        "staff/quarantine/<str:reference>": f"staff/quarantine/{make_held_message().reference}",
    }
    for move, matter in matters.items():
        paths[f"escalations/<str:reference>/{move}"] = f"escalations/{matter.reference}/{move}"
    words = {"title": "T", "category": "access", "situation": "S", "asked": "A", "deed": "raise"}
    due = timezone.localdate()
    later = due + timedelta(days=1)
    choices = {"body": aligned.slug, "into": matters["accept"].pk, "which": file.pk}
    choices |= {"kind": "action", "owner": committee.pk}
    choices |= {"due_on_day": due.day, "due_on_month": due.month, "due_on_year": due.year}
    posted = {
        "/pack/": {"title": "T", "text": "T"},
        f"staff/themes/{theme.pk}/answer/": {
            "message": tick(other_message.reference, other_step.pk),
            "text": "Because.",
        },
        f"actions/{point.pk}/move/": {
            "due_on_day": later.day,
            "due_on_month": later.month,
            "due_on_year": later.year,
            "reason": "Because.",
            "was": due.isoformat(),
        },
        "/ask-out-of-line/": {"note": "Because.", "to_body": elsewhere.slug},
        "/out-of-line/": {"note": "Because.", "to_body": elsewhere.slug},
        "staff/measures/": {
            "value": "90",
            "measured_on_day": due.day,
            "measured_on_month": due.month,
            "measured_on_year": due.year,
        },
        "/idea/": {
            "body": committee.slug,
            "title": "T",
            "summary": "S",
            "why": "Because.",
        },
        "staff/ideas/": {
            "title": "T",
            "summary": "S",
            "move": "try",
            "why": "Because.",
            "reason": "Because.",
            "seen": idea.revision,
        },
        "staff/outcomes/new/": {},
        "staff/outcomes/": {
            "title": "T",
            "said": "S",
            "body": committee.slug,
            "state": "considered",
            "reason": "Because.",
            "seen": published.revision,
        },
        "escalations/": {**words, **choices, "note": "Because.", "to_body": board.slug},
        "/redact/": {"marked": "The lift is broken.", "seen": 0},
        "/split/": {"text": "Because.", "seen": merged_step.pk},
        "staff/themes/gather/": {"references": other_message.reference, "theme": theme.pk},
        "staff/feedback/": {
            **words,
            "into": other_message.reference,
            "text": "Because.",
            "to_body": board.slug,
            "seen": step.pk,
            "to": "nobody",
            "theme": theme.pk,
            "reason": "Asked for.",
            "sure": "on",
        },
    }
    posted["staff/themes/"] = {
        **posted["staff/feedback/"],
        "lead_body": committee.slug,
        "seen": theme.revision,
        "references": other_message.reference,
    }
    posted["staff/quarantine/"] = {"verdict": "rejected", "reason": "An advertisement."}
    sessions = {visitor: session_of(person) for visitor, person in people.items()}
    return SimpleNamespace(sessions=sessions, paths=paths, posted=posted)


def paths_of_what_is_published(body):
    """An activity that is published, with someone who signed up; a story and a film as drafts."""
    activity = make_activity(body)
    joined = sign_up(activity)
    story = make_story(body, published_on=None, picture_text="A picture")
    film = make_animation(body, published_on=None, picture_text="A picture")
    for row in (story, film):
        pictures.keep(row, pictures.prepared(make_picture()))
    videos.keep(film, make_video(), "video/webm")
    film.captions.create(captions="WEBVTT", transcript="Words")
    story.save()
    film.save()
    person = f"get-involved/{activity.slug}/people/{joined.interest.pk}"
    return {
        "get-involved/<slug:slug>/people/<int:pk>": person,
        "get-involved/<slug:slug>": f"get-involved/{activity.slug}",
        "stories/<slug:slug>": f"stories/{story.slug}",
        "animations/<slug:slug>": f"animations/{film.slug}",
        "picture-<int:width>": f"picture-{story.picture_width}",
        "captions-<slug:language>": "captions-en",
    }


def make_rows_for_the_admin(body):
    """One row of every other model that the admin shows."""
    now, today = timezone.now(), timezone.localdate()
    place = make_place("Bow", make_ward(locality=make_locality("ne")))
    PostcodeDistrict.objects.create(code="E3", settles_id="ne")
    PostcodeRelease.objects.create(title=place.name, published_on=today, rows=1)
    make_figure()
    make_practice()
    make_reading(make_measure(body), 90)
    BankHoliday.objects.create(day=today, name="Coronation")
    LanguageCheck.objects.create(language="bn", checked_by="The Bengali Desk")
    Cadence.objects.create(body=body, rhythm=Cadence.Rhythm.MONTHLY)
    Meeting.objects.create(body=body, starts_at=now)
    Priority.objects.create(slug="p", name="P")
    Strategy.objects.create(body=body, title="T")
    Decision.objects.create(body=body, decided_on=today, title="T", text="T")
    RetentionPeriod.objects.create(slug="person", what="W", months=12, starts="after it")
    RoutingRule.objects.create(name="it is so", order=1, body=body)
    Phrase.objects.create(text="ambulance", sign=Phrase.Sign.URGENT)
    WordFamily.objects.create(name="nurses", words="nurse, matron")
    Clue.objects.create(text="gone cold", weight="3.5")
    Signpost.objects.create(group=Signpost.Group.URGENT, title="999", checked_on=today)
    OutboxMessage.objects.create(to="a@example.org", subject="S", text="T", due_at=now)
    who = {"user_agent": "A", "ip_address": "192.0.2.1", "username": "a"}
    AccessAttempt.objects.create(failures_since_start=1, **who)
    AccessFailureLog.objects.create(**who)
    AccessLog.objects.create(**who)


def session_of(person):
    """The cookies of a browser in which someone is signed in, or nobody."""
    client = Client()
    if person:
        client.force_login(person)
    return client.cookies.output(header="", sep=";")


def make_matters(below, committee, board, elsewhere, officer):
    """For each move a matter at the moment at which an officer of the committee may make it."""
    officer_below, officer_above = make_officer(below), make_officer(board)

    def brought():
        return make_escalation(below, committee, by=officer_below)

    def accepted():
        return escalations.accept(escalation=brought(), by=officer)

    def taken_on():
        raised = make_escalation(committee, board, by=officer)
        return escalations.accept(escalation=raised, by=officer_above)

    draft, open_matter = make_draft(committee, by=officer), accepted()
    asked = escalations.send_back(escalation=taken_on(), question="Q", by=officer_above)
    resolved = escalations.resolve(escalation=taken_on(), outcome="O", by=officer_above)
    return {
        "edit": draft,
        "raise": draft,
        "accept": brought(),
        "pass-up": open_matter,
        "send-back": open_matter,
        "answer": asked,
        "resolve": open_matter,
        "withdraw": taken_on(),
        "reopen": resolved,
        "consult": open_matter,
        "comment": open_matter,
        "attach": open_matter,
        "detach": with_a_file(open_matter, officer),
        "merge": open_matter,
        "ask-out-of-line": off_todays_way(brought()),
        "refuse-out-of-line": asked_out(off_todays_way(brought()), elsewhere, officer),
        "out-of-line": off_todays_way(brought()),
        "rebase": off_todays_way(brought()),
        "add-action": escalations.resolve(escalation=accepted(), outcome="O", by=officer),
        "": open_matter,
    }


def with_a_file(matter, officer):
    return asides.attach(escalation=matter, upload=make_upload(), by=officer)


def asked_out(matter, to_body, officer):
    return exceptions.ask_out_of_line(escalation=matter, to_body=to_body, reason="R", by=officer)


def off_todays_way(matter):
    """It was raised before the line to E began."""
    yesterday = timezone.localdate() - timedelta(days=1)
    Escalation.objects.filter(pk=matter.pk).update(raised_on=yesterday)
    return matter


def make_action_point(matter, body, officer):
    decisions.add_action(
        escalation=matter, text="T", body=body, due_on=timezone.localdate(), by=officer
    )
    return ActionPoint.objects.get()


def make_message(body, merged_into=None, **fields):
    """A resident's message that lies before a body, and the step that brought it there."""
    now, today = timezone.now(), timezone.localdate()
    topic = Topic.objects.get_or_create(slug="not-sure", defaults={"name": "I am not sure"})[0]
    message = Submission.objects.create(
        message="The lift is broken.",
        may_publish=True,
        topic=topic,
        received_at=now,
        received_on=today,
        sending_key=f"message {Submission.objects.count()}",
        merged_into=merged_into,
        **fields,
    )
    referral = Referral.objects.create(
        submission=message,
        body=body,
        role=Referral.Role.LEAD,
        **as_its_message(message),
        status="merged" if merged_into else "referred",
        reason={"format": FORMAT, "outcome": "referred-on", "from": None, "lead": named(body)},
        referred_at=now,
        clock_started_on=today,
        acknowledge_by=today,
        answer_by=today,
    )
    step = ReferralStep.objects.create(referral=referral, kind=ReferralStep.Kind.REFERRED, at=now)
    return message, step


def make_outcome(theme, body, by):
    """What came of a theme that a body looks into: published."""
    draft = outcomes.draft(theme=theme, body=body, title="T", said="S", by=by)
    return outcomes.publish(outcome=draft, by=by, seen=draft.revision)


def make_public_idea(body, by):
    """What a resident proposed, taken up by a body, and published."""
    message, _ = make_message(body, kind="idea")
    made = ideas.take_up(submission=message, body=body, title="T", summary="S", why="W", by=by)
    return ideas.publish(idea=made, by=by, seen=made.revision)


def make_held_message():
    """A message that waits to be released or rejected."""
    return Submission.objects.create(
        message="Buy now.",
        topic_id="not-sure",
        status="held",
        flags={"spam": ["buy now"]},
        received_at=timezone.now(),
        received_on=timezone.localdate(),
        sending_key="held",
    )


def posted_to(path, world):
    """What a form of this address holds when it is filled in."""
    posted = next((world.posted[start] for start in world.posted if start in path), {})
    if of_matter := re.match(r"/escalations/(E-[0-9-]+)/", path):
        matter = Escalation.objects.with_reference(of_matter[1]).get()
        posted = posted | {"seen": Matter(matter).seen}
    if path.endswith("/attach/"):
        return posted | {"file": SimpleUploadedFile("Figures.pdf", b"%PDF-1.7 others")}
    return posted


def path_of(pattern, world):
    """The path of an address, with what there is in the world for its parameters."""
    for name, path in world.paths.items():
        pattern = pattern.replace(name, path)
    assert "<" not in pattern, f"say in `world` what /{pattern} stands for"
    return f"/{pattern}"


@contextmanager
def undone():
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
