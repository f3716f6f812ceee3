"""The structure of one day as a chart: SVG drawn here, read from left to right.

`chart_layout.py` settles where everything stands. Kinds of lines are told apart by their arrowhead
and their name, evidence by the mark where a line begins and by its dashes; colour only repeats it.
The same lines stand beside the chart as list and as table. What was drawn is kept by all that it
shows, and where everything stands by all that it follows from, so that after an edit little has to
be drawn anew.
"""

from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from governance.chart_layout import (
    ABOVE,
    KIND_LINE,
    KINDS,
    LANE,
    LEFT,
    NAME_LINE,
    NAME_SIZE,
    PADDING,
    RIGHT,
    TURN,
    WIDTH,
    Crossing,
    laid_out,
    rows_of,
    rows_of_kind,
    rows_of_marks,
)
from governance.chart_text import CUT, as_read
from governance.lines import kind_in_words, sentence
from governance.marks import Marks, said
from governance.models import Evidence, ReportingLine

Kind = ReportingLine.Kind
kept = lru_cache(maxsize=4096)
kept_with_its_chart = lru_cache(maxsize=1024)


def draw(structure, *, query="", here=None, title=None, marks=None):
    """The chart of a structure; `query` goes on each link, `here` is a body to point out."""
    marks = marks or Marks()
    drawing = Drawing(structure, marks, query=query, here=getattr(here, "pk", here))
    return drawing.svg(title or _("The structure as a chart"))


class Drawing:
    """A chart as SVG.

    A strand is a group that says its kind and evidence: in it, for each line a group with its
    sentence and its path, then heads (polygons), marks (circles, and a half for what is sourced)
    and labels.
    """

    def __init__(self, structure, marks, *, query, here):
        self.chart = laid_out(structure, marks)
        self.structure, self.marks = structure, marks
        self.lines = {line.pk: line for line in structure.lines}
        self.query, self.here = query, here
        self.language = get_language()

    def svg(self, title):
        chart = self.chart
        lines = "".join(
            [self.strand_drawn(strand) for strand in (*chart.strands, *chart.crossings)]
        )
        boxes = "".join(self.box_drawn(pk, chart.boxes[pk]) for pk in chart.order)
        width, height = number(chart.width), number(chart.height)
        return mark_safe(
            f'<svg class="tht-chart" xmlns="http://www.w3.org/2000/svg" role="group" '
            f'aria-labelledby="chart-title" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}"><title id="chart-title">{escape(title)}</title>'
            f'<g aria-hidden="true">{lines}</g>{boxes}</svg>'
        )

    def box_drawn(self, pk, box):
        body = self.structure.body(pk)
        words = self.marks.of_body(body)
        looks = self.marks.looks(words)
        if pk == self.here:
            looks = ("here", *looks)
        place = (box.x, box.top, box.height)
        return box_drawn(body, rows_of(body.name), place, self.query, words, looks, self.language)

    def strand_drawn(self, strand):
        """A strand with what is said of each of its lines, as it is now."""
        looks, paths, ends = strand_drawn(self.chart, strand, self.language)
        lines = (f"<g><title>{self.title(pk)}</title>{path}</g>" for pk, path in paths)
        return f'<g class="{looks}">{"".join(lines)}{ends}</g>'

    def title(self, pk):
        line = self.lines[pk]
        return escape(", ".join([sentence(line, self.language), *said(self.marks.of_line(line))]))


@kept_with_its_chart
def strand_drawn(chart, strand, language):
    """How a strand looks, the path of each of its lines, and what is drawn at its ends."""
    looks = (strand.kind, strand.evidence, *chart.marks.looks(strand.words))
    classes = "".join(f" tht-chart__strand--{look}" for look in looks)
    draw = crossing_drawn if isinstance(strand, Crossing) else tracks_drawn
    drawn, ends = draw(chart, strand)
    paths = tuple((line.pk, f'<path d="{rounded(tuple(points))}"/>') for line, points in drawn)
    return f"tht-chart__strand{classes}", paths, "".join(ends)


