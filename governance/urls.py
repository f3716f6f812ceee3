from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from governance.views import (
    action_points,
    bodies,
    changes,
    data,
    escalation_moves,
    escalation_new,
    escalations,
    faults,
    figures,
    localities,
    measures,
    meetings,
    organisations,
    packs,
    plan,
    search,
    seats,
    staff_settings,
    structure,
)

app_name = "governance"

# By their first parts, so that each is found among few.
structure_patterns = [
    path("", structure.structure_page, name="structure"),
    path("changes/", changes.changes, name="changes"),
    path("changes/feed/", changes.feed, name="changes_feed"),
    path("faults/", faults.faults, name="faults"),
    path("seats/", seats.seat_matrix, name="seat_matrix"),
]

body_patterns = [
    path("", bodies.body_page, name="body"),
    path("meetings.ics", meetings.body_calendar, name="body_calendar"),
    path("meetings/<int:pk>/pack/", packs.pack, name="pack"),
]

locality_patterns = [
    path("", localities.localities, name="localities"),
    path("find/", localities.find_locality, name="find_locality"),
    path("<slug:code>/", localities.locality, name="locality"),
]

data_patterns = [
    path("", data.data, name="data"),
    path("<slug:key>.csv", data.data_csv, name="data_csv"),
    path("<slug:key>.json", data.data_json, name="data_json"),
]

escalation_patterns = [
    path("", escalations.escalation_list, name="escalations"),
    path("new/", escalation_new.escalation_new, name="escalation_new"),
    path("<str:reference>/", escalations.escalation, name="escalation"),
    path("<str:reference>/files/<int:pk>/", escalations.file, name="matter_file"),
    *[
        path(f"<str:reference>/{move}/", view, name=f"escalation_{move.name.lower()}")
        for move, view in escalation_moves.MOVE_VIEWS.items()
    ],
]

staff_patterns = [
    path("figures/", figures.figures, name="figures"),
    path("figures/figures.csv", figures.figures_csv, name="figures_csv"),
    path("measures/<int:pk>/", measures.reading, name="reading"),
    path("settings/", staff_settings.staff_settings, name="staff_settings"),
]

# For whoever cuts the address of a body short: all of them are listed there, on the same days.
bodies_page = require_safe(
    RedirectView.as_view(pattern_name="governance:structure", query_string=True)
)

urlpatterns = [
    path("structure/", include(structure_patterns)),
    path("bodies/", bodies_page, name="bodies"),
    path("bodies/<slug:slug>/", include(body_patterns)),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation_page, name="organisation"),
    path("search/", search.search, name="search"),
    path("localities/", include(locality_patterns)),
    path("measures/", measures.measures, name="measures"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("documents/<int:pk>/", meetings.document, name="document"),
    path("data/", include(data_patterns)),
    path("priorities/", plan.priorities, name="priorities"),
    path("plan/", plan.plan, name="plan"),
    path("plan/<slug:slug>/", plan.project, name="project"),
    path("escalations/", include(escalation_patterns)),
    path("actions/", action_points.action_points, name="action_points"),
    path("actions/<int:pk>/done/", action_points.finish, name="action_point_done"),
    path("actions/<int:pk>/move/", action_points.move, name="action_point_move"),
    path("staff/", include(staff_patterns)),
]
