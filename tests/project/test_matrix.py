"""Who may do what: seven kinds of visitor, every address, asked and posted to.

`in` is the way to the sign-in page, other entries are statuses. Where it is nobody's business that
something exists, the answer is 404. What is posted is complete where staff act, so that 302 is a
deed done, and empty elsewhere: 200 is the form again with its errors.
"""

import pytest
from django.test import Client

from tests.project.addresses import own_addresses
from tests.project.world import path_of, posted_to, undone

pytestmark = pytest.mark.django_db

VISITORS = ["anonymous", "staff", "member", "officer", "other", "engagement", "governance"]

# What the addresses name, and who the visitors are: see `make_world`.
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


def answer_to(session, method, path, posted):
    """The entry for the table; what a post does is undone."""
    client = Client()
    client.cookies.load(session)
    with undone():
        answer = client.post(path, posted) if method == "POST" else client.get(path)
    if answer.status_code == 302 and "/login/" in answer["Location"]:
        return "in"
    return str(answer.status_code)


def table(text):
    return [line.split() for line in text.splitlines() if line.startswith(("GET", "POST"))]


def test_the_table_names_every_address():
    named_in_table = {(method, path) for method, path, *_ in table(PAGES)}
    there = {(method, f"/{path}") for path in own_addresses() for method in ("GET", "POST")}

    assert named_in_table - there == set()
    assert there - named_in_table == set()


def test_each_visitor_comes_as_far_as_the_table_says(world):
    came = []
    for method, pattern, *_ in table(PAGES):
        path = path_of(pattern.removeprefix("/"), world)
        posted = posted_to(path, world)
        entries = [answer_to(world.sessions[who], method, path, posted) for who in VISITORS]
        came.append([method, pattern, *entries])

    assert came == table(PAGES)
