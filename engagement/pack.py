"""Residents in the pack of a meeting: their messages and themes before the body, never their words.

`engagement.apps` registers this part with `governance.pack` at the start.
"""

from django.db.models import Count, Prefetch, Q

from engagement import queue
from engagement.models import Outcome, Referral, SubmissionStatus, Theme
from governance.pack import SHOWN, Part


class OpenMessages(Part):
    key = "messages"
    title = "Residents’ messages to answer"
    nothing = "No resident’s message waits for this body."
    template = "engagement/_pack_messages.html"
    order = 50

    def about(self, pack):
        found = (
            Referral.objects.filter(is_open=True, body__in=pack.bodies)
            .with_whether_back()
            .select_related("submission", "submission__locality")
            .defer("reason", "submission__message")
            .order_by("answer_by", "pk")
        )
        found = list(found[: SHOWN + 1])
        if not found:
            return None
        return {"rows": queue.rows(found[:SHOWN]), "has_more": len(found) > SHOWN}


class Themes(Part):
    key = "themes"
    title = "What residents speak of"
    nothing = "No theme of residents’ messages lies with this body."
    template = "engagement/_pack_themes.html"
    order = 55

    def about(self, pack):
        counts = ~Q(submissions__status=SubmissionStatus.WITHDRAWN)
        is_new = counts & Q(submissions__received_at__gte=pack.since)
        found = (
            Theme.objects.filter(lead_body__in=pack.bodies)
            # One that was closed is told of once, by the next meeting.
            .filter(Q(closed_on=None) | Q(closed_on__gte=pack.since_day))
            .annotate(
                number=Count("submissions", filter=counts),
                new=Count("submissions", filter=is_new),
            )
            .select_related("escalation")
            .prefetch_related(Prefetch("outcomes", Outcome.objects.order_by("-pk")))
            .order_by("-new", "-number", "pk")
        )
        found = list(found[: SHOWN + 1])
        if not found:
            return None
        return {"themes": found[:SHOWN], "has_more": len(found) > SHOWN}
