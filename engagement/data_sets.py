"""Outcomes and ideas as data: in the words of staff, numbers as the pages tell them.

`engagement.apps` registers these sets with `governance.data_sets` at the start.
"""

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from engagement import ideas, outcomes
from governance.data_sets import DataSet
from governance.names import slugs_of

MOST = 5_000  # of a set, the newest


class Outcomes(DataSet):
    key = "outcomes"
    title = _("You said, they decided, we did")
    about = _("What came of what residents said. Small numbers are hidden.")
    order = 60
    has_days = False
    columns = (
        *("number", "title", "said", "said_by", "state", "body", "decided_on", "decision"),
        *("did", "evidence_url", "locality", "topic", "published_on", "changed_on", "address"),
    )

    def rows(self, asked):
        told = outcomes.shown(outcomes.public()[:MOST])
        slugs = slugs_of({each.outcome.body_id for each in told})
        for each in told:
            row, decision = each.outcome, each.outcome.decision
            yield (
                *(row.pk, row.title, row.said, each.voices.total, row.state, slugs[row.body_id]),
                decision and decision.decided_on,
                decision.title if decision and decision.is_public else None,
                *(row.did, row.evidence_url, row.locality_id, row.topic_id),
                *(localdate(row.published_at), localdate(row.changed_at)),
                f"{asked.portal}/you-said/{row.pk}/",
            )


class Ideas(DataSet):
    key = "ideas"
    title = _("Ideas of residents")
    about = _("What residents proposed, if they agreed, and what became of it.")
    order = 70
    has_days = False
    columns = (
        *("number", "title", "summary", "status", "body", "locality", "topic"),
        *("published_on", "changed_on", "address"),
    )

    def rows(self, asked):
        found = list(ideas.public()[:MOST])
        slugs = slugs_of({each.body_id for each in found})
        for each in found:
            yield (
                *(each.pk, each.title, each.summary, each.status, slugs[each.body_id]),
                *(each.locality_id, each.topic_id),
                *(localdate(each.published_at), localdate(each.changed_at)),
                f"{asked.portal}/ideas/{each.pk}/",
            )
