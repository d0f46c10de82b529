"""What a drawing of the catalog shows: blueprints, webhooks, what points at what, and what a plan does to them. Pure.

Its one rule: whatever is pointed at is drawn, and one that nobody declared says so. Mirrors and aggregations follow
relations that are drawn already, so they add no lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import NamedTuple

from portside.model.blueprint import SYSTEM_BLUEPRINTS, Blueprint
from portside.model.resource import JSON, Kind, Ref, Resource, State, same
from portside.model.webhook import Webhook, WebhookMapping
from portside.plans.plan import Plan


class Role(StrEnum):
    """What a node is: ELSEWHERE is a blueprint of which only the name is known."""

    WEBHOOK = "webhook"
    BLUEPRINT = "blueprint"
    SYSTEM = "system"
    ELSEWHERE = "elsewhere"


class Mark(StrEnum):
    """What the plan does to a node or an edge; SAME too where there is no plan."""

    SAME = ""
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    UNMANAGED = "unmanaged"


SIGNS = {Mark.CREATED: "+ ", Mark.CHANGED: "~ ", Mark.DELETED: "- "}
"""What stands before the words of something marked, for whoever sees no colours."""


class Node(NamedTuple):
    """A blueprint or a webhook; `note` is what one should know of it, "" when there is nothing."""

    ref: Ref
    role: Role = Role.BLUEPRINT
    title: str = ""
    note: str = ""
    mark: Mark = Mark.SAME

    @property
    def heading(self) -> str:
        """The title where there is one, in one line, with its sign."""
        return SIGNS.get(self.mark, "") + (_line(self.title) or self.ref.identifier)

    @property
    def small(self) -> str:
        """What stands below the heading: the identifier where the heading is another, and the note."""
        known = _line(self.title) in ("", self.ref.identifier)
        return " · ".join(part for part in ("" if known else self.ref.identifier, self.note) if part)


class Edge(NamedTuple):
    """A relation of a blueprint or, where it `feeds`, what a webhook does to the entities of a blueprint."""

    source: Ref
    target: Ref
    name: str
    feeds: bool = False
    mark: Mark = Mark.SAME

    @property
    def label(self) -> str:
        return SIGNS.get(self.mark, "") + self.name


class Graph(NamedTuple):
    """Webhooks first, then blueprints, by identifier; edges in the order of what they come from."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that a legend has to explain."""
        there = {node.mark for node in self.nodes} | {edge.mark for edge in self.edges}
        return tuple(mark for mark in Mark if mark and mark in there)

    @property
    def title(self) -> str:
        """`3 blueprints and 2 webhooks`."""
        webhooks = sum(node.role is Role.WEBHOOK for node in self.nodes)
        return f"{_counted(len(self.nodes) - webhooks, 'blueprint')} and {_counted(webhooks, 'webhook')}"


_Sides = tuple[Resource | None, Resource | None]
"""A resource before the plan and after it."""


def of(state: State, plan: Plan | None = None) -> Graph:
    """What the files hold; with a plan, what it makes of the catalog: also what it deletes, and what is unmanaged."""
    sides: dict[Ref, _Sides] = {ref: (resource, resource) for ref, resource in state.items()}
    if plan:
        sides |= {change.ref: (change.before, change.after) for change in plan.changes}
    edges = [edge for before, after in sides.values() for edge in _edges(before, after)]
    unmanaged = set(plan.unmanaged if plan else ()) - set(sides)
    strange = {edge.target for edge in edges} - set(sides) | unmanaged
    nodes = [
        *(_node(*pair) for pair in sides.values()),
        *(_other(ref, unmanaged) for ref in strange),
    ]
    return Graph(tuple(sorted(nodes, key=lambda node: _order(node.ref))), tuple(sorted(edges, key=_edge_order)))


def _node(before: Resource | None, after: Resource | None) -> Node:
    resource = after or before
    assert resource is not None
    title, mark = str(resource.body.get("title") or ""), _mark(before, after, alike=before is after)
    if resource.ref.kind is Kind.WEBHOOK:
        return Node(resource.ref, Role.WEBHOOK, title, "" if Webhook(resource).enabled else "disabled", mark)
    return Node(resource.ref, _role(resource.ref, Role.BLUEPRINT), title, mark=mark)


def _other(ref: Ref, unmanaged: Collection[Ref]) -> Node:
    """Something of which only the name is known."""
    if ref in unmanaged:
        role = Role.WEBHOOK if ref.kind is Kind.WEBHOOK else Role.BLUEPRINT
        return Node(ref, role, note="unmanaged", mark=Mark.UNMANAGED)
    role = _role(ref, Role.ELSEWHERE)
    return Node(ref, role, note="Port's own" if role is Role.SYSTEM else "not declared")


def _role(ref: Ref, otherwise: Role) -> Role:
    return Role.SYSTEM if ref.identifier in SYSTEM_BLUEPRINTS else otherwise


def _mark(before: object, after: object, *, alike: bool) -> Mark:
    if before is None:
        return Mark.CREATED
    if after is None:
        return Mark.DELETED
    return Mark.SAME if alike else Mark.CHANGED


class _Arrow(NamedTuple):
    """What an edge says, and all that it stands for: the plan changes it when that differs."""

    name: str
    meaning: JSON


def _edges(before: Resource | None, after: Resource | None) -> Iterator[Edge]:
    old, new = _arrows(before), _arrows(after)
    for key in {**new, **old}:
        source, target, feeds, _ = key
        was, becomes = old.get(key), new.get(key)
        alike = was is not None and becomes is not None and same(was.meaning, becomes.meaning)
        name = (becomes or old[key]).name
        yield Edge(source, target, name, feeds, _mark(was, becomes, alike=alike))


_Key = tuple[Ref, Ref, bool, str]
"""What makes an edge the same before and after: source, target, whether it feeds, and a relation's key."""


def _arrows(resource: Resource | None) -> dict[_Key, _Arrow]:
    if resource is None:
        return {}
    if resource.ref.kind is Kind.WEBHOOK:
        return _feeds(Webhook(resource))
    relations = Blueprint(resource).relations.values()
    return {
        (resource.ref, Ref(Kind.BLUEPRINT, one.target), False, one.key): _Arrow(
            _said(one.key, many=one.many, required=one.required), [one.many, one.required]
        )
        for one in relations
    }


def _said(key: str, *, many: bool, required: bool) -> str:
    """`owner`, `services · many, required`."""
    facts = ", ".join(word for word, holds in (("many", many), ("required", required)) if holds)
    return f"{key} · {facts}" if facts else key


def _feeds(webhook: Webhook) -> dict[_Key, _Arrow]:
    """One arrow to each blueprint, however many mappings lead there."""
    fed: dict[str, list[WebhookMapping]] = defaultdict(list)
    for mapping in webhook.mappings:
        fed[mapping.blueprint].append(mapping)
    return {
        (webhook.resource.ref, Ref(Kind.BLUEPRINT, target), True, ""): _Arrow(
            ", ".join(sorted({"delete" if one.deletes else "create" for one in some})), [one.body for one in some]
        )
        for target, some in fed.items()
    }


def _order(ref: Ref) -> tuple[bool, str]:
    return ref.kind is not Kind.WEBHOOK, ref.identifier


def _edge_order(edge: Edge) -> tuple[object, ...]:
    return _order(edge.source), edge.name, _order(edge.target)


def _line(text: str) -> str:
    return " ".join(text.split())


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
