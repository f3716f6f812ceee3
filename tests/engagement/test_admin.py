"""What administrators edit, and what of residents' messages they can look up."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement.actions import erasures
from engagement.catalogue import catalogue_today
from engagement.models import Phrase, RoutingRule, Submission, Topic, WordFamily
from engagement.replay import replay
from governance.actions.structure import structure_edited
from governance.models import Body, OutboxMessage
from governance.structure import structure_today
from tests.factories import (
    make_activity,
    make_animation,
    make_body,
    make_engagement_team_member,
    make_governance_administrator,
    make_partnership,
    make_person,
    make_rule,
    make_signpost,
    make_story,
    make_submission,
    make_theme,
    make_topic,
    send_feedback,
    today,
)

pytestmark = pytest.mark.django_db

LISTS = ["topic", "phrase", "wordfamily", "routingrule", "signpost", "submission", "referral"]


@pytest.fixture
def partnership():
    make_signpost()
    return make_partnership()


@pytest.fixture
def submission(partnership):
    return send_feedback(message="Zebra crossing", name="Amina Quill").submission


def address(model, *rest):
    return "/".join(["/admin/engagement", model, *map(str, rest), ""])


@pytest.mark.parametrize("make", [make_engagement_team_member, make_governance_administrator])
@pytest.mark.parametrize("model", LISTS)
def test_both_groups_see_every_list(client, submission, make, model):
    client.force_login(make())

    page = client.get(address(model))

    assert page.status_code == 200
    assert client.get(address(model) + "?q=F-2026-000001").status_code == 200


def test_other_staff_do_not(client, submission):
    client.force_login(make_person(is_staff=True))

    for model in LISTS:
        assert client.get(address(model)).status_code == 403


def test_an_edit_needs_a_reason_and_is_used_by_the_next_message(client, partnership):
    administrator = make_engagement_team_member()
    client.force_login(administrator)
    before = catalogue_today()
    rule = RoutingRule.objects.get(name="it is about a GP")
    form = {"name": "it is about a surgery", "order": 1, "topic": "gp", "destination": "place"}

    refused = client.post(address("routingrule", rule.pk, "change"), form)
    assert b"Enter the reason for this change." in refused.content
    said = form | {"reason": "Plainer words", "_rehearsed": "Save it"}
    client.post(address("routingrule", rule.pk, "change"), said)

    assert catalogue_today() is not before
    assert catalogue_today().rules[0].name == "it is about a surgery"
    change = rule.history.first()
    assert (change.history_user, change.history_change_reason) == (administrator, "Plainer words")


def test_a_rule_with_two_destinations_is_refused_with_a_sentence(client, partnership):
    client.force_login(make_governance_administrator())
    form = {
        "name": "it goes nowhere",
        "order": 1,
        "destination": "place",
        "body": partnership.living_well.pk,
        "reason": "A try",
    }

    page = client.post(address("routingrule", "add"), form)

    assert "Name a body, or choose the locality committee" in page.content.decode()
    assert not RoutingRule.objects.filter(name="it goes nowhere").exists()


def test_a_topic_that_messages_have_cannot_be_deleted(client, submission):
    client.force_login(make_engagement_team_member())

    page = client.post(address("topic", "gp", "delete"), {"post": "yes", "reason": "Gone"})

    assert page.status_code in {200, 302, 403}
    assert Topic.objects.filter(pk="gp").exists()


@pytest.mark.parametrize("model", ["submission", "referral"])
def test_what_residents_sent_is_changed_by_nobody(client, submission, model):
    client.force_login(make_person(is_staff=True, is_superuser=True))

    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address(model, submission.pk, "delete"), {"post": "yes"}).status_code == 403
    page = client.get(address(model, submission.pk, "change")).content.decode()
    assert 'name="_save"' not in page


def test_the_words_and_the_person_are_nowhere_in_the_admin(client, submission):
    for person in (make_engagement_team_member(), make_governance_administrator()):
        client.force_login(person)
        for model in LISTS:
            assert_no_words(client.get(address(model)))
        assert_no_words(client.get(address("submission", submission.pk, "change")))
        referral = submission.referrals.get()
        assert_no_words(client.get(address("referral", referral.pk, "change")))


def assert_no_words(page):
    for word in ("Zebra", "Quill"):
        assert word not in page.content.decode()


def test_only_the_engagement_team_is_led_to_the_message(client, submission):
    def is_led(person):
        client.force_login(person)
        page = client.get(address("submission", submission.pk, "change")).content.decode()
        return f"/staff/feedback/{submission.reference}/" in page

    assert is_led(make_engagement_team_member())
    assert not is_led(make_governance_administrator())


def test_a_message_is_found_by_its_reference_alone(client, submission):
    client.force_login(make_governance_administrator())

    def found(text):
        return (
            submission in client.get(address("submission"), {"q": text}).context["cl"].result_list
        )

    assert found(submission.reference)
    assert not found("Zebra")


def one_more_of_everything():
    message = send_feedback(topic="healthy").submission
    make_theme(message)
    officer = make_engagement_team_member()
    erasures.erase(submission=make_submission(), by=officer, reason="The resident asked.")
    make_rule(make_body(), name=f"Rule {message.pk}", topic=make_topic())
    make_signpost()
    Phrase.objects.create(text=f"word{message.pk}", sign="topic", topic_id="gp")
    WordFamily.objects.create(name=f"family{message.pk}", words="word")
    for make in (make_activity, make_story, make_animation):
        make()


ADMIN_LISTS = sorted(
    model._meta.model_name
    for model in admin.site._registry
    if model._meta.app_label == "engagement"
)


@pytest.mark.parametrize("model", ADMIN_LISTS)
def test_a_list_costs_the_same_whatever_its_length(client, partnership, model):
    client.force_login(make_engagement_team_member())

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address(model))
        assert page.status_code == 200
        return len(captured)

    one_more_of_everything()
    queries()
    with_one = queries()
    for _ in range(5):
        one_more_of_everything()
    queries()

    assert queries() == with_one <= 10


@pytest.mark.parametrize("model", ["submission", "referral", "theme", "erasure"])
def test_a_list_that_grows_for_ever_is_not_counted_to_its_end(client, partnership, model):
    client.force_login(make_engagement_team_member())
    send_feedback()

    with CaptureQueriesContext(connection) as captured:
        client.get(address(model))

    counts = [each["sql"] for each in captured if "COUNT(" in each["sql"]]
    assert counts and all(" LIMIT 10000" in sql for sql in counts)


# --- Rehearsing a rule ----------------------------------------------------------------------------


def change_of(rule, **fields):
    return {
        "name": rule.name,
        "order": rule.order,
        "topic": rule.topic_id or "",
        "destination": rule.destination,
        "body": rule.body_id or "",
        "reason": "Agreed by the team",
    } | fields


def test_before_a_rule_is_saved_the_last_90_days_are_replayed(client, partnership):
    client.force_login(make_engagement_team_member())
    moved = [send_feedback().submission for _ in range(2)]
    send_feedback(topic="healthy")
    old = send_feedback().submission
    Submission.objects.filter(pk=old.pk).update(received_on=today() - timedelta(days=90))
    rule = RoutingRule.objects.get(name="it is about a GP")
    changed = change_of(rule, destination="body", body=partnership.living_well.pk)

    page = client.post(address("routingrule", rule.pk, "change"), changed).content.decode()

    assert "Of the 3 messages of the last 90 days 2 would go elsewhere" in page
    assert "<td>North East Committee</td><td>Living Well</td><td>2</td>" in page
    assert all(each.reference in page for each in moved)
    assert old.reference not in page
    rule.refresh_from_db()
    assert rule.destination == "place"  # nothing is saved yet

    client.post(address("routingrule", rule.pk, "change"), changed | {"_rehearsed": "Save it"})

    rule.refresh_from_db()
    assert rule.body == partnership.living_well


def test_a_copy_that_a_rule_is_to_give_is_replayed_and_kept(client, partnership):
    client.force_login(make_engagement_team_member())
    send_feedback(topic="healthy")
    rule = RoutingRule.objects.get(name="it is about staying healthy")
    changed = change_of(rule, copy_to=partnership.nw.committee.pk)

    page = client.post(address("routingrule", rule.pk, "change"), changed).text

    with_copy = "Living Well, with a copy to North West Committee"
    assert f"<td>Living Well</td><td>{with_copy}</td><td>1</td>" in page
    assert "gives a copy to" not in page
    client.post(address("routingrule", rule.pk, "change"), changed | {"_rehearsed": "Save it"})
    rule.refresh_from_db()
    assert rule.copy_to == partnership.nw.committee
    assert rule.history.first().copy_to_id == rule.copy_to_id

    Body.objects.filter(pk=rule.copy_to_id).update(end_date=today())
    structure_edited()

    page = client.post(address("routingrule", rule.pk, "change"), changed).text

    assert "gives a copy to North West Committee also on days on which neither" in page


def test_a_rule_that_changes_nothing_says_so(client, partnership):
    client.force_login(make_engagement_team_member())
    send_feedback()
    new = {"name": "it is an idea", "order": 5, "kind": "idea", "destination": "body"}
    new |= {"body": partnership.living_well.pk, "reason": "A try"}

    page = client.post(address("routingrule", "add"), new).content.decode()

    assert "Of the 1 message of the last 90 days none would go elsewhere." in page
    assert not RoutingRule.objects.filter(name="it is an idea").exists()


def test_a_rule_for_a_body_that_closes_is_told_so_before_it_is_saved(client, partnership):
    client.force_login(make_engagement_team_member())
    last_day = today() + timedelta(days=30)
    Body.objects.filter(pk=partnership.living_well.pk).update(end_date=last_day)
    structure_edited()
    new = {"name": "it is an idea", "order": 5, "kind": "idea", "destination": "body"}
    new |= {"body": partnership.living_well.pk, "reason": "A try"}
    later = {"start_date": (last_day + timedelta(days=9)).isoformat()}

    for days, is_told in (({}, True), (later, True), ({"end_date": last_day.isoformat()}, False)):
        page = client.post(address("routingrule", "add"), new | days)

        assert "What this would have done" in page.text
        assert ("names Living Well on days on which that body closes" in page.text) == is_told


def test_deleting_a_rule_says_what_it_would_have_done(client, partnership):
    client.force_login(make_engagement_team_member())
    send_feedback()
    rule = RoutingRule.objects.get(name="it is about a GP")

    page = client.get(address("routingrule", rule.pk, "delete")).content.decode()

    assert "<td>North East Committee</td><td>Centre of Excellence (to triage)</td>" in page


def test_a_replay_costs_the_same_for_few_messages_and_for_many(partnership):
    rules, structure = catalogue_today().rules_on(today()), structure_today()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            replay(rules, rules[1:], structure, today())
        return len(captured)

    send_feedback()
    with_one = queries()
    for _ in range(5):
        send_feedback()
        send_feedback(topic="healthy")

    assert queries() == with_one == 2


def test_a_family_shows_the_phrases_that_use_it_and_keeps_its_name_while_any_does(
    client, partnership
):
    family = WordFamily.objects.create(name="nurse", words="nurse, matron")
    spare = WordFamily.objects.create(name="spare", words="spare")
    Phrase.objects.create(text="{nurse} & late", sign="topic", topic_id="gp")
    client.force_login(make_engagement_team_member())
    typed = {"words": "nurse, matron, sister", "reason": "R"}

    page = client.get(address("wordfamily", family.pk, "change")).content.decode()
    renamed = client.post(
        address("wordfamily", family.pk, "change"), typed | {"name": "nurses"}
    ).content.decode()
    kept = client.post(address("wordfamily", family.pk, "change"), typed | {"name": "nurse"})

    assert "{nurse} &amp; late" in page
    assert "Phrases use it as {nurse}: keep its name" in renamed
    assert kept.status_code == 302
    assert client.get(address("wordfamily", family.pk, "delete")).status_code == 403
    assert client.get(address("wordfamily", spare.pk, "delete")).status_code == 200
    assert catalogue_today().reader.read("The sister is late.").topic == "gp"


def test_a_phrase_names_families_that_there_are(client, partnership):
    client.force_login(make_engagement_team_member())
    typed = {"text": "{nobody} late", "sign": "topic", "topic": "gp", "weight": 3, "language": "en"}

    page = client.post(address("phrase", "add"), typed | {"reason": "R"}).content.decode()

    assert "There is no family “nobody”" in page


# --- Mails ----------------------------------------------------------------------------------------


MAILS = "/admin/governance/outboxmessage/"


def test_the_list_of_mails_does_not_tell_how_to_reach_a_resident(client, partnership):
    sent = send_feedback(email="amina@example.org", wants_answer=True)
    OutboxMessage.objects.filter(to="amina@example.org").update(
        error="SMTPRecipientsRefused: {'Amina@Example.org': (550, b'<amina@example.org> unknown')}"
    )
    mail = OutboxMessage.objects.get(to="amina@example.org")
    client.force_login(make_governance_administrator())

    pages = [client.get(each).text for each in (MAILS, f"{MAILS}{mail.pk}/change/")]

    for page in pages:
        assert f"{sent.submission.reference}: we have your message" in page
        assert "SMTPRecipientsRefused" in page and "a person" in page
        assert "amina" not in page.lower()
    assert "0 mails" in client.get(f"{MAILS}?q=amina").text


def test_the_list_of_mails_tells_which_mailbox_does_not_work(client, partnership):
    body = make_body(mailbox="living-well@example.org")
    message = {"about": "F-2026-000042", "subject": "F-2026-000042: a message", "text": ""}
    OutboxMessage.objects.create(to=body.mailbox, due_at=timezone.now(), **message)
    matter = {"about": "E-2026-000042", "subject": "E-2026-000042: a matter", "text": ""}
    OutboxMessage.objects.create(to="chair@example.org", due_at=timezone.now(), **matter)
    client.force_login(make_governance_administrator())

    page = client.get(MAILS).text

    assert "living-well@example.org" in page and "chair@example.org" in page


def test_the_list_of_mails_asks_the_same_however_many_there_are(client, partnership):
    client.force_login(make_governance_administrator())
    client.get(MAILS)

    with CaptureQueriesContext(connection) as few:
        client.get(MAILS)
    for _ in range(3):
        send_feedback(email="amina@example.org", wants_answer=True)
    with CaptureQueriesContext(connection) as many:
        client.get(MAILS)

    assert len(few) == len(many)
