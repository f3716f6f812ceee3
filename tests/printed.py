"""What stands on each sheet of a PDF that Chromium printed."""

import re
import zlib

HEX = re.compile(rb"<([0-9A-Fa-f]+)>")


def sheets_of(pdf):
    """The text of each sheet, without spaces: these are often only distances."""
    objects = {
        int(number): body for number, body in re.findall(rb"(?s)\n(\d+) 0 obj\n(.*?)\nendobj", pdf)
    }
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    return [text_on(page, objects) for page in pages]


def text_on(page, objects):
    fonts = {
        name: letters_of(objects[int(number)], objects)
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", page)
    }
    contents = stream_of(objects[int(re.search(rb"/Contents (\d+) 0 R", page)[1])])
    text, letters = "", {}
    for font, shown in re.findall(rb"/(F\d+) [\d.]+ Tf|(<[^\n]*T[jJ])", contents):
        letters = fonts[font] if font else letters
        glyphs = b"".join(HEX.findall(shown)).upper()
        text += "".join(letters.get(glyph, "") for glyph in re.findall(rb"\w{4}", glyphs))
    return "".join(text.split())


def letters_of(font, objects):
    """The letter of each glyph, by its number as the page writes it."""
    letters = {}
    table = stream_of(objects[int(re.search(rb"/ToUnicode (\d+) 0 R", font)[1])])
    for glyph, letter in re.findall(rb"(?m)^<(\w{4})> <(\w{4})>$", table):
        letters[glyph.upper()] = chr(int(letter, 16))
    for first, last, letter in re.findall(rb"(?m)^<(\w{4})> <(\w{4})> <(\w{4})>$", table):
        for number in range(int(first, 16), int(last, 16) + 1):
            letters[b"%04X" % number] = chr(int(letter, 16) + number - int(first, 16))
    return letters


def stream_of(body):
    return zlib.decompress(body.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0])
