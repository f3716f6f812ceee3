"""Which ward and locality someone means by a postcode or a place name, and why we think so.

`find(text)` gives one of four answers. It never guesses between localities: where what was typed
leaves several open the answer is `Ambiguous`, with the question still to be asked. The `facts` of
an answer are plain keys and values that may be kept; `localities.explanation` says them in words.
"""

import re
from dataclasses import dataclass, field

from django.utils import timezone

from localities.atlas import current_atlas, look_up
from localities.models import Locality, Ward, WardInLocality
from localities.postcodes import (
    INWARD_LETTERS,
    OUTWARD,
    POSTCODE,
    partial_readings,
    plain,
    readings,
    squashed,
)

LONGEST = 200  # of what is typed as a place
LONGEST_MESSAGE = 10_000  # of a text in which places are looked for

IN_TEXT = re.compile(
    rf"(?<![A-Z0-9])([A-Z]{{1,2}}[0-9][A-Z0-9]?)[\s.-]*([0-9][{INWARD_LETTERS}]{{2}})(?![A-Z0-9])"
)
DISTRICT_IN_TEXT = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}[0-9][A-Z0-9]?(?![A-Z0-9])")

# From the surest to the least sure.
CONFIDENCE = WardInLocality.Confidence.values


@dataclass(frozen=True, slots=True)
class Found:
    """What was typed lies in one locality, and in `ward` where it lies in one ward only."""

    ward: Ward | None
    locality: Locality
    facts: dict
    answer = "found"


@dataclass(frozen=True, slots=True)
class Choice:
    """A locality that may be meant, and what tells it from the others."""

    locality: Locality
    wards: tuple[Ward, ...] = ()
    postcodes: int | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """What was typed may mean several localities, the most likely first."""

    choices: tuple[Choice, ...]
    facts: dict
    answer = "ambiguous"


