"""What lies before my bodies, the queue, and one message with what may be done about it.

Every deed has an address of its own, to which is posted. A refusal at the wrong moment shows the
message as it is now, with the sentence and what was typed.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from engagement import queue
from engagement.actions import casework, merging, referrals, themes
from engagement.actions.raising import raising_body
from engagement.casework_forms import (
    NOBODY,
    AskForm,
    AssignForm,
    MergeForm,
    NoteForm,
    PutUnderThemeForm,
    SplitForm,
)
from engagement.catalogue import catalogue_of
from engagement.explanation import flags_in_words
from engagement.forms import plain_data
from engagement.languages import name_of
from engagement.list_forms import QueueFilterForm
from engagement.models import Activity, Erasure, Kind, ReferralStep, Submission, Theme
from engagement.move_forms import AcknowledgeForm, AnswerForm, CloseForm, ReferOnForm
from engagement.permissions import (
    can_act_on,
    can_erase,
    can_escalate_for,
    can_key_in,
    can_organise,
    can_read,
    can_read_theme,
    can_redact,
    can_see_contact,
    can_see_notes,
    can_work_on_idea,
    check_can_note,
)
from engagement.progress import Progress
from engagement.receivers import people_who_may_answer, receivers_on
from engagement.workflow import Move, ReferralStatus, may_move
from governance import action_points, record
from governance.list_forms import NarrowForm
from governance.matters import escalations_before
from governance.measures import measures_on
from governance.models import StaffSettings
from governance.structure import structure_today
from governance.views.for_staff import for_staff
from governance.views.paging import page_by_key
from governance.workflow import MoveNotAllowed
from localities.models import Locality

CONFLICT = 409
ACTIVITIES = 10  # of one's bodies, the next ones
THEMES = 50  # offered for a message; the others take it on their own page


@login_required
@require_safe
@record.asked_once()
def home(request):
    """What lies before my bodies."""
    standing = request.standing
    groups = queue.referrals_before(standing)
    structure = structure_today()
    bodies = [body for body in structure.bodies if body.pk in standing.sits_on]
    form = NarrowForm(request.GET, bodies=bodies, order=StaffSettings.order_of(request.user))
    has_piles = bool(bodies) or standing.is_governance_administrator
    matters, is_understood = [], not has_piles or form.is_valid()
    if has_piles and is_understood:
        matters = escalations_before(standing, narrowed=form.narrowed, order=form.chosen_order)
    points, has_more_points = action_points.before(standing)
    activities = Activity.objects.filter(owner__in=standing.sits_on).from_today()
    activities = activities.with_places_taken().with_those_waiting()
    context = {
        "activities": [
            (each, each.places_left(each.places_taken), can_organise(standing, each))
            for each in activities[:ACTIVITIES]
        ],
        "measures": measures_on(standing.day, standing.officer_of) if standing.officer_of else (),
        "points": points,
        "has_more_points": has_more_points,
        "bodies": bodies,
        "form": form,
        "has_piles": has_piles,
        "decides_on_exceptions": standing.is_governance_administrator,
        "is_narrowed": has_piles and is_understood and form.is_narrowed,
        "asked": form.query() if has_piles and is_understood else "",
        "groups": groups,
        "has_messages": any(group.rows for group in groups),
        "escalations": matters,
        "has_escalations": any(group.rows for group in matters),
        "is_engagement_team": standing.is_engagement_team,
        "many_bodies": standing.is_engagement_team or len(standing.sits_on) > 1,
    }
    status = 200 if is_understood else 400
    return render(request, "engagement/staff_home.html", context, status=status)


@login_required
@require_safe
def submissions(request):
    """The queue: everything for the engagement team, for others what their bodies have."""
    structure = request.standing.structure or structure_today()
    form = QueueFilterForm(
        plain_data(request.GET),
        topics=catalogue_of(structure).topics,
        bodies=[
            body
            for body in structure.bodies
            if request.standing.is_engagement_team or body.pk in request.standing.sits_on
        ],
        localities=Locality.objects.all(),
    )
    context = {
        "form": form,
        "is_engagement_team": request.standing.is_engagement_team,
        "may_key_in": can_key_in(request.standing),
    }
    if not form.is_valid():
        return render(request, "engagement/submission_list.html", context, status=400)
    found = form.apply(queue.visible_to(request.standing), request.user)
    found = queue.with_beginnings(found, request.standing)
    pressing, has_more = [], False
    if form.sets_urgent_apart:
        if form.is_first_page:
            pressing, has_more = queue.pressing_among(found)
        found = found.filter(is_pressing=False)
    page, older, newer = page_by_key(
        found, before=form.cleaned_data["before"], after=form.cleaned_data["after"]
    )
    rows = queue.rows([*pressing, *page], structure=structure)
    context |= {
        "urgent": rows[: len(pressing)],
        "more_urgent_url": f"?{form.query(urgent='on')}" if has_more else "",
        "rows": rows[len(pressing) :],
        "next_url": older and f"?{form.query(before=older)}",
        "previous_url": newer and f"?{form.query(after=newer)}",
    }
    return render(request, "engagement/submission_list.html", context)


# --- One message ----------------------------------------------------------------------------------


@login_required
@require_safe
def submission(request, reference):
    return submission_page(request, fetch(request, reference))


def fetch(request, reference):
    """The message of a reference; that there is one is nobody's business who may not read it."""
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
        .first()
    )
    progress = Progress(found) if found else None
    if progress is None or not can_read(request.standing, progress.referrals):
        raise Http404
    if progress.lead is None:
        raise Http404  # what is held is read in the quarantine
    return progress


