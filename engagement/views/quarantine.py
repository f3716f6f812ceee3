"""What is held because it looks like spam: read, and released or rejected with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from engagement.actions import screening
from engagement.explanation import flags_in_words
from engagement.forms import plain_data
from engagement.models import Screening, Submission
from engagement.permissions import can_screen
from engagement.team_forms import ScreeningForm
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed

SHOWN = 25


@login_required
@require_safe
def quarantine(request):
    """Everything that is held, the oldest first, and what was decided last."""
    return quarantine_page(request)


def decide_again(request, sentence, *, status, reference):
    check_may(request)
    submission = Submission.objects.with_reference(reference).first()
    if submission is None:
        raise Http404
    form = form_for(submission, initial=plain_data(request.POST))
    return quarantine_page(request, sent=form, refusal=sentence, status=status)


@for_staff(shows_again=decide_again)
def decide(request, reference):
    """Release or reject one."""
    check_may(request)
    submission = Submission.objects.with_reference(reference).first()
    if submission is None or not was_held(submission):
        raise Http404
    if request.method != "POST":
        return redirect("engagement:staff_quarantine")
    form = form_for(submission, plain_data(request.POST))
    if not form.is_valid():
        return quarantine_page(request, sent=form)
    verdict, reason = form.cleaned_data["verdict"], form.cleaned_data["reason"]
    deed = screening.release if verdict == Screening.Verdict.RELEASED else screening.reject
    try:
        deed(submission=submission, by=request.user, reason=reason)
    except MoveNotAllowed as refusal:
        if not was_decided_so(submission, verdict, request.user):
            return quarantine_page(request, sent=form, refusal=str(refusal), status=CONFLICT)
    messages.success(request, f"{submission.reference} was {verdict}.")
    return redirect("engagement:staff_quarantine")


def check_may(request):
    if not can_screen(request.standing):
        raise PermissionDenied("Only the engagement team sees what is held.")


def was_held(submission):
    """Whether it is held, or was when the page was opened: until it was decided, or taken back."""
    is_decided = hasattr(submission, "screening")
    return submission.is_held or is_decided or not submission.referrals.exists()


def form_for(submission, data=None, **options):
    form = ScreeningForm(data, auto_id=f"{submission.reference}_%s", **options)
    form.submission = submission
    form.because = flags_in_words(submission.flags)
    return form


def was_decided_so(submission, verdict, by):
    """Whether this person has decided just so before: the button was pressed twice."""
    decided = Screening.objects.filter(submission=submission).first()
    return decided is not None and (decided.verdict, decided.by_id) == (verdict, by.pk)


def quarantine_page(request, *, sent=None, refusal="", status=200):
    check_may(request)
    held = Submission.objects.filter(is_held=True).prefetch_related("additions")
    held = list(held.order_by("pk")[: SHOWN + 1])
    forms = [
        sent if sent and sent.submission.pk == each.pk else form_for(each) for each in held[:SHOWN]
    ]
    decided = Screening.objects.select_related("submission", "by").defer("submission__message")
    context = {
        "forms": forms,
        "has_more": len(held) > SHOWN,
        "decided": decided.order_by("-pk")[:SHOWN],
        "form": sent,
        "refusal": refusal,
        # What was typed about a message that somebody else has decided meanwhile.
        "typed": sent.data.get("reason", "") if sent and refusal else "",
    }
    return render(request, "engagement/quarantine.html", context, status=status)
