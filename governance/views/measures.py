"""Measures: the public page of them all, and where officers note what one was."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions.measures import record
from governance.as_on import on_the_day_asked
from governance.kept import all_alike, keep_page
from governance.measure_forms import ReadingForm
from governance.measures import by_body, measured
from governance.models import Measure
from governance.permissions import can_keep_record_of, can_raise_for
from governance.structure import structure_today
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT, before_record
from governance.workflow import MoveNotAllowed


@require_safe
@keep_page("as_on", seen_as=all_alike)
@on_the_day_asked
def measures(request, as_on):
    """What bodies hold themselves to, and whether they keep to it."""
    above = reverse("governance:structure"), _("Structure")
    if page := before_record(request, as_on, _("Measures"), above):
        return page
    context = {"as_on": as_on, "bodies": by_body(as_on.day)}
    return render(request, "governance/measure_list.html", context)


# --- Officers -------------------------------------------------------------------------------------


def again(request, sentence, *, status, pk):
    return reading_page(request, pk, refusal=sentence, status=status)


@for_staff(shows_again=again)
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request, pk):
    """A measure with its readings, and a new one to note."""
    return reading_page(request, pk)


def reading_page(request, pk, *, refusal="", status=200):
    """The form; with a refusal from the start nothing is done."""
    measure = Measure.objects.select_related("body").filter(pk=pk).first()
    today = request.standing.day
    body = measure and structure_today().holder_of(measure.body_id)
    if body is None or not measure.is_in_force_on(today):
        raise Http404("There is no such measure today.")
    if not can_keep_record_of(request.standing, measure.body_id):
        raise PermissionDenied("Only the officers of the body that holds itself to it may do this.")
    form = ReadingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and not refusal:
        try:
            record(measure=measure, by=request.user, reason="Noted", **form.cleaned_data)
        except MoveNotAllowed as refused:
            refusal, status = str(refused), CONFLICT
        else:
            messages.success(request, "It is noted, and stands on the page of the body.")
            return redirect("governance:reading", pk)
    context = {
        "measured": measured(measure.body, pk, today),
        "body": body,
        "may_raise": can_raise_for(request.standing, body),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "governance/reading_form.html", context, status=status)
