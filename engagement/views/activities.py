"""Ways to take part: the list with its calendar, one activity, signing up, who signed up."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from engagement import throttle
from engagement.actions import activities
from engagement.exports.calendar import calendar_of
from engagement.forms import plain_data
from engagement.interest import place_in_line
from engagement.involvement_forms import ActivityFilterForm, JoinForm
from engagement.models import Activity, Interest, Story
from engagement.permissions import can_organise
from engagement.sending import is_token, new_token, sending_key
from engagement.views.opening import as_typed
from governance.models import Body
from governance.structure import structure_today
from governance.views.pages import CONFLICT, calendar_file
from governance.workflow import MoveNotAllowed
from localities.models import Locality

PAGE = 20
IN_CALENDAR = 200
TOO_MANY = 429


def asked_for(request):
    """The filters of the list, with what they may be set to."""
    bodies = structure_today().partnership_bodies
    return ActivityFilterForm(request.GET, localities=Locality.objects.all(), bodies=bodies)


@require_safe
def activity_list(request):
    form = asked_for(request)
    if not form.is_valid():
        return render(request, "engagement/activity_list.html", {"form": form}, status=400)
    found = form.apply(Activity.objects.published().with_places_taken())
    found = found.prefetch_related("localities", Prefetch("owner", Body.objects.named()))
    page = Paginator(found, PAGE).get_page(form.cleaned_data["page"])
    query = form.query()
    context = {
        "form": form,
        "page": page,
        "query": f"{query}&" if query else "",
        "calendar_query": f"?{query}" if query and not form.shows_past else "",
        "is_filtered": form.is_narrowed,
        "rows": [shown(each) for each in page],
    }
    return render(request, "engagement/activity_list.html", context)


def shown(activity):
    """An activity with its places, as pages show it; it knows how many are taken."""
    return {"activity": activity, "places_left": activity.places_left(activity.places_taken)}


@require_safe
def calendar(request):
    """The coming activities that were asked for, for calendar programs, which cannot sign in."""
    form = asked_for(request)
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
    found = list(form.apply(Activity.objects.published())[:IN_CALENDAR])
    host = urlsplit(settings.PORTAL_URL).hostname
    content = calendar_of(found, host=host, portal_url=settings.PORTAL_URL)
    return calendar_file(content, "get-involved", found)


@require_safe
def activity(request, slug):
    return activity_page(request, fetch(request, slug))


def fetch(request, slug):
    """The activity of an address; a draft is there for those who edit it and who hold it."""
    activity = (
        Activity.objects.filter(slug=slug)
        .with_places_taken()
        .select_related("project", "outcome")
        .prefetch_related("localities", Prefetch("owner", Body.objects.named()))
        .first()
    )
    standing = request.standing
    if activity is None or not (
        activity.is_published
        or standing.edits_what_is_published
        or can_organise(standing, activity)
    ):
        raise Http404
    return activity


def activity_page(request, activity, *, form=None, note="", status=200):
    context = {
        **shown(activity),
        "form": form or JoinForm(),
        "token": new_token(),
        "note": note,
        "stories": Story.objects.published().filter(activity=activity),
        "may_organise": can_organise(request.standing, activity),
    }
    return render(request, "engagement/activity_detail.html", context, status=status)


# --- Signing up -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def join(request, slug):
    """Sign someone up, and show the code; pressing twice shows the same one."""
    activity = fetch(request, slug)
    if request.method != "POST":
        return redirect("engagement:activity", slug)
    form = JoinForm(plain_data(request.POST))
    if not form.is_valid():
        return activity_page(request, activity, form=form)
    token = form.cleaned_data["token"]
    if not is_token(token):
        note = _("Nothing was sent yet. Please press the button once more.")
        return activity_page(request, activity, form=form, note=note)
    who = {name: form.cleaned_data[name].strip() for name in ("name", "email", "phone")}
    key = sending_key(token, {"to": activity.pk, **who})
    joined = activities.already_joined(key)
    if joined is None:
        if not throttle.allows(throttle.JOINING, request):
            note = _(
                "Many people have signed up from your internet connection in the last hour. Wait "
                "for an hour, and try again."
            )
            return activity_page(request, activity, form=form, note=note, status=TOO_MANY)
        try:
            joined = activities.join(activity=activity, key=key, **who)
        except MoveNotAllowed as refusal:
            return activity_page(
                request, fetch(request, slug), form=form, note=str(refusal), status=CONFLICT
            )
    context = {
        "activity": activity,
        "interest": joined.interest,
        "place_in_line": place_in_line(joined.interest),
        "secret": joined.secret,
        "opened_at": as_typed("engagement:interest"),
    }
    return render(request, "engagement/activity_joined.html", context)


def csrf_failure(request, slug):
    """The page the form was on, with what was typed."""
    note = _(
        "Nothing was sent yet: the page had been open for long, or your browser did not send the "
        "cookie that keeps forms safe. Please try once more."
    )
    form = JoinForm(initial=plain_data(request.POST))
    return activity_page(request, fetch(request, slug), form=form, note=note, status=403)


# --- Who signed up --------------------------------------------------------------------------------


@login_required
@require_safe
def people(request, slug):
    """Who has a place and who waits, for those who hold the activity."""
    activity = organised(request, slug)
    everyone = list(activity.interests.order_by("pk"))
    addresses = [each.email for each in everyone if each.email]
    context = {
        "activity": activity,
        "with_place": [each for each in everyone if each.has_place],
        "waiting": [each for each in everyone if not each.has_place],
        "places_left": activity.places_left(activity.places_taken),
        "twice": {address for address in addresses if addresses.count(address) > 1},
    }
    return render(request, "engagement/activity_people.html", context)


def organised(request, slug):
    activity = fetch(request, slug)
    if not can_organise(request.standing, activity):
        raise Http404
    return activity


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, slug, pk):
    """Take someone off the list for them. It is asked first, on a page of its own."""
    activity = organised(request, slug)
    interest = Interest.objects.filter(activity=activity, pk=pk).first()
    if interest is None:
        messages.info(request, "They are not on the list any more.")
        return redirect("engagement:activity_people", slug)
    if request.method != "POST":
        context = {"activity": activity, "interest": interest}
        return render(request, "engagement/activity_remove.html", context)
    activities.remove(interest=interest, by=request.user)
    messages.success(request, "They are off the list, and what was kept of them is removed.")
    return redirect("engagement:activity_people", slug)
