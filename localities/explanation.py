"""The facts of an answer of the finder in plain English, one sentence each."""

from datetime import date

from localities.day_field import in_words
from localities.models import spaced

CONFIDENCE = {
    "named-in-source": "named in a public source",
    "supported": "supported by public sources",
    "inferred": "inferred",
    "inferred-contested": "inferred, and contested",
}


def sentences(facts):
    """Why this answer was given; takes an answer of the finder, or the facts kept of one."""
    facts = getattr(facts, "facts", facts)
    return SAYING[facts["answer"]](facts)


def found(facts):
    kind, locality = facts["kind"], f"the {facts['locality_name']} locality"
    if kind == "locality":
        return [f"You named {locality}."]
    if kind == "district":
        share = f"{facts['postcodes']:,} of its {facts['of_postcodes']:,} postcodes in the borough"
        if facts["postcodes"] == facts["of_postcodes"]:
            share = f"all {facts['of_postcodes']:,} of its postcodes in the borough"
        return [f"{facts['code']} is in {locality}: {share} are there.", *of_table(facts)]
    if kind == "clues" and not facts.get("wards"):
        return [f"{listed(facts['clues'])} together point to {locality}."]
    said = []
    if facts.get("read_as"):
        said.append(f"We read what you typed as {facts['read_as']}.")
    sure = CONFIDENCE[facts["confidence"]]
    wards = facts["wards"]
    if kind == "ward":
        return [*said, f"{wards[0]} ward is in {locality} ({sure})."]
    if kind == "former-ward":
        was = f"{facts['name']} ward is now called {wards[0]}."
        return [*said, was, f"{wards[0]} ward is in {locality} ({sure})."]
    what = listed(facts["clues"]) if kind == "clues" else name_of(facts)
    verb = "are" if kind == "clues" and len(facts["clues"]) > 1 else "is"
    if len(wards) == 1:
        said.append(f"{what} {verb} in {wards[0]} ward, which is in {locality} ({sure}).")
    else:
        said.append(f"{what} {verb} in the wards {listed(wards)}, all in {locality} ({sure}).")
    return said + of_note(facts) + of_table(facts)


def ambiguous(facts):
    choices = facts["choices"]
    if facts.get("because") == "delivery-office":
        return [
            f"{name_of(facts)} belongs to post boxes at a sorting office in the "
            f"{choices[0]['locality_name']}, so it does not say where you are.",
            "Please confirm the locality.",
        ]
    if facts["kind"] == "district":
        return of_district(facts)
    if facts["kind"] == "postcodes":
        return ["The postcodes are in different localities, so we ask which one you mean."]
    said = []
    if facts.get("read_as"):
        said.append(f"We read what you typed as {facts['read_as']}.")
    parts = listed(
        [
            f"{choice['locality_name']} ({listed(choice['wards'])})"
            if choice["wards"]
            else choice["locality_name"]
            for choice in choices
        ]
    )
    what = listed(facts["clues"]) if facts["kind"] == "clues" else name_of(facts)
    verb = "reach" if facts["kind"] == "clues" and len(facts["clues"]) > 1 else "reaches"
    said.append(f"{what} {verb} into more than one locality: {parts}.")
    return said + of_note(facts)


def of_district(facts):
    code, choices, total = facts["code"], facts["choices"], facts["of_postcodes"]
    if not total:
        return [f"{code} lies mostly outside Tower Hamlets, so it does not say which locality."]
    if len(choices) == 1:
        counted = (
            f"only {total:,} of its postcodes {'is' if total == 1 else 'are'} in our table, "
            f"in the {choices[0]['locality_name']}"
        )
    else:
        shares = [
            f"{number:,} {'is' if number == 1 else 'are'} in the {choice['locality_name']}"
            for choice in choices
            if (number := choice["postcodes"])
        ]
        counted = f"of its {total:,} postcodes in the borough {listed(shares)}"
    said = [f"{code} alone does not say which locality: {counted}."]
    if facts["reaches_outside"]:
        said.append(f"Part of {code} lies outside Tower Hamlets.")
    return said + of_table(facts)


def outside(facts):
    name = name_of(facts)
    if facts["because"] == "no-locality":
        return [f"{name} is in Tower Hamlets, but no locality is recorded for it on that day."]
    if facts["because"] == "other-ward":
        return [f"{name} is outside Tower Hamlets.", *of_table(facts)]
    newer = f", or newer than our table of {month(facts)}" if facts["table_date"] else ""
    return [f"{name} is outside Tower Hamlets{newer}."]


def not_understood(facts):
    return [
        {
            "empty": "Enter a postcode or the name of a place.",
            "too-long": "That is too long for a place. Enter a postcode or the name of a place.",
            "unreadable": "We cannot read that. Enter a postcode or the name of a place.",
            "unknown": "We do not know a place of that name.",
        }[facts["because"]]
    ]


SAYING = {
    "found": found,
    "ambiguous": ambiguous,
    "outside": outside,
    "not-understood": not_understood,
}


def name_of(facts):
    if facts["kind"] == "postcode" and len(facts["code"]) > 4:
        return spaced(facts["code"])
    return facts.get("name") or facts["code"]


def of_note(facts):
    note = facts.get("note")
    return [f"{note[0].upper()}{note[1:].rstrip('.')}."] if note else []


def of_table(facts):
    if not facts.get("table"):
        return []
    published = in_words(date.fromisoformat(facts["table_date"]))
    return [f"This is from {facts['table']}, published on {published}."]


def month(facts):
    return f"{date.fromisoformat(facts['table_date']):%B %Y}"


def listed(words):
    """“one”, “one and two”, “one, two and three”"""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
