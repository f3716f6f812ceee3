"""Editors publish without a developer: drafts, pictures, films and captions in the admin."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from engagement.models import Activity, Animation, Story
from governance.models import OutboxMessage, StructureRecord
from tests.admin_pages import form_of
from tests.factories import (
    make_activity,
    make_animation,
    make_body,
    make_engagement_team_member,
    make_organisation,
    make_picture,
    make_project,
    make_story,
    make_video,
    sign_up,
    today,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

CAPTIONS = "WEBVTT\n\n00:00.500 --> 00:02.000\nYou say it."


@pytest.fixture
def editor(client):
    client.force_login(make_engagement_team_member())
    return client


def address_of(model, row=None):
    name = f"admin:engagement_{model._meta.model_name}_{'change' if row else 'add'}"
    return reverse(name, args=[row.pk] if row else [])


def story_words(**answers):
    return {
        "title": "One sign",
        "slug": "one-sign",
        "summary": "It says how long.",
        "text": "**Better**.",
        "reason": "For the newsletter",
    } | answers


def test_an_old_page_does_not_write_over_the_partners_that_another_named(editor):
    story, named, other = make_story(), make_organisation("The Trust"), make_organisation("Alone")
    story.organisations.set([other])
    old = editor.get(address_of(Story, story))
    sent = form_of(old) | {"reason": "R", "as_seen": old.context["as_seen"], "title": "Anew"}
    story.organisations.set([named])

    page = editor.post(address_of(Story, story), sent)

    assert "Nothing was saved." in page.text and "It is “The Trust” now." in page.text
    assert list(story.organisations.all()) == [named]
    answer = editor.post(address_of(Story, story), sent | {"as_seen": page.context["as_seen"]})
    assert answer.status_code == 302
    assert list(story.organisations.all()) == [other]


def test_a_story_is_written_looked_at_and_published(editor, client):
    body, project = make_body(), make_project()
    words = story_words(
        owner=body.pk,
        project=project.pk,
        new_picture=make_picture(1000, 500),
        picture_text="A sign",
    )

    answer = editor.post(address_of(Story), words)

    assert answer.status_code == 302, answer.context["errors"]
    story = Story.objects.get()
    assert (story.picture_width, story.project) == (1000, project)
    assert "Draft." in editor.get(story.get_absolute_url()).text
    preview = f"/admin/r/{ContentType.objects.get_for_model(Story).pk}/{story.pk}/"
    assert editor.get(preview)["Location"].endswith(story.get_absolute_url())
    client.logout()
    assert client.get("/stories/one-sign/").status_code == 404

    client.force_login(make_engagement_team_member())
    form = form_of(editor.get(address_of(Story, story)))
    editor.post(
        address_of(Story, story), form | {"published_on": today().isoformat(), "reason": "Checked"}
    )
    client.logout()

    assert client.get("/stories/one-sign/").status_code == 200
    assert [each.history_change_reason for each in story.history.all()] == [
        "Checked",
        "For the newsletter",
    ]


def test_publishing_is_seen_at_once_by_those_who_keep_pages(editor):
    owner = make_body()
    version = StructureRecord.objects.get().pages_version

    editor.post(address_of(Story), story_words(owner=owner.pk))

    assert StructureRecord.objects.get().pages_version != version


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"new_picture": make_picture()}, "Say what the picture shows"),
        (
            {"new_picture": SimpleUploadedFile("a.jpg", b"<svg/>"), "picture_text": "A"},
            "This file is no picture that is taken",
        ),
        ({"title": ""}, "This field is required"),
        ({"reason": ""}, "Enter the reason"),
    ],
)
def test_what_will_not_do_is_said_and_what_was_typed_kept(editor, answers, sentence):
    page = editor.post(address_of(Story), story_words(owner=make_body().pk, **answers))

    assert page.status_code == 200
    assert sentence in page.text
    assert "It says how long." in page.text
    assert not Story.objects.exists()


def test_a_picture_is_replaced_and_taken_away(editor):
    story = make_story()
    form = form_of(editor.get(address_of(Story, story))) | {"reason": "R"}

    editor.post(
        address_of(Story, story),
        form | {"new_picture": make_picture(700, 300), "picture_text": "A"},
    )
    story.refresh_from_db()
    assert story.picture_width == 700
    assert "picture-480.webp" in editor.get(address_of(Story, story)).text
    editor.post(address_of(Story, story), form | {"drop_picture": "on", "picture_text": ""})

    story.refresh_from_db()
    assert story.picture == ""


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("failure", [ValidationError("It may not be."), RuntimeError("Disk full")])
def test_nothing_is_left_on_disk_of_a_film_that_is_refused_in_the_end(
    editor, settings, monkeypatch, failure
):
    def refuse():
        raise failure

    words = film_words(new_video=make_video(), new_picture=make_picture(), picture_text="A desk")
    monkeypatch.setattr("engagement.admin.published.pages_edited", refuse)
    editor.raise_request_exception = False

    page = editor.post(address_of(Animation), words)

    assert page.status_code == (500 if isinstance(failure, RuntimeError) else 200)
    assert not Animation.objects.exists()
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_picture_stays_where_another_in_its_place_is_refused(editor, settings, monkeypatch):
    def refuse():
        raise ValidationError("It may not be.")

    story = make_story()
    form = form_of(editor.get(address_of(Story, story))) | {"reason": "R", "picture_text": "A"}
    editor.post(address_of(Story, story), form | {"new_picture": make_picture()})
    before = files_in(settings.MEDIA_ROOT)
    monkeypatch.setattr("engagement.admin.published.pages_edited", refuse)

    editor.post(address_of(Story, story), form | {"new_picture": make_picture(700, 300)})

    assert files_in(settings.MEDIA_ROOT) == before != []


def film_words(**answers):
    return {
        "title": "How it works",
        "slug": "how-it-works",
        "summary": "It explains.",
        "owner": make_body().pk,
        "published_on": today().isoformat(),
        "reason": "R",
        "captions-TOTAL_FORMS": 1,
        "captions-INITIAL_FORMS": 0,
        "captions-0-language": "en",
        "captions-0-transcript": "You say it.",
    } | answers


def test_a_film_is_chosen_with_captions_from_a_file(editor):
    answer = editor.post(
        address_of(Animation),
        film_words(
            **{
                "new_video": make_video(),
                "captions-0-captions_file": SimpleUploadedFile("en.vtt", CAPTIONS.encode()),
            }
        ),
    )

    assert answer.status_code == 302, answer.context["errors"]
    film = Animation.objects.get()
    assert film.video_type == "video/webm"
    assert film.captions.get().captions == CAPTIONS
    assert editor.get(address_of(Animation, film)).status_code == 200


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Choose a film or give a web address first."),
        ({"new_video": make_picture()}, "Choose a MP4 or WebM file"),
        (
            {"url": "https://example.org/", "captions-0-captions": "1\n00:01,000"},
            "begin with a line that says WEBVTT",
        ),
        (
            {
                "url": "https://example.org/",
                "captions-0-captions_file": SimpleUploadedFile("a.vtt", b"\xff\xfe\x00"),
            },
            "The file is not in UTF-8",
        ),
    ],
)
def test_a_film_that_will_not_do_is_refused_in_a_sentence(editor, answers, sentence):
    page = editor.post(address_of(Animation), film_words(**answers))

    assert page.status_code == 200
    assert sentence in page.text
    assert not Animation.objects.exists()


def form_of_activity(editor, activity):
    """What the browser would send back: a moment is two fields there."""
    begins = timezone.localtime(activity.starts_at)
    return form_of(editor.get(address_of(Activity, activity))) | {
        "starts_at_0": f"{begins:%Y-%m-%d}",
        "starts_at_1": f"{begins:%H:%M:%S}",
        "reason": "The hall is shut",
    }


def at_two(in_days=14):
    """A moment without parts of a second, as a form takes it."""
    return timezone.localtime().replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(
        days=in_days
    )


def test_a_moved_activity_tells_those_who_signed_up_and_more_places_let_them_move_up(editor):
    activity = make_activity(places=1, starts_at=at_two())
    sign_up(activity, email="first@example.org")
    second = sign_up(activity, email="second@example.org")
    form = form_of_activity(editor, activity)

    answer = editor.post(
        address_of(Activity, activity),
        form | {"place": "Idea Store Whitechapel", "places": "2"},
    )

    assert answer.status_code == 302, answer.context["errors"]
    second.interest.refresh_from_db()
    activity.refresh_from_db()
    assert second.interest.has_place
    assert activity.sequence == 1
    subjects = OutboxMessage.objects.filter(to="first@example.org").values_list(
        "subject", flat=True
    )
    assert any("something has changed" in each for each in subjects)


def test_an_edit_that_changes_nothing_people_need_to_know_tells_nobody(editor):
    activity = make_activity(starts_at=at_two())
    sign_up(activity)
    form = form_of_activity(editor, activity)

    answer = editor.post(
        address_of(Activity, activity),
        form | {"review_on": (today() + timedelta(days=9)).isoformat()},
    )

    assert answer.status_code == 302, answer.context["errors"]
    activity.refresh_from_db()
    assert activity.sequence == 0
    assert OutboxMessage.objects.filter(to="nadia@example.org").count() == 1


def test_what_people_have_signed_up_for_is_cancelled_not_deleted(editor):
    activity = make_activity()
    address = reverse("admin:engagement_activity_delete", args=[activity.pk])
    assert editor.get(address).status_code == 200

    sign_up(activity)

    assert editor.get(address).status_code == 403


@pytest.mark.parametrize("address", ["calendar", "receipt"])
def test_an_address_of_the_portal_s_own_is_no_address_of_an_activity(editor, address):
    page = editor.post(address_of(Activity), {"slug": address})

    assert "this one is the portal" in page.text


@pytest.mark.parametrize("make", [make_story, make_animation, make_activity])
@pytest.mark.parametrize("which", ["yes", "later", "draft", "review"])
def test_lists_are_filtered_by_what_is_published(editor, make, which):
    row = make()
    name = row._meta.model_name

    page = editor.get(f"/admin/engagement/{name}/?published={which}").text

    assert (row.title in page) is (which == "yes")
