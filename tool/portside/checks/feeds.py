"""What webhooks write into blueprints: are the names there, and is everything filled that should be? Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from portside.checks import names
from portside.checks.paths import Known
from portside.checks.queries import jq_query
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Kind, Ref, Resource
from portside.model.webhook import Webhook, WebhookMapping
from portside.problems import Place, Problem, Route, Severity


class Feed(NamedTuple):
    """One mapping that writes entities of a blueprint."""

    webhook: Webhook
    mapping: WebhookMapping

    @property
    def resource(self) -> Resource:
        return self.webhook.resource

    def place(self, *route: str) -> Place:
        """Where a value of the mapping stands."""
        return self.resource.source.at((*self.mapping.route, *route))

    def key(self, *route: str) -> Place:
        """Where a key of the mapping stands."""
        return self.resource.source.key((*self.mapping.route, *route))

    def keys(self, section: str) -> dict[str, JSON]:
        """What the mapping fills: `section` is properties or relations."""
        found = self.mapping.entity.get(section)
        return dict(found) if isinstance(found, dict) else {}


def check(resources: Sequence[Resource], known: Known, live: Collection[Ref]) -> Iterator[Problem]:
    """Every name in the mappings; then, blueprint by blueprint, what no mapping fills."""
    feeds = [feed for resource in resources if resource.ref.kind is Kind.WEBHOOK for feed in _feeds(Webhook(resource))]
    fed: dict[str, list[Feed]] = defaultdict(list)
    for feed in feeds:
        yield from _names(feed, known)
        if not feed.mapping.deletes:
            fed[feed.mapping.blueprint].append(feed)
    declared = {resource.ref for resource in resources}
    if any(ref.kind is Kind.WEBHOOK and ref not in declared for ref in live):
        return  # a webhook that is not in front of us may fill what these leave out
    for identifier, some in fed.items():
        if blueprint := known.whole.get(identifier):
            yield from _unfilled(blueprint, some)


def _feeds(webhook: Webhook) -> Iterator[Feed]:
    for mapping in webhook.mappings:
        yield Feed(webhook, mapping)


def _names(feed: Feed, known: Known) -> Iterator[Problem]:
    identifier = feed.mapping.blueprint
    if known.missing(identifier):
        message = f"mapping {feed.mapping.index + 1} writes to blueprint '{identifier}', which is not in this catalog"
        yield Problem(feed.place("blueprint"), "mapped-blueprint", Severity.ERROR, message, _meant(identifier, known))
    elif (blueprint := known.whole.get(identifier)) and not feed.mapping.deletes:
        yield from _properties(feed, blueprint)
        yield from _relations(feed, blueprint, known)
        if isinstance(search := feed.mapping.entity.get("identifier"), dict):
            yield from jq_query(feed.resource, (*feed.mapping.route, "entity", "identifier"), search, identifier, known)


def _meant(identifier: str, known: Known) -> str:
    return "it is not jq here: write a blueprint's identifier" if identifier.startswith(".") else known.hint(identifier)


def _properties(feed: Feed, blueprint: Blueprint) -> Iterator[Problem]:
    for key in feed.keys("properties"):
        if key not in blueprint.properties:
            message = f"mapping {feed.mapping.index + 1} fills '{key}', {_what_it_is(blueprint, key)}"
            place = feed.key("entity", "properties", key)
            yield Problem(place, "mapped-property", Severity.ERROR, message, _unmapped_hint(blueprint, key))


def _what_it_is(blueprint: Blueprint, key: str) -> str:
    worked_out = (
        ("a calculation", blueprint.calculations),
        ("a mirror property", blueprint.mirrors),
        ("an aggregation", blueprint.aggregations),
    )
    for noun, section in worked_out:
        if key in section:
            return f"which is {noun} of blueprint '{blueprint.identifier}': Port works it out itself"
    return f"which is not a property of blueprint '{blueprint.identifier}'"


def _unmapped_hint(blueprint: Blueprint, key: str) -> str:
    if key in blueprint.relations:
        return f"'{key}' is a relation: map it under 'relations'"
    if key in (*blueprint.calculations, *blueprint.mirrors, *blueprint.aggregations):
        return "take it out of the mapping"
    return _entity_hint(key) or names.did_you_mean(key, blueprint.properties)


def _entity_hint(key: str) -> str:
    return f"'{key}' stands beside 'properties', right under 'entity'" if key in ("title", "icon", "team") else ""


def _relations(feed: Feed, blueprint: Blueprint, known: Known) -> Iterator[Problem]:
    for key, value in feed.keys("relations").items():
        relation = blueprint.relations.get(key)
        if relation is None:
            yield _no_relation(feed, blueprint, key)
        elif isinstance(value, dict):
            route = (*feed.mapping.route, "entity", "relations", key)
            yield from jq_query(feed.resource, route, value, relation.target, known)
        elif relation.many and isinstance(value, str) and gives_one_id(value):
            yield _many_fed_one(feed, key, value)


def _no_relation(feed: Feed, blueprint: Blueprint, key: str) -> Problem:
    identifier = blueprint.identifier
    message = (
        f"mapping {feed.mapping.index + 1} fills relation '{key}', which is not a relation of blueprint '{identifier}'"
    )
    hint = names.did_you_mean(key, blueprint.relations)
    if key in blueprint.properties:
        hint = f"'{key}' is a property: map it under 'properties'"
    elif not hint and len(blueprint.relations) == 1:
        hint = f"its only relation is '{next(iter(blueprint.relations))}'"
    return Problem(feed.key("entity", "relations", key), "mapped-relation", Severity.ERROR, message, hint)


def _many_fed_one(feed: Feed, key: str, text: str) -> Problem:
    message = f"relation '{key}' holds many, and mapping {feed.mapping.index + 1} gives it one id, which Port wraps"
    hint = f"say so: [{text.strip()}]"
    return Problem(feed.place("entity", "relations", key), "many-fed-one", Severity.WARNING, message, hint)


_PLAIN_PATH = r"""\s*\.[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\."[^"\\]+"|\.?\["[^"\\]+"\]|\[-?\d+\])*\s*"""
_ONE = r"(?:^|.*[._\"])(?:id|key|identifier|uid|uuid|guid|slug|login|username|email|arn|name)[\"\]]*\s*$"
_ONE_IN_CAMEL = r".*[a-z](?:Id|ID|Key|Identifier|Uuid|UUID|Slug|Login|Email|Arn|Name)[\"\]]*\s*$"
_AS_TEXT = r"\s*\|\s*tostring\s*$"


def gives_one_id(text: str) -> bool:
    """Whether a jq text evidently gives one id, and not a list of them: a plain path that ends in .id, .key, … ."""
    path = re.sub(_AS_TEXT, "", text)
    if not re.fullmatch(_PLAIN_PATH, path):
        return False
    return path != text or bool(re.match(_ONE, path) or re.match(_ONE_IN_CAMEL, path))


def _unfilled(blueprint: Blueprint, feeds: Sequence[Feed]) -> Iterator[Problem]:
    filled = {key for feed in feeds for key in feed.keys("properties")}
    related = {key for feed in feeds for key in feed.keys("relations")}
    for key, found in blueprint.properties.items():
        if key in filled or found.body.get("default") is not None:
            continue
        route = ("schema", "properties", key)
        if key in blueprint.required:
            yield _required(blueprint, feeds[0], route, f"property '{key}'")
        else:
            yield _never(blueprint, feeds, route, key)
    for key, relation in blueprint.relations.items():
        if relation.required and key not in related:
            yield _required(blueprint, feeds[0], ("relations", key), f"relation '{key}'")


def _required(blueprint: Blueprint, feed: Feed, route: Route, name: str) -> Problem:
    """A warning, for the entities may be created elsewhere: Port judges an update on the merged entity."""
    message = (
        f"no mapping fills {name}, which blueprint '{blueprint.identifier}' requires, so that none can create an entity"
    )
    hint = f"map it, or make it optional, unless entities of '{blueprint.identifier}' are created elsewhere first"
    also = blueprint.resource.source.key(route)
    return Problem(feed.place("entity"), "required-never-filled", Severity.WARNING, message, hint, also)


def _never(blueprint: Blueprint, feeds: Sequence[Feed], route: Route, key: str) -> Problem:
    count = len(feeds)
    mappings = "the mapping does not fill" if count == 1 else f"none of the {count} mappings fills"
    message = f"property '{key}' stays empty: {mappings} it, and it has no default"
    mapped = {name for feed in feeds for name in feed.keys("properties")} - set(blueprint.properties)
    meant = names.nearest(key, mapped, cutoff=0.75)
    hint = f"a mapping fills '{meant}': was this meant?" if meant else "map it, or take it out"
    return Problem(blueprint.resource.source.key(route), "never-filled", Severity.WARNING, message, hint)
