"""Which bodies read which matter. Kept by the transactions that write steps and notices.

The rule is that of `permissions.can_see_escalation`; a test compares the two.
"""

from django.db import transaction

from governance.models import ClockNotice, Escalation, EscalationReader, EscalationStep

Kind = EscalationStep.Kind

BATCH = 10_000


def add(escalation, bodies):
    """Let the people of these bodies, given by key, read a matter from now on."""
    _keep(EscalationReader(escalation=escalation, body_id=pk) for pk in sorted(bodies))


def add_draft(escalation):
    """Let the officers of its body and its author read a draft."""
    _keep(
        [
            EscalationReader(
                escalation=escalation,
                body_id=escalation.raising_body_id,
                author_id=escalation.created_by_id,
            )
        ]
    )


def add_those_of(merged, *, into):
    """Let who reads a matter that was merged read the one that goes on for both."""
    add(into, set(merged.readers.values_list("body", flat=True)))


def _keep(readers):
    EscalationReader.objects.bulk_create(
        readers,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["escalation", "body"],
        update_fields=["author"],
    )


def right_ones():
    """Who reads what by the steps and notices, as keys of matter, body and author."""
    raised = Escalation.objects.filter(raised_on__isnull=False).order_by()
    steps = EscalationStep.objects.filter(escalation__in=raised).order_by()
    read = {
        *raised.values_list("pk", "raising_body"),
        *steps.values_list("escalation", "to_body"),
        *steps.exclude(consulted_body=None).values_list("escalation", "consulted_body"),
        *ClockNotice.objects.order_by().values_list("escalation", "body"),
    }
    # Who reads one that went into another reads that too, and the one it went into in turn.
    went_into = dict(steps.filter(kind=Kind.TOOK_IN).values_list("other_matter", "escalation"))
    for matter, body in list(read):
        while matter := went_into.get(matter):
            read.add((matter, body))
    drafts = Escalation.objects.filter(raised_on=None).order_by()
    return {(*each, None) for each in read} | {
        *drafts.values_list("pk", "raising_body", "created_by")
    }


@transaction.atomic
def recount(*, mend=True):
    """Find anew who reads what; give how many rows were wrong, mended if asked."""
    right = right_ones()
    there = set(EscalationReader.objects.values_list("escalation", "body", "author"))
    wrong = right ^ there
    if mend and wrong:
        for pk in sorted({matter for matter, *_ in wrong}):
            EscalationReader.objects.filter(escalation=pk).delete()
        again = {matter for matter, *_ in wrong}
        _keep(
            EscalationReader(escalation_id=matter, body_id=body, author_id=author)
            for matter, body, author in sorted(right, key=str)
            if matter in again
        )
    return len(wrong)
