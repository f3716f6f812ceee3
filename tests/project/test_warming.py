"""A web server begins with what its first reader would have to wait for."""

import pytest
from django.db import OperationalError, connection

from engagement import catalogue
from engagement.views import feedback
from governance.actions.structure import structure_edited
from tht_portal import warming
from tht_portal.wsgi import application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cold():
    for kept in (
        catalogue.catalogue_of,
        catalogue.book_of,
        catalogue.clues_by,
        feedback.drawn_of,
        feedback.blank_form,
    ):
        kept.cache_clear()


def test_the_form_and_the_phrases_are_there_before_the_first_reader(client):
    structure_edited()  # there is a record
    warming.warm_up(application)

    assert catalogue.book_of.cache_info().currsize == 1
    assert catalogue.clues_by.cache_info().currsize == 1
    assert feedback.blank_form.cache_info().currsize == 1
    assert connection.connection is None
    assert client.get("/feedback/").status_code == 200
    assert feedback.blank_form.cache_info().misses == 1


def test_a_server_begins_without_its_database(monkeypatch, caplog):
    def away():
        raise OperationalError("no connection")

    monkeypatch.setattr(warming, "catalogue_today", away)

    warming.warm_up(application)

    assert not caplog.records
