"""Search what the portal itself says: bodies, organisations, localities, wards and places.

Residents' words are never searched here. Apps above `register` what else they find (see `Part`).
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from governance.models import Body, BodyName, Organisation
from governance.registered import Registered
from governance.views.bodies import called
from localities import explanation
from localities.dated import in_force
from localities.finder import find
from localities.models import Locality, PlaceName, Ward

LONGEST = 200
MOST_WORDS = 8
SHOWN = 20  # of a kind
SHORTEST_IN_NOTE = 4  # “E3” is no part of the code E38000186
OWN = 50  # parts of a lower order stand before what is found here, the others after it
NOTHING = ("", "")

PARTS = Registered()
register = PARTS.register


class Part:
    """What an app above finds: results for a text, shown under a heading of their own.

    Where there is a list of all of them, `every` is the name of its address and `every_one` what
    its link says.
    """

    key = title = every = every_one = ""
    order = OWN
    shown = SHOWN

    def found(self, text):
        """What `result` gives, best first; one more than is shown says that there is more."""
        raise NotImplementedError


@dataclass(frozen=True)
class Group:
    """What was found of a kind; `part` says how many are shown, and where all of them are."""

    title: str
    found: list
    part: Part = Part()

    @property
    def first(self):
        return self.found[: self.part.shown]

    @property
    def is_cut(self):
        return len(self.found) > self.part.shown


class SearchForm(forms.Form):
    """What to look for."""

    nhsuk = {"*": {"optional": False}}

    q = forms.CharField(
        label=gettext_lazy("What are you looking for?"),
        help_text=gettext_lazy(
            "A subject, a body, an organisation, a postcode or a place, such as vaccination, "
            "Living Well or E3 4AB."
        ),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "max_length": gettext_lazy(
                "Shorten what you are looking for to %(limit_value)d characters or fewer"
            ),
            "null_characters_not_allowed": gettext_lazy("Leave out the unreadable character"),
        },
    )


@require_safe
def search(request):
    form = SearchForm({"q": request.GET.get("q", "")})
    if not form.is_valid():
        return render(request, "governance/search.html", {"form": form}, status=400)
    text = form.cleaned_data["q"]
    words = words_of(text)
    context = {"form": form, "text": text}
    if words:
        named = [
            Group(_("Bodies"), bodies(words)),
            Group(_("Organisations"), organisations(words)),
        ]
        # A code of an organisation looks like the first half of a postcode far away.
        may_be_outside = not any(group.found for group in named)
        here = Group(_("Localities, wards and places"), places(text, words, may_be_outside))
        groups = [
            *(of_part(part, text) for part in PARTS if part.order < OWN),
            *named,
            here,
            *(of_part(part, text) for part in PARTS if part.order >= OWN),
        ]
        context["groups"] = [group for group in groups if group.found]
    return render(request, "governance/search.html", context)


def words_of(text):
    return re.findall(r"\w+", text)[:MOST_WORDS]


def of_part(part, text):
    return Group(part.title, part.found(text), part)


def bodies(words):
    """Bodies by their names of any day, their kind and locality, and their own words."""
    today = timezone.localdate()
    names = BodyName.objects.filter(body=OuterRef("pk"))
    found, named = Body.objects.select_related("kind"), names
    for word in words:
        in_name = Q(name__icontains=word) | Q(short_name__icontains=word)
        named = named.filter(in_name)
        fields = ("purpose", "remit", "cohort", "kind__name", "locality__name")
        in_words = Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR)
        found = found.filter(Exists(names.filter(in_name)) | in_words)
    found = found.annotate(by_name=Exists(named)).order_by("-by_name", "kind__order", "slug")
    found = list(found.prefetch_related("names")[: SHOWN + 1])
    results = []
    for body in found:
        its_names = sorted(body.names.all(), key=lambda name: str(name.start_date or ""))
        name = called(its_names, today) or body.slug
        about = [body.kind.label]
        about += [formerly(each.name) for each in its_names if is_before(each, today)]
        about += ended_or_coming(body, today)
        results.append(
            result(
                name,
                reverse("governance:body", args=[body.slug]),
                about,
                text=next(iter(body.said.blocks), NOTHING),
            )
        )
    return results


def organisations(words):
    today = timezone.localdate()
    found = Organisation.objects.all()
    for word in words:
        named = Q(name__icontains=word) | Q(short_name__icontains=word) | Q(ods_code__iexact=word)
        if len(word) >= SHORTEST_IN_NOTE:
            named |= Q(note__icontains=word)
        found = found.filter(named)
    return [
        result(
            each.name,
            reverse("governance:organisation", args=[each.slug]),
            [
                each.get_kind_display(),
                *([_("ODS code %(code)s") % {"code": each.ods_code}] if each.ods_code else []),
                *ended_or_coming(each, today),
            ],
        )
        for each in found[: SHOWN + 1]
    ]


def places(text, words, may_be_outside):
    """What the finder makes of the text, then localities, wards and places with these words."""
    results = []
    answer = find(text)
    if answer.answer in {"found", "ambiguous"} or (answer.answer == "outside" and may_be_outside):
        results.append(result(text, found_at(text), explanation.sentences(answer), sentences=True))
    wards, localities, names = Q(in_force(timezone.localdate())), Q(), Q()
    for word in words:
        localities &= Q(name__icontains=word)
        wards &= Q(name__icontains=word) | Q(former_name__icontains=word) | Q(gss__iexact=word)
        names &= Q(name__icontains=word)
    for locality in Locality.objects.filter(localities)[: SHOWN + 1]:
        results.append(
            result(
                locality.name, reverse("governance:locality", args=[locality.code]), [_("Locality")]
            )
        )
    for ward in Ward.objects.filter(wards).defer("boundary")[: SHOWN + 1]:
        former = [formerly(ward.former_name)] if ward.former_name else []
        results.append(result(ward.name, found_at(ward.name), [_("Ward"), *former]))
    for place in PlaceName.objects.filter(names)[: SHOWN + 1]:
        results.append(result(place.name, found_at(place.name), [place.get_kind_display()]))
    return results


def result(name, url, about, text=NOTHING, sentences=False):
    """Something that was found; `text` comes with what marks its language."""
    about = format_html_join(" " if sentences else ", ", "{}", ([each] for each in about))
    text, language = text
    return {"name": name, "url": url, "about": about, "text": text, "language": language}


def found_at(text):
    return f"{reverse('governance:find_locality')}?{urlencode({'q': text})}"


def formerly(name):
    return _("formerly %(name)s") % {"name": name}


def is_before(name, day):
    return name.end_date is not None and name.end_date < day


def ended_or_coming(fact, day):
    if fact.end_date and fact.end_date < day:
        return [_("ended in %(month)s") % {"month": date_format(fact.end_date, "F Y")}]
    if fact.start_date and fact.start_date > day:
        return [_("planned for %(month)s") % {"month": date_format(fact.start_date, "F Y")}]
    return []
