"""Sending a message: it is stored, put before the bodies that are to have it, and told of; once."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language

from engagement.emails import (
    tell_body_of_referral,
    tell_resident_of_receipt,
    tell_team_of_held,
    tell_team_of_urgent,
)
from engagement.listed import as_its_message
from engagement.models import (
    Channel,
    Contact,
    Receipt,
    Referral,
    ReferralStep,
    Submission,
    SubmissionStatus,
    SubmissionWords,
)
from engagement.receipts import derived_secret, secret_hash
from engagement.receivers import days_given
from engagement.routing import Outcome
from engagement.tallies import count_new
from engagement.workflow import ReferralStatus
from governance import outbox
from governance.working_days import Calendar
from localities.kept_insert import insert

Role = Referral.Role
Kind = ReferralStep.Kind


@dataclass(frozen=True)
class Sent:
    """A submission that is stored, and the secret that opens it, unless a newer one does."""

    submission: Submission
    secret: str | None
    referrals: tuple[Referral, ...] = ()
    calendar: Calendar | None = None


def already_sent(key):
    """What was stored under this key before, or None."""
    receipt = Receipt.objects.select_related("submission").filter(submission__sending_key=key)
    receipt = receipt.first()
    if receipt is None:
        return None
    secret = derived_secret(key)
    still_opens = receipt.secret_hash == secret_hash(secret)
    return Sent(receipt.submission, secret if still_opens else None)


def send(*, key, content, judged, by=None, admitted=lambda: True):
    """Store a message, put it before its bodies and tell them: once for each key.

    Who keyed it in for its resident, if anybody, is not told.
    `admitted` is asked in the same transaction whether one more may come; None where it may not.
    """
    try:
        with transaction.atomic():
            return store(key, content, judged, by) if admitted() else None
    except IntegrityError:
        # Another press of the same button was first.
        sent = already_sent(key)
        if sent is None:
            raise
        return sent


def store(key, content, judged, by):
    """The steps of `send`: `content` is what was typed, `judged` what it was read as.

    Whoever gave no name and no address leaves no contact. What is held is put before nobody.
    """
    now = timezone.now()
    is_held = judged.route.outcome == Outcome.QUARANTINE
    submission = Submission(
        kind=content["kind"],
        message=content["message"],
        topic_id=judged.topic,
        topic_by=judged.topic_by,
        about=judged.about,
        place=content["place"],
        ward_id=judged.where.ward,
        locality_id=judged.where.locality,
        language=judged.language,
        channel=content.get("channel", Channel.ONLINE),
        may_publish=content["may_publish"],
        status=SubmissionStatus.HELD if is_held else SubmissionStatus.RECEIVED,
        is_urgent=judged.is_urgent,
        flags=judged.reading.flags,
        received_at=now,
        received_on=timezone.localdate(now),
        sending_key=key,
    )
    insert(submission)
    insert(SubmissionWords(submission=submission, words=submission.message))
    contact = None
    if any(content[name] for name in ("name", "email", "phone")):
        contact = Contact(
            submission=submission,
            name=content["name"],
            email=content["email"],
            phone=content["phone"],
            wants_answer=content["wants_answer"],
            may_pass_on=not judged.is_complaint or content.get("may_pass_on", False),
            language=language_to_write_in(content),
        )
        insert(contact)
    secret = derived_secret(key)
    insert(Receipt(submission=submission, secret_hash=secret_hash(secret)))

    with outbox.together():
        referrals = () if is_held else put_before_bodies(submission, judged, now, by)
        if is_held:
            tell_team_of_held(submission)
        tell_resident_of_receipt(submission, contact)
    if not is_held:
        count_new(submission, referrals)
    return Sent(submission, secret, tuple(referrals), judged.calendar)


def language_to_write_in(content):
    """That of the form; of what was keyed in, the one the resident speaks, if we can write it."""
    spoken = content.get("language")
    if spoken in dict(settings.LANGUAGES):
        return spoken
    return get_language() or settings.LANGUAGE_CODE


def put_before_bodies(submission, judged, now, by=None):
    """Refer a message to the body that is to answer and to those that are to know; tell them."""
    today = timezone.localdate(now)
    route, receivers, calendar = judged.route, judged.receivers, judged.calendar
    lead_body = route.lead and receivers[route.lead.pk]
    given = days_given(lead_body)
    listing = as_its_message(submission)
    referrals = [
        Referral(
            submission=submission,
            body=lead_body,
            role=Role.LEAD,
            status=ReferralStatus.REFERRED,
            **listing,
            rule=route.rule,
            reason=route.because,
            referred_at=now,
            **given,
            clock_started_on=today,
            acknowledge_by=calendar.due_day(today, given["acknowledge_days"]).due,
            answer_by=calendar.due_day(today, given["answer_days"]).due,
        )
    ] + [
        Referral(
            submission=submission,
            body=receivers[body.pk],
            role=Role.COPY,
            **listing,
            rule=route.rule,
            reason=route.because,
            referred_at=now,
        )
        for body in route.copies
    ]
    insert(*referrals)
    insert(*(ReferralStep(referral=each, kind=Kind.REFERRED, at=now) for each in referrals))
    for referral in referrals:
        tell_body_of_referral(referral, judged.catalogue, by=by)
    if submission.is_urgent:
        tell_team_of_urgent(referrals[0], by=by)
    return referrals
