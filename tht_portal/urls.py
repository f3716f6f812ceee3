"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("localities.urls")),
    path("", include("governance.urls")),
    path("", include("engagement.urls")),
    path("admin/", admin.site.urls),
]
