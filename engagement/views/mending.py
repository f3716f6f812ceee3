"""For the engagement team: what brought messages to the wrong body, and a phrase that mends it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from engagement import mending
from engagement.actions import phrases
from engagement.catalogue import catalogue_today
from engagement.forms import plain_data
from engagement.permissions import can_mend_routing
from engagement.team_forms import PhraseForm
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.workflow import MoveNotAllowed


@login_required
@require_safe
def routing(request):
    """Which rules, phrases and clues were wrong most in the last 90 days."""
    check_may(request)
    since = mending.since_today()
    context = {
        "rules": mending.wrong_rules(since),
        "phrases": mending.wrong_phrases(since),
        "clues": mending.wrong_clues(since),
        "wrong_topics": mending.wrong_topics(catalogue_today().reader, since=since),
    }
    return render(request, "engagement/routing_mending.html", context)


def add_phrase_again(request, sentence, *, status):
    check_may(request)
    form = PhraseForm(initial=plain_data(request.POST), topics=catalogue_today().topics)
    return phrase_page(request, form, note=sentence, status=status)


@for_staff(shows_again=add_phrase_again)
def add_phrase(request):
    """A phrase, filled in from a message, to be confirmed. Its words are never in an address."""
    check_may(request)
    if request.method != "POST":
        return redirect("engagement:staff_routing")
    typed = plain_data(request.POST)
    topics = catalogue_today().topics
    if "confirm" not in typed:
        return phrase_page(request, PhraseForm(initial=typed, topics=topics))
    form = PhraseForm(typed, topics=topics)
    if not form.is_valid():
        return phrase_page(request, form)
    try:
        phrase = phrases.add(by=request.user, **form.words())
    except MoveNotAllowed as refusal:
        form.add_error("text", str(refusal))
        return phrase_page(request, form, status=CONFLICT)
    messages.success(request, f"“{phrase}” speaks for “{phrase.topic}” from now on.")
    return redirect("engagement:staff_routing")


def check_may(request):
    if not can_mend_routing(request.standing):
        raise PermissionDenied("Only the engagement team mends how messages are read.")


def phrase_page(request, form, *, note="", status=200):
    context = {"form": form, "note": note}
    return render(request, "engagement/phrase_form.html", context, status=status)
