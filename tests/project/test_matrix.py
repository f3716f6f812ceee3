"""Who may do what: seven kinds of visitor, every address, asked and posted to.

`in` is the way to the sign-in page, other entries are statuses. Where it is nobody's business that
something exists, the answer is 404. What is posted is complete where staff act, so that 302 is a
deed done, and empty elsewhere: 200 is the form again with its errors.
"""

import re
from functools import cache
from http.cookies import SimpleCookie

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from governance.models import Escalation
from tests.project.addresses import all_addresses, own_addresses
from tests.project.world import make_world, path_of, posted_to, undone

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
GET  /terms/                                    200   200   200   200   200   200   200
POST /terms/                                    405   405   405   405   405   405   405
GET  /contact/                                  200   200   200   200   200   200   200
POST /contact/                                  405   405   405   405   405   405   405
GET  /sitemap.xml                               200   200   200   200   200   200   200
POST /sitemap.xml                               405   405   405   405   405   405   405
GET  /robots.txt                                200   200   200   200   200   200   200
POST /robots.txt                                405   405   405   405   405   405   405
GET  /.well-known/security.txt                  200   200   200   200   200   200   200
POST /.well-known/security.txt                  405   405   405   405   405   405   405

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
GET  /structure/changes/                        200   200   200   200   200   200   200
POST /structure/changes/                        405   405   405   405   405   405   405
GET  /structure/seats/                          200   200   200   200   200   200   200
POST /structure/seats/                          405   405   405   405   405   405   405
GET  /structure/faults/                         200   200   200   200   200   200   200
POST /structure/faults/                         405   405   405   405   405   405   405
GET  /structure/changes/feed/                   200   200   200   200   200   200   200
POST /structure/changes/feed/                   405   405   405   405   405   405   405
GET  /bodies/                                   302   302   302   302   302   302   302
POST /bodies/                                   405   405   405   405   405   405   405
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
GET  /measures/                                 200   200   200   200   200   200   200
POST /measures/                                 405   405   405   405   405   405   405
GET  /meetings/                                 200   200   200   200   200   200   200
POST /meetings/                                 405   405   405   405   405   405   405
GET  /priorities/                               200   200   200   200   200   200   200
POST /priorities/                               405   405   405   405   405   405   405
GET  /plan/                                     200   200   200   200   200   200   200
POST /plan/                                     405   405   405   405   405   405   405
GET  /plan/<slug:slug>/                         404   200   200   200   200   200   200
POST /plan/<slug:slug>/                         405   405   405   405   405   405   405
GET  /bodies/<slug:slug>/meetings/<int:pk>/pack/   in    403   200   200   403   403   200
POST /bodies/<slug:slug>/meetings/<int:pk>/pack/   in    403   403   302   403   403   302
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
GET  /escalations/<str:reference>/consult/      in    404   302   302   404   404   302
POST /escalations/<str:reference>/consult/      in    404   403   302   404   404   403
GET  /escalations/<str:reference>/comment/      in    404   302   302   404   404   302
POST /escalations/<str:reference>/comment/      in    404   302   302   404   404   403
GET  /escalations/<str:reference>/attach/       in    404   302   302   404   404   302
POST /escalations/<str:reference>/attach/       in    404   302   302   404   404   403
GET  /escalations/<str:reference>/detach/       in    404   302   302   404   404   302
POST /escalations/<str:reference>/detach/       in    404   200   302   404   404   302
GET  /escalations/<str:reference>/merge/        in    404   302   302   404   404   302
POST /escalations/<str:reference>/merge/        in    404   403   302   404   404   403
GET  /escalations/<str:reference>/ask-out-of-line/ in    404   302   302   404   404   302
POST /escalations/<str:reference>/ask-out-of-line/ in    404   403   302   404   404   403
GET  /escalations/<str:reference>/refuse-out-of-line/ in    404   302   302   404   404   302
POST /escalations/<str:reference>/refuse-out-of-line/ in    404   403   403   404   404   302
GET  /escalations/<str:reference>/out-of-line/  in    404   302   302   404   404   302
POST /escalations/<str:reference>/out-of-line/  in    404   403   403   404   404   302
GET  /escalations/<str:reference>/rebase/       in    404   302   302   404   404   302
POST /escalations/<str:reference>/rebase/       in    404   403   403   404   404   302
GET  /escalations/<str:reference>/add-action/   in    404   302   302   404   404   302
POST /escalations/<str:reference>/add-action/   in    404   403   302   404   404   403
GET  /escalations/<str:reference>/files/<int:pk>/ in    404   200   200   404   404   200
POST /escalations/<str:reference>/files/<int:pk>/ in    405   405   405   405   405   405

