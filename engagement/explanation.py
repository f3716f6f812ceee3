"""The frozen reasons of a route in plain words: the same sentences wherever it is explained.

Frozen are keys and values; the sentences are those of the reader's language.
"""

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from engagement import personal_data
from engagement.forms import UNKNOWN
from engagement.languages import name_of
from engagement.models import Flag
from governance.telling import capital, with_article
from localities import explanation as places
from localities.explanation import LONGEST_OUTWARD

ENGAGEMENT_TEAM = gettext_lazy("the engagement team")

HELD = gettext_lazy(
    "Something in it looks like advertising, so somebody of the engagement team reads it first, "
    "within one working day. If it is a message to us, they send it on."
)
REJECTED = gettext_lazy(
    "The engagement team read it and took it for advertising, so it was put before nobody. If that "
    "is wrong, please send it again and say so."
)

# A rule completes “Because …”.
TO_ITS_PLACE = gettext_lazy("Because %(rule)s, it goes to the committee of the place it is about.")
TO_ITS_PART = gettext_lazy(
    "Because %(rule)s, it goes to the committee of the part of the borough it is about."
)
TO_THE_PLACE_GIVEN = gettext_lazy(
    "Because %(rule)s, it goes to the committee of the place you gave."
)
# By why a body cannot have it.
WOULD_GO = {
    "closed": gettext_lazy("Because %(rule)s, it would go to %(body)s, but it has closed."),
    "nobody": gettext_lazy(
        "Because %(rule)s, it would go to %(body)s, but nobody is there to read it at present."
    ),
}
WOULD_ANSWER = {
    "closed": gettext_lazy("%(body)s would answer it, but it has closed."),
    "nobody": gettext_lazy("%(body)s would answer it, but nobody is there to read it at present."),
}
WOULD_GET_A_COPY = {
    "closed": gettext_lazy("%(body)s would get a copy, but it has closed."),
    "nobody": gettext_lazy("%(body)s would get a copy, but nobody is there to read it at present."),
}
SO_IT_ANSWERS = gettext_lazy("So %(lead)s answers it.")
SO_IT_READS = gettext_lazy("So %(lead)s reads it first and finds the right body for it.")

# After “The rule … did not decide: ”.
LOST = {
    "later": gettext_lazy("it fits too, but the first rule that fits decides"),
    "topic": gettext_lazy("the topic is another"),
    "about": gettext_lazy("it is about someone else"),
    "kind": gettext_lazy("it is for feedback or for ideas only"),
    "locality": gettext_lazy("it is for another locality"),
    "language": gettext_lazy("the language is another"),
}
MOST_WORDS = 5


def sentences(because, *, with_guess=True):
    """Why a message goes where it goes, one sentence after the other."""
    if because["outcome"] == "referred-on":
        names = {"from": capital(body(because["from"])), "to": body(because["lead"])}
        return [_("%(from)s referred it on to %(to)s.") % names]
    if because["outcome"] == "quarantine":
        return [str(HELD)]
    said = read_said(because) + rule_said(because)
    return said + guessed_said(because) if with_guess else said


def rule_said(because):
    """The rule that decided, and what it made of the place."""
    rule, refused = because["rule"], because["refused"]
    to_place = rule is not None and rule["destination"] == "place"
    names = {
        "rule": name_in(rule) if rule else _("no rule fits it"),
        "lead": body(because["lead"]),
    }

    if to_place:
        said = [to_committee(because["place"]) % names, *place_said(because["place"])]
        said += follows_said(because)
        if because["outcome"] == "ask":
            return said
        said += [*not_able(refused, WOULD_ANSWER), lead_said(because)]
    elif refused:
        names["body"] = body(refused["body"])
        said = [WOULD_GO[refused["why"]] % names, SO_IT_READS % names]
    elif because["outcome"] == "routed":
        said = [_("Because %(rule)s, %(lead)s answers it.") % names]
    else:
        first = _("Because %(rule)s, %(lead)s reads it first and finds the right body for it.")
        said = [first % names]
    return said + copies_said(because, place_is_said=to_place) + copy_of_rule_said(because)


def lead_said(because):
    """Who answers it, or reads it first."""
    said = SO_IT_ANSWERS if because["outcome"] == "routed" else SO_IT_READS
    return said % {"lead": body(because["lead"])}


def read_said(because):
    """What was taken from the resident's own words; what was frozen before has none of it."""
    said = []
    if "language" in because:
        language = name_of(because["language"])
        said.append(_("It is written in %(language)s.") % {"language": language})
    if suggestion_is(because, sure=True):
        sentence = _(
            "You were not sure what it is about. Because of %(words)s we take “%(topic)s”."
        )
        said.append(sentence % read_in(because["suggestion"]))
    about = because.get("about_read")
    if about and about["words"]:
        sentence = (
            _("Because of %(words)s we take it to be about pregnancy or birth.")
            if about["about"] == "maternity"
            else _("Because of %(words)s we take it to be about a child or young person.")
        )
        said.append(sentence % {"words": quoted(about["words"])})
    return said


