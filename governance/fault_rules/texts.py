"""What is wrong with the texts that the record rests on: they contradict it, or each other."""

import re
from collections import defaultdict
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.fault import Fault, Mend, Rule

NUMBER_WORDS = dict(
    zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)
)
PARTNERS_COUNTED = re.compile(
    r"\b(?P<number>\d{1,2}|" + "|".join(NUMBER_WORDS) + r")\s+partner(?:s|\s+organisations?)\b",
    re.IGNORECASE,
)
ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
FORMER_NAME = re.compile(r"\b(?:previously|formerly)\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def find_contradictory_counts(rule, structure, beside):
    """Each body whose text counts other than the record does, or than the text of the top one."""
    claims = {}
    for body in structure.bodies:
        for said in PARTNERS_COUNTED.finditer(beside.texts.get(body.pk, "")):
            words = said["number"].lower()
            claims.setdefault((body, NUMBER_WORDS.get(words) or int(words)), said)
    if structure.partners:
        right, top = len(structure.partners), None
        sentence = _("Its text counts %(said)s partners; the record has %(right)s.")
    elif claims:
        top, right = next(iter(claims))
        sentence = _("Its text counts %(said)s partners; that of %(top)s counts %(right)s.")
    for (body, number), said in claims.items():
        if number != right:
            yield Fault(
                rule,
                body,
                sentence % {"said": number, "right": right, "top": top},
                Mend("body", body.pk),
                proof_by(body, said.string, said),
            )


def find_superseded_facts(rule, structure, beside):
    closed_words = defaultdict(list)
    for closed in beside.closed_organisations.values():
        for word in set(ACRONYM.findall(f"{closed.name} {closed.short_name}")):
            closed_words[word].append(closed)
    for organisation in structure.organisations:
        for word in ACRONYM.findall(f"{organisation.name} {organisation.short_name}"):
            closed_words.pop(word, None)
    for body in structure.bodies:
        text = beside.texts.get(body.pk, "")
        for word in sorted(set(ACRONYM.findall(text)) & set(closed_words)):
            listed = "; ".join(ending_words(each) for each in closed_words[word])
            yield Fault(
                rule,
                body,
                _("Its text speaks of the %(name)s as of one that exists, but %(ended)s.")
                % {"name": word, "ended": listed},
                Mend("body", body.pk),
                proof_by(body, text, re.search(rf"\b{word}\b", text)),
            )


def find_undated_names(rule, structure, beside):
    for body in structure.bodies:
        for name in beside.names.get(body.pk, ()):
            said = FORMER_NAME.search(name.proof.quotation)
            if not said or YEAR.search(name.proof.quotation):
                continue
            is_old = name.name in name.proof.quotation[said.end() :]
            day = name.end_date if is_old else name.start_date
            yield Fault(
                rule,
                body,
                undated(is_old, day) % {"name": name.name, "day": day and date_format(day)},
                Mend("bodyname", name.pk),
                name.proof,
            )


def ending_words(closed):
    said = {
        "organisation": closed,
        "day": date_format(closed.end_date),
        "successor": closed.successor,
    }
    if closed.successor:
        return _("%(organisation)s ended on %(day)s and was followed by %(successor)s") % said
    return _("%(organisation)s ended on %(day)s") % said


def undated(is_old, day):
    """What is said of a text that gives a name without a day."""
    if is_old and day:
        return _(
            "The text that gives the name “%(name)s” does not say until when; the record takes "
            "%(day)s."
        )
    if is_old:
        return _(
            "The text that gives the name “%(name)s” does not say until when; nor does the record."
        )
    if day:
        return _(
            "The text that gives the name “%(name)s” does not say since when; the record takes "
            "%(day)s."
        )
    return _(
        "The text that gives the name “%(name)s” does not say since when; nor does the record."
    )


def proof_by(body, text, match):
    """How a body is known, with the sentence of its text in which a match stands."""
    return replace(body.proof, quotation=sentence_around(text, match))


def sentence_around(text, match):
    """The sentence in which a match stands."""
    start = max(text.rfind(mark, 0, match.start()) for mark in (". ", "\n")) + 1
    ends = [end for end in (text.find(mark, match.end()) for mark in (". ", "\n")) if end >= 0]
    return text[start : min(ends, default=len(text))].strip()


RULES = (
    Rule(
        "contradiction",
        gettext_lazy("Contradictory facts"),
        gettext_lazy("Texts and record agree on how many partners there are."),
        find_contradictory_counts,
    ),
    Rule(
        "superseded",
        gettext_lazy("Stated facts that the record has overtaken"),
        gettext_lazy("What a text states has not been overtaken by the record."),
        find_superseded_facts,
    ),
    Rule(
        "undated-name",
        gettext_lazy("New names without a day"),
        gettext_lazy("A new name says since when it holds."),
        find_undated_names,
    ),
)
