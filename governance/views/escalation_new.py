"""A new matter, kept as a draft or raised at once."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format

from governance.actions import asides, escalations
from governance.forms import EscalationForm, RaiseNewForm, ask_for_file_again, new_sending_token
from governance.matter import Matter
from governance.measures import measured
from governance.models import Body, Escalation, Milestone
from governance.permissions import bodies_to_raise_for, check_can_raise_for
from governance.structure import structure_today
from governance.uploads import atomic_with_files
from governance.views.escalation_moves import said_of, say_at_the_field
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT
from governance.way_up import rungs
from governance.workflow import Move, MoveNotAllowed

LONGEST_NUMBER = 18  # digits of a key that every database takes


def new_again(request, sentence, *, status):
    return new_page(request, refusal=sentence, status=status)


@for_staff(shows_again=new_again)
def escalation_new(request):
    """The form for a matter of a body one sits on; it is kept as a draft or raised at once."""
    return new_page(request)


def new_page(request, *, refusal="", status=200):
    structure = structure_today()
    mine = bodies_to_raise_for(request.standing)
    slug = request.GET.get("body") or (mine[0].slug if len(mine) == 1 else "")
    if not slug:
        return render(request, "governance/escalation_body.html", {"bodies": mine})
    body = get_object_or_404(Body.objects.named(), slug=slug)
    check_can_raise_for(request.standing, body)
    bodies = {body.pk} | structure.followed_by(body)
    milestone = milestone_of(bodies, request.GET.get("milestone"))
    begun = None
    form_class = RaiseNewForm if request.POST.get("deed") == Move.RAISE else EscalationForm
    form = form_class(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        initial={
            "sending_token": new_sending_token(),
            **words_about(milestone),
            **words_of_a_measure(request, body),
        },
        lines=structure.lines_up(body, "escalates_to"),
        today=timezone.localdate(),
    )
    if form.is_bound and not refusal and form.is_valid():
        try:
            project = milestone and milestone.project
            escalation = draft_or_raise(form, body, project, by=request.user)
        except MoveNotAllowed as refused:
            refusal, status = str(refused), CONFLICT
            begun = getattr(refused, "escalation", None)
        except ValidationError as faults:
            say_at_the_field(form, faults)
        else:
            move = Move.RAISE if escalation.raised_on else Move.EDIT
            messages.success(request, said_of(move, Matter(escalation)))
            return redirect("governance:escalation", escalation.reference)
    ask_for_file_again(form)
    context = {
        "form": form,
        "edit_form": form,
        "body": body,
        "rungs": rungs(structure, body),
        "refusal": refusal,
        "begun": begun,
    }
    return render(request, "governance/escalation_form.html", context, status=status)


def milestone_of(bodies, number):
    """The milestone of a project of these bodies that the address names, if it names one."""
    if not number:
        return None
    if not number.isascii() or not number.isdigit() or len(number) > LONGEST_NUMBER:
        raise Http404
    milestones = Milestone.objects.select_related("project")
    return get_object_or_404(milestones, pk=number, project__body__in=bodies)


def words_about(milestone):
    """What a matter about a slipped milestone says to begin with."""
    if milestone is None:
        return {}
    planned = f"{milestone.title} was planned for {date_format(milestone.due_on)}"
    if milestone.expected_on:
        now = f"and is now expected on {date_format(milestone.expected_on)}"
    else:
        now = "and has not been reached; no new day is set"
    return {
        "title": f"Slipped: {milestone.title}"[: Escalation._meta.get_field("title").max_length],
        "category": Escalation.Category.PERFORMANCE,
        "situation": f"In the project {milestone.project.name}: {planned}, {now}.",
    }


def words_of_a_measure(request, body):
    """What the form begins with when a measure of the body misses its target."""
    asked_for = request.GET.get("measure")
    found = asked_for and measured(body, asked_for, timezone.localdate())
    return found.words_of_a_matter() if found and found.misses else {}


@atomic_with_files()
def draft_or_raise(form, body, project, *, by):
    words = {
        "raising_body": body,
        "project": project,
        "by": by,
        "sending_key": form.sending_key(by),
        **form.words,
    }
    escalation = escalations.draft_once(**words)
    escalation = asides.change_files(escalation=escalation, by=by, **form.file_changes)
    # It may have been pressed twice, or gone back to and sent again with a file.
    if form.raising and not escalation.raised_on:
        return escalations.raise_matter(escalation=escalation, to_body=form.chosen_body, by=by)
    return escalation
