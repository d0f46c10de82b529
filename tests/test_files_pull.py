"""A live state to files: what is pulled plans as no changes, and what somebody wrote beside it stays."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import blueprint, webhook
from portside.errors import Unwritable
from portside.files import folder, names
from portside.files.lean import lean
from portside.files.pull import pulled
from portside.files.writer import write_all
from portside.model.resource import Kind, Resource, State

EXAMPLES = Path(__file__).parent / "examples"
ROOT = Path(__file__).parent.parent

CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Cs", "Zl", "Zp"))
KEYS = st.text("abcYN01_@-", min_size=1, max_size=4) | st.sampled_from(["yes", "404", "null", "on"])
TEXTS = st.text(CHARACTERS, max_size=8) | st.sampled_from([".a | .b", "if .a then\n  .b\nend\n", "yes", "a: b", "a #b"])
SCALARS = st.booleans() | st.integers() | TEXTS
OPEN = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=5
)
PROPERTIES = st.dictionaries(
    KEYS, st.dictionaries(st.sampled_from(["type", "title", "enum", "default"]), OPEN, max_size=3), max_size=3
)
RELATIONS = st.dictionaries(
    KEYS, st.fixed_dictionaries({"target": KEYS}, optional={"many": st.booleans(), "title": KEYS}), max_size=2
)
AGGREGATIONS = st.dictionaries(
    KEYS,
    st.sampled_from([{"func": "average"}, {"func": "count", "averageOf": "day"}]).map(
        lambda spec: {"target": "a", "calculationSpec": spec}
    ),
    max_size=2,
)
BLUEPRINTS = st.builds(
    lambda title, properties, relations, aggregations, more: blueprint(
        "service",
        properties=properties,
        relations=relations,
        required=tuple(properties)[:2],
        **{"title": title, "aggregationProperties": aggregations, **more},
    ),
    TEXTS,
    PROPERTIES,
    RELATIONS,
    AGGREGATIONS,
    st.dictionaries(st.sampled_from(["icon", "description", "unknown", "ownership"]), OPEN, max_size=2),
)
MAPPINGS = st.fixed_dictionaries(
    {"blueprint": KEYS, "entity": st.fixed_dictionaries({"identifier": SCALARS}, optional={"properties": OPEN})},
    optional={
        "operation": st.sampled_from(["create", "delete", {"type": "delete", "deleteDependents": False}]),
        "filter": SCALARS,
    },
)
WEBHOOKS = st.builds(
    lambda mappings, security, enabled: webhook("hook", mappings=mappings, security=security, enabled=enabled),
    st.lists(MAPPINGS, max_size=3),
    st.dictionaries(st.sampled_from(["secret", "signaturePrefix"]), KEYS, max_size=2),
    st.booleans(),
)


def declared(root: Path) -> State:
    found = folder.read(root)
    assert found.problems == ()
    return State(Resource.of(item.kind, item.body, item.source) for item in found.declared)


def written(root: Path, text: str, path: str = "catalog/blueprints/service.yaml") -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, newline="")
    return root / path


def pull(root: Path, *resources: Resource) -> dict[str, str]:
    """Pulls, writes, and gives what was written; afterwards there is nothing left to pull."""
    files = pulled(folder.read(root), resources)
    write_all(files)
    assert pulled(folder.read(root), resources) == {}
    return {str(path.relative_to(root)): data.decode() for path, data in files.items()}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "catalog").mkdir()
    return tmp_path


def without_secret(resource: Resource) -> dict:
    return {**resource.body, "security": {k: v for k, v in resource.body["security"].items() if k != "secret"}}


@given(BLUEPRINTS)
@settings(deadline=None, max_examples=60)
def test_a_blueprint_that_no_file_declares_reads_back_as_it_is(tmp_path_factory, live):
    root = tmp_path_factory.mktemp("root")
    (root / "catalog").mkdir()

    pull(root, live)

    assert declared(root)[live.ref].body == live.body


@given(BLUEPRINTS, BLUEPRINTS, st.booleans())
@settings(deadline=None, max_examples=150)
def test_a_file_changed_in_place_reads_back_as_what_is_live(tmp_path_factory, before, live, lean_first):
    root = tmp_path_factory.mktemp("root")
    (root / "catalog").mkdir()
    pull(root, before)
    path = root / "catalog/blueprints/service.yaml"
    path.write_text(
        "# one\n" + path.read_text() + "# two\n" if lean_first else json.dumps(before.body, ensure_ascii=False)
    )

    files = pull(root, live)

    assert declared(root)[live.ref].body == live.body
    assert not lean_first or not files or (path.read_text()[:6], path.read_text()[-6:]) == ("# one\n", "# two\n")


@given(WEBHOOKS, WEBHOOKS)
@settings(deadline=None, max_examples=100)
def test_a_webhook_changed_in_place_reads_back_as_what_is_live_and_keeps_its_secret(tmp_path_factory, before, live):
    root = tmp_path_factory.mktemp("root")
    written(root, json.dumps(before.body, ensure_ascii=False), "mappings/hook/webhook.yaml")

    pull(root, live)

    found = declared(root)[live.ref]
    assert without_secret(found) == without_secret(live)
    assert found.body["security"].get("secret") == before.body["security"].get("secret")


@given(BLUEPRINTS | WEBHOOKS)
@settings(deadline=None)
def test_the_smallest_body_means_the_same(resource):
    assert Resource.of(resource.ref.kind, lean(resource)) == resource


def test_defaults_are_left_out():
    body = {
        "identifier": "a", "title": "A", "schema": {"properties": {"p": {"type": "string"}}},
        "relations": {"r": {"target": "a"}},
        "aggregationProperties": {"n": {"target": "a", "calculationSpec": {"func": "average"}}},
    }  # fmt: skip
    hook = {
        "identifier": "h",
        "title": "H",
        "enabled": True,
        "mappings": [{"blueprint": "a", "operation": "delete", "entity": {"identifier": ".x"}}],
    }

    assert lean(Resource.of(Kind.BLUEPRINT, body)) == body
    assert lean(Resource.of(Kind.WEBHOOK, hook)) == hook


BEFORE = """\
# The services of the company.
identifier: service   # never change
title:   'Service'

