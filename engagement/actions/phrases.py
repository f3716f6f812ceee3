"""What the engagement team adds to the words by which messages are read."""

from django.db import IntegrityError, transaction

from engagement.models import Phrase
from engagement.permissions import check_can_mend_routing
from governance.actions.structure import lock_structure, structure_edited
from governance.workflow import MoveNotAllowed
from localities.history import signed


def add(*, text, topic, weight, by, reason):
    """A phrase that speaks for a topic from now on."""
    check_can_mend_routing(by)
    phrase = Phrase(text=text, sign=Phrase.Sign.TOPIC, topic=topic, weight=weight)
    try:
        with transaction.atomic():
            lock_structure()  # first, as whoever edits one in the admin does
            signed(phrase, by, reason).save()
            structure_edited(work_stays=True)
    except IntegrityError:
        raise MoveNotAllowed(
            f"“{text}” is a phrase for this topic already. Change its weight in the admin instead."
        ) from None
    return phrase
