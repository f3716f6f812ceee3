"""The admin without its scripts: rows on the page of another can still be added."""

import pytest
from django.contrib import admin

from governance.models import BodyName, Document, Meeting
from localities.admin_base import LookedAt
from tests.factories import make_body, make_governance_administrator

# A body gets a new name by a deed, “Rename”.
BY_A_DEED = {BodyName}


def test_rows_that_have_no_page_of_their_own_can_be_added_on_that_of_another():
    pages = admin.site._registry
    rows = [each for page in pages.values() for each in page.inlines]
    alone = {each for each in rows if each.model not in pages and not issubclass(each, LookedAt)}

    assert len(alone) > 5
    assert {each for each in alone if not each.extra and each.model not in BY_A_DEED} == set()


@pytest.mark.django_db
def test_a_paper_is_put_to_a_meeting_without_a_script(client):
    client.force_login(make_governance_administrator())
    agenda = Document.objects.create(title="Agenda", url="https://example.org/")
    address = "/admin/governance/meeting/add/"
    form = client.get(address).context["inline_admin_formsets"][0].formset
    meeting = {
        "body": make_body().pk,
        "starts_at_0": "2026-11-22",
        "starts_at_1": "14:30",
        "status": "planned",
        "reason": "Agreed.",
        "papers-TOTAL_FORMS": form.total_form_count(),
        "papers-INITIAL_FORMS": "0",
        "papers-0-kind": form.forms[0]["kind"].value(),
    }

    client.post(address, meeting | {"papers-0-document": ""})
    client.post(address, meeting | {"papers-0-document": agenda.pk})

    assert [each.papers.count() for each in Meeting.objects.order_by("pk")] == [0, 1]
