"""A small model and queries over it for the tests of searching, and a referee that looks at everything one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from hypothesis import strategies as st

from catalog_contract import blueprint, relation
from portside.catalogs import rows, rules
from portside.catalogs.entity import Entity, Key
from portside.catalogs.reading import Reading
from portside.catalogs.rules import Linked
from portside.model.entity import Upsert

Body = dict[str, Any]

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
LONG = "a" * 200

TEAM = blueprint("group", properties={"name": TEXT, "size": NUMBER}, ownership={"type": "Direct"})
NODE = blueprint(
    "node",
    properties={
        "name": TEXT,
        "size": NUMBER,
        "on": {"type": "boolean"},
        "tags": {"type": "array"},
        "more": {"type": "object"},
        "at": {"type": "string", "format": "date-time"},
    },
    relations={"group": relation("group"), "next": relation("node"), "all": relation("node", many=True)},
    mirrorProperties={
        "groupName": {"path": "group.name"},
        "groupTitle": {"path": "group.$title"},
        "groupTeam": {"path": "group.$team"},
        "nextGroup": {"path": "next.groupName"},
        "nextTags": {"path": "next.tags"},
        "allNames": {"path": "all.name"},
        "allTags": {"path": "all.tags"},
        "allGroups": {"path": "all.groupName"},
        "nextAll": {"path": "next.allNames"},
        "circle": {"path": "next.circle"},
    },
    calculationProperties={"label": {"type": "string", "calculation": '.properties.name + "!"'}},
    aggregationProperties={
        "count": {"title": "Count", "target": "node", "calculationSpec": {"calculationBy": "entities", "func": "count"}}
    },
    ownership={"type": "Inherited", "path": "group"},
)

NAMES = [f"n{number}" for number in range(5)]
GROUPS = ["g0", "g1"]
_TEXTS = ["a", "ab", "b", "A", "", "é", "\U0010ffff", LONG, LONG + "b", "1", "true", "2026-01-01T00:00:00Z"]
_DATES = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T01:00:00+01:00",
    "2026-01-10T12:00:00Z",
    "2025-12-31T23:59:59.999Z",
]
_NUMBERS = [0, 1, 1.5, -1, 2**53, 2**53 + 1, 10**20]
_SCALARS = st.sampled_from([*_TEXTS, *_NUMBERS, True, False])

texts, dates, numbers = st.sampled_from(_TEXTS), st.sampled_from(_DATES), st.sampled_from(_NUMBERS)


def _some(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries({}, optional=values)


_nodes = st.fixed_dictionaries(
    {
        "title": st.none() | texts,
        "icon": st.none() | st.sampled_from(["Service", "Team"]),
        "properties": _some(
            name=texts,
            size=numbers,
            on=st.booleans(),
            tags=st.lists(_SCALARS | st.just([1]) | st.none(), max_size=3),
            more=st.just({"a": 1}),
            at=dates,
        ),
        "relations": _some(
            group=st.sampled_from(GROUPS),
            next=st.sampled_from(NAMES),
            all=st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
        ),
    }
)
_groups = st.fixed_dictionaries(
    {
        "title": st.none() | texts,
        "team": st.lists(st.sampled_from(["ops", "dev"]), max_size=2, unique=True),
        "properties": _some(name=texts, size=numbers),
    }
)
entities = st.tuples(
    st.lists(_nodes, min_size=5, max_size=5).map(
        lambda all_: [Upsert("node", *one) for one in zip(NAMES, all_, strict=True)]
    ),
    st.lists(_groups, min_size=2, max_size=2).map(
        lambda all_: [Upsert("group", *one) for one in zip(GROUPS, all_, strict=True)]
    ),
)

_PROPERTIES = [
    *NODE["schema"]["properties"], *NODE["mirrorProperties"], "label", "count", "$title", "$team", "$identifier",
    "$icon", "$blueprint", "$createdAt", "$datasource", "all.$identifier", "next.$title", "group.$blueprint", "unknown",
]  # fmt: skip

_wanted = _SCALARS | dates | st.sampled_from([*NAMES, *GROUPS, "ops", "Service", "node", "a!"])
_property = st.sampled_from(_PROPERTIES)


def _rule(operators: Sequence[str], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries({"property": _property, "operator": st.sampled_from(operators), "value": value})


_linked = st.one_of(
    st.fixed_dictionaries(
        {
            "operator": st.just("relatedTo"),
            "blueprint": st.sampled_from(["node", "group"]),
            "value": st.sampled_from(NAMES) | st.lists(st.sampled_from([*NAMES, *GROUPS]), min_size=1, max_size=2),
        },
        optional={"direction": st.sampled_from(["upstream", "downstream"]), "required": st.booleans()},
    ),
    st.fixed_dictionaries(
        {
            "operator": st.just("matchAny"),
            "property": st.fixed_dictionaries(
                {
                    "path": st.sampled_from(
                        [
                            ["next"], ["all"], ["group"], ["next", "next"], ["all", "group"], ["nowhere"],
                            [{"relation": "next", "maxHops": 3}], [{"relation": "all", "maxHops": 2}, "group"],
                            [{"relation": "next", "maxHops": 2}, "all"], ["group", "group"],
                        ]
                    )
                },
                optional={"fromBlueprint": st.sampled_from(["node", "group"])},
            ),
            "value": st.sampled_from([*NAMES, *GROUPS]) | st.lists(st.sampled_from(NAMES), min_size=1, max_size=2),
        }
    ),
)  # fmt: skip

_rules = st.one_of(
    _rule(["=", "!="], st.none() | _wanted | st.lists(_wanted, max_size=2)),
    _rule(["contains", "doesNotContains"], _wanted | st.lists(_wanted, max_size=2)),
    _rule(["containsAny", "in", "notIn", "matchAny"], st.lists(st.none() | _wanted, max_size=3)),
    _rule(["beginsWith", "doesNotBeginsWith", "endsWith", "doesNotEndsWith"], texts),
    _rule([">", ">=", "<", "<="], numbers | texts | dates),
    _rule(["between", "notBetween"], st.fixed_dictionaries({"from": dates, "to": dates})),
    _rule(["between", "="], st.sampled_from([{"preset": "lastWeek"}, {"preset": "today"}])),
    _rule(["isEmpty", "isNotEmpty", "isExpired", "isNotExpired"], st.none()),
    st.fixed_dictionaries(
        {
            "propertySchema": st.sampled_from([{"type": "string"}, {"type": "string", "format": "date-time"}]),
            "operator": st.sampled_from(["=", "!=", "contains"]),
            "value": texts,
        }
    ),
    _linked,
)


def _group(rule: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries(
        {"combinator": st.sampled_from(["and", "or"]), "rules": st.lists(rule, min_size=0, max_size=3)}
    )


queries = _group(st.recursive(_rules, _group, max_leaves=4))


def refereed(reading: Reading, name: str, query: Body) -> list[str]:
    """What passes, every entity looked at by itself, every link walked by itself."""
    tree = rules.parsed(query, reading.blueprints[name], reading.now)
    everything = [entity for one in ("node", "group") for entity in rows.all_of(reading.connection, one)]
    graph = _Graph(reading, everything)
    return [
        entity.key.identifier
        for entity in everything
        if entity.key.blueprint == name
        and rules.passes(tree, partial(reading.value, entity), partial(graph.holds, entity.key))
    ]


class _Graph:
    """Who points at whom."""

    def __init__(self, reading: Reading, everything: Sequence[Entity]) -> None:
        self._edges = [edge for entity in everything for edge in self._of(reading, entity)]

    def _of(self, reading: Reading, entity: Entity) -> Iterator[tuple[Key, str, Key, bool]]:
        for key, found in reading.blueprints[entity.key.blueprint].relations.items():
            held = entity.relations.get(key) or []
            for target in held if isinstance(held, list) else [held]:
                yield entity.key, key, Key(found.target, target), found.required

    def holds(self, key: Key, rule: Linked) -> bool:
        values = rules.listed(rule.body["value"])
        if rule.body["operator"] == "relatedTo":
            return any(self._related(Key(rule.body["blueprint"], value), key, rule.body) for value in values)
        start, path = rule.body["property"].get("fromBlueprint"), rule.body["property"]["path"]
        if start:
            return any(key in self._walked({Key(start, value)}, path) for value in values)
        return any(end.identifier in values for end in self._walked({key}, path))

    def _related(self, origin: Key, key: Key, rule: Body) -> bool:
        ways = [rule["direction"]] if "direction" in rule else ["upstream", "downstream"]
        return origin != key and any(
            key in self._reached(origin, way == "upstream", rule.get("required")) for way in ways
        )

    def _reached(self, origin: Key, forward: bool, required: bool | None) -> set[Key]:
        edges = [
            (start, end) if forward else (end, start)
            for start, _, end, needed in self._edges
            if required is None or needed is required
        ]
        found: set[Key] = set()
        new = {origin}
        while new:
            new = {end for start, end in edges if start in new} - found
            found |= new
        return found

    def _walked(self, here: set[Key], path: Sequence[Any]) -> set[Key]:
        for element in path:
            key, hops = (element, 1) if isinstance(element, str) else (element["relation"], element["maxHops"])
            reached: set[Key] = set()
            for _ in range(hops):
                here = {end for start, relation_, end, _ in self._edges if start in here and relation_ == key}
                reached |= here
            here = reached
        return here
