"""What residents said, what came of it and where they take part, on the page of their locality.

`engagement.apps` registers these parts with `governance.locality_page` at the start. Of what they
said only topics are named, never their words; few messages are not counted out, for they might name
someone. The months are whole ones, and those before today alone, so that no single message shows in
the difference of two days, or of two months; and there is no sum, from which the small numbers
could be worked out.
"""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from engagement import ideas, outcomes
from engagement.models import Activity, Story, Submission, SubmissionStatus, Topic
from engagement.tallies import twelve_months_before
from governance.locality_page import Part

FEWEST_COUNTED = 5
SHOWN = 3  # outcomes, ideas, activities and stories
COUNTED = [SubmissionStatus.RECEIVED, SubmissionStatus.RELEASED]


class Said(Part):
    """What messages of the last twelve months were about; as it is today."""

    key = "said"
    title = _("What residents said")
    order = 30
    template = "engagement/_locality_said.html"

    def about(self, asked):
        if not asked.as_on.is_now:
            return None
        first, last = twelve_months_before(asked.day)
        said = (
            Submission.objects.filter(
                locality=asked.locality, received_on__range=(first, last), status__in=COUNTED
            )
            .order_by()
            .values_list("topic")
            .annotate(Count("pk"))
        )
        numbers = dict(said)
        topics = Topic.objects.filter(pk__in=numbers)
        often = [topic for topic in topics if numbers[topic.pk] >= FEWEST_COUNTED]
        often.sort(key=lambda topic: -numbers[topic.pk])
        return {
            "first": first,
            "last": last,
            "often": [(topic, numbers[topic.pk]) for topic in often],
            "seldom": [topic for topic in topics if numbers[topic.pk] < FEWEST_COUNTED],
            "fewest": FEWEST_COUNTED,
        }


class CameOfIt(Part):
    """What was decided and done of what residents said here, and their ideas; as it is today."""

    key = "came-of-it"
    title = _("You said, they decided, we did")
    order = 35
    template = "engagement/_locality_came.html"

    def about(self, asked):
        if not asked.as_on.is_now:
            return None
        of_here = {"locality": asked.locality, "structure": asked.structure}
        return {
            "outcomes": outcomes.latest(SHOWN, **of_here),
            "ideas": ideas.latest(SHOWN, **of_here),
        }


class TakePart(Part):
    """Activities for the people of the locality, and stories of it; as it is today."""

    key = "take-part"
    title = _("Take part")
    order = 45
    template = "engagement/_locality_take_part.html"

    def about(self, asked):
        if not asked.as_on.is_now:
            return None
        activities = Activity.objects.published().from_today().of_locality(asked.locality)
        of_here = (
            Q(owner__in=[body.pk for body in asked.committees])
            | Q(outcome__locality=asked.locality, outcome__is_published=True)
            | Q(activity__localities=asked.locality)
        )
        stories = Story.objects.published().filter(of_here).defer("text").distinct()
        return {"activities": activities[:SHOWN], "stories": stories[:SHOWN]}
