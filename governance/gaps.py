"""Text that is drawn once, with gaps for what differs from one reader to the next."""

import re
import secrets
import zlib
from functools import cached_property

from django.http import HttpResponse
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

# No text that anyone wrote can hold this, so nobody can have something put in.
_SECRET = secrets.token_hex()
_GAP = re.compile(f"{_SECRET}-([a-z_]+)-")


def gap(name):
    """What stands in a text as it is drawn, where later the words of this name are put in."""
    return f"{_SECRET}-{name}-"


class Gapped:
    """A text as it was drawn, cut at its gaps: at each odd place is the name of one."""

    def __init__(self, text):
        # Most texts have none, and to look for the words alone is quicker.
        self.pieces = tuple(_GAP.split(text)) if _SECRET in text else (text,)

    @property
    def has_gaps(self):
        return len(self.pieces) > 1

    def filled(self, **words):
        words = {name: conditional_escape(each) for name, each in words.items()}
        pieces = (words[piece] if place % 2 else piece for place, piece in enumerate(self.pieces))
        return mark_safe("".join(pieces))

    def compressed(self, **words):
        """The same as a gzip file. What stands between the gaps is compressed once, and well.

        No words of a reader are compressed together with others.
        """
        words = {name: conditional_escape(each).encode() for name, each in words.items()}
        parts, crc, size = [GZIP_HEADER], 0, 0
        for place, piece in enumerate(self._compressed_pieces):
            content, blocks = _in_blocks(words[piece]) if place % 2 else piece
            parts.append(blocks)
            crc, size = zlib.crc32(content, crc), size + len(content)
        parts += [LAST_BLOCK, crc.to_bytes(4, "little"), (size % 2**32).to_bytes(4, "little")]
        return b"".join(parts)

    @cached_property
    def _compressed_pieces(self):
        """At each even place the bytes of a piece, and the blocks of a gzip file that hold them."""
        return [
            piece if place % 2 else _in_blocks(piece.encode(), level=9)
            for place, piece in enumerate(self.pieces)
        ]


class GappedPage(HttpResponse):
    """The answer that is a text with its gaps filled; `compressed` gives it as a gzip file."""

    def __init__(self, gapped, words):
        super().__init__(gapped.filled(**words))
        self._gapped, self._words = gapped, words

    def compressed(self):
        return self._gapped.compressed(**self._words)


# --- The parts of a gzip file (RFC 1951, RFC 1952) ------------------------------------------------

GZIP_HEADER = bytes.fromhex("1f8b08000000000002ff")  # no time, compressed well, any system
LAST_BLOCK = bytes.fromhex("0300")  # an empty one
SHORT = 200  # bytes, which are not worth compressing


def _in_blocks(content, level=1):
    """Bytes, and the same as whole blocks, which can be put between any others."""
    if len(content) <= SHORT:
        size = len(content)
        lengths = size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        return content, b"\0" + lengths + content
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return content, packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
