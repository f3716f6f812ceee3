"""Who may do what: seven kinds of visitor, every address, asked and posted to.

`in` is the way to the sign-in page, other entries are statuses. Where it is nobody's business that
something exists, the answer is 404. What is posted is complete where staff act, so that 302 is a
deed done, and empty elsewhere: 200 is the form again with its errors.
"""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from engagement.models import Referral, ReferralStep, Submission, Topic
from engagement.routing import FORMAT, named
from governance.actions import escalations
from governance.models import Document, TermsOfReference
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_escalation,
    make_escalation_line,
    make_governance_administrator,
    make_locality,
    make_member,
    make_officer,
    make_organisation,
    make_person,
)
from tests.factories import make_draft as make_draft_matter
from tests.project.addresses import all_addresses

pytestmark = pytest.mark.django_db

VISITORS = ["anonymous", "staff", "member", "officer", "other", "engagement", "governance"]

# Member and officer are of a committee; staff sit on no body, the other officer sits on another.
# Each matter is at the moment at which the move of the address may be made, by the committee. The
# message lies before it, and the document is for those who sit on it.
PAGES = """
                                               anon- staff mem- offi- other engage- gover-
                                               ymous       ber  cer   offi- ment    nance
                                                                      cer   team    admin.
GET  /                                          200   200   200   200   200   200   200
POST /                                          405   405   405   405   405   405   405
GET  /accessibility/                            200   200   200   200   200   200   200
POST /accessibility/                            405   405   405   405   405   405   405
GET  /privacy/                                  200   200   200   200   200   200   200
POST /privacy/                                  405   405   405   405   405   405   405

GET  /accounts/login/                           200   302   302   302   302   302   302
POST /accounts/login/                           200   302   302   302   302   302   302
GET  /accounts/logout/                          405   405   405   405   405   405   405
POST /accounts/logout/                          302   302   302   302   302   302   302
GET  /accounts/signed-out/                      200   200   200   200   200   200   200
POST /accounts/signed-out/                      405   405   405   405   405   405   405
GET  /accounts/password/                        in    200   200   200   200   200   200
POST /accounts/password/                        in    200   200   200   200   200   200
GET  /accounts/password/done/                   in    200   200   200   200   200   200
POST /accounts/password/done/                   in    405   405   405   405   405   405

GET  /structure/                                200   200   200   200   200   200   200
POST /structure/                                405   405   405   405   405   405   405
GET  /bodies/<slug:slug>/                       200   200   200   200   200   200   200
POST /bodies/<slug:slug>/                       405   405   405   405   405   405   405
GET  /bodies/<slug:slug>/meetings.ics           200   200   200   200   200   200   200
POST /bodies/<slug:slug>/meetings.ics           405   405   405   405   405   405   405
GET  /organisations/                            200   200   200   200   200   200   200
POST /organisations/                            405   405   405   405   405   405   405
GET  /organisations/<slug:slug>/                200   200   200   200   200   200   200
POST /organisations/<slug:slug>/                405   405   405   405   405   405   405
GET  /localities/                               200   200   200   200   200   200   200
POST /localities/                               405   405   405   405   405   405   405
GET  /localities/find/                          200   200   200   200   200   200   200
POST /localities/find/                          405   405   405   405   405   405   405
GET  /localities/<slug:code>/                   200   200   200   200   200   200   200
POST /localities/<slug:code>/                   405   405   405   405   405   405   405
GET  /search/                                   200   200   200   200   200   200   200
POST /search/                                   405   405   405   405   405   405   405
GET  /meetings/                                 200   200   200   200   200   200   200
POST /meetings/                                 405   405   405   405   405   405   405
GET  /documents/<int:pk>/                       in    404   302   302   404   404   302
POST /documents/<int:pk>/                       405   405   405   405   405   405   405

GET  /escalations/                              in    200   200   200   200   200   200
POST /escalations/                              in    405   405   405   405   405   405
GET  /escalations/new/                          in    403   200   200   403   403   403
POST /escalations/new/                          in    403   302   302   403   403   403
GET  /escalations/<str:reference>/              in    404   200   200   404   404   200
POST /escalations/<str:reference>/              in    405   405   405   405   405   405
GET  /escalations/<str:reference>/edit/         in    404   404   302   404   404   404
POST /escalations/<str:reference>/edit/         in    404   404   302   404   404   404
GET  /escalations/<str:reference>/raise/        in    404   404   302   404   404   404
POST /escalations/<str:reference>/raise/        in    404   404   302   404   404   404
GET  /escalations/<str:reference>/accept/       in    404   302   302   404   404   302
POST /escalations/<str:reference>/accept/       in    404   403   302   404   404   403
GET  /escalations/<str:reference>/pass-up/      in    404   302   302   404   404   302
POST /escalations/<str:reference>/pass-up/      in    404   403   302   404   404   403
GET  /escalations/<str:reference>/send-back/    in    404   302   302   404   404   302
POST /escalations/<str:reference>/send-back/    in    404   403   302   404   404   403
GET  /escalations/<str:reference>/answer/       in    404   302   302   404   404   302
POST /escalations/<str:reference>/answer/       in    404   403   302   404   404   403
GET  /escalations/<str:reference>/resolve/      in    404   302   302   404   404   302
POST /escalations/<str:reference>/resolve/      in    404   403   302   404   404   403
GET  /escalations/<str:reference>/withdraw/     in    404   302   302   404   404   302
POST /escalations/<str:reference>/withdraw/     in    404   403   302   404   404   403
GET  /escalations/<str:reference>/reopen/       in    404   302   302   404   404   302
POST /escalations/<str:reference>/reopen/       in    404   403   302   404   404   403

GET  /feedback/                                 200   200   200   200   200   200   200
POST /feedback/                                 200   200   200   200   200   200   200
GET  /feedback/check/                           302   302   302   302   302   302   302
POST /feedback/check/                           200   200   200   200   200   200   200
GET  /feedback/sent/                            302   302   302   302   302   302   302
POST /feedback/sent/                            200   200   200   200   200   200   200
GET  /feedback/receipt/                         200   200   200   200   200   200   200
POST /feedback/receipt/                         200   200   200   200   200   200   200
GET  /feedback/receipt/add/                     302   302   302   302   302   302   302
POST /feedback/receipt/add/                     200   200   200   200   200   200   200
GET  /feedback/receipt/not-answered/            302   302   302   302   302   302   302
POST /feedback/receipt/not-answered/            200   200   200   200   200   200   200
GET  /feedback/receipt/withdraw/                302   302   302   302   302   302   302
POST /feedback/receipt/withdraw/                200   200   200   200   200   200   200
GET  /feedback/receipt/new-code/                302   302   302   302   302   302   302
POST /feedback/receipt/new-code/                200   200   200   200   200   200   200
GET  /feedback/receipt/close/                   302   302   302   302   302   302   302
POST /feedback/receipt/close/                   302   302   302   302   302   302   302

GET  /staff/                                    in    200   200   200   200   200   200
POST /staff/                                    in    405   405   405   405   405   405
GET  /staff/feedback/                           in    200   200   200   200   200   200
POST /staff/feedback/                           in    405   405   405   405   405   405
GET  /staff/feedback/<str:reference>/           in    404   200   200   404   200   404
POST /staff/feedback/<str:reference>/           in    405   405   405   405   405   405
GET  /staff/feedback/<str:reference>/acknowledge/   in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/acknowledge/   in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/answer/    in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/answer/    in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/refer-on/  in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/refer-on/  in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/close/     in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/close/     in    404   403   302   404   302   404

GET  /healthz/                                  200   200   200   200   200   200   200
POST /healthz/                                  405   405   405   405   405   405   405
GET  /readyz/                                   200   200   200   200   200   200   200
POST /readyz/                                   405   405   405   405   405   405   405
"""


