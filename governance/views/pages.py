"""What pages have in common."""

from django.shortcuts import render

CONFLICT = 409  # someone was quicker; the page shows how things stand now


def not_found(request, sentence):
    return render(request, "404.html", {"sentence": sentence}, status=404)


def gone(request, sentence):
    """For what was public once: whoever has the address learns that it is not a mistake."""
    return render(request, "410.html", {"sentence": sentence}, status=410)


def as_known(model, as_on):
    """The rows as we know them now, or as they were recorded at the moment asked for."""
    if as_on.known_on is None:
        return model.objects.all()
    return model.history.as_of(as_on.known_on)


def on_which_day(fact, day):
    """Whether a dated fact is still to begin, over, or holds on the day."""
    if fact.start_date and day < fact.start_date:
        return "before"
    if fact.end_date and day > fact.end_date:
        return "after"
    return "during"
