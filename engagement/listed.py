"""What lists of messages are made by stands on their referrals too, where an index has it.

It is as the message has it now: a deed that makes a referral writes it by `as_its_message`, one
that changes it of a message calls `keep`, and `recheck` compares all of them.
"""

from django.db import transaction
from django.db.models import CharField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from engagement.languages import ENGLISH
from engagement.models import Referral, Submission


def as_its_message(submission):
    """The fields of a referral that are as those of its message."""
    return {
        "topic_id": submission.topic_id,
        "locality_id": submission.locality_id,
        "channel": submission.channel,
        "is_english": submission.language == ENGLISH,
        "is_urgent": submission.is_urgent,
    }


def keep(submission):
    """Let the referrals of a message that is locked follow it."""
    Referral.objects.filter(submission=submission).update(**as_its_message(submission))


@transaction.atomic
def recheck(*, mend=True):
    """How many referrals are not as their messages, mended if asked."""
    if not mend:
        return differing().count()
    message = Submission.objects.filter(pk=OuterRef("submission"))
    message = message.annotate(is_english=Q(language=ENGLISH))
    of_its_message = {
        name: Subquery(message.values(name))
        for name in ("topic", "locality", "channel", "is_english", "is_urgent")
    }
    return Referral.objects.filter(pk__in=differing().values("pk")).update(**of_its_message)


def differing():
    """Referrals of which something is not as their message has it."""
    return Referral.objects.annotate(
        is_in_english=Q(submission__language=ENGLISH),
        its_locality=Coalesce("locality", Value(""), output_field=CharField()),
        locality_now=Coalesce("submission__locality", Value(""), output_field=CharField()),
    ).exclude(
        topic=F("submission__topic"),
        its_locality=F("locality_now"),
        channel=F("submission__channel"),
        is_english=F("is_in_english"),
        is_urgent=F("submission__is_urgent"),
    )