GET  /actions/                                  in    200   200   200   200   200   200
POST /actions/                                  in    405   405   405   405   405   405
GET  /actions/<int:pk>/done/                    in    302   302   302   302   302   302
POST /actions/<int:pk>/done/                    in    404   403   302   404   404   302
GET  /actions/<int:pk>/move/                    in    302   302   302   302   302   302
POST /actions/<int:pk>/move/                    in    404   403   302   404   404   302

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
GET  /feedback/receipt/reply/                   302   302   302   302   302   302   302
POST /feedback/receipt/reply/                   200   200   200   200   200   200   200
GET  /feedback/receipt/not-answered/            302   302   302   302   302   302   302
POST /feedback/receipt/not-answered/            200   200   200   200   200   200   200
GET  /feedback/receipt/keep-private/            302   302   302   302   302   302   302
POST /feedback/receipt/keep-private/            200   200   200   200   200   200   200
GET  /feedback/receipt/withdraw/                302   302   302   302   302   302   302
POST /feedback/receipt/withdraw/                200   200   200   200   200   200   200
GET  /feedback/receipt/new-code/                302   302   302   302   302   302   302
POST /feedback/receipt/new-code/                200   200   200   200   200   200   200
GET  /feedback/receipt/close/                   302   302   302   302   302   302   302
POST /feedback/receipt/close/                   302   302   302   302   302   302   302

GET  /get-involved/                             200   200   200   200   200   200   200
POST /get-involved/                             405   405   405   405   405   405   405
GET  /get-involved/calendar.ics                 200   200   200   200   200   200   200
POST /get-involved/calendar.ics                 405   405   405   405   405   405   405
GET  /get-involved/receipt/                     200   200   200   200   200   200   200
POST /get-involved/receipt/                     200   200   200   200   200   200   200
GET  /get-involved/receipt/withdraw/            302   302   302   302   302   302   302
POST /get-involved/receipt/withdraw/            200   200   200   200   200   200   200
GET  /get-involved/receipt/new-code/            302   302   302   302   302   302   302
POST /get-involved/receipt/new-code/            200   200   200   200   200   200   200
GET  /get-involved/receipt/close/               302   302   302   302   302   302   302
POST /get-involved/receipt/close/               302   302   302   302   302   302   302
GET  /get-involved/<slug:slug>/                 200   200   200   200   200   200   200
POST /get-involved/<slug:slug>/                 405   405   405   405   405   405   405
GET  /get-involved/<slug:slug>/join/            302   302   302   302   302   302   302
POST /get-involved/<slug:slug>/join/            200   200   200   200   200   200   200
GET  /get-involved/<slug:slug>/people/          in    404   404   200   404   200   404
POST /get-involved/<slug:slug>/people/          in    405   405   405   405   405   405
GET  /get-involved/<slug:slug>/people/<int:pk>/ in    404   404   200   404   200   404
POST /get-involved/<slug:slug>/people/<int:pk>/ in    404   404   302   404   302   404
GET  /stories/                                  200   200   200   200   200   200   200
POST /stories/                                  405   405   405   405   405   405   405
GET  /stories/feed/                             200   200   200   200   200   200   200
POST /stories/feed/                             405   405   405   405   405   405   405
GET  /stories/<slug:slug>/                      404   404   404   404   404   200   200
POST /stories/<slug:slug>/                      405   405   405   405   405   405   405
GET  /stories/<slug:slug>/picture-<int:width>.webp 404   404   404   404   404   200   200
POST /stories/<slug:slug>/picture-<int:width>.webp 405   405   405   405   405   405   405
GET  /animations/                               200   200   200   200   200   200   200
POST /animations/                               405   405   405   405   405   405   405
GET  /animations/<slug:slug>/                   404   404   404   404   404   200   200
POST /animations/<slug:slug>/                   405   405   405   405   405   405   405
GET  /animations/<slug:slug>/picture-<int:width>.webp 404   404   404   404   404   200   200
POST /animations/<slug:slug>/picture-<int:width>.webp 405   405   405   405   405   405   405
GET  /animations/<slug:slug>/film/              404   404   404   404   404   200   200
POST /animations/<slug:slug>/film/              405   405   405   405   405   405   405
GET  /animations/<slug:slug>/captions-<slug:language>.vtt 404   404   404   404   404   200   200
POST /animations/<slug:slug>/captions-<slug:language>.vtt 405   405   405   405   405   405   405

