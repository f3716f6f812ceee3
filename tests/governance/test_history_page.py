import html
import re

import pytest

from governance.actions.structure import end_line
from tests.factories import make_body, make_escalation_line, make_governance_administrator, today

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def test_the_history_of_a_row_reads_as_sentences(client):
    editor = make_governance_administrator()
    line = make_escalation_line(make_body(), make_body())
    end_line(line=line, last_day=today(), by=editor, reason="Agreed in March.")
    client.force_login(editor)

    page = words(client.get(f"/admin/governance/reportingline/{line.pk}/history/"))

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

    assert "“Respect 119”" in words(client.get(address))
    older = client.get(f"{address}?p=2")
    assert "The portal added it." in words(older)
    assert "Newer" in words(older)
