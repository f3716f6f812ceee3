"""Long lists, a page at a time: by key, or by number where readers may count the pages."""

from operator import attrgetter

from django.core.paginator import InvalidPage, Paginator

from governance.ranges import PAGE


def page_by_number(rows, size, number):
    """One page, the first where no number is asked for; None where there is no such page."""
    try:
        return Paginator(rows, size).page(number or 1)
    except InvalidPage:
        return None


def page_by_key(found, *, before, after):
    """One page, newest first, and the keys from which the older and the newer page go on."""
    return cut_to_page(first_of_page(found, before=before, after=after), before=before, after=after)


def first_of_page(found, *, before, after):
    """To be asked for a page: its rows, and one more where there is one."""
    if after:
        found = found.filter(pk__gt=after).order_by("pk")
    else:
        found = (found.filter(pk__lt=before) if before else found).order_by("-pk")
    return found[: PAGE + 1]


def cut_to_page(rows, *, before, after):
    """What `page_by_key` gives, of the rows that were found for it."""
    page = sorted(rows, key=attrgetter("pk"), reverse=True)
    has_more = len(page) > PAGE
    page = page[-PAGE:] if after else page[:PAGE]
    if not page:
        return page, None, None
    has_older, has_newer = (True, has_more) if after else (has_more, bool(before))
    return page, page[-1].pk if has_older else None, page[0].pk if has_newer else None
