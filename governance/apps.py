from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "governance"
    verbose_name = "Who decides what"

    def ready(self):
        from governance import data_sets, figures, impact, pack, readers, tallies
        from governance import impact_structure as structure
        from governance import impact_work as work
        from governance.body_figures import Escalations

        figures.register(Escalations())
        figures.register_recounts(tallies.recount, readers.recount)
        impact.register(
            structure.Escalations(),
            structure.Lines(),
            structure.Seats(),
            structure.Meetings(),
            structure.Terms(),
            work.Actions(),
            work.Measures(),
            work.Projects(),
        )
        pack.register(
            pack.New(),
            pack.Due(),
            pack.Asked(),
            pack.PassedUp(),
            pack.ActionPoints(),
            pack.Changes(),
            pack.Faults(),
            pack.Decisions(),
        )
        data_sets.register(
            data_sets.Bodies(),
            data_sets.Lines(),
            data_sets.Organisations(),
            data_sets.Seats(),
            data_sets.Localities(),
        )
