"""The moves of a matter. Each has an address of its own, to which is posted.

A refusal at the wrong moment shows the matter as it is now, with the sentence and what was typed.
"""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse

from governance.actions import asides, decisions, escalations, exceptions, merging
from governance.actions.steps import RECORDED_AS, check_moment, check_not_overtaken
from governance.matter import Matter
from governance.permissions import check_can_make
from governance.telling import names_in, with_article
from governance.uploads import atomic_with_files
from governance.views.escalations import LIST, fetch, form_of, matter_page
from governance.views.for_staff import for_staff
from governance.views.way_back import way_back_to
from governance.workflow import Move, MoveNotAllowed

NOT_SAID = (
    "Your page did not say how this matter stood when you opened it. Look at it as it is now, then "
    "press the button again."
)


def address_of(move):
    """Make a function that does one deed, given a form that is valid, the view of its address."""

    def again(request, sentence, *, status, reference):
        matter = fetch(request, reference)
        form = form_of(move, request, matter, request.POST, request.FILES)
        return matter_page(request, matter, sent=form, refusal=sentence, status=status)

    def decorate(do):
        @for_staff(shows_again=again)
        @wraps(do)
        def view(request, reference):
            matter = fetch(request, reference)
            if request.method == "POST":
                return attempt(request, matter, move, do)
            return redirect(page_of(matter.escalation, request))

        return view

    return decorate


def attempt(request, matter, move, do):
    """Do the deed; or show the matter as it is now, what was typed, and why it was not done."""
    form = form_of(move, request, matter, request.POST, request.FILES)
    try:
        if not form.is_valid():
            # That the page is stale explains more than a choice that is no longer there.
            check_not_overtaken(matter, form.cleaned_data.get("seen"))
            check_moment(move, matter)
            return matter_page(request, matter, sent=form)
        check_says_what_it_showed(form, request.standing, matter)
        escalation = do(form, escalation=matter.escalation, by=request.user)
    except ValidationError as faults:
        say_at_the_field(form, faults)
        return matter_page(request, fetch(request, matter.escalation.reference), sent=form)
    except MoveNotAllowed as refusal:
        matter = fetch(request, matter.escalation.reference)
        if not was_done_before(matter, form, by=request.user):
            # The form goes on from what its sender is now told.
            posted = request.POST.copy()
            posted["seen"] = matter.seen
            form = form_of(move, request, matter, posted, request.FILES)
            return matter_page(request, matter, sent=form, refusal=refusal)
        escalation = matter.escalation
    matter = Matter(escalation)
    messages.success(request, said_of(move, matter))
    return redirect(page_of(escalation, request))


def page_of(escalation, request):
    """The page of a matter, from which the way back is the same."""
    page = reverse("governance:escalation", args=[escalation.reference])
    return page + way_back_to(LIST, request).carried


def check_says_what_it_showed(form, standing, matter):
    """Refuse a page that does not say how the matter stood on it: it may be an old one."""
    if form.cleaned_data["seen"] is None:
        check_moment(form.move, matter)
        check_can_make(form.move, standing, matter)
        raise MoveNotAllowed(NOT_SAID)


def say_at_the_field(form, faults):
    """Put what a deed found fault with at the fields of the form, or above them."""
    by_field = faults.message_dict if hasattr(faults, "error_dict") else {None: faults.messages}
    for name, sentences in by_field.items():
        form.add_error(name if name in form.fields else None, sentences)


def was_done_before(matter, form, *, by):
    """Whether the last thing that happened is what this form asks for: it was pressed twice."""
    if form.move == Move.EDIT:
        return (
            matter.last_step is None
            and by == matter.last_change.history_user
            and form.is_as(matter)
        )
    step = matter.last_step
    return (
        step is not None
        and (step.by, step.kind) == (by, RECORDED_AS[form.move])
        and form.is_as(matter)
    )


def said_of(move, matter):
    """What the page says after the deed."""
    names = names_in(matter.last_step) if matter.last_step else {}
    return DONE[move].format(
        **names, reference=matter.escalation.reference, holder=with_article(matter.holder.name)
    )


