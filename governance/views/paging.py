"""Long lists, a page at a time: by key, or by number where readers may count the pages."""

from django.core.paginator import InvalidPage, Paginator

from governance.ranges import PAGE


def page_by_number(rows, size, number):
    """One page, the first where no number is asked for; None where there is no such page."""
    try:
        return Paginator(rows, size).page(number or 1)
    except InvalidPage:
        return None


def page_by_key(found, *, before, after, rows=None):
    """One page, newest first, and the keys from which the older and the newer page go on.

    `rows` are those that the page takes what is found from, with all that it shows: where much is
    found that no index has in this order, only keys are sorted then.
    """

    def first(found, order):
        if rows is None:
            return list(found.order_by(order)[: PAGE + 1])
        keys = found.order_by(order).values("pk")[: PAGE + 1]
        return list(rows.filter(pk__in=keys).order_by(order))

    if after:
        page = first(found.filter(pk__gt=after), "pk")
        has_newer, has_older = len(page) > PAGE, True
        page = page[:PAGE][::-1]
    else:
        page = first(found.filter(pk__lt=before) if before else found, "-pk")
        has_newer, has_older = bool(before), len(page) > PAGE
        page = page[:PAGE]
    if not page:
        return page, None, None
    return page, page[-1].pk if has_older else None, page[0].pk if has_newer else None
