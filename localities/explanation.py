"""The facts of an answer of the finder in plain words, one sentence each.

What is stored of an answer is facts, so the same answer can be told in any language.
"""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from localities.catalogued import in_language_of_page
from localities.day_field import in_words
from localities.models import spaced

LONGEST_OUTWARD = 4  # letters and digits of the first half of a postcode

CONFIDENCE = {
    "named-in-source": gettext_lazy("named in a public source"),
    "supported": gettext_lazy("supported by public sources"),
    "inferred": gettext_lazy("we worked this out"),
    "inferred-contested": gettext_lazy("we worked this out, and others see it otherwise"),
}


def sentences(facts):
    """Why this answer was given; takes an answer of the finder, or the facts kept of one."""
    facts = getattr(facts, "facts", facts)
    return SAYING[facts["answer"]](facts)


def and_source(facts):
    """The same in two parts: what it says, and of which table it is."""
    said, table = sentences(facts), of_table(getattr(facts, "facts", facts))
    return [each for each in said if each not in table], [each for each in said if each in table]


def found(facts):
    kind, locality = facts["kind"], facts["locality_name"]
    if kind == "locality":
        return [_("You named the %(locality)s locality.") % {"locality": locality}]
    if kind == "district":
        return [share_of_district(facts), *of_table(facts)]
    if kind == "clues" and not facts.get("wards"):
        named = {"names": listed(facts["clues"]), "locality": locality}
        return [_("%(names)s together point to the %(locality)s locality.") % named]
    said = [*read_as(facts)]
    wards = facts["wards"]
    ward = {"ward": wards[0], "locality": locality, "sure": CONFIDENCE[facts["confidence"]]}
    if kind in {"ward", "former-ward"}:
        if kind == "former-ward":
            names = {"former": facts["name"], "ward": wards[0]}
            said.append(_("%(former)s ward is now called %(ward)s.") % names)
        return [*said, _("%(ward)s ward is in the %(locality)s locality (%(sure)s).") % ward]
    names = facts["clues"] if kind == "clues" else [name_of(facts)]
    if len(wards) == 1:
        sentence = ngettext(
            "%(names)s is in %(ward)s ward, which is in the %(locality)s locality (%(sure)s).",
            "%(names)s are in %(ward)s ward, which is in the %(locality)s locality (%(sure)s).",
            len(names),
        )
    else:
        sentence = ngettext(
            "%(names)s is in the wards %(wards)s, all in the %(locality)s locality (%(sure)s).",
            "%(names)s are in the wards %(wards)s, all in the %(locality)s locality (%(sure)s).",
            len(names),
        )
    said.append(sentence % {**ward, "names": listed(names), "wards": listed(wards)})
    return said + of_note(facts) + of_table(facts)


def share_of_district(facts):
    there, total = facts["postcodes"], facts["of_postcodes"]
    numbers = {
        "code": facts["code"],
        "locality": facts["locality_name"],
        "number": grouped(there),
        "total": grouped(total),
    }
    if there == total:
        return (
            _(
                "%(code)s is in the %(locality)s locality: all %(total)s of its postcodes in the "
                "borough are there."
            )
            % numbers
        )
    return (
        _(
            "%(code)s is in the %(locality)s locality: %(number)s of its %(total)s postcodes in "
            "the borough are there."
        )
        % numbers
    )


def read_as(facts):
    if not facts.get("read_as"):
        return []
    return [_("We read what you typed as %(postcode)s.") % {"postcode": facts["read_as"]}]


def ambiguous(facts):
    choices = facts["choices"]
    if facts.get("because") == "delivery-office":
        named = {"postcode": name_of(facts), "locality": choices[0]["locality_name"]}
        return [
            _(
                "%(postcode)s belongs to post boxes at a sorting office in the %(locality)s, so it "
                "does not say where you are."
            )
            % named,
            _("Please confirm the locality."),
        ]
    if facts["kind"] == "district":
        return of_district(facts)
    if facts["kind"] == "postcodes":
        return [_("The postcodes are in different localities, so we ask which one you mean.")]
    parts = listed(
        [
            f"{choice['locality_name']} ({listed(choice['wards'])})"
            if choice["wards"]
            else choice["locality_name"]
            for choice in choices
        ]
    )
    names = facts["clues"] if facts["kind"] == "clues" else [name_of(facts)]
    sentence = ngettext(
        "%(names)s reaches into more than one locality: %(localities)s.",
        "%(names)s reach into more than one locality: %(localities)s.",
        len(names),
    )
    return [
        *read_as(facts),
        sentence % {"names": listed(names), "localities": parts},
        *of_note(facts),
    ]


