"""A graph as Mermaid, which GitHub, GitLab and Backstage draw where it stands in a page. Pure.

Its one rule: no title or identifier is ever syntax; what is neither a letter nor a digit nor plainly harmless is spelt
as an entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portside.model.resource import Ref
from portside.report.graphs.graph import SIGNS, Edge, Graph, Mark, Node, Role

_LOOKS = {
    Mark.CREATED: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    Mark.CHANGED: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    Mark.DELETED: "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:5 3",
    Mark.UNMANAGED: "fill:#eaeef2,stroke:#6e7781,color:#1f2328",
}
_LINES = {
    Mark.CREATED: "stroke:#1a7f37",
    Mark.CHANGED: "stroke:#9a6700",
    Mark.DELETED: "stroke:#cf222e,stroke-dasharray:5 3",
}
_ELSEWHERE = "stroke-dasharray:2 3"
_SYNTAX = re.compile(r"(?<![^\W_])[-_.]|[-_.](?![^\W_])|[^\w ,·.-]")
"""What Mermaid, Markdown or HTML may take for more than itself; `-`, `_` and `.` only at the edge of a word."""


def text(graph: Graph) -> str:
    """A flowchart from left to right: feeds thick, relations thin; what a plan does coloured, and explained below."""
    lines = [
        "flowchart LR",
        *(f"  {_node(node)}" for node in graph.nodes),
        *(f"  {_edge(edge)}" for edge in graph.edges),
        *_legend(graph),
        *_styles(graph),
    ]
    return "\n".join(lines) + "\n"


def _node(node: Node) -> str:
    words = "<br/>".join(quoted(part) for part in (node.heading, node.small) if part)
    shape = f'(["{words}"])' if node.role is Role.WEBHOOK else f'["{words}"]'
    look = node.mark or ("elsewhere" if node.role in (Role.SYSTEM, Role.ELSEWHERE) else "")
    return f"{_name(node.ref)}{shape}" + (f":::{look}" if look else "")


def _edge(edge: Edge) -> str:
    arrow = "==>" if edge.feeds else "-->"
    return f'{_name(edge.source)} {arrow}|"{quoted(edge.label)}"| {_name(edge.target)}'


def _legend(graph: Graph) -> Iterator[str]:
    if graph.marks:
        yield "  subgraph legend"
        yield from (f'    legend_{mark}["{quoted(SIGNS.get(mark, "") + mark)}"]:::{mark}' for mark in graph.marks)
        yield "  end"


def _styles(graph: Graph) -> Iterator[str]:
    yield from (f"  classDef {mark} {_LOOKS[mark]}" for mark in graph.marks)
    if any(not node.mark and node.role in (Role.SYSTEM, Role.ELSEWHERE) for node in graph.nodes):
        yield f"  classDef elsewhere {_ELSEWHERE}"
    for mark, look in _LINES.items():
        if numbers := [str(number) for number, edge in enumerate(graph.edges) if edge.mark is mark]:
            yield f"  linkStyle {','.join(numbers)} {look}"


def quoted(words: str) -> str:
    """Text that may stand in the double quotes of a label."""
    return _SYNTAX.sub(lambda found: f"#{ord(found[0])};", words)


def _name(ref: Ref) -> str:
    """`blueprint_service`: one for each reference, of letters, digits and `_` only."""
    spelt = re.sub(r"[^A-Za-z0-9]", lambda found: "__" if found[0] == "_" else f"_{ord(found[0]):x}_", ref.identifier)
    return f"{ref.kind}_{spelt}"
