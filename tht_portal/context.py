"""Facts that every page may ask for."""

from django.conf import settings
from django.utils.translation import gettext

from tht_portal import languages


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
    }


def languages_of(request):
    """The page in each language; none where changing would lose what was typed, and for staff."""
    one_only = len(settings.LANGUAGES) == 1
    if one_only or request.method != "GET" or request.path_info.startswith(languages.FOR_STAFF):
        return []
    return languages.choices(request.get_full_path())
