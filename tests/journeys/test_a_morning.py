"""A morning of the engagement team: fifty mixed messages, worked down to none by their pages."""

import re
from datetime import date

import pytest
from django.test import Client

from engagement.actions import outcomes as telling
from engagement.models import Phrase, Submission, Theme
from governance.actions import escalations
from governance.models import Decision, Escalation, OutboxMessage
from tests.factories import (
    make_body,
    make_engagement_team_member,
    make_escalation_line,
    make_officer,
    make_partnership,
    make_signpost,
    send_feedback,
    words_of_a_matter,
)

pytestmark = pytest.mark.django_db

QUEUE = "/staff/feedback/"
LIFT, RINGING = (
    "The lift to the gym is broken, visit {n}.",
    "Nobody answers the telephone, try {n}.",
)
# What came in overnight: how many of each, and what they say.
MIXED = [
    (16, LIFT, {"topic": "healthy"}),
    (12, RINGING, {}),
    (5, "I want to hurt myself, day {n}.", {"topic": "healthy"}),
    (4, "I want to complain about visit {n}.", {"name": "Amina Quill"}),
    (4, "We offer backlinks, number {n}!", {}),
    (1, "Who made the backlinks on your page {n}? They are broken.", {}),
    (4, "ডাক্তারের কাছে গেলে আমার একজন দোভাষী লাগে {n}।", {"topic": "not-sure"}),
    (3, "Ring me on 07700 90012{n} about the clinic.", {"place": "Mile End", "nearest": "nw"}),
    (1, "I am not sure whom to tell {n}.", {"topic": "not-sure", "place": "N1 9GU"}),
]


@pytest.fixture
def partnership():
    partnership = make_partnership()
    make_signpost()
    partnership.board = make_body("Executive Board")
    partnership.chair = make_officer(partnership.board)
    make_escalation_line(partnership.living_well, partnership.board)
    for text, sign in (
        ("hurt myself", Phrase.Sign.URGENT),
        ("complain", Phrase.Sign.COMPLAINT),
        ("backlinks", Phrase.Sign.SPAM),
    ):
        Phrase.objects.create(text=text, sign=sign, weight=6)
    return partnership


@pytest.fixture
def sent(partnership):
    return [
        send_feedback(
            message=text.format(n=n), email="amina@example.org", wants_answer=True, **answers
        )
        for number, text, answers in MIXED
        for n in range(number)
    ]


class Desk:
    """Someone at work, who only has what the pages show."""

    def __init__(self, person):
        self.client = Client()
        self.client.force_login(person)

    def open_messages(self, query=""):
        """Every open message, the urgent ones first, page after page."""
        found, address = [], f"{QUEUE}?{query}"
        while address:
            context = self.client.get(address).context
            found += [*context["urgent"], *context["rows"]]
            older = context["next_url"]
            address = older and f"{QUEUE}{older}"
        return [row.submission.reference for row in found]

    def page(self, reference):
        return self.client.get(f"{QUEUE}{reference}/").text

    def do(self, reference, deed, **words):
        seen = re.search(r'name="seen" value="([0-9]+)"', self.page(reference))
        self.post(f"{QUEUE}{reference}/{deed}/", **words, **({"seen": seen[1]} if seen else {}))

    def post(self, address, **words):
        answer = self.client.post(address, words)
        assert answer.status_code == 302, answer.text
        return answer


def references(sent, text):
    start = text.partition("{n}")[0]
    return [each.submission.reference for each in sent if each.submission.message.startswith(start)]


