from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The site itself: settings, the look, what every page shares."""

    name = "tht_portal"
    verbose_name = "This portal"
