"""One message, with what may be done about it.

Every deed has an address of its own, to which is posted. A refusal at the wrong moment shows the
message as it is now, with the sentence and what was typed.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from engagement.actions import referrals
from engagement.actions.raising import is_theirs_to_escalate, may_be_escalated
from engagement.catalogue import catalogue_today, whom_to_call
from engagement.explanation import flags_in_words
from engagement.forms import plain_data
from engagement.languages import name_of
from engagement.mending import wrong_topics
from engagement.models import Erasure, Kind, Referral, ReferralStep, Submission
from engagement.permissions import (
    can_act_on,
    can_erase,
    can_mend_routing,
    can_read,
    can_read_theme,
    can_redact,
    can_see_contact,
    can_see_notes,
    can_work_on_idea,
    check_can_note,
)
from engagement.progress import Progress
from engagement.views.message_deeds import DEEDS, deed_forms, form_of, next_move, shown
from engagement.workflow import Move
from governance.structure import structure_today
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.way_up import ways_told
from governance.workflow import MoveNotAllowed


@login_required
@require_safe
def submission(request, reference):
    return submission_page(request, fetch(request, reference))


def fetch(request, reference, *, before_nobody=False):
    """The message of a reference; that there is one is nobody's business who may not read it.

    What is held is read in the quarantine, and what was rejected nowhere: both only where they
    are asked for.
    """
    found = (
        Submission.objects.with_reference(reference)
        .select_related(
            "topic",
            "locality",
            "ward",
            "contact",
            "theme",
            "merged_into",
            "keyed_in__by",
            "redaction__by",
            "idea",
        )
        .defer("ward__boundary", "merged_into__message")
        .annotate(was_made_anonymous=was_made_anonymous())
        .first()
    )
    progress = Progress(found) if found else None
    if progress is None or not can_read(request.standing, progress.referrals):
        raise Http404
    if progress.lead is None and not before_nobody:
        raise Http404
    return progress


def was_made_anonymous():
    """Whether the time for keeping who wrote it is over; nobody knows then if that was known."""
    person = Erasure.objects.filter(submission=OuterRef("pk"), extent=Erasure.Extent.PERSON)
    return Exists(person)


def submission_page(request, progress, *, sent=None, refusal="", typed="", status=None):
    """The message, and what its reader may do. `sent` is a deed's form that was not taken."""
    forms = deed_forms(request.standing, progress)
    if sent and sent.deed in forms:
        forms[sent.deed] = sent
    context = {
        **what_it_is(progress),
        **who_has_it(progress.lead),
        **what_is_seen(request.standing, progress),
        **what_may_be_done(request.standing, progress, forms),
        "form": sent,
        "refusal": refusal,
        # What was typed for a deed that is no longer open is shown to be copied.
        "typed": sent.data.get("text", "") if sent and sent.deed not in forms else typed,
        "is_kept": sent and sent.deed in forms,
    }
    status = status or (CONFLICT if refusal else 200)
    return render(request, "engagement/submission_detail.html", context, status=status)


def what_it_is(progress):
    submission = progress.submission
    return {
        "submission": submission,
        "progress": progress,
        "language": name_of(submission.language),
        "flags": flags_in_words(submission.flags),
        "whom_to_call": whom_to_call(progress),
        "duplicates": put_with(submission),
        "idea": getattr(submission, "idea", None),
        "erasure": erasure_of(submission),
    }


def put_with(submission):
    """Those that wait for the answer to this one, and none that got it or was taken back."""
    leads = Referral.objects.put_with([submission.pk])
    return Submission.objects.filter(pk__in=leads.values("submission")).defer("message")


def who_has_it(lead):
    """The body it was put before, and the ways up from who has it today."""
    structure = structure_today()
    holder = lead.body_id and structure.holder_of(lead.body_id)
    ways, is_all = ways_told(structure, holder) if holder else ((), True)
    return {
        "body": lead.body_id and structure.body(lead.body_id),
        "ways": ways,
        "more_ways_of": None if is_all else holder,
    }


def what_is_seen(standing, progress):
    """What not everybody sees who may read the message."""
    submission, lead = progress.submission, progress.lead
    contact = getattr(submission, "contact", None)
    sees_contact = can_see_contact(standing, lead, contact)
    sees_notes = can_see_notes(standing, progress.referrals)
    return {
        "contact": contact if sees_contact else None,
        "sees_contact": sees_contact,
        "notes": submission.notes.select_related("by") if sees_notes else (),
        "sees_notes": sees_notes,
        "sees_theme": submission.theme and can_read_theme(standing, submission.theme),
        "wrong_topics": wrong_topics_of(progress, standing),
        "has_others": standing.is_engagement_team or standing.officer_of,
    }


