"""Whatever is in the way, in files, catalogs, payloads, arguments: one sentence, the right exit code, no traceback."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from console import HOOK, PORTSIDE, SERVICE, TEAM, Said, catalog, environment, portside, tree, write
from portside.catalogs.store import SCHEMA_VERSION

DATABASE = ".portside/catalog.db"


def sentence(said: Said) -> str:
    """The one line that a command says when it stops."""
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    return said.err.removeprefix("Error: ").rstrip("\n")


def test_files_that_are_none_are_problems_each_with_its_place(tmp_path):
    folder = catalog(tmp_path, hook=None) / "catalog/blueprints"
    (folder / "folder.yaml").mkdir()
    (folder / "huge.yaml").touch()
    os.truncate(folder / "huge.yaml", 50_000_000)
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "out.yaml").symlink_to("/etc/passwd")
    (folder / "round").symlink_to(".")
    os.mkfifo(folder / "pipe.yaml")
    before = sorted(path.name for path in folder.iterdir())

    said = portside(tmp_path, "validate", "--format", "json")
    problems = json.loads(said.out)["problems"]

    assert (said.code, said.err) == (1, "")
    assert [(problem["path"].removeprefix("catalog/blueprints/"), problem["code"]) for problem in problems] == [
        ("folder.yaml", "not-a-file"),
        ("gone.yaml", "broken-link"),
        ("huge.yaml", "too-big"),
        ("loop.yaml", "endless-link"),
        ("out.yaml", "outside-root"),
        ("pipe.yaml", "not-a-file"),
        ("round", "linked-folder"),
    ]
    for command, code in (("plan", 1), ("apply --yes", 1), ("test", 1), ("fmt", 64), ("pull", 64)):
        ended = portside(tmp_path, *command.split())
        assert (ended.code, "Traceback" in ended.err) == (code, False)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_cases_that_are_broken_are_named_and_stop_no_other(tmp_path):
    folder = catalog(tmp_path) / "mappings/hook/cases"
    for name in ("good", "golden", "intent", "empty", "half"):
        write(folder / f"{name}.json", {"id": "x"} if name != "empty" else "")
    write(folder / "golden.golden.yaml", "nonsense: 1\n")
    write(folder / "half.golden.yaml", "mappings: [")
    write(folder / "intent.case.yaml", "bogus: 1\n")
    (folder / "loop.json").symlink_to("loop.json")
    os.mkfifo(folder / "pipe.json")

    said = portside(tmp_path, "test", "--accept")
    shown = portside(tmp_path, "test")

    assert said == (1, "wrote mappings/hook/cases/good.golden.yaml\n1 written, 0 deleted, 6 broken.\n", "")
    assert shown.code == 1
    assert [line.split("cases/")[1] for line in shown.out.splitlines() if line.startswith("broken")] == [
        "empty.json:1:1: this file holds nothing [empty-file]",
        "golden.golden.yaml:1:1: this golden does not say what a delivery does [case-golden]",
        "half.golden.yaml:1:12: a value is missing here [yaml-syntax]",
        "intent.case.yaml:1:1: 'bogus' is not a member of a case [case-intent]",
        "loop.json:1:1: this is a link that leads back to itself [endless-link]",
        "pipe.json:1:1: this is a pipe, a socket or a device, not a file [not-a-file]",
    ]
    assert shown.out.splitlines()[-1] == "1 same, 0 different, 0 new, 0 orphan; 6 broken."


def applied(root: Path) -> Path:
    """A catalog that was applied; gives its database."""
    catalog(root)
    assert portside(root, "apply", "--yes").code == 0
    return root / DATABASE


def rewritten(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    connection.execute(statement)
    connection.commit()
    connection.close()


DAMAGED = "is damaged; put a copy back, or move the file away and apply again"
COMMANDS = (("pull",), ("apply", "--yes"))


def everywhere(root: Path) -> set[tuple[int, str]]:
    """What commands that need the catalog say; nothing of the database changes."""
    before = (root / DATABASE).read_bytes() if (root / DATABASE).is_file() else None
    said = {(one.code, sentence(one)) for one in (portside(root, *words) for words in COMMANDS)}
    assert before == ((root / DATABASE).read_bytes() if before is not None else None)
    return said


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no database at all", "is not a database; move the file away, or name another path"),
        (b"SQLite", "is not a database; move the file away, or name another path"),
        (b"\0" * 50_000, "is not a database; move the file away, or name another path"),
    ],
    ids=["text", "a few bytes", "zeros"],
)
def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path, content, told):
    catalog(tmp_path)
    (tmp_path / ".portside").mkdir()
    (tmp_path / DATABASE).write_bytes(content)

    assert everywhere(tmp_path) == {(3, f"catalog 'local' ({DATABASE}) {told}")}


@pytest.mark.parametrize("kept", [4096, 20_000])
def test_a_database_that_is_cut_off_is_told_in_a_sentence(tmp_path, kept):
    os.truncate(applied(tmp_path), kept)

    assert everywhere(tmp_path) == {(3, f"catalog 'local' ({DATABASE}) {DAMAGED}")}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE meta SET value = 'x'", DAMAGED),
        ("DELETE FROM meta", DAMAGED),
        ("UPDATE resources SET body = '{nope'", DAMAGED),
        (
            "UPDATE meta SET value = '99'",
            f"was written by a newer portside (schema 99; this one knows {SCHEMA_VERSION}); install the newer one",
        ),
        ("DROP TABLE meta", "is a database, but not a catalog of portside's; name another one"),
    ],
)
def test_a_database_that_says_something_else_is_told_in_a_sentence(tmp_path, statement, told):
    rewritten(applied(tmp_path), statement)

    assert everywhere(tmp_path) == {(3, f"catalog 'local' ({DATABASE}) {told}")}


@pytest.mark.parametrize(("kind", "told"), [("folder", "a folder"), ("pipe", "a pipe or a device")])
def test_a_catalog_that_is_no_file_is_told_in_a_sentence(tmp_path, kind, told):
    catalog(tmp_path)
    (tmp_path / ".portside").mkdir()
    if kind == "folder":
        (tmp_path / DATABASE).mkdir()
    else:
        os.mkfifo(tmp_path / DATABASE)

    assert everywhere(tmp_path) == {(3, f"catalog 'local' ({DATABASE}) is {told}; a catalog is one file")}


def test_an_empty_database_is_an_empty_catalog(tmp_path):
    catalog(tmp_path)
    write(tmp_path / DATABASE, "")

    assert portside(tmp_path, "apply", "--yes", "--quiet").out.endswith("The plan is empty.\n")


@pytest.mark.parametrize("words", ["pull", "entities", "apply plan.json", "plan", "send hook p.json --store"])
def test_settings_that_are_wrong_never_mean_another_catalog(tmp_path, words):
    catalog(tmp_path)
    portside(tmp_path, "plan", "--output", "plan.json")
    write(tmp_path / "p.json", {"id": "x"})
    write(tmp_path / "portside.yaml", "catalogs: {local: {path: elsewhere.db}}\nscope: everything\n")

    said = portside(tmp_path, *words.split())

    assert said.code in (1, 64)
    assert "portside.yaml:2:8: the scope" in said.err or "portside.yaml:2:8: 'scope'" in said.err
    assert not (tmp_path / ".portside").exists()
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_journal_that_is_broken_hides_no_other(tmp_path):
    applied(tmp_path)
    write(tmp_path / ".portside/runs/99990101T000000.000000Z.jsonl", "junk\n")
    write(tmp_path / ".portside/runs/99980101T000000.000000Z.jsonl", "")

    said = portside(tmp_path, "runs")

    assert said.code == 64
    assert sentence(said) == "'.portside/runs/99990101T000000.000000Z.jsonl' is not the journal of a run"
    assert said.out.splitlines()[0] == "99980101T000000.000000Z  ?  cut short: 0 of 0 done"
    assert said.out.endswith("applied: 3 of 3 done\n")
    assert portside(tmp_path, "runs", "show", "99980101T000000.000000Z").out == (
        "run 99980101T000000.000000Z was cut short before it said what it would do; it did nothing.\n"
    )


DEEP = "[" * 900 + "]" * 900


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", ":1:1: this file holds nothing [empty-file]"),
        ("nope", ":1:1: this is not JSON [json-syntax]"),
        ('{"a": NaN}', ":1:7: NaN is not a number that JSON can hold [number-not-json]"),
        ("1" * 5000, ":1:1: a number of 5,000 characters is longer than anything can hold [number-not-json]"),
        ('{"a": "' + "x" * 600_000 + '"}', ":1:1: this is bigger than 0.524288 MB [too-big]"),
        ("[" * 20_000 + "]" * 20_000, ":1:65: lists and objects are nested deeper than 64 levels here [too-deep]"),
        ("\ufeff", ":1:1: this file holds nothing [empty-file]"),
    ],
    ids=["empty", "no JSON", "NaN", "digits", "600 KB", "nested", "a byte order mark"],
)
def test_a_payload_that_is_none_is_told_in_a_sentence(tmp_path, content, told):
    catalog(tmp_path)
    write(tmp_path / "payload.json", content)

    said = portside(tmp_path, "send", "hook", "payload.json", "--store", "--unsigned")

    assert (said.code, sentence(said)) == (64, f"payload.json{told}")


@pytest.mark.parametrize("content", [DEEP, "null", '{"id": "\\ud800"}', '{"id": 1e999}'])
def test_a_payload_that_is_not_what_a_mapping_expects_is_explained(tmp_path, content):
    applied(tmp_path)
    write(tmp_path / "payload.json", content)

    shown = portside(tmp_path, "send", "hook", "payload.json", "--format", "json")
    stored = portside(tmp_path, "send", "hook", "payload.json", "--store", "--format", "json")

    assert (shown.code, shown.err) == (0, "")
    assert (stored.code in (0, 3), stored.err) == (True, "")
    assert json.loads(shown.out, parse_constant=pytest.fail)
    assert json.loads(stored.out, parse_constant=pytest.fail)


def test_of_501_items_500_are_taken_and_the_rest_is_named(tmp_path):
    mapping = {"blueprint": "team", "itemsToParse": ".body.teams", "entity": {"identifier": ".item.id"}}
    catalog(tmp_path, hook={**HOOK, "mappings": [mapping]})
    portside(tmp_path, "apply", "--yes")
    write(tmp_path / "payload.json", {"teams": [{"id": f"T{number}"} for number in range(501)]})

    said = portside(tmp_path, "send", "hook", "payload.json", "--quiet")
    stored = portside(tmp_path, "send", "hook", "payload.json", "--store", "--quiet")

    assert said == (0, "500 entities to write, 0 to delete; 1 swallowed.\n", "")
    assert (stored.code, stored.out.count("created team/T")) == (0, 500)
    assert portside(tmp_path, "entities", "team").out.endswith("500 entities.\n")


@pytest.mark.parametrize("header", ["nonsense", "", ":", ": x", "a b: x", "a\nb: x", "ü: x"])
def test_a_header_that_is_none_is_a_usage_error(tmp_path, header):
    catalog(tmp_path)
    write(tmp_path / "payload.json", {"id": "x"})

    said = portside(tmp_path, "send", "hook", "payload.json", "-H", header)

    assert (said.code, said.err) == (64, f"Error: --header '{header}' is not 'NAME: VALUE'\n")


def test_a_root_may_be_spelt_in_any_way(tmp_path):
    root = catalog(tmp_path / "here", SERVICE, TEAM)
    write(root / "mappings/hook/cases/one.json", {"id": "x"})
    write(root / "catalog/blueprints/wrong.json", {"identifier": "wrong"})

    for spelling in ("here", "here/", f"../{tmp_path.name}/here", f"{root}/", "here/catalog/.."):
        said = portside(tmp_path, "validate", "--root", spelling, "--format", "json")
        place = json.loads(said.out)["problems"][0]["path"]
        assert place == f"{Path(spelling)}/catalog/blueprints/wrong.json"
    (root / "catalog/blueprints/wrong.json").unlink()
    for spelling in ("here/", "here/catalog/.."):
        assert portside(tmp_path, "plan", "--root", spelling, "--quiet").out.startswith("Plan: 3 to create")
        assert "1 new, " in portside(tmp_path, "test", "hook/one", "--root", spelling).out


@pytest.mark.parametrize("root", ["nowhere", "file", "x" * 300, "ü/東京"])
def test_a_root_that_is_none_is_told_in_a_sentence(tmp_path, root):
    write(tmp_path / "file", "x")
    said = portside(tmp_path, "validate", "--root", root)

    assert said.code == 64
    assert f"'{root}'" in sentence(said)


def test_a_folder_that_is_deleted_underneath_is_told_in_a_sentence(tmp_path):
    gone = tmp_path / "gone"
    catalog(tmp_path / "here")
    script = (
        f'mkdir "{gone}" && cd "{gone}" && rmdir "{gone}" && for words in "$@"; do "{PORTSIDE}" $words; echo $?; done'
    )
    words = ["validate", "plan", "apply --yes", "test", "fmt", "runs", f"plan --quiet --root {tmp_path}/here"]

    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *words], env=environment(), capture_output=True, text=True, timeout=60
    )

    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines() == [
        *["64"] * 5,
        "Nothing was applied here yet.",
        "0",
        "Plan: 3 to create, 0 to change, 0 to delete.",
        "0",
    ]


def test_words_in_any_script_and_of_any_length_are_only_words(tmp_path):
    catalog(tmp_path)

    for words in (
        ("plan", "--only", "東京"),
        ("plan", "--catalog", "🚢"),
        ("plan", "--allow", "a:b:c"),
        ("plan", "--allow", ""),
        ("pull", "--", "--"),
        ("pull", "\n"),
        ("entities", "x" * 100_000),
        ("runs", "show", "../../../etc/passwd"),
        ("test", "$(id)"),
        ("fmt", ""),
        ("send", "", ""),
        ("apply", ""),
    ):
        assert portside(tmp_path, *words).code == 64, words


def test_a_plan_file_that_is_none_is_told_in_a_sentence(tmp_path):
    catalog(tmp_path)
    portside(tmp_path, "plan", "--output", "plan.json")
    whole = (tmp_path / "plan.json").read_text()
    before = tree(tmp_path)
    for content in ("", "{}", "null", whole[:-20], "[" * 5000):
        write(tmp_path / "plan.json", content)

        said = portside(tmp_path, "apply", "plan.json")

        assert said.code == 64
        assert "plan.json" in sentence(said)
    write(tmp_path / "plan.json", whole)
    assert tree(tmp_path) == before
    shutil.rmtree(tmp_path / ".portside", ignore_errors=True)
    assert portside(tmp_path, "apply", "plan.json").code == 0
