"""What becomes of a resident's idea: taken up by a body, tried, done or set aside, and told.

The author reads each step at the receipt, and gets a mail if they asked for one. Whether it is
public is theirs to say first, and then the engagement team's.
"""

from django.db import transaction
from django.utils import timezone

from engagement.actions.as_seen import check_is_as_seen
from engagement.actions.steps import check_not_withdrawn, lead_of, locked
from engagement.emails import tell_resident_of_news
from engagement.models import Contact, Idea, IdeaStep, Kind, Submission
from engagement.permissions import (
    check_can_act_on,
    check_can_publish_idea,
    check_can_work_on_idea,
)
from engagement.workflow import IdeaMove, idea_status_after
from governance.actions.structure import pages_edited
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from localities.history import signed

WORDS = ("title", "summary", "locality", "activity", "outcome", "project")
NOT_PUBLIC = "The resident did not agree to have it published, so it stays between them and us."


@transaction.atomic
def take_up(*, submission, body, title, summary, why, by, locality=None):
    """A body takes up what a resident proposed. The same press twice takes it up once."""
    submission = locked(submission)
    lead = lead_of(submission)
    if lead is None:
        raise MoveNotAllowed("This message lies before nobody, so nobody can take up its idea.")
    check_can_act_on(by, lead)
    check_can_work_on_idea(by, body)
    check_not_withdrawn(submission)
    if submission.kind != Kind.IDEA:
        raise MoveNotAllowed("The resident sent this as feedback, not as an idea.")
    if before := Idea.objects.filter(submission=submission).select_related("body").first():
        first = before.steps.first()
        if (first.by_id, before.title, first.text) == (by.pk, title, why):
            return before
        raise MoveNotAllowed(f"It was taken up already, by {first.by} as “{before.title}”.")
    idea = Idea(
        submission=submission,
        body=body,
        topic_id=submission.topic_id,
        locality=locality,
        title=title,
        summary=summary,
    )
    return step_taken(idea, IdeaMove.TAKE_UP, why, by)


@transaction.atomic
def move(*, idea, move, why, by, seen):
    """Say what became of it, and why. The same press twice says it once."""
    idea = locked_idea(idea)
    check_can_work_on_idea(by, idea.body)
    last = idea.steps.last()
    if (last.move, last.text, last.by_id) == (move, why, by.pk):
        return idea
    check_is_as_seen(idea, seen)
    return step_taken(idea, move, why, by)


@transaction.atomic
def change(*, idea, by, seen, reason="Edited", **words):
    """Write it anew, or say what it belongs to."""
    idea = locked_idea(idea)
    check_can_work_on_idea(by, idea.body)
    if idea.is_published:
        check_can_publish_idea(by)
    if all(getattr(idea, name) == value for name, value in words.items()):
        return idea
    check_is_as_seen(idea, seen)
    for name in WORDS:
        setattr(idea, name, words.get(name, getattr(idea, name)))
    return kept(idea, by, reason)


@transaction.atomic
def publish(*, idea, by, seen):
    """Show it to everyone, if its resident agreed."""
    idea = locked_idea(idea)
    check_can_publish_idea(by)
    if not idea.submission.may_publish:
        raise MoveNotAllowed(NOT_PUBLIC)
    if idea.is_published:
        return idea
    check_is_as_seen(idea, seen)
    idea.is_published = True
    idea.published_at = idea.published_at or timezone.now()
    tell_author(idea)
    return kept(idea, by, "Published")


@transaction.atomic
def take_back(*, idea, by, reason):
    """Take it from the public again. What became of it stays at the receipt."""
    idea = locked_idea(idea)
    check_can_publish_idea(by)
    if not reason.strip():
        raise MoveNotAllowed("Say why it is taken back: it is kept in the history.")
    if not idea.is_published:
        return idea
    idea.is_published = False
    return kept(idea, by, reason)


# --- What the deeds are made of -------------------------------------------------------------------


def locked_idea(idea):
    """The idea, with its message locked first, as every deed about a message does."""
    submission = Submission.objects.select_for_update().get(pk=idea.submission_id)
    check_not_withdrawn(submission)
    found = Idea.objects.select_for_update(of=("self",)).select_related("body")
    found = found.get(pk=idea.pk)
    found.submission = submission
    return found


def step_taken(idea, move, why, by):
    if not why.strip():
        raise MoveNotAllowed("Say what was decided about it, and why.")
    idea.status = idea_status_after(idea.status or None, move)
    idea = kept(idea, by, IdeaMove(move).label)
    holder = structure_today().holder_of(idea.body_id)  # itself, or who follows it
    IdeaStep.objects.create(
        idea=idea,
        move=move,
        text=why,
        by_body_id=holder.pk if holder else idea.body_id,
        by=by,
        at=idea.changed_at,
    )
    tell_author(idea)
    return idea


def kept(idea, by, reason):
    idea.changed_at = timezone.now()
    idea.revision += 1
    idea.full_clean(exclude=["submission"], validate_unique=False)
    was_public = Idea.objects.published().filter(pk=idea.pk).exists()
    signed(idea, by, str(reason)).save()
    if idea.is_published or was_public:
        pages_edited()  # pages that are kept lead to it, and open data that is kept has its words
    return idea


def tell_author(idea):
    """That there is news of it, if they asked: a mail without a word of it."""
    contact = Contact.objects.filter(submission=idea.submission_id).first()
    tell_resident_of_news(idea.submission, contact)
