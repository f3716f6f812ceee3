"""One answer to the messages of a theme, as they are ticked on a page."""

from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from engagement.actions import answering
from engagement.answerable import ToAnswer, happened_since, theirs_to_answer
from engagement.answering_forms import AnswerThemeForm, tick
from engagement.forms import plain_lists
from engagement.permissions import can_work_on_theme
from engagement.theme_forms import MOST_AT_ONCE
from engagement.views.themes import fetch_to_change, listing_page, theme_given_away
from governance import record
from governance.matter import Matter
from governance.views.for_staff import for_staff
from governance.views.pages import CONFLICT

MEANWHILE = (
    "Nothing was sent, because something happened to messages that you chose after you opened this "
    "page."
)


class Box(NamedTuple):
    """A message with its box to tick, and what that sends."""

    message: ToAnswer
    value: str
    is_ticked: bool


def answer_again(request, sentence, *, status, pk):
    return answer_page(request, pk, refusal=sentence, status=status)


@for_staff(shows_again=answer_again)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk):
    """Answer messages of a theme that say the same with one text."""
    return answer_page(request, pk)


def answer_page(request, pk, **not_done):
    """The form, or what came of sending it; with a refusal from the start nothing is done."""
    if request.method != "POST":
        return page(request, fetch_to_change(request, pk))
    form = AnswerThemeForm(plain_lists(request.POST), standing=request.standing)
    if theme_given_away(request.standing, pk, is_theirs=can_work_on_theme):
        return listing_page(
            request,
            refusal="Another body looks into this theme now, so you cannot answer its messages "
            "together. Nothing was sent.",
            typed=form.data.get("text", ""),
            status=CONFLICT,
        )
    theme = fetch_to_change(request, pk)
    if not_done or not form.is_valid():
        return page(request, theme, form, **not_done)
    try:
        with_them = answering.answer_theme(theme=theme, by=request.user, **form.words())
    except answering.Overtaken:
        return page(request, theme, form, refusal=MEANWHILE, status=CONFLICT)
    messages.success(request, what_was_done(len(form.cleaned_data["message"]), with_them))
    return redirect("engagement:theme", pk)


def what_was_done(number, with_them):
    """What is said once they are answered; `with_them` is None where that was done before."""
    many = "1 message" if number == 1 else f"{number} messages"
    if with_them is None:
        return f"You have answered {many}. It was pressed twice, and sent once."
    if not with_them:
        return f"You answered {many}."
    others = "one message that was" if with_them == 1 else f"{with_them} messages that were"
    return f"You answered {many}. The answer also went to {others} put with them."


@record.asked_once()
def page(request, theme, form=None, *, refusal="", status=200):
    """The messages that can be answered, with what was typed and ticked.

    Whoever sent it is told what happened to the messages they chose, and goes on from there.
    """
    matter = Matter(theme.escalation) if theme.escalation else None
    chosen = form.chosen() if form else {}
    happened = happened_since(chosen, theme, request.standing) if chosen else []
    if happened and not refusal:
        refusal, status = MEANWHILE, CONFLICT
    theirs = theirs_to_answer(
        theme, request.standing, most=MOST_AT_ONCE, first=[each.pk for each in chosen]
    )
    waits = matter is not None and theirs.wait_for(matter.escalation)
    context = {
        "theme": theme,
        "matter": matter,
        "waits": waits,
        "form": form or empty_form(request.standing, matter if waits else None),
        "boxes": boxes(theirs.rows, form, told_of={message.reference for message, _ in happened}),
        "show_body": len({each.row.body for each in theirs.rows}) > 1,
        "number": theirs.number,
        "has_more": theirs.number > len(theirs.rows),
        "left_out": theirs.left_out,
        "happened": happened,
        "refusal": refusal,
        "typed": form.data.get("text", "") if form and not theirs.rows else "",
    }
    return render(request, "engagement/theme_answer.html", context, status=status)


def empty_form(standing, matter):
    """What was decided of the matter that messages wait for stands in the answer at first."""
    decided = matter.outcome.note if matter and matter.outcome else ""
    return AnswerThemeForm(standing=standing, initial={"text": decided})


def boxes(rows, form, *, told_of):
    """A box for each message, ticked as it was sent, at first all of them.

    One that was ticked sends the step again that its sender saw, until they are told of another.
    """
    ticked = form.ticked if form else None
    return [
        Box(
            each,
            value=tick(each.reference, shown_step(each, ticked or {}, told_of)),
            is_ticked=ticked is None or each.reference in ticked,
        )
        for each in rows
    ]


def shown_step(message, ticked, told_of):
    reference = message.reference
    return message.seen if reference in told_of else ticked.get(reference, message.seen)
