"""YAML 1.2 or JSON text to plain values, and a place for every route. Pure.

The rule: reading is as fast as the parser, and nothing about places is kept; where a place is asked for, the text is
parsed once more (`marks`). Values are what JSON can hold: a key is the text that is written, `404:` and `true:` too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from sys import intern
from typing import Any, NamedTuple

import yaml

from portside.files import syntax, words
from portside.files.events import next_event
from portside.files.marks import Written
from portside.files.written import Text
from portside.model.resource import JSON, Body
from portside.problems import Place, Problem, Severity, Source, in_order

DEPTH_LIMIT = 64
"""Lists and objects within each other; far more than any body has, and few enough for every reader that recurses."""

ALIAS_LIMIT = 100_000
"""What the aliases of one document may stand for altogether: values, and 64 characters of text count as one more."""


class Document(NamedTuple):
    """One value that was written in a file, and where. The value may share parts (aliases): change none of them."""

    value: JSON
    source: Source


def documents(text: str, path: str) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """Every document of a text that is YAML, or JSON when the path ends in .json.

    Empty documents between others are passed over; a text with none at all is a problem. After a syntax error the
    documents before it are still given; after any other problem the document itself too, as far as it can be said.
    """
    text = text.removeprefix("\ufeff")
    written = Text(text, json=path.lower().endswith(".json"))
    reading = _Reading(written, path)
    found = tuple(reading.json() if written.json else reading.yaml())
    if not found and not reading.problems:
        reading.problem(0, "empty-file", "this file holds nothing", "write a resource in it, or delete it")
    return found, in_order(reading.problems)


class _Stop(Exception):
    """There is no sense in reading on."""


class _Reading:
    """One text, event by event. Most lines of a catalog pass through `_mapping`, so it does no more than it must."""

    def __init__(self, written: Text, path: str) -> None:
        self.written = written
        self.path = path
        self.problems: list[Problem] = []
        self.duplicated = False
        self.anchors: dict[str, JSON] = {}
        self.budget = ALIAS_LIMIT

    def problem(self, offset: int, code: str, message: str, hint: str = "", *, also: int | None = None) -> None:
        second = None if also is None else Place(self.path, *self.written.position(also))
        place = Place(self.path, *self.written.position(offset))
        self.problems.append(Problem(place, code, Severity.ERROR, message, hint, second))

    def yaml(self) -> Iterator[Document]:
        if not self.written.text.isascii() and (fault := syntax.unreadable_character(self.written.text)):
            return self.problem(*fault)
        try:
            self.next = next_event(self.written.text)
            yield from self._stream()
        except _Stop:
            pass
        except yaml.YAMLError as error:
            self.problem(*syntax.yaml_fault(self.written.text, error, DEPTH_LIMIT))
        self._tell_duplicates()

    def _stream(self) -> Iterator[Document]:
        count = 0
        for event in iter(self.next, None):
            if type(event) is yaml.DocumentStartEvent:
                self.anchors, self.budget = {}, ALIAS_LIMIT
                value = self._value(self.next(), 1)
                if value is not None:
                    yield Document(value, Source(self.path, Written(self.written, count)))
                count += 1

    def _value(self, event: Any, depth: int) -> JSON:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event, depth)
        value = self._scalar(event) if kind is yaml.ScalarEvent else self._container(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def _container(self, event: Any, depth: int) -> JSON:
        mapping = type(event) is yaml.MappingStartEvent
        if depth > DEPTH_LIMIT:
            self._too_deep(event.start_mark.index)
        if event.anchor:
            self.anchors[event.anchor] = _OPEN
        if event.tag is not None and event.tag not in (("!", _TAG + "map") if mapping else ("!", _TAG + "seq")):
            self._unknown_tag(event)
        return self._mapping(depth) if mapping else self._sequence(depth)

    def _sequence(self, depth: int) -> list[JSON]:
        items = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> Body:
        body: Body = {}
        merged: Body = {}
        following, scalar, end = self.next, yaml.ScalarEvent, yaml.MappingEndEvent
        while (kind := type(event := following())) is not end:
            key = intern(event.value) if kind is scalar and event.value != "<<" else self._key(event, depth)
            value = self._value(following(), depth + 1)
            if key is _MERGE:
                merged |= value if isinstance(value, dict) else {}
            elif isinstance(key, str):
                if key in body:
                    self.duplicated = True
                body[key] = value
        return {**merged, **body} if merged else body

    def _key(self, event: Any, depth: int) -> str | object | None:
        """The text of a key that is no ordinary one; None when it cannot be a key (then its value is passed over)."""
        offset = event.start_mark.index
        if type(event) is yaml.ScalarEvent:
            if event.style or event.tag:
                return str(event.value)
            hint = "write the keys out, or quote it if it is a name"
            self.problem(offset, "merge-key", "YAML 1.2 has no merge key '<<'", hint)
            return _MERGE
        value = self._value(event, depth + 1)
        if isinstance(value, str):
            return value
        message = "a list or an object cannot be a key" if isinstance(value, list | dict) else "a key has to be text"
        hint = "quote a value that begins with '{{'" if isinstance(value, dict) else "quote it if it is a name"
        self.problem(offset, "key-not-text", message, hint)
        return None

    def _scalar(self, event: Any) -> JSON:
        if event.tag is None and event.style:
            return event.value
        try:
            return (
                words.plain(event.value)
                if event.tag is None
                else words.tagged(event.tag.removeprefix(_TAG), event.value)
            )
        except ValueError as error:
            self.problem(event.start_mark.index, "number-not-json", str(error), "quote it if it is text")
        except KeyError:
            self._unknown_tag(event)
            return event.value
        return None

    def _unknown_tag(self, event: Any) -> None:
        tag = event.tag.replace(_TAG, "!!")
        message = f"the tag '{tag}' means nothing in JSON"
        self.problem(
            event.start_mark.index, "unknown-tag", message, "leave it away, or quote text that begins with '!'"
        )

    def _alias(self, event: Any, depth: int) -> JSON:
        offset, name = event.start_mark.index, event.anchor
        value = self.anchors.get(name, _NOWHERE)
        if value is _NOWHERE:
            hint = f"write '&{name}' at the value it stands for, before this; quote text that begins with '*'"
            return self.problem(offset, "unknown-alias", f"the alias '*{name}' stands for nothing", hint)
        if value is _OPEN:
            return self.problem(
                offset, "endless-alias", f"the alias '*{name}' stands for something that it is a part of"
            )
        weight, height = _extent(value, self.budget)
        self.budget -= weight
        if self.budget < 0:
            message = f"the aliases of this document stand for more than {ALIAS_LIMIT:,} values"
            self.problem(offset, "alias-limit", message, "write out what is meant")
            raise _Stop
        if depth + height - 1 > DEPTH_LIMIT:
            self._too_deep(offset)
        return value

    def _too_deep(self, offset: int) -> None:
        self.problem(*syntax.too_deep(offset, DEPTH_LIMIT))
        raise _Stop

    def _tell_duplicates(self) -> None:
        for key, first, again in self.written.duplicates() if self.duplicated else ():
            hint = "keep one of the two; only the last would count"
            self.problem(again, "duplicate-key", f"the key '{key}' stands twice in this object", hint, also=first)

    def json(self) -> Iterator[Document]:
        text = self.written.text
        try:
            value = json.loads(
                text,
                object_pairs_hook=self._object,
                parse_int=words.integer,
                parse_float=words.finite,
                parse_constant=words.no_number,
            )
        except json.JSONDecodeError as error:
            if text.strip(" \t\r\n"):
                self.problem(*syntax.json_fault(text, error))
        except ValueError:
            self.problem(*syntax.json_number_fault(text))
        except RecursionError:
            self.problem(*syntax.depth_fault(text, DEPTH_LIMIT))
        else:
            yield from self._checked(value)

    def _object(self, pairs: list[tuple[str, JSON]]) -> Body:
        body = dict(pairs)
        if len(body) != len(pairs):
            self.duplicated = True
        return body

    def _checked(self, value: JSON) -> Iterator[Document]:
        text = self.written.text
        if _extent(value, len(text))[1] > DEPTH_LIMIT:
            return self.problem(*syntax.depth_fault(text, DEPTH_LIMIT))
        if fault := syntax.half_character(text):
            return self.problem(*fault)
        self._tell_duplicates()
        if value is not None:
            yield Document(value, Source(self.path, Written(self.written, 0)))


_TAG = "tag:yaml.org,2002:"
_OPEN, _NOWHERE, _MERGE = object(), object(), object()


def _extent(value: JSON, limit: int) -> tuple[int, int]:
    """How many values there are in a value, and how many lists and objects within each other; counts to the limit.

    What is shared counts each time it is met.
    """
    weight = height = 0
    level = [value]
    while level and weight <= limit:
        weight += sum(1 + len(member) // 64 if isinstance(member, str) else 1 for member in level)
        height += any(isinstance(member, dict | list) for member in level)
        level = list(islice(chain.from_iterable(map(_members, level)), limit + 1))
    return weight, height


def _members(value: JSON) -> Iterator[JSON]:
    if isinstance(value, dict):
        return iter(value.values())
    return iter(value if isinstance(value, list) else ())
