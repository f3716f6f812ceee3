"""What decisions ask of people, followed until it is done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from governance.action_points import of_interest_to, rows
from governance.actions import decisions
from governance.forms import ActionPointFilterForm, FinishForm
from governance.structure import structure_today
from governance.views.for_staff import for_staff
from governance.workflow import MoveNotAllowed

CONFLICT = 409


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
    found, has_more = rows(form.apply(of_interest_to(request.standing)), request.standing)
    for point in found:
        is_sent = sent and sent.point.pk == point.pk
        point.form = sent if is_sent else FinishForm(point=point)
        point.is_sent = is_sent
    context |= {"points": found, "has_more": has_more, "is_filtered": form.has_changed()}
    return render(request, "governance/action_point_list.html", context, status=status)


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
