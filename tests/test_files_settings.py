"""portside.yaml: absent means the embedded catalog and everything in scope; what is wrong has a place."""

from __future__ import annotations

import pytest

from portside import codes
from portside.errors import Usage
from portside.files import settings
from portside.files.settings import CatalogSettings, Settings
from portside.model.resource import Kind

LOCAL = {"local": CatalogSettings("local", ".portside/catalog.db")}
EVERYTHING = {Kind.BLUEPRINT: ("*",), Kind.WEBHOOK: ("*",)}


def read(root, text: str) -> Settings:
    (root / "portside.yaml").write_text(text)
    found, problems = settings.read(root)
    assert problems == ()
    return found


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "{}\n", "catalogs: {local: {}}\n"])
def test_what_is_not_said_has_a_default(tmp_path, text):
    if text is not None:
        (tmp_path / "portside.yaml").write_text(text)

    assert settings.read(tmp_path) == (Settings(LOCAL, "local", EVERYTHING, tmp_path), ())


def test_what_is_said_counts(tmp_path):
    text = "catalog: b\ncatalogs: {a: {path: x.db}, b: {path: y.db}}\nscope: {blueprints: ['pager*', x]}\n"

    assert read(tmp_path, text) == Settings(
        {"a": CatalogSettings("a", "x.db"), "b": CatalogSettings("b", "y.db")},
        "b",
        {Kind.BLUEPRINT: ("pager*", "x"), Kind.WEBHOOK: ()},
        tmp_path,
    )


def test_a_catalog_is_a_file_a_database_or_an_address(tmp_path):
    text = """
catalogs:
  local: {}
  shared: {database: "postgresql://portside:${DB_PASSWORD}@db/catalog"}
  production: {url: eu}
  staging:
    url: https://api.us.port.io/v1/
    client-id: ${STAGING_ID}
    client-secret: ${STAGING_SECRET}
    patience: 30
  kept: {url: us, credentials: "op read 'a b'"}
  listed: {url: "http://localhost:8000", credentials: [op, read]}
"""

    assert list(read(tmp_path, text).catalogs.values()) == [
        LOCAL["local"],
        CatalogSettings("shared", database="postgresql://portside:${DB_PASSWORD}@db/catalog"),
        CatalogSettings("production", url="https://api.port.io"),
        CatalogSettings(
            "staging",
            url="https://api.us.port.io/v1/",
            client_id="${STAGING_ID}",
            client_secret="${STAGING_SECRET}",
            patience=30.0,
        ),
        CatalogSettings("kept", url="https://api.us.port.io", credentials=("op", "read", "a b")),
        CatalogSettings("listed", url="http://localhost:8000", credentials=("op", "read")),
    ]


def test_what_is_wrong_with_a_secret_is_said_without_it(tmp_path):
    (tmp_path / "portside.yaml").write_text("catalogs: {a: {url: eu, client-secret: planted}}\n")

    _, (problem,) = settings.read(tmp_path)

    said = "'client-secret' should be the name of a variable, such as ${PORT_CLIENT_SECRET}"
    assert problem.message == f"{said}: the secret itself does not belong into a file"


def test_the_first_catalog_is_the_default_where_none_is_called_local(tmp_path):
    assert read(tmp_path, "catalogs: {b: {path: b.db}, a: {path: a.db}}\n").default == "b"
    assert read(tmp_path, "catalogs: {b: {path: b.db}, local: {path: a.db}}\n").default == "local"


def test_a_path_takes_variables_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("WHERE", "data")
    found = read(tmp_path, "catalogs: {local: {path: '${WHERE}/x.db'}, far: {path: '${PORTSIDE_NOWHERE}/y.db'}}\n")

    assert found.file() == tmp_path / "data/x.db"
    with pytest.raises(Usage) as error:
        found.file("far")
    assert str(error.value) == (
        "the path of catalog 'far' in portside.yaml needs the variable PORTSIDE_NOWHERE, which is not set"
    )


def test_a_catalog_that_is_not_there_is_a_usage_error_that_names_those_that_are(tmp_path):
    with pytest.raises(Usage) as error:
        settings.read(tmp_path)[0].catalog("prod")

    assert str(error.value) == "there is no catalog 'prod' in portside.yaml; there is 'local'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", ["1:1 settings-value"]),
        ("catalogues: {}\n", ["1:1 settings-key"]),
        ("catalogs: [a]\n", ["1:1 settings-value"]),
        ("catalogs:\n  a: {path: x, url: eu}\n", ["2:21 settings-value"]),
        ("catalogs:\n  a: {path: x, client-id: '${A}', patience: 3}\n", ["2:16 settings-value", "2:35 settings-value"]),
        ("catalogs:\n  a: {url: eu, client-secret: planted}\n", ["2:31 settings-value"]),
        ("catalogs:\n  a: {url: eu, client-secret: 'x${A}'}\n", ["2:31 settings-value"]),
        ("catalogs:\n  a: {url: eu, credentials: []}\n", ["2:16 settings-value"]),
        ('catalogs:\n  a: {url: eu, credentials: "a \'b"}\n', ["2:29 settings-value"]),
        ("catalogs:\n  a: {url: eu, patience: 0}\n", ["2:26 settings-value"]),
        ("catalogs:\n  a: {url: eu, patience: true}\n", ["2:26 settings-value"]),
        ("catalogs:\n  a: {database: mysql://x/y}\n", ["2:17 settings-value"]),
        ("catalogs:\n  a: {database: 'postgresql://me:planted@host/db'}\n", ["2:17 settings-value"]),
        ("catalogs:\n  a: {}\n  b: {path: 1}\n  c: {path: c, x: 1}\n  d: e\n", [
            "2:3 settings-value", "3:13 settings-value", "4:16 settings-key", "5:6 settings-value",
        ]),
        ("catalog: x\n", ["1:10 settings-value"]),
        ("catalog: [x]\n", ["1:1 settings-value"]),
        ("scope: {blueprint: ['*']}\n", ["1:9 settings-key"]),
        ("scope:\n  blueprints: '*'\n  webhooks: [1]\n", ["2:15 settings-value", "3:3 settings-value"]),
        ("a: 1\n---\nb: 2\n", ["1:1 settings-key", "3:1 settings-value"]),
        ("a: [\n", ["2:1 yaml-syntax"]),
        ("catalog: local\ncatalog: local\n", ["2:1 duplicate-key"]),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_place_and_a_code_and_counts_as_absent(tmp_path, text, expected):
    (tmp_path / "portside.yaml").write_text(text)

    found, problems = settings.read(tmp_path)

    place = f"{tmp_path}/portside.yaml:"
    assert [str(problem.place).removeprefix(place) + f" {problem.code}" for problem in problems] == expected
    assert all(codes.meaning(problem.code) for problem in problems)
    assert found.file().is_relative_to(tmp_path)


def test_settings_that_are_no_file_are_a_problem(tmp_path):
    (tmp_path / "portside.yaml").mkdir()

    found, (problem,) = settings.read(tmp_path)

    place = f"{tmp_path}/portside.yaml:1:1"
    assert (found.default, str(problem.place), problem.code) == ("local", place, "not-a-file")
