from django.apps import AppConfig


class EngagementConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "engagement"

    def ready(self):
        from engagement.figures import Received, Worked
        from engagement.impact import Referrals, Rules
        from engagement.locality_page import Said
        from governance import figures, impact, locality_page

        impact.register(Referrals(), Rules())
        locality_page.register(Said())
        figures.register(Received(), Worked())
