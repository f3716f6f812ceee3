from django.apps import AppConfig


class EngagementConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "engagement"
    verbose_name = "What residents say"

    def ready(self):
        from engagement.actions.clocks import climb_referrals, reckon_referrals
        from engagement.came_from import FromDraft, FromMessages, FromTheme
        from engagement.data_sets import Ideas, Outcomes
        from engagement.faults import RULES
        from engagement.figures import Received, Worked
        from engagement.impact import Involvement, Referrals, Rules
        from engagement.listed import recheck
        from engagement.locality_page import CameOfIt, Said, TakePart
        from engagement.pack import OpenMessages, Themes
        from engagement.searching import PARTS
        from engagement.tallies import recount
        from governance import (
            came_from,
            clocks,
            data_sets,
            faults,
            figures,
            impact,
            locality_page,
            pack,
        )
        from governance.views import search

        came_from.register(FromTheme(), FromMessages(), FromDraft())
        clocks.register(reckon=reckon_referrals, climb=climb_referrals)
        data_sets.register(Outcomes(), Ideas())
        faults.register(*RULES)
        impact.register(Referrals(), Rules(), Involvement())
        locality_page.register(Said(), CameOfIt(), TakePart())
        figures.register(Received(), Worked())
        figures.register_recounts(recount, recheck)
        pack.register(OpenMessages(), Themes())
        search.register(*PARTS)
