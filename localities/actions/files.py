"""The files that imports read, and how they say no to one."""

from contextlib import contextmanager


class ImportRefused(Exception):
    """Why the file was not taken; what was there before stands as it was."""


@contextmanager
def opened(path):
    try:
        file = open(path, encoding="utf-8-sig", errors="replace", newline="")
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield file