DONE = {
    Move.EDIT: "{reference} is saved as a draft.",
    Move.RAISE: "You raised {reference} to {holder}.",
    Move.ACCEPT: "You accepted {reference} for {holder}.",
    Move.PASS_UP: "You passed {reference} up to {holder}.",
    Move.SEND_BACK: "You sent {reference} back to {holder} with your question.",
    Move.ANSWER: "You answered. {reference} is before {holder} again.",
    Move.RESOLVE: "You resolved {reference}. Every body on its way is told.",
    Move.WITHDRAW: "You withdrew {reference}.",
    Move.REOPEN: "You reopened {reference}. It is before {holder} again.",
    Move.CONSULT: "You asked {consulted} for its view of {reference}.",
    Move.COMMENT: "Your comment on {reference} is added.",
    Move.ATTACH: "The file is added to {reference}.",
    Move.DETACH: "The file is taken away from {reference}.",
    Move.MERGE: "You merged {reference} into {other}, which goes on for both.",
    Move.ASK_OUT_OF_LINE: "You asked for {reference} to be sent out of line to {wanted}.",
    Move.REFUSE_OUT_OF_LINE: "You refused to send {reference} out of line to {wanted}.",
    Move.OUT_OF_LINE: "You sent {reference} out of line to {holder}.",
    Move.REBASE: "{reference} follows today’s lines from here on.",
    Move.ADD_ACTION: "It is added, and those to whom it falls are told.",
}


@address_of(Move.EDIT)
@atomic_with_files()
def edit(form, *, escalation, by):
    edited = escalations.edit_draft(
        escalation=escalation, by=by, seen=form.cleaned_data["seen"], **form.words
    )
    return asides.change_files(escalation=edited, by=by, **form.file_changes)


@address_of(Move.RAISE)
@atomic_with_files()
def raise_matter(form, *, escalation, by):
    edited = escalations.edit_draft(
        escalation=escalation, by=by, seen=form.cleaned_data["seen"], **form.words
    )
    edited = asides.change_files(escalation=edited, by=by, **form.file_changes)
    return escalations.raise_matter(escalation=edited, to_body=form.chosen_body, by=by)


@address_of(Move.ACCEPT)
def accept(form, **who):
    return escalations.accept(**form.note_as("note"), **who)


@address_of(Move.PASS_UP)
def pass_up(form, **who):
    return escalations.pass_up(to_body=form.chosen_body, **form.note_as("note"), **who)


@address_of(Move.SEND_BACK)
def send_back(form, **who):
    return escalations.send_back(**form.note_as("question"), **who)


@address_of(Move.ANSWER)
def answer(form, **who):
    return escalations.answer_back(**form.note_as("answer"), **who)


@address_of(Move.RESOLVE)
def resolve(form, **who):
    return escalations.resolve(seen=form.cleaned_data["seen"], **form.decided, **who)


@address_of(Move.WITHDRAW)
def withdraw(form, **who):
    return escalations.withdraw(**form.note_as("reason"), **who)


@address_of(Move.REOPEN)
def reopen(form, **who):
    return escalations.reopen(**form.note_as("reason"), **who)


@address_of(Move.ADD_ACTION)
def add_action(form, **who):
    return decisions.add_action(**form.asked, **who)


@address_of(Move.COMMENT)
def comment(form, **who):
    return asides.comment(text=form.cleaned_data["note"], **who)


@address_of(Move.CONSULT)
def consult(form, **who):
    return asides.consult(body=form.chosen_body, **form.note_as("question"), **who)


@address_of(Move.ATTACH)
def attach(form, **who):
    return asides.attach(upload=form.cleaned_data["file"], **who)


@address_of(Move.DETACH)
def detach(form, **who):
    return asides.detach(file=form.chosen_file, **form.note_as("reason"), **who)


@address_of(Move.MERGE)
def merge(form, **who):
    return merging.merge(into=form.chosen_matter, **form.note_as("reason"), **who)


@address_of(Move.ASK_OUT_OF_LINE)
def ask_out_of_line(form, **who):
    return exceptions.ask_out_of_line(to_body=form.chosen_body, **form.note_as("reason"), **who)


@address_of(Move.REFUSE_OUT_OF_LINE)
def refuse_out_of_line(form, **who):
    return exceptions.refuse_out_of_line(**form.note_as("reason"), **who)


@address_of(Move.OUT_OF_LINE)
def out_of_line(form, **who):
    return exceptions.send_out_of_line(to_body=form.chosen_body, **form.note_as("reason"), **who)


@address_of(Move.REBASE)
def rebase(form, **who):
    return exceptions.rebase(**form.note_as("reason"), **who)


MOVE_VIEWS = {
    Move.EDIT: edit,
    Move.RAISE: raise_matter,
    Move.ACCEPT: accept,
    Move.PASS_UP: pass_up,
    Move.SEND_BACK: send_back,
    Move.ANSWER: answer,
    Move.RESOLVE: resolve,
    Move.WITHDRAW: withdraw,
    Move.REOPEN: reopen,
    Move.ADD_ACTION: add_action,
    Move.COMMENT: comment,
    Move.CONSULT: consult,
    Move.ATTACH: attach,
    Move.DETACH: detach,
    Move.MERGE: merge,
    Move.ASK_OUT_OF_LINE: ask_out_of_line,
    Move.REFUSE_OUT_OF_LINE: refuse_out_of_line,
    Move.OUT_OF_LINE: out_of_line,
    Move.REBASE: rebase,
}
