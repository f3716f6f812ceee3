"""What is drawn once shows each reader their own words, and nobody else's."""

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
