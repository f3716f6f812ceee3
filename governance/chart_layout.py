"""Where everything stands in the chart of a structure; `chart.py` draws it.

Bodies stand in columns, the top on the left, in the order of the tree of *reports to* lines. All
lines run in the gutters between the columns, so that none crosses a body. Lines of one kind that
are known equally well and meet in one body share a strand, as tracks join before a station. What is
marked (`marks.py`) bears its words, and lines with other marks run on a track of their own.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import ceil

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from governance.chart_text import width_of, wrapped
from governance.lines import kind_in_words
from governance.marks import said
from governance.models import ReportingLine
from governance.structure import under

KINDS = tuple(ReportingLine.Kind)

# All in pixels.
WIDTH = 216  # of a box
PADDING = 12
NAME_SIZE, NAME_LINE, MOST_LINES = 14, 18, 3
NAME_ROOM = (WIDTH - 2 * PADDING) / NAME_SIZE * 1000  # as `width_of` measures
KIND_SIZE, KIND_LINE = 12, 17
KIND_ROOM = (WIDTH - 2 * PADDING) / KIND_SIZE * 1000
ABOVE, BELOW = 8, 10  # the text, in its box
GAP, WIDER_GAP = 12, 26  # between boxes of a column, of one kind and of two
PITCH = 15  # between lines at one side of a box
LABEL = 86  # room for the name of a kind, right of a box
LABEL_SIZE = 11
LANE = 11
TURN = 7  # radius where a line turns
BEYOND = 22  # room for marks before the next column
EDGE = 4

LEFT, RIGHT = -1, 1


@dataclass
class Box:
    """A body with its place in the chart."""

    body: object
    column: int
    rows: tuple
    x: float = 0
    top: float = 0
    height: float = 0
    # The strands that begin or end at a side, and where they do.
    strands: dict = field(default_factory=lambda: {LEFT: [], RIGHT: []})
    ports: dict = field(default_factory=dict)

    @property
    def bottom(self):
        return self.top + self.height

    def edge(self, side):
        return self.x + WIDTH if side == RIGHT else self.x


@dataclass(eq=False)
class Strand:
    """Lines that share a track: they meet in the `hub`, and each has its `spoke` elsewhere."""

    kind: str
    evidence: str
    hub: Box
    hub_is_target: bool
    spokes: list  # of (box, line)
    gutter: int
    words: tuple = ()  # the marks of its lines
    lane: int | None = None

    @cached_property
    def boxes(self):
        return [self.hub, *(box for box, _ in self.spokes)]

    @property
    def top(self):
        return min(box.top for box in self.boxes)

    @property
    def bottom(self):
        return max(box.bottom for box in self.boxes)

    @property
    def is_straight(self):
        """All its ends are in one row, so that it needs no track of its own."""
        return all(box.column != self.hub.column and level(box, self.hub) for box, _ in self.spokes)

    def side_of(self, box):
        return RIGHT if box.column == self.gutter else LEFT


@dataclass(eq=False)
class Crossing:
    """A line between columns that are not neighbours: it passes the columns between in a gap."""

    line: object
    left: Box
    right: Box
    words: tuple = ()
    level: float = 0
    lane: int | None = None  # in the gutter of the left box
    lane_before: int | None = None  # in the gutter of the right box, where it must change level

    kind = property(lambda self: self.line.kind)
    evidence = property(lambda self: self.line.evidence)


@dataclass(frozen=True)
class Shape:
    """All of a structure from which follows where it stands in a chart."""

    bodies: tuple
    lines: tuple
    quiet: bool
    language: str  # in which lines need room for their kinds and marks
    structure: object = field(compare=False, repr=False)
    marks: object = field(compare=False, repr=False)


def laid_out(structure, marks):
    """The chart of a structure. Its bodies and lines may be those of an earlier one: ask by key."""
    bodies = tuple(
        (
            *(body.pk, body.kind, body.outside_partnership, marks.of_body(body)),
            *(len(rows_of(body.name)), len(rows_of_kind(body))),
        )
        for body in structure.bodies
    )
    lines = tuple(
        (line.pk, line.kind, line.evidence, line.from_body.pk, line.to_body.pk, marks.of_line(line))
        for line in structure.lines
    )
    return _laid_out(Shape(bodies, lines, marks.quiet, get_language(), structure, marks))


@lru_cache(maxsize=32)
def _laid_out(shape):
    return Chart(shape.structure, shape.marks)


def level(one, other):
    return abs(one.top - other.top) < 1


class Chart:
    """Where everything stands. Each step needs what the one before it has settled."""

    def __init__(self, structure, marks):
        self.structure = structure
        self.marks = marks
        marks_of_lines = {marks.of_line(line) for line in structure.lines}
        self.label = room_for_kinds() + max(map(width_of_marks, marks_of_lines), default=0)
        self.boxes = {}
        self.set_columns()
        self.gather_strands()
        self.set_heights()
        self.stack()
        self.set_lanes()
        self.set_places()
        self.set_ports()

    # --- Placing ----------------------------------------------------------------------------------

    def set_columns(self):
        """One column for each step down from a top; a top that escalates stands below where to."""
        forest = self.structure.tree()
        self.branches = {}
        for root in forest:
            waiting = [(root, 0)]
            while waiting:
                branch, column = waiting.pop()
                self.branches[branch.body.pk] = branch
                self.boxes[branch.body.pk] = Box(branch.body, column, rows_of(branch.body.name))
                waiting += [(each, column + 1) for each in reversed(branch.branches)]
        for root in forest:
            above = [self.boxes[body.pk] for body in self.structure.bodies_above(root.body)]
            # A ring has no top: where to then begin is settled by the tree.
            if above and root.body.pk not in {box.body.pk for box in above}:
                step = 1 + min(box.column for box in above) - self.boxes[root.body.pk].column
                if step > 0 and not any(self.is_below(box.body.pk, root) for box in above):
                    self.move(root, step)
        self.roots = forest
        self.order = list(self.boxes)

    def is_below(self, pk, root):
        return any(branch.body.pk == pk for branch in under(root))

    def move(self, root, step):
        for branch in under(root):
            self.boxes[branch.body.pk].column += step

    def gather_strands(self):
        """Lines between neighbouring columns share strands; each of the others is a crossing."""
        self.crossings, self.strands = [], []
        near = []  # of (line, gutter)
        for line in self.structure.lines:
            ends = self.boxes[line.from_body.pk], self.boxes[line.to_body.pk]
            left, right = sorted(ends, key=lambda box: box.column)
            if right.column - left.column > 1:
                crossing = Crossing(line, left, right, self.marks.of_line(line))
                self.crossings.append(crossing)
                left.strands[RIGHT].append(crossing)
                right.strands[LEFT].append(crossing)
            else:
                near.append((line, left.column))
        for group, lines in self.meeting(near).items():
            kind, evidence, words, gutter, hub, hub_is_target = group
            spokes = [
                (self.boxes[(line.from_body if hub_is_target else line.to_body).pk], line)
                for line in lines
            ]
            strand = Strand(kind, evidence, self.boxes[hub], hub_is_target, spokes, gutter, words)
            self.strands.append(strand)
            for box in {id(box): box for box in strand.boxes}.values():
                box.strands[strand.side_of(box)].append(strand)

    def meeting(self, near):
        """Lines of one look, by the body in which they meet: of their two ends, where more do."""

        def key(line, gutter, hub):
            return (line.kind, line.evidence, self.marks.of_line(line), gutter, hub.pk)

        at_target = Counter(key(line, gutter, line.to_body) for line, gutter in near)
        at_source = Counter(key(line, gutter, line.from_body) for line, gutter in near)
        groups = defaultdict(list)
        for line, gutter in near:
            to_key, from_key = key(line, gutter, line.to_body), key(line, gutter, line.from_body)
            if at_target[to_key] >= at_source[from_key]:
                groups[(*to_key, True)].append(line)
            else:
                groups[(*from_key, False)].append(line)
        return groups

    def set_heights(self):
        for box in self.boxes.values():
            below = len(rows_of_kind(box.body)) + len(rows_of_marks(self.marks.of_body(box.body)))
            text = ABOVE + NAME_LINE * len(box.rows) + KIND_LINE * below + BELOW
            most = max(len(strands) for strands in box.strands.values())
            box.height = max(text, PITCH * (most + 1) + 4)

    def stack(self):
        """A body level with the first below it, each column filled from its top."""
        filled, last = defaultdict(lambda: EDGE), {}
        for root in self.roots:
            waiting = [(root, False)]
            while waiting:
                branch, has_those_below = waiting.pop()
                box = self.boxes[branch.body.pk]
                column, kind = box.column, box.body.kind
                if not has_those_below:
                    if last.get(column, kind) != kind:
                        filled[column] += WIDER_GAP - GAP
                    last[column] = kind
                if branch.branches and not has_those_below:
                    # The row begins where both columns have room.
                    start = max(filled[column], filled[column + 1])
                    filled[column] = filled[column + 1] = start
                    waiting.append((branch, True))
                    waiting += [(each, False) for each in reversed(branch.branches)]
                    continue
                box.top = filled[column]
                if branch.branches:
                    first = self.boxes[branch.branches[0].body.pk]
                    box.top = max(box.top, first.top)
                filled[column] = box.bottom + GAP
        self.height = max(filled.values()) - GAP + EDGE if self.boxes else 0

    # --- Lanes ------------------------------------------------------------------------------------

    def set_lanes(self):
        """Tracks side by side in each gutter, the longest farthest from the left column."""
        taken = defaultdict(list)  # of (top, bottom, who, which of its lanes)
        for strand in self.strands:
            if not strand.is_straight:
                taken[strand.gutter].append((strand.top, strand.bottom, strand, "lane"))
        self.let_pass(taken)
        self.lanes = {gutter: lanes_given(spans) for gutter, spans in taken.items()}

    def let_pass(self, taken):
        """Find for each crossing a level at which no body is in its way, and add what it takes."""
        columns = defaultdict(list)
        for box in self.boxes.values():
            columns[box.column].append((box.top - 5, box.bottom + 5))
        for spans in columns.values():
            spans.sort()
        used = []  # of (top, bottom), what other crossings keep for themselves
        for crossing in self.crossings:
            left, right = crossing.left, crossing.right
            if self.is_clear(crossing, columns, right.top, right.bottom):
                used.append((right.top, right.bottom))
                crossing.level = right.top + right.height / 2  # until it has its port
            else:
                crossing.level = self.free_level(crossing, columns, used)
                used.append((crossing.level - 4, crossing.level + 4))
                span = sorted([crossing.level, right.top, right.bottom])
                taken[right.column - 1].append((span[0], span[-1], crossing, "lane_before"))
            span = sorted([crossing.level, left.top, left.bottom, right.top, right.bottom])
            taken[left.column].append((span[0], span[-1], crossing, "lane"))

    def set_places(self):
        """Where each column begins, once it is known how many tracks run before the next."""
        x = EDGE
        self.starts = {}
        last = max((box.column for box in self.boxes.values()), default=-1)
        for column in range(last + 1):
            self.starts[column] = x
            x += WIDTH
            if column in self.lanes or column < last:
                x += self.label + LANE * self.lanes.get(column, 0)
                x += BEYOND if column < last else 0
        self.width = x + EDGE
        for box in self.boxes.values():
            box.x = self.starts[box.column]

    def is_clear(self, crossing, columns, top, bottom):
        """Whether no body stands between the two columns at this height."""
        for column in range(crossing.left.column + 1, crossing.right.column):
            spans = columns[column]
            before = bisect_left(spans, (bottom,)) - 1
            if before >= 0 and spans[before][1] > top:
                return False
        return True

    def free_level(self, crossing, columns, used):
        """The gap nearest to the right box through which a line may pass; else below them all."""
        middle = crossing.right.top + crossing.right.height / 2
        between = range(crossing.left.column + 1, crossing.right.column)
        gaps = {
            height
            for column in between
            for top, bottom in columns[column]
            for height in (top - 1, bottom + 1)
            if EDGE < height < self.height - EDGE
        }
        for height in sorted(gaps, key=lambda height: abs(height - middle)):
            is_used = any(top < height < bottom for top, bottom in used)
            if not is_used and self.is_clear(crossing, columns, height, height):
                return height
        self.height += GAP
        return self.height - EDGE - GAP / 2

    def track(self, gutter, lane):
        return self.starts[gutter] + WIDTH + self.label + LANE * lane

    # --- Ports ------------------------------------------------------------------------------------

    def set_ports(self):
        """Where on the side of a box each strand begins, so that few cross one another."""
        for box in self.boxes.values():
            for side, strands in box.strands.items():
                strands.sort(key=lambda strand: self.port_order(box, side, strand))
                count = len(strands)
                if any(self.goes(box, strand) == 0 for strand in strands):
                    first = box.top + PITCH
                else:
                    first = box.top + (box.height - PITCH * (count - 1)) / 2
                for number, strand in enumerate(strands):
                    box.ports[side, id(strand)] = first + PITCH * number
        for crossing in self.crossings:
            if crossing.lane_before is None:
                crossing.level = crossing.right.ports[LEFT, id(crossing)]

    def goes(self, box, strand):
        """Whether a strand leads from a box straight on (0), only up (-1) or down (1)."""
        if isinstance(strand, Crossing):
            other = strand.right if box is strand.left else strand.left
            return -1 if other.top < box.top else 1
        others = [each for each in strand.boxes if each is not box and each.column != box.column]
        if any(level(each, box) for each in others):
            return 0
        others = [each for each in strand.boxes if each is not box]
        return -1 if all(each.top < box.top for each in others) else 1

    def port_order(self, box, side, strand):
        goes = self.goes(box, strand)
        lane = strand.lane or 0
        if isinstance(strand, Crossing) and side == LEFT:
            lane = strand.lane_before or 0
        near = lane * side  # the nearer track, seen from this side, has the smaller number
        group = {0: 0, -1: 1, 1: 2}[goes]
        kind = KINDS.index(strand.kind)
        if goes == 0:
            return (group, not getattr(strand, "is_straight", False), kind, strand.evidence)
        return (group, near if goes < 0 else -near, kind, strand.evidence)


def lanes_given(spans):
    """Give each span of a gutter the first lane that is free, short ones first; how many it took.

    A span is (top, bottom, who, which): `which` is the attribute in which `who` keeps its lane.
    """
    lanes = []  # of each, the spans in it, sorted
    for top, bottom, who, which in sorted(spans, key=lambda span: span[1] - span[0]):
        number = next(
            (number for number, lane in enumerate(lanes) if is_free(lane, top, bottom)), len(lanes)
        )
        if number == len(lanes):
            lanes.append([])
        insort(lanes[number], (top, bottom))
        setattr(who, which, number)
    return len(lanes)


def is_free(lane, top, bottom):
    """Whether a lane has no span that touches this one; its spans are sorted and apart."""
    number = bisect_left(lane, (top,))
    before = number == 0 or lane[number - 1][1] < top
    after = number == len(lane) or lane[number][0] > bottom
    return before and after


# --- Room for words -------------------------------------------------------------------------------


def rows_of(name):
    """The lines that the name of a body has in its box."""
    return wrapped(name, NAME_ROOM, MOST_LINES)


def rows_of_kind(body):
    """The lines below that, which say what kind of body it is."""
    rows = wrapped(body.kind_label, KIND_ROOM, MOST_LINES)
    if body.outside_partnership:
        rows += wrapped(_("outside the partnership"), KIND_ROOM, MOST_LINES)
    return rows


def rows_of_marks(words):
    """The last lines in a box, with the marks of its body."""
    return wrapped(", ".join(said(words)), KIND_ROOM, MOST_LINES) if words else ()


def room_for_kinds():
    """Other languages name the kinds of lines in longer words than English does."""
    longest = max(width_of(kind_in_words(kind)) for kind in KINDS)
    return max(LABEL, ceil(longest / 1000 * LABEL_SIZE + BEYOND))


def width_of_marks(words):
    """How much longer, in pixels, the label of a line becomes with its marks in bold."""
    if not words:
        return 0
    width = width_of("".join(f", {word}" for word in said(words))) / 1000
    return ceil((width + 0.5) * LABEL_SIZE)
