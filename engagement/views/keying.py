"""A message that staff key in for a resident: the form, the check, the receipt to hand over.

One address has all three; the button that was pressed says which step is meant. As on the way of
residents, each page carries what was typed on to the next.
"""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from engagement.actions import keying
from engagement.catalogue import catalogue_today
from engagement.explanation import details, sentences
from engagement.forms import plain_data
from engagement.judging import judge
from engagement.keying_forms import KeyInForm
from engagement.languages import name_of
from engagement.models import About, Channel, Kind, TopicBy
from engagement.permissions import can_read, check_can_key_in
from engagement.progress import Progress
from engagement.receivers import days_given
from engagement.sending import is_token, sending_key, token_or_new
from engagement.views.feedback import TOO_OLD, flagged_signposts
from engagement.views.nearest import question_about
from governance.views.for_staff import for_staff

CHANGE, SEND = "change", "send"


def again(request, sentence, *, status):
    check_can_key_in(request.user)
    return form_page(request, form_for(plain_data(request.POST)), note=sentence, status=status)


@for_staff(shows_again=again)
@require_http_methods(["GET", "HEAD", "POST"])
def key_in(request):
    check_can_key_in(request.user)
    if request.method != "POST":
        return form_page(request, form_for())
    form = form_for(plain_data(request.POST))
    step = request.POST.get("step")
    if step == CHANGE or not form.is_valid():
        return form_page(request, form)
    # Staff heard it themselves: it is not held, whatever it looks like.
    judged = judge(form.cleaned_data, form.catalogue, released=True)
    if step != SEND:
        return check_page(request, form, judged)
    if judged.lead_is_open:
        return check_page(request, form, judged, is_due=True)
    if not is_token(form.cleaned_data["token"]):
        return check_page(request, form, judged, note=TOO_OLD)
    content = form.content()
    key = sending_key(form.cleaned_data["token"], content)
    sent = keying.key_in(key=key, content=content, judged=judged, by=request.user)
    return receipt_page(request, form, sent)


def form_for(data=None):
    return KeyInForm(data, catalogue=catalogue_today())


# --- Pages ----------------------------------------------------------------------------------------


def form_page(request, form, *, note="", status=200):
    context = {"form": form, "token": token_or_new(form.data.get("token", "")), "note": note}
    return render(request, "engagement/keying_form.html", context, status=status)


def check_page(request, form, judged, *, is_due=False, note=""):
    answers = form.cleaned_data
    question = question_about(judged, answers, is_due=is_due)
    contact_is_given = any(answers[name] for name in ("name", "email", "phone"))
    context = {
        "form": form,
        "question": question,
        "has_errors": question and question.errors,
        "answers": answers,
        "channel": Channel(answers["channel"]).label,
        "language": name_of(judged.language),
        "topic": form.catalogue.topic_called(judged.topic),
        "is_suggested": judged.topic_by == TopicBy.SUGGESTED,
        "about": About(judged.about).label,
        "kind": Kind(answers["kind"]).label,
        "contact": [answers[name] for name in ("name", "email", "phone") if answers[name]],
        "explanation": sentences(judged.route.because),
        "lead_is_known": not judged.lead_is_open,
        "details": details(judged.route.because),
        **days_given(judged.route.lead and judged.receivers[judged.route.lead.pk]),
        "asks_consent": judged.is_complaint and contact_is_given,
        **flagged_signposts(judged, form.catalogue),
        "carried": form.carried(but_not=("may_pass_on", question and "nearest")),
        "note": note,
    }
    return render(request, "engagement/keying_check.html", context)


def receipt_page(request, form, sent):
    progress = Progress(sent.submission)
    context = {
        "submission": sent.submission,
        "secret": sent.secret,
        "progress": progress,
        "channel": Channel(form.cleaned_data["channel"]).label,
        "came_on": form.cleaned_data["came_on"],
        "may_read": can_read(request.standing, progress.referrals),
    }
    return render(request, "engagement/keying_sent.html", context)
