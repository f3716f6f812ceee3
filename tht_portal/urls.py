"""Every address of the portal."""

from axes.models import AccessAttempt
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.generic import TemplateView

from tht_portal import health, search_engines, security_txt, sign_in, views

admin.site.site_header = "Tower Hamlets Together: administration"
admin.site.site_title = "Tower Hamlets Together"
admin.site.index_title = "What the portal keeps"
# Its action fails in the package unless somebody signs in; attempts cease to count by themselves.
admin.site.get_model_admin(AccessAttempt).actions = []

STATEMENTS = ("accessibility", "privacy", "terms", "contact")

# Also under the prefix of another language: see languages.py.
urlpatterns = i18n_patterns(
    path("", views.home, name="home"),
    *[path(f"{name}/", views.statement(name), name=name) for name in STATEMENTS],
    path("", include("governance.urls")),
    path("", include("engagement.urls")),
    prefix_default_language=False,
)

urlpatterns += [
    path("accounts/login/", views.SignInView.as_view(), name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path(
        "accounts/signed-out/",
        TemplateView.as_view(template_name="registration/signed_out.html"),
        name="signed_out",
    ),
    path("accounts/password/", views.PasswordChangeView.as_view(), name="password_change"),
    path(
        "accounts/password/done/",
        auth_views.PasswordChangeDoneView.as_view(
            template_name="registration/password_changed.html"
        ),
        name="password_change_done",
    ),
    path("admin/login/", sign_in.admin_sign_in),
    path("admin/", admin.site.urls),
    path("sitemap.xml", search_engines.sitemap, name="sitemap"),
    path("robots.txt", search_engines.robots, name="robots"),
    path(".well-known/security.txt", security_txt.security_txt, name="security_txt"),
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
]

handler400 = "tht_portal.errors.bad_request"
handler403 = "tht_portal.errors.permission_denied"
handler404 = "tht_portal.errors.page_not_found"
handler500 = "tht_portal.errors.server_error"
