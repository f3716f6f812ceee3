import pytest

from governance.actions import asides
from governance.actions.structure import end_line
from governance.models import Decision, Document, Evidence
from localities.day_field import in_words
from tests.factories import (
    make_body,
    make_draft,
    make_escalation_line,
    make_governance_administrator,
    make_ladder,
    make_upload,
    officer_of,
    today,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_the_history_of_a_row_reads_as_sentences(client):
    editor = make_governance_administrator()
    line = make_escalation_line(make_body(), make_body())
    end_line(line=line, last_day=today(), by=editor, reason="Agreed in March.")
    client.force_login(editor)

    page = text_of(client.get(f"/admin/governance/reportingline/{line.pk}/history/").text)

    last_day = in_words(today())
    assert f"{editor} changed it. Last day was empty and is now “{last_day}”." in page
    assert "Reason: Agreed in March." in page
    assert "The portal added it." in page
    assert "No reason was recorded." in page


def test_the_history_of_a_row_says_values_as_people_write_them(client):
    body, follower = make_body(), make_body(name="Follower")
    body.successor = follower
    body.climbs_by_itself = True
    body.evidence, body.source_title = Evidence.SOURCED, "Minutes"
    body.save()
    client.force_login(make_governance_administrator())

    page = text_of(client.get(f"/admin/governance/body/{body.pk}/history/").text)

    assert "Successor was empty and is now “Follower”." in page
    assert "Overdue matters go up by themselves was “no” and is now “yes”." in page
    assert "Evidence was “Assumed” and is now “Sourced”." in page


def test_the_history_says_what_was_chosen_and_is_gone(client):
    line = make_escalation_line(body := make_body(), make_body())
    decision = Decision.objects.create(body=body, title="Moved", text="…", decided_on=today())
    line.decision = decision
    line.save()
    line.decision = None
    line.save()
    decision.delete()
    client.force_login(make_governance_administrator())

    page = text_of(client.get(f"/admin/governance/reportingline/{line.pk}/history/").text)

    assert "Decision was “decision since deleted” and is now empty." in page


def test_a_long_history_is_told_a_page_at_a_time(client):
    editor = make_governance_administrator()
    line = make_escalation_line(make_body(), make_body())
    for n in range(120):
        line.respect = f"Respect {n}"
        line.save()
    client.force_login(editor)
    address = f"/admin/governance/reportingline/{line.pk}/history/"

    assert "“Respect 119”" in text_of(client.get(address).text)
    older = client.get(f"{address}?p=2")
    assert "The portal added it." in text_of(older.text)
    assert "Newer" in text_of(older.text)


def test_the_history_of_a_row_that_is_not_shown_is_not_shown_either(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = make_draft(make_ladder()[0])
    upload = make_upload("Who was dismissed.pdf")
    asides.attach(escalation=draft, upload=upload, by=officer_of(draft.raising_body))
    file = Document.objects.get()
    address = f"/admin/governance/document/{file.pk}/history/"
    client.force_login(make_governance_administrator())

    pages = [client.get(address), client.get(f"{address}{file.history.get().pk}/")]

    assert [page.status_code for page in pages] == [404, 404]
    assert not any("dismissed" in page.text for page in pages)


def test_the_history_of_a_document_that_is_shown_is_there(client):
    document = Document.objects.create(title="Terms", url="https://example.org/")
    address = f"/admin/governance/document/{document.pk}/history/"
    client.force_login(make_governance_administrator())

    pages = [client.get(address), client.get(f"{address}{document.history.get().pk}/")]

    assert [page.status_code for page in pages] == [200, 200]


@pytest.mark.parametrize("place", ["x/history/", "x/history/1/", "{}/history/x/"])
def test_an_address_that_names_no_row_has_no_history(client, place):
    body = make_body()
    client.force_login(make_governance_administrator())

    page = client.get(f"/admin/governance/body/{place.format(body.pk)}")

    assert page.status_code == 404