def of_district(facts):
    code, choices, total = facts["code"], facts["choices"], facts["of_postcodes"]
    if not total:
        sentence = _(
            "%(code)s lies mostly outside Tower Hamlets, so it does not say which locality."
        )
        return [sentence % {"code": code}]
    if len(choices) == 1:
        sentence = ngettext(
            "We know of only %(number)s postcode in Tower Hamlets that begins with %(code)s. "
            "It is in the %(locality)s.",
            "We know of only %(number)s postcodes in Tower Hamlets that begin with %(code)s. "
            "They are in the %(locality)s.",
            total,
        )
        share = {"number": grouped(total), "locality": choices[0]["locality_name"]}
    else:
        sentence = _(
            "Postcodes that begin with %(code)s are in more than one locality: %(shares)s."
        )
        shares = [
            _("%(number)s in the %(locality)s")
            % {"number": grouped(number), "locality": choice["locality_name"]}
            for choice in choices
            if (number := choice["postcodes"])
        ]
        share = {"shares": listed(shares)}
    said = [sentence % {"code": code, **share}]
    if facts["reaches_outside"]:
        said.append(_("Part of %(code)s lies outside Tower Hamlets.") % {"code": code})
    return said + of_table(facts)


def choices_of(answer):
    """The localities that may be meant, each with what tells it from the others, if anything."""
    return [(choice, told_by(choice)) for choice in getattr(answer, "choices", ())]


def told_by(choice):
    if choice.wards:
        sentence = ngettext("Ward: %(wards)s", "Wards: %(wards)s", len(choice.wards))
        return sentence % {"wards": ", ".join(map(str, choice.wards))}
    if choice.postcodes:
        sentence = ngettext("%(number)s postcode", "%(number)s postcodes", choice.postcodes)
        return sentence % {"number": grouped(choice.postcodes)}
    return ""


def outside(facts):
    named = {"name": name_of(facts)}
    if facts["because"] == "no-locality":
        sentence = _(
            "%(name)s is in Tower Hamlets, but no locality is recorded for it on that day."
        )
        return [sentence % named]
    outside_sentence = _("%(name)s is outside Tower Hamlets.") % named
    if facts["because"] == "other-ward":
        return [outside_sentence, *of_table(facts)]
    if not facts["table_date"]:
        return [outside_sentence]
    sentence = _("%(name)s is outside Tower Hamlets, or newer than our table of %(month)s.")
    return [sentence % {**named, "month": month(facts)}]


def not_understood(facts):
    return [
        {
            "empty": _("Enter a postcode or the name of a place."),
            "too-long": _("That is too long for a place. Enter a postcode or the name of a place."),
            "unreadable": _("We cannot read that. Enter a postcode or the name of a place."),
            "unknown": _("We do not know a place of that name."),
        }[facts["because"]]
    ]


SAYING = {
    "found": found,
    "ambiguous": ambiguous,
    "outside": outside,
    "not-understood": not_understood,
}


def name_of(facts):
    if facts["kind"] == "postcode":
        if len(facts["code"]) > LONGEST_OUTWARD:
            return spaced(facts["code"])
        # What was found is true of the whole code, of which only the first half was kept.
        return _("The postcode that was given")
    return facts.get("name") or facts["code"]


def of_note(facts):
    note = in_language_of_page(facts.get("note"))
    # Not every language ends a sentence with a full stop.
    return [_("%(note)s.") % {"note": note[0].upper() + note[1:].rstrip(".")}] if note else []


def of_table(facts):
    if not facts.get("table"):
        return []
    return [from_table(facts["table"], facts["table_date"], get_language())]


@lru_cache(maxsize=64)
def from_table(table, published_on, language):
    """The same in the language that is active: there are few tables, and many postcodes in each."""
    published = in_words(date.fromisoformat(published_on))
    return _("This is from %(table)s, published on %(day)s.") % {"table": table, "day": published}


def month(facts):
    return date_format(date.fromisoformat(facts["table_date"]), "F Y")


def grouped(number):
    return number_format(number, force_grouping=True)


def listed(words):
    """“one”, “one and two”, “one, two and three”"""
    *others, last = words
    if not others:
        return last
    return _("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last}
