"""Pages of the localities: the map, each locality with its committee, and finding one's own."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from governance.as_on import on_the_day_asked
from governance.locality_page import Asked, parts_of
from governance.record import as_known
from governance.structure import structure_on
from governance.views.pages import before_record, not_found
from localities.explanation import choices_of, sentences
from localities.finder import Found, find
from localities.forms import PlaceForm
from localities.map import map_on
from localities.models import Locality, PostcodeRelease


@require_safe
@on_the_day_asked
def localities(request, as_on):
    structure = structure_on(as_on.day, as_on.known_on)
    if page := before_record(request, as_on, _("Localities"), above(), structure=structure):
        return page
    drawing = map_on(as_on.day, known_on=as_on.known_on)
    listed = [
        (quarter, committees(structure, quarter.locality, as_on)) for quarter in drawing.quarters
    ]
    context = {"as_on": as_on, "drawing": drawing, "localities": listed, "form": PlaceForm()}
    return render(request, "governance/locality_list.html", context | release())


@require_safe
@on_the_day_asked
def locality(request, as_on, code):
    found = as_known(Locality, as_on.known_on).filter(code=code).first()
    if found is None and as_on.known_on is not None:
        sentence = _("On %(known)s the record had no locality at this address.")
        return not_found(request, sentence % {"known": as_on.known_words})
    if found is None:
        raise Http404(f"There is no locality “{code}”.")
    title = _("%(locality)s locality") % {"locality": found}
    structure = structure_on(as_on.day, as_on.known_on)
    if page := before_record(request, as_on, title, above(), structure=structure):
        return page
    drawing = map_on(as_on.day, known_on=as_on.known_on, locality=found)
    asked = Asked(
        locality=found,
        as_on=as_on,
        standing=request.standing,
        structure=structure,
        committees=bodies_of(structure, found),
        drawing=drawing,
    )
    context = {
        "as_on": as_on,
        "locality": found,
        "drawing": drawing,
        "committees": asked.committees,
        "parts": parts_of(asked),
    }
    return render(request, "governance/locality_detail.html", context | release())


@require_safe
@cache_control(private=True, no_store=True)  # the address holds somebody's postcode
@on_the_day_asked
def find_locality(request, as_on):
    if page := before_record(request, as_on, _("Find your locality"), above()):
        return page
    form = PlaceForm(request.GET if "q" in request.GET else None)
    context = {"as_on": as_on, "form": form}
    if form.is_bound and form.is_valid():
        answer = find(form.cleaned_data["q"], as_on.day)
        context |= {
            "answer": answer,
            "sentences": sentences(answer),
            "choices": choices_of(answer),
        }
        if isinstance(answer, Found):
            structure = structure_on(as_on.day, as_on.known_on)
            context["committees"] = committees(structure, answer.locality, as_on)
            # The form is told the ward, and the address no postcode.
            context["place"] = answer.ward or answer.locality
    is_long = form.is_bound and form.has_error("q", "max_length")
    page = "governance/locality_find.html"
    return render(request, page, context | release(), status=400 if is_long else 200)


def above():
    return reverse("governance:localities"), _("Localities")


def committees(structure, locality, as_on):
    """The committees of a locality, each with its address."""
    return [
        (reverse("governance:body", args=[body.slug]) + as_on.query, body.name)
        for body in bodies_of(structure, locality)
    ]


def bodies_of(structure, locality):
    """The bodies of a locality, or who follows the last one it had."""
    bodies = tuple(body for body in structure.bodies if body.locality == locality.code)
    follower = structure.committee_of(locality.code)
    return bodies or ((follower,) if follower else ())


def release():
    """The table of postcodes in use, for the line that says where it is from."""
    return {"release": PostcodeRelease.objects.order_by("-loaded_at", "-pk").first()}