@dataclass(frozen=True, slots=True)
class Outside:
    """A postcode that is in no ward of ours."""

    facts: dict
    answer = "outside"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Neither a postcode nor a name that we know; `suggestions` are names that look like it."""

    facts: dict
    suggestions: tuple[str, ...] = field(default=())
    answer = "not-understood"


def find(text, day=None):
    """What is meant by a postcode or the first part of one, a name, or an address.

    Wards and localities are those of `day`, today if none is given.
    """
    because = unreadable(text)
    if because:
        return NotUnderstood({"answer": "not-understood", "because": because})
    day = day or timezone.localdate()
    typed = plain(text)

    code = squashed(typed)
    meant = readings(code)
    # Letters alone are a name before they are a postcode with O for 0 and I for 1.
    has_digit = any(character in "0123456789" for character in code)
    if meant and has_digit:
        return in_table(meant, day) or not_in_table(meant[0])
    districts = partial_readings(typed)
    if districts:
        answer = district_meant(current_atlas(), districts, as_typed=code)
        if answer:
            return answer
    written = ["".join(parts) for parts in IN_TEXT.findall(typed)]
    if written:
        return all_in_table(written, day) or not_in_table(written[0])
    return named(text, typed, day, spelled_in_letters=meant)


def places_mentioned(text, day=None):
    """The names of places in a message, in their order: to be offered, never assumed."""
    if "\x00" in text:
        return ()
    names = current_atlas().names_on(day or timezone.localdate())
    mentions = names.mentions(text[:LONGEST_MESSAGE])
    return tuple(
        dict.fromkeys(
            mention.named.name
            for mention in mentions
            if mention.named.homes and not mention.is_street
        )
    )


def unreadable(text):
    """Why there is no point in looking, or nothing."""
    if not text or not text.strip():
        return "empty"
    if len(text) > LONGEST:
        return "too-long"
    return "unreadable" if "\x00" in text else ""


# --- Postcodes ------------------------------------------------------------------------------------


def in_table(meant, day):
    """The answer for one postcode, given in every way it may be read; None if we have none."""
    atlas, wards = look_up(meant)
    known = [code for code in meant if code in wards]
    return answer_for(atlas, known[0], wards[known[0]], day) if known else None


def all_in_table(codes, day):
    """The answer for the postcodes of an address: one locality, or the choice between several."""
    atlas, wards = look_up(codes)
    known = [code for code in dict.fromkeys(codes) if code in wards]
    answers = [answer_for(atlas, code, wards[code], day) for code in known]
    found = [answer for answer in answers if isinstance(answer, Found)]
    if len({answer.locality.pk for answer in found}) < 2:
        return next(iter(found + answers), None)
    choices = tuple(
        Choice(answer.locality, (answer.ward,))
        for answer in {each.locality.pk: each for each in reversed(found)}.values()
    )[::-1]
    facts = {"answer": "ambiguous", "kind": "postcodes", "choices": facts_of(choices)}
    return Ambiguous(choices, facts)


def answer_for(atlas, code, ward, day):
    """The answer for a postcode of our table, which lies in the ward of this GSS code."""
    facts = {"kind": "postcode", "code": code, **facts_of_table(atlas)}
    home = atlas.home_of(ward, day)
    if home is None:
        because = "no-locality" if ward in atlas.wards else "other-ward"
        return Outside({"answer": "outside", **facts, "because": because})
    if code in atlas.delivery_offices:
        others = [each for each in atlas.localities if each != home.locality]
        choices = (Choice(home.locality), *map(Choice, others))
        facts |= {"because": "delivery-office", "choices": facts_of(choices)}
        return Ambiguous(choices, {"answer": "ambiguous", **facts})
    return found_in([home], facts)


def not_in_table(code):
    return Outside(
        {
            "answer": "outside",
            "kind": "postcode" if POSTCODE.fullmatch(code) else "district",
            "code": code,
            "because": "not-in-table",
            **facts_of_table(current_atlas()),
        }
    )


def facts_of_table(atlas):
    newest = atlas.release
    return {
        "table": newest.title if newest else None,
        "table_date": newest.published_on.isoformat() if newest else None,
    }


# --- First halves of postcodes --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class District:
    """The first half of a postcode with the localities it reaches, the largest share first."""

    code: str
    settles: Locality | None
    reaches_outside: bool
    shares: tuple[Choice, ...]

    @property
    def localities(self):
        if self.settles:
            return (self.settles,)
        return tuple(share.locality for share in self.shares)

    @property
    def postcodes(self):
        return sum(share.postcodes for share in self.shares)


def district_meant(atlas, meant, as_typed):
    """The answer for the first part of a postcode, given in every way it may be read."""
    exact = [code for code in meant if OUTWARD.fullmatch(code) and as_typed.startswith(code)]
    areas = [re.match("[A-Z]+", code)[0] for code in exact]
    known = districts_known(atlas, [*meant, *areas])
    for code in meant:
        if code in known:
            return answer_for_district(atlas, known[code], code)
    for code, area in zip(exact, areas, strict=True):
        # A row for the letters alone stands for every district that has none of its own.
        if area in known:
            return answer_for_district(atlas, known[area], code)
        return not_in_table(code)
    return None


def districts_known(atlas, codes):
    """The districts of these that we have, by code, in the order of their codes."""
    known = [atlas.districts[code] for code in sorted(set(codes)) if code in atlas.districts]
    return {row.code: district(row, atlas.shares.get(row.code, ())) for row in known}


def district(row, shares):
    choices = tuple(Choice(each.locality, postcodes=each.postcodes) for each in shares)
    return District(row.code, row.settles, row.reaches_outside, choices)


def answer_for_district(atlas, district, code):
    facts = {"kind": "district", "code": code, "reaches_outside": district.reaches_outside}
    if district.settles:
        share = [each for each in district.shares if each.locality == district.settles]
        facts |= {
            **locality_facts(district.settles),
            "postcodes": sum(each.postcodes for each in share),
            "of_postcodes": district.postcodes,
            **facts_of_table(atlas),
        }
        return Found(None, district.settles, {"answer": "found", **facts})
    choices = district.shares or tuple(map(Choice, atlas.localities))
    # The count of all the districts of an area says nothing of this one.
    counted = district.postcodes if code == district.code else 0
    facts |= {"choices": facts_of(choices), "of_postcodes": counted, **facts_of_table(atlas)}
    return Ambiguous(choices, {"answer": "ambiguous", **facts})


# --- Names ----------------------------------------------------------------------------------------


def named(text, typed, day, spelled_in_letters):
    """The answer for a name, or for what names and districts of an address say together."""
    atlas = current_atlas()
    names = atlas.names_on(day)
    locality = names.locality(text)
    if locality:
        facts = {"answer": "found", "kind": "locality", **locality_facts(locality)}
        return Found(None, locality, facts)
    meant = names.named(text)
    if meant:
        return answer_for_name(meant)
    mentions = names.mentions(text)
    answer = answer_for_clues(
        atlas,
        [mention.named for mention in mentions if mention.named.homes and not mention.is_street],
        list(districts_known(atlas, DISTRICT_IN_TEXT.findall(typed)).values()),
    )
    if answer:
        return answer
    meant = names.named_but_for_a_slip(text)
    if meant:
        return answer_for_name(meant, read_as=meant.name)
    answer = in_table(spelled_in_letters, day) if spelled_in_letters else None
    return answer or NotUnderstood(
        {"answer": "not-understood", "because": "unknown"},
        suggestions=tuple(
            dict.fromkeys([mention.named.name for mention in mentions] + [*names.like(text)])
        )[:3],
    )


def answer_for_name(meant, **more):
    facts = {"kind": meant.kind, "name": meant.name, **more}
    if meant.note:
        facts["note"] = meant.note
    if not meant.homes:
        return Outside({"answer": "outside", **facts, "because": "no-locality"})
    if len({home.locality_id for home in meant.homes}) == 1:
        return found_in(meant.homes, facts)
    choices = choices_among(meant.homes)
    facts["choices"] = facts_of(choices)
    return Ambiguous(choices, {"answer": "ambiguous", **facts})


def answer_for_clues(atlas, places, districts):
    """What several names and districts say together, or None if there are none.

    One that settles the locality counts for those that leave it open; where they contradict each
    other, or none settles it, we ask.
    """
    if len(places) == 1 and not districts:
        return answer_for_name(places[0])
    if len(districts) == 1 and not places:
        return answer_for_district(atlas, districts[0], districts[0].code)
    reached = [{home.locality_id for home in place.homes} for place in places]
    reached += [{each.pk for each in district.localities} for district in districts]
    reached = [localities for localities in reached if localities]
    if not reached:
        return None
    common = set.intersection(*reached)
    if len(common) == 0 or (len(common) == 1 and common not in reached):
        common = set.union(*reached)
    choices = choices_for_clues(places, districts, common)
    clues = [place.name for place in places] + [district.code for district in districts]
    facts = {"kind": "clues", "clues": clues}
    if len(choices) > 1:
        return Ambiguous(choices, {"answer": "ambiguous", **facts, "choices": facts_of(choices)})
    homes = [home for place in places for home in place.homes if home.locality_id in common]
    if homes:
        return found_in(list({home.pk: home for home in homes}.values()), facts)
    locality = choices[0].locality
    return Found(None, locality, {"answer": "found", **facts, **locality_facts(locality)})


def choices_for_clues(places, districts, among):
    """The localities of `among` in the order in which the clues reach them, with their wards."""
    homes = {home.pk: home for place in places for home in place.homes}
    choices = choices_among(home for home in homes.values() if home.locality_id in among)
    by_locality = {choice.locality.pk: choice for choice in choices}
    for district in districts:
        for locality in district.localities:
            if locality.pk in among:
                by_locality.setdefault(locality.pk, Choice(locality))
    return tuple(by_locality.values())


def choices_among(homes):
    """The localities of these wards, in their order, each with its wards."""
    wards = {}
    for home in homes:
        wards.setdefault(home.locality, []).append(home.ward)
    return tuple(Choice(locality, tuple(its_wards)) for locality, its_wards in wards.items())


# --- Facts ----------------------------------------------------------------------------------------


def found_in(homes, facts):
    """Found in the one locality of these wards; as sure as the least sure of them."""
    locality = homes[0].locality
    ward = homes[0].ward if len(homes) == 1 else None
    facts = {
        "answer": "found",
        **facts,
        "ward": ward.gss if ward else None,
        "wards": [home.ward.name for home in homes],
        **locality_facts(locality),
        "confidence": max((home.confidence for home in homes), key=CONFIDENCE.index),
    }
    return Found(ward, locality, facts)


def locality_facts(locality):
    return {"locality": locality.code, "locality_name": locality.name}


def facts_of(choices):
    return [
        {
            **locality_facts(choice.locality),
            "wards": [ward.name for ward in choice.wards],
            "postcodes": choice.postcodes,
        }
        for choice in choices
    ]
