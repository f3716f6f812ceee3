"""What becomes of the open actions, the measures and the projects of a body that closes.

`governance.apps` registers these parts with `governance.impact` at the start.
"""

from django.utils.text import Truncator

from governance.actions.structure import save, work_edited
from governance.impact import ENDS, GOES, LEFT, Item, Part, earliest
from governance.models import ActionPoint, Measure, Project
from governance.names import names_of
from governance.structure import structure_on
from governance.telling import capital, with_article
from localities.dated import overlapping
from localities.day_field import in_words
from localities.history import signed

TEXT_SHOWN = 120
MEASURE_FIELDS = [field for field in Measure._meta.concrete_fields if not field.primary_key]


class Actions(Part):
    key = "actions"
    order = 65
    title = "Open actions and conditions"
    explanation = (
        "Who follows a body sees to what decisions ask of it from its first day on. The days by "
        "which it is due stay."
    )

    def rest_on(self, closing):
        points = ActionPoint.objects.filter(is_open=True, body__in=closing.bodies)
        points = list(points.select_related("decision", "person").order_by("due_on", "pk"))
        names = names_of({point.decision.body_id for point in points})
        return [self._item(closing, point, names) for point in points]

    def _item(self, closing, point, names):
        what = f"“{Truncator(point.text).chars(TEXT_SHOWN)}”, due on {in_words(point.due_on)}"
        if closing.successor:
            becomes = {GOES: capital(f"{closing.follower} sees to it.")}
        else:
            becomes = {LEFT: f"No body follows: {who_finishes(closing, point, names)}"}
        return Item(f"action-{point.pk}", what, becomes)


def who_finishes(closing, point, names):
    """Who can say that something is done whose body has closed, with no other to follow it."""
    if point.person and point.person.is_active:
        return f"{point.person}, to whom it falls, can say that it is done."
    holder = structure_on(closing.from_day).holder_of(point.decision.body_id)
    if holder and holder.pk != closing.body.pk:
        decided_by = with_article(names[point.decision.body_id])
        return f"the officers of {decided_by}, which decided it, can say that it is done."
    return "only a governance administrator can say that it is done."


class Measures(Part):
    key = "measures"
    order = 80
    title = "Measures"
    explanation = (
        "A measure ends with the body that holds itself to it, and keeps its readings. The one "
        "that takes its place begins the day after, for the body that follows."
    )

    def rest_on(self, closing):
        overlap = overlapping(closing.from_day, None)
        becomes = {ENDS: "It ends: nobody holds themselves to it any more."}
        if closing.successor:
            goes = f"{closing.follower} holds itself to it from {in_words(closing.from_day)}."
            becomes = {GOES: capital(goes)} | becomes
        return [
            Item(f"measure-{row.pk}", row.name, becomes, needs_reason=frozenset({ENDS}), row=row)
            for row in Measure.objects.filter(overlap, body=closing.body).order_by("name", "pk")
        ]

    def hand_over(self, closing, item, *, by, reason):
        measure = item.row
        says = {field.attname: getattr(measure, field.attname) for field in MEASURE_FIELDS}
        begins = closing.from_day
        if measure.start_date and measure.start_date > closing.last_day:
            # It was still to begin: its first day stays, for whoever follows.
            begins = measure.start_date
            signed(measure, by, reason).delete()
        else:
            measure.end_date = earliest(measure.end_date, closing.last_day)
            save(measure, by, reason)
        if item.choice == GOES:
            follower = closing.successor
            says |= {"start_date": begins, "body_id": follower.pk}
            says["end_date"] = earliest(says["end_date"], follower.end_date)
            save(Measure(**says), by, reason)
        work_edited()


class Projects(Part):
    key = "projects"
    order = 90
    title = "Projects of the programme plan"
    explanation = (
        "The body that follows answers for them from its first day on, with their milestones and "
        "reports as they are."
    )

    def rest_on(self, closing):
        becomes = {LEFT: "No body follows: nobody answers for it."}
        if closing.successor:
            becomes = {GOES: capital(f"{closing.follower} answers for it.")}
        becomes[ENDS] = f"It ends on {in_words(closing.last_day)}."
        projects = Project.objects.filter(
            overlapping(closing.from_day, None), body__in=closing.bodies
        )
        return [
            Item(f"project-{row.pk}", row.name, becomes, row=row)
            for row in projects.order_by("name", "pk")
        ]

    def hand_over(self, closing, item, *, by, reason):
        """Who follows stands in by date alone; only an end is written down."""
        project = item.row
        if item.choice == ENDS:
            project.end_date = max(filter(None, (project.start_date, closing.last_day)))
            save(project, by, reason)
            work_edited()
