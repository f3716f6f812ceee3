from django.apps import AppConfig


class EngagementConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "engagement"

    def ready(self):
        from engagement.faults import RULES
        from engagement.figures import Received, Worked
        from engagement.impact import Referrals, Rules
        from engagement.locality_page import Said
        from engagement.pack import OpenMessages
        from governance import faults, figures, impact, locality_page, pack

        faults.register(*RULES)
        impact.register(Referrals(), Rules())
        locality_page.register(Said())
        figures.register(Received(), Worked())
        pack.register(OpenMessages())
