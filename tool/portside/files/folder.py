"""Walk the folders of declared resources, read every file, and collect what is wrong: reading never stops.

The only reader of declared files. Links that lead out of the root are refused: what a pull request from a stranger
declares must not be able to show a file of the machine it is checked on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from portside.errors import Unreadable
from portside.files import content, names
from portside.files.document import Document, documents
from portside.model.resource import JSON, KINDS, Kind, Ref
from portside.problems import Place, Problem, Severity, Source, in_order

SUFFIXES = (".yaml", ".yml", ".json")
_LOOKALIKES = (".yam", ".ymal", ".yamll", ".yaml.txt", ".yml.txt", ".json.txt", ".jsonc", ".json5", ".jsn", ".toml")
_IDENTIFIER = r"""(?m)^[{ ]*["']?identifier["']? *: *["']?([^"',\s#}]+)"""
_STOPS = frozenset({"yaml-syntax", "json-syntax", "tab-indent", "control-character", "too-deep"})
"""Faults at which the reading of a file may end."""
_LINKED = "is a link to a folder, which is not followed"


class Declared(NamedTuple):
    """One resource as it is written: an object whose shape nobody has checked yet."""

    kind: Kind
    body: JSON
    source: Source


class Folder(NamedTuple):
    """All that a folder declares, in the order of the paths, and what is wrong with its files."""

    root: Path
    declared: tuple[Declared, ...]
    problems: tuple[Problem, ...]
    unread: tuple[Ref, ...] = ()
    """What the files that could not be read, or not to their end, seem to declare."""
    prefix: str = ""
    """What stands in a shown path before the path below the root."""


def read(root: Path, shown: str = "") -> Folder:
    """Everything declared below a root. `shown` is the root as the user typed it, "" for the current directory.

    Raises Unreadable when the root is no folder, or has none of the folders in which resources are declared.
    """
    try:
        _must_declare(root, shown)
    except OSError as error:
        raise Unreadable(f"'{shown or root}' cannot be read: {(error.strerror or str(error)).lower()}") from error
    prefix = "" if shown in ("", ".") else shown.rstrip("/") + "/"
    readings = [_Reading(root, prefix, kind) for kind in KINDS]
    declared = tuple(item for reading in readings for item in reading.result())
    problems = [problem for reading in readings for problem in reading.problems]
    unread = tuple(ref for reading in readings for ref in reading.unread)
    return Folder(root, declared, in_order([*problems, *_twice(declared), *_misnamed(declared)]), unread, prefix)


def text_of(path: Path, limit: int = content.SIZE_LIMIT) -> str:
    """The text of a file that a user names, without its byte order mark. Raises Unreadable in one sentence."""
    try:
        return content.text(path, limit=limit).removeprefix("\ufeff")
    except content.Refused as refused:
        raise _unreadable(path, refused) from refused


def bytes_of(path: Path, limit: int = content.SIZE_LIMIT) -> bytes:
    """The bytes of a file that a user names. Raises Unreadable in one sentence."""
    try:
        return content.content(path, limit=limit)
    except content.Refused as refused:
        raise _unreadable(path, refused) from refused


def _unreadable(path: Path, refused: content.Refused) -> Unreadable:
    place = f"{path}:{refused.at[0]}:{refused.at[1]}" if refused.at != (1, 1) else f"'{path}'"
    hint = f"; {refused.hint}" if refused.code == "not-utf-8" else ""
    return Unreadable(f"{place} {refused.message}{hint}")


def _must_declare(root: Path, shown: str) -> None:
    name = shown or "this folder"
    if not root.is_dir():
        raise Unreadable(f"'{shown or root}' is no folder" if root.exists() else f"'{shown or root}' does not exist")
    tops = list(dict.fromkeys(facts.folder.split("/")[0] for facts in KINDS.values()))
    if not any((root / top).exists() for top in tops):
        places = " nor ".join(f"{top}/" for top in tops)
        raise Unreadable(
            f"{name} has neither {places}: run portside where your catalog is, or name its folder with --root"
        )


class _Reading:
    """One kind's files, one after the other."""

    def __init__(self, root: Path, prefix: str, kind: Kind) -> None:
        self.root, self.prefix, self.kind = root, prefix, kind
        self.problems: list[Problem] = []
        self.unread: list[Ref] = []

    def result(self) -> list[Declared]:
        """What the files declare; what is wrong with them is then in `problems`."""
        facts = KINDS[self.kind]
        folder = self.root / facts.folder
        self.above(facts.folder)
        if not os.path.lexists(folder):
            return []
        if not folder.is_dir() or not folder.resolve().is_relative_to(self.root.resolve()):
            self.refuse(facts.folder, content.Refused("not-a-folder", "is no folder of this catalog"))
            return []
        paths = dict.fromkeys(
            path for pattern in facts.files for path in self.matching(facts.folder, pattern.split("/"))
        )
        return [item for path in paths for item in self.declared(path)]

    def matching(self, folder: str, patterns: list[str]) -> Iterator[str]:
        """Files below a folder by name, each part of the pattern in turn; `**` goes as deep as there are folders."""
        deep, last = patterns[0] == "**", len(patterns) == 1
        for entry in self.entries(folder):
            path = f"{folder}/{entry.name}"
            if self.descends(entry, path, named=last or deep):
                if deep or (not last and fnmatchcase(entry.name, patterns[0])):
                    yield from self.matching(path, patterns if deep else patterns[1:])
            elif (last or deep) and fnmatchcase(entry.name, patterns[-1]):
                if self.readable(path):
                    yield path
            elif entry.name.lower().endswith(SUFFIXES):
                self.stray(path, patterns)

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What stands in a folder, by name, without hidden files and what editors leave behind."""
        try:
            with os.scandir(self.root / folder) as found:
                kept = [
                    entry for entry in found if not entry.name.startswith((".", "#")) and not entry.name.endswith("~")
                ]
        except OSError as error:
            reason = (error.strerror or "").lower()
            self.refuse(folder, content.Refused("unreadable", f"cannot be read: {reason}", "give yourself the right"))
            return []
        return sorted(kept, key=lambda entry: entry.name)

    def descends(self, entry: os.DirEntry[str], path: str, *, named: bool) -> bool:
        """Whether an entry is a folder to look into (a file's name on a folder is a mistake; so is a link to one)."""
        if entry.is_dir(follow_symlinks=False):
            return not (named and entry.name.lower().endswith(SUFFIXES))
        if entry.is_symlink() and Path(entry.path).is_dir():
            self.refuse(path, content.Refused("linked-folder", _LINKED, "put the folder itself there"))
        return False

    def readable(self, path: str) -> bool:
        """Whether the name says that a resource is in it; a name that nearly does gets a warning."""
        name = path.lower()
        if name.endswith(_LOOKALIKES):
            message = "is passed over: only .yaml, .yml and .json files are read"
            self.refuse(
                path, content.Refused("ignored-file", message, "rename it if it declares something"), Severity.WARNING
            )
        return name.endswith(SUFFIXES)

    def stray(self, path: str, patterns: list[str]) -> None:
        """A file that nobody reads, where its place or its name almost says that it declares something."""
        wanted = patterns[-1].partition(".")[0]
        if len(patterns) == 1 and not _alike(Path(path).stem, wanted):
            return
        message = f"is passed over: a {self.kind} stands in {KINDS[self.kind].folder}/<identifier>/{wanted}.yaml"
        hint = "move or rename it if it declares something"
        self.refuse(path, content.Refused("ignored-file", message, hint), Severity.WARNING)

    def above(self, folder: str) -> None:
        """Files beside the folder that is read, where nothing is."""
        parent = folder.rpartition("/")[0]
        for entry in self.entries(parent) if parent and (self.root / parent).is_dir() else ():
            if entry.name.lower().endswith(SUFFIXES) and not entry.is_dir():
                message = f"is passed over: {KINDS[self.kind].plural} stand in {folder}/"
                hint = "move it there if it declares something"
                place = f"{parent}/{entry.name}"
                self.refuse(place, content.Refused("ignored-file", message, hint), Severity.WARNING)

    def declared(self, path: str) -> Iterator[Declared]:
        shown = self.prefix + path
        try:
            text = content.text(self.root / path, within=self.root)
        except content.Refused as refused:
            self.refuse(path, refused)
            self.seems(path, "")
            return
        found, problems = documents(text, shown)
        self.problems += problems
        if not found or any(problem.code in _STOPS for problem in problems):
            self.seems(path, text)
        for document in found:
            if isinstance(document.value, dict):
                yield Declared(self.kind, document.value, document.source)
            else:
                self.problems.append(self.no_object(document))

    def seems(self, path: str, text: str) -> None:
        """Keep what a file with faults may declare: by what it says, by its name, by its folder's."""
        names = {*re.findall(_IDENTIFIER, text), Path(path).stem, Path(path).parent.name}
        self.unread += [Ref(self.kind, name) for name in sorted(names)]

    def no_object(self, document: Document) -> Problem:
        hint = self.for_list(document)
        found = "a list" if isinstance(document.value, list) else "a single value"
        message = f"a {self.kind} is an object, and this is {found}"
        return Problem(document.source.at(), "not-an-object", Severity.ERROR, message, hint)

    def for_list(self, document: Document) -> str:
        members = document.value if isinstance(document.value, list) else ()
        if self.kind is Kind.WEBHOOK and any(isinstance(one, dict) and "entity" in one for one in members):
            return "a list of mappings goes under 'mappings', beside 'identifier' and 'title'"
        if document.source.path.endswith(".json"):
            return "put each member of a list in a file of its own"
        return "a list's members can stand as documents of their own, with '---' between them"

    def refuse(self, path: str, refused: content.Refused, severity: Severity = Severity.ERROR) -> None:
        place = Place(self.prefix + path, *refused.at)
        self.problems.append(Problem(place, refused.code, severity, f"this {refused.message}", refused.hint))


def _alike(name: str, wanted: str) -> bool:
    from difflib import SequenceMatcher  # late: such files are rare

    return SequenceMatcher(None, name.casefold(), wanted).ratio() >= 0.75


def _twice(declared: Iterable[Declared]) -> Iterator[Problem]:
    first: dict[tuple[Kind, str], Source] = {}
    for item in declared:
        identifier = item.body.get("identifier")
        if not isinstance(identifier, str):
            continue
        source = first.setdefault((item.kind, identifier), item.source)
        if source is not item.source:
            message, hint = f"{item.kind} '{identifier}' is declared twice", "keep one of the two"
            also = source.at(("identifier",))
            yield Problem(item.source.at(("identifier",)), "duplicate-identifier", Severity.ERROR, message, hint, also)


def _misnamed(declared: Iterable[Declared]) -> Iterator[Problem]:
    for item in declared:
        identifier = item.body.get("identifier")
        if item.kind is Kind.BLUEPRINT or not isinstance(identifier, str) or not identifier:
            continue
        folder = Path(item.source.path).parent.name
        if not names.fits(folder, identifier):
            message = f"{item.kind} '{identifier}' stands in a folder named '{folder}'"
            hint = f"name the folder '{names.folder_name(identifier)}'"
            yield Problem(item.source.at(("identifier",)), "folder-name", Severity.WARNING, message, hint)
