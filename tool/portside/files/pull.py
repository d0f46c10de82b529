"""A live state to files: what a file says already stays as it is written, and only what differs is written anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from portside.errors import Unwritable
from portside.files import names, order, spelling
from portside.files.document import Document, documents
from portside.files.edits import edited, same
from portside.files.folder import Declared, Folder
from portside.files.lean import lean
from portside.files.marks import Written
from portside.files.written import Text
from portside.model import secrets
from portside.model.resource import JSON, KINDS, Body, Kind, Ref, Resource, without
from portside.problems import Route


def pulled(folder: Folder, resources: Iterable[Resource]) -> dict[Path, bytes]:
    """The files to write so that the folder declares these resources; those that do already are not among them.

    A resource that no file declares gets a new one. Files of resources that are not given stay. Raises Unwritable for
    a file whose comments or aliases would not survive the change.
    """
    live = {resource.ref: resource for resource in resources}
    declared = {ref: item for item in reversed(folder.declared) if (ref := _ref(item))}
    changed = [(declared[ref], resource) for ref, resource in live.items() if ref in declared]
    files = dict(_changed_files(folder, changed))
    return {**files, **dict(_new_files(folder, [live[ref] for ref in live if ref not in declared]))}


def target(raw: JSON, resource: Resource) -> Body:
    """A raw body that means the resource, as near to the one that is written as can be. Secrets stay as written."""
    secret = KINDS[resource.ref.kind].write_only
    live = without(resource.body, secret)
    before = without(_normal(resource.ref.kind, raw), secret)
    small = without(lean(resource), secret)
    found: Body = _nearest(raw, before, live, small)
    if without(_normal(resource.ref.kind, found), secret) == live:
        return found
    return dict(_with_secrets(small, raw, secret))


def _with_secrets(body: JSON, raw: JSON, routes: Iterable[Route]) -> JSON:
    """The body with what the raw one holds at the routes of secrets."""
    for head, *rest in routes:
        if isinstance(raw, dict) and head in raw:
            inner = _with_secrets(body.get(head) or {}, raw[head], [tuple(rest)]) if rest else raw[head]
            body = {**body, head: inner} if inner or not rest else body
    return body


def _ref(item: Declared) -> Ref | None:
    identifier = item.body.get("identifier")
    return Ref(item.kind, identifier) if isinstance(identifier, str) else None


def _normal(kind: Kind, body: JSON) -> Body:
    try:
        return Resource.of(kind, body).body
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}  # the body has not passed its schema: nothing of it is as it should be


_ABSENT = object()


def _nearest(raw: JSON, before: JSON, live: JSON, small: JSON) -> JSON:
    """What is written where it means what is live, else what is live, in the fewest words."""
    if all(isinstance(value, dict) for value in (raw, before, live, small)):
        return dict(_nearest_members(raw, before, live, small))
    if all(isinstance(value, list) for value in (raw, before, live, small)) and len(raw) == len(before) == len(live):
        return [_chosen(*values) for values in zip(raw, before, live, small, strict=True)]
    return small


def _nearest_members(raw: Body, before: Body, live: Body, small: Body) -> Iterator[tuple[str, JSON]]:
    for key in raw:
        value = _chosen(raw[key], *(body.get(key, _ABSENT) for body in (before, live, small)))
        if value is not _ABSENT:
            yield key, _as_a_set(raw[key], value) if key == "required" else value
    for key in live:
        if key not in raw and not _equal(before.get(key, _ABSENT), live[key]):
            yield key, small.get(key, live[key])


def _as_a_set(raw: JSON, value: JSON) -> JSON:
    """Names whose order means nothing, in the order in which they are written, new ones last."""
    if not isinstance(raw, list) or not isinstance(value, list):
        return value
    return [name for name in raw if name in value] + [name for name in value if name not in raw]


def _chosen(raw: JSON, before: JSON, live: JSON, small: JSON) -> JSON:
    if _equal(before, live):
        return raw
    return _nearest(raw, before, live, live if small is _ABSENT else small)


def _equal(one: JSON, other: JSON) -> bool:
    return one is other or (_ABSENT not in (one, other) and same(one, other))


def _changed_files(folder: Folder, changed: Iterable[tuple[Declared, Resource]]) -> Iterator[tuple[Path, bytes]]:
    by_path = sorted(changed, key=lambda pair: pair[0].source.path)
    for shown, pairs in groupby(by_path, key=lambda pair: pair[0].source.path):
        members = list(pairs)
        marks = members[0][0].source.marks
        if isinstance(marks, Written) and (changes := dict(_changes(members))):
            path = folder.root / shown.removeprefix(folder.prefix)
            yield path, _rewritten(marks.text, changes, shown).encode("utf-8")


def _changes(pairs: Iterable[tuple[Declared, Resource]]) -> Iterator[tuple[int, tuple[JSON, JSON]]]:
    for item, resource in pairs:
        new = target(item.body, resource)
        if not same(item.body, new) and isinstance(item.source.marks, Written):
            yield item.source.marks.index, (item.body, new)


def _rewritten(text: Text, changes: Mapping[int, tuple[JSON, JSON]], shown: str) -> str:
    if text.json:
        (_, new), *_ = changes.values()
        return json.dumps(new, indent=_indentation(text.text), ensure_ascii=False) + "\n"
    result = edited(text, changes)
    if not _reads_as(result, shown, text, changes):
        raise Unwritable(f"'{shown}' cannot be changed without a loss (has it aliases?); change it by hand")
    return result


def _reads_as(result: str, shown: str, text: Text, changes: Mapping[int, tuple[JSON, JSON]]) -> bool:
    """Whether the documents that change read as they should, and the others as they did."""
    before, _ = documents(text.text, shown)
    after, problems = documents(result, shown)
    wanted = [changes[_number(document)][1] if _number(document) in changes else document.value for document in before]
    return not problems and same(wanted, [document.value for document in after])


def _number(document: Document) -> int:
    return document.source.marks.index if isinstance(document.source.marks, Written) else 0


def _indentation(text: str) -> int | str | None:
    """How a JSON file is indented: by so many spaces, by tabs, or not at all."""
    found = re.search(r"[{\[]\r?\n([ \t]+)", text)
    if found is None:
        return None if "\n" not in text.strip() else 2
    return len(found[1]) if found[1].isspace() and "\t" not in found[1] else "\t"


def _new_files(folder: Folder, resources: Iterable[Resource]) -> Iterator[tuple[Path, bytes]]:
    taken: dict[Kind, set[str]] = {kind: set(_taken(folder.root / facts.folder)) for kind, facts in KINDS.items()}
    for resource in sorted(resources, key=lambda found: found.ref):
        kind, identifier = resource.ref
        name = names.distinct(identifier, frozenset(taken[kind]))
        taken[kind].add(name.casefold())
        body = order.ordered(kind, secrets.withheld(kind, lean(resource)))
        yield folder.root / KINDS[kind].folder / _file(kind, name), ("\n".join(spelling.lines(body)) + "\n").encode()


def _file(kind: Kind, name: str) -> str:
    return f"{name}.yaml" if KINDS[kind].files == ("**/*",) else f"{name}/webhook.yaml"


def _taken(folder: Path) -> Iterator[str]:
    """The names that stand in a folder, without suffixes and in small letters."""
    for path in folder.iterdir() if folder.is_dir() else ():
        yield (path.stem if path.is_file() else path.name).casefold()
