"""Videos that editors choose: checked by content, kept under a name that cannot be guessed."""

import uuid

from django.conf import settings
from django.core.files.storage import default_storage

from governance.uploads import media_type_of, note_stored, remove_once_done, stored_file

ENDINGS = {"video/mp4": "mp4", "video/webm": "webm"}
NAMES = "MP4 or WebM"
FOLDER = "videos"


def type_of(upload):
    """What kind of video it is; raises `ValidationError` where it is none."""
    return media_type_of(upload, taken=ENDINGS, named=NAMES, limit=settings.VIDEO_LIMIT)


def keep(row, upload, media_type):
    """Give the row this video instead of the one it had; the row is saved by the caller."""
    discard(row)
    name = f"{FOLDER}/{uuid.uuid4().hex}.{ENDINGS[media_type]}"
    row.video = default_storage.save(name, upload)
    note_stored(row.video)
    row.video_type, row.video_size = media_type, upload.size


def discard(row):
    """Remove the file of a row's video, once what is being done has been done."""
    if name := row.video:
        remove_once_done([name])
    row.video, row.video_type, row.video_size = "", "", 0


def read(row):
    """The file of a row's video; None where there is none."""
    return stored_file(row.video) if row.video else None
