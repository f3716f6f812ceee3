"""Who reads which matter, found anew from the steps, so many matters at a time."""

import pytest

from governance import readers
from governance.actions import escalations, merging
from governance.models import EscalationReader
from tests.factories import (
    make_body,
    make_draft,
    make_escalation,
    make_escalation_line,
    make_officer,
    officer_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(ladder):
    """Matters of two committees, of which one went into another, and that into a third."""
    other = make_body()
    make_officer(other)
    make_escalation_line(other, ladder[1])
    first = make_escalation(other, ladder[1])
    second, third = (make_escalation(ladder[0], ladder[1]) for _ in range(2))
    by = officer_of(ladder[1])
    merging.merge(escalation=first, into=second, reason="Same", by=by)
    merging.merge(escalation=second, into=third, reason="Same", by=by)
    return [first, second, third, make_draft(ladder[0])]


def kept():
    fields = ["escalation", "body", "author", "category", "status", "due_on", "holds", "view_asked"]
    return set(EscalationReader.objects.values_list(*fields))


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 100])
def test_they_are_found_the_same_in_portions_of_any_size(matters, monkeypatch, batch):
    monkeypatch.setattr(readers, "BATCH", batch)
    right = kept()
    assert readers.recount(mend=False) == 0

    EscalationReader.objects.filter(escalation=matters[2]).delete()
    EscalationReader.objects.filter(escalation=matters[0]).update(status="raised", holds=True)

    assert readers.recount(mend=False) == readers.recount() > 0
    assert kept() == right
    assert readers.recount() == 0


def test_a_draft_that_is_written_anew_is_found_by_its_new_kind(matters):
    *_, draft = matters
    assert draft.readers.get().category != "workforce"

    escalations.edit_draft(escalation=draft, by=draft.created_by, title="T", category="workforce")

    assert draft.readers.get().category == "workforce"
    EscalationReader.objects.update(category="other")
    assert readers.recount() > 0
    assert draft.readers.get().category == "workforce"


def test_no_more_matters_are_asked_for_at_once_than_a_portion_has(matters, monkeypatch):
    monkeypatch.setattr(readers, "BATCH", 2)
    asked, right_ones = [], readers.right_ones
    monkeypatch.setattr(readers, "right_ones", lambda keys: asked.append(keys) or right_ones(keys))

    readers.recount()

    assert asked == [[matter.pk for matter in matters[:2]], [m.pk for m in matters[2:]], []]
