"""Stories and animations: what is published, its pictures and films, and who sees drafts."""

import io
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from engagement import pictures, videos, webvtt
from engagement.media import range_of
from engagement.models import Animation, Story
from tests.factories import (
    make_activity,
    make_animation,
    make_body,
    make_engagement_team_member,
    make_governance_administrator,
    make_organisation,
    make_person,
    make_picture,
    make_project,
    make_story,
    make_video,
    today,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

ATOM = "{http://www.w3.org/2005/Atom}"
CAPTIONS = (
    "WEBVTT\n\n00:00.500 --> 00:02.000\nYou say it.\n\n00:02.000 --> 00:04.000 line:0\nYou know."
)


def with_picture(row, **options):
    row.picture_text = "A nurse and a child"
    pictures.keep(row, pictures.prepared(make_picture(**options)))
    row.save()
    return row


# --- Stories --------------------------------------------------------------------------------------


def test_a_story_tells_who_did_it_and_what_it_belongs_to(client, html_faults):
    story = with_picture(
        make_story(
            make_body("Living Well"),
            project=make_project(name="Safe homes"),
            activity=make_activity(title="Tea and talk"),
        )
    )
    story.organisations.add(make_organisation("The hospital"))

    page = client.get(story.get_absolute_url()).text

    for said in ("Living Well", "Safe homes", "Tea and talk", "The hospital"):
        assert said in page
    assert "<h2>Before</h2>" in page
    assert 'alt="A nurse and a child"' in page
    assert "Draft." not in page
    assert html_faults(page) == []


def test_a_story_does_not_lead_to_what_is_not_public(client):
    story = make_story(
        project=make_project(name="Safe homes", is_public=False),
        activity=make_activity(title="Tea and talk", published_on=None),
    )

    page = client.get(story.get_absolute_url()).text

    assert "Safe homes" not in page and "Tea and talk" not in page


@pytest.mark.parametrize("make", [make_story, make_animation])
def test_a_draft_and_its_picture_are_there_for_editors_alone(client, make):
    row = with_picture(make(published_on=None))
    page, picture = row.get_absolute_url(), f"{row.get_absolute_url()}picture-480.webp"

    assert client.get(page).status_code == client.get(picture).status_code == 404
    client.force_login(make_person())
    assert client.get(page).status_code == client.get(picture).status_code == 404
    for editor in (make_engagement_team_member(), make_governance_administrator()):
        client.force_login(editor)
        assert "Draft." in client.get(page).text
        assert client.get(picture)["Cache-Control"] == "private, no-store"


def test_lists_show_what_is_published_the_newest_first(client, html_faults):
    make_story(title="Newer")
    make_story(title="Older", published_on="2026-01-05")
    make_story(title="Draft one", published_on=None)
    with_picture(make_animation(title="The film"))

    stories, animations = client.get("/stories/").text, client.get("/animations/").text

    assert stories.index("Newer") < stories.index("Older")
    assert "Draft one" not in stories
    assert "The film" in animations
    assert html_faults(stories) == html_faults(animations) == []


@pytest.mark.parametrize("address", ["/stories/", "/animations/"])
def test_empty_lists_say_so(client, html_faults, address):
    page = client.get(address).text

    assert "is published yet." in page
    assert html_faults(page) == []


@pytest.mark.parametrize("page", ["x", "-1", "1" * 30, "٣"])
def test_a_page_there_is_not_is_refused_in_a_sentence(client, page):
    answer = client.get(f"/stories/?page={page}")

    assert answer.status_code == 400
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("number", [1, 30])
def test_pages_ask_as_much_for_many_as_for_few(client, django_assert_num_queries, number):
    for _ in range(number):
        story = make_story()
        story.organisations.add(make_organisation())
        animation = make_animation()
        animation.captions.create(transcript="W")
    client.get("/")

    for address, queries in (
        ("/stories/", 3),
        (story.get_absolute_url(), 4),
        ("/animations/", 3),
        (animation.get_absolute_url(), 4),
        ("/stories/feed/", 1),
    ):
        with django_assert_num_queries(queries):
            client.get(address)


def test_the_feed_keeps_the_id_of_a_story_and_holds_no_draft(client):
    story = make_story(title="A & B")
    make_story(published_on=None)

    feed = ElementTree.fromstring(client.get("/stories/feed/").content)
    [entry] = feed.findall(f"{ATOM}entry")

    assert entry.find(f"{ATOM}title").text == "A & B"
    assert entry.find(f"{ATOM}id").text.endswith(f":stories/{story.pk}")
    assert entry.find(f"{ATOM}link").get("href").endswith(story.get_absolute_url())


# --- Pictures -------------------------------------------------------------------------------------


def test_a_picture_is_kept_in_several_widths_without_where_it_was_taken(client):
    exif = Image.Exif()
    exif[0x0110] = "Camera of Mrs Khan"
    exif[0x8825] = {1: "N", 2: (51.0, 31.0, 0.0)}
    story = with_picture(make_story(), width=3000, height=1500, exif=exif)

    found = {}
    for width in (480, 960, 1600):
        answer = client.get(f"{story.get_absolute_url()}picture-{width}.webp")
        found[width] = Image.open(io.BytesIO(answer.getvalue()))
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"Khan" not in answer.getvalue()

    assert {each.size for each in found.values()} == {(480, 240), (960, 480), (1600, 800)}
    assert all(not each.getexif() for each in found.values())
    assert "Khan" not in story.picture


def test_a_picture_that_lies_on_its_side_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6

    turned = pictures.prepared(make_picture(width=600, height=300, exif=exif))

    assert (turned.width, turned.height) == (300, 600)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_usual_kinds_are_taken_and_small_ones_are_not_made_larger(kind):
    assert list(pictures.prepared(make_picture(200, 100, kind=kind)).files) == [200]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1"])
def test_pictures_in_any_colours_are_taken(mode):
    assert pictures.prepared(make_picture(60, 40, kind="PNG", mode=mode)).width == 60


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no picture that is taken"),
        (b"GIF89a" + b"\0" * 40, "no picture that is taken"),
        (b"", "no picture that is taken"),
        (make_picture().read()[:400], "cannot be read"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        pictures.prepared(SimpleUploadedFile("photo.jpg", content))


@pytest.mark.parametrize(("width", "height"), [(20, 16_384), (1, 17_000), (2_000, 20_481)])
def test_a_picture_too_high_to_be_kept_is_refused_in_a_sentence(width, height):
    with pytest.raises(ValidationError, match="too high for its width"):
        pictures.prepared(make_picture(width, height, kind="PNG"))


def test_the_highest_picture_is_taken():
    assert pictures.prepared(make_picture(20, 16_383, kind="PNG")).height == 16_383


def test_a_picture_of_too_many_pixels_or_bytes_is_refused(settings):
    with pytest.raises(ValidationError, match="too many pixels"):
        pictures.prepared(make_picture(10_000, 5_001, kind="PNG"))
    settings.UPLOAD_LIMIT = 100
    with pytest.raises(ValidationError, match="larger than"):
        pictures.prepared(make_picture())


def test_an_old_picture_goes_when_a_new_one_comes(django_capture_on_commit_callbacks):
    story = with_picture(make_story())
    old = pictures.file_name(story.picture, 480)

    with django_capture_on_commit_callbacks(execute=True):
        with_picture(story)

    assert not default_storage.exists(old)
    assert default_storage.exists(pictures.file_name(story.picture, 480))


def test_what_the_disk_does_not_let_go_is_logged_and_the_rest_goes(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    row = with_picture(make_film())
    first, last = (pictures.file_name(row.picture, width) for width in pictures.widths_of(row))
    film, remove = row.video, FileSystemStorage.delete

    def refuse_first(storage, name):
        if name == first:
            raise PermissionError(13, "Permission denied")
        remove(storage, name)

    monkeypatch.setattr(FileSystemStorage, "delete", refuse_first)
    with django_capture_on_commit_callbacks(execute=True):
        pictures.discard(row)
        videos.discard(row)

    assert [default_storage.exists(name) for name in (first, last, film)] == [True, False, False]
    assert f"{first.removesuffix('.webp')} was not removed: PermissionError." in caplog.text


def test_pictures_and_films_that_are_lost_are_not_found_and_logged(client, caplog):
    film = with_picture(make_film())
    lost = [pictures.file_name(film.picture, 480), film.video]
    for name in lost:
        default_storage.delete(name)

    for address in ("picture-480.webp", "film/"):
        assert client.get(f"{film.get_absolute_url()}{address}").status_code == 404
    for name in lost:
        assert f"{name.rpartition('.')[0]} is not where it was stored." in caplog.text


@pytest.mark.parametrize("width", ["1", "481", "9" * 30])
def test_a_width_there_is_not_is_not_found(client, width):
    story = with_picture(make_story())

    assert client.get(f"{story.get_absolute_url()}picture-{width}.webp").status_code == 404


# --- Animations -----------------------------------------------------------------------------------


def make_film(**fields):
    film = make_animation(url="", published_on=None)
    videos.keep(film, make_video(), "video/webm")
    film.published_on = today()
    for name, value in fields.items():
        setattr(film, name, value)
    film.save()
    film.captions.create(captions=CAPTIONS, transcript="You **say** it.")
    return film


def test_a_film_comes_with_captions_and_its_words_and_loads_nothing_by_itself(client, html_faults):
    film = with_picture(make_film(), width=1200, height=675)

    page = client.get(film.get_absolute_url()).text
    captions = client.get(f"{film.get_absolute_url()}captions-en.vtt")

    assert 'preload="none"' in page and "autoplay" not in page
    assert f'poster="{film.get_absolute_url()}picture-960.webp"' in page
    assert 'kind="captions"' in page and 'srclang="en"' in page
    assert "You <strong>say</strong> it." in page
    assert captions["Content-Type"] == "text/vtt; charset=utf-8"
    assert captions.text == CAPTIONS
    assert html_faults(page) == []


def test_a_film_elsewhere_is_a_link_and_no_player(client, html_faults):
    page = client.get(make_animation().get_absolute_url()).text

    assert "<video" not in page and "<iframe" not in page
    assert 'href="https://example.org/film"' in page
    assert html_faults(page) == []


@pytest.mark.parametrize(
    ("asked", "status", "begin", "end"),
    [
        (None, 200, 0, None),
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=4000-999999", 206, 4000, None),
        ("bytes=0-0,5-9", 200, 0, None),
        ("bytes=9-5", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
def test_a_film_is_handed_out_whole_or_the_part_that_is_asked_for(
    client, asked, status, begin, end
):
    film = make_film()
    whole = default_storage.open(film.video).read()

    answer = client.get(
        f"{film.get_absolute_url()}film/", headers={"range": asked} if asked else {}
    )

    assert answer.status_code == status
    assert answer.getvalue() == whole[begin:end]
    assert answer["Content-Length"] == str(len(whole[begin:end]))
    assert answer["Content-Type"] == "video/webm"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    if status == 206:
        first = range(len(whole))[begin:end][0]
        assert answer["Content-Range"].startswith(f"bytes {first}-")


def test_a_part_beyond_the_end_cannot_be_had(client):
    film = make_film()

    answer = client.get(f"{film.get_absolute_url()}film/", headers={"range": "bytes=999999-"})

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{film.video_size}"
    assert range_of("bytes=-0", 10) == range(10, 10)


def test_the_film_of_a_draft_is_for_editors(client):
    film = make_film(published_on=None)

    for part in ("", "film/", "captions-en.vtt"):
        assert client.get(film.get_absolute_url() + part).status_code == 404
    client.force_login(make_engagement_team_member())

    answer = client.get(f"{film.get_absolute_url()}film/", headers={"range": "bytes=0-9"})
    assert answer.status_code == 206
    assert answer["Cache-Control"] == "private, no-store"


def test_only_films_are_taken_for_films(settings):
    with pytest.raises(ValidationError, match="Choose a MP4 or WebM file"):
        videos.type_of(make_picture())
    assert videos.type_of(make_video()) == "video/webm"
    settings.VIDEO_LIMIT = 100
    with pytest.raises(ValidationError, match="larger than"):
        videos.type_of(make_video())


def test_good_captions_are_taken():
    webvtt.check(CAPTIONS)
    webvtt.check(
        "\ufeffWEBVTT - by us\r\n\r\nNOTE hello\r\n\r\n1\r\n01:00:00.000 --> 01:00:01.000\r\nA"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "begin with a line that says WEBVTT"),
        ("1\n00:00:01,000 --> 00:00:02,000\nSubRip", "begin with a line that says WEBVTT"),
        ("WEBVTT\n00:01.000 --> 00:02.000\nA", "Line 2: leave a line empty"),
        ("WEBVTT\n\n", "not one caption"),
        ("WEBVTT\n\nNOTE nothing", "not one caption"),
        ("WEBVTT\n\nA word", "Line 4: a caption needs its times"),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\nA", "Line 3: a caption needs its times"),
        ("WEBVTT\n\n00:61.000 --> 00:02.000\nA", "Line 3: a caption needs its times"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nA", "Line 3: this caption ends before"),
        (
            "WEBVTT\n\n00:05.000 --> 00:06.000\nA\n\n00:01.000 --> 00:02.000\nB",
            "Line 6: this caption begins before",
        ),
        ("WEBVTT\n\nx\n00:01.000 --> 00:02.000", "Line 4: there are no words"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 loud\nA", "“loud” is no setting"),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\nA\n00:02.000 --> 00:03.000\nB",
            "Line 5: leave a line empty",
        ),
    ],
)
def test_captions_that_a_player_would_drop_are_refused_with_their_line(text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        webvtt.check(text)


# --- Rules of the database ------------------------------------------------------------------------


def test_the_database_keeps_no_picture_without_its_text_and_no_film_of_nothing():
    for row in (
        Story(title="T", slug="t", summary="S", text="T", owner=make_body(), picture="p"),
        Animation(title="T", slug="t", summary="S", owner=make_body(), published_on=today()),
    ):
        with pytest.raises(ValidationError):
            row.validate_constraints()
