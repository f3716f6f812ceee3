"""Decisions where they are listed: the matter that each settled, and whether that was reopened."""

from django.db.models import DateTimeField, Exists, F, OuterRef, Subquery, Value
from django.utils import timezone

from governance.models import Decision, Escalation, EscalationReader, EscalationStep
from localities.day_field import in_words


def with_reopening(decisions, standing, *, known_on=None):
    """Decisions, each with when a matter of it was reopened.

    That is for who may see the matter; a matter that it settled again afterwards stays out, and by
    `known_on` whatever came later.
    """
    if not (standing.is_governance_administrator or standing.sits_on):
        return decisions.annotate(reopened_at=Value(None, DateTimeField()))
    steps = of_reopening()
    if known_on is not None:
        steps = steps.filter(at__lte=known_on)
    return decisions.annotate(reopened_at=Subquery(seen(steps, standing)))


def with_reopening_known(decisions, standing, known_on):
    """The same of decisions as they were recorded at a moment: what is made of a history."""
    decisions = list(decisions)
    now = Decision.objects.filter(pk__in=[each.pk for each in decisions])
    found = with_reopening(now, standing, known_on=known_on).in_bulk() if decisions else {}
    for each in decisions:
        each.reopened_at = found[each.pk].reopened_at
    return decisions


def to_choose(decisions):
    """Decisions to choose from, with the matter of each; what goes on beats what went into it."""
    matters = Escalation.objects.filter(pk__in=settled_by(OuterRef(OuterRef("id"))))
    matters = matters.order_by(F("merged_into").asc(nulls_first=True), "pk")
    return decisions.annotate(
        matter=Subquery(matters.values("pk")[:1]),
        matter_began=Subquery(matters.values("created_on")[:1]),
        reopened_at=Subquery(of_reopening()[:1]),
    )


def beside(decision):
    """What stands behind a decision to choose, so that nobody takes it for another one."""
    words = ""
    if decision.matter:
        words = f", {Escalation(pk=decision.matter, created_on=decision.matter_began).reference}"
    sentence = reopened(decision)
    return f"{words}. {sentence}" if sentence else words


def reopened(decision):
    """That a matter of it was reopened, and when; else nothing."""
    if not decision.reopened_at:
        return ""
    day = in_words(timezone.localdate(decision.reopened_at))
    return f"A matter that it settled was reopened on {day}"


def settled_by(decision):
    """The keys of the matters that a decision settles or has settled: their history knows."""
    return Escalation.history.filter(decision=decision).order_by().values("id")


def of_reopening():
    """When matters were reopened that a decision had settled, and does not any more."""
    steps = EscalationStep.objects.filter(
        kind=EscalationStep.Kind.REOPENED, escalation__in=settled_by(OuterRef(OuterRef("id")))
    )
    return steps.exclude(escalation__decision=OuterRef("id")).order_by("-at").values("at")


def seen(steps, standing):
    """The first of steps, of those of matters that someone may see."""
    if not standing.is_governance_administrator:
        readers = EscalationReader.objects.filter(
            escalation=OuterRef("escalation"), author=None, body__in=standing.sits_on
        )
        steps = steps.filter(Exists(readers))
    return steps[:1]
