"""A strict catalog in memory: it refuses what Port refuses, and does on demand what servers do on bad days.

Written from the facts about Port and not from plans/acceptance.py, so that each checks the other.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from portside.errors import CatalogRefused, CatalogUnreachable
from portside.model.resource import Body, Kind, Ref, Resource, State
from portside.plans.dangers import Danger, Loss
from portside.plans.plan import Action, Step
from portside.problems import Route

SYSTEM = ("_user", "_team")
SECRET = ("security", "secret")


@dataclass
class FakeCatalog:
    """Holds raw bodies. `fails_at`: the write that is not answered; `nulls`: a route that is silently set to null;

    `adds`: keys that the server puts into every body it serves; `before_write`: called with the number of the write.
    """

    held: dict[Ref, Body] = field(default_factory=dict)
    losses: Mapping[tuple[str, str | None], Loss] = field(default_factory=dict)
    adds: Body = field(default_factory=dict)
    nulls: Route = ()
    fails_at: int = 0
    before_write: Callable[[int], None] = lambda _: None
    written: list[Step] = field(default_factory=list)
    name: str = "fake"
    parallel: int = 1
    holder: str = ""
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @classmethod
    def of(cls, resources: Iterable[Resource], **switches: object) -> FakeCatalog:
        return cls({one.ref: copy.deepcopy(one.body) for one in resources}, **switches)

    def read(self) -> State:
        return State(self._served(ref) for ref in self.held)

    def reread(self, ref: Ref) -> Resource | None:
        with self.turn:
            return self._served(ref) if ref in self.held else None

    def perform(self, step: Step) -> Resource | None:
        with self.turn:  # steps come from several threads, and a server answers one after the other
            return self._performed(step)

    def _performed(self, step: Step) -> Resource | None:
        number = len(self.written) + 1
        if number == self.fails_at:
            raise CatalogUnreachable("the catalog does not answer")
        self.before_write(number)
        if reason := next(self._refusals(step), None):
            raise CatalogRefused(f"{step.action} {step.ref}: {reason}", reason=reason)
        self.written.append(step)
        if step.body is None:
            del self.held[step.ref]
            return None
        self.held[step.ref] = _nulled(copy.deepcopy(step.body), self.nulls)
        return self._served(step.ref)

    def count(self, danger: Danger) -> Loss | None:
        return self.losses.get((danger.name, danger.member))

    @contextmanager
    def hold(self, who: str) -> Iterator[None]:
        self.holder = who
        yield
        self.holder = ""

    def edit(self, ref: Ref, **keys: object) -> None:
        """What somebody does in the UI."""
        self.held[ref] = {**self.held[ref], **keys}

    def _served(self, ref: Ref) -> Resource:
        dated = {"updatedAt": "2024-01-01T00:00:00Z", "createdBy": "me"}
        body = _spelled_out({**copy.deepcopy(self.held[ref]), **self.adds, **dated})
        if ref.kind is Kind.WEBHOOK:
            body = {**body, "url": "https://ingest.port.io/x", "webhookKey": "x"}
            body["security"] = {key: value for key, value in body["security"].items() if key != "secret"}
        return Resource.of(ref.kind, body)

    def _refusals(self, step: Step) -> Iterator[str]:
        there = step.ref in self.held
        if step.action is Action.CREATE and there:
            yield "conflict"
        if step.action is not Action.CREATE and not there:
            yield "not_found"
        if step.ref.kind is Kind.BLUEPRINT and step.body is None:
            yield from self._delete_refusals(step.ref.identifier)
        elif step.ref.kind is Kind.BLUEPRINT and step.body:
            yield from self._changes_refused(self.held.get(step.ref), step.body)
            yield from _Document(self._blueprints(), step.body).refusals()

    def _blueprints(self) -> dict[str, Body]:
        return {ref.identifier: body for ref, body in self.held.items() if ref.kind is Kind.BLUEPRINT}

    def _delete_refusals(self, identifier: str) -> Iterator[str]:
        if identifier.startswith("_"):
            yield "protected_blueprint_violation"
        for other, body in self._blueprints().items():
            members = [*body["relations"].values(), *body["aggregationProperties"].values()]
            if other != identifier and any(member["target"] == identifier for member in members):
                yield "has_dependents"

    @staticmethod
    def _changes_refused(old: Body | None, new: Body) -> Iterator[str]:
        for key, definition in (old["schema"]["properties"] if old else {}).items():
            now = new["schema"]["properties"].get(key, definition)
            if (now["type"], now.get("format")) != (definition["type"], definition.get("format")):
                yield "forbidden_format_change"
        for key, relation in (old["relations"] if old else {}).items():
            if new["relations"].get(key, relation)["target"] != relation["target"]:
                yield "relation_target_change"


class _Document:
    """One blueprint's document against the blueprints that stand there, itself among them."""

    def __init__(self, blueprints: Mapping[str, Body], body: Body) -> None:
        self.all = {**blueprints, body["identifier"]: body}
        self.body = body

    def refusals(self) -> Iterator[str]:
        for relation in self.body["relations"].values():
            if relation["target"] not in self.all and relation["target"] not in SYSTEM:
                yield "not_found"
            if relation["many"] and relation["required"]:
                yield "many_required"
        for mirror in self.body["mirrorProperties"].values():
            *way, last = mirror["path"].split(".")
            if last not in self._names(self._end(self.body["identifier"], way)):
                yield "mirror_path"
        for aggregation in self.body["aggregationProperties"].values():
            yield from self._aggregation(aggregation)
        ownership = self.body.get("ownership") or {}
        if ownership.get("type") == "Inherited":
            end = self._end(self.body["identifier"], ownership["path"].split("."))
            if end is None or (end.get("ownership") or {}).get("type") != "Direct":
                yield "invalid_inherited_ownership_path"

    def _aggregation(self, aggregation: Body) -> Iterator[str]:
        target, spec = self.all.get(aggregation["target"]), aggregation["calculationSpec"]
        if target is None:
            yield "not_found"
        elif spec["calculationBy"] == "property" and spec["property"] not in self._numbers(target):
            yield "aggregation_property"
        for part in aggregation.get("pathFilter", ()):
            if self._end(part.get("fromBlueprint", self.body["identifier"]), part["path"]) is None:
                yield "path_filter"

    def _end(self, start: str, way: list[str]) -> Body | None:
        here = self.all.get(start)
        for key in way:
            here = self.all.get(here["relations"][key]["target"]) if here and key in here["relations"] else None
        return here

    @staticmethod
    def _names(body: Body | None) -> set[str]:
        sections = ("calculationProperties", "mirrorProperties", "aggregationProperties")
        own = {*body["schema"]["properties"], *(key for one in sections for key in body[one])} if body else set()
        return own | {"$title"} if body else own

    @staticmethod
    def _numbers(body: Body) -> set[str]:
        numbers = {key for key, one in body["schema"]["properties"].items() if one["type"] == "number"}
        return numbers | set(body["aggregationProperties"])


def _nulled(body: Body, route: Route) -> Body:
    here = body
    for key in route[:-1]:
        here = here.get(key, {})
    if route and route[-1] in here:
        here[route[-1]] = None
    return body


def _spelled_out(body: Body) -> Body:
    """As servers like to: keys in another order, and null for what nobody set."""
    for section in ("relations", "mirrorProperties", "calculationProperties", "aggregationProperties"):
        for member in body.get(section, {}).values():
            member.update({key: member.get(key) for key in ("title", "description")})
    return {key: body.get(key) for key in sorted({*body, "description", "icon", "ownership"}, reverse=True)}