@pytest.fixture
def world():
    """What every address names, a visitor of every kind, and what they post."""
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
    assert list(people) == VISITORS
    matters = make_matters(below, committee, board, people["officer"])
    document = Document.objects.create(title="Remit", url="https://example.org/remit")
    TermsOfReference.objects.create(body=committee, document=document)
    message = make_message(committee)
    paths = {
        "bodies/<slug:slug>": f"bodies/{committee.slug}",
        "organisations/<slug:slug>": f"organisations/{make_organisation().slug}",
        "localities/<slug:code>": f"localities/{make_locality('ne').code}",
        "documents/<int:pk>": f"documents/{document.pk}",
        "escalations/new/": f"escalations/new/?body={committee.slug}",
        "staff/feedback/<str:reference>": f"staff/feedback/{message.reference}",
    }
    for move, matter in matters.items():
        paths[f"escalations/<str:reference>/{move}"] = f"escalations/{matter.reference}/{move}"
    words = {"title": "T", "category": "access", "situation": "S", "asked": "A", "deed": "raise"}
    posted = {
        "escalations/": {**words, "note": "Because.", "to_body": board.slug},
        "staff/feedback/": {"text": "Because.", "to_body": board.slug, "seen": 2**40},
    }
    sessions = {visitor: session_of(person) for visitor, person in people.items()}
    return SimpleNamespace(sessions=sessions, paths=paths, posted=posted)


