"""Messages that say the same are gathered under a theme; a message belongs to one at most.

A theme is named in the words of staff. What residents wrote stays with their messages.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement.actions.as_seen import check_is_as_seen
from engagement.actions.referrals import may_wait, wait_for
from engagement.emails import tell_body_of_theme_passed_up
from engagement.models import Outcome, Referral, ReferralStep, Submission, Theme
from engagement.permissions import (
    check_can_act_on_each,
    check_can_name_theme_for,
    check_can_work_on_theme,
)
from governance.actions.structure import pages_edited
from governance.matter import Matter
from governance.models import Body
from governance.structure import structure_today
from governance.workflow import MoveNotAllowed
from localities.history import signed


@transaction.atomic
def create(*, title, description="", lead_body=None, by):
    """Begin a theme. The same one pressed twice is begun once."""
    check_can_name_theme_for(by, lead_body)
    theme = Theme(
        title=" ".join(title.split()),
        description=description.strip(),
        lead_body=lead_body,
        created_by=by,
        created_at=timezone.now(),
    )
    theme.clean_fields()
    try:
        with transaction.atomic():
            save(theme, by=by, reason="Begun")
    except IntegrityError:
        return the_same(theme)
    return theme


def the_same(theme):
    """The theme that was begun by the press before; another one with this title is a mistake."""
    before = Theme.objects.get(title__iexact=theme.title)
    if (before.created_by, before.title, before.description, before.lead_body_id) == (
        theme.created_by,
        theme.title,
        theme.description,
        theme.lead_body_id,
    ):
        return before
    raise ValidationError(
        {"title": f"There is a theme “{before.title}” already. Use that one, or choose another"}
    )


@transaction.atomic
def change(*, theme, title, description="", lead_body=None, by, reason, seen=None):
    """Name a theme anew, say more, or have another body look into it.

    `seen` is the revision that one had before one. The same pressed twice is changed once.
    """
    theme = locked(theme)
    check_can_work_on_theme(by, theme)
    check_can_name_theme_for(by, lead_body)
    words = (" ".join(title.split()), description.strip(), lead_body and lead_body.pk)
    if words == (theme.title, theme.description, theme.lead_body_id):
        return theme
    check_is_open(theme)
    check_is_as_seen(theme, seen)
    theme.title, theme.description, theme.lead_body_id = words
    theme.clean_fields()
    try:
        with transaction.atomic():
            save(theme, by=by, reason=reason)
    except IntegrityError:
        raise ValidationError(
            {"title": "There is a theme with this title already. Choose another"}
        ) from None
    return theme


@transaction.atomic
def close(*, theme, by, reason, seen=None):
    """Nothing more comes under a theme; its messages stay there, and it keeps its outcomes."""
    theme = locked(theme)
    check_can_work_on_theme(by, theme)
    if theme.closed_on:
        return theme
    check_is_as_seen(theme, seen)
    theme.closed_on = timezone.localdate()
    save(theme, by=by, reason=reason)
    return theme


@transaction.atomic
def reopen(*, theme, by, reason, seen=None):
    """Messages may come under a theme again."""
    theme = locked(theme)
    check_can_work_on_theme(by, theme)
    if theme.closed_on is None:
        return theme
    check_is_as_seen(theme, seen)
    theme.closed_on = None
    save(theme, by=by, reason=reason)
    return theme


@transaction.atomic
def add(*, theme, submissions, by):
    """Gather messages under a theme. Those that are there already stay; others must be free."""
    theme = locked(theme)
    found = messages(submissions)
    check_can_work_on_theme(by, theme)
    check_can_act_on_each(by, leads_of(found))
    for each in found:
        if each.is_gone:
            raise MoveNotAllowed(f"The words of {each.reference} were removed.")
        if each.theme_id not in {None, theme.pk}:
            raise MoveNotAllowed(
                f"{each.reference} is under the theme “{each.theme}” already. Take it out there "
                "first."
            )
    if any(each.theme_id is None for each in found):
        check_is_open(theme)
    put_under(theme, found)
    if matter_goes_on(theme):
        join_matter(theme, found, by)
    return theme


@transaction.atomic
def gather(*, submissions, by, theme=None, **named):
    """Put messages under a theme that is there, or begin the one that is `named` with them."""
    return add(theme=theme or create(by=by, **named), submissions=submissions, by=by)


def matter_goes_on(theme):
    """Whether what a theme was escalated as is still to be decided, by itself or in another one."""
    matter = theme.escalation
    return matter is not None and ((matter.merged_into or matter).is_open)


def join_matter(theme, submissions, by):
    """Those that come later wait for the same matter, and their authors read what others read."""
    told = ReferralStep.objects.filter(
        kind=ReferralStep.Kind.ESCALATED, referral__escalation=theme.escalation_id
    ).exclude(text_for_resident="")
    # The last one: before it, a message may have been escalated by itself, with words to its author
    # alone.
    told = told.order_by("-pk")
    text = told.values_list("text_for_resident", flat=True).first() or ""
    leads = leads_of(submissions).select_related("submission", "escalation").order_by("pk")
    joining = [lead for lead in leads if may_wait(lead)]
    for lead in joining:
        wait_for(lead, theme.escalation, by, text)
    tell_other_bodies(joining, theme.escalation, by)


def tell_other_bodies(leads, escalation, by):
    """Tell the bodies that have messages which now wait for a matter of another body."""
    raised_for = Matter(escalation).raising_body
    structure, theirs = structure_today(), defaultdict(list)
    for lead in leads:
        holder = lead.body_id and structure.holder_of(lead.body_id)
        if holder and holder.pk != raised_for.pk:
            theirs[holder.pk].append(lead)
    if not theirs:
        return
    above = Matter(escalation.merged_into or escalation).holder
    for pk, body in Body.objects.named().in_bulk(theirs).items():
        tell_body_of_theme_passed_up(body, theirs[pk], raised_for, above, by=by)


@transaction.atomic
def remove(*, theme, submissions, by):
    """Take messages out of a theme; those that are not there are left alone."""
    theme = locked(theme)
    found = [each for each in messages(submissions) if each.theme_id == theme.pk]
    check_can_work_on_theme(by, theme)
    check_can_act_on_each(by, leads_of(found))
    put_under(None, found)
    return theme


# --- What the deeds are made of -------------------------------------------------------------------


def locked(theme):
    """The theme, locked before its messages.

    Its key stays free: who has a message may point it at the theme again, and would wait for ever.
    """
    return Theme.objects.select_for_update(no_key=True).get(pk=theme.pk)


def check_is_open(theme):
    if theme.closed_on:
        raise MoveNotAllowed(f"The theme “{theme}” is closed. Open it again first.")


def messages(submissions):
    """These messages, afresh and locked, without what residents wrote in them."""
    keys = {each.pk for each in submissions}
    found = Submission.objects.select_for_update(of=("self",)).defer("message")
    return list(found.filter(pk__in=keys).select_related("theme").order_by("pk"))


def leads_of(submissions):
    return Referral.objects.leading().filter(submission__in=submissions)


def put_under(theme, submissions):
    themes = {theme, *(each.theme for each in submissions)} - {None}
    Submission.objects.filter(pk__in=[each.pk for each in submissions]).update(theme=theme)
    if Outcome.objects.published().filter(theme__in=themes).exists():
        pages_edited()  # pages that are kept say how many said it


def save(theme, *, by, reason):
    """Save with a history row that says who and why."""
    theme.revision += 1
    signed(theme, by, reason).save()
