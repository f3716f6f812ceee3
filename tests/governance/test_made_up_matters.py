"""Made-up matters stand as deeds would have left them, with all that is counted of them."""

import pytest

from governance import readers, tallies
from governance.actions import escalations
from governance.actions.clocks import reckon_anew
from governance.matter import Matter
from governance.models import Escalation, EscalationStep
from governance.synthetic import WRITTEN, make_matters
from localities import bulk
from tests.factories import make_escalation, officer_of

pytestmark = pytest.mark.django_db


def test_what_is_counted_of_them_is_what_a_recount_finds(ladder):
    matter = make_escalation(ladder[0], ladder[1])
    make_matters(300)
    escalations.accept(escalation=matter, by=officer_of(ladder[1]))
    make_matters(100)

    assert tallies.recount(mend=False) == 0
    assert readers.recount(mend=False) == 0
    assert reckon_anew() == 0


def test_they_stand_where_their_steps_say(ladder):
    make_matters(200)

    for escalation in Escalation.objects.all():
        matter, last = Matter(escalation), escalation.steps.last()
        assert matter.way_here[-1] == matter.holder == last.to_body
        assert last.answer_by == (escalation.answer_by if escalation.is_open else None)
        assert (matter.question is not None) == (escalation.paused_on is not None)
    kinds = set(EscalationStep.objects.values_list("kind", flat=True))
    assert kinds == {"raised", "accepted", "passed_up", "sent_back", "resolved", "withdrawn"}


def test_every_index_is_there_afterwards(ladder, monkeypatch):
    monkeypatch.setattr(bulk, "MANY", 1)
    indexes = bulk.indexes_of(WRITTEN)

    make_matters(6)

    assert bulk.indexes_of(WRITTEN) == indexes
    assert "escalation_by_status" in indexes