def test_fifty_messages_are_worked_down_and_nobody_is_lost(client, partnership, sent):
    assert len(sent) == 50
    team, officer = (
        Desk(make_engagement_team_member()),
        Desk(partnership.officers["living-well"]),
    )

    # What looks like spam: four are, one is not.
    held = re.findall(r"quarantine/(F-[0-9-]+)/decide/", client_text(team, "/staff/quarantine/"))
    assert len(held) == 5
    real = references(sent, MIXED[5][1])
    for reference in held:
        verdict = "released" if reference in real else "rejected"
        team.post(f"/staff/quarantine/{reference}/decide/", verdict=verdict, reason="Read it.")
    assert len(team.open_messages()) == 46

    # The urgent ones stand on top, wherever they came in between.
    urgent = references(sent, MIXED[2][1])
    assert set(team.open_messages()[:5]) == set(urgent)
    for reference in urgent:
        team.do(reference, "answer", text="Someone rings you now. In danger, ring 999.")

    # Two themes; one becomes a matter of a body above.
    lifts, ringing = references(sent, LIFT), references(sent, RINGING)
    for title, lead, those in (
        ("No lift", "living-well", lifts),
        ("Nobody answers the telephone", "team", ringing),
    ):
        team.post("/staff/themes/", title=title, description="", lead_body=lead)
        theme = Theme.objects.get(title=title)
        team.post(f"/staff/themes/{theme.pk}/gather/", references=" ".join(those))
    lift_theme, ringing_theme = Theme.objects.order_by("pk")
    page = client_text(officer, f"/staff/themes/{lift_theme.pk}/escalate/")
    token = re.search(r'name="sending_token" value="([^"]+)"', page)[1]
    officer.post(
        f"/staff/themes/{lift_theme.pk}/escalate/",
        **words_of_a_matter(),
        to_body=partnership.board.slug,
        text="We cannot pay for a lift, so we asked the board.",
        sending_token=token,
    )
    matter = Escalation.objects.get()
    matter = escalations.accept(escalation=matter, by=partnership.chair)
    escalations.resolve(escalation=matter, by=partnership.chair, outcome="A lift is paid for.")
    address = f"/staff/themes/{lift_theme.pk}/answer/"
    page = client_text(officer, address)
    assert "A lift is paid for." in page
    ticked = re.findall(r'name="message" value="([^"]+)" checked', page)
    assert len(ticked) == len(lifts)
    officer.post(address, message=ticked, text="A lift is built in March.")

    # Those that say the same are answered together.
    first, *others = ringing
    for reference in others:
        team.do(reference, "merge", into=first, text="")
    team.do(first, "answer", text="Two more people answer the telephone from Monday.")

    # One author asks to be erased.
    erased = references(sent, MIXED[3][1])[0]
    team.post(f"{QUEUE}{erased}/erase/", reason="Asked for by telephone.", sure="on")

    # What is left, one by one; one is somebody else's.
    stray = references(sent, MIXED[8][1])[0]
    team.do(stray, "refer-on", to_body="living-well", text="It is theirs.", wrong="")
    officer.do(stray, "answer", text="Thank you, it is done.")
    for reference in team.open_messages():
        team.do(reference, "answer", text="Thank you. This is what we do.")

    # What came of the telephone, for everyone; its authors are told, without its words.
    decision = Decision.objects.create(
        body=partnership.triage,
        decided_on=date(2026, 11, 2),
        title="Two more people",
        text="From Monday.",
        is_public=True,
    )
    made = team.post(
        f"/staff/outcomes/new/?theme={ringing_theme.pk}",
        title="The telephone is answered",
        said="Nobody answers the telephone.",
        body="centre-of-excellence",
        state="decided",
        decision=decision.pk,
    )
    revision = re.search(r'name="seen" value="([0-9]+)"', client_text(team, made.url))[1]
    team.post(f"{made.url}publish/", seen=revision)
    OutboxMessage.objects.all().delete()

    assert telling.tell_residents() == len(ringing)
    assert "telephone" not in str(list(OutboxMessage.objects.values_list("subject", "text")))
    assert "The telephone is answered" in client.get("/you-said/").text
    assert "12 messages" in client.get("/you-said/").text

    assert team.open_messages() == officer.open_messages() == []
    assert client_text(team, "/staff/quarantine/").count("/decide/") == 0
    waiting = Submission.objects.exclude(status__in=["rejected", "erased"])
    assert waiting.count() == 45
    for each in sent:
        if each.submission.reference in {*held, erased} - {*real}:
            continue
        page = client.post(
            "/feedback/receipt/",
            {"reference": each.submission.reference, "secret": each.secret},
            follow=True,
        )
        assert '<h2 class="nhsuk-heading-m" id="answer">The answer</h2>' in page.text


def client_text(desk, address):
    return desk.client.get(address).text
