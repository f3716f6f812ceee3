"""Several processes serve the portal: what one edits, the others show on the next request."""

from tests.project.serving import environment, get, manage, scratch_database, served

PAGES = ("/structure/", "/bodies/living-well/", "/bodies/executive-board/")
LANGUAGES = ("", "/bn", "/so")
EDIT = """
from governance.actions.structure import structure_edited
from governance.models import BodyName
BodyName.objects.filter(name="Living Well").update(name="Living <Longer>")
structure_edited()
"""


def test_an_edit_shows_at_once_in_every_language_whichever_process_answers(tmp_path):
    with scratch_database() as url:
        env = environment(tmp_path, url)
        for command in ("load_localities", "load_structure"):
            done = manage(command, env=env)
            assert done.returncode == 0, done.stderr
        with served(env, tmp_path / "one.log") as one, served(env, tmp_path / "other.log") as other:

            def names():
                pages = [
                    get(port, f"{language}{page}", Host="localhost")[2]
                    for _ in range(2)  # made, then kept
                    for port in (one, other)
                    for language in LANGUAGES
                    for page in PAGES
                ]
                return {("Living Well<" in page, "Living &lt;Longer&gt;" in page) for page in pages}

            assert names() == {(True, False)}

            done = manage("shell", "-c", EDIT, env=env)

            assert done.returncode == 0, done.stderr
            assert names() == {(False, True)}
