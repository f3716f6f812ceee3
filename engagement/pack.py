"""Residents' messages in the pack of a meeting: which lie before the body, never their words.

`engagement.apps` registers this part with `governance.pack` at the start.
"""

from engagement import queue
from engagement.models import Referral
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
            .select_related("submission", "submission__topic", "submission__locality")
            .defer("reason", "submission__message")
            .order_by("answer_by", "pk")
        )
        found = list(found[: SHOWN + 1])
        if not found:
            return None
        return {"rows": queue.rows(found[:SHOWN]), "has_more": len(found) > SHOWN}