schema:
    properties:
      # how much it matters
      tier: {type: string, title: Tier}   # flow
      # the language
      language:
        type: string
        enum: [go, python]   # more to come
      # gone soon
      old: {type: string}
      url:
        type: string  # an address
        format: url
    required:
    - tier   # always
    - url
# who owns it
relations:
  owner: {target: team}
calculationProperties:
  long:
    calculation: |
      .a |
        .b
    type: string
# the end
"""

AFTER = """\
# The services of the company.
identifier: service   # never change
title:   New title

schema:
    properties:
      # how much it matters
      tier: {type: string, title: 'yes'}   # flow
      # the language
      language:
        type: string
        enum: [go, python, rust]   # more to come
      url:
        type: number  # an address
      fresh:
        type: string
    required:
    - tier   # always
    - fresh
# who owns it
relations:
  owner: {target: team}
calculationProperties:
  long:
    calculation: |-
      .a |
        .c
    type: string
icon: Service
# the end
"""


def test_only_what_differs_is_written_anew(root):
    written(root, BEFORE)
    live = blueprint(
        "service",
        title="New title",
        icon="Service",
        properties={
            "tier": {"type": "string", "title": "yes"},
            "language": {"type": "string", "enum": ["go", "python", "rust"]},
            "url": {"type": "number"},
            "fresh": "string",
        },
        required=("tier", "fresh"),
        relations={"owner": "team"},
        calculationProperties={"long": {"calculation": ".a |\n  .c", "type": "string"}},
    )

    assert pull(root, live)["catalog/blueprints/service.yaml"] == AFTER


def test_nothing_is_written_for_what_is_declared_already(root):
    path = written(root, BEFORE)
    (item,) = folder.read(root).declared

    assert pulled(folder.read(root), [Resource.of(item.kind, item.body)]) == {}
    assert path.read_text() == BEFORE


def test_one_document_of_a_stream_is_changed_and_the_others_stay(root):
    text = "# {0}\nidentifier: {0}\ntitle: {1}\nschema: {{properties: {{}}}}\n"
    path = written(root, text.format("a", "A") + "--- # b\n" + text.format("b", "B"))

    pull(root, blueprint("b", title="C"), blueprint("a"))

    assert path.read_text() == text.format("a", "A") + "--- # b\n" + text.format("b", "C")


@pytest.mark.parametrize(("indent", "expected"), [(4, 4), ("\t", "\t"), (None, None)])
def test_json_keeps_its_indentation(root, indent, expected):
    body = {"title": "é", "identifier": "a", "schema": {"properties": {}}}
    path = written(root, json.dumps(body, indent=indent), "catalog/blueprints/a.json")

    pull(root, blueprint("a", title="ü"))

    assert path.read_text() == json.dumps({**body, "title": "ü"}, indent=expected, ensure_ascii=False) + "\n"


def test_windows_line_ends_and_a_missing_last_one_do_no_harm(root):
    written(root, "identifier: a\r\ntitle: A\r\nschema:\r\n  properties: {}")

    pull(root, blueprint("a", title="B", icon="X", properties={"p": "string"}))

    assert (
        declared(root)[blueprint("a").ref].body == blueprint("a", title="B", icon="X", properties={"p": "string"}).body
    )


def test_a_change_that_an_alias_would_carry_elsewhere_is_refused(root):
    path = written(root, "identifier: a\ntitle: &x A\nicon: *x\nschema: {properties: {}}\n")
    before = path.read_text()

    with pytest.raises(Unwritable) as told:
        pulled(folder.read(root), [blueprint("a", title="B", icon="A")])

    assert str(told.value) == (
        "'catalog/blueprints/service.yaml' cannot be changed without a loss (has it aliases?); change it by hand"
    )
    assert path.read_text() == before


NAMED = [
    "service", "a/b", "..", ".", "a\\b", "Case", "case", "CASE", "con", "aux.x", "é", "x" * 100,
    "@" * 100, "é" * 100, "-", "a:b", "a.",
]  # fmt: skip


def test_any_identifier_gets_a_file_of_its_own(root):
    live = [blueprint(identifier) for identifier in NAMED] + [webhook(identifier[:30]) for identifier in NAMED]

    files = pull(root, *live)

    assert len({path.casefold() for path in files}) == len(live)
    assert all(len(part.encode()) < 200 and part.strip(". ") == part for path in files for part in Path(path).parts)
    assert declared(root).keys() == State(live).keys()


def test_a_new_file_overwrites_nothing(root):
    path = written(root, "identifier: other\ntitle: Other\nschema: {properties: {}}\n")

    files = pull(root, blueprint("service"))

    assert list(files) == [f"catalog/blueprints/{names.distinct('service', frozenset({'service'}))}.yaml"]
    assert path.read_text().startswith("identifier: other")


@pytest.mark.parametrize(
    ("secret", "expected"), [("${NAME}", "${NAME}"), ("the secret itself", "${PORTSIDE_SECRET_HOOK}")]
)
def test_a_new_webhook_names_its_folder_and_its_secret(root, secret, expected):
    files = pull(root, webhook("hook", security={"secret": secret}))

    assert files == {
        "mappings/hook/webhook.yaml": f"identifier: hook\ntitle: hook\nenabled: true\nsecurity:\n  secret: {expected}\n"
    }


@pytest.mark.parametrize("place", [ROOT, *sorted(EXAMPLES.glob("good/*"))], ids=lambda path: path.name)
def test_our_own_catalogs_are_pulled_into_nothing_and_from_nothing(tmp_path, place):
    found = folder.read(place)
    live = [Resource.of(item.kind, item.body) for item in found.declared]
    (tmp_path / "catalog").mkdir()

    assert pulled(found, live) == {}
    pull(tmp_path, *live)
    fresh = declared(tmp_path)
    assert {ref: fresh[ref].fingerprint for ref in fresh} == {resource.ref: resource.fingerprint for resource in live}


def test_paths_lead_below_the_root_however_it_was_typed(root):
    written(root, "identifier: a\ntitle: A\nschema: {properties: {}}\n")
    shown = os.path.relpath(root)

    files = pulled(folder.read(Path(shown), shown), [blueprint("a", title="B")])

    assert [path.resolve() for path in files] == [(root / "catalog/blueprints/service.yaml").resolve()]
