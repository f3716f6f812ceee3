"""What somebody settles for themselves: their mail, the order of lists, and when they are away."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.actions.staff_settings import settle
from governance.forms import StaffSettingsForm
from governance.models import StaffSettings
from governance.outbox import officers_on
from governance.structure import structure_today
from governance.views.for_staff import for_staff


def settings_again(request, sentence, *, status):
    return settings_page(request, refusal=sentence, status=status)


@for_staff(shows_again=settings_again)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_settings(request):
    """How I want to be told and see matters, and until when I am away."""
    return settings_page(request)


def settings_page(request, *, refusal="", status=200):
    today = timezone.localdate()
    kept = StaffSettings.objects.filter(person=request.user).first() or StaffSettings()
    form = StaffSettingsForm(
        request.POST if request.method == "POST" else None,
        initial={
            "mail": kept.mail,
            "order": kept.order,
            "absent_until": kept.absent_until if kept.is_away_on(today) else None,
        },
        today=today,
    )
    if form.is_bound and not refusal and form.is_valid():
        settle(by=request.user, **form.cleaned_data)
        messages.success(request, "Your settings are saved.")
        return redirect("governance:staff_settings")
    bodies = [body for body in structure_today().bodies if body.pk in request.standing.officer_of]
    alone_on = without_others(bodies, request.user, today)
    context = {"form": form, "bodies": bodies, "alone_on": alone_on, "refusal": refusal}
    return render(request, "governance/staff_settings.html", context, status=status)


def without_others(bodies, person, day):
    """The bodies where nobody else would be told while this person is away."""
    held = officers_on(day).filter(seat__body__in=[body.pk for body in bodies])
    others = set(held.exclude(person=person).values_list("seat__body", flat=True))
    return [body for body in bodies if body.pk not in others]
