"""Handing out pictures and videos: as what they are, whole or the part that is asked for."""

import re

from django.http import FileResponse, HttpResponse

CHUNK = 64 * 1024
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
PARTIAL, NOT_SATISFIABLE = 206, 416


def answer_with(request, file, media_type):
    """The file of a page that is read. Players ask for it in parts (RFC 9110, section 14)."""
    size = file.size
    wanted = range_of(request.headers.get("Range", ""), size)
    if wanted is None:
        response = FileResponse(file)
        response["Content-Length"] = str(size)
    elif not wanted:
        file.close()
        response = HttpResponse(status=NOT_SATISFIABLE)
        response["Content-Range"] = f"bytes */{size}"
    else:
        response = FileResponse(Part(file, wanted), status=PARTIAL)
        response["Content-Length"] = str(len(wanted))
        response["Content-Range"] = f"bytes {wanted[0]}-{wanted[-1]}/{size}"
    response["Content-Type"] = media_type
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=3600"
    return response


def range_of(header, size):
    """The bytes that one range asks for: None for all of them, empty where it cannot be had."""
    asked = ONE_RANGE.fullmatch(header.strip())
    if not asked or asked.groups() == ("", ""):
        return None  # several ranges, or none that we read: the whole file is a good answer
    first, last = asked.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    end = min(int(last) + 1, size) if last else size
    return None if last and int(last) < int(first) else range(int(first), end)


class Part:
    """A part of a file, read in pieces."""

    def __init__(self, file, wanted):
        self.file, self.left = file, len(wanted)
        file.seek(wanted[0])

    def read(self, size=CHUNK):
        piece = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self):
        self.file.close()
