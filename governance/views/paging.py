"""Long lists, a page at a time: by key, or by number where readers may count the pages."""

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