def what_may_be_done(standing, progress, forms):
    """The `forms` of deeds, the one that is owed apart, and where links lead to more."""
    submission, lead = progress.submission, progress.lead
    is_theirs = is_theirs_to_escalate(standing, lead)
    next_form = forms.get(next_move(progress)) if is_theirs else None
    if next_form:
        next_form.variant = ""
    may_escalate = is_theirs and may_be_escalated(lead)
    idea = getattr(submission, "idea", None)
    is_idea = submission.kind == Kind.IDEA and not submission.is_gone
    return {
        "next_form": next_form,
        "moves": [form for name, form in forms.items() if name in Move and form != next_form],
        "assign": forms.get("assign"),
        "theme_form": forms.get("theme"),
        "note_form": forms.get("note"),
        "may_escalate": may_escalate,
        "matter_draft": progress.matter_draft if may_escalate else None,
        "may_open_idea": idea and can_work_on_idea(standing, idea.body_id),
        "may_take_up": is_idea and can_act_on(standing, lead),
        "may_redact": can_redact(standing) and submission.may_publish,
        "may_erase": can_erase(standing),
    }


def wrong_topics_of(progress, standing):
    """The wrong topics that it came with, each with what may mend it, for who may."""
    if not progress.lead.referred_from_id or not can_mend_routing(standing):
        return []
    return wrong_topics(catalogue_today().reader, submission=progress.submission)


def erasure_of(submission):
    """Who had the words removed, and why; None while they are there."""
    if not submission.is_gone:
        return None
    everything = Erasure.objects.filter(submission=submission, extent=Erasure.Extent.EVERYTHING)
    return everything.select_related("by").first()


# --- Deeds ----------------------------------------------------------------------------------------


def view_of(name):
    """The view of a deed's address."""

    def again(request, sentence, *, status, reference):
        progress = fetch(request, reference)
        form = form_of(name, request.standing, progress, plain_data(request.POST))
        return submission_page(request, progress, sent=form, refusal=sentence, status=status)

    @for_staff(shows_again=again)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request, reference):
        progress = fetch(request, reference)
        if request.method != "POST":
            return redirect("engagement:staff_submission", progress.submission.reference)
        return attempt(request, progress, name)

    return view


def attempt(request, progress, name):
    """Do the deed; or show the message as it is now, what was typed, and why it was not done."""
    data = plain_data(request.POST)
    form = form_of(name, request.standing, progress, data)
    reference = progress.submission.reference
    try:
        if not form.is_valid():
            check_is_open_to(form, progress, by=request.user)
            return submission_page(request, progress, sent=form)
        deed = DEEDS[name]
        on = {deed.of: progress.lead if deed.of == "referral" else progress.submission}
        deed.do(**on, by=request.user, **form.words())
    except MoveNotAllowed as refusal:
        progress = fetch(request, reference)
        if not was_done_before(form, progress, by=request.user):
            # The form goes on from what its sender is now told.
            now = {key: shown(progress)[key] or "" for key in ("seen", "was")}
            form = form_of(name, request.standing, progress, data | now)
            return submission_page(request, progress, sent=form, refusal=str(refusal))
    progress = Progress(progress.submission)
    done = DEEDS[name].done.format(reference=reference, holder=progress.holder)
    messages.success(request, done)
    return redirect("engagement:staff_submission", reference)


def check_is_open_to(form, progress, *, by):
    """Refuse who may not do this at all before their form is found faulty."""
    if form.deed == "note":
        check_can_note(by, progress.referrals)
        return
    seen = form.cleaned_data.get("seen")
    referrals.check_open_to(referral=progress.lead, by=by, seen=seen)


def was_done_before(form, progress, *, by):
    """Whether the last thing someone did is what this form asks for: it was pressed twice."""
    kind = referrals.RECORDED_AS.get(form.deed)
    acted = [step for step in progress.steps if step.kind != ReferralStep.Kind.REFERRED]
    return bool(acted) and (
        (acted[-1].kind, acted[-1].by_id, acted[-1].text_for_resident)
        == (kind, by.pk, form.data.get("text", ""))
    )


acknowledge = view_of(Move.ACKNOWLEDGE)
answer = view_of(Move.ANSWER)
refer_on = view_of(Move.REFER_ON)
close = view_of(Move.CLOSE)
ask = view_of(Move.ASK)
merge = view_of(Move.MERGE)
split = view_of(Move.SPLIT)
assign = view_of("assign")
theme = view_of("theme")
note = view_of("note")
