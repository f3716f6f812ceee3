"""What is drawn once shows each reader their own words, and nobody else's."""

import gzip

import pytest
from django.template import Context, Template

from governance.gaps import Gapped, gap


def test_each_gets_their_own_words():
    drawn = Gapped(f"<p>{gap('name')}: {gap('token')}, {gap('name')}</p>")

    assert drawn.filled(name="Amina", token="1") == "<p>Amina: 1, Amina</p>"
    assert drawn.filled(name="Tom", token="2") == "<p>Tom: 2, Tom</p>"


def test_words_that_are_put_in_are_no_html_but_what_was_drawn_is():
    drawn = Gapped(f"<p>{gap('name')}</p>").filled(name="<b>")

    assert drawn == "<p>&lt;b&gt;</p>"
    assert Gapped(f"<div>{gap('part')}</div>").filled(part=drawn) == f"<div>{drawn}</div>"


def test_a_gap_stays_one_where_a_template_escapes():
    drawn = Template('<a href="{{ link }}">{{ link }}</a>').render(Context({"link": gap("link")}))

    assert Gapped(drawn).filled(link="/?a&b") == '<a href="/?a&amp;b">/?a&amp;b</a>'


@pytest.mark.parametrize("name", ["Amina", "", "আমিনা & <Tom>", "long " * 30_000, "x" * 200])
def test_a_text_is_compressed_in_pieces_that_make_one_file(name):
    drawn = Gapped(f"{'<p>Dear</p> ' * 99}{gap('name')}{gap('name')}<p>মাইল এন্ড {gap('token')}")

    for token in ("1", "2"):
        packed = drawn.compressed(name=name, token=token)
        assert gzip.decompress(packed).decode() == drawn.filled(name=name, token=token)


def test_a_text_without_gaps_is_compressed_too():
    assert gzip.decompress(Gapped("<p>All alike</p>").compressed()) == b"<p>All alike</p>"
    assert gzip.decompress(Gapped("").compressed()) == b""


def test_the_size_tells_nothing_of_what_is_put_in():
    """Else whoever can have something put in could guess what stands elsewhere."""
    drawn = Gapped(f"<p>token-of-a-form</p>{gap('said')}<input value='{gap('token')}'>")

    sizes = {
        len(drawn.compressed(said=said, token="token-of-a-form"))
        for said in ("token-of-a-form", "another-of-them")
    }

    assert len(sizes) == 1