GET  /staff/                                    in    200   200   200   200   200   200
POST /staff/                                    in    405   405   405   405   405   405
GET  /staff/measures/<int:pk>/                  in    403   403   200   403   403   200
POST /staff/measures/<int:pk>/                  in    403   403   302   403   403   302
GET  /staff/settings/                           in    200   200   200   200   200   200
POST /staff/settings/                           in    200   200   200   200   200   200
GET  /staff/feedback/                           in    200   200   200   200   200   200
POST /staff/feedback/                           in    405   405   405   405   405   405
GET  /staff/feedback/new/                       in    403   403   200   200   200   403
POST /staff/feedback/new/                       in    403   403   200   200   200   403
GET  /staff/feedback/next/                      in    302   302   302   302   302   302
POST /staff/feedback/next/                      in    405   405   405   405   405   405
GET  /staff/routing/                            in    403   403   403   403   200   403
POST /staff/routing/                            in    405   405   405   405   405   405
GET  /staff/routing/phrases/                    in    403   403   403   403   302   403
POST /staff/routing/phrases/                    in    403   403   403   403   200   403
GET  /staff/quarantine/                         in    403   403   403   403   200   403
POST /staff/quarantine/                         in    405   405   405   405   405   405
GET  /staff/quarantine/<str:reference>/decide/  in    403   403   403   403   302   403
POST /staff/quarantine/<str:reference>/decide/  in    403   403   403   403   302   403
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
GET  /staff/feedback/<str:reference>/ask/       in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/ask/       in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/merge/     in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/merge/     in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/split/     in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/split/     in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/escalate/  in    404   403   200   404   403   404
POST /staff/feedback/<str:reference>/escalate/  in    404   403   302   404   403   404
GET  /staff/feedback/<str:reference>/assign/    in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/assign/    in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/theme/     in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/theme/     in    404   403   302   404   302   404
GET  /staff/themes/                             in    200   200   200   200   200   200
POST /staff/themes/                             in    403   403   302   200   302   403
GET  /staff/themes/gather/                      in    403   403   200   200   200   403
POST /staff/themes/gather/                      in    403   403   302   200   302   403
GET  /staff/themes/<int:pk>/                    in    404   200   200   404   200   404
POST /staff/themes/<int:pk>/                    in    405   405   405   405   405   405
GET  /staff/themes/<int:pk>/change/             in    404   403   200   404   200   404
POST /staff/themes/<int:pk>/change/             in    404   403   302   404   302   404
GET  /staff/themes/<int:pk>/close/              in    404   403   302   404   302   404
POST /staff/themes/<int:pk>/close/              in    404   403   302   404   302   404
GET  /staff/themes/<int:pk>/gather/             in    404   302   302   404   302   404
POST /staff/themes/<int:pk>/gather/             in    404   403   302   404   302   404
GET  /staff/themes/<int:pk>/answer/             in    404   403   200   404   200   404
POST /staff/themes/<int:pk>/answer/             in    404   403   302   404   302   404
GET  /staff/themes/<int:pk>/escalate/           in    404   403   200   404   403   404
POST /staff/themes/<int:pk>/escalate/           in    404   403   302   404   403   404
GET  /staff/feedback/<str:reference>/note/      in    404   302   302   404   302   404
POST /staff/feedback/<str:reference>/note/      in    404   403   302   404   302   404
GET  /staff/feedback/<str:reference>/redact/    in    404   403   403   404   200   404
POST /staff/feedback/<str:reference>/redact/    in    404   403   403   404   302   404
GET  /staff/feedback/<str:reference>/erase/     in    404   403   403   404   200   404
POST /staff/feedback/<str:reference>/erase/     in    404   403   403   404   302   404
GET  /you-said/                                 200   200   200   200   200   200   200
POST /you-said/                                 405   405   405   405   405   405   405
GET  /you-said/feed/                            200   200   200   200   200   200   200
POST /you-said/feed/                            405   405   405   405   405   405   405
GET  /you-said/<int:pk>/                        200   200   200   200   200   200   200
POST /you-said/<int:pk>/                        405   405   405   405   405   405   405
GET  /staff/outcomes/                           in    403   403   200   200   200   403
POST /staff/outcomes/                           in    405   405   405   405   405   405
GET  /staff/outcomes/new/                       in    403   403   200   404   200   403
POST /staff/outcomes/new/                       in    403   403   200   404   200   403
GET  /staff/outcomes/<int:pk>/                  in    404   404   200   404   200   404
POST /staff/outcomes/<int:pk>/                  in    404   404   403   404   302   404
GET  /staff/outcomes/<int:pk>/publish/          in    405   405   405   405   405   405
POST /staff/outcomes/<int:pk>/publish/          in    404   404   403   404   302   404
GET  /staff/outcomes/<int:pk>/take-back/        in    405   405   405   405   405   405
POST /staff/outcomes/<int:pk>/take-back/        in    404   404   403   404   302   404
GET  /data/                                     200   200   200   200   200   200   200
POST /data/                                     405   405   405   405   405   405   405
GET  /data/<slug:key>.csv                       200   200   200   200   200   200   200
POST /data/<slug:key>.csv                       405   405   405   405   405   405   405
GET  /data/<slug:key>.json                      200   200   200   200   200   200   200
POST /data/<slug:key>.json                      405   405   405   405   405   405   405
GET  /ideas/                                    200   200   200   200   200   200   200
POST /ideas/                                    405   405   405   405   405   405   405
GET  /ideas/feed/                               200   200   200   200   200   200   200
POST /ideas/feed/                               405   405   405   405   405   405   405
GET  /ideas/<int:pk>/                           200   200   200   200   200   200   200
POST /ideas/<int:pk>/                           405   405   405   405   405   405   405
GET  /staff/feedback/<str:reference>/idea/      in    404   403   200   404   200   404
POST /staff/feedback/<str:reference>/idea/      in    404   403   302   404   302   404
GET  /staff/ideas/                              in    403   403   200   200   200   403
POST /staff/ideas/                              in    405   405   405   405   405   405
GET  /staff/ideas/<int:pk>/                     in    404   404   200   404   200   404
POST /staff/ideas/<int:pk>/                     in    404   404   403   404   302   404
GET  /staff/ideas/<int:pk>/move/                in    405   405   405   405   405   405
POST /staff/ideas/<int:pk>/move/                in    404   404   302   404   302   404
GET  /staff/ideas/<int:pk>/publish/             in    405   405   405   405   405   405
POST /staff/ideas/<int:pk>/publish/             in    404   404   403   404   302   404
GET  /staff/ideas/<int:pk>/take-back/           in    405   405   405   405   405   405
POST /staff/ideas/<int:pk>/take-back/           in    404   404   403   404   302   404
GET  /staff/figures/                            in    200   200   200   200   200   200
POST /staff/figures/                            in    405   405   405   405   405   405
GET  /staff/figures/figures.csv                 in    200   200   200   200   200   200
POST /staff/figures/figures.csv                 in    405   405   405   405   405   405
GET  /staff/erasures/                           in    403   403   403   403   200   403
POST /staff/erasures/                           in    405   405   405   405   405   405

