"""The theme and the messages that a matter came from, on its page, for those who may read them.

`engagement.apps` registers these with `governance.came_from` at the start.
"""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from engagement import queue
from engagement.models import Referral, Submission, Theme
from engagement.permissions import can_read_theme
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
