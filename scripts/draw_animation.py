"""Draw the film that explains how a message travels, and the picture of a story.

The film has pictures alone; its captions tell the rest.

    pip install imageio-ffmpeg
    python -m scripts.draw_animation engagement/data/demonstration_media

It is drawn once, and kept with the project; nothing here is needed to run the portal. Whoever
changes a scene changes the times in the captions beside it.
"""

import math
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw

NAME = "how-a-message-travels"
WIDTH, HEIGHT, PER_SECOND, SCALE = 960, 540, 15, 2
DEEP, TEAL, SEA, SAND, PAPER, CORAL, GOLD, GREEN = (
    "#0b3f4a",
    "#0f7079",
    "#cfe7e6",
    "#f4eee2",
    "#ffffff",
    "#d9553f",
    "#f0b43c",
    "#2f7d4f",
)
POSTER_AT = 17.5
GROUND = 440


class Canvas:
    """One picture of the film, drawn large and made smaller, so that edges are smooth."""

    def __init__(self):
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), SAND)
        self.draw = ImageDraw.Draw(self.image)
        self.box(0, GROUND, WIDTH, HEIGHT, SEA)

    def box(self, left, top, right, bottom, fill, *, radius=0, outline=None, width=4):
        corners = [each * SCALE for each in (left, top, right, bottom)]
        line = {"outline": outline, "width": width * SCALE} if outline else {}
        self.draw.rounded_rectangle(corners, radius * SCALE, fill=fill, **line)

    def circle(self, x, y, radius, fill):
        self.draw.ellipse(
            [each * SCALE for each in (x - radius, y - radius, x + radius, y + radius)], fill=fill
        )

    def line(self, points, fill, width=6):
        self.draw.line(
            [(x * SCALE, y * SCALE) for x, y in points], fill, width * SCALE, joint="curve"
        )

    def shape(self, points, fill):
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def done(self):
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


# --- What stands in the pictures ------------------------------------------------------------------


def person(canvas, x, colour, *, size=1.0, ground=GROUND):
    canvas.box(
        x - 38 * size, ground - 120 * size, x + 38 * size, ground + 6, colour, radius=30 * size
    )
    canvas.circle(x, ground - 152 * size, 34 * size, "#8a5a3c")
    canvas.box(
        x - 34 * size, ground - 190 * size, x + 34 * size, ground - 158 * size, DEEP, radius=16
    )


def envelope(canvas, x, y, *, size=1.0, ticked=False):
    w, h = 46 * size, 31 * size
    canvas.box(x - w, y - h, x + w, y + h, PAPER, radius=6, outline=DEEP)
    canvas.line([(x - w + 5, y - h + 5), (x, y + 4), (x + w - 5, y - h + 5)], DEEP, 4)
    if ticked:
        tick(canvas, x + w - 4, y + h - 4, size)


def tick(canvas, x, y, size=1.0):
    canvas.circle(x, y, 20 * size, GREEN)
    canvas.line(
        [(x - 9 * size, y), (x - 2 * size, y + 8 * size), (x + 10 * size, y - 8 * size)], PAPER, 5
    )


def bubble(canvas, x, y, grown):
    w, h = 130 * grown, 62 * grown
    canvas.box(x - w, y - h, x + w, y + h, PAPER, radius=28 * grown, outline=TEAL)
    canvas.shape([(x - w + 30, y + h - 4), (x - w + 70, y + h - 4), (x - w + 24, y + h + 34)], TEAL)
    for row in range(3):
        length = (200, 170, 110)[row] * grown
        top = y - 30 * grown + row * 26 * grown
        canvas.box(x - 100 * grown, top, x - 100 * grown + length, top + 10 * grown, SEA, radius=5)


def house(canvas, x, colour, *, lit=False, top=300):
    canvas.box(x - 62, top, x + 62, GROUND + 4, colour, radius=4)
    canvas.shape([(x - 76, top + 4), (x, top - 62), (x + 76, top + 4)], DEEP)
    canvas.box(x - 20, GROUND - 62, x + 20, GROUND + 4, GOLD if lit else PAPER, radius=4)
    for side in (-40, 18):
        canvas.box(x + side, top + 22, x + side + 24, top + 48, GOLD if lit else PAPER, radius=3)


def calendar(canvas, x, y, days):
    canvas.box(x - 170, y - 130, x + 170, y + 130, PAPER, radius=14, outline=DEEP)
    canvas.box(x - 168, y - 128, x + 168, y - 84, CORAL, radius=12)
    for day in range(20):
        left, top = x - 146 + day % 5 * 62, y - 66 + day // 5 * 46
        fill = GOLD if day == 2 and days > 2 else TEAL if day < days else SEA
        canvas.box(left, top, left + 44, top + 32, fill, radius=6)
    if days > 2:
        tick(canvas, x - 146 + 2 * 62 + 22, y - 66 + 16, 0.7)
    if days >= 20:
        tick(canvas, x - 146 + 4 * 62 + 22, y - 66 + 3 * 46 + 16, 0.9)


def step(canvas, x, y, colour):
    canvas.box(x - 88, y, x + 88, y + 40, colour, radius=8)


# --- The scenes: each draws the moment `t`, from 0 to 1 -------------------------------------------


def eased(t, start=0.0, end=1.0):
    """From 0 to 1 between two moments, slowly at both ends."""
    t = min(max((t - start) / (end - start), 0), 1)
    return t * t * (3 - 2 * t)