GET  /healthz/                                  200   200   200   200   200   200   200
POST /healthz/                                  405   405   405   405   405   405   405
GET  /readyz/                                   200   200   200   200   200   200   200
POST /readyz/                                   405   405   405   405   405   405   405
"""


@pytest.fixture(scope="module")
def made_world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world, db):
    """Made once for all tests here; what one of them does to it is undone."""
    return made_world


@cache
def browser():
    """One for all who ask, as making one takes longer than many an answer."""
    return Client()


def answer_to(session, method, path, posted=None):
    """The entry for the table; what a post does is undone."""
    client = browser()
    client.cookies = SimpleCookie(session)
    with undone():
        answer = client.post(path, posted or {}) if method == "POST" else client.get(path)
    if answer.status_code == 302 and "/login/" in answer["Location"]:
        return "in"
    if answer.status_code == 403 and "Sign in again" in answer.text:
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
        entries = [
            answer_to(world.sessions[who], method, path, posted_to(path, world)) for who in VISITORS
        ]
        came.append([method, pattern, *entries])

    assert came == table(PAGES)


def test_what_leads_to_a_part_of_a_page_finds_it_there(world):
    lost, client = {}, browser()
    for who in ("anonymous", "engagement"):
        client.cookies = SimpleCookie(world.sessions[who])
        for pattern in own_addresses():
            answer = client.get(path_of(pattern, world))
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                there = set(re.findall(r'\bid="([^"]+)"', answer.text))
                led_to = set(re.findall(r'\bhref="#([^"]+)"', answer.text))
                if led_to - there:
                    lost[who, pattern] = led_to - there

    assert lost == {}


@pytest.mark.parametrize("who", ["anonymous", "officer"])
def test_no_address_takes_a_form_from_another_site(world, who):
    client = Client(enforce_csrf_checks=True)
    client.cookies.load(world.sessions[who])
    paths = [path_of(pattern, world) for pattern in own_addresses()]

    answers = {path: client.post(path, posted_to(path, world)).status_code for path in paths}

    assert {path: status for path, status in answers.items() if status != 403} == {}


# --- The admin ------------------------------------------------------------------------------------

# What each may do with the rows of a model: view, add, change, delete. A hyphen is a refusal.
ADMIN = """
                             anon-  staff  mem-   offi-  other  engage gover-
                             ymous         ber    cer    offi-  ment   nance
                                                         cer    team   admin.
