from django.urls import path

from governance.views import (
    action_points,
    bodies,
    changes,
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

urlpatterns = [
    path("structure/", structure.structure_page, name="structure"),
    path("structure/changes/", changes.changes, name="changes"),
    path("structure/changes/feed/", changes.feed, name="changes_feed"),
    path("structure/faults/", faults.faults, name="faults"),
    path("structure/seats/", seats.seat_matrix, name="seat_matrix"),
    path("bodies/<slug:slug>/", bodies.body_page, name="body"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation_page, name="organisation"),
    path("search/", search.search, name="search"),
    path("localities/", localities.localities, name="localities"),
    path("localities/find/", localities.find_locality, name="find_locality"),
    path("localities/<slug:code>/", localities.locality, name="locality"),
    path("measures/", measures.measures, name="measures"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("bodies/<slug:slug>/meetings.ics", meetings.body_calendar, name="body_calendar"),
    path("bodies/<slug:slug>/meetings/<int:pk>/pack/", packs.pack, name="pack"),
    path("documents/<int:pk>/", meetings.document, name="document"),
    path("staff/figures/", figures.figures, name="figures"),
    path("staff/figures/figures.csv", figures.figures_csv, name="figures_csv"),
    path("staff/settings/", staff_settings.staff_settings, name="staff_settings"),
    path("priorities/", plan.priorities, name="priorities"),
    path("plan/", plan.plan, name="plan"),
    path("plan/<slug:slug>/", plan.project, name="project"),
    path("escalations/", escalations.escalation_list, name="escalations"),
    path("escalations/new/", escalation_new.escalation_new, name="escalation_new"),
    path("escalations/<str:reference>/", escalations.escalation, name="escalation"),
    path("escalations/<str:reference>/files/<int:pk>/", escalations.file, name="matter_file"),
    path("actions/", action_points.action_points, name="action_points"),
    path("actions/<int:pk>/done/", action_points.finish, name="action_point_done"),
    *[
        path(f"escalations/<str:reference>/{move}/", view, name=f"escalation_{move.name.lower()}")
        for move, view in escalation_moves.MOVE_VIEWS.items()
    ],
]
