import pytest

from governance.actions.structure import end_line
from tests.factories import make_body, make_escalation_line, make_governance_administrator, today
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_the_history_of_a_row_reads_as_sentences(client):
    editor = make_governance_administrator()
    line = make_escalation_line(make_body(), make_body())
    end_line(line=line, last_day=today(), by=editor, reason="Agreed in March.")
    client.force_login(editor)

    page = text_of(client.get(f"/admin/governance/reportingline/{line.pk}/history/").text)

    assert f"{editor} changed it. Last day was empty and is now “{today()}”." in page
    assert "Reason: Agreed in March." in page
    assert "The portal added it." in page
    assert "No reason was recorded." in page


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