def guessed_said(because):
    """What it may be about, after who gets it: that did not decide."""
    if not suggestion_is(because, sure=False):
        return []
    sentence = _("Because of %(words)s it may be about “%(topic)s”, but that is not certain.")
    return [sentence % read_in(because["suggestion"])]


def suggestion_is(because, *, sure):
    suggestion = because.get("suggestion")
    return bool(suggestion and suggestion["words"]) and suggestion["sure"] == sure


def read_in(suggestion):
    return {"words": quoted(suggestion["words"]), "topic": name_in(suggestion)}


def details(because, *, with_guess=False):
    """How it was decided, for who wants to know more: by which table, which rules lost, to what."""
    place = because.get("place")
    _said, source = places.and_source(place["answer"]) if place and place["answer"] else ([], [])
    guessed = guessed_said(because) if with_guess else []
    return source + guessed + lost_said(because.get("lost"))


def lost_said(lost):
    """Which rules came near and why they did not decide, and how many were about something else."""
    if not lost:
        return []
    said = [
        _("The rule “because %(rule)s” did not decide: %(why)s.")
        % {"rule": name_in(near), "why": LOST[near["why"]]}
        for near in lost["near"]
    ]
    others = lost["others"]
    if others and said:
        sentence = ngettext(
            "%(number)s other rule fits something else.",
            "%(number)s other rules fit something else.",
            others,
        )
        said.append(sentence % {"number": others})
    elif others:
        sentence = ngettext(
            "%(number)s more rule fits something else.",
            "%(number)s more rules fit something else.",
            others,
        )
        said.append(sentence % {"number": others})
    return said


def flags_in_words(flags):
    """Each flag of a message with its reasons, for staff."""
    said = []
    for flag, reasons in flags.items():
        label = Flag(flag).label
        if flag == Flag.LANGUAGE:
            reasons = [name_of(code) for code in reasons]
        elif flag == Flag.PERSONAL_DATA:
            reasons = [personal_data.listed(reasons)]
        elif reasons:
            reasons = [quoted(reasons)]
        said.append(f"{label}: {places.listed(reasons)}" if reasons else label)
    return said


def quoted(words):
    """The first few words, in quotation marks, without those that a longer one of them says."""
    told = [(word, set(word.replace("…", " ").split())) for word in words]
    telling = [word for word, parts in told if not any(parts < longer for _, longer in told)]
    return places.listed([f"“{word}”" for word in telling[:MOST_WORDS]])


def to_committee(place):
    if place["status"] == "none":
        return TO_ITS_PLACE if place["nearest"] is None else TO_ITS_PART
    return TO_THE_PLACE_GIVEN


def follows_said(because):
    """That the committee is one of another locality; what was frozen before has no such key."""
    follower = because.get("follows")
    if not follower:
        return []
    return [_("Its committee has closed, and %(body)s follows it.") % {"body": body(follower)}]


def place_said(place):
    """What the place says, and what was told when we asked."""
    said, _source = (
        places.and_source(place["answer"]) if place["answer"] else ([_("You gave no place.")], [])
    )
    if place["nearest"] == UNKNOWN:
        said.append(_("You did not say which part of the borough is nearest."))
    elif place["nearest"]:
        nearest = {"locality": place["nearest"]["locality_name"]}
        said.append(_("You told us that the %(locality)s is nearest.") % nearest)
    return said


def copies_said(because, *, place_is_said):
    """Who gets a copy, or why nobody does although a place was given."""
    place, refused = because["place"], because["copy_refused"]
    copies = [each for each in because["copies"] if each != because.get("copy_of_rule")]
    if place_is_said and not copies and not refused:
        return []
    if place["answer"] is None and place["nearest"] is None:
        return []
    said = [] if place_is_said else [*place_said(place), *follows_said(because)]
    if copies:
        bodies = places.listed([body(each) for each in copies])
        said.append(_("So %(bodies)s gets a copy.") % {"bodies": bodies})
    elif refused:
        said += not_able(refused, WOULD_GET_A_COPY)
    elif place["status"] != "ok" and not isinstance(place["nearest"], dict):
        said.append(_("So no locality’s committee gets a copy."))
    return said


def copy_said(because):
    """Who gets a copy because of the place, or that nobody does."""
    said = copies_said(because, place_is_said=True)
    return " ".join(said) or _("So no locality’s committee gets a copy.")


def copy_of_rule_said(because):
    """Who gets a copy because the rule says so; what was frozen before has none of it."""
    if copy := because.get("copy_of_rule"):
        return [_("By the same rule %(body)s gets a copy.") % {"body": body(copy)}]
    return not_able(because.get("copy_of_rule_refused"), WOULD_GET_A_COPY)


def not_able(refused, why_not):
    """Why the body that would have it cannot."""
    if refused is None:
        return []
    if refused["why"] == "no-committee":
        return [_("There is no committee for this locality at present.")]
    return [why_not[refused["why"]] % {"body": capital(body(refused["body"]))}]


def name_in(frozen):
    """The name of a rule or a topic in the reader's language, if it had one there when frozen."""
    return frozen.get("names", {}).get(get_language(), frozen["name"])


def body(named):
    return with_article(named["name"]) if named else str(ENGAGEMENT_TEAM)


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
    "copy_of_rule",
    "copy_of_rule_refused",
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
