"""What the partnership means to achieve: its priorities, and the projects that serve them."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.permissions import can_raise_for
from governance.plan import plan_on, project_today, visible_projects, with_who_answers


@require_safe
def priorities(request):
    """The priorities, each with the projects that serve it."""
    groups = plan_on(timezone.localdate(), request.standing)
    groups = [group for group in groups if group.priority]
    return render(request, "governance/priority_list.html", {"groups": groups})


@require_safe
def plan(request):
    """Every project by its priority, with what has slipped."""
    groups = plan_on(timezone.localdate(), request.standing)
    context = {"groups": [group for group in groups if group.projects]}
    return render(request, "governance/project_list.html", context)


@require_safe
def project(request, slug):
    """One project: its milestones and its reports."""
    found = visible_projects(request.standing).filter(slug=slug).first()
    if found is None:
        raise Http404
    today = timezone.localdate()
    [here] = with_who_answers([project_today(found, today)], today)
    may_raise = can_raise_for(request.standing, here.body)
    context = {"project": found, "here": here, "may_raise": may_raise}
    return render(request, "governance/project_detail.html", context)
