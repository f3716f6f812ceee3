"""Whatever people try, in whatever order: nothing illegal is ever accepted.

A machine tries random moves, sensible and senseless, by random people on random structures that
change as time passes. A model of its own, which shares no code with the portal, says for each
whether it may be done. The portal has to agree, and to leave exactly what the model expects. All
that is in `sequences/`: `people.py` draws what is tried, `world.py` tries it, `structure.py` and
`matters.py` are the model, `permitted.py` its law, `invariants.py` what always holds.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from governance.workflow import Move
from tests.governance.sequences.deeds import DEEDS
from tests.governance.sequences.people import People
from tests.governance.sequences.world import World, accepted


def test_the_machine_knows_every_move_of_the_workflow():
    assert DEEDS.keys() == set(Move)


@pytest.mark.django_db
def test_whatever_people_try_nothing_illegal_is_accepted_and_nothing_legal_refused():
    accepted.clear()
    People.beginning = World()

    run_state_machine_as_test(
        People,
        settings=settings(
            settings.default,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert accepted.keys() == {*DEEDS.values(), "climb"}, "some moves never went through"
