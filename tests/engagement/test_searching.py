"""Who looks for their own words in the search of the portal is shown what to do with them."""

import pytest

from engagement.models import Phrase
from governance.actions.structure import structure_edited
from tests.factories import make_partnership
from tests.reading import main_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    partnership = make_partnership()
    for text, sign, topic in (
        ("hurt myself", Phrase.Sign.URGENT, None),
        ("complain", Phrase.Sign.COMPLAINT, None),
        ("gym", Phrase.Sign.TOPIC, "healthy"),
    ):
        Phrase.objects.create(text=text, sign=sign, topic_id=topic, weight=6)
    structure_edited()
    return partnership


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("gym", "/feedback/?topic=healthy"),
        ("I hurt myself", "/contact/#urgent"),
        ("complain", "/contact/#complaint"),
    ],
)
def test_their_words_lead_to_what_can_be_done(client, partnership, text, address):
    page = main_of(client.get("/search/", {"q": text}))

    assert f'<a href="{address}">' in page
    assert page.index("What to do") < page.index(address)
    assert "Nothing was found" not in page


def test_what_says_nothing_of_a_topic_leads_to_the_empty_form(client, partnership):
    page = main_of(client.get("/search/", {"q": "zzz"}))

    assert "What to do" not in page
    assert '<a href="/feedback/">Give feedback or an idea</a>' in page
