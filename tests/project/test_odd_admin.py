"""Whatever an address or a form of the admin says, the answer is a page: for every model there is.

Told once for all of them in `tht_portal/admin_site.py`.
"""

from datetime import datetime
from itertools import cycle, islice, product
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from governance.models import Body, Meeting, Seat
from tests.admin_pages import form_of, page_of
from tests.factories import make_body, make_person
from tests.project.world import session_of, undone
from tht_portal.admin_site import LONGEST_SEARCH, MOST_EMPTY_ROWS, UNREADABLE

pytestmark = [
    pytest.mark.django_db,
    # Django filters by a day as it came, without a zone.
    pytest.mark.filterwarnings("ignore:.*received a naive datetime"),
]

TWENTY = "9" * 20
ODD = [TWENTY, f"-{TWENTY}", "abc", "\ud800", "²", "10000-01-01", "0001-01-01", "9" * 5000]
LOOKUPS = ["__exact", "__id__exact", "__gte", "__in", "__isnull", "__year", "__range", "__regex"]
KEYS = [TWENTY, "abc", "_00"]


@pytest.fixture
def superuser():
    client = Client(raise_request_exception=False)
    client.cookies.load(session_of(make_person(is_staff=True, is_superuser=True)))
    return client


class Asked:
    """Asks the pages of all models, and keeps what failed."""

    def __init__(self, client):
        self.client = client
        self.failed = []

    def get(self, path, query=()):
        query = urlencode(query, errors="surrogatepass") if query else ""
        with undone():  # PostgreSQL goes on after a question that it refused
            answer = self.client.get(path, QUERY_STRING=query)
        self.note(answer, path, query)
        return answer

    def post(self, path, form):
        with undone():
            answer = self.client.post(path, form)
        self.note(answer, path, form)
        return answer

    def note(self, answer, path, what):
        if answer.status_code >= 500:
            self.failed.append((answer.status_code, path, str(what)[:200]))


@pytest.fixture
def asked(superuser, world, no_app_list):
    return Asked(superuser)


def models():
    return sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)


