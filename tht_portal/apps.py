from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalConfig(AppConfig):
    """The site itself: settings, the look, what every page shares."""

    default = True
    name = "tht_portal"
    verbose_name = "This portal"


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the site of the portal."""

    default = False
    default_site = "tht_portal.admin_site.PortalAdmin"
