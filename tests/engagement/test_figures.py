"""The look-back at a period: what is counted, how long residents waited, and what it costs."""

import csv
import io
from datetime import date, datetime, time

import pytest
from django.utils import timezone

from engagement.actions import referrals
from engagement.models import Referral, ReferralStep, Submission
from engagement.tallies import recount
from governance.exports.rows import harmless
from governance.figures import Table
from tests.factories import make_member, make_partnership, make_person, send_feedback

pytestmark = pytest.mark.django_db

PAGE = "/staff/figures/?from=2026-03-01&to=2026-03-31"
CSV = "/staff/figures/figures.csv?from=2026-03-01&to=2026-03-31"


@pytest.fixture
def partnership(client):
    client.force_login(make_person())
    return make_partnership()


def received(on, *, acknowledged=None, answered=None, officer=None, **answers):
    """A message of a day in London, with the days on which it was acknowledged and answered."""
    submission = send_feedback(**answers).submission
    lead = Referral.objects.leading().get(submission=submission)
    for kind, day, deed in (
        ("acknowledged", acknowledged, referrals.acknowledge),
        ("answered", answered, referrals.answer),
    ):
        if day:
            deed(referral=lead, by=officer, text="Done.")
            steps = ReferralStep.objects.filter(referral=lead, kind=kind)
            # Just before midnight in summer time is still that day.
            steps.update(at=timezone.make_aware(datetime.combine(day, time(23, 59))))
    Submission.objects.filter(pk=submission.pk).update(received_on=on)
    return submission


def figures(client, address=CSV):
    recount()  # days are put in hand here
    rows = csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig")))
    return {(row["table"], row["of"], row["figure"]): row["value"] for row in rows}


# --- What is counted ------------------------------------------------------------------------------


def test_messages_are_counted_from_the_first_day_to_the_last(client, partnership):
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
        received(day)

    assert figures(client)["By month", "March 2026", "Messages"] == "2"


def test_they_are_counted_by_topic_locality_and_language(client, partnership):
    received(date(2026, 3, 2), topic="gp")
    received(date(2026, 3, 2), topic="gp", place="")
    somali = received(date(2026, 3, 2), topic="healthy")
    Submission.objects.filter(pk=somali.pk).update(language="so")

    found = figures(client)

    assert found["By topic", "Gp", "Messages"] == "2"
    assert found["By topic", "Healthy", "Messages"] == "1"
    assert found["By locality", "North East", "Messages"] == "2"
    assert found["By locality", "Not known", "Messages"] == "1"
    assert found["By language", "Somali", "Messages"] == "1"


def test_held_and_rejected_messages_are_not_counted_and_withdrawn_ones_are(client, partnership):
    for status in ("held", "rejected", "withdrawn", "released"):
        submission = received(date(2026, 3, 2))
        Submission.objects.filter(pk=submission.pk).update(status=status)

    assert figures(client)["By month", "March 2026", "Messages"] == "2"


def test_of_a_body_what_it_had_to_answer_is_counted(client, partnership):
    received(date(2026, 3, 2), topic="gp")
    received(date(2026, 3, 2), topic="healthy")

    found = figures(client, f"{CSV}&body=living-well")

    assert found["By month", "March 2026", "Messages"] == "1"
    assert ("By topic", "Gp", "Messages") not in found


# --- Waiting --------------------------------------------------------------------------------------


def test_waits_are_in_working_days_of_london(client, partnership):
    officer = partnership.officers["ne-committee"]
    received(  # Friday to Tuesday: two working days; Good Friday and Easter Monday do not count
        date(2026, 3, 27),
        acknowledged=date(2026, 3, 31),
        answered=date(2026, 4, 7),
        officer=officer,
    )
    received(date(2026, 3, 27))

    found = figures(client)

    waited = "How long residents waited, in working days"
    acknowledged, answered = "Until it was acknowledged", "Until it was answered"
    assert found[waited, acknowledged, "Half of them at most"] == "2"
    assert found[waited, answered, "Half of them at most"] == "5"
    assert found[waited, answered, "Messages"] == "1"
    assert found[waited, answered, "Not yet"] == "1"