def tracks_drawn(chart, strand):
    """Every line of a strand; the farthest draws the track, the others turn into it."""
    hub_side = strand.side_of(strand.hub)
    hub_x, hub_y = strand.hub.edge(hub_side), strand.hub.ports[hub_side, id(strand)]
    ends = []
    for box, line in strand.spokes:
        side = strand.side_of(box)
        ends.append((box.edge(side), box.ports[side, id(strand)], side, line))
    level_ends = [end for end in ends if end[2] != hub_side and abs(end[1] - hub_y) < 0.5]
    has_stem = bool(level_ends)
    drawn = []
    for x, y, _side, line in level_ends:
        drawn.append((line, [(x, y), (hub_x, hub_y)]))
    track = None if strand.lane is None else chart.track(strand.gutter, strand.lane)
    if track is None:  # all its ends are in one row, but not at one height
        track = (chart.starts[strand.gutter] + WIDTH + chart.label) - LANE
    for way in (-1, 1):
        there = [end for end in ends if end not in level_ends and (end[1] - hub_y) * way > 0]
        there.sort(key=lambda end: -abs(end[1] - hub_y))
        for position, (x, y, _side, line) in enumerate(there):
            points = [(x, y), (track, y)]
            if position == 0:
                points.append((track, hub_y))
                points.append((track - (TURN + 1) * hub_side if has_stem else hub_x, hub_y))
                has_stem = True
            else:
                points.append((track, y - way * min(TURN + 1, abs(y - hub_y))))
            drawn.append((line, points))
    same = [end for end in ends if end not in level_ends and end[1] == hub_y]
    for x, y, _side, line in same:  # a body facing its own side at the same height
        drawn.append((line, [(x, y), (track, y), (hub_x, hub_y)]))

    hub_end = (hub_x, hub_y, hub_side)
    if strand.hub_is_target:
        parts = [head(strand.kind, *hub_end)]
        parts += [mark(strand.evidence, *end[:3]) for end in ends]
    else:
        parts = [mark(strand.evidence, *hub_end)]
        parts += [head(strand.kind, *end[:3]) for end in ends]
    at = [hub_end] if hub_side == RIGHT else [end[:3] for end in ends if end[2] == RIGHT]
    return drawn, [*parts, *(label_drawn(strand, x, y) for x, y, _ in at)]


def crossing_drawn(chart, crossing):
    """A line that passes columns."""
    left, right = crossing.left, crossing.right
    left_end = (left.edge(RIGHT), left.ports[RIGHT, id(crossing)], RIGHT)
    right_end = (right.edge(LEFT), right.ports[LEFT, id(crossing)], LEFT)
    points = [right_end[:2]]
    if crossing.lane_before is not None:
        before = chart.track(right.column - 1, crossing.lane_before)
        points += [(before, right_end[1]), (before, crossing.level)]
    track = chart.track(left.column, crossing.lane)
    points += [(track, crossing.level), (track, left_end[1]), left_end[:2]]
    line = crossing.line
    from_end, to_end = (left_end, right_end)
    if line.from_body.pk == right.body.pk:
        from_end, to_end = right_end, left_end
    ends = [
        mark(line.evidence, *from_end),
        head(line.kind, *to_end),
        label_drawn(crossing, *left_end[:2]),
    ]
    return [(line, points)], ends


def label_drawn(strand, x, y):
    name = ", ".join([kind_in_words(strand.kind), *said(strand.words)])
    return f'<text x="{number(x + 20)}" y="{number(y - 4)}">{escape(name)}</text>'


@kept
def box_drawn(body, rows, place, query, words, looks, language):
    """The box of a body, which leads to its page; a title says what has no room in it."""
    left, top, height = place
    outside = body.outside_partnership
    looks = ("outside", *looks) if outside else looks
    classes = "".join(["tht-chart__box", *(f" tht-chart__box--{look}" for look in looks)])
    x, y = number(left + PADDING), top + ABOVE + NAME_SIZE
    spans = []
    for row, blank in as_read(rows, body.name):
        spans.append(f'<tspan x="{x}" y="{number(y)}">{escape(row)}</tspan>{blank}')
        y += NAME_LINE
    below = [("kind", row) for row in rows_of_kind(body)]
    below += [("word", row) for row in rows_of_marks(words)]
    for role, row in below:
        spans.append(
            f'<tspan class="tht-chart__{role}" x="{x}" y="{number(y - 1)}">{escape(row)}</tspan> '
        )
        y += KIND_LINE
    title = ""
    if any(row.endswith(CUT) for row in (*rows, *(row for _role, row in below))):
        kinds = [body.kind_label, *([_("outside the partnership")] * outside)]
        title = f"<title>{escape(', '.join([body.name, *kinds, *said(words)]))}</title>"
    frame = ""
    if outside:  # a second frame within the first
        frame = rectangle("tht-chart__frame", left + 4, top + 4, WIDTH - 8, height - 8)
    address = reverse("governance:body", args=[body.slug]) + query
    current = ' aria-current="true"' if "here" in looks else ""
    return (
        f'<a href="{escape(address)}"{current}>{title}'
        + rectangle(classes, left, top, WIDTH, height)
        + frame
        + f'<text class="tht-chart__name">{"".join(spans).rstrip()}</text></a>'
    )


