"""Made-up messages, matters and postcodes are as real ones are, and say that they are not."""

import re

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum

from engagement import synthetic
from engagement.listed import recheck
from engagement.models import (
    MessageTally,
    Referral,
    ReferralStep,
    Submission,
    SubmissionWords,
)
from engagement.tallies import ALL, recount
from governance.models import Escalation, User
from governance.synthetic import RARE
from localities import bulk
from localities.models import Postcode
from tests.factories import (
    make_engagement_team_member,
    make_governance_administrator,
    send_feedback,
)
from tests.loaded import FACTS, load

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker):
    """The portal without a message, once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(FACTS)
        yield
        transaction.set_rollback(True)


def test_what_is_made_up_says_so_and_can_be_read_like_the_real(portal, client):
    call_command("make_load", 40, "--force", postcodes=50, verbosity=0)

    assert (
        Submission.objects.filter(is_demonstration=True, message__startswith="Synth").count() == 40
    )
    assert Escalation.objects.filter(title__startswith="Synthetic").count() == 40
    assert Postcode.objects.filter(code__startswith="QX").count() == 50
    assert Referral.objects.matching(RARE).filter(role="lead").count() == 20
    assert Escalation.objects.matching(RARE).count() == 20
    assert not User.objects.filter(is_active=True).exists()
    for person, pages in (
        (make_engagement_team_member(), "/staff/feedback/"),
        (make_governance_administrator(), "/escalations/"),
    ):
        client.force_login(person)
        page = client.get(f"{pages}?status=").text
        assert client.get(re.search(rf'href="({pages}[EF]-[^"]+)"', page)[1]).status_code == 200


def test_what_is_made_up_is_counted_and_found_as_what_is_sent(portal, monkeypatch):
    send_feedback(topic="not-sure", place="", message="Nobody came about the zither.")
    connection.check_constraints()  # what the database left for later is not for a table's change
    monkeypatch.setattr(bulk, "MANY", 40)  # so that it goes on as with very many
    indexes = bulk.indexes_of(synthetic.TABLES)

    call_command("make_load", 40, "--force", matters=0, verbosity=0)

    assert bulk.indexes_of(synthetic.TABLES) == indexes
    assert "submission_has_one_lead" in indexes
    assert recount(mend=False) == recheck(mend=False) == 0
    tallies = MessageTally.objects.filter(whose=ALL, span="day").values_list("measure")
    counted = dict(tallies.annotate(Sum("count")).order_by())
    assert counted["received"] == 41
    answers = ReferralStep.objects.filter(kind="answered")
    assert counted["answered"] == answers.count() > 0
    found = Submission.objects.filter(SubmissionWords.objects.matching(RARE).include("pk"))
    assert set(found) == set(Submission.objects.filter(message__contains=RARE))
    assert found.count() == 21


def test_real_ones_go_on_after_them(portal):
    call_command("make_load", 3, "--force", verbosity=0)
    last = Submission.objects.first()

    sent = send_feedback(topic="not-sure", place="").submission
    call_command("make_load", 3, "--force", verbosity=0)

    assert sent.pk == last.pk + 1
    assert Submission.objects.count() == 7
