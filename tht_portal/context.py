"""Facts that every page may ask for."""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import get_language, gettext

from engagement.permissions import can_draft_outcomes, can_work_on_ideas
from governance import record
from tht_portal import languages
from tht_portal.models import LanguageCheck


def site(request):
    """Whether the reader is signed in, and the notice above every page.

    A reader without a session cookie is not signed in: to know that, the session need not be
    opened, and the page stays the same for everyone without one.
    """
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return {
        "has_session": has_session,
        "signed_in": lambda: has_session and request.user.is_authenticated,
        "portal_notice": settings.PORTAL_NOTICE and gettext(settings.PORTAL_NOTICE),
        **languages.of_page(),
        "page_languages": lambda: languages_of(request),
        "awaits_check": lambda: awaits_check(get_language()),
        "reader_may": lambda: reader_may(request),
    }


def reader_may(request):
    """Which links of staff lead someone signed in to a page, and not to a refusal.

    Whatever of a reader this goes by is named in `governance.kept.kind_of_reader` too.
    """
    with record.asked_once():  # by its version seats are kept
        standing = request.standing
        return {
            "draft_outcomes": can_draft_outcomes(standing),
            "work_on_ideas": can_work_on_ideas(standing),
            "enter_admin": admin.site.has_permission(request),
        }


def awaits_check(language):
    """Whether nobody who grew up with the language has checked what the portal says in it."""
    if languages.is_english(language):
        return False
    return not LanguageCheck.objects.filter(language=language).exists()


def languages_of(request):
    """The page in each language; none where changing would lose what was typed, and for staff."""
    one_only = len(settings.LANGUAGES) == 1
    if one_only or request.method != "GET" or languages.is_for_staff(request.path_info):
        return []
    return languages.choices(request.get_full_path())
