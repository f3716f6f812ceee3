"""The theme and the messages that a matter came from, on its page, for those who may read them.

`engagement.apps` registers these with `governance.came_from` at the start.
"""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from engagement import queue
from engagement.actions.raising import can_escalate, may_be_escalated
from engagement.models import MatterDraft, Referral, ReferralStep, Submission, Theme
from engagement.permissions import can_read_theme
from governance.came_from import Link, Origin
from localities.kept_query import KeptQuery

SHOWN = 10  # messages


class FromTheme(Origin):
    key = "theme"
    order = 10

    def links(self, escalation, standing):
        return [
            Link(f"Theme: {theme.title}", reverse("engagement:theme", args=[theme.pk]))
            for theme in themes_of(escalation=escalation.pk)
            if can_read_theme(standing, theme)
        ]


@KeptQuery
def themes_of(escalation):
    before = Theme.history.filter(escalation=escalation).order_by().values("id")
    its = Theme.objects.filter(escalation=escalation).order_by().values("pk").union(before)
    return Theme.objects.filter(pk__in=its).order_by("pk")


class FromMessages(Origin):
    key = "messages"
    order = 20

    def links(self, escalation, standing):
        readable = queue.visible_to(standing).filter(submission=OuterRef("pk"))
        found = messages_of(escalation).filter(Exists(readable)).order_by("pk")
        found = list(found.only("pk", "received_on")[: SHOWN + 1])
        links = [
            Link(
                f"Message {each.reference}",
                reverse("engagement:staff_submission", args=[each.reference]),
            )
            for each in found[:SHOWN]
        ]
        return [*links, Link("and more messages")] if len(found) > SHOWN else links


def messages_of(escalation):
    """Those that wait for it, and that waited for it until it was withdrawn.

    A union, as PostgreSQL would look through all messages for one condition or another.
    """
    waits = Referral.objects.filter(escalation=escalation).order_by().values("submission")
    waited = ReferralStep.objects.filter(waited_for=escalation).order_by()
    its = waits.union(waited.values("referral__submission"))
    return Submission.objects.filter(pk__in=its)


class FromDraft(Origin):
    """A draft that was begun from a message or a theme is raised there, so that these wait."""

    key = "draft"
    order = 30

    def keeps(self, escalation):
        source = source_of(escalation)
        return source is not None and may_be_escalated(source)

    def written_at(self, escalation, standing):
        source = source_of(escalation)
        if source is None or not can_escalate(standing, source):
            return ""
        if isinstance(source, Theme):
            return reverse("engagement:theme_escalate", args=[source.pk])
        return reverse("engagement:staff_escalate", args=[source.submission.reference])


def source_of(escalation):
    """What a draft was begun from: a message that a body has, or a theme; None if from neither."""
    drafts = MatterDraft.objects.filter(escalation=escalation)
    drafts = drafts.select_related(
        *("referral__submission", "referral__body", "referral__escalation"),
        *("theme__lead_body", "theme__escalation"),
    )
    draft = drafts.first()
    return draft and (draft.referral or draft.theme)
