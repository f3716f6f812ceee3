"""What the search of the portal offers residents for their own words: what to do with them.

`engagement.apps` registers it with `governance.views.search` at the start. Nothing is kept of what
was looked for.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagement.catalogue import catalogue_today
from engagement.models import Flag
from governance.views.search import result


class ToDo:
    """Help at once, how to complain, and the form with the topic that the words are about."""

    key = "to-do"
    title = gettext_lazy("What to do")
    order = 10

    def found(self, text):
        catalogue = catalogue_today()
        reading = catalogue.reader.read(text)
        contact, found = reverse("contact"), []
        if Flag.URGENT in reading.flags:
            found.append(result(_("You need help now"), f"{contact}#urgent", ["999", "111"]))
        if Flag.COMPLAINT in reading.flags:
            found.append(
                result(_("You want to make a formal complaint"), f"{contact}#complaint", [])
            )
        if reading.is_sure:
            form = f"{reverse('engagement:feedback')}?topic={reading.topic}"
            topic = catalogue.topic_called(reading.topic)
            found.append(result(topic, form, [_("Give feedback or an idea")]))
        return found
