"""What residents said, on the page of their locality: what they wrote about, and how often.

`engagement.apps` registers this part with `governance.locality_page` at the start. Only topics are
named, never words of residents; few messages are not counted out, for they might name someone. The
months are whole ones, so that no single message shows in the difference of two days; and there is
no sum, from which the small numbers could be worked out.
"""

from datetime import timedelta

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from engagement.models import Submission, SubmissionStatus, Topic
from governance.locality_page import Part

FEWEST_COUNTED = 5
COUNTED = [SubmissionStatus.RECEIVED, SubmissionStatus.RELEASED]


class Said(Part):
    key = "said"
    title = _("What residents said")
    order = 30
    template = "engagement/_locality_said.html"

    def about(self, asked):
        last = asked.day.replace(day=1) - timedelta(days=1)
        first = last.replace(year=last.year - 1) if last.day < 29 else last - timedelta(days=365)
        first += timedelta(days=1)
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
