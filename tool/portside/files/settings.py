"""portside.yaml: which catalogs there are, which one is meant when nobody says, and what is in scope.

Absent means: one embedded catalog, `local`, under .portside/, and everything in scope.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from portside.errors import Usage
from portside.files import content
from portside.files.document import Document, documents
from portside.model.resource import JSON, KINDS, Kind
from portside.problems import Place, Problem, Route, Severity, in_order

FILE = "portside.yaml"
DEFAULT_NAME = "local"
DEFAULT_PATH = ".portside/catalog.db"
EVERYTHING = ("*",)
_VARIABLE = r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}"
_PLURALS = {facts.plural: kind for kind, facts in KINDS.items()}


class CatalogSettings(NamedTuple):
    """A catalog by its name; `path` is its SQLite file as written, relative to the root."""

    name: str
    path: str


class Settings(NamedTuple):
    """What portside.yaml says, defaults filled. `scope` has every kind; no pattern means nothing of that kind."""

    catalogs: Mapping[str, CatalogSettings]
    default: str
    scope: Mapping[Kind, tuple[str, ...]]
    root: Path

    def catalog(self, name: str = "") -> CatalogSettings:
        """A catalog by name ("": the default). Raises Usage for a name that is not there."""
        wanted = name or self.default
        if wanted not in self.catalogs:
            known = ", ".join(f"'{other}'" for other in self.catalogs)
            raise Usage(f"there is no catalog '{wanted}' in {FILE}; there is {known}")
        return self.catalogs[wanted]

    def file(self, name: str = "") -> Path:
        """Where a catalog's SQLite file is. Raises Usage for an unknown name, and for a variable that is not set."""
        return self.root / _filled(self.catalog(name))


def read(root: Path) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of a root, and what is wrong with them; what is wrong counts as absent."""
    shown = str(root / FILE)
    try:
        text = content.text(root / FILE, within=root)
    except content.Refused as refused:
        place = Place(shown, *refused.at)
        problem = Problem(place, refused.code, Severity.ERROR, f"this {refused.message}", refused.hint)
        return _settings(root, {}), () if refused.code == "missing-file" else (problem,)
    found, problems = documents(text, shown)
    problems = tuple(problem for problem in problems if problem.code != "empty-file")
    if not found:
        return _settings(root, {}), problems
    check = _Check(found[0])
    body = check.settings()
    if len(found) > 1:
        check.wrong(found[1].source.at(), "settings-value", "the settings are one document, and here begins another")
    return _settings(root, body), in_order([*problems, *check.problems])


def _settings(root: Path, body: Mapping[str, JSON]) -> Settings:
    catalogs = body.get("catalogs") or {DEFAULT_NAME: {"path": DEFAULT_PATH}}
    named = {name: CatalogSettings(name, value["path"]) for name, value in catalogs.items()}
    default = body.get("catalog") or (DEFAULT_NAME if DEFAULT_NAME in named else next(iter(named)))
    scope = body.get("scope")
    return Settings(
        named,
        default,
        {kind: EVERYTHING if scope is None else tuple(scope.get(plural, ())) for plural, kind in _PLURALS.items()},
        root,
    )


def _filled(catalog: CatalogSettings) -> str:
    def value(found: re.Match[str]) -> str:
        if not (text := os.environ.get(found[1], "")):
            raise Usage(
                f"the path of catalog '{catalog.name}' in {FILE} needs the variable {found[1]}, which is not set"
            )
        return text

    return re.sub(_VARIABLE, value, catalog.path)


class _Check:
    """The settings' shape, by hand: a JSON Schema validator takes longer to load than this file to read."""

    def __init__(self, document: Document) -> None:
        self.value = document.value
        self.source = document.source
        self.problems: list[Problem] = []

    def wrong(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(place, code, Severity.ERROR, message, hint))

    def settings(self) -> dict[str, JSON]:
        """What is right with the settings."""
        body = dict(self.object((), self.value, ("catalog", "catalogs", "scope"), "the settings"))
        if "catalogs" in body:
            body["catalogs"] = dict(self.catalogs(body["catalogs"]))
        if "scope" in body:
            body["scope"] = dict(self.scope(body["scope"]))
        self.default(body)
        return body

    def object(self, route: Route, value: JSON, known: tuple[str, ...], name: str) -> Iterator[tuple[str, JSON]]:
        """The entries of an object whose keys are known."""
        if not isinstance(value, dict):
            self.wrong(self.source.at(route), "settings-value", f"{name} should be an object")
            return
        for key, member in value.items():
            if not known or key in known:
                yield key, member
            else:
                hint = f"known here: {', '.join(known)}"
                self.wrong(self.source.key((*route, key)), "settings-key", f"{name} has no key '{key}'", hint)

    def catalogs(self, value: JSON) -> Iterator[tuple[str, JSON]]:
        for name, member in self.object(("catalogs",), value, (), "'catalogs'"):
            route = ("catalogs", name)
            body = dict(self.object(route, member, ("path",), f"catalog '{name}'"))
            path = body.get("path", DEFAULT_PATH if name == DEFAULT_NAME else None)
            if not isinstance(member, dict):
                continue
            if not isinstance(path, str) or not path:
                message = f"catalog '{name}' needs a 'path': the file that holds it"
                self.wrong(self.source.at((*route, "path")), "settings-value", message, f"path: .portside/{name}.db")
            else:
                yield name, {"path": path}

    def scope(self, value: JSON) -> Iterator[tuple[str, list[str]]]:
        for plural, patterns in self.object(("scope",), value, tuple(_PLURALS), "'scope'"):
            if isinstance(patterns, list) and all(isinstance(pattern, str) and pattern for pattern in patterns):
                yield plural, patterns
                continue
            message = f"the scope of {plural} should be a list of patterns"
            self.wrong(
                self.source.at(("scope", plural)), "settings-value", message, f'{plural}: ["*"] means all of them'
            )

    def default(self, body: dict[str, JSON]) -> None:
        """The default's name must be that of a catalog."""
        if "catalog" not in body:
            return
        known = tuple(body.get("catalogs") or (DEFAULT_NAME,))
        if body["catalog"] not in known:
            message = f"the default catalog '{body.pop('catalog')}' is not one of the catalogs"
            self.wrong(self.source.at(("catalog",)), "settings-value", message, f"known here: {', '.join(known)}")
