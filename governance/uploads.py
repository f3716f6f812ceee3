"""Files that people upload: what is taken, and how it is handed out again.

The content decides what a file is, never its name. It is kept under a name of ours, outside the
web root, and handed out as a download that no browser runs.
"""

import hashlib
import logging
import shlex
import subprocess
import unicodedata
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import PurePath

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse

logger = logging.getLogger(__name__)

# Media type → file ending.
TAKEN = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "image/png": "png",
    "image/jpeg": "jpg",
}
ALSO_CALLED = {"jpeg": "jpg"}
# Media type → what people call it, in any language.
KINDS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/vnd.oasis.opendocument.text": "OpenDocument",
    "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
}
ENDINGS = "PDF, Word, Excel, PowerPoint, OpenDocument, PNG or JPEG"
SCAN_SECONDS = 60
TITLE = 160
# Beside letters, marks and digits: the last two join signs of a word, or keep them apart.
IN_NAMES = "-_.\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


@dataclass(frozen=True)
class Upload:
    """A file that was looked at and is taken: what it is, what it is called, and its digest."""

    file: UploadedFile
    media_type: str
    title: str
    digest: str


def checked(file):
    """The upload of a file that is taken; raises `ValidationError` when it is not."""
    media_type = media_type_of(file)
    title = " ".join(PurePath(file.name).stem.split())[:TITLE] or "File"
    return Upload(file, media_type, title, digest_of(file))


def digest_of(file):
    """By which the same content is known again."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def media_type_of(upload, *, taken=TAKEN, named=ENDINGS, limit=None):
    """What an uploaded file is; raises `ValidationError` with a sentence when it is not taken."""
    limit = limit or settings.UPLOAD_LIMIT
    if upload.size > limit:
        megabytes = limit // 1024 // 1024
        raise ValidationError(f"The file is larger than {megabytes} MB. Choose a smaller one.")
    if not upload.size:
        raise ValidationError("The file is empty. Choose another.")
    upload.seek(0)
    media_type = filetype.guess_mime(upload.read(8192))
    upload.seek(0)
    if media_type not in taken:
        ending = PurePath(upload.name).suffix.lower().removeprefix(".")
        if ALSO_CALLED.get(ending, ending) in taken.values():
            raise ValidationError(
                f"The name of this file ends in .{ending}, but what is in it is something else. It "
                "may be damaged, or locked with a password. Open it, save it again, and choose the "
                "new file."
            )
        raise ValidationError(f"This kind of file is not taken. Choose a {named} file.")
    if not hasattr(upload, "scanned_as"):
        scan(upload)
    if upload.scanned_as:
        raise ValidationError(upload.scanned_as)
    return media_type


def scan(upload):
    """Ask the virus scanner, and keep with the file why it refuses it; nothing if it does not."""
    upload.scanned_as = why_refused(upload)


def why_refused(upload):
    """What the scanner, where one is set, has against a file; one that fails lets none through."""
    if not settings.UPLOAD_SCAN_COMMAND:
        return ""
    try:
        done = subprocess.run(
            shlex.split(settings.UPLOAD_SCAN_COMMAND),
            input=upload.read(),
            capture_output=True,
            timeout=SCAN_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "The file could not be checked for viruses. Try again later."
    finally:
        upload.seek(0)
    return "The virus check refused this file. Choose another." if done.returncode else ""


_stored = ContextVar("files stored by a deed that may still be refused")


@contextmanager
def atomic_with_files():
    """A transaction of a deed that stores files: where it is refused in the end, they go too.

    A deed within another hands its files on to that one.
    """
    outside, stored = _stored.get([]), []
    token = _stored.set(stored)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        remove(stored)
        raise
    finally:
        _stored.reset(token)
    outside += stored


def note_stored(name):
    """Let a file that was stored go where the deed is refused."""
    _stored.get([]).append(name)


def remove_once_done(names):
    """Remove stored files once what is being done is done, and not where it is refused."""
    names = list(names)
    transaction.on_commit(lambda: remove(names))


def remove(names):
    """Remove stored files. One that the disk does not let go is logged, and the others go.

    What was done has been done by then, or is refused for a reason of its own.
    """
    for name in names:
        try:
            default_storage.delete(name)
        except OSError as error:
            logger.error("%s was not removed: %s.", loggable(name), type(error).__name__)


def stored_file(name):
    """A stored file, to be read; None where it is on the disk no more, which is logged."""
    try:
        return default_storage.open(name)
    except FileNotFoundError:
        logger.error("%s is not where it was stored.", loggable(name))
        return None


def loggable(name):
    """What a file is stored as, without its ending, which may be as somebody typed it."""
    return PurePath(name).with_suffix("")


def size_said(size):
    """“800 KB”, “1.2 MB”, “10 MB”: as exact as helps somebody who is about to load it."""
    kilobytes = max(1, round(size / 1024))
    if kilobytes < 1000:
        return f"{kilobytes}\N{NO-BREAK SPACE}KB"
    megabytes = size / 1024 / 1024
    number = f"{megabytes:.1f}".removesuffix(".0") if megabytes < 9.95 else f"{megabytes:.0f}"
    return f"{number}\N{NO-BREAK SPACE}MB"


def name_of_file(title):
    """A title as the name of a file: letters of any script with their marks, digits and blanks.

    Django's own leaves out the marks, without which words in Bengali cannot be read.
    """
    signs = (
        each if each in IN_NAMES or unicodedata.category(each)[0] in "LMN" else " "
        for each in title
    )
    words = (each.strip(".") for each in "".join(signs).split())
    return "_".join(filter(None, words)) or "File"


def download(file, media_type, title):
    """A file that was opened, as a download under a name people recognise."""
    name = f"{name_of_file(title)}.{TAKEN[media_type]}"
    response = FileResponse(file, as_attachment=True, filename=name)
    response["Content-Type"] = media_type
    response["X-Content-Type-Options"] = "nosniff"
    return response
