"""Stories and animations: lists, pages, and the pictures and films that belong to them."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from engagement import pictures, videos
from engagement.exports.feed import stories_feed
from engagement.media import answer_with
from engagement.models import Animation, Story
from governance.kept import keep_page
from governance.models import Body
from governance.views.pages import feed_file

PAGE = 12
IN_FEED = 30
POSTER_WIDTH = 960


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture in one of its widths, and where it is."""

    width: int
    address: str


def with_pictures(row, name):
    """The row, with the addresses of its picture; `name` is that of the view that gives it."""
    row.pictures = [
        PictureFile(width, reverse(name, args=[row.slug, width]))
        for width in pictures.widths_of(row)
    ]
    return row


def page_of(request, rows):
    """The page of a list that is asked for."""
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise BadRequest(_("There is no such page. Start from the first."))
    return Paginator(rows, PAGE).get_page(number)


def fetch(request, model, slug, *related):
    """The row of an address; a draft is there for those who edit it."""
    owner = Prefetch("owner", Body.objects.named())
    found = model.objects.open_to(request.standing).filter(slug=slug)
    row = found.prefetch_related(owner, *related).first()
    if row is None:
        raise Http404
    return row


def file_of(request, model, slug):
    """The row of an address, for what belongs to it."""
    row = model.objects.open_to(request.standing).filter(slug=slug).first()
    if row is None:
        raise Http404
    return row


def picture_of(request, row, width):
    file = pictures.read(row, width)
    if file is None:
        raise Http404
    return of(row, answer_with(request, file, "image/webp"))


def of(row, response):
    """What belongs to a draft is kept by no cache."""
    if not row.is_published:
        response["Cache-Control"] = "private, no-store"
    return response


# --- Stories --------------------------------------------------------------------------------------


@require_safe
@keep_page()
def story_list(request):
    page = page_of(request, Story.objects.published().defer("text"))
    for story in page:
        with_pictures(story, "engagement:story_picture")
    return render(request, "engagement/story_list.html", {"page": page})


@require_safe
def story_feed(request):
    """The latest stories, for feed readers."""
    stories = list(Story.objects.published().defer("text")[:IN_FEED])
    page = settings.PORTAL_URL + reverse("engagement:stories")
    content = stories_feed(stories, page=page)
    return feed_file(content)


@require_safe
@keep_page()
def story(request, slug):
    found = fetch(request, Story, slug, "organisations", "project", "activity", "outcome")
    with_pictures(found, "engagement:story_picture")
    return render(request, "engagement/story_detail.html", {"story": found})


@require_safe
def story_picture(request, slug, width):
    return picture_of(request, file_of(request, Story, slug), width)


# --- Animations -----------------------------------------------------------------------------------


@require_safe
@keep_page()
def animation_list(request):
    page = page_of(request, Animation.objects.published())
    for animation in page:
        with_pictures(animation, "engagement:animation_picture")
    return render(request, "engagement/animation_list.html", {"page": page})


@require_safe
@keep_page()
def animation(request, slug):
    """The film, which is loaded when it is asked for, and its words to read."""
    found = with_pictures(
        fetch(request, Animation, slug, "captions"), "engagement:animation_picture"
    )
    posters = [each.address for each in found.pictures if each.width <= POSTER_WIDTH]
    context = {
        "animation": found,
        "poster": posters[-1] if posters else None,
        "texts": in_language_of_reader(found.captions.all()),
    }
    return render(request, "engagement/animation_detail.html", context)


def in_language_of_reader(texts):
    """The texts, those in the reader's language first; its captions are shown from the start."""
    here = (get_language() or "en").split("-")[0]
    texts = sorted(texts, key=lambda text: (text.language != here, text.pk))
    for text in texts:
        text.is_shown = text is texts[0]
    return texts


@require_safe
def animation_picture(request, slug, width):
    return picture_of(request, file_of(request, Animation, slug), width)


@require_safe
def animation_video(request, slug):
    row = file_of(request, Animation, slug)
    file = videos.read(row)
    if file is None:
        raise Http404
    return of(row, answer_with(request, file, row.video_type))


@require_safe
def animation_captions(request, slug, language):
    """The captions in one language, for the player."""
    row = file_of(request, Animation, slug)
    captions = row.captions.filter(language=language).exclude(captions="").first()
    if captions is None:
        raise Http404
    return of(row, HttpResponse(captions.captions, content_type="text/vtt; charset=utf-8"))
