"""A resident's message on its way in: the form, the check, the receipt. Nothing is kept between.

Each page carries what was typed on to the next in hidden fields, so that neither a session nor
JavaScript is needed, and nothing is lost when a step is refused.
"""

from functools import lru_cache

from django.conf import settings
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from engagement import personal_data, throttle
from engagement.actions import sending
from engagement.catalogue import catalogue_today
from engagement.explanation import body, copies_said, details, place_said, sentences
from engagement.forms import FeedbackForm, plain_data
from engagement.judging import judge
from engagement.languages import SYLHETI
from engagement.models import About, Flag, Kind, Signpost, TopicBy
from engagement.progress import Progress
from engagement.receivers import days_given
from engagement.routing import Outcome
from engagement.sending import is_token, new_token, sending_key, token_or_new
from engagement.views.nearest import question_about
from engagement.views.opening import as_typed
from governance.gaps import Gapped, GappedPage, gap
from governance.telling import capital
from localities.day_field import in_words
from localities.finder import places_mentioned

# What a page says above the form, by why it is shown again.
STARTED_OVER = _(
    "That page can only be reached from the form. Nothing was sent. If you had typed something, go "
    "back: your browser may still have it."
)
TOO_OLD = _(
    "Nothing was sent yet: the page had been open for long, or your browser did not send the "
    "cookie that keeps forms safe. Everything you typed is here. Please press the button once more."
)
TOO_MANY = _(
    "Nothing was sent yet: many messages have come from your internet connection within the hour. "
    "Everything you typed is here. Please wait for an hour, then press “Send” again."
)

PLACES = 3  # that a message names are offered
SAME_SPEECH = {SYLHETI: "bn"}  # in Latin letters
LINKED = ("place", "topic")  # may stand in the address of the form


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request):
    """The form: empty, with what the link to it knows, or with what is to be changed."""
    if request.method == "POST":
        typed = plain_data(request.POST)
        return form_page(request, form_for(initial=typed), token=typed.get("token", ""))
    catalogue = catalogue_today()
    if not request.GET and is_anybody(request):
        return blank_page(request, catalogue)
    note = STARTED_OVER if "from" in request.GET else ""
    return form_page(request, form_for(initial=known_of(request)), token="", note=note)


def known_of(request):
    """What stands in the link to the form: where it is about, or what."""
    asked = plain_data(request.GET)
    return {name: asked[name] for name in LINKED if name in asked}


@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    """Check the answers, and near a boundary answer one more question."""
    if request.method != "POST":
        return redirect(f"{reverse('engagement:feedback')}?from=check")
    form = form_for(plain_data(request.POST))
    if not form.is_valid():
        return form_page(request, form)
    return check_page(request, form, judge(form.cleaned_data, form.catalogue))


@require_http_methods(["GET", "HEAD", "POST"])
def sent(request):
    """Store the message, once however often it is sent, and show the receipt."""
    if request.method != "POST":
        return redirect(f"{reverse('engagement:feedback')}?from=sent")
    form = form_for(plain_data(request.POST))
    if not form.is_valid():
        return form_page(request, form)
    content = form.content()
    key = sending_key(form.cleaned_data["token"], content)
    judged = judge(form.cleaned_data, form.catalogue)
    may_send = not judged.lead_is_open and is_token(form.cleaned_data["token"])
    receipt = may_send and sending.send(
        key=key,
        content=content,
        judged=judged,
        admitted=lambda: throttle.allows(throttle.SENDING, request),
    )
    # What was sent before keeps its receipt, whatever would be asked or refused now.
    receipt = receipt or sending.already_sent(key)
    if receipt:
        return receipt_page(request, form, receipt)
    if judged.lead_is_open:
        return check_page(request, form, judged, is_due=True)
    if not may_send:
        return check_page(request, form, judged, note=TOO_OLD)
    return check_page(request, form, judged, note=TOO_MANY, status=429)


