"""Where everything of a graph is drawn: columns of boxes, and between them columns of labels. Pure; pixels.

Its one rule: nothing covers anything. A label is a vertex of its own in a column of labels, and so is each
place where a long line passes a column; curves run only in the gaps between columns, where nothing else stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from portside.model.resource import Ref
from portside.report.graphs import layers, widths
from portside.report.graphs.graph import Edge, Graph, Node, Role

LONGEST = 40
"""Characters of a title, an identifier or a label that are drawn."""
HEADING, SMALL, LABEL = 13.0, 11.0, 11.0
"""Sizes of letters."""
BOLD = 1.1
"""How much wider the letters of a heading are."""
LINE = 15.0
"""From one line of small text to the next."""
LOOP = 24.0
"""How high a line that leads back to its own box rises above it."""
GAP = 40.0
"""Between two columns, for the curves; more where they are high."""
LEAD = 10.0
"""So much of that a line goes straight on from a box, or straight to it: room for its tip."""
APART = 16.0
"""Between two boxes, labels or lines of a column."""
MARGIN = 24.0
WIDEST = 1200.0
"""Parts that hang together with nothing else stand beside each other up to this width."""

Point = tuple[float, float]


class Box(NamedTuple):
    """A node with its upper left corner, and the words that fit."""

    node: Node
    x: float
    y: float
    width: float
    height: float


class Line(NamedTuple):
    """All edges from one node to another, drawn as one line with a label for each.

    `points` are joined by curves where the height changes; a line back to its own box has the two feet of its loop.
    The last label's text stands at `label`, in the middle of its width, the others above it.
    """

    edges: tuple[Edge, ...]
    points: tuple[Point, ...]
    label: Point

    @property
    def loops(self) -> bool:
        return self.edges[0].source == self.edges[0].target


class Drawing(NamedTuple):
    """What is drawn, from the upper left corner."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()


def layout(graph: Graph) -> Drawing:
    """The whole graph: each part that hangs together on its own, the largest first, in rows."""
    parts = [_part(nodes, lines) for nodes, lines in _parts(graph)]
    widest = max([WIDEST, *(part.width for part in parts)])
    boxes: list[Box] = []
    lines: list[Line] = []
    x = y = low = right = 0.0
    for part in parts:
        if x and x + part.width > widest:
            x, y, low = 0.0, low, low
        boxes += (box._replace(x=box.x + x + MARGIN, y=box.y + y + MARGIN) for box in part.boxes)
        lines += (_moved(line, x + MARGIN, y + MARGIN) for line in part.lines)
        x, low = x + part.width + GAP, max(low, y + part.height + GAP / 2)
        right = max(right, x)
    return Drawing(max(right - GAP, 0.0) + 2 * MARGIN, max(low - GAP / 2, 0.0) + 2 * MARGIN, tuple(boxes), tuple(lines))


_Group = tuple[Edge, ...]
"""The edges from one node to another."""


