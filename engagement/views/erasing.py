"""Erasing what a resident sent: the page that asks first, and the list of what was erased."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from engagement.actions import erasures
from engagement.forms import plain_data
from engagement.list_forms import ErasureListForm
from engagement.models import Erasure, Referral, RetentionPeriod
from engagement.permissions import check_stands_to_erase
from engagement.team_forms import EraseForm
from engagement.views.message import fetch
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.views.paging import page_by_key
from governance.workflow import MoveNotAllowed


@login_required
@require_safe
def log(request):
    """What was erased, by whom and why; and the way to erase another message."""
    check_stands_to_erase(request.standing)
    form = ErasureListForm(plain_data(request.GET))
    is_understood = form.is_valid()
    asked = form.cleaned_data
    if asked.get("reference"):
        return redirect("engagement:staff_erase", asked["reference"])
    leads = Referral.objects.leading().filter(submission=OuterRef("submission"))
    found = Erasure.objects.annotate(has_page=Exists(leads))
    found = found.select_related("submission", "by").defer("submission__message")
    page, older, newer = page_by_key(found, before=asked.get("before"), after=asked.get("after"))
    context = {
        "form": form,
        "erasures": page,
        "next_url": older and f"?before={older}",
        "previous_url": newer and f"?after={newer}",
        "periods": RetentionPeriod.objects.all(),
    }
    status = 200 if is_understood else 400
    return render(request, "engagement/erasure_list.html", context, status=status)


def erase_again(request, sentence, *, status, reference):
    """The page once more, with the reason that was typed; nothing was erased."""
    progress = fetch(request, reference, before_nobody=True)
    check_stands_to_erase(request.standing)
    form = EraseForm(initial={"reason": plain_data(request.POST).get("reason", "")})
    return erase_page(request, progress, form, refusal=sentence, status=status)


@for_staff(shows_again=erase_again)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, reference):
    """Ask whether to erase a message, and do it."""
    progress = fetch(request, reference, before_nobody=True)
    check_stands_to_erase(request.standing)
    if request.method != "POST":
        return erase_page(request, progress, EraseForm())
    form = EraseForm(plain_data(request.POST))
    if not form.is_valid():
        return erase_page(request, progress, form)
    try:
        erasures.erase(
            submission=progress.submission, by=request.user, reason=form.cleaned_data["reason"]
        )
    except MoveNotAllowed as refusal:
        progress = fetch(request, reference, before_nobody=True)
        if not was_done_before(progress.submission, request.user, form):
            if not progress.is_withdrawn:
                form.add_error("reason", str(refusal))
                return erase_page(request, progress, form)
            return erase_page(request, progress, form, refusal=str(refusal), status=CONFLICT)
    messages.success(
        request, f"{progress.submission.reference} is erased. That you did it, and why, is noted."
    )
    return redirect(page_after(progress))


def page_after(progress):
    """The page of the message, or where it was put before nobody the list of what was erased."""
    if progress.lead is None:
        return reverse("engagement:staff_erasures")
    return reverse("engagement:staff_submission", args=[progress.submission.reference])


def was_done_before(submission, person, form):
    """Whether this very erasure is what happened: the button was pressed twice."""
    return Erasure.objects.filter(
        submission=submission, by=person, reason=form.cleaned_data["reason"].strip()
    ).exists()


def erase_page(request, progress, form, *, refusal="", status=200):
    context = {
        "submission": progress.submission,
        "progress": progress,
        "form": form,
        "refusal": refusal,
        "back": page_after(progress),
    }
    return render(request, "engagement/erasure_form.html", context, status=status)
