"""The programme plan as it stands today: priorities, their projects, milestones and last reports.

A fixed number of queries, however many there are.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects

from governance.models import Body, Milestone, Priority, Project, ProjectReport
from governance.record import kept_with_work
from governance.structure import structure_on
from localities.kept_query import KeptQuery

THEIR_PARTS = ("milestones", "reports")


@dataclass(frozen=True, slots=True)
class MilestoneToday:
    """A milestone, and how it stands: reached, late, slipped or to come."""

    milestone: Milestone
    is_reached: bool
    is_slipped: bool

    @property
    def title(self):
        return self.milestone.title


@dataclass
class ProjectToday:
    """A project with its milestones in their order, and its reports, the last one first."""

    project: Project
    milestones: list[MilestoneToday]
    reports: list[ProjectReport]
    body: object = None  # the one that answers for it, where that is told

    @property
    def last_report(self):
        return self.reports[0] if self.reports else None

    @cached_property
    def slipped(self):
        return [each for each in self.milestones if each.is_slipped]

    @cached_property
    def next_milestone(self):
        """What is to be reached next, as far as is known."""
        ahead = [each.milestone for each in self.milestones if not each.is_reached]
        return min(ahead, key=lambda one: (one.expected_on or one.due_on, one.pk), default=None)


@dataclass
class PriorityToday:
    """A priority with the projects that serve it; none for projects that serve no one of them."""

    priority: Priority | None
    projects: list[ProjectToday] = field(default_factory=list)


def plan_on(today, standing):
    """The priorities in force, each with its projects, and at the end those without a priority."""
    projects = with_who_answers(projects_on(today, standing), today)
    groups = [PriorityToday(each) for each in Priority.objects.on(today)]
    by_priority = {group.priority.pk: group for group in groups}
    rest = PriorityToday(None)
    for each in projects:
        by_priority.get(each.project.priority_id, rest).projects.append(each)
    return [*groups, rest] if rest.projects else groups


def projects_on(today, standing, **which):
    """The projects of a day that someone may read, such as those of one body."""
    found = visible_projects(standing).on(today).filter(**which)
    return [project_today(project, today) for project in found]


def projects_of(body, today, standing, followed=()):
    """Those of one body and of the closed ones that it has followed."""
    if standing.is_signed_in or followed:
        return projects_on(today, standing, body__in={body.pk, *followed})
    return public_projects_today(body.pk, today)


@kept_with_work
def public_projects_today(body, today):
    """Those of one body that anyone may read; they do not say which body it is."""
    found = public_projects_of(body=body, today=today)
    if found:
        prefetch_related_objects(found, *THEIR_PARTS)
    return tuple(project_today(project, today) for project in found)


@KeptQuery
def public_projects_of(body, today):
    public = Project.objects.filter(is_public=True, body=body)
    return public.on(today).select_related("priority")


def visible_projects(standing):
    """What is not public yet is for staff alone. Each comes with all that its page shows."""
    found = Project.objects.select_related("priority").prefetch_related(*with_projects())
    return found if standing.is_signed_in else found.filter(is_public=True)


def with_projects():
    """What comes with projects on their pages."""
    return Prefetch("body", Body.objects.named()), *THEIR_PARTS


def with_who_answers(projects, today):
    """The same, each with the body that answers for it: who follows its own, once that is closed.

    Their bodies have come with them; one more query where one of them has closed.
    """
    is_closed = any(each.project.body.has_ended_by(today) for each in projects)
    structure = structure_on(today) if is_closed else None
    for each in projects:
        each.body = structure and structure.holder_of(each.project.body) or each.project.body
    return projects


def project_today(project, today):
    """A project with what had been reached and reported by a day, which may be a past one."""
    return ProjectToday(
        project,
        [
            MilestoneToday(each, each.is_reached_by(today), each.is_slipped(today))
            for each in project.milestones.all()
        ],
        [report for report in project.reports.all() if report.reported_on <= today],
    )
