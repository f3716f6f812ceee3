"""What somebody settles for themselves: their mail, the order of lists, and when they are away."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.actions.staff_settings import settle
from governance.forms import StaffSettingsForm
from governance.models import StaffSettings
from governance.posts import posts_of
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
    posts = posts_of(request.user, bodies, today)
    reached = [post for post in posts if post.has_address]
    context = {
        "form": form,
        "told_of": [post.body for post in posts if post.is_told and not post.stands_in],
        "standing_in": [post for post in posts if post.stands_in],
        "deputy_of": [post.body for post in reached if not post.is_told and not post.is_away],
        "away_from": [post for post in reached if not post.is_told and post.is_away],
        "out_of_reach_of": [post.body for post in posts if not post.has_address],
        "away_until": kept.absent_until,
        "alone_on": [post.body for post in reached if not post.others],
        "has_posts": bool(posts),
        "refusal": refusal,
    }
    return render(request, "governance/staff_settings.html", context, status=status)
