"""The pages on which a body is closed, merged or split, a line moved and a partner changed."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from governance.models import Body, Meeting, Organisation, ReportingLine
from governance.structure import structure_on
from tests.admin_pages import edit, sentences
from tests.factories import (
    REASON,
    make_body,
    make_engagement_team_member,
    make_escalation,
    make_governance_administrator,
    make_line,
    make_locality,
    make_officer,
    make_organisation,
    make_seat,
    officer_of,
)

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)


@pytest.fixture
def administrator(client, administrator):
    client.force_login(administrator)
    return administrator


def page_of(row, deed):
    return reverse(f"admin:governance_{row._meta.model_name}_{deed}", args=[row.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def preview_of(client, row, deed, **asked):
    response = client.post(page_of(row, deed), {**asked, "look": "Show"})
    assert response.status_code == 200
    return response


def fields_of(response):
    """What the browser would send back from the preview, unchanged."""
    context = response.context
    fields = {}
    for name, value in context["hidden"]:
        fields.setdefault(name, []).append(value)
    form = context["form"]
    typed = {field.html_name: field.value() for field in form if field.value() is not None}
    return fields | typed | {"seen": context["seen"]}


def confirm(client, row, deed, response, **typed):
    sent = {**fields_of(response), "reason": REASON, **typed, "confirm": "Do it"}
    return client.post(page_of(row, deed), sent)


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_governance_administrators_see_the_pages(client, ladder, method):
    line = ReportingLine.objects.first()
    pages = [page_of(ladder[0], deed) for deed in ("rename", "close", "merge", "split")]
    pages += [page_of(line, "move"), page_of(make_organisation(), "change_partner")]

    for person, answers in (
        (make_engagement_team_member(), 403),
        (make_governance_administrator(), 200),
    ):
        client.force_login(person)
        assert {getattr(client, method)(page).status_code for page in pages} == {answers}
    client.force_login(officer_of(ladder[0]))
    assert {getattr(client, method)(page).status_code for page in pages} == {302}


def test_the_pages_are_reached_from_what_they_change(client, administrator, ladder):
    line, partner = ReportingLine.objects.first(), make_organisation()
    for row, deeds in (
        (ladder[0], ["rename", "close", "merge", "split"]),
        (line, ["move"]),
        (partner, ["change_partner"]),
    ):
        page = client.get(reverse(f"admin:governance_{row._meta.model_name}_change", args=[row.pk]))
        for deed in deeds:
            assert f'href="{page_of(row, deed)}"' in page.content.decode()
    assert client.get(page_of(Body(pk=999), "close")).status_code == 404


def test_a_body_is_closed_in_three_steps(client, administrator, ladder):
    bottom, middle, top = ladder
    matter = make_escalation(bottom, middle)
    assert "Last day" in text_of(client.get(page_of(middle, "close")))

    preview = preview_of(client, middle, "close", last_day="2027-03-31", successor=top.pk)
    said = text_of(preview)
    assert "Nothing is done yet" in said
    assert "31 March 2027" in said
    assert f"{matter.reference}, raised by" in said
    assert f"It lies before {top}." in said
    assert f"It goes over to {top} as a member’s seat: it has one for the chair already." in said
    assert 'class="radiolist"' in preview.text
    assert Body.objects.get(pk=middle.pk).end_date is None

    done = confirm(client, middle, "close", preview)
    assert done.url == reverse("admin:governance_body_change", args=[middle.pk])
    assert "The closing of" in text_of(client.get(done.url))
    closed = Body.objects.get(pk=middle.pk)
    assert (closed.end_date, closed.successor) == (LAST_DAY, top)
    latest = closed.history.first()
    assert (latest.history_user, latest.history_change_reason) == (administrator, REASON)


def test_what_is_chosen_on_the_preview_is_what_becomes_of_it(client, administrator, ladder):
    bottom, middle, top = ladder
    line = make_line(middle, make_body(), ReportingLine.Kind.SUPPORTS)
    asked = {"last_day": "31/03/2027", "successor": top.pk}
    preview = preview_of(client, middle, "close", **asked)
    chosen = {f"line-{line.pk}": "ends"}

    again = preview_of(client, middle, "close", **asked, **chosen, reason="Because")
    assert again.context["form"][f"line-{line.pk}"].value() == "ends"
    assert again.context["form"]["reason"].value() == "Because"
    confirm(client, middle, "close", preview, **chosen)

    kinds = {line.kind for line in structure_on(DAY_AFTER).lines}
    assert kinds == {ReportingLine.Kind.ESCALATES_TO}


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(client, administrator, ladder):
    bottom, middle, _ = ladder
    make_escalation(bottom, middle)
    preview = preview_of(client, middle, "close", last_day="2027-03-31")
    assert "No body follows" in text_of(preview)

    missing = confirm(client, middle, "close", preview, reason=" ")
    assert missing.context["form"].errors["reason"] == ["Enter the reason for this change."]
    left = confirm(client, middle, "close", preview)
    (sentence,) = left.context["form"].errors["left-escalations"]
    assert "Choose who takes it over, or say why not." in sentence
    assert left.context["form"]["reason"].value() == REASON
    assert Body.objects.get(pk=middle.pk).end_date is None

    why = {"left-escalations": "They know.", "left-lines": "It closes too."}
    assert confirm(client, middle, "close", left, **why).status_code == 302
    reason = Body.objects.get(pk=middle.pk).history.first().history_change_reason
    assert reason.startswith(REASON) and "They know." in reason


def test_a_stale_preview_is_shown_again_instead_of_done(client, administrator, ladder):
    bottom, middle, top = ladder
    preview = preview_of(client, middle, "close", last_day="2027-03-31", successor=top.pk)
    matter = make_escalation(bottom, middle)

    again = confirm(client, middle, "close", preview)

    said = text_of(again)
    assert again.status_code == 200
    assert "Nothing was done. Something has changed since you opened this page." in said
    assert matter.reference in said
    assert again.context["form"]["reason"].value() == REASON
    assert Body.objects.get(pk=middle.pk).end_date is None
    assert confirm(client, middle, "close", again).status_code == 302


def test_what_cannot_be_is_refused_at_its_field(client, administrator, ladder):
    middle = ladder[1]

    for asked, name, sentence in (
        ({"last_day": ""}, "last_day", "Enter a day."),
        ({"last_day": "31 March"}, "last_day", "Enter a day such as"),
        (
            {"last_day": "2027-03-31", "successor": make_body(start_date=date(2028, 1, 1)).pk},
            "successor",
            "does not exist on 1 April 2027",
        ),
    ):
        form = preview_of(client, middle, "close", **asked).context["form"]
        assert sentence in form.errors[name][0]
        assert form["last_day"].value() == asked["last_day"]


def test_what_is_missing_is_asked_for_in_the_words_of_the_page(client, administrator, ladder):
    body, line, partner = ladder[0], ReportingLine.objects.first(), make_organisation()

    said = {
        sentence
        for row, deed in (
            (body, "merge"),
            (body, "split"),
            (line, "move"),
            (partner, "change_partner"),
        )
        for (sentence, *_) in preview_of(client, row, deed).context["form"].errors.values()
    }

    assert "Choose at least one body that merges with it." in said
    assert "Choose the body that the line leads to." in said
    assert "This field is required." not in said


def test_whoever_gives_a_reason_is_told_that_everybody_can_read_it(client, administrator, ladder):
    asked = {"from_day": DAY_AFTER, "first": "East", "second": "West", "kind": ladder[1].kind_id}
    preview = preview_of(client, ladder[1], "split", **asked, successor="0")
    assert "Everyone can read it beside what is new, so leave out people’s names." in preview.text

    confirm(client, ladder[1], "split", preview, reason="Agreed by the Board")
    client.logout()

    assert "Agreed by the Board" in client.get(f"/bodies/east/?as_on={DAY_AFTER}").text


def test_the_new_bodies_of_a_split_have_an_address_each(client, administrator, ladder):
    make_body("South", slug="south")
    asked = {"from_day": "2027-04-01", "successor": "0"}

    for first, second, name, sentence in (
        ("North", " north ", "second", "The address /bodies/north/ is taken."),
        ("North", "South", "second", "The address /bodies/south/ is taken."),
        ("…", "North", "first", "Enter a name with letters from A to Z or digits"),
    ):
        form = preview_of(client, ladder[1], "split", **asked, first=first, second=second).context[
            "form"
        ]
        assert [*form.errors] == [name]
        assert form.errors[name][0].startswith(sentence)
        assert form[name].value() in (first, second)


def test_the_new_body_of_a_merger_has_an_address_of_its_own(client, administrator, ladder):
    bottom, middle, top = ladder
    asked = {"from_day": "2027-04-01", "others": [middle.pk], "into": "new", "name": top.slug}

    form = preview_of(client, bottom, "merge", **asked).context["form"]

    assert f"The address /bodies/{top.slug}/ is taken." in form.errors["name"][0]


@pytest.mark.parametrize(("codes", "is_of"), [(("ne", "ne"), "ne"), (("ne", "nw"), None)])
def test_a_merged_body_is_of_the_locality_of_which_all_were(client, administrator, codes, is_of):
    body, other = (make_body(locality=make_locality(code)) for code in codes)

    asked = {"from_day": "2027-04-01", "others": [other.pk], "into": "new", "name": "Merged"}
    confirm(client, body, "merge", preview_of(client, body, "merge", **asked))

    assert Body.objects.get(slug="merged").locality_id == is_of


def test_what_merging_touches_is_in_one_order_whichever_body_it_rests_on(
    client, administrator, ladder
):
    bottom, middle, top = ladder
    Meeting.objects.create(body=bottom, starts_at=datetime(2027, 5, 1, 10, tzinfo=UTC))
    make_escalation(middle, top)

    asked = {"from_day": "2027-04-01", "others": [middle.pk], "into": top.pk}
    page = preview_of(client, bottom, "merge", **asked)

    orders = [section.part.order for section in page.context["sections"]]
    assert orders == sorted(orders)
    assert len(set(orders)) > 2


def test_after_a_deed_the_page_leads_to_what_it_opened(client, administrator, ladder):
    line = ReportingLine.objects.get(from_body=ladder[0])
    asked = {"from_day": "2027-04-01", "first": "Children", "second": "Families"}

    split = confirm(
        client, ladder[1], "split", preview_of(client, ladder[1], "split", **asked, successor="0")
    )

    said = text_of(client.get(split.url))
    for slug in ("children", "families"):
        opened = Body.objects.get(slug=slug)
        address = reverse("admin:governance_body_change", args=[opened.pk])
        assert f'<a href="{address}">{opened}</a>' in said
    asked = {"from_day": "2027-02-01", "to_body": ladder[2].pk}
    moved = confirm(client, line, "move", preview_of(client, line, "move", **asked))
    assert "Go on with" in text_of(client.get(moved.url))


def test_two_bodies_merge_into_a_new_one_named_on_the_page(client, administrator, ladder):
    bottom, middle, _ = ladder
    asked = {"from_day": "2027-04-01", "others": [middle.pk], "into": "new"}
    nameless = preview_of(client, bottom, "merge", **asked)
    assert nameless.context["form"].errors["name"] == ["Enter the name of the new body."]

    preview = preview_of(client, bottom, "merge", **asked, name="South", mailbox="s@example.org")
    confirm(client, bottom, "merge", preview)

    merged = Body.objects.get(slug="south")
    assert (merged.start_date, merged.mailbox, merged.kind) == (
        DAY_AFTER,
        "s@example.org",
        bottom.kind,
    )
    assert {body.successor for body in Body.objects.filter(pk__in=[bottom.pk, middle.pk])} == {
        merged
    }


def test_a_body_is_split_on_the_page(client, administrator, ladder):
    bottom, middle, _ = ladder
    asked = {"from_day": "2027-04-01", "first": "Children", "second": "Families", "third": ""}
    third = preview_of(client, middle, "split", **asked, successor="2")
    assert "no third body" in third.context["form"].errors["successor"][0]

    preview = preview_of(client, middle, "split", **asked, successor="1")
    assert "Each of the new bodies takes it over." in text_of(preview)
    confirm(client, middle, "split", preview)

    assert Body.objects.get(pk=middle.pk).successor.slug == "families"
    assert Body.objects.filter(slug="children").exists()


def test_a_body_is_renamed_from_a_day_to_come(client, administrator):
    body = make_body("Born Well")

    preview = preview_of(client, body, "rename", start_date="2027-04-01", name="Start Well")
    said = text_of(preview)
    assert "“Born Well”" in said and "which ends on 31 March 2027" in said
    assert f"/bodies/{body.slug}/" in said
    assert confirm(client, body, "rename", preview, reason="").status_code == 200
    assert structure_on(DAY_AFTER).body(body).name == "Born Well"
    assert confirm(client, body, "rename", preview).status_code == 302

    assert structure_on(LAST_DAY).body(body).name == "Born Well"
    assert structure_on(DAY_AFTER).body(body).name == "Start Well"
    assert body.names.latest("start_date").history.first().history_change_reason == REASON


def test_a_name_it_has_already_is_refused_in_a_sentence(client, administrator):
    body = make_body("Born Well")

    answer = client.post(
        page_of(body, "rename"), {"start_date": "2027-04-01", "name": "Born Well", "look": "Show"}
    )

    assert "It is called “Born Well” on that day already." in text_of(answer)


def test_a_line_is_moved_on_the_page(client, administrator, ladder):
    bottom, middle, top = ladder
    line = ReportingLine.objects.get(from_body=bottom)

    preview = preview_of(client, line, "move", from_day="2027-04-01", to_body=top.pk)
    assert f"{bottom} escalates to {top}, from 1 April 2027." in text_of(preview)
    confirm(client, line, "move", preview)

    assert [each.to_body.pk for each in structure_on(DAY_AFTER).lines_up(bottom)] == [top.pk]


def test_a_partner_is_changed_on_the_page(client, administrator):
    old, follows = make_organisation("CCG"), make_organisation("ICB", partner=False)
    board = make_body()
    make_officer(board)
    seat = make_seat(board, on_behalf_of=old)

    preview = preview_of(
        client,
        old,
        "change_partner",
        from_day="2027-04-01",
        successor=follows.pk,
        organisation_ends="on",
    )
    assert "ICB is a partner from 1 April 2027" in text_of(preview)
    confirm(client, old, "change_partner", preview, **{f"seat-{seat.pk}": "ends"})

    assert Organisation.objects.get(pk=old.pk).end_date == LAST_DAY
    assert [each.pk for each in structure_on(DAY_AFTER).partners] == [follows.pk]
    assert structure_on(DAY_AFTER).seats_of(follows) == ()


# --- The last day, entered on the page of the body ------------------------------------------------


def test_entering_a_last_day_hands_over_or_is_refused(client, administrator, ladder):
    bottom, middle, top = ladder
    make_escalation(bottom, middle)

    (refusal,) = sentences(edit(client, middle, end_date=LAST_DAY))
    assert "No body follows" in refusal
    assert sentences(edit(client, middle, end_date=LAST_DAY, successor=top.pk)) == []
    assert [each.to_body.pk for each in structure_on(DAY_AFTER).lines_up(bottom)] == [top.pk]
    (refusal,) = sentences(edit(client, middle, end_date=LAST_DAY, successor=""))
    assert "no body follows it" in refusal
