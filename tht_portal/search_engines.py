"""What search engines are told: which pages there are, and which they may leave alone."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from engagement.models import Activity, Animation, Idea, Outcome, Story
from governance.kept import keep_page
from governance.models import Body, Organisation, Project
from localities.models import Locality
from tht_portal import languages

PAGES = [
    "/",
    "/feedback/",
    "/you-said/",
    "/ideas/",
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
    "/priorities/",
    "/plan/",
    "/data/",
    "/meetings/",
    "/accessibility/",
    "/privacy/",
    "/terms/",
    "/contact/",
]
# Other languages have them under their prefix too.
NOT_FOR_THEM = ["/feedback/receipt/", "/feedback/check/", "/feedback/sent/", "/localities/find/"]
NOT_FOR_THEM += ["/search/"]

MOST_OF_A_KIND = 5_000  # one sitemap holds 50,000 addresses, in all languages together


@require_safe
@keep_page()
def sitemap(request):
    """Every public page that has an address of its own, in each language."""
    addresses = [*PAGES, *addresses_of_rows()]
    alternates = [(address, languages.choices(address)) for address in addresses]
    context = {"addresses": alternates, "many_languages": len(settings.LANGUAGES) > 1}
    return render(request, "sitemap.xml", context, content_type="application/xml")


def addresses_of_rows():
    """Of each kind of page those that anyone may read, by what its address names."""
    for name, column, rows in (
        ("governance:locality", "code", Locality.objects.order_by("code")),
        ("governance:body", "slug", Body.objects.order_by("slug")),
        ("governance:organisation", "slug", Organisation.objects.order_by("slug")),
        ("governance:project", "slug", Project.objects.filter(is_public=True).order_by("slug")),
        ("engagement:activity", "slug", Activity.objects.published().order_by("slug")),
        ("engagement:story", "slug", Story.objects.published().order_by("slug")),
        ("engagement:animation", "slug", Animation.objects.published().order_by("slug")),
        ("engagement:outcome", "pk", Outcome.objects.published().order_by("pk")),
        ("engagement:idea", "pk", Idea.objects.published().order_by("pk")),
    ):
        for value in rows.values_list(column, flat=True)[:MOST_OF_A_KIND]:
            yield reverse(name, args=[value])


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
