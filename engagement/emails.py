"""What is told to whom. Mails to bodies and residents carry a reference and a link, never words.

Each function writes to the outbox, within the transaction of the deed it tells of. Mails to staff
are in English; those to residents are in the language in which they used the form.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from engagement.receivers import engagement_team_addresses
from governance.outbox import addresses_of, enqueue, holder_of
from governance.permissions import ENGAGEMENT_TEAM
from governance.structure import structure_today
from governance.telling import capital, with_article


def tell_body_of_referral(referral, catalogue=None, *, by=None):
    """To the body that is to answer, or that is to know; `referral` comes with its body.

    The catalogue of today, where it is at hand, knows the rest. Who put it there, where that was
    not its resident, is not told.
    """
    submission = referral.submission
    if referral.role == referral.Role.COPY:
        subject = f"{submission.reference}: a resident’s message, for your information"
        to_staff(
            to=addresses_before(referral.body, catalogue),
            subject=subject,
            template="engagement/emails/copy.txt",
            body=referral.body.name,
            by=by,
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
            catalogue,
            at_once=True,
            by=by,
        )
        return
    tell_lead(
        referral,
        f"{submission.reference}: a resident’s message for you to answer",
        "engagement/emails/referral.txt",
        catalogue,
        by=by,
    )


def tell_team_of_urgent(referral, *, by=None):
    """To the engagement team, beside the body that has it: somebody is to look at it today."""
    tell_team(
        referral.submission,
        "may be urgent, please see that it is read today",
        "engagement/emails/urgent_team.txt",
        staff_address(referral.submission),
        at_once=True,
        by=by,
        body=referral.body.name if referral.body else "the engagement team",
    )


def tell_team_of_held(submission):
    tell_team(
        submission,
        "held, because it looks like spam",
        "engagement/emails/held.txt",
        staff_page("engagement:staff_quarantine"),
    )


def tell_team(submission, subject, template, address, *, at_once=False, by=None, **context):
    to_staff(
        to=engagement_team_addresses(),
        subject=f"{submission.reference}: {subject}",
        template=template,
        context={"reference": submission.reference, "address": address, **context},
        at_once=at_once,
        by=by,
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


def tell_body_of_theme_passed_up(body, referrals, raised_for, above, *, by):
    """To a body whose messages wait for a matter that was raised for another: one mail for all."""
    first, *others = [referral.submission.reference for referral in referrals]
    number = f" and {len(others)} more" if others else ""
    to_staff(
        to=addresses_before(body),
        subject=f"{first}{number}: passed up together with others",
        template="engagement/emails/passed_up.txt",
        body=body.name,
        by=by,
        context={
            "reference": "" if others else first,
            "references": [first, *others],
            "address": staff_address(referrals[0].submission),
            "body": body.name,
            "raised_for": with_article(raised_for.name),
            "above": with_article(above.name),
        },
    )


def tell_of_overdue(referral, clock, due, *, reminds):
    """Remind the body that has an overdue message, or tell the engagement team of it."""
    body = referral.body and holder_of(referral.body)
    enqueue(
        to=addresses_before(referral.body) if reminds else engagement_team_addresses(),
        subject=f"{referral.submission.reference} is overdue"
        + (" before you" if reminds else f" before {with_article(body.name)}" if body else ""),
        template="engagement/emails/overdue.txt",
        or_to=ENGAGEMENT_TEAM,
        due=due,
        body=body.name if body else "",
        context={
            "reference": referral.submission.reference,
            "address": staff_address(referral.submission),
            "body": capital(with_article(body.name)) if body else "The engagement team",
            "do": "acknowledge" if clock == "acknowledge" else "answer",
            "sum": structure_today().calendar.sum_of(
                referral.clock_started_on,
                due,
                paused_days=0 if clock == "acknowledge" else referral.paused_days,
            ),
            "reminds": reminds,
        },
    )


def tell_lead(referral, subject, template, catalogue=None, *, at_once=False, by=None):
    body = referral.body and holder_of(referral.body)
    calendar = (catalogue.structure if catalogue else structure_today()).calendar
    to_staff(
        to=addresses_before(referral.body, catalogue),
        subject=subject,
        template=template,
        body=body.name if body else "",
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
        at_once=at_once,
        by=by,
    )


def to_staff(**mail):
    """A mail in English, whatever language the resident reads whose deed it tells of."""
    with override(settings.LANGUAGE_CODE):
        enqueue(or_to=ENGAGEMENT_TEAM, **mail)


def tell_resident_of_receipt(submission, contact):
    """That it has arrived, if they asked to be told."""
    tell_resident(
        submission,
        contact,
        gettext_lazy("%(reference)s: we have your message"),
        "engagement/emails/received.txt",
    )


def tell_resident_of_news(submission, contact):
    """That something is to be read at the receipt, if they asked to be told."""
    tell_resident(
        submission,
        contact,
        gettext_lazy("%(reference)s: there is news of your message"),
        "engagement/emails/news.txt",
    )


def tell_resident_of_outcome(submission, contact, outcome, *, again):
    """What came of what they said with others, or that it has changed."""
    tell_resident(
        submission,
        contact,
        gettext_lazy("%(reference)s: what came of it has changed")
        if again
        else gettext_lazy("%(reference)s: what came of what you said"),
        "engagement/emails/outcome.txt",
        outcome=outcome,
        again=again,
    )


def tell_resident(submission, contact, subject, template, **context):
    if contact is None or not contact.wants_answer:
        return
    to_resident(contact, submission.reference, subject, template, "engagement:receipt", **context)


def to_resident(whom, reference, subject, template, page, **context):
    """A mail about a reference that leads to a page, in the language of who is to read it."""
    with override(whom.language):
        enqueue(
            to=[whom.email],
            subject=subject % {"reference": reference},
            template=template,
            context={"reference": reference, "address": reverse(page), **context},
        )


def send_new_secret(submission, contact, secret):
    """The one mail with a secret, to the address that was given with the message."""
    to_resident(
        contact,
        submission.reference,
        gettext_lazy("%(reference)s: a new code for your receipt"),
        "engagement/emails/new_secret.txt",
        "engagement:receipt",
        secret=secret,
    )


# --- Activities: what it is about stands behind the code, never in a mail -------------------------


def tell_of_sign_up(interest):
    """That their wish has arrived; those who gave no e-mail address have the page alone."""
    subject = (
        gettext_lazy("%(reference)s: you have a place")
        if interest.has_place
        else gettext_lazy("%(reference)s: you are on the waiting list")
    )
    tell_interested(interest, subject, "engagement/emails/signed_up.txt")


def tell_of_place(interest):
    subject = gettext_lazy("%(reference)s: a place is free, and it is yours")
    tell_interested(interest, subject, "engagement/emails/place.txt")


def tell_of_change(interest, activity):
    """That something they need to know is not as it was."""
    subject = (
        gettext_lazy("%(reference)s: it is cancelled")
        if activity.is_cancelled
        else gettext_lazy("%(reference)s: something has changed")
    )
    tell_interested(interest, subject, "engagement/emails/activity_changed.txt", activity=activity)


def send_new_code(interest, secret):
    subject = gettext_lazy("%(reference)s: a new code for your sign-up")
    tell_interested(interest, subject, "engagement/emails/new_code.txt", secret=secret)


def tell_interested(interest, subject, template, **context):
    if not interest.email:
        return
    facts = {"activity": interest.activity, "has_place": interest.has_place} | context
    page = "engagement:interest"
    to_resident(interest, interest.reference, subject, template, page, **facts)


HAPPENED = {
    "joined": "has signed up",
    "withdrew": "has withdrawn",
    "moved up": "has moved up from the waiting list",
}


def tell_organisers(interest, happened):
    """That someone has signed up, withdrawn or moved up; who it is stands on the page alone."""
    activity = interest.activity
    to_staff(
        to=addresses_before(activity.owner),
        subject=f"{interest.reference}: someone {HAPPENED[happened]}",
        template="engagement/emails/organisers.txt",
        body=activity.owner.name,
        context={
            "reference": interest.reference,
            "happened": HAPPENED[happened],
            "must_be_told": happened == "moved up" and not interest.email,
            "address": staff_page("engagement:activity_people", activity.slug),
        },
    )


def staff_address(submission):
    return staff_page("engagement:staff_submission", submission.reference)


def staff_page(name, *args):
    with override(settings.LANGUAGE_CODE):
        return reverse(name, args=args)


def addresses_before(body, catalogue=None):
    """Where mail for a body goes; where that is nowhere, the engagement team, the last resort."""
    of = catalogue.addresses_of if catalogue else addresses_of
    addresses = of(body) if body else []
    return addresses if any(addresses) else engagement_team_addresses()
