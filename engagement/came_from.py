"""The theme and the messages that a matter came from, on its page, for those who may read them.

`engagement.apps` registers these with `governance.came_from` at the start.
"""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from engagement import queue
from engagement.actions.raising import raising_body
from engagement.models import MatterDraft, Referral, Submission, Theme
from engagement.permissions import can_escalate_for, can_read_theme
from engagement.workflow import Move, may_move
from governance.came_from import Link, Origin

SHOWN = 10  # messages


class FromTheme(Origin):
    key = "theme"
    order = 10

    def links(self, escalation, standing):
        return [
            Link(f"Theme: {theme.title}", reverse("engagement:theme", args=[theme.pk]))
            for theme in Theme.objects.filter(escalation=escalation).order_by("pk")
            if can_read_theme(standing, theme)
        ]


class FromMessages(Origin):
    key = "messages"
    order = 20

    def links(self, escalation, standing):
        its = Referral.objects.filter(escalation=escalation).values("submission")
        readable = queue.visible_to(standing).filter(submission=OuterRef("pk"))
        found = Submission.objects.filter(Exists(readable), pk__in=its).order_by("pk")
        found = list(found.only("pk", "received_on")[: SHOWN + 1])
        links = [
            Link(
                f"Message {each.reference}",
                reverse("engagement:staff_submission", args=[each.reference]),
            )
            for each in found[:SHOWN]
        ]
        return [*links, Link("and more messages")] if len(found) > SHOWN else links


class FromDraft(Origin):
    """A draft that was begun from a message or a theme is raised there, so that these wait."""

    key = "draft"
    order = 30

    def written_at(self, escalation, standing):
        draft = MatterDraft.objects.filter(escalation=escalation)
        draft = draft.select_related("referral__submission", "referral__body", "theme__lead_body")
        draft = draft.first()
        source = draft and (draft.referral or draft.theme)
        if not source or not may_be_escalated(source, standing):
            return ""
        if draft.theme:
            return reverse("engagement:theme_escalate", args=[draft.theme_id])
        return reverse("engagement:staff_escalate", args=[draft.referral.submission.reference])


def may_be_escalated(source, standing):
    """Whether someone may raise a matter from a message that a body has, or from a theme, now."""
    if isinstance(source, Theme):
        is_open, body = not (source.escalation_id or source.closed_on), source.lead_body
    else:
        is_open = may_move(source.status, Move.ESCALATE) and not source.submission.is_gone
        body = source.body
    return is_open and can_escalate_for(standing, raising_body(body))
