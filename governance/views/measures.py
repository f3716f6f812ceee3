from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.as_on import on_the_day_asked
from governance.kept import keep_page
from governance.measures import by_body


@require_safe
@keep_page("as_on")
@on_the_day_asked
def measures(request, as_on):
    """What bodies hold themselves to, and whether they keep to it."""
    context = {"as_on": as_on, "bodies": by_body(as_on.day)}
    return render(request, "governance/measure_list.html", context)
