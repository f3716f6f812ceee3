from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "governance"

    def ready(self):
        from governance import figures, pack
        from governance.body_figures import Escalations

        figures.register(Escalations())
        pack.register(
            pack.New(),
            pack.Due(),
            pack.PassedUp(),
            pack.ActionPoints(),
            pack.Changes(),
            pack.Faults(),
            pack.Decisions(),
        )
