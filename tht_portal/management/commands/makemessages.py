from django.core.management.commands import makemessages

OURS = ("bn", "so")
# What is no page of the portal.
LEFT_OUT = [".venv", "benchmarks", "build", "node_modules", "scripts", "static", "tests", "var"]
LEFT_OUT += ["templates/admin", "templates/localities/admin"]


class Command(makemessages.Command):
    """Gather what is to be translated into the catalogues, as we keep them.

    Places without line numbers, so that a catalogue changes only where its sentences do. Needs the
    gettext tools, as does `compilemessages` after it; running the portal does not.
    """

    def handle(self, *args, **options):
        options["locale"] = options["locale"] or list(OURS)
        options["ignore_patterns"] += LEFT_OUT
        options |= {"add_location": "file", "no_wrap": True, "no_obsolete": True}
        super().handle(*args, **options)
