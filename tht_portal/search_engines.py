"""What search engines are told: which pages there are, and which they may leave alone."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.kept import keep_page
from governance.models import Body, Organisation
from localities.models import Locality
from tht_portal import languages

PAGES = [
    "/",
    "/feedback/",
    "/you-said/",
    "/get-involved/",
    "/stories/",
    "/animations/",
    "/structure/",
    "/structure/changes/",
    "/structure/faults/",
    "/structure/seats/",
    "/organisations/",
    "/localities/",
    "/measures/",
    "/meetings/",
    "/accessibility/",
    "/privacy/",
    "/terms/",
    "/contact/",
]
# Other languages have them under their prefix too.
NOT_FOR_THEM = ["/feedback/receipt/", "/feedback/check/", "/feedback/sent/", "/localities/find/"]
NOT_FOR_THEM += ["/search/"]


@require_safe
@keep_page()
def sitemap(request):
    """Every public page that has an address of its own, in each language."""
    addresses = [*PAGES, *addresses_of_rows()]
    alternates = [(address, languages.choices(address)) for address in addresses]
    context = {"addresses": alternates, "many_languages": len(settings.LANGUAGES) > 1}
    return render(request, "sitemap.xml", context, content_type="application/xml")


def addresses_of_rows():
    yield from (
        reverse("governance:locality", args=[code])
        for code in Locality.objects.values_list("code", flat=True)
    )
    yield from (
        reverse("governance:body", args=[slug])
        for slug in Body.objects.order_by("slug").values_list("slug", flat=True)
    )
    yield from (
        reverse("governance:organisation", args=[slug])
        for slug in Organisation.objects.order_by("slug").values_list("slug", flat=True)
    )


@require_safe
def robots(request):
    """A copy for trying out is not to be found at all: its people are made up."""
    lines = ["User-agent: *"]
    if settings.PORTAL_NOTICE:
        lines.append("Disallow: /")
    else:
        lines += [f"Disallow: {address}" for address in languages.FOR_STAFF]
        for code, _ in settings.LANGUAGES:
            lines += [f"Disallow: {languages.in_language(each, code)}" for each in NOT_FOR_THEM]
        lines.append(f"Sitemap: {settings.PORTAL_URL}/sitemap.xml")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
