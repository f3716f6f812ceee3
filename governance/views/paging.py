"""Long lists, a page at a time: by key, or by number where readers may count the pages."""

from django.core.paginator import InvalidPage, Paginator
from django.db.models import Q

from governance.workflow import EscalationStatus

PAGE = 25


def page_by_number(rows, size, number):
    """One page, the first where no number is asked for; None where there is no such page."""
    try:
        return Paginator(rows, size).page(number or 1)
    except InvalidPage:
        return None


def page_by_key(found, *, before, after):
    """One page, newest first, and the keys from which the older and the newer page go on."""
    if after:
        page = list(found.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        has_newer, has_older = len(page) > PAGE, True
        page = page[:PAGE][::-1]
    else:
        found = found.filter(pk__lt=before) if before else found
        page = list(found.order_by("-pk")[: PAGE + 1])
        has_newer, has_older = bool(before), len(page) > PAGE
        page = page[:PAGE]
    if not page:
        return page, None, None
    return page, page[-1].pk if has_older else None, page[0].pk if has_newer else None


def page_by_due_day(found, *, before, after, all_open):
    """One page, what is due first first, then what has no due day, of that the newest first.

    And the day and the key from which the page further on and the one before it go on. Days and
    none are two queries, since no index has both in this order. Of matters that are all open, those
    without a day are those sent back, which their status finds.
    """
    due = found.filter(is_open=True, due_on__isnull=False).order_by("due_on", "-pk")
    without = found.filter(due_on=None).order_by("-pk")
    if all_open:
        without = without.filter(status=EscalationStatus.SENT_BACK)
    if after:
        due, without = due.reverse(), without.reverse()
        if after.day:
            due = due.filter(due_on__lte=after.day)
            parts = (due.filter(Q(due_on__lt=after.day) | Q(pk__gt=after.key)),)
        else:
            parts = (without.filter(pk__gt=after.key), due)
    elif before and before.day:
        due = due.filter(due_on__gte=before.day)
        parts = (due.filter(Q(due_on__gt=before.day) | Q(pk__lt=before.key)), without)
    elif before:
        parts = (without.filter(pk__lt=before.key),)
    else:
        parts = (due, without)
    page = []
    for part in parts:
        page += part[: PAGE + 1 - len(page)]
    has_more, page = len(page) > PAGE, page[:PAGE]
    if after:
        page = page[::-1]
    if not page:
        return page, None, None
    has_further, has_back = (True, has_more) if after else (has_more, bool(before))
    first, last = ((each.due_on, each.pk) for each in (page[0], page[-1]))
    return page, last if has_further else None, first if has_back else None