auth.Group                   in     in     in     in     in     -      -
axes.AccessAttempt           in     in     in     in     in     -      -
axes.AccessFailureLog        in     in     in     in     in     -      -
axes.AccessLog               in     in     in     in     in     -      -
engagement.Activity          in     in     in     in     in     vac    vac
engagement.Animation         in     in     in     in     in     vacd   vacd
engagement.Clue              in     in     in     in     in     vacd   vacd
engagement.Erasure           in     in     in     in     in     v      v
engagement.Phrase            in     in     in     in     in     vacd   vacd
engagement.Referral          in     in     in     in     in     v      v
engagement.RetentionPeriod   in     in     in     in     in     vc     vc
engagement.RoutingRule       in     in     in     in     in     vacd   vacd
engagement.Signpost          in     in     in     in     in     vacd   vacd
engagement.Story             in     in     in     in     in     vacd   vacd
engagement.Submission        in     in     in     in     in     v      v
engagement.Theme             in     in     in     in     in     v      v
engagement.Topic             in     in     in     in     in     vacd   vacd
engagement.WordFamily        in     in     in     in     in     vacd   vacd
governance.ActionPoint       in     in     in     in     in     -      v
governance.BankHoliday       in     in     in     in     in     -      vacd
governance.Body              in     in     in     in     in     -      vacd
governance.BodyKind          in     in     in     in     in     -      vacd
governance.Cadence           in     in     in     in     in     -      vacd
governance.Decision          in     in     in     in     in     -      vacd
governance.Document          in     in     in     in     in     -      vacd
governance.Escalation        in     in     in     in     in     -      v
governance.EscalationStep    in     in     in     in     in     -      v
governance.Measure           in     in     in     in     in     -      vacd
governance.Meeting           in     in     in     in     in     -      vacd
governance.Membership        in     in     in     in     in     -      vacd
governance.Organisation      in     in     in     in     in     -      vacd
governance.OutboxMessage     in     in     in     in     in     -      v
governance.Partner           in     in     in     in     in     -      vacd
governance.Priority          in     in     in     in     in     -      vacd
governance.Project           in     in     in     in     in     -      vacd
governance.Reading           in     in     in     in     in     -      vacd
governance.ReportingLine     in     in     in     in     in     -      vacd
governance.Seat              in     in     in     in     in     -      vacd
governance.Strategy          in     in     in     in     in     -      vacd
governance.StructureRecord   in     in     in     in     in     -      vc
governance.TermsOfReference  in     in     in     in     in     -      vacd
governance.User              in     in     in     in     in     -      vac
localities.CareNetwork       in     in     in     in     in     -      vacd
localities.Indicator         in     in     in     in     in     -      vacd
localities.IndicatorRelease  in     in     in     in     in     -      v
localities.IndicatorValue    in     in     in     in     in     -      v
localities.Locality          in     in     in     in     in     -      vacd
localities.PlaceName         in     in     in     in     in     -      vacd
localities.PostcodeDistrict  in     in     in     in     in     -      vacd
localities.PostcodeRelease   in     in     in     in     in     -      v
localities.Practice          in     in     in     in     in     -      vacd
localities.Ward              in     in     in     in     in     -      vacd
localities.WardInLocality    in     in     in     in     in     -      vacd
tht_portal.LanguageCheck     in     in     in     in     in     -      vacd
"""
NEEDED = {
    "v": [("GET", "changelist"), ("GET", "change"), ("GET", "history")],
    "a": [("GET", "add"), ("POST", "add")],
    "c": [("POST", "change")],
    "d": [("GET", "delete"), ("POST", "delete")],
}


def rights(session, model, row):
    """The entry for the table of the admin; an exclamation mark where half a right is given."""
    entry, answers = "", set()
    for letter, needed in NEEDED.items():
        given = [
            answer_to(session, method, admin_path(model, what, row)) for method, what in needed
        ]
        is_open = [answer in {"200", "302"} for answer in given]
        entry += letter if all(is_open) else "!" if any(is_open) else ""
        answers.update(given)
    return "in" if answers == {"in"} else entry or "-"


def admin_path(model, what, row):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"
    return reverse(name, args=[] if what in {"changelist", "add"} else [row])


def models():
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def admin_table():
    return [line.split() for line in ADMIN.splitlines() if "." in line.split(" ")[0]]


def test_the_admin_s_table_names_every_model():
    assert [label for label, *_ in admin_table()] == [model._meta.label for model in models()]


def test_each_visitor_may_edit_what_the_table_says(world, no_app_list):
    found = []
    for model in models():
        row = model._default_manager.first().pk
        entries = [rights(world.sessions[who], model, row) for who in VISITORS]
        found.append([model._meta.label, *entries])

    assert found == admin_table()


REFUSED = {"403", "404", "405"}


def other_paths():
    """Addresses of the admin that its table leaves out: versions, completion, imports."""
    in_the_table = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"
        for model in models()
        for needed in NEEDED.values()
        for _, what in needed
    }
    left = {each.pattern for each in all_addresses() if each.name not in in_the_table}
    return {filled_in(pattern) for pattern in left - set(own_addresses())}


def filled_in(pattern):
    """A path that this pattern matches, and that names little that exists."""
    pattern = re.sub(r"\(\?P<app_label>[^)]*\)", "governance", pattern)
    return "/" + re.sub(r"<[^>]+>|\([^)]*\)", "1", pattern).replace("^", "").replace("$", "")


def test_no_address_of_the_admin_is_open_to_those_it_is_not_for(world):
    ways_in = {
        (path, answer_to(world.sessions[who], method, path))
        for path in other_paths()
        for method in ("GET", "POST")
        for who in VISITORS[:5]
    }

    assert {(path, answer) for path, answer in ways_in if answer != "in"} == {
        ("/admin/login/", "403"),  # signed in already, so it is no use to sign in
        ("/admin/login/", "405"),
        ("/admin/logout/", "302"),
    }


def test_the_engagement_team_finds_no_way_round_the_table(world):
    session = world.sessions["engagement"]
    paths = [
        path
        for path in other_paths()
        if path.startswith(("/admin/gov", "/admin/loc", "/admin/tht"))
    ]

    answers = {
        path: {answer_to(session, method, path) for method in ("GET", "POST")}
        for path in paths
        if not path.endswith("/1/") or "history" in path  # the rest lead to the table's addresses
    }

    assert answers
    assert {path: each for path, each in answers.items() if not each <= REFUSED} == {}


def asked_of_the_admin(world, questions):
    sessions = [world.sessions["engagement"], world.sessions["governance"]]
    return {
        answer_to(session, "GET", f"/admin/{question}")
        for question in questions
        for session in sessions
    }


def test_the_admin_answers_no_question_about_what_it_does_not_show(world):
    questions = [
        "engagement/submission/?message__icontains=lift",
        "engagement/submission/?place__startswith=E3",
        "engagement/submission/?sending_key__startswith=a",
        "engagement/submission/?contact__email__icontains=a",
        "engagement/submission/?additions__message__icontains=a",
        "engagement/submission/?receipt__secret_hash__startswith=a",
        "engagement/referral/?reason__icontains=E3",
        "engagement/referral/?submission__message__icontains=lift",
        "engagement/referral/?submission__contact__name__icontains=a",
        "governance/outboxmessage/?text__icontains=K7QM",
        "governance/user/?password__startswith=md5",
    ]

    assert asked_of_the_admin(world, questions) == {"400", "403"}


def test_the_admin_filters_by_what_its_lists_offer(world):
    questions = [
        "engagement/submission/?status__exact=held",
        "engagement/submission/?topic__slug__exact=a",
        "engagement/referral/?role=lead",
    ]

    assert asked_of_the_admin(world, questions) == {"200"}


def test_the_admin_shows_no_draft_of_a_matter(world):
    draft = Escalation.objects.get(status="draft")

    answer = answer_to(
        world.sessions["governance"], "GET", admin_path(Escalation, "change", draft.pk)
    )

    assert answer == "302"  # to the start, which says that there is no such matter
