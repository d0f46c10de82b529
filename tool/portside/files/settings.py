"""portside.yaml: which catalogs there are, which one is meant when nobody says, and what is in scope.

Absent means: one embedded catalog, `local`, under .portside/, and everything in scope. The rule: a pull request may
bring this file, so it holds names of secrets and no secret, and reading it runs nothing and reaches nobody.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

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


REGIONS: Mapping[str, str] = {"eu": "https://api.port.io", "us": "https://api.us.port.io"}
"""Port's own addresses (its page on API regions)."""
CLIENT_ID, CLIENT_SECRET = "${PORT_CLIENT_ID}", "${PORT_CLIENT_SECRET}"
PATIENCE = 120.0
"""Seconds for which a request is tried again, unless the catalog says."""


class CatalogSettings(NamedTuple):
    """A catalog by its name, as written. `path` (a SQLite file, relative to the root), `database` or `url` says where.

    The others go with `url`: the variables that hold the client's id and secret, or the command that prints them, and
    for how many seconds a request is tried again.
    """

    name: str
    path: str = ""
    database: str = ""
    url: str = ""
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    credentials: tuple[str, ...] = ()
    patience: float = PATIENCE

    @property
    def remote(self) -> bool:
        """Whether it is Port's API, and not an embedded catalog."""
        return bool(self.url)

    def filled(self, key: str) -> str:
        """What is written at a key, with its variables replaced. Raises Usage for one that is not set."""
        return _filled(str(getattr(self, key.replace("-", "_"))), f"the {key} of catalog '{self.name}'")


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
        return self.root / self.catalog(name).filled("path")


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
    named = body.get("catalogs") or {DEFAULT_NAME: CatalogSettings(DEFAULT_NAME, DEFAULT_PATH)}
    default = body.get("catalog") or (DEFAULT_NAME if DEFAULT_NAME in named else next(iter(named)))
    scope = body.get("scope")
    return Settings(
        named,
        default,
        {kind: EVERYTHING if scope is None else tuple(scope.get(plural, ())) for plural, kind in _PLURALS.items()},
        root,
    )


def _filled(text: str, what: str) -> str:
    def value(found: re.Match[str]) -> str:
        if not (value := os.environ.get(found[1], "")):
            raise Usage(f"{what} in {FILE} needs the variable {found[1]}, which is not set")
        return value

    return re.sub(_VARIABLE, value, text)


_WHERE = ("path", "database", "url")
_KEYS = (*_WHERE, "client-id", "client-secret", "credentials", "patience")
_SPELLED: Mapping[str, re.Pattern[str]] = {
    "database": re.compile(r"(postgresql://(?![^/?#@]*:[^/?#@$][^/?#]*@)|\$\{)"),
    "client-id": re.compile(rf"{_VARIABLE}\Z"),
    "client-secret": re.compile(rf"{_VARIABLE}\Z"),
}
"""How some texts begin, or are: no password and no secret stands in the file."""
_WANTED: Mapping[str, str] = {
    "path": "the file that holds the catalog, such as .portside/local.db",
    "database": "an address such as postgresql://localhost/portside, with ${NAME} where a password stands",
    "url": "an address such as https://api.port.io, or eu or us",
    "client-id": f"the name of a variable, such as {CLIENT_ID}",
    "client-secret": f"the name of a variable, such as {CLIENT_SECRET}: the secret itself does not belong into a file",
    "credentials": 'a command that prints {"clientId": "…", "clientSecret": "…"}',
    "patience": "a number of seconds above 0 and not above 3600",
}
"""What each key of a catalog should be, in words."""
LONGEST_PATIENCE = 3600


def _words(text: str) -> list[str]:
    """A command's words as a shell would split them, without a shell; none for quotes that do not end."""
    import shlex  # late: few settings have a command

    try:
        return shlex.split(text)
    except ValueError:
        return []


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

    def catalogs(self, value: JSON) -> Iterator[tuple[str, CatalogSettings]]:
        for name, member in self.object(("catalogs",), value, (), "'catalogs'"):
            route = ("catalogs", name)
            before = len(self.problems)
            body = dict(self.object(route, member, _KEYS, f"catalog '{name}'"))
            if not isinstance(member, dict):
                continue
            settings = self.catalog(route, name, body)
            known = all(problem.code == "settings-key" for problem in self.problems[before:])
            if settings and known:
                yield name, settings

    def catalog(self, route: Route, name: str, body: dict[str, JSON]) -> CatalogSettings | None:
        """One catalog: exactly one key says where it is, and only Port's API takes the others."""
        where = [key for key in _WHERE if key in body]
        if not where and name == DEFAULT_NAME and not body:
            return CatalogSettings(name, DEFAULT_PATH)
        if len(where) != 1:
            message = f"catalog '{name}' needs one of 'path' (a file), 'database' (PostgreSQL) and 'url' (Port's API)"
            if where:
                message = f"catalog '{name}' can be in one place, and has {' and '.join(map(repr, where))}"
            self.wrong(self.source.at((*route, *where[1:2])), "settings-value", message, f"path: .portside/{name}.db")
            return None
        for key in body.keys() - {where[0]} if where != ["url"] else ():
            message = f"'{key}' goes with 'url', and catalog '{name}' has a '{where[0]}'"
            self.wrong(self.source.key((*route, key)), "settings-value", message)
        checked = {key: self.known((*route, key), key, value) for key, value in body.items()}
        found = {key.replace("-", "_"): value for key, value in checked.items() if value is not None}
        return CatalogSettings(name, **found)

    def known(self, route: Route, key: str, value: JSON) -> Any:
        """One value of a catalog, None when it is wrong."""
        if key == "credentials":
            value = _words(value) if isinstance(value, str) else value
            if isinstance(value, list) and value and all(isinstance(word, str) and word for word in value):
                return tuple(value)
        elif key == "patience":
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LONGEST_PATIENCE:
                return float(value)
        elif isinstance(value, str) and value and _SPELLED.get(key, re.compile("")).match(value):
            return REGIONS.get(value, value) if key == "url" else value
        self.wrong(self.source.at(route), "settings-value", f"'{key}' should be {_WANTED[key]}")
        return None

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
