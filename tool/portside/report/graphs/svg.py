"""A graph as SVG: an image that stands on its own, without fonts, scripts or addresses, or a part of a page. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import pairwise

from portside.model.resource import Ref
from portside.report.graphs import widths
from portside.report.graphs.graph import SIGNS, Edge, Graph, Mark, Role
from portside.report.graphs.layout import (
    LINE,
    LONGEST,
    LOOP,
    MARGIN,
    Box,
    Drawing,
    Line,
    Point,
    layout,
)

STYLE = """\
text { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-size: 11px; fill: #1f2328; text-anchor: middle }
.heading { font-size: 13px; font-weight: 600 }
.small { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 11px; fill: #59636e }
.label { fill: #59636e }
.ground { fill: #ffffff }
.box { fill: #f6f8fa; stroke: #8c959f }
.webhook .box { fill: #ddf4ff; stroke: #0969da }
.system .box, .elsewhere .box { fill: none; stroke-dasharray: 2 3 }
.line { fill: none; stroke: #8c959f; stroke-width: 1.3 }
.tip { fill: #8c959f }
.feeds .line { stroke: #0969da; stroke-width: 1.6 }
.feeds .tip { fill: #0969da }
.created .box { fill: #dafbe1; stroke: #1a7f37 }
.created .line { stroke: #1a7f37 }
.created .tip, .label.created { fill: #1a7f37 }
.changed .box { fill: #fff8c5; stroke: #9a6700 }
.changed .line { stroke: #9a6700 }
.changed .tip, .label.changed { fill: #9a6700 }
.deleted .box { fill: #ffebe9; stroke: #cf222e; stroke-dasharray: 5 3 }
.deleted .line { stroke: #cf222e; stroke-dasharray: 5 3 }
.deleted .tip, .label.deleted { fill: #cf222e }
.unmanaged .box { fill: #eaeef2; stroke: #8c959f }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .small, .label { fill: #9198a1 }
  .ground { fill: #0d1117 }
  .box { fill: #161b22; stroke: #656c76 }
  .webhook .box { fill: #0c2d6b; stroke: #4493f8 }
  .line { stroke: #656c76 }
  .tip { fill: #656c76 }
  .feeds .line { stroke: #4493f8 }
  .feeds .tip { fill: #4493f8 }
  .created .box { fill: #04260f; stroke: #3fb950 }
  .created .line { stroke: #3fb950 }
  .created .tip, .label.created { fill: #3fb950 }
  .changed .box { fill: #341a00; stroke: #d29922 }
  .changed .line { stroke: #d29922 }
  .changed .tip, .label.changed { fill: #d29922 }
  .deleted .box { fill: #3c0614; stroke: #f85149 }
  .deleted .line { stroke: #f85149 }
  .deleted .tip, .label.deleted { fill: #f85149 }
  .unmanaged .box { fill: #21262d; stroke: #656c76 }
}"""  # noqa: E501 - a rule a line
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold, not even escaped."""


def text(graph: Graph) -> str:
    """The drawing: boxes for blueprints, rounder ones for webhooks; what a plan does coloured, and explained below."""
    drawing = layout(graph)
    legend = "".join(_legend(graph, drawing))
    width = max(drawing.width, 2 * MARGIN + 120.0 * len(graph.marks))
    height = drawing.height + (40.0 if legend else 0.0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {_size(width, height)} role="img" aria-labelledby="title">\n'
        f'<title id="title">{_words(graph.title)}</title>\n<style>\n{STYLE}\n</style>\n'
        f'<rect class="ground" width="100%" height="100%"/>\n'
        f"{''.join(map(_line, drawing.lines))}{''.join(map(_box, drawing.boxes))}{legend}</svg>\n"
    )


def linked(graph: Graph, address: Callable[[Ref], str]) -> str:
    """The drawing as part of a page, which brings STYLE: each box that is declared leads to its address."""
    drawing = layout(graph)
    boxes = "".join(_linked(box, address) for box in drawing.boxes)
    return (
        f'<svg class="graph" {_size(drawing.width, drawing.height)} role="group" aria-label="{_words(graph.title)}">\n'
        f"{''.join(map(_line, drawing.lines))}{boxes}</svg>\n"
    )


def _size(width: float, height: float) -> str:
    return f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'


def _linked(box: Box, address: Callable[[Ref], str]) -> str:
    """A reader of the screen says the words of the link, as it cannot see the box."""
    if box.node.role is Role.ELSEWHERE:
        return _box(box)
    label = _words(f"{box.node.heading}, {box.node.ref.kind}")
    return f'<a href="{_words(address(box.node.ref))}" aria-label="{label}">{_box(box)}</a>'


def _box(box: Box) -> str:
    node, middle, centre = box.node, box.x + box.width / 2, box.y + box.height / 2
    told = dict.fromkeys(part for part in (str(node.ref), node.title, node.note, node.mark) if part)
    round_ = box.height / 2 if node.role is Role.WEBHOOK else 8.0
    first = centre - 3.0 if node.small else centre + 4.5
    return (
        f'<g class="{" ".join(part for part in (node.role, node.mark) if part)}">'
        f"<title>{_words(' '.join(told))}</title>"
        f'<rect class="box" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        f' rx="{round_:.1f}"/>'
        f"{_text(node.heading, (middle, first), 'heading')}"
        f"{_text(node.small, (middle, centre + 14.0), 'small') if node.small else ''}</g>\n"
    )


def _line(line: Line) -> str:
    mark = _common([edge.mark for edge in line.edges])
    kinds = " ".join(part for part in ("feeds" if line.edges[0].feeds else "relation", mark) if part)
    x, y = line.label
    labels = [
        _text(edge.label, (x, y - LINE * above), f"label {edge.mark}".strip())
        for above, edge in enumerate(reversed(line.edges))
    ]
    return (
        f'<g class="{kinds}"><title>{_words(_told(line.edges))}</title>'
        f'<path class="line" d="{_path(line)}"/><path class="tip" d="{_tip(line)}"/>{"".join(labels)}</g>\n'
    )


def _common(marks: list[Mark]) -> Mark:
    """What the plan does to a line that stands for several edges."""
    return marks[0] if len(set(marks)) == 1 else Mark.CHANGED


def _told(edges: tuple[Edge, ...]) -> str:
    return f"{edges[0].source} to {edges[0].target}: {'; '.join(edge.label for edge in edges)}"


def _path(line: Line) -> str:
    (x, y), *_ = line.points
    if line.loops:
        end = line.points[1][0]
        return f"M{x:.1f} {y:.1f}C{x:.1f} {y - LOOP:.1f} {end:.1f} {y - LOOP:.1f} {end:.1f} {y - 6:.1f}"
    stretches = "".join(_stretch(*pair) for pair in pairwise(_shortened(line.points)))
    return f"M{x:.1f} {y:.1f}" + re.sub(r"H[\d.]+(?=H)", "", stretches)


def _shortened(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The line ends where its tip begins, which would else be blunt."""
    (before, _), (x, y) = points[-2:]
    return (*points[:-1], (x - 6.0 if x > before else x + 6.0, y))


def _stretch(one: Point, other: Point) -> str:
    (x, y), (to, down) = one, other
    if abs(y - down) < 0.05:
        return f"H{to:.1f}"
    middle = (x + to) / 2
    return f"C{middle:.1f} {y:.1f} {middle:.1f} {down:.1f} {to:.1f} {down:.1f}"


def _tip(line: Line) -> str:
    (before, _), (x, y) = line.points[-2:]
    if line.loops:
        return f"M{x:.1f} {y:.1f}l-4 -8h8z"
    return f"M{x:.1f} {y:.1f}l{-8 if x > before else 8} -4v8z"


def _legend(graph: Graph, drawing: Drawing) -> Iterator[str]:
    for number, mark in enumerate(graph.marks):
        x, y = MARGIN + 120.0 * number, drawing.height
        yield f'<g class="{mark}"><rect class="box" x="{x:.1f}" y="{y:.1f}" width="108" height="22" rx="6"/>'
        yield f"{_text(SIGNS.get(mark, '') + mark, (x + 54.0, y + 15.0), 'legend')}</g>\n"


def _text(words: str, at: Point, kind: str) -> str:
    return f'<text class="{kind}" x="{at[0]:.1f}" y="{at[1]:.1f}">{_words(widths.cut(words, LONGEST))}</text>'


def _words(words: str) -> str:
    return escape(_UNSPEAKABLE.sub("\N{REPLACEMENT CHARACTER}", words))
