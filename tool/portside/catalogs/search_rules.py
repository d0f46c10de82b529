"""Rules as conditions on the entities of one blueprint: which rows, which links, which way round.

The rule: a name means here what it means when an entity is read (catalogs.reading), so both find the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_

from portside.catalogs import rules, search_leaves, search_values, search_walks
from portside.catalogs.rules import Group, Linked, Rule, Tree
from portside.catalogs.search_conditions import (
    NEVER,
    Condition,
    Constant,
    Junction,
    Leaf,
    both,
    denied,
    unknown,
)
from portside.catalogs.search_leaves import COLUMNS
from portside.catalogs.search_walks import Blueprints, End, Hop
from portside.model.blueprint import Blueprint

DEPTH = 12
"""So many relations away a search looks by itself; what is further off is looked up for each entity."""

SCORECARD = "scorecard "


class Compiler:
    """The rules of one search."""

    def __init__(self, blueprints: Blueprints) -> None:
        self._blueprints = blueprints
        self._under_way: list[tuple[str, str]] = []
        self._depth = 0

    def condition(self, blueprint: Blueprint, tree: Tree) -> Condition:
        """The entities of a blueprint that pass. Raises Unsupported."""
        if isinstance(tree, Group):
            return Junction(tree.every, tuple(self.condition(blueprint, part) for part in tree.parts))
        if isinstance(tree, Linked):
            return search_leaves.linked(self._blueprints, blueprint.identifier, tree.body)
        found = self._passing(blueprint, replace(tree, denied=False))
        return denied(found) if tree.denied else found

    def _passing(self, blueprint: Blueprint, rule: Rule) -> Condition:
        """A rule that is not denied: an entity without the value does not pass."""
        if wanted := search_values.members(rule):
            each = (replace(rule, test="containsAny", value=[one]) for one in wanted)
            return both(*(self._passing(blueprint, one) for one in each))
        if rule.name == "$blueprint":
            return Constant(rules.passed(rule.test, blueprint.identifier, rule.value))
        if rule.name in COLUMNS:
            return search_leaves.of_column(blueprint, rule)
        if rule.name == "$team":
            return self._team(blueprint, rule)
        if path := _path(blueprint, rule.name):
            return self._guarded(blueprint, rule, path)
        if because := _computed(blueprint, rule.name):
            return unknown(because)
        return search_leaves.of_rows(blueprint, rule)

    def _team(self, blueprint: Blueprint, rule: Rule) -> Condition:
        """The teams written on the entity, or those of the ones it inherits them from, each for itself."""
        hops = search_walks.inherited(self._blueprints, blueprint)
        owner = self._blueprints.get(hops[-1].target) if hops else blueprint
        if hops is None or owner is None:
            return NEVER
        if not hops:
            return search_leaves.of_rows(blueprint, rule)
        one = _of_one(rule)
        return self._led(hops, search_leaves.of_rows(owner, one)) if isinstance(one, Rule) else one

    def _guarded(self, blueprint: Blueprint, rule: Rule, path: str) -> Condition:
        """A mirror; one that leads back to itself shows nothing."""
        asked = (blueprint.identifier, rule.name)
        if asked in self._under_way:
            return NEVER
        with self._within(asked, path.count(".")):
            if self._depth > DEPTH:
                return unknown(f"'{rule.name}' is more than {DEPTH} relations away")
            return self._mirrored(blueprint, rule, path.split("."))

    @contextmanager
    def _within(self, asked: tuple[str, str], hops: int) -> Iterator[None]:
        self._under_way.append(asked)
        self._depth += hops
        yield
        self._depth -= hops
        self._under_way.pop()

    def _mirrored(self, blueprint: Blueprint, rule: Rule, path: Sequence[str]) -> Condition:
        *before, last = path
        hops = search_walks.way(self._blueprints, blueprint.identifier, before)
        ending = replace(rule, name=last)
        if not hops:
            return NEVER if hops is None else self._passing(blueprint, ending)
        if not search_walks.several(hops, self._blueprints):
            return self._ending(hops, ending)
        target = self._blueprints.get(hops[-1].target)
        if last == "$team" or (target and _path(target, last)):
            return unknown(f"'{rule.name}' lists what others show of others")
        one = _of_one(ending)
        return self._ending(hops, one) if isinstance(one, Rule) else one

    def _ending(self, hops: Sequence[Hop], rule: Rule) -> Condition:
        """The entities from which the hops lead to one that passes."""
        target = hops[-1].target
        if rule.name == "$identifier":
            return _named(hops, rule)
        if rule.name == "$blueprint":
            known = Rule("$identifier", "present")
            return _named(hops, known) if rules.passed(rule.test, target, rule.value) else NEVER
        blueprint = self._blueprints.get(target)
        return NEVER if blueprint is None else self._led(hops, self._passing(blueprint, rule))

    def _led(self, hops: Sequence[Hop], end: Condition) -> Condition:
        if isinstance(end, Constant):
            return end if not end.exact or end.never else _there(hops)
        leads = end.leads if isinstance(end, Leaf) else True
        because = "; ".join(dict.fromkeys(end.reasons())) or (end.because if isinstance(end, Leaf) else "")
        chain = _chain(hops, lambda lead, found: end.where(found, lead=lead), end.exact, leads, because)
        return replace(chain, end=end)


def _named(hops: Sequence[Hop], rule: Rule) -> Leaf:
    """What the hops lead to, by its identifier: links say it, also of what Port keeps elsewhere."""
    known = search_leaves.on_column(search_walks.ANY, rule)

    def end(lead: bool, found: Any) -> ColumnElement[bool]:  # noqa: ARG001 - as every End
        there = search_walks.existing(hops[-1].target, found)
        return and_(search_leaves.on_column(found, rule).sql, there)

    return _chain(hops, end, known.exact, known.leads, known.because)


def _there(hops: Sequence[Hop]) -> Leaf:
    return _named(hops, Rule("$identifier", "present"))


def _chain(hops: Sequence[Hop], end: End, exact: bool, leads: bool, because: str) -> Leaf:
    return Leaf(lambda lead: search_walks.chain(hops, end, lead=lead), exact, leads, because)


def _of_one(rule: Rule) -> Rule | Condition:
    """A test on a list of values as the test that one of them must pass."""
    wanted = rules.listed(rule.value)
    if rule.test == "present" or (rule.test == "contains" and rule.value == []):
        return replace(rule, test="present", value=None)
    if rule.test in ("contains", "containsAny", "any", "equal", "in") and _uneven(rule, wanted):
        return unknown(f"'{rule.name}' is compared with lists")
    if rule.test in ("contains", "containsAny", "any"):
        return replace(rule, test="any" if rule.name == "$team" else "in", value=wanted)
    return NEVER


def _uneven(rule: Rule, wanted: list[Any]) -> bool:
    return (rule.test == "equal" and isinstance(rule.value, list)) or any(
        one is None or isinstance(one, list | dict) for one in wanted
    )


def _path(blueprint: Blueprint, name: str) -> str:
    """The path of a mirror, or of what is named by a path; empty: it is neither."""
    if name in blueprint.mirrors:
        return str(blueprint.mirrors[name]["path"])
    return name if "." in name and not name.startswith(SCORECARD) and name not in blueprint.properties else ""


def _computed(blueprint: Blueprint, name: str) -> str:
    """Why a value is not in the database; empty: it is."""
    if name.startswith(SCORECARD):
        return f"{name.split(' ')[1]!r} is a scorecard, whose levels are computed when an entity is read"
    if name in blueprint.aggregations:
        return f"'{name}' is an aggregation, which is computed when an entity is read"
    if name in blueprint.calculations:
        return f"'{name}' is a calculation, which is computed when an entity is read"
    return ""