def between(a, b, part):
    return a + (b - a) * part


def hop(a, b, part, height):
    """On the way from one point to another, over an arc."""
    x, y = between(a[0], b[0], part), between(a[1], b[1], part)
    return x, y - math.sin(math.pi * part) * height


def you_say_it(canvas, t):
    person(canvas, 300, TEAL)
    person(canvas, 190, CORAL, size=0.72)
    bubble(canvas, 540, 190, max(eased(t, 0.1, 0.45), 0.02))


def it_sets_out(canvas, t):
    person(canvas, 160, TEAL)
    canvas.box(560, 170, 800, GROUND + 4, DEEP, radius=16)
    canvas.box(590, 206, 770, 236, SEA, radius=8)
    canvas.box(590, 330, 770, 350, PAPER, radius=6)
    for light in range(3):
        on = t > 0.62 + light * 0.1
        canvas.circle(630 + light * 50, 282, 16, GOLD if on else TEAL)
    x, y = hop((230, 290), (680, 338), eased(t, 0.1, 0.6), 120)
    if t < 0.62:
        envelope(canvas, x, y, size=between(1, 0.7, eased(t, 0.3, 0.6)))


def it_finds_its_door(canvas, t):
    colours = [TEAL, CORAL, GREEN, GOLD]
    arrived = t > 0.72
    for place, colour in enumerate(colours):
        house(canvas, 310 + place * 180, colour, lit=arrived and place == 2)
    x, y = hop((90, 300), (670, 400), eased(t, 0.12, 0.72), 230)
    canvas.line([(90, 300), *[hop((90, 300), (670, 400), p / 30, 230) for p in range(1, 31)]], SEA)
    if not arrived:
        envelope(canvas, x, y, size=0.8)


def the_days_are_counted(canvas, t):
    person(canvas, 180, GREEN)
    calendar(canvas, 560, 270, int(eased(t, 0.08, 0.85) * 20 + 0.01))


def it_goes_one_step_up(canvas, t):
    steps = [(220, 400), (470, 300), (720, 200)]
    for (x, y), colour in zip(steps, (GREEN, TEAL, DEEP), strict=True):
        step(canvas, x, y, colour)
    for (x, y), (ahead, above) in zip(steps, steps[1:], strict=False):
        canvas.line([(x + 60, y - 12), (ahead - 70, above + 48)], CORAL, 5)
    person(canvas, 190, GREEN, size=0.5, ground=400)
    person(canvas, 440, TEAL, size=0.5, ground=300)
    person(canvas, 690, CORAL, size=0.5, ground=200)
    first, second = eased(t, 0.12, 0.4), eased(t, 0.52, 0.8)
    if t < 0.5:
        x, y = hop((268, 350), (518, 250), first, 90)
    else:
        x, y = hop((518, 250), (768, 150), second, 70)
    envelope(canvas, x, y, size=0.7, ticked=t > 0.82)


def it_comes_back(canvas, t):
    person(canvas, 180, TEAL)
    house(canvas, 800, GREEN, lit=True)
    x, y = hop((740, 340), (290, 290), eased(t, 0.05, 0.5), 150)
    envelope(canvas, x, y, ticked=True)
    for place in range(5):
        if eased(t, 0.55 + place * 0.06, 0.75 + place * 0.06) > 0.4:
            person(canvas, 400 + place * 64, (CORAL, GOLD, DEEP, GREEN, TEAL)[place], size=0.42)


SCENES = [
    (6, you_say_it),
    (7, it_sets_out),
    (8, it_finds_its_door),
    (8, the_days_are_counted),
    (9, it_goes_one_step_up),
    (8, it_comes_back),
]


def frame(scene, t):
    canvas = Canvas()
    scene(canvas, t)
    return canvas.done()


def frames():
    for seconds, scene in SCENES:
        count = seconds * PER_SECOND
        for number in range(count):
            yield frame(scene, number / (count - 1))


def people_at_a_sign(canvas, _t):
    canvas.box(560, 150, 860, 330, DEEP, radius=18)
    canvas.box(700, 330, 720, GROUND + 4, DEEP)
    canvas.circle(640, 240, 52, PAPER)
    canvas.line([(640, 240), (640, 204)], DEEP, 6)
    canvas.line([(640, 240), (664, 256)], CORAL, 6)
    for row, length in enumerate((110, 80, 96)):
        canvas.box(720, 204 + row * 30, 720 + length, 218 + row * 30, SEA, radius=6)
    for place, colour in enumerate((CORAL, TEAL, GREEN)):
        person(canvas, 150 + place * 130, colour, size=(0.9, 1.0, 0.8)[place])


def main(folder):
    import imageio_ffmpeg

    folder = Path(folder)
    frame(people_at_a_sign, 0).save(folder / "one-sign.png", optimize=True)
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}"),
        *("-r", str(PER_SECOND), "-i", "-"),
        *("-c:v", "libvpx-vp9", "-crf", "38", "-b:v", "0", "-pix_fmt", "yuv420p", "-row-mt", "1"),
        str(folder / f"{NAME}.webm"),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        for picture in frames():
            ffmpeg.stdin.write(picture.tobytes())
        ffmpeg.stdin.close()
    poster, moment = None, 0
    for seconds, scene in SCENES:
        if moment <= POSTER_AT < moment + seconds:
            poster = frame(scene, (POSTER_AT - moment) / seconds)
        moment += seconds
    poster.save(folder / f"{NAME}.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
