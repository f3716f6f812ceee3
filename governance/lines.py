"""Reporting lines in words: “reports to the board”, in the language of the page."""

from functools import lru_cache, wraps

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from governance.catalogued import in_language_of_page
from governance.models import Evidence, ReportingLine

Kind = ReportingLine.Kind


def once_a_language(say):
    """Keep what is said of a fact, by the fact and the language it is said in.

    Who asks about many may give the language: to look for it takes longer than for what is kept.
    """

    @lru_cache(maxsize=4096)
    def kept(fact, language):
        return say(fact)

    @wraps(say)
    def answer(fact, language=None):
        return kept(fact, language or get_language())

    answer.cache_clear = kept.cache_clear
    return answer


@once_a_language
def kind_in_words(kind):
    """“reports to”, as it stands within a row or on the chart."""
    return str(Kind(kind).label).lower()


LEADS = {
    Kind.REPORTS_TO: gettext_lazy("reports to %(body)s"),
    Kind.ESCALATES_TO: gettext_lazy("escalates to %(body)s"),
    Kind.ALIGNED_WITH: gettext_lazy("aligned with %(body)s"),
    Kind.SUPPORTS: gettext_lazy("supports %(body)s"),
}


@once_a_language
def leads(line):
    """“reports to the board in respect of NHS resources”"""
    return LEADS[line.kind] % {"body": in_respect_of(line.to_body, line.respect)}


@once_a_language
def arrives(kind):
    """“Reports to this body:”, before the bodies that do."""
    return {
        Kind.REPORTS_TO: _("Reports to this body:"),
        Kind.ESCALATES_TO: _("Escalates to this body:"),
        Kind.ALIGNED_WITH: _("Aligned with this body:"),
        Kind.SUPPORTS: _("Supports this body:"),
    }[kind]


@once_a_language
def sentence(line):
    """A line in words, with how well it is known: what chart, list and table all say."""
    said = {
        "body": line.from_body,
        "line": leads(line),
        "evidence": str(Evidence(line.evidence).label).lower(),
    }
    return _("%(body)s %(line)s (%(evidence)s)") % said


@once_a_language
def other_end(line):
    """“the board in respect of NHS resources”"""
    return str(in_respect_of(line.to_body, line.respect))


def in_respect_of(body, respect):
    """The other end of a line, and in which respect it is that."""
    if not respect:
        return body
    said = {"body": body, "respect": in_language_of_page(respect)}
    return _("%(body)s in respect of %(respect)s") % said
