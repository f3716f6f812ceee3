"""What bodies work with, as it was recorded at a moment: terms, strategies, meetings, decisions.

Nobody reads in it what they may not read today: what has been taken away since, or is not public
any more, is left out. Documents are as they are today.
"""

from collections import defaultdict

from django.db.models import Exists, F, OuterRef, Q

from governance.meetings import seen_meetings
from governance.models import Decision, Document, MeetingPaper
from governance.permissions import documents_open_to
from governance.record import as_known
from localities.dated import in_force

# Of two in force at once the first is shown as the one there is: what began last, else the one
# recorded last (`record.by_first_day`, turned round). By `id`: to a history, `pk` is a key of its
# own.
LATEST_FIRST = F("start_date").desc(nulls_last=True), "-id"
LAST_DECIDED_FIRST = "-decided_on", "-id"


def still_known(model, known_on):
    """The rows of a model to ask further, as of either clock, without those deleted since."""
    rows = as_known(model, known_on)
    return rows if known_on is None else rows.filter(id__in=model.objects.values("id"))


def dated_facts(model, day, known_on, bodies):
    """What a model held of some bodies for a day, the latest first."""
    rows = still_known(model, known_on).filter(in_force(day), body__in=bodies)
    return rows.order_by(*LATEST_FIRST)


def with_documents(facts, standing):
    """Facts with the document of each; without it where it is not open to someone."""
    facts = list(facts)
    documents = open_documents({each.document_id for each in facts}, standing)
    for each in facts:
        each.document = documents.get(each.document_id)
        each.document_is_open = each.document is not None
    return facts


def meetings_known(standing, known_on):
    """Meetings to ask further, as of either clock."""
    now = seen_meetings(standing)
    if known_on is None:
        return now
    was_open = Q() if standing.is_signed_in else Q(is_public=True)
    return as_known(now.model, known_on).filter(was_open, id__in=now.values("id"))


def papers_known(standing, known_on, meetings):
    """The papers of meetings that someone may read, by meeting."""
    papers = still_known(MeetingPaper, known_on).filter(meeting__in=[each.pk for each in meetings])
    papers = list(papers.order_by("kind", "id"))
    documents = open_documents({each.document_id for each in papers}, standing)
    found = defaultdict(list)
    for each in papers:
        if each.document_id in documents:
            each.document = documents[each.document_id]
            found[each.meeting_id].append(each)
    return found


def decisions_known(standing, known_on):
    """Decisions to ask further, as of either clock, the last ones first."""
    now = Decision.objects.visible_to(standing).order_by()
    if known_on is None:
        return now.order_by(*LAST_DECIDED_FIRST)
    # What was written before it was made public stays with those for whom it was written.
    private = Decision.objects.private_to(standing).filter(pk=OuterRef("id")).order_by()
    was_open = Q(is_public=True) | Exists(private)  # looked up, where a list of all would be read
    then = as_known(Decision, known_on).filter(was_open, id__in=now.values("id"))
    return then.order_by(*LAST_DECIDED_FIRST)


def open_documents(keys, standing):
    keys = keys - {None}
    return Document.objects.filter(documents_open_to(standing)).in_bulk(keys) if keys else {}
