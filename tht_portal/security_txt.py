"""Whom to tell of a weakness of the portal: /.well-known/security.txt, as RFC 9116 has it."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from engagement.catalogue import catalogue_today
from engagement.models import Signpost

GOOD_FOR = timedelta(days=90)  # the standard asks for less than a year


@require_safe
def security_txt(request):
    """The addresses of those who look after the portal, and the page that names them."""
    contacts = catalogue_today().signposts_in(Signpost.Group.PORTAL)
    lines = [f"Contact: mailto:{each.email}" for each in contacts if each.email]
    lines.append(f"Contact: {settings.PORTAL_URL}/contact/#portal")
    expires = timezone.localdate() + GOOD_FOR
    lines.append(f"Expires: {expires.isoformat()}T00:00:00Z")
    lines.append("Preferred-Languages: en")
    lines.append(f"Canonical: {settings.PORTAL_URL}/.well-known/security.txt")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