def submission_page(request, progress, *, sent=None, refusal="", status=None):
    """The message, and what its reader may do. `sent` is a deed's form that was not taken."""
    structure = structure_today()
    lead = progress.lead
    holder = lead.body_id and structure.holder_of(lead.body_id)
    forms = deed_forms(request, progress)
    if sent and sent.deed in forms:
        forms[sent.deed] = sent
    contact = getattr(progress.submission, "contact", None)
    sees_contact = can_see_contact(request.standing, lead, contact)
    sees_notes = can_see_notes(request.standing, progress.referrals)
    idea = getattr(progress.submission, "idea", None)
    context = {
        "submission": progress.submission,
        "progress": progress,
        "contact": contact if sees_contact else None,
        "sees_contact": sees_contact,
        "language": name_of(progress.submission.language),
        "flags": flags_in_words(progress.submission.flags),
        "may_escalate": not progress.is_withdrawn
        and may_move(lead.status, Move.ESCALATE)
        and can_escalate_for(request.standing, raising_body(lead.body)),
        "duplicates": progress.submission.duplicates.defer("message"),
        "moves": [form for name, form in forms.items() if name in Move],
        "assign": forms.get("assign"),
        "theme_form": forms.get("theme"),
        "sees_theme": progress.submission.theme
        and can_read_theme(request.standing, progress.submission.theme),
        "note_form": forms.get("note"),
        "sees_notes": sees_notes,
        "idea": idea,
        "may_open_idea": idea and can_work_on_idea(request.standing, idea.body_id),
        "may_take_up": progress.submission.kind == Kind.IDEA
        and not progress.submission.is_gone
        and can_act_on(request.standing, lead),
        "notes": progress.submission.notes.select_related("by") if sees_notes else (),
        "form": sent,
        "refusal": refusal,
        "may_redact": can_redact(request.standing) and progress.submission.may_publish,
        "may_erase": can_erase(request.standing),
        "erasure": erasure_of(progress.submission),
        # What was typed for a deed that is no longer open is shown to be copied.
        "typed": sent.data.get("text", "") if sent and sent.deed not in forms else "",
        "body": lead.body_id and structure.body(lead.body_id),
        "ways": holder and structure.ways_up(holder),
    }
    status = status or (CONFLICT if refusal else 200)
    return render(request, "engagement/submission_detail.html", context, status=status)


def erasure_of(submission):
    """Who had the words removed, and why; None while they are there."""
    if not submission.is_gone:
        return None
    everything = Erasure.objects.filter(submission=submission, extent=Erasure.Extent.EVERYTHING)
    return everything.select_related("by").first()


# --- Deeds ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deed:
    """How a deed is offered, done and reported.

    `of` says what it is done to: the referral that leads, or the message itself.
    """

    form: type
    do: object
    title: str
    button: str
    done: str
    of: str = "referral"


