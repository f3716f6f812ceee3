"""What decisions ask of people, followed until it is done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.action_points import of_interest_to, rows, with_moved_days
from governance.actions import decisions
from governance.decision_forms import FinishForm, MoveDueDayForm
from governance.list_forms import ActionPointFilterForm
from governance.structure import structure_today
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed


@login_required
@require_safe
def action_points(request):
    return list_page(request)


def list_page(request, *, sent=None, refusal="", status=200):
    """The list; `sent` is the form of one of them that was sent and not taken."""
    form = ActionPointFilterForm(request.GET, bodies=structure_today().bodies)
    context = {"form": form, "refusal": refusal}
    if not form.is_valid():
        return render(request, "governance/action_point_list.html", context, status=400)
    asked = form.apply(of_interest_to(request.standing))
    found, has_more = rows(asked, request.standing, names_matters=True)
    if sent and sent.point.pk not in {point.pk for point in found}:
        # It was finished meanwhile, or stands further down: it is what the sender asks about.
        its_own = of_interest_to(request.standing).filter(pk=sent.point.pk)
        found = [*rows(its_own, request.standing, names_matters=True)[0], *found]
    with_forms(with_moved_days(found), sent=sent)
    context |= {
        "points": found,
        "has_more": has_more,
        "is_filtered": form.is_narrowed,
        # What was typed for what is done already is shown to be copied.
        "typed": said(sent) if sent and not sent.point.is_open else "",
        "sent": sent if sent and sent.point.is_open else None,
        "has_errors": bool(sent and sent.errors),
    }
    return render(request, "governance/action_point_list.html", context, status=status)


def said(form):
    """What was typed in words."""
    return (form.data.get("note") or form.data.get("reason", "")).strip()


def with_forms(points, *, sent=None):
    """Give each what may be done about it; `sent` is a form that was not taken, and stands open."""
    today = timezone.localdate()
    for point in points:
        point.form = FinishForm(point=point)
        point.move_form = MoveDueDayForm(point=point, today=today)
        if sent and sent.point.pk == point.pk:
            sent.stands_open = True
            if isinstance(sent, FinishForm):
                point.form = sent
            else:
                point.move_form = sent
    return points


def finish_again(request, sentence, *, status, pk):
    point = fetch(request, pk)
    form = FinishForm(request.POST, point=point)
    return list_page(request, sent=form, refusal=sentence, status=status)


def fetch(request, pk):
    point = of_interest_to(request.standing).filter(pk=pk).first()
    if point is None:
        raise Http404
    return point


@for_staff(shows_again=finish_again)
def finish(request, pk):
    """Say that one is done."""
    if request.method != "POST":
        return redirect("governance:action_points")
    point = fetch(request, pk)
    form = FinishForm(request.POST, point=point)
    if not form.is_valid():
        return list_page(request, sent=form)
    try:
        decisions.finish(action_point=point, by=request.user, note=form.cleaned_data["note"])
    except MoveNotAllowed as refusal:
        point.refresh_from_db()
        if (point.done_by, point.done_note) != (request.user, form.cleaned_data["note"]):
            return list_page(request, sent=form, refusal=str(refusal), status=CONFLICT)
    messages.success(request, "It is marked as done.")
    return redirect("governance:action_points")


def move_again(request, sentence, *, status, pk):
    form = MoveDueDayForm(request.POST, point=fetch(request, pk), today=timezone.localdate())
    return list_page(request, sent=form, refusal=sentence, status=status)


@for_staff(shows_again=move_again)
def move(request, pk):
    """Give one another day."""
    if request.method != "POST":
        return redirect("governance:action_points")
    point = fetch(request, pk)
    form = MoveDueDayForm(request.POST, point=point, today=timezone.localdate())
    if not form.is_valid():
        return list_page(request, sent=form)
    asked = form.cleaned_data
    try:
        decisions.move_due_day(
            action_point=point,
            due_on=asked["due_on"],
            reason=asked["reason"],
            seen=asked["was"],
            by=request.user,
        )
    except ValidationError as fault:
        form.add_error("due_on", fault.message_dict["due_on"])
        return list_page(request, sent=form)
    except MoveNotAllowed as refusal:
        point = fetch(request, pk)
        if not was_moved_before(point, asked, by=request.user):
            # The form goes on from the day that its sender is now told.
            now = request.POST.copy()
            now["was"] = point.due_on.isoformat()
            form = MoveDueDayForm(now, point=point, today=timezone.localdate())
            return list_page(request, sent=form, refusal=str(refusal), status=CONFLICT)
    messages.success(request, "Its day is moved, and those to whom it falls are told.")
    return redirect("governance:action_points")


def was_moved_before(point, asked, *, by):
    """Whether the last thing that happened is what this form asks for: it was pressed twice."""
    last = point.history.select_related("history_user").first()
    moved = last.history_user, last.due_on, last.history_change_reason
    return moved == (by, asked["due_on"], asked["reason"])
