from django.urls import path

from governance.views import meetings

app_name = "governance"

urlpatterns = [
    path("meetings/", meetings.meetings, name="meetings"),
    path("bodies/<slug:slug>/meetings.ics", meetings.body_calendar, name="body_calendar"),
    path("documents/<int:pk>/", meetings.document, name="document"),
]
