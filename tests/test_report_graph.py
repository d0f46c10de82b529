"""The catalog as a drawing: what is on it, that it is valid, and that nothing covers anything."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import blueprint, state, webhook
from portside.model.resource import Ref, Resource, State
from portside.plans.diff import changes
from portside.plans.plan import Plan, plan
from portside.report.graphs import dot, graph, layers, layout, mermaid, svg, widths
from portside.report.graphs.graph import Edge, Graph, Mark, Node, Role
from portside.report.graphs.layout import Box, Drawing, Line, Point

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "60"))
HOSTILE = 'a"b]`#1; <b>&amp;</b> ](x) \\N end -->| __x__ 1. ~~ %% \n日本\x00\ud800'
SVG = "{http://www.w3.org/2000/svg}"


def ref(text: str) -> Ref:
    return Ref.parse(text)


def said(drawn: Graph) -> list[str]:
    """`+ a -owner· many-> b`, in the order of the graph."""
    return [f"{edge.source.identifier} {'=' if edge.feeds else '-'}({edge.label})> {edge.target.identifier}"
            for edge in drawn.edges]  # fmt: skip


def marks(drawn: Graph) -> dict[str, Mark]:
    return {str(node.ref): node.mark for node in drawn.nodes if node.mark}


def drawn_between(live: State, desired: State, *, prune: bool = False) -> Graph:
    return graph.of(desired, plan(live, desired, prune=prune))


def test_it_shows_relations_with_what_they_hold_and_feeds_with_what_they_do():
    owner = {"target": "team", "many": True, "required": True}
    deleting = {"blueprint": "service", "operation": "delete", "entity": {"identifier": ".body.id"}}
    creating = {"blueprint": "service", "entity": {"identifier": ".body.id"}}
    files = state(
        blueprint("team"),
        blueprint("service", relations={"owner": owner, "needs": "service"}),
        webhook("pager", mappings=[creating, deleting, creating]),
    )

    drawn = graph.of(files)

    assert [str(node.ref) for node in drawn.nodes] == ["webhook/pager", "blueprint/service", "blueprint/team"]
    assert said(drawn) == [
        "pager =(create, delete)> service",
        "service -(needs)> service",
        "service -(owner · many, required)> team",
    ]


def test_what_is_pointed_at_and_not_declared_says_so():
    drawn = graph.of(
        state(blueprint("a", relations={"by": "_user", "to": "nowhere"}), webhook("w", "b", enabled=False))
    )

    assert drawn.nodes == (
        Node(ref("webhook/w"), Role.WEBHOOK, "w", "disabled"),
        Node(ref("blueprint/_user"), Role.SYSTEM, note="Port's own"),
        Node(ref("blueprint/a"), title="A"),
        Node(ref("blueprint/b"), Role.ELSEWHERE, note="not declared"),
        Node(ref("blueprint/nowhere"), Role.ELSEWHERE, note="not declared"),
    )
    assert (drawn.nodes[0].heading, drawn.nodes[0].small) == ("w", "disabled")
    assert (drawn.nodes[2].heading, drawn.nodes[2].small) == ("A", "a")


def test_a_plan_marks_what_it_creates_changes_and_deletes_lines_included():
    live = state(blueprint("a", relations={"x": "b", "y": "b", "z": "b"}), blueprint("b"), blueprint("old", to="b"))
    wanted = state(
        blueprint("a", relations={"x": "new", "y": {"target": "b", "many": True}, "z": "b"}),
        blueprint("b"),
        blueprint("new"),
    )

    drawn = drawn_between(live, wanted, prune=True)

    assert marks(drawn) == {
        "blueprint/a": Mark.CHANGED,
        "blueprint/new": Mark.CREATED,
        "blueprint/old": Mark.DELETED,
    }
    assert said(drawn) == ["a -(- x)> b", "a -(+ x)> new", "a -(~ y · many)> b", "a -(z)> b", "old -(- to)> b"]


def test_a_plan_shows_what_is_live_and_not_in_the_files():
    drawn = drawn_between(state(blueprint("a"), blueprint("b"), webhook("w", "a")), state(blueprint("a", to="b")))

    assert marks(drawn) == {
        "webhook/w": Mark.UNMANAGED,
        "blueprint/a": Mark.CHANGED,
        "blueprint/b": Mark.UNMANAGED,
    }


def test_a_feed_is_changed_when_one_of_its_mappings_is():
    before, after = ({"blueprint": "a", "entity": {"identifier": text}} for text in (".body.id", ".body.key"))
    other = {"blueprint": "b", "entity": {"identifier": ".body.id"}}
    blueprints = (blueprint("a"), blueprint("b"))

    drawn = drawn_between(
        state(*blueprints, webhook("w", mappings=[before, other])),
        state(*blueprints, webhook("w", mappings=[after, other])),
    )

    assert said(drawn) == ["w =(~ create)> a", "w =(create)> b"]


def test_mermaid_has_feeds_thick_and_marks_in_words_and_colours():
    live = state(blueprint("a"))

    assert mermaid.text(drawn_between(live, state(blueprint("a", to="_user"), webhook("w", "a")))) == (
        "flowchart LR\n"
        '  webhook_w(["#43; w"]):::created\n'
        '  blueprint___user["#95;user<br/>Port#39;s own"]:::elsewhere\n'
        '  blueprint_a["#126; A<br/>a"]:::changed\n'
        '  webhook_w ==>|"#43; create"| blueprint_a\n'
        '  blueprint_a -->|"#43; to"| blueprint___user\n'
        "  subgraph legend\n"
        '    legend_created["#43; created"]:::created\n'
        '    legend_changed["#126; changed"]:::changed\n'
        "  end\n"
        "  classDef created fill:#dafbe1,stroke:#1a7f37,color:#1f2328\n"
        "  classDef changed fill:#fff8c5,stroke:#9a6700,color:#1f2328\n"
        "  classDef elsewhere stroke-dasharray:2 3\n"
        "  linkStyle 0,1 stroke:#1a7f37\n"
    )


def test_no_title_is_ever_mermaid_markdown_or_html():
    label = mermaid.quoted(HOSTILE)

    assert not re.search(r'["`<>&|\n\0\[\]()\\~%*]|(^|\W)[-_.]|[-_.](\W|$)', label)
    assert mermaid.quoted("a-b.c_d, 日本 · many") == "a-b.c_d, 日本 · many"
    assert mermaid.quoted("1. - _user") == "1#46; #45; #95;user"


@given(st.lists(st.text(st.sampled_from("aA_-.5@/"), min_size=1, max_size=4), unique=True))
def test_every_blueprint_has_a_name_of_its_own_in_mermaid_always(identifiers: list[str]):
    text = mermaid.text(graph.of(state(*map(blueprint, identifiers))))
    names = re.findall(r"^  (blueprint_\w+)\[", text, re.MULTILINE)

    assert len(set(names)) == len(identifiers)


def test_dot_quotes_what_graphviz_would_read():
    drawn = graph.of(state(blueprint("a", to="a", title='\\N "A" & B &amp;')))

    assert dot.text(drawn).splitlines()[4:] == [
        '  "blueprint/a" [label="\\\\N \\"A\\" &amp; B &amp;amp;\\na"];',
        '  "blueprint/a" -> "blueprint/a" [label="to"];',
        "}",
    ]


def test_dot_explains_its_colours():
    text = dot.text(drawn_between(state(blueprint("a", to="b"), blueprint("b")), state(blueprint("b")), prune=True))

    assert '"blueprint/a" -> "blueprint/b" [label="- to", style="dashed", color="#cf222e"];' in text
    assert '    "legend/deleted" [label="- deleted", color="#cf222e", fillcolor="#ffebe9"];' in text


def test_svg_says_in_words_what_it_shows():
    tree = ElementTree.fromstring(
        svg.text(drawn_between(state(), state(blueprint("a", to="_user"), webhook("w", "a"))))
    )

    assert [title.text for title in tree.iter(f"{SVG}title")] == [
        "2 blueprints and 1 webhook",
        "webhook/w to blueprint/a: + create",
        "blueprint/a to blueprint/_user: + to",
        "webhook/w w created",
        "blueprint/_user Port's own",
        "blueprint/a A created",
    ]
    assert [text.text for text in tree.iter(f"{SVG}text")] == [
        "+ create", "+ to", "+ w", "_user", "Port's own", "+ A", "a", "+ created",
    ]  # fmt: skip
    assert {one.get("class") for one in tree.iter(f"{SVG}g")} == {
        "feeds created", "relation created", "webhook created", "system", "blueprint created", "created",
    }  # fmt: skip


@pytest.mark.parametrize("render", [mermaid.text, dot.text, svg.text], ids=["mermaid", "dot", "svg"])
def test_nothing_at_all_is_drawn_too(render: Callable[[Graph], str]):
    assert render(Graph())


def test_svg_is_xml_whatever_a_title_holds():
    resource = blueprint("a", title=HOSTILE)

    tree = ElementTree.fromstring(svg.text(graph.of(state(resource))).encode())

    heading = next(one for one in tree.iter(f"{SVG}text") if one.get("class") == "heading")
    assert heading.text == 'a"b]`#1; <b>&amp;</b> ](x) \\N end -->| …'


def test_webhooks_come_first_and_a_circle_has_one_line_back():
    arcs = [(0, 1), (1, 2), (2, 3), (3, 1), (4, 3)]

    assert layers.ranks(5, arcs, {0}) == [0, 1, 2, 3, 2]
    assert layers.ranks(2, [(0, 1), (1, 0)]) == [0, 1]


def test_what_can_be_drawn_without_crossings_is():
    columns = layers.arranged([[0, 1, 2], [3, 4, 5]], [(0, 5), (1, 4), (2, 3)])

    assert columns in ([[0, 1, 2], [5, 4, 3]], [[2, 1, 0], [3, 4, 5]])


def test_text_is_as_wide_as_its_letters():
    assert widths.width("日本", 10) > widths.width("WW", 10) > widths.width("ab", 10) > widths.width("il", 10)
    assert widths.width("e\u0301", 10) == widths.width("e", 10)
    assert (widths.cut("abc", 3), widths.cut("abcd", 3)) == ("abc", "ab…")


IDENTIFIERS = [f"b{number}" for number in range(9)]
RELATIONS = st.dictionaries(st.sampled_from(["x", "owner_of_it", "r" * 30]), st.sampled_from([*IDENTIFIERS, "_user"]))
BLUEPRINTS = st.dictionaries(st.sampled_from(IDENTIFIERS), RELATIONS, max_size=9)
WEBHOOKS = st.lists(st.lists(st.sampled_from(IDENTIFIERS), max_size=4), max_size=3)


@st.composite
def states(draw: st.DrawFn) -> State:
    blueprints: list[Resource] = [blueprint(one, relations=dict(some)) for one, some in draw(BLUEPRINTS).items()]
    return state(*blueprints, *(webhook(f"w{number}", *fed) for number, fed in enumerate(draw(WEBHOOKS))))


@settings(max_examples=EXAMPLES, deadline=None)
@given(states())
def test_nothing_covers_anything_always(some: State):
    drawn = graph.of(some)
    drawing = layout.layout(drawn)
    areas = [*map(_area, drawing.boxes), *map(_label_area, drawing.lines)]

    assert {box.node for box in drawing.boxes} == set(drawn.nodes)
    assert sorted(edge for line in drawing.lines for edge in line.edges) == sorted(drawn.edges)
    assert [(a, b) for at, a in enumerate(areas) for b in areas[:at] if _meet(a, b)] == []
    assert [(line, box) for line in drawing.lines for box in drawing.boxes if _crosses(line, box)] == []
    assert [area for area in areas if not _within(area, drawing)] == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(states(), states())
def test_any_plan_can_be_drawn_in_every_format_always(live: State, desired: State):
    drawn = graph.of(desired, Plan("local", changes=changes(live, desired)))

    ElementTree.fromstring(svg.text(drawn))
    assert len(re.findall("(-->|==>)", mermaid.text(drawn))) == dot.text(drawn).count(" -> ") == len(drawn.edges)
    assert graph.of(live) == graph.of(State(reversed(list(live.values()))))


Area = tuple[float, float, float, float]


def _area(box: Box) -> Area:
    return box.x, box.y, box.x + box.width, box.y + box.height


def _label_area(line: Line) -> Area:
    x, y = line.label
    half = max(widths.width(edge.label, layout.LABEL) for edge in line.edges) / 2
    return x - half, y - layout.LINE * len(line.edges) + 3.0, x + half, y + 2.0


def _meet(a: Area, b: Area) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _within(area: Area, drawing: Drawing) -> bool:
    return area[0] >= 0 and area[1] >= 0 and area[2] <= drawing.width and area[3] <= drawing.height


def _crosses(line: Line, box: Box) -> bool:
    """Whether the line gets inside of a box, its own two included, which it only touches."""
    left, top, right, low = _area(box)
    return any(left + 0.01 < x < right - 0.01 and top + 0.01 < y < low - 0.01 for x, y in _along(line))


def _along(line: Line) -> Iterator[Point]:
    """Points of the curve that svg.py draws."""
    if line.loops:
        return
    for (x, y), (to, down) in pairwise(line.points):
        middle = (x + to) / 2
        for step in range(21):
            t = step / 20
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            yield a * x + (b + c) * middle + d * to, (a + b) * y + (c + d) * down


def test_edges_know_their_sign():
    assert Edge(ref("blueprint/a"), ref("blueprint/b"), "to", mark=Mark.DELETED).label == "- to"


def test_in_a_page_each_node_that_is_declared_leads_somewhere_and_nothing_breaks_out():
    drawn = Graph((Node(ref("blueprint/a"), title=HOSTILE), Node(ref("blueprint/b"), Role.ELSEWHERE)))
    page = ElementTree.fromstring(svg.linked(drawn, lambda one: f'/"{one}"&'))

    assert [(one.get("href"), one.get("aria-label", "").startswith('a"b]')) for one in page.iter("a")] == [
        ('/"blueprint/a"&', True)
    ]
    assert (page.get("class"), page.findall("style")) == ("graph", [])
