"""Residents are written to in the language of the form they used, staff in English."""

from urllib.parse import urlsplit

import pytest
from django.utils.translation import override

from engagement.actions import activities, referrals
from engagement.models import Contact, Interest, Referral
from governance.models import OutboxMessage
from tests.factories import (
    make_activity,
    make_body,
    make_officer,
    make_partnership,
    send_feedback,
    sign_up,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def languages(settings):
    settings.LANGUAGES = [("en-gb", "English"), ("fr", "Français")]


def addresses_in(mail):
    """The paths of the portal's own addresses in a mail."""
    return [urlsplit(word).path for word in mail.text.split() if word.startswith("http")]


def test_a_message_keeps_the_language_of_its_form_for_what_is_written_later():
    make_partnership()
    with override("fr"):
        sent = send_feedback(email="amina@example.org", wants_answer=True)
    lead = Referral.objects.get(submission=sent.submission, role="lead")
    referrals.answer(
        referral=lead, by=make_officer(lead.body), text="Done.", seen=lead.steps.last().pk
    )

    assert Contact.objects.get().language == "fr"
    received, news = OutboxMessage.objects.filter(to="amina@example.org").order_by("pk")
    assert "/fr/feedback/receipt/" in addresses_in(received)
    assert "/fr/feedback/receipt/" in addresses_in(news)


def test_staff_are_written_to_in_english_whatever_the_resident_reads():
    make_partnership()
    with override("fr"):
        send_feedback(email="amina@example.org", wants_answer=True)

    mails = OutboxMessage.objects.exclude(to="amina@example.org")
    assert mails
    for mail in mails:
        assert not [address for address in addresses_in(mail) if address.startswith("/fr/")]
        assert "mardi" not in mail.text and "novembre" not in mail.text


def test_what_staff_key_in_is_answered_in_the_language_the_resident_speaks():
    make_partnership()

    send_feedback(email="amina@example.org", wants_answer=True, language="fr")
    send_feedback(email="jo@example.org", wants_answer=True, language="pl")

    assert Contact.objects.get(email="amina@example.org").language == "fr"
    assert Contact.objects.get(email="jo@example.org").language == "en-gb"


def test_a_sign_up_keeps_the_language_of_its_page():
    body = make_body()
    make_officer(body)
    activity = make_activity(body, places=1)
    with override("fr"):
        first = sign_up(activity, "Nadia").interest
        sign_up(activity, "Jo", email="jo@example.org")

    activities.withdraw(interest=first)

    assert Interest.objects.get().language == "fr"
    signed_up, place = OutboxMessage.objects.filter(to="jo@example.org").order_by("pk")
    assert "/fr/get-involved/receipt/" in addresses_in(signed_up)
    assert "/fr/get-involved/receipt/" in addresses_in(place)
    organisers = OutboxMessage.objects.exclude(to__in=["jo@example.org", "nadia@example.org"])
    assert organisers
    for mail in organisers:
        assert f"/get-involved/{activity.slug}/people/" in addresses_in(mail)
