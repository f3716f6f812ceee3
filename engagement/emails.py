"""What is told to whom. Mails to bodies and residents carry a reference and a link, never words.

Each function writes to the outbox, within the transaction of the deed it tells of.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from engagement.receivers import engagement_team_addresses
from governance.outbox import addresses_of, enqueue, holder_of
from governance.structure import structure_today


def tell_body_of_referral(referral, calendar=None):
    """To the body that is to answer, or that is to know; `referral` comes with its body."""
    submission = referral.submission
    if referral.role == referral.Role.COPY:
        subject = f"{submission.reference}: a resident’s message, for your information"
        enqueue(
            to=addresses_before(referral.body),
            subject=subject,
            template="engagement/emails/copy.txt",
            context={
                "reference": submission.reference,
                "address": staff_address(submission),
                "body": referral.body.name,
            },
        )
        return
    if submission.is_urgent:
        tell_lead(
            referral,
            f"{submission.reference}: may be urgent, please read it today",
            "engagement/emails/urgent.txt",
            calendar,
        )
        return
    tell_lead(
        referral,
        f"{submission.reference}: a resident’s message for you to answer",
        "engagement/emails/referral.txt",
        calendar,
    )


def tell_team_of_urgent(referral):
    """To the engagement team, beside the body that has it: somebody is to look at it today."""
    tell_team(
        referral.submission,
        "may be urgent, please see that it is read today",
        "engagement/emails/urgent_team.txt",
        staff_address(referral.submission),
        body=referral.body.name if referral.body else "the engagement team",
    )


def tell_team_of_held(submission):
    tell_team(
        submission,
        "held, because it looks like spam",
        "engagement/emails/held.txt",
        reverse("engagement:staff_quarantine"),
    )


def tell_team(submission, subject, template, address, **context):
    enqueue(
        to=engagement_team_addresses(),
        subject=f"{submission.reference}: {subject}",
        template=template,
        context={"reference": submission.reference, "address": address, **context},
    )


def tell_body_of_addition(referral):
    tell_lead(
        referral,
        f"{referral.submission.reference}: the resident has added to it",
        "engagement/emails/addition.txt",
    )


def tell_body_of_reply(referral):
    tell_lead(
        referral,
        f"{referral.submission.reference}: the resident has answered your question",
        "engagement/emails/reply.txt",
    )


def tell_body_of_reopening(referral):
    tell_lead(
        referral,
        f"{referral.submission.reference}: the answer did not answer it",
        "engagement/emails/reopened.txt",
    )


def tell_body_of_withdrawal(referral):
    tell_lead(
        referral,
        f"{referral.submission.reference}: withdrawn by the resident",
        "engagement/emails/withdrawn.txt",
    )


def tell_lead(referral, subject, template, calendar=None):
    body = referral.body and holder_of(referral.body)
    calendar = calendar or structure_today().calendar
    enqueue(
        to=addresses_before(referral.body),
        subject=subject,
        template=template,
        context={
            "reference": referral.submission.reference,
            "address": staff_address(referral.submission),
            "body": body.name if body else "The engagement team",
            "acknowledge": calendar.sum_of(referral.clock_started_on, referral.acknowledge_by),
            "answer": calendar.sum_of(
                referral.clock_started_on, referral.answer_by, paused_days=referral.paused_days
            ),
            "needs_acknowledging": referral.status == "referred",
        },
        due=referral.acknowledge_by if referral.status == "referred" else referral.answer_by,
    )


def tell_resident_of_receipt(submission, contact):
    """That it has arrived, if they asked to be told."""
    tell_resident(submission, contact, "we have your message", "engagement/emails/received.txt")


def tell_resident_of_news(submission, contact):
    """That something is to be read at the receipt, if they asked to be told."""
    tell_resident(
        submission, contact, "there is news of your message", "engagement/emails/news.txt"
    )


def tell_resident_of_outcome(submission, contact, outcome, *, again):
    """What came of what they said with others, or that it has changed."""
    tell_resident(
        submission,
        contact,
        "what came of it has changed" if again else "what came of what you said",
        "engagement/emails/outcome.txt",
        outcome=reverse("engagement:outcome", args=[outcome.pk]),
        again=again,
    )


def tell_resident(submission, contact, subject, template, **context):
    if contact is None or not contact.wants_answer:
        return
    enqueue(
        to=[contact.email],
        subject=f"{submission.reference}: {subject}",
        template=template,
        context={
            "reference": submission.reference,
            "address": reverse("engagement:receipt"),
            **context,
        },
    )


def send_new_secret(submission, contact, secret):
    """The one mail with a secret, to the address that was given with the message."""
    enqueue(
        to=[contact.email],
        subject=f"{submission.reference}: a new code for your receipt",
        template="engagement/emails/new_secret.txt",
        context={
            "reference": submission.reference,
            "address": reverse("engagement:receipt"),
            "secret": secret,
        },
    )


# --- Activities: what it is about stands behind the code, never in a mail -------------------------


def tell_of_sign_up(interest):
    """That their wish has arrived; those who gave no e-mail address have the page alone."""
    subject = "you have a place" if interest.has_place else "you are on the waiting list"
    tell_interested(interest, subject, "engagement/emails/signed_up.txt")


def tell_of_place(interest):
    tell_interested(interest, "a place is free, and it is yours", "engagement/emails/place.txt")


def tell_of_change(interest, activity):
    """That something they need to know is not as it was."""
    subject = "it is cancelled" if activity.is_cancelled else "something has changed"
    tell_interested(interest, subject, "engagement/emails/activity_changed.txt", activity=activity)


def send_new_code(interest, secret):
    tell_interested(
        interest, "a new code for your sign-up", "engagement/emails/new_code.txt", secret=secret
    )


def tell_interested(interest, subject, template, **context):
    if not interest.email:
        return
    enqueue(
        to=[interest.email],
        subject=f"{interest.reference}: {subject}",
        template=template,
        context={
            "reference": interest.reference,
            "activity": interest.activity,
            "has_place": interest.has_place,
            "address": reverse("engagement:interest"),
            **context,
        },
    )


HAPPENED = {
    "joined": "has signed up",
    "withdrew": "has withdrawn",
    "moved up": "has moved up from the waiting list",
}


def tell_organisers(interest, happened):
    """That someone has signed up, withdrawn or moved up; who it is stands on the page alone."""
    activity = interest.activity
    with override(settings.LANGUAGE_CODE):  # whatever language the resident reads
        address = reverse("engagement:activity_people", args=[activity.slug])
    enqueue(
        to=addresses_before(activity.owner),
        subject=f"{interest.reference}: someone {HAPPENED[happened]}",
        template="engagement/emails/organisers.txt",
        context={
            "reference": interest.reference,
            "happened": HAPPENED[happened],
            "must_be_told": happened == "moved up" and not interest.email,
            "address": address,
        },
    )


def staff_address(submission):
    return reverse("engagement:staff_submission", args=[submission.reference])


def addresses_before(body):
    """Where mail for a body goes; where that is nowhere, the engagement team, the last resort."""
    addresses = addresses_of(body) if body else []
    return addresses if any(addresses) else engagement_team_addresses()
