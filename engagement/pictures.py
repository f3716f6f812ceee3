"""Pictures that editors choose: checked by content, made smaller, stripped of all but the picture.

Each is kept in several widths as WebP under a name that says nothing and cannot be guessed, and is
handed out through the page it belongs to, so that what is not published cannot be seen.
"""

import io
import uuid
import warnings
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from governance.uploads import note_stored, remove_once_done, stored_file

FORMATS = ("JPEG", "PNG", "WEBP")
NAMES = "JPEG, PNG or WebP"
WIDTHS = (480, 960, 1600)
MOST_PIXELS = 50_000_000
HIGHEST = 16_383  # pixels of a WebP, one above the other
QUALITY = 76
FOLDER = "pictures"


@dataclass(frozen=True)
class Prepared:
    """A picture in all its widths, ready to be kept."""

    files: dict[int, bytes]
    width: int
    height: int


def prepared(upload):
    """The picture in the widths we keep; raises `ValidationError` where it is none."""
    if upload.size > settings.UPLOAD_LIMIT:
        megabytes = settings.UPLOAD_LIMIT // 1024 // 1024
        raise ValidationError(f"The picture is larger than {megabytes} MB. Choose a smaller one.")
    picture = opened(upload)
    widths = [width for width in WIDTHS if width < picture.width]
    if picture.width <= WIDTHS[-1]:
        widths.append(picture.width)
    if picture.height * widths[-1] > HIGHEST * picture.width:
        raise ValidationError("The picture is too high for its width. Cut off a part of it.")
    files, height = {}, 0
    for width in widths:
        height = max(round(picture.height * width / picture.width), 1)
        # Only the pixels are written: no place, no time, no camera, no comment.
        output = io.BytesIO()
        resized = picture.resize((width, height), Image.Resampling.LANCZOS)
        resized.save(output, "WEBP", quality=QUALITY, method=4)
        files[width] = output.getvalue()
    return Prepared(files, widths[-1], height)


def opened(upload):
    """The picture as it is meant to be seen: the right way up, in plain colours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            upload.seek(0)
            picture = Image.open(upload, formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError("The picture has too many pixels. Choose a smaller one.")
            picture = ImageOps.exif_transpose(picture)
            return picture.convert("RGBA" if has_holes(picture) else "RGB")
    except UnidentifiedImageError as error:
        raise ValidationError(
            f"This file is no picture that is taken. Choose a {NAMES} file."
        ) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise ValidationError(
            "The picture cannot be read. It may be damaged: save it anew, or choose another."
        ) from error


def has_holes(picture):
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info


def keep(row, picture):
    """Give the row this picture instead of the one it had; the row is saved by the caller."""
    discard(row)
    name = f"{FOLDER}/{uuid.uuid4().hex}"
    for width, content in picture.files.items():
        note_stored(default_storage.save(file_name(name, width), ContentFile(content)))
    row.picture, row.picture_width, row.picture_height = name, picture.width, picture.height


def discard(row):
    """Remove the files of a row's picture, once what is being done has been done."""
    remove_once_done(file_name(row.picture, width) for width in widths_of(row))
    row.picture, row.picture_width, row.picture_height = "", 0, 0


def widths_of(row):
    """The widths in which the picture of a row is kept, the smallest first."""
    if not row.picture:
        return []
    return [*(width for width in WIDTHS if width < row.picture_width), row.picture_width]


def file_name(name, width):
    return f"{name}-{width}.webp"


def read(row, width):
    """The file of a row's picture in one width; None where there is none."""
    return stored_file(file_name(row.picture, width)) if width in widths_of(row) else None
