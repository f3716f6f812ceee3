"""What lies before my bodies, and the queue of messages."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from engagement import newest, queue
from engagement.catalogue import catalogue_of
from engagement.forms import plain_data
from engagement.list_forms import QueueFilterForm
from engagement.models import Activity
from engagement.permissions import can_key_in, can_organise
from governance import action_points, matters, record
from governance.grouped import to_choose_from
from governance.list_forms import NarrowForm
from governance.measures import measures_kept
from governance.models import StaffSettings
from governance.structure import structure_today
from governance.views.paging import cut_to_page, first_of_page
from localities.atlas import current_atlas
from localities.kept_query import KeptQuery, any_of, asked_together

PRESSING = 10  # shown on top of the queue
ACTIVITIES = 10  # of one's bodies, the next ones
OF_AN_ACTIVITY = ("title", "slug", "owner", "published_on", "starts_at", "takes_names", "places")


@login_required
@require_safe
@record.asked_once()
def home(request):
    """What lies before my bodies."""
    standing = request.standing
    structure = structure_today()
    bodies = [body for body in structure.bodies if body.pk in standing.sits_on]
    form = NarrowForm(request.GET, bodies=bodies, order=StaffSettings.order_of(request.user))
    has_piles = bool(bodies) or standing.is_governance_administrator
    is_understood = not has_piles or form.is_valid()
    lists_matters = has_piles and is_understood
    is_narrowed = lists_matters and form.is_narrowed
    asked = []
    if lists_matters:
        narrowed = form.narrowed if is_narrowed else None
        asked = matters.asked_before(standing, narrowed=narrowed, order=form.chosen_order)
    of_messages, of_matters = asked_together(queue.asked_before(standing), asked)
    groups, held = queue.in_groups(of_messages, standing)
    piles = []
    if lists_matters:
        piles = matters.in_piles(of_matters, standing, order=form.chosen_order)
    points, has_more_points = action_points.before(standing)
    context = {
        "activities": [
            (each, each.places_left(each.places_taken), can_organise(standing, each))
            for each in activities_before(standing)
        ],
        "measures": measures_kept(structure.day, standing.officer_of),
        "points": points,
        "has_more_points": has_more_points,
        "bodies": bodies,
        "form": form,
        "has_piles": has_piles,
        "decides_on_exceptions": standing.is_governance_administrator,
        "is_narrowed": is_narrowed,
        "asked": form.query() if lists_matters else "",
        "groups": groups,
        "groups_to_choose": to_choose_from(groups),
        "held": held,
        "has_messages": any(group.rows for group in groups),
        "escalations": piles,
        "piles_to_choose": to_choose_from(piles),
        "has_escalations": any(group.rows for group in piles),
        "is_engagement_team": standing.is_engagement_team,
        "many_bodies": standing.is_engagement_team or len(standing.sits_on) > 1,
    }
    status = 200 if is_understood else 400
    return render(request, "engagement/staff_home.html", context, status=status)


def activities_before(standing):
    """The next ones that someone's bodies hold."""
    bodies = tuple(sorted(standing.sits_on))
    return activities_of(bodies=bodies, today=standing.day) if bodies else []


@KeptQuery
def activities_of(bodies, today):
    its = Activity.objects.filter(any_of("owner", bodies))
    found = its.from_today(today).with_places_taken().with_those_waiting()
    return found.only(*OF_AN_ACTIVITY)[:ACTIVITIES]


@login_required
@require_safe
def next_message(request):
    """On to the message that one may turn to next."""
    after = plain_data(request.GET).get("after", "")
    reference = queue.next_to_do(request.standing, after=after)
    if reference:
        return redirect("engagement:staff_submission", reference)
    messages.info(request, "Nothing else of residents’ messages lies before your bodies.")
    return redirect("engagement:staff")


@login_required
@require_safe
@record.asked_once()
def submissions(request):
    """The queue: everything for the engagement team, for others what their bodies have."""
    structure = request.standing.structure or structure_today()
    form = QueueFilterForm(
        plain_data(request.GET),
        topics=catalogue_of(structure).topics,
        bodies=[
            body
            for body in structure.bodies
            if request.standing.is_engagement_team or body.pk in request.standing.sits_on
        ],
        localities=current_atlas().localities,
    )
    context = {
        "form": form,
        "is_engagement_team": request.standing.is_engagement_team,
        "may_key_in": can_key_in(request.standing),
    }
    if not form.is_valid():
        return render(request, "engagement/submission_list.html", context, status=400)
    visible = queue.visible_to(request.standing)
    found, pressing = form.apply(visible, request.user), visible.none()
    if form.sets_urgent_apart:
        if form.is_first_page:
            pressing = queue.pressing(form.of_any_status(visible, request.user))
        found = found.filter(is_pressing=False)
    paging = {name: form.cleaned_data[name] for name in ("before", "after")}
    page = first_of_page(found, **paging)
    if request.standing.is_engagement_team and form.looks_among_the_newest:
        is_open = form.cleaned_data["status"] != form.ALL
        page = newest.first_page_with(form.cleaned_data["q"], is_open=is_open)
    pressing, page = queue.listed_together(
        pressing[: PRESSING + 1], page, standing=request.standing
    )
    pressing, has_more = pressing[:PRESSING], len(pressing) > PRESSING
    page, older, newer = cut_to_page(page, **paging)
    rows = queue.rows([*pressing, *page], structure=structure, standing=request.standing)
    context |= {
        "urgent": rows[: len(pressing)],
        "more_urgent_url": f"?{form.query(urgent='on')}" if has_more else "",
        "rows": rows[len(pressing) :],
        "ticks": any(row.may_be_gathered for row in rows),
        "next_url": older and f"?{form.query(before=older)}",
        "previous_url": newer and f"?{form.query(after=newer)}",
    }
    return render(request, "engagement/submission_list.html", context)
