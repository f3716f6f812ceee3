"""What pages have in common, and the files that stand beside them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import http_date

from governance.exports.rows import as_csv
from governance.structure import structure_on
from governance.uploads import download, stored_file

CONFLICT = 409  # someone was quicker; the page shows how things stand now


def not_found(request, sentence):
    return render(request, "404.html", {"sentence": sentence}, status=404)


def before_record(request, as_on, title, above=None, *, structure=None):
    """In place of a page that would show of a day what nobody recorded; None where some did.

    `above` is in its trail. Of today nothing is asked; `structure` is that of the day, if at hand.
    """
    if as_on.is_today:
        return None
    structure = structure or structure_on(as_on.day, as_on.known_on)
    if not structure.is_before_record:
        return None
    context = {"as_on": as_on, "structure": structure, "title": title, "above": above}
    return render(request, "governance/before_record.html", context)


def gone(request, sentence, *, go_on=None):
    """For what was public once: whoever has the address learns that it is not a mistake.

    `go_on` are pairs of an address and words, where what changed in the structure is no help.
    """
    return render(request, "410.html", {"sentence": sentence, "go_on": go_on}, status=410)


def on_which_day(fact, day):
    """Whether a dated fact is still to begin, over, or holds on the day."""
    if fact.start_date and day < fact.start_date:
        return "before"
    if fact.end_date and day > fact.end_date:
        return "after"
    return "during"


# --- Files ----------------------------------------------------------------------------------------


def file_of(request, document, *, beside):
    """The file of a document, to keep; where it is lost, a page that says so.

    `beside` gives what it then leads to: pairs of an address and words.
    """
    file = stored_file(document.file.name)
    if file is None:
        return gone(
            request,
            "We cannot find the file of this document. Please tell us: “Contact” at the foot of "
            "this page says how.",
            go_on=beside(),
        )
    return download(file, document.media_type, document.title)


def feed_file(content):
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def calendar_file(content, name, shown):
    """A calendar of the rows shown, for programs that ask for it again and again."""
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    if shown:
        changed = max(each.changed_at for each in shown)
        response["Last-Modified"] = http_date(changed.timestamp())
    # From that day alone a program may guess how long it need not ask again.
    response["Cache-Control"] = "no-cache"
    return response


def csv_file(rows, name):
    """Rows, the first of them the heading, as a file to keep."""
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