def csrf_failure(request):
    """The same step once more, with all that was typed and a fresh token; nothing is done."""
    form = form_for(plain_data(request.POST))
    # Else who refuses all of them would press the button again and again.
    shown = {"note": TOO_OLD, "no_cookie": settings.CSRF_COOKIE_NAME not in request.COOKIES}
    if not form.is_valid():
        return form_page(request, form, **shown, status=403)
    judged = judge(form.cleaned_data, form.catalogue)
    return check_page(request, form, judged, **shown, status=403)


# --- What was typed, and where it would go --------------------------------------------------------


def form_for(data=None, **options):
    return FeedbackForm(data, catalogue=catalogue_today(), **options)


# --- Pages ----------------------------------------------------------------------------------------


def blank_page(request, catalogue):
    """The empty form; only its two tokens are new."""
    words = {"csrf_token": get_token(request), "token": new_token()}
    drawn = drawn_once(
        catalogue,
        "engagement/feedback_form.html",
        words,
        draw=lambda: blank_form(catalogue, get_language()),
        request=request,
    )
    response = GappedPage(drawn, words)
    # Nothing of anyone is in it. Some browsers give back what was typed into a form that one goes
    # back to only where they may store the page.
    response["Cache-Control"] = "private, no-cache"
    return response


def is_anybody(request):
    """Whether nothing is known of who asks: nobody else's page would be another."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def drawn_once(catalogue, template, words, *, alike=(), draw=dict, request=None):
    """A page or a part of one with gaps for each reader's own words, those that are empty left out.

    It is drawn once for each catalogue and language, and for all that are alike in `alike` and in
    which words they have; `draw` gives what else it shows.
    """
    given = tuple(name for name, its_words in words.items() if its_words)
    drawn, key = drawn_of(catalogue), (template, get_language(), alike, given)
    if key not in drawn:
        shown = {**draw(), **{name: gap(name) for name in given}}
        drawn[key] = Gapped(render_to_string(template, shown, request))
    return drawn[key]


@lru_cache(maxsize=2)
def drawn_of(catalogue):
    """What was drawn with a catalogue."""
    return {}


@lru_cache(maxsize=8)
def blank_form(catalogue, language):
    """The parts of the empty form that are the same for everyone, drawn once for each catalogue."""
    form = FeedbackForm(catalogue=catalogue)
    return {
        "signposts": render_to_string("engagement/_signposts.html", signposts_for(catalogue)),
        "fields": render_to_string("engagement/_feedback_fields.html", {"form": form}),
    }


def signposts_for(catalogue):
    return {
        "urgent": catalogue.signposts_in(Signpost.Group.URGENT),
        "complaint": catalogue.signposts_in(Signpost.Group.COMPLAINT),
        "offers": catalogue.signposts_in(Signpost.Group.OFFER),
        "checked_on": catalogue.signposts_checked_on,
    }


def form_page(request, form, *, token=None, note="", no_cookie=False, status=200):
    """The form with what was typed."""
    token = form.data.get("token", "") if token is None else token
    fields = render_to_string("engagement/_feedback_fields.html", {"form": form})
    context = {
        "form": form,
        "token": token_or_new(token),
        "note": note,
        "no_cookie": no_cookie,
        **blank_form(form.catalogue, get_language()),
        "fields": fields,
    }
    return render(request, "engagement/feedback_form.html", context, status=status)


def check_page(request, form, judged, *, is_due=False, note="", no_cookie=False, status=200):
    answers, because = form.cleaned_data, judged.route.because
    place = place_said(because["place"]) if answers["place"] else []
    question = question_about(judged, answers, place, is_due=is_due)
    said = sentences(because, with_guess=not judged.is_urgent)
    # Beside the question stands what was said of the place, and who gets a copy by each answer.
    of_place = copies_said(because, place_is_said=False)
    contact_is_given = any(answers[name] for name in ("name", "email", "phone"))
    is_held = judged.route.outcome == Outcome.QUARANTINE
    context = {
        "form": form,
        "question": question,
        "has_errors": question and question.errors,
        "answers": answers,
        "judged": judged,
        "topic": form.catalogue.topic_called(judged.topic),
        "is_suggested": judged.topic_by == TopicBy.SUGGESTED,
        "about": About(judged.about).label,
        "details": details(because, with_guess=judged.is_urgent),
        "is_held": is_held,
        "lead_is_known": not (is_held or judged.lead_is_open),
        "asks_consent": judged.is_complaint and contact_is_given,
        "personal_data": personal_data.listed(
            judged.reading.flags.get(Flag.PERSONAL_DATA.value, ())
        ),
        **flagged_signposts(judged, form.catalogue),
        "kind": Kind(answers["kind"]).label,
        "places": places_offered(form, judged),
        "explanation": [each for each in said if not (question and each in of_place)],
        "read_on_in": to_read_on_in(judged),
        "who": capital(body(because["lead"])),
        **days_given(judged.route.lead and judged.receivers[judged.route.lead.pk]),
        "carried": form.carried(but_not=("may_pass_on", question and "nearest")),
        "note": note,
        "no_cookie": no_cookie,
    }
    return render(request, "engagement/feedback_check.html", context, status=status)


def to_read_on_in(judged):
    """The language of the message, where we have these pages in it and this is not one of them."""
    written = SAME_SPEECH.get(judged.reading.language, judged.reading.language)
    return written if written in dict(settings.LANGUAGES) and written != get_language() else ""


def places_offered(form, judged):
    """Places that the message names, where no place was given: offered, never assumed."""
    answers = form.cleaned_data
    if answers["place"] or judged.where.locality:
        return ()
    return places_mentioned(answers["message"])[:PLACES]


def flagged_signposts(judged, catalogue):
    """Where to turn at once, or to complain, where the message calls for it."""
    signposts = signposts_for(catalogue)
    return {
        "urgent": signposts["urgent"] if judged.is_urgent else (),
        "complaint": signposts["complaint"] if judged.is_complaint else (),
        "checked_on": signposts["checked_on"],
    }


def receipt_page(request, form, receipt):
    content = receipt_content(request, form, receipt)
    template = "engagement/feedback_sent.html"
    if not is_anybody(request):
        return render(request, template, {"receipt": content})
    words = {"receipt": content}
    return GappedPage(drawn_once(form.catalogue, template, words, request=request), words)


def receipt_content(request, form, receipt):
    """Who has the message and why; all receipts have the words around it in common."""
    submission = receipt.submission
    progress = (
        Progress.begun(submission, receipt.referrals, receipt.calendar)
        if receipt.referrals
        else Progress(submission)
    )
    is_complaint = Flag.COMPLAINT in submission.flags
    wants_answer = form.cleaned_data["wants_answer"]
    words = {
        "csrf_token": get_token(request),
        "day": in_words(submission.received_on),
        "reference": submission.reference,
        "secret": receipt.secret,
        "holder": "" if progress.is_held else capital(progress.holder),
        "explanation": " ".join(progress.explanation),
        "further": " ".join(progress.explained_further),
        "clocks": drawn_clocks(tuple(progress.clocks()), get_language()),
    }

    def draw():
        signposts = signposts_for(form.catalogue)
        return {
            "urgent": signposts["urgent"] if submission.is_urgent else (),
            "complaint": signposts["complaint"] if is_complaint else (),
            "opened_at": as_typed("engagement:receipt"),
            "is_held": progress.is_held,
            "wants_answer": wants_answer,
        }

    alike = submission.is_urgent, is_complaint, progress.is_held, wants_answer
    drawn = drawn_once(
        form.catalogue, "engagement/_feedback_receipt.html", words, alike=alike, draw=draw
    )
    return drawn.filled(**words)


@lru_cache(maxsize=64)
def drawn_clocks(clocks, language):
    """The deadlines of a message, in the language that is active: today's are the same all day."""
    return render_to_string("engagement/_clocks.html", {"clocks": clocks})
