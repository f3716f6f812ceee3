"""The languages of the public pages: each has its own addresses, English those without a prefix.

The address alone says the language, so that a link can be shared, a page can be kept, and no cookie
is needed to stay in a language. What is for staff is in English, and has no other addresses.
"""

import re
from functools import cache, lru_cache

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.translation import get_language, get_language_from_path, override, trans_real

# What is for staff begins with one of these.
FOR_STAFF = ("/staff/", "/escalations/", "/actions/", "/accounts/", "/admin/", "/documents/")

# And so do these, below addresses that are for everyone.
PAGES_FOR_STAFF = re.compile(r"/bodies/[^/]+/meetings/[0-9]+/pack/|/get-involved/[^/]+/people/")

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


class LanguageOfTheAddress:
    """Activates the language that the address begins with; without one, English."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = get_language_from_path(request.path_info)
        if language and is_for_staff(without_language(request.path_info)):
            return HttpResponseRedirect(without_language(request.get_full_path()))
        with override(language or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = get_language()
            remember_words(get_language())
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", tag(get_language()))
        return response


@cache
def remember_words(language):
    """Look each sentence up once: Django goes through a dozen catalogues before it knows that an
    English one stays as it is, and a page has a hundred.
    """
    words = trans_real.translation(language)
    words.gettext = lru_cache(maxsize=8192)(words.gettext)


def is_english(language=None):
    return (language or get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE


def of_page():
    """What every template is told of the language it is rendered in."""
    language = get_language() or settings.LANGUAGE_CODE
    return {"page_language": tag(language), "page_direction": direction(language)}


def tag(language):
    """As HTML writes it: en-GB, bn."""
    name, _, region = language.partition("-")
    return f"{name}-{region.upper()}" if region else name


def direction(language):
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def without_language(address):
    """The English address of a page that may be in another language."""
    language = get_language_from_path(without_query(address))
    return address.removeprefix(f"/{language}") if language else address


def in_language(address, language=None):
    """An address of ours in a language, or in the one of the page; staff's stay as they are, and
    so does what is no address of ours.
    """
    address = without_language(address)
    language = language or get_language() or settings.LANGUAGE_CODE
    if is_english(language) or not address.startswith("/") or is_for_staff(address):
        return address
    return f"/{language}{address}"


def without_query(address):
    return address.partition("?")[0]


def is_for_staff(address):
    """Whether an English address is of a page for staff."""
    return address.startswith(FOR_STAFF) or PAGES_FOR_STAFF.match(address) is not None


def choices(address):
    """Every language with its own name and the address of this page in it, English first."""
    return [
        {
            "code": code,
            "tag": tag(code),
            "name": name,
            "direction": direction(code),
            "address": in_language(address, code),
            "whole_address": f"{settings.PORTAL_URL}{in_language(without_query(address), code)}",
            "is_chosen": code == get_language(),
        }
        for code, name in settings.LANGUAGES
    ]