def session_of(person):
    """The cookies of a browser in which someone is signed in, or nobody."""
    client = Client()
    if person:
        client.force_login(person)
    return client.cookies.output(header="", sep=";")


def make_matters(below, committee, board, officer):
    """For each move a matter at the moment at which an officer of the committee may make it."""
    officer_below, officer_above = make_officer(below), make_officer(board)

    def brought():
        return make_escalation(below, committee, by=officer_below)

    def accepted():
        return escalations.accept(escalation=brought(), by=officer)

    def taken_on():
        raised = make_escalation(committee, board, by=officer)
        return escalations.accept(escalation=raised, by=officer_above)

    draft, open_matter = make_draft_matter(committee, by=officer), accepted()
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
        "": open_matter,
    }


def make_message(body):
    now, today = timezone.now(), timezone.localdate()
    topic = Topic.objects.get_or_create(slug="not-sure", defaults={"name": "I am not sure"})[0]
    message = Submission.objects.create(
        message="The lift is broken.", topic=topic, received_at=now, received_on=today
    )
    referral = Referral.objects.create(
        submission=message,
        body=body,
        role=Referral.Role.LEAD,
        status="referred",
        reason={"format": FORMAT, "outcome": "referred-on", "from": None, "lead": named(body)},
        referred_at=now,
        clock_started_on=today,
        acknowledge_by=today,
        answer_by=today,
    )
    ReferralStep.objects.create(referral=referral, kind=ReferralStep.Kind.REFERRED, at=now)
    return message


def path_of(pattern, world):
    for name, path in world.paths.items():
        pattern = pattern.replace(name, path)
    assert "<" not in pattern, f"say in `world` what /{pattern} stands for"
    return f"/{pattern}"


def answer_to(session, method, path, posted=None):
    """The entry for the table; what a post does is undone."""
    client = Client()
    client.cookies.load(session)
    with undone():
        answer = client.post(path, posted or {}) if method == "POST" else client.get(path)
    if answer.status_code == 302 and "/login/" in answer["Location"]:
        return "in"
    return str(answer.status_code)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def table(text):
    return [line.split() for line in text.splitlines() if line.startswith(("GET", "POST"))]


def own_addresses():
    return [each.pattern for each in all_addresses() if not each.pattern.startswith("admin/")]


def test_the_table_names_every_address():
    named_in_table = {(method, path) for method, path, *_ in table(PAGES)}
    there = {(method, f"/{path}") for path in own_addresses() for method in ("GET", "POST")}

    assert named_in_table - there == set()
    assert there - named_in_table == set()


def test_each_visitor_comes_as_far_as_the_table_says(world):
    came = []
    for method, pattern, *_ in table(PAGES):
        path = path_of(pattern.removeprefix("/"), world)
        posted = next((world.posted[start] for start in world.posted if start in path), None)
        entries = [answer_to(each, method, path, posted) for each in world.sessions.values()]
        came.append([method, pattern, *entries])

    assert came == table(PAGES)