DEEDS = {
    Move.ACKNOWLEDGE: Deed(
        AcknowledgeForm,
        referrals.acknowledge,
        "Acknowledge it",
        "Acknowledge",
        "You acknowledged {reference}.",
    ),
    Move.ANSWER: Deed(
        AnswerForm,
        referrals.answer,
        "Answer it",
        "Send the answer",
        "You answered {reference}. The resident can read it now.",
    ),
    Move.ASK: Deed(
        AskForm,
        referrals.ask,
        "Ask the resident a question",
        "Ask",
        "You asked the resident about {reference}. The clock stands still until they answer.",
    ),
    Move.REFER_ON: Deed(
        ReferOnForm,
        referrals.refer_on,
        "Refer it on to another body",
        "Refer it on",
        "You referred {reference} on. It lies before {holder} now.",
    ),
    Move.CLOSE: Deed(
        CloseForm,
        referrals.close,
        "Close it",
        "Close",
        "You closed {reference}.",
    ),
    Move.MERGE: Deed(
        MergeForm,
        merging.merge,
        "Answer it together with another message",
        "Put them together",
        "{reference} is answered together with the other message now.",
    ),
    Move.SPLIT: Deed(
        SplitForm,
        merging.split,
        "Answer it by itself again",
        "Take it out",
        "{reference} is answered by itself again.",
    ),
    "assign": Deed(
        AssignForm,
        casework.assign,
        "Who works on it",
        "Assign",
        "You said who works on {reference}.",
    ),
    "theme": Deed(
        PutUnderThemeForm,
        lambda *, submission, theme, by: themes.add(theme=theme, submissions=[submission], by=by),
        "Put it under a theme",
        "Put it there",
        "{reference} is under the theme now.",
        of="submission",
    ),
    "note": Deed(
        NoteForm,
        casework.note,
        "Write a note",
        "Keep the note",
        "Your note is kept. The resident does not see it.",
        of="submission",
    ),
}


def deed_forms(request, progress):
    """A form for each deed that would be accepted from this reader now."""
    if progress.is_withdrawn:
        return {}
    open_deeds = [name for name in DEEDS if is_offered(name, request.standing, progress)]
    return {name: form_of(name, request.standing, progress) for name in open_deeds}


def is_offered(name, standing, progress):
    lead = progress.lead
    if name == "note":
        return can_see_notes(standing, progress.referrals)
    if not can_act_on(standing, lead):
        return False
    if name == "assign":
        return lead.is_open
    if name == "theme":
        return progress.submission.theme_id is None
    if lead.is_merged:  # its answer is that of the other message
        return name == Move.SPLIT
    if name == Move.ASK and lead.is_asked:
        return False
    return may_move(lead.status, name)


def form_of(name, standing, progress, data=None):
    deed, lead = DEEDS[name], progress.lead
    options = {}
    if name == Move.REFER_ON:
        receivers = receivers_on(timezone.localdate())
        options["bodies"] = [
            body
            for body in structure_today().bodies
            if body.pk in receivers and body.pk != lead.body_id
        ]
        topics = catalogue_of(structure_today()).topics
        options["topics"] = [each for each in topics if each != progress.submission.topic]
    elif name == "assign":
        options["people"] = people_who_may_answer(lead.body)
    elif name == "theme":
        options["themes"] = themes_for(standing)
    elif name == Move.MERGE:
        options["standing"] = standing
    form = deed.form(data, auto_id=f"{name}_%s", initial=shown(progress), **options)
    if name == Move.ANSWER and progress.matter and progress.matter.outcome:
        form.fields["text"].initial = progress.matter.outcome.note  # to be put in plain words
    if name == Move.CLOSE and lead.status == ReferralStatus.ANSWERED:
        form.fields["text"].required = False
    form.deed, form.title, form.button = name, deed.title, deed.button
    form.address = reverse(f"engagement:staff_{name}", args=[progress.submission.reference])
    return form


def themes_for(standing):
    """The newest themes that someone may put messages under."""
    found = Theme.objects.filter(closed_on=None)
    if not standing.is_engagement_team:
        found = found.filter(lead_body__in=standing.officer_of)
    return list(found[:THEMES])


def shown(progress):
    """What a page shows, so that a deed knows when it is stale."""
    worker = progress.lead.assigned_to_id
    return {"seen": progress.seen, "was": worker, "to": worker or NOBODY}


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