def test_an_answer_is_an_acknowledgement_too(client, partnership):
    officer = partnership.officers["ne-committee"]
    received(date(2026, 3, 2), answered=date(2026, 3, 3), officer=officer)

    waited = "How long residents waited, in working days"
    assert figures(client)[waited, "Until it was acknowledged", "Half of them at most"] == "1"


def test_what_was_sent_on_is_counted_once(client, partnership):
    moved = received(date(2026, 3, 2), topic="gp")
    received(date(2026, 3, 2), topic="gp")
    for to, by in (
        (partnership.living_well, partnership.officers["ne-committee"]),
        (partnership.nw.committee, partnership.officers["living-well"]),
    ):
        lead = Referral.objects.leading().get(submission=moved)
        referrals.refer_on(referral=lead, to_body=to, by=by, reason="Theirs.")

    found = figures(client)

    assert found["Sent on to another body", "Sent on", "Messages"] == "1"
    assert found["Sent on to another body", "Sent on", "Of a hundred"] == "50.0"


# --- The page -------------------------------------------------------------------------------------


def test_each_table_has_its_figures_bars_and_definition(client, partnership, html_faults):
    received(date(2026, 3, 2))
    recount()

    page = client.get(PAGE)

    assert "From 1 March 2026 to 31 March 2026, both days included" in page.text
    assert page.text.count("How this is counted") == page.text.count('class="tht-need"') >= 6
    assert 'aria-hidden="true"' in page.text
    assert html_faults(page.content) == []


def test_without_messages_it_says_so(client, partnership):
    page = client.get(PAGE)

    assert page.status_code == 200
    assert "Nothing in this time." in page.text


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "to=2026-02-30",
        "from=2026-03-02&to=2026-03-01",
        "from=2099-01-01",
        "from=2099-01-01&to=2099-02-01",
        "from_day=1&from_month=1&from_year=2099&to_day=1&to_month=2&to_year=2099",
    ],
)
def test_a_period_that_is_none_is_refused_in_a_sentence(client, partnership, query):
    for address in ("/staff/figures/", "/staff/figures/figures.csv"):
        page = client.get(f"{address}?{query}")

        assert page.status_code == 400
        assert 'role="alert"' in page.text
        assert "Left empty: today." in page.text


def test_of_a_period_to_come_the_first_day_is_refused_whatever_the_last_one_is(client, partnership):
    for last in ("", "&to=2099-02-01", "&to=2098-12-31"):
        page = client.get(f"/staff/figures/?from=2099-01-01{last}")

        assert "Enter today or a day before it: what is to come cannot be counted." in page.text
        assert "Enter a day on or after" not in page.text


def test_a_text_that_a_spreadsheet_would_take_for_a_formula_is_none():
    assert [harmless(each) for each in ("=1+1", " @x", "-1", "\t=1", "plain", 3, None)] == [
        "'=1+1",
        "' @x",
        "'-1",
        "'\t=1",
        "plain",
        3,
        "",
    ]
    for begins in ("\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\u00a0=1", "\u3000+1", "\ufeff@1"):
        assert harmless(begins) == f"'{begins}"


def test_the_longest_bar_is_the_largest_figure():
    table = Table("key", "Title", ["Number"], [("A", 5), ("B", 10), ("C", None)], meaning="M")

    assert [length for _, length, _ in table.drawn] == [100, 200]
    assert table.silent == ["C"]


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_costs_the_same_however_much_there_is(
    client, partnership, number, django_assert_num_queries
):
    client.force_login(make_member(partnership.living_well))
    officer = partnership.officers["ne-committee"]
    for day in range(1, number + 1):
        received(date(2026, 3, day), answered=date(2026, 3, day + 1), officer=officer)
    recount()
    client.get(PAGE)

    with django_assert_num_queries(8):
        client.get(PAGE)