# --- Shapes ---------------------------------------------------------------------------------------


@kept
def number(value):
    """A coordinate, short: 12 or 12.5."""
    return f"{round(value, 1):g}"


def rectangle(classes, x, y, width, height):
    return (
        f'<rect class="{classes}" x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}" rx="5"/>'
    )


@kept
def rounded(points):
    """A path along right angles whose corners are turns."""
    kept = [points[0]]
    for point in points[1:]:
        if point != kept[-1]:
            kept.append(point)
    at = kept[0]
    path = [f"M{number(at[0])} {number(at[1])}"]
    for before, corner, after in zip(kept, kept[1:], kept[2:], strict=False):
        # Half of a short stretch is left to the turn at its other end.
        turn = min(TURN, distance(before, corner) / 2, distance(corner, after) / 2)
        start, end = towards(corner, before, turn), towards(corner, after, turn)
        bend = [number(a - b) for point in (corner, end) for a, b in zip(point, start, strict=True)]
        path += [straight(at, start), f"q{' '.join(bend)}"]
        at = end
    return "".join([*path, straight(at, kept[-1])])


def straight(start, end):
    """As short as it can be written: most stretches are level or upright."""
    x, y = number(end[0]), number(end[1])
    if number(start[1]) == y:
        return f"H{x}"
    return f"V{y}" if number(start[0]) == x else f"L{x} {y}"


def distance(one, other):
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def towards(start, goal, far):
    whole = distance(start, goal) or 1
    return tuple(a + (b - a) * far / whole for a, b in zip(start, goal, strict=True))


@kept
def mark(evidence, x, y, side):
    """How well a line is known, where it begins: full, half full, or an open dashed ring."""
    at = x + 8 * side
    circle = f'<circle cx="{number(at)}" cy="{number(y)}" r="4.5"/>'
    if evidence == Evidence.SOURCED:
        circle += f'<path d="M{number(at - 4.5)} {number(y)}a4.5 4.5 0 0 0 9 0z"/>'
    return circle


HEADS = {
    # Shapes that point to the left, with their tip at the origin.
    Kind.REPORTS_TO: ((0, 0), (9, -5), (9, 5)),
    Kind.ESCALATES_TO: ((0, 0), (8, -5), (8, -2), (15, -5), (15, 5), (8, 2), (8, 5)),
    Kind.ALIGNED_WITH: ((0, 0), (6, -5), (12, 0), (6, 5)),
    Kind.SUPPORTS: ((0, 0), (10, -5), (10, 5)),
}


@kept
def head(kind, x, y, side):
    """What kind a line is, where it ends."""
    shape = " ".join(f"{number(x + (1 + a) * side)},{number(y + b)}" for a, b in HEADS[kind])
    return f'<polygon points="{shape}"/>'


# --- Key ------------------------------------------------------------------------------------------


MEANINGS = {
    Evidence.STATED: gettext_lazy("Stated: in the partnership’s own text"),
    Evidence.SOURCED: gettext_lazy("Sourced: in another public source"),
    Evidence.ASSUMED: gettext_lazy("Assumed: our reading, no source says so"),
}


@kept
def key(language):
    """The lists that explain how lines are drawn."""
    lists = [(key_of_kinds(),), (key_of_evidence(),)]
    return format_html_join("\n", '<ul class="tht-chart-key">{}</ul>', lists)


def key_of_kinds():
    """What the arrowheads mean, each with a small drawing of it."""
    rows = [(drawn_for_key(kind, Evidence.STATED), kind.label) for kind in KINDS]
    return format_html_join("", KEY_ROW, rows)


def key_of_evidence():
    """What the marks and dashes mean."""
    rows = [(drawn_for_key(Kind.REPORTS_TO, each), MEANINGS[each]) for each in Evidence]
    return format_html_join("", KEY_ROW, rows)


KEY_ROW = "<li>{} <span>{}</span></li>"


@kept
def drawn_for_key(kind, evidence):
    line = '<g><path d="M2 10H62"/></g>'
    return format_html(
        '<svg class="tht-chart-key__line" width="64" height="20" viewBox="0 0 64 20" '
        'aria-hidden="true"><g class="tht-chart__strand tht-chart__strand--{} '
        'tht-chart__strand--{}">{}</g></svg>',
        kind,
        evidence,
        mark_safe(line + head(kind, 2, 10, RIGHT) + mark(evidence, 62, 10, LEFT)),
    )
