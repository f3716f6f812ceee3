"""The pages that belong to no app: home, the statements, signing in and out."""

from itertools import groupby

from django.contrib.auth import views as auth_views
from django.shortcuts import render
from django.views.decorators.http import require_safe

from engagement import outcomes
from engagement.catalogue import catalogue_today
from engagement.models import Activity, Signpost
from governance.catalogued import in_language_of_page
from governance.kept import all_alike, keep_page
from governance.structure import structure_today
from localities.models import Locality
from tht_portal.forms import PasswordChangeForm, SignInForm

SHOWN = 3  # outcomes and activities on the first page


@require_safe
@keep_page(seen_as=all_alike)
def home(request):
    """What the partnership is, and the ways on from here."""
    context = {
        "tiers": tiers(structure_today()),
        "localities": localities(),
        "outcomes": outcomes.latest(SHOWN),
        "activities": Activity.objects.published().from_today()[:SHOWN],
    }
    return render(request, "tht_portal/home.html", context)


def tiers(structure):
    """The bodies of the partnership by their kinds, from the top down."""
    inside = [body for body in structure.bodies if not body.outside_partnership]
    inside.sort(key=lambda body: (body.kind_order, body.kind_name, body.name))
    return [
        {"kind": in_language_of_page(kind), "bodies": list(bodies)}
        for kind, bodies in groupby(inside, key=lambda body: body.kind_name)
    ]


def localities():
    return [
        {"code": each.code, "name": each.name, "address": f"/localities/{each.code}/"}
        for each in Locality.objects.all()
    ]


def statement(name):
    """A page that says how the portal deals with people, with whom to ask about it."""

    @require_safe
    @keep_page(seen_as=all_alike)
    def page(request):
        catalogue = catalogue_today()
        context = {
            "about_portal": catalogue.signposts_in(Signpost.Group.PORTAL),
            "about_data": catalogue.signposts_in(Signpost.Group.DATA),
            "urgent": catalogue.signposts_in(Signpost.Group.URGENT),
            "complaint": catalogue.signposts_in(Signpost.Group.COMPLAINT),
            "offers": catalogue.signposts_in(Signpost.Group.OFFER),
        }
        return render(request, f"tht_portal/{name}.html", context)

    return page


class SignInView(auth_views.LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form):
        page = super().form_invalid(form)
        page.status_code = 429 if form.is_one_too_many else page.status_code
        return page


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = PasswordChangeForm