def _parts(graph: Graph) -> list[tuple[list[Node], list[_Group]]]:
    """The nodes that hang together, each with its edges; the most nodes first."""
    groups: dict[tuple[Ref, Ref], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        groups[edge.source, edge.target].append(edge)
    part = {node.ref: {node.ref} for node in graph.nodes}
    for source, target in groups:
        if part[source] is not part[target]:
            part[source] |= part[target]
            part.update(dict.fromkeys(part[target], part[source]))
    nodes: dict[int, list[Node]] = defaultdict(list)
    lines: dict[int, list[_Group]] = defaultdict(list)
    for node in graph.nodes:
        nodes[id(part[node.ref])].append(node)
    for (source, _), edges in groups.items():
        lines[id(part[source])].append(tuple(edges))
    return sorted(((some, lines[key]) for key, some in nodes.items()), key=lambda one: -len(one[0]))


def _moved(line: Line, x: float, y: float) -> Line:
    points = tuple((left + x, down + y) for left, down in line.points)
    return line._replace(points=points, label=(line.label[0] + x, line.label[1] + y))


class _Slot(NamedTuple):
    """The room for one vertex: its width, and how far it reaches above and below its line."""

    width: float
    above: float
    below: float


class _Way(NamedTuple):
    """The vertices that a line goes through, from left to right; `back` where the line itself leads to the left."""

    edges: _Group
    through: tuple[int, ...]
    back: bool


class _Grid:
    """The vertices of one part: its boxes first, then its labels and the bends of long lines, column by column."""

    def __init__(self, nodes: Sequence[Node], groups: Sequence[_Group]) -> None:
        number = {node.ref: index for index, node in enumerate(nodes)}
        self.loops = {number[edges[0].source]: edges for edges in groups if edges[0].source == edges[0].target}
        straight = [edges for edges in groups if edges[0].source != edges[0].target]
        arcs = [(number[edges[0].source], number[edges[0].target]) for edges in straight]
        webhooks = {index for index, node in enumerate(nodes) if node.role is Role.WEBHOOK}
        rank = layers.ranks(len(nodes), arcs, webhooks)
        self.slots = [_box(node, self.loops.get(index, ())) for index, node in enumerate(nodes)]
        self.columns: list[list[int]] = [[] for _ in range(2 * max(rank) + 1)]
        for index, column in enumerate(rank):
            self.columns[2 * column].append(index)
        self.ways = [self._way(edges, *arc, rank) for edges, arc in zip(straight, arcs, strict=True)]
        self.arcs = [pair for way in self.ways for pair in pairwise(way.through)]

    def _way(self, edges: _Group, source: int, target: int, rank: Sequence[int]) -> _Way:
        """A label right after the box on the left, bends in the columns that follow."""
        left, right = sorted((source, target), key=lambda one: rank[one])
        between = range(2 * rank[left] + 1, 2 * rank[right])
        slots = [_label(edges), *(_Slot(0.0, 0.0, APART) for _ in between[1:])]
        through = range(len(self.slots), len(self.slots) + len(slots))
        self.slots += slots
        for vertex, column in zip(through, between, strict=True):
            self.columns[column].append(vertex)
        return _Way(edges, (left, *through, right), back=left == target)


def _box(node: Node, loop: _Group) -> _Slot:
    """As wide as its words; a loop and its labels need room above it."""
    words = (
        widths.width(widths.cut(node.heading, LONGEST), HEADING * BOLD),
        widths.mono(widths.cut(node.small, LONGEST), SMALL),
        _longest(loop) - 28.0,
    )
    half = _half(node)
    return _Slot(max(*words, 60.0) + 28.0, half + (LOOP + LINE * len(loop) if loop else 0.0), half + APART)


def _half(node: Node) -> float:
    return 24.0 if node.small else 17.0


def _label(edges: _Group) -> _Slot:
    return _Slot(_longest(edges) + 8.0, LINE * len(edges) + 2.0, APART / 2)


def _longest(edges: Iterable[Edge]) -> float:
    return max((widths.width(widths.cut(edge.label, LONGEST), LABEL) for edge in edges), default=0.0)


def _part(nodes: Sequence[Node], groups: Sequence[_Group]) -> Drawing:
    grid = _Grid(nodes, groups)
    columns = layers.arranged(grid.columns, grid.arcs)
    down = layers.heights(columns, grid.arcs, [(slot.above, slot.below) for slot in grid.slots])
    top = min(y - slot.above for y, slot in zip(down, grid.slots, strict=True))
    down = [y - top for y in down]
    left, wide = _across(grid, columns, down)
    boxes = [
        Box(node, left[index], down[index] - _half(node), grid.slots[index].width, 2 * _half(node))
        for index, node in enumerate(nodes)
    ]
    ports = _ports(grid, down, boxes)
    lines = [_line(way, grid, down, left, wide, ports) for way in grid.ways]
    loops = [_loop(edges, boxes[index]) for index, edges in grid.loops.items()]
    low = max(y + slot.below for y, slot in zip(down, grid.slots, strict=True)) - APART
    right = max(box.x + box.width for box in boxes)
    return Drawing(right, low, tuple(boxes), (*lines, *loops))


def _across(
    grid: _Grid, columns: Sequence[Sequence[int]], down: Sequence[float]
) -> tuple[list[float], dict[int, Point]]:
    """The left edge of each vertex, in the middle of its column; and where the column of each begins and ends."""
    left, wide, x = [0.0] * len(grid.slots), {}, 0.0
    steep = [0.0] * len(grid.slots)
    for one, other in grid.arcs:
        steep[one] = max(steep[one], abs(down[one] - down[other]))
    for column in columns:
        width = max((grid.slots[vertex].width for vertex in column), default=0.0)
        for vertex in column:
            left[vertex] = x + (width - grid.slots[vertex].width) / 2
            wide[vertex] = (x, x + width)
        x += width + GAP - LEAD + min(max((steep[vertex] for vertex in column), default=0.0) / 6, GAP * 2)
    return left, wide


def _ports(grid: _Grid, down: Sequence[float], boxes: Sequence[Box]) -> dict[tuple[int, int], float]:
    """How high a line meets a box: those of one side spread over it, in the order of where they come from."""
    sides: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for one, other in grid.arcs:
        if one < len(boxes):
            sides[one, True].append(other)
        if other < len(boxes):
            sides[other, False].append(one)
    ports = {}
    for (box, _), ends in sides.items():
        step = min(10.0, (boxes[box].height - 16.0) / max(len(ends) - 1, 1))
        for place, end in enumerate(sorted(ends, key=lambda one: down[one])):
            ports[box, end] = down[box] + (place - (len(ends) - 1) / 2) * step
    return ports


def _line(
    way: _Way,
    grid: _Grid,
    down: Sequence[float],
    left: Sequence[float],
    wide: dict[int, Point],
    ports: dict[tuple[int, int], float],
) -> Line:
    start, *inner, end = way.through
    label = inner[0]
    out, into = ports[start, label], ports[end, inner[-1]]
    points = [(left[start] + grid.slots[start].width, out), (wide[start][1] + LEAD, out)]
    points += ((x, down[vertex]) for vertex in inner for x in wide[vertex])
    points += [(wide[end][0] - LEAD, into), (left[end], into)]
    middle = left[label] + grid.slots[label].width / 2
    return Line(way.edges, tuple(reversed(points) if way.back else points), (middle, down[label] - 5.0))


def _loop(edges: _Group, box: Box) -> Line:
    middle = box.x + box.width / 2
    return Line(edges, ((middle - 14.0, box.y), (middle + 14.0, box.y)), (middle, box.y - LOOP + 1.0))
