"""Which Node to use: the machine's own, or the one that `requirements-node.txt` installs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OLDEST = (20, 9)  # what nhsuk-frontend asks for


def find_node():
    """The folder that holds a recent enough `node` and its `npm`, or None."""
    on_path = shutil.which("node")
    folders = [Path(on_path).parent] if on_path else []
    # Here the tests run inside the environment; ./run and ./test start outside of it.
    folders += [Path(sys.executable).parent, PROJECT / ".venv" / "bin"]
    return next((folder for folder in folders if is_recent_enough(folder)), None)


def is_recent_enough(folder):
    if not (folder / "node").exists() or not (folder / "npm").exists():
        return False
    answer = subprocess.run([folder / "node", "--version"], capture_output=True, text=True)
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return bool(version) and (int(version[1]), int(version[2])) >= OLDEST
