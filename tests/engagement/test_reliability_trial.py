"""What the trial of reliability holds its ledger against agrees with what the portal does."""

import pytest

from benchmarks import reliability
from engagement.models import Referral
from governance.models import OutboxMessage, StaffSettings
from tests.factories import make_officer, make_submission

pytestmark = pytest.mark.django_db


def test_a_message_is_stored_whole_and_mailed_to_the_bodies_that_have_it(partnership):
    body = partnership.living_well
    daily = make_officer(body)
    StaffSettings.objects.create(person=daily, mail=StaffSettings.Mail.DAILY)
    make_submission(topic="gp")  # what others wrote is none of the trial's

    ours = make_submission(topic="healthy", message="Message 7.")

    assert Referral.objects.filter(submission=ours, body=body).exists()
    assert reliability.stored_messages() == {7: [ours.pk]}
    assert ours.pk in reliability.whole_messages()
    mails = OutboxMessage.objects.filter(subject__contains=ours.reference)
    due = reliability.mails_due({ours.pk})
    assert due == {(ours.pk, mail.to) for mail in mails}
    assert due
    assert daily.email not in {address for _, address in due}
