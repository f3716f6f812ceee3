"""What is said of the steps of a matter: on its timeline, in mails, and in a refusal."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from governance.models import ClockNotice, EscalationStep
from governance.workflow import EscalationStatus
from localities.day_field import in_words

Kind = EscalationStep.Kind
PORTAL = "The portal"  # which acts where the clock does

# Words in a body's name that make it “the”: the Executive Board, but Living Well.
NOUNS = {"board", "centre", "committee", "executive", "forum", "group", "network", "panel"}

# What someone did, after their name.
DEEDS = {
    Kind.RAISED: "raised it to {to}",
    Kind.ACCEPTED: "accepted it for {by}",
    Kind.PASSED_UP: "passed it up to {to}",
    Kind.SENT_BACK: "sent it back to {to} with a question",
    Kind.ANSWERED: "answered the question for {by}",
    Kind.RESOLVED: "resolved it for {by}",
    Kind.WITHDRAWN: "withdrew it for {by}",
    Kind.REOPENED: "reopened it for {by}",
    Kind.MOVED: "moved it on to {to}",
    Kind.CONSULTED: "consulted {consulted}",
    Kind.COMMENTED: "commented for {by}",
    Kind.FILE_ADDED: "added a file for {by}",
    Kind.FILE_REMOVED: "took a file away",
    Kind.MERGED: "merged it into {other}",
    Kind.TOOK_IN: "merged {other} into it",
    Kind.ASKED_OUT: "asked for it to be sent out of line to {wanted}",
    Kind.REFUSED_OUT: "refused to send it out of line to {wanted}",
    Kind.OUT_OF_LINE: "sent it out of line to {to}",
    Kind.REBASED: "re-based it on newer lines",
    Kind.ACTION_ADDED: "added an action or a condition for {by}",
}

# What happened, on the timeline.
HAPPENED = {
    Kind.RAISED: "Raised by {by} to {to}",
    Kind.ACCEPTED: "Accepted by {by}",
    Kind.PASSED_UP: "Passed up by {by} to {to}",
    Kind.SENT_BACK: "Sent back by {by} to {to}, with a question",
    Kind.ANSWERED: "Answered by {by}, before {to} again",
    Kind.RESOLVED: "Resolved by {by}",
    Kind.WITHDRAWN: "Withdrawn by {by}",
    Kind.REOPENED: "Reopened by {by}, before {to} again",
    Kind.MOVED: "Moved on from {by}, which has closed, to {to}, which follows it",
    Kind.CONSULTED: "View asked of {consulted} by {by}",
    Kind.COMMENTED: "Comment from {by}",
    Kind.FILE_ADDED: "File added by {by}",
    Kind.FILE_REMOVED: "File taken away",
    Kind.MERGED: "Merged by {by} into {other}, which goes on for both",
    Kind.TOOK_IN: "{other}, about the same thing, merged into it by {by}",
    Kind.ASKED_OUT: "Exception asked for by {by}: to be sent out of line to {wanted}",
    Kind.REFUSED_OUT: "Exception refused: it is not sent out of line to {wanted}",
    Kind.OUT_OF_LINE: "Sent out of line from {by} to {to}, as an exception",
    Kind.REBASED: "Re-based: from here it follows the lines of this day",
    Kind.ACTION_ADDED: "Action or condition added by {by}",
}

# What is said when the matter into which it was merged took the step.
WITH_THE_OTHER = {
    Kind.RESOLVED: "Resolved by {by} with {other}",
    Kind.REOPENED: "Reopened by {by} with {other}",
}


# What the portal did of itself as the clock ran, on the timeline.
NOTICED = {
    ClockNotice.Kind.REMINDED: "Reminder to {body}: it was to {do} by {due}",
    ClockNotice.Kind.TOLD: "Told {body}, a body above: {holder} was to {do} by {due}",
    ClockNotice.Kind.RECKONED: "The day by which {body} is to {do} is now {due}, not {was_due}",
}
TO_DO = {
    ClockNotice.Clock.ACKNOWLEDGE: "acknowledge it",
    ClockNotice.Clock.ANSWER: "answer it",
}

# Where it stands, for its page.
STANDS = {
    EscalationStatus.DRAFT: "This is a draft. Nobody has been told of it.",
    EscalationStatus.RAISED: "It lies before {holder}, and waits to be accepted.",
    EscalationStatus.ACCEPTED: "It lies before {holder}, accepted, and waits for an answer.",
    EscalationStatus.SENT_BACK: "It is back before {holder}, which has a question to answer.",
    EscalationStatus.RESOLVED: "It has been resolved by {holder}.",
    EscalationStatus.WITHDRAWN: "It has been withdrawn by {raising_body}.",
    EscalationStatus.MERGED: "It was merged into {other}, which goes on for both.",
}

# Above the words with which it was brought to the body that has it.
WHY_BROUGHT = {
    Kind.PASSED_UP: "Why {by} passed it up",
    Kind.OUT_OF_LINE: "Why it was sent out of line",
    Kind.REOPENED: "Why {by} reopened it",
}


def happened(step):
    """What happened, on the timeline."""
    is_of_other = step.kind in WITH_THE_OTHER and step.other_matter
    words = WITH_THE_OTHER[step.kind] if is_of_other else HAPPENED[step.kind]
    return capital(words.format(**names_in(step)))


def why_brought(step):
    """What its note tells, as a heading."""
    if step.kind == Kind.PASSED_UP and step.by is None:
        return "Why it went up by itself"
    return WHY_BROUGHT[step.kind].format(**names_in(step))


def deed(step):
    """What someone did, after their name."""
    return DEEDS[step.kind].format(**names_in(step))


def names_in(step):
    """Who and what a step names, as it stands inside a sentence."""
    bodies = {
        "by": step.from_body,
        "to": step.to_body,
        "consulted": step.consulted_body,
        "wanted": step.wanted_body,
    }
    names = {key: with_article(body.name) for key, body in bodies.items() if body}
    return names | {"other": step.other_matter.reference if step.other_matter else ""}


def with_article(name):
    """“the Executive Board”, “Living Well”: a body's name inside a sentence.

    In other languages the name alone.
    """
    if get_language() not in {None, settings.LANGUAGE_CODE}:
        return name
    words = {word.strip("(),&").lower() for word in name.split()}
    needs_it = words & NOUNS and not name.lower().startswith("the ")
    return f"the {name}" if needs_it else name


def capital(words):
    """With a capital at the start of a sentence."""
    return words[:1].upper() + words[1:]


def moment(at):
    """22 November 2026 at 14:05, London time."""
    at = timezone.localtime(at)
    return f"{in_words(at.date())} at {at:%H:%M}"
