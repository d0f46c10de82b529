"""A graph in the language of Graphviz. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from portside.report.graphs.graph import SIGNS, Edge, Graph, Mark, Node, Role

_FILLS = {
    Mark.CREATED: ("#1a7f37", "#dafbe1"),
    Mark.CHANGED: ("#9a6700", "#fff8c5"),
    Mark.DELETED: ("#cf222e", "#ffebe9"),
    Mark.UNMANAGED: ("#6e7781", "#eaeef2"),
}
"""The line and the ground of what is marked."""


def text(graph: Graph) -> str:
    """A digraph from left to right: feeds bold, relations plain; what a plan does coloured, and explained in a box."""
    lines = [
        "digraph portside {",
        "  rankdir=LR;",
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=12];',
        '  edge [fontname="Helvetica", fontsize=10];',
        *(f"  {_quoted(str(node.ref))} {_attributes(_look(node))};" for node in graph.nodes),
        *(f"  {_quoted(str(edge.source))} -> {_quoted(str(edge.target))} {_attributes(_line(edge))};"
          for edge in graph.edges),
        *_legend(graph),
        "}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _look(node: Node) -> dict[str, str]:
    look = {"label": "\n".join(part for part in (node.heading, node.small) if part)}
    if node.role is Role.WEBHOOK:
        look |= {"shape": "ellipse", "style": "filled"}
    if node.mark in _FILLS:
        look |= dict(zip(("color", "fillcolor"), _FILLS[node.mark], strict=True))
    if node.mark is Mark.DELETED or node.role in (Role.SYSTEM, Role.ELSEWHERE):
        look["style"] = f"{look.get('style', 'rounded,filled')},dashed"
    return look


def _line(edge: Edge) -> dict[str, str]:
    styles = [word for word, holds in (("bold", edge.feeds), ("dashed", edge.mark is Mark.DELETED)) if holds]
    look = {"label": edge.label, **({"style": ",".join(styles)} if styles else {})}
    return look | ({"color": _FILLS[edge.mark][0]} if edge.mark in _FILLS else {})


def _legend(graph: Graph) -> Iterator[str]:
    if graph.marks:
        yield "  subgraph cluster_legend {"
        yield '    label="legend"; fontname="Helvetica"; fontsize=10;'
        for mark in graph.marks:
            line, ground = _FILLS[mark]
            look = {"label": SIGNS.get(mark, "") + mark, "color": line, "fillcolor": ground}
            yield f"    {_quoted(f'legend/{mark}')} {_attributes(look)};"
        yield "  }"


def _attributes(look: dict[str, str]) -> str:
    return f"[{', '.join(f'{key}={_quoted(value)}' for key, value in look.items())}]"


def _quoted(words: str) -> str:
    r"""A quoted string that Graphviz shows as it is: it would read `\N` and `&amp;` in a label."""
    spelt = words.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return '"' + spelt.replace("\n", "\\n").replace("\0", "\N{REPLACEMENT CHARACTER}") + '"'
