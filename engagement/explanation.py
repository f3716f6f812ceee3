"""The frozen reasons of a route in plain English: the same sentences wherever it is explained."""

from engagement import personal_data
from engagement.forms import UNKNOWN
from engagement.languages import name_of
from engagement.models import Flag
from governance.telling import with_article
from localities import explanation as places

ENGAGEMENT_TEAM = "the engagement team"
LONGEST_OUTWARD = 4  # letters and digits of the first half of a postcode
WHY_NOT = {
    "closed": "it has closed",
    "nobody": "nobody is there to read it at present",
}


HELD = (
    "Something in it looks like advertising, so somebody of the engagement team reads it first, "
    "within one working day. If it is a message to us, they send it on."
)
REJECTED = (
    "The engagement team read it and took it for advertising, so it was put before nobody. If that "
    "is wrong, please send it again and say so."
)
LOST = {
    "later": "it fits too, but the first rule that fits decides",
    "topic": "the topic is another",
    "about": "it is about someone else",
    "kind": "it is for feedback or for ideas only",
    "locality": "it is for another locality",
    "language": "the language is another",
}
MOST_WORDS = 5


def sentences(because):
    """Why a message goes where it goes, one sentence after the other."""
    if because["outcome"] == "referred-on":
        return [f"{capital(body(because['from']))} referred it on to {body(because['lead'])}."]
    if because["outcome"] == "quarantine":
        return [HELD]
    return read_said(because) + rule_said(because)


def rule_said(because):
    """The rule that decided, and what it made of the place."""
    rule, refused = because["rule"], because["refused"]
    to_place = rule is not None and rule["destination"] == "place"
    because_of = f"Because {rule['name'] if rule else 'no rule fits it'}, "
    lead = body(because["lead"])

    if to_place:
        said = [because_of + to_committee(because["place"]), *place_said(because["place"])]
        said += follows_said(because)
        if because["outcome"] == "ask":
            return said
        said += [
            *not_able(refused, "would answer it"),
            f"So {lead} answers it."
            if because["outcome"] == "routed"
            else f"So {lead} reads it first and finds the right body for it.",
        ]
    elif refused:
        said = [
            because_of + f"it would go to {body(refused['body'])}, but {WHY_NOT[refused['why']]}.",
            f"So {lead} reads it first and finds the right body for it.",
        ]
    elif because["outcome"] == "routed":
        said = [because_of + f"{lead} answers it."]
    else:
        said = [because_of + f"{lead} reads it first and finds the right body for it."]
    return said + copies_said(because, place_is_said=to_place)


def read_said(because):
    """What was taken from the resident's own words; what was frozen before has none of it."""
    said = []
    if "language" in because:
        said.append(f"It is written in {name_of(because['language'])}.")
    suggestion = because.get("suggestion")
    if suggestion and suggestion["words"]:
        words, topic = quoted(suggestion["words"]), f"“{suggestion['name']}”"
        if suggestion["sure"]:
            said.append(f"You were not sure what it is about. Because of {words} we take {topic}.")
        else:
            said.append(f"Because of {words} it may be about {topic}, but that is not certain.")
    about = because.get("about_read")
    if about and about["words"]:
        whom = "pregnancy or birth" if about["about"] == "maternity" else "a child or young person"
        said.append(f"Because of {quoted(about['words'])} we take it to be about {whom}.")
    return said


def details(because):
    """How it was decided, for who wants to know more: which rules lost, and to what."""
    lost = because.get("lost")
    if not lost:
        return []
    said = [
        f"The rule “because {near['name']}” did not decide: {LOST[near['why']]}."
        for near in lost["near"]
    ]
    if lost["others"]:
        rules = "rule fits" if lost["others"] == 1 else "rules fit"
        said.append(f"{lost['others']} {'other' if said else 'more'} {rules} something else.")
    return said


def flags_in_words(flags):
    """Each flag of a message with its reasons, for staff."""
    said = []
    for flag, reasons in flags.items():
        label = Flag(flag).label
        if flag == Flag.LANGUAGE:
            reasons = [name_of(code) for code in reasons]
        elif flag == Flag.PERSONAL_DATA:
            reasons = [personal_data.KINDS[kind] for kind in reasons]
        elif reasons:
            reasons = [quoted(reasons)]
        said.append(f"{label}: {places.listed(reasons)}" if reasons else label)
    return said


def quoted(words):
    """The first few words, in quotation marks."""
    return places.listed([f"“{word}”" for word in words[:MOST_WORDS]])


def to_committee(place):
    if place["status"] == "none" and place["nearest"] is None:
        return "it goes to the committee of the place it is about."
    if place["status"] == "none":
        return "it goes to the committee of the part of the borough it is about."
    return "it goes to the committee of the place you gave."


def follows_said(because):
    """That the committee is one of another locality; what was frozen before has no such key."""
    follower = because.get("follows")
    return [f"Its committee has closed, and {body(follower)} follows it."] if follower else []


def place_said(place):
    """What the place says, and what was told when we asked."""
    said = places.sentences(place["answer"]) if place["answer"] else ["You gave no place."]
    if place["nearest"] == UNKNOWN:
        said.append("You did not say which part of the borough is nearest.")
    elif place["nearest"]:
        said.append(f"You told us that the {place['nearest']['locality_name']} is nearest.")
    return said


def copies_said(because, *, place_is_said):
    """Who gets a copy, or why nobody does although a place was given."""
    place, copies, refused = because["place"], because["copies"], because["copy_refused"]
    if place_is_said and not copies and not refused:
        return []
    if place["answer"] is None and place["nearest"] is None:
        return []
    said = [] if place_is_said else [*place_said(place), *follows_said(because)]
    if copies:
        said.append(f"So {listed(copies)} gets a copy.")
    elif refused:
        said += not_able(refused, "would get a copy")
    elif place["status"] != "ok" and not isinstance(place["nearest"], dict):
        said.append("So no locality’s committee gets a copy.")
    return said


def not_able(refused, would):
    """Why the body that would have it cannot."""
    if refused is None:
        return []
    if refused["why"] == "no-committee":
        return ["There is no committee for this locality at present."]
    return [f"{capital(body(refused['body']))} {would}, but {WHY_NOT[refused['why']]}."]


def body(named):
    return with_article(named["name"]) if named else ENGAGEMENT_TEAM


def listed(bodies):
    return " and ".join(body(each) for each in bodies)


def capital(text):
    return text[:1].upper() + text[1:]


# Of the reasons, what is of the rules and the bodies. Whatever else there is may be a resident's.
IMPERSONAL = {
    "format",
    "outcome",
    "rule",
    "place",
    "refused",
    "from",
    "lead",
    "copies",
    "copy_refused",
    "follows",
    "lost",
    "topic",
    "language",
}


def without_words(because):
    """The reasons without words of the resident, or what tells where somebody lives.

    Of a postcode, the first half stays.
    """
    because = {name: value for name, value in because.items() if name in IMPERSONAL}
    place = because.get("place")
    answer = place and place["answer"]
    if not answer or answer.get("kind") != "postcode" or len(answer["code"]) <= LONGEST_OUTWARD:
        return because
    answer = answer | {"code": answer["code"][:-3]}
    return because | {"place": place | {"answer": answer}}