def path_to(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def a_few(turn, number=3):
    """The next ones: not every field of every model is given every value, but each kind is."""
    return list(islice(turn, number))


def filters_of(page):
    """The names by which a list is filtered."""
    for each in page.list_filter:
        each = each[0] if isinstance(each, tuple) else each
        yield each if isinstance(each, str) else each.parameter_name


def test_no_filter_of_a_list_fails(asked):
    odd, lookups = cycle(ODD), cycle(LOOKUPS)
    for model, page in models():
        path = path_to(model, "changelist")
        for name in filters_of(page):
            for value in a_few(odd):
                asked.get(path, {name: value})
            asked.get(path, [(name, "1"), (name, TWENTY)])
        for field in islice(model._meta.get_fields(), 3):
            asked.get(path, {field.name: TWENTY})
        for lookup in a_few(lookups):
            asked.get(path, {model._meta.fields[-1].name + lookup: TWENTY})

    assert asked.failed == []


def test_nothing_else_that_a_list_reads_of_its_address_fails(asked):
    orders = cycle([f"1.{TWENTY}.-", "1." * 500])
    searches = cycle(["a " * 2400, '"' * 3000, "\"'\\"])
    for model, _ in models():
        path = path_to(model, "changelist")
        for value in (TWENTY, "-1", "\ud800"):
            asked.get(path, dict.fromkeys(["o", "p", "q", "e", "all", "_facets"], value))
        asked.get(path, {"_popup": TWENTY, "_to_field": TWENTY})
        asked.get(path, {"o": next(orders)})
        asked.get(path, {"q": next(searches)})

    assert asked.failed == []


def test_no_value_that_an_address_fills_in_fails(asked):
    odd = cycle([*ODD, "9999-12-31 23:59:59"])
    for model, page in models():
        path = path_to(model, "add")
        if asked.get(path).status_code != 200:
            continue
        names = [field.name for field in (*model._meta.fields, *model._meta.many_to_many)]
        names += [name for name in page.form.base_fields if name not in names]
        for value in a_few(odd):
            asked.get(path, dict.fromkeys(names, value))

    assert asked.failed == []


def test_no_key_in_an_address_fails(asked):
    for model, _ in models():
        row = model._default_manager.first().pk
        for key in KEYS:
            path = path_to(model, "changelist")
            for page in ("change", "delete", "history"):
                asked.get(f"{path}{key}/{page}/")
            asked.post(f"{path}{key}/delete/", {"post": "yes", "reason": "Because."})
            asked.get(f"{path}{row}/history/{key}/")
            asked.get(f"{path}{key}/history/1/")
        for page in ("change", "delete"):
            for name in ("_popup", "_to_field", "_changelist_filters"):
                asked.get(path_to(model, page, row), {name: "a"})
    of_seats = {"app_label": "governance", "model_name": "seat", "field_name": "body"}
    for key in KEYS:
        asked.get("/admin/autocomplete/", of_seats | {"term": key})
        asked.get(f"/admin/r/{key}/{key}/")
        asked.get(f"/admin/r/1/{key}/")

    assert asked.failed == []


def test_no_form_of_a_list_fails(asked):
    for model, page in models():
        path = path_to(model, "changelist")
        actions = [each if isinstance(each, str) else each.__name__ for each in page.actions or ()]
        for action, key in product(["nothing", "delete_selected", *actions], [TWENTY, "a\0"]):
            form = {"action": action, "index": key, "_selected_action": [key, "1"]}
            asked.post(path, form | {"select_across": "1"})
            asked.post(path, form)
        counts = {"form-TOTAL_FORMS": TWENTY, "form-INITIAL_FORMS": TWENTY}
        asked.post(path, {"_save": "1", **counts})

    assert asked.failed == []


def test_no_form_of_a_row_fails(asked):
    odd = cycle([TWENTY, "a\0b", "0001-01-01"])
    for model, _ in models():
        row = model._default_manager.first().pk
        for path in (path_to(model, "add"), path_to(model, "change", row)):
            page = asked.get(path)
            if page.status_code != 200 or asked.post(path, {}).status_code == 403:
                continue
            form, names = odd_forms(page)
            counts = {name: form[name] for name in form if name.endswith("_FORMS")}
            asked.post(path, dict.fromkeys(names, next(odd)) | counts)
            asked.post(path, dict.fromkeys(names, TWENTY))
            asked.post(path, {name: [form.get(name, ""), TWENTY] for name in names})

    assert asked.failed == []


def odd_forms(page):
    """The form of a page as it would be sent with a reason and one more row of each inline, and the
    names of all that could be in it.
    """
    form = form_of(page) | {"reason": "Because."}
    names = {*form, *page.context["adminform"].form.fields}
    for inline in page.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        names |= {
            f"{prefix}-0-{name}" for name in (*inline.formset.empty_form.fields, "id", "DELETE")
        }
        if form.get(f"{prefix}-TOTAL_FORMS") == "0":
            form[f"{prefix}-TOTAL_FORMS"] = "1"
    return form, sorted(names)


# --- What is said ---------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["body=abc", "body__id__exact=abc", "body__in=1,abc"])
def test_a_filter_that_cannot_be_read_leads_back_to_the_list_and_says_so(superuser, query):
    answer = superuser.get(page_of(Seat), QUERY_STRING=query, follow=True)

    assert answer.redirect_chain == [(f"{page_of(Seat)}?e=1", 302)]
    assert UNREADABLE in answer.text


@pytest.mark.parametrize("query", [f"body={TWENTY}", f"body__in=1,{TWENTY}"])
def test_a_key_that_no_row_can_have_finds_none_or_leads_back(superuser, query):
    answer = superuser.get(page_of(Seat), QUERY_STRING=query, follow=True)

    assert answer.status_code == 200
    assert UNREADABLE in answer.text or "0 seats" in answer.text


def test_a_list_is_asked_only_as_its_filters_ask(superuser):
    asked = ["body__name__regex=(", "title__regex=(", "title__range=1", "start_date__year=10000"]

    answers = [superuser.get(page_of(Seat), QUERY_STRING=query).status_code for query in asked]

    assert answers == [400] * len(asked)


def test_too_long_a_search_is_refused_in_a_sentence(superuser):
    make_body("Night Group")

    answer = superuser.get(page_of(Body), {"q": "a " * LONGEST_SEARCH})

    assert "Search for fewer words: at most 200 characters." in answer.text
    assert "Night Group" in answer.text


def test_a_value_that_a_field_can_hold_is_filled_in_and_another_is_not(superuser):
    body = make_body()

    answer = superuser.get(
        page_of(Meeting, "add"),
        {"body": body.pk, "starts_at": "2026-11-02 14:30", "place": "Room 7"},
    )
    other = superuser.get(
        page_of(Meeting, "add"), {"body": "abc", "starts_at": "abc", "place": "Room 7"}
    )

    form = answer.context["adminform"].form
    assert form.initial["body"] == body.pk
    assert form.initial["starts_at"] == datetime(2026, 11, 2, 14, 30)
    assert 'value="14:30:00"' in answer.text
    assert other.context["adminform"].form.initial == {"place": "Room 7"}


def test_of_selected_rows_only_those_with_a_key_count(superuser):
    group, other = (Group.objects.create(name=name) for name in ("One", "Other"))
    form = {"action": "delete_selected", "post": "yes", "_selected_action": [TWENTY, group.pk]}

    superuser.post(reverse("admin:auth_group_changelist"), form)

    assert not Group.objects.filter(pk=group.pk).exists()
    assert Group.objects.filter(pk=other.pk).exists()


def test_rows_of_an_inline_that_were_not_sent_are_not_made(superuser):
    body = make_body()
    address = page_of(Body, "change", body.pk)
    form = form_of(superuser.get(address))
    totals = {name: "1000" for name in form if name.endswith("-TOTAL_FORMS")}

    answer = superuser.post(address, form | totals)

    assert answer.status_code == 200
    made = [len(each.formset.forms) for each in answer.context["inline_admin_formsets"]]
    assert max(made) <= MOST_EMPTY_ROWS + 1
