"""What a resident does with a message: sends it, adds to it, says it is not answered, withdraws it.

Residents have no account, so nobody is passed as `by`: having the receipt is what allows it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engagement.emails import (
    send_new_secret,
    tell_body_of_addition,
    tell_body_of_referral,
    tell_body_of_reopening,
    tell_body_of_reply,
    tell_body_of_withdrawal,
    tell_resident_of_receipt,
    tell_team_of_held,
    tell_team_of_urgent,
)
from engagement.erasure import remove_everything
from engagement.listed import as_its_message
from engagement.models import (
    Addition,
    Channel,
    Contact,
    Erasure,
    Idea,
    Receipt,
    Redaction,
    Referral,
    ReferralStep,
    Submission,
    SubmissionStatus,
    SubmissionWords,
)
from engagement.receipts import derived_secret, new_secret, secret_hash
from engagement.routing import Outcome
from engagement.tallies import count_new, counting
from engagement.workflow import Move, ReferralStatus, may_move, status_after
from governance import outbox
from governance.actions.structure import structure_edited
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from governance.working_days import Calendar
from localities.kept_insert import insert

ACKNOWLEDGE_DAYS, ANSWER_DAYS = 3, 20  # where no body leads that could have its own

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


def send(*, key, content, judged, admitted=lambda: True):
    """Store a message, put it before its bodies and tell them: once for each key.

    `admitted` is asked in the same transaction whether one more may come; None where it may not.
    """
    try:
        with transaction.atomic():
            return store(key, content, judged) if admitted() else None
    except IntegrityError:
        # Another press of the same button was first.
        sent = already_sent(key)
        if sent is None:
            raise
        return sent


def store(key, content, judged):
    now, today = timezone.now(), timezone.localdate()
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
        received_on=today,
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
        referrals = () if is_held else put_before_bodies(submission, judged)
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


def put_before_bodies(submission, judged):
    """Refer a message to the body that is to answer and to those that are to know; tell them."""
    now, today = timezone.now(), timezone.localdate()
    route, receivers, calendar = judged.route, judged.receivers, judged.calendar
    lead_body = route.lead and receivers[route.lead.pk]
    acknowledge_days = lead_body.acknowledge_days if lead_body else ACKNOWLEDGE_DAYS
    answer_days = lead_body.answer_days if lead_body else ANSWER_DAYS
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
            acknowledge_days=acknowledge_days,
            answer_days=answer_days,
            clock_started_on=today,
            acknowledge_by=calendar.due_day(today, acknowledge_days).due,
            answer_by=calendar.due_day(today, answer_days).due,
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
        tell_body_of_referral(referral, judged.catalogue)
    if submission.is_urgent:
        tell_team_of_urgent(referrals[0])
    return referrals


@transaction.atomic
def add(*, submission, message, key):
    """Add to a message; the body that has it is told. Sending the same twice adds it once."""
    submission = locked(submission)
    check_not_withdrawn(submission)
    addition, is_new = Addition.objects.get_or_create(
        sending_key=key,
        defaults={"submission": submission, "message": message, "added_at": timezone.now()},
    )
    if is_new:
        keep_words(submission)
        lead = lead_of(submission)
        if lead is not None:
            tell_body_of_addition(lead)
    return addition


@transaction.atomic
def reply(*, submission, message, question):
    """Answer what the body asked; its clock goes on. `question` is the step that asks."""
    submission = locked(submission)
    check_not_withdrawn(submission)
    lead = lead_of(submission)
    steps = ReferralStep.objects.filter(referral=lead)
    given = steps.filter(kind=Kind.REPLIED, pk__gt=question).first()
    if given is not None and given.text_for_resident == message:
        return given  # pressed twice
    asked = steps.filter(kind=Kind.ASKED).order_by("pk").last()
    if not lead.is_asked or asked.pk != question:
        raise MoveNotAllowed(_("This question is not open any more. You can add to your message."))
    lead.status = status_after(lead.status, Move.REPLY)
    run_on(lead)
    lead.save()
    step = ReferralStep.objects.create(
        referral=lead, kind=Kind.REPLIED, at=timezone.now(), text_for_resident=message
    )
    keep_words(submission)
    tell_body_of_reply(lead)
    return step


def run_on(referral):
    """Let the clock go on where it stood still, with the working days given back."""
    if referral.paused_on is None:
        return
    calendar, start = structure_today().calendar, referral.clock_started_on
    referral.paused_days += calendar.working_days_between(referral.paused_on, timezone.localdate())
    referral.answer_by = calendar.due_day(
        start, referral.answer_days, paused_days=referral.paused_days
    ).due
    referral.paused_on = None


@transaction.atomic
def not_answered(*, submission, message, key):
    """The answer does not answer it: open it again before the body that answered, once."""
    submission = locked(submission)
    check_not_withdrawn(submission)
    lead = lead_of(submission)
    if lead is None:
        raise MoveNotAllowed(_("This message was not answered yet."))
    if ReferralStep.objects.filter(referral__submission=submission, kind=Kind.REOPENED).exists():
        raise MoveNotAllowed(
            _(
                "You have said this once before, and it was looked at again. You can still add to "
                "your message."
            )
        )
    if not may_move(lead.status, Move.REOPEN):
        raise MoveNotAllowed(
            _("There is no answer to this message at present, so it cannot be opened again.")
        )
    now, today = timezone.now(), timezone.localdate()
    lead.status = status_after(lead.status, Move.REOPEN)
    lead.clock_started_on = today
    lead.answer_days = lead.body.answer_days if lead.body else ANSWER_DAYS
    lead.answer_by = structure_today().calendar.due_day(today, lead.answer_days).due
    lead.acknowledge_days, lead.acknowledge_by = 0, today
    lead.paused_days = 0
    lead.save()
    if submission.merged_into_id:  # what is missing is this author's own matter
        submission.merged_into = None
        submission.save(update_fields=["merged_into"])
    ReferralStep.objects.create(referral=lead, kind=Kind.REOPENED, at=now)
    if message.strip():
        Addition.objects.get_or_create(
            sending_key=key,
            defaults={"submission": submission, "message": message, "added_at": now},
        )
        keep_words(submission)
    tell_body_of_reopening(lead)
    return lead


@transaction.atomic
def keep_private(*, submission):
    """The resident does not agree to publishing any more: what was shown is shown no longer."""
    submission = locked(submission)
    submission.may_publish = False
    submission.save(update_fields=["may_publish"])
    Redaction.objects.filter(submission=submission).delete()
    if idea := Idea.objects.filter(submission=submission, is_published=True).first():
        idea.is_published = False
        idea._change_reason = "The resident does not agree to publishing any more"
        idea.save()
        structure_edited()  # pages that are kept led to it
    return submission


@transaction.atomic
def withdraw(*, submission):
    """Take a message back: the words and the person go at once, the bare facts stay."""
    submission = locked(submission)
    check_not_withdrawn(submission)
    return take_away(submission, SubmissionStatus.WITHDRAWN, Erasure.Cause.RESIDENT)


def take_away(submission, status, cause, *, by=None, reason=""):
    """Remove everything from a submission that is locked, note who had it done, tell the body."""
    with counting(submission):
        return taken_away(submission, status, cause, by, reason)


def taken_away(submission, status, cause, by, reason):
    """The same, without what it counts for."""
    remove_everything(submission)
    submission.status = status
    submission.save()
    Erasure.objects.get_or_create(
        submission=submission,
        extent=Erasure.Extent.EVERYTHING,
        defaults={"cause": cause, "by": by, "reason": reason},
    )
    let_go(submission)
    lead = lead_of(submission)
    if lead is None:
        return submission
    was_open = lead.is_open
    lead.status = status_after(lead.status, Move.WITHDRAW)
    lead.save()
    by_resident = cause == Erasure.Cause.RESIDENT
    ReferralStep.objects.create(
        referral=lead,
        kind=Kind.WITHDRAWN if by_resident else Kind.ERASED,
        at=timezone.now(),
        by=by,
    )
    if by_resident or was_open:
        tell_body_of_withdrawal(lead)
    return submission


def let_go(submission):
    """The messages that were put with this one are answered by themselves again."""
    for lead in Referral.objects.leading().filter(
        submission__merged_into=submission, status=ReferralStatus.MERGED
    ):
        lead.status = status_after(lead.status, Move.SPLIT)
        lead.save()
        ReferralStep.objects.create(referral=lead, kind=Kind.SPLIT, at=timezone.now())
    submission.duplicates.update(merged_into=None)


def keep_words(submission):
    """The words by which it is found, those of its additions with them."""
    SubmissionWords.objects.filter(submission=submission).update(words=words_of(submission))


def write_words_anew(submission):
    """The same, and no word that it had before stays in the index."""
    SubmissionWords.objects.filter(submission=submission).forget()
    SubmissionWords.objects.create(submission=submission, words=words_of(submission))


def words_of(submission):
    """What the resident wrote: the message, additions, and replies to questions."""
    added = submission.additions.order_by("pk").values_list("message", flat=True)
    replies = ReferralStep.objects.filter(referral__submission=submission, kind=Kind.REPLIED)
    replied = replies.order_by("pk").values_list("text_for_resident", flat=True)
    return "\n".join([submission.message, *added, *replied])


@transaction.atomic
def renew_secret(*, submission):
    """Mail a new secret to the address given with the message; the old one ends."""
    submission = locked(submission)
    secret = new_secret()
    Receipt.objects.filter(submission=submission).update(secret_hash=secret_hash(secret))
    send_new_secret(submission, submission.contact, secret)


@transaction.atomic
def renew_nothing():
    """The steps of `renew_secret` for nobody, undone: a guess takes as long as the truth."""
    nobody = Submission(pk=0, received_on=timezone.localdate())
    locked_together(nobody)
    secret = new_secret()
    Receipt.objects.filter(submission=nobody.pk).update(secret_hash=secret_hash(secret))
    contact = Contact.objects.filter(submission=nobody.pk).first()
    send_new_secret(nobody, contact or Contact(email="nobody@example.org"), secret)
    transaction.set_rollback(True)


def locked(submission):
    """The submission, locked: every deed about it takes its turn here.

    With it those that were put with it, since they share its answer; always in the same order.
    """
    return locked_together(submission)[submission.pk]


def locked_together(*submissions):
    """Several of them, with all that were put with them, by primary key."""
    pks = [each.pk for each in submissions]
    found = Submission.objects.select_for_update().filter(Q(pk__in=pks) | Q(merged_into__in=pks))
    return {each.pk: each for each in found.order_by("pk")}


def lead_of(submission):
    """The referral to the body that has it now; none where it is held or was rejected."""
    lead = Referral.objects.leading().select_related("body").filter(submission=submission).first()
    if lead is not None:
        lead.submission = submission
    return lead


def check_not_withdrawn(submission):
    if submission.status == SubmissionStatus.WITHDRAWN:
        raise MoveNotAllowed(_("This message was withdrawn, and its words were removed."))
    if submission.is_gone:
        raise MoveNotAllowed(_("The words of this message were removed."))
