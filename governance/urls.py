from django.urls import path

from governance.views import escalations, meetings

app_name = "governance"

urlpatterns = [
    path("meetings/", meetings.meetings, name="meetings"),
    path("bodies/<slug:slug>/meetings.ics", meetings.body_calendar, name="body_calendar"),
    path("documents/<int:pk>/", meetings.document, name="document"),
    path("escalations/", escalations.escalation_list, name="escalations"),
    path("escalations/new/", escalations.escalation_new, name="escalation_new"),
    path("escalations/<str:reference>/", escalations.escalation, name="escalation"),
    *[
        path(f"escalations/<str:reference>/{move}/", view, name=f"escalation_{move.name.lower()}")
        for move, view in escalations.MOVE_VIEWS.items()
    ],
]
