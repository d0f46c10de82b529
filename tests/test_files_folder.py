"""Reading a folder of declared resources never stops, never waits, and never leaves the folder."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from portside import codes
from portside.errors import Unreadable
from portside.files import folder
from portside.files.content import SIZE_LIMIT
from portside.model.resource import Kind
from portside.problems import Severity

SERVICE = "identifier: service\ntitle: Service\nschema: {properties: {}}\n"
NEITHER = (
    "this folder has neither catalog/ nor mappings/: run portside where your catalog is, or name its folder with --root"
)
HOOK = "identifier: hook\ntitle: Hook\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root/catalog/blueprints").mkdir(parents=True)
    (tmp_path / "root/mappings/hook").mkdir(parents=True)
    return tmp_path / "root"


def wrote(root: Path, path: str, text: str | bytes) -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root / path


def told(root: Path, shown: str = "") -> list[str]:
    problems = folder.read(root, shown).problems
    assert all(codes.meaning(problem.code) and "\n" not in problem.message for problem in problems)
    return [f"{problem.place} {problem.code}" for problem in problems]


def test_every_kind_is_read_from_its_folder_in_the_order_of_the_paths(root):
    for path in ("b.yaml", "a/z.yml", "a/a.json", "B.YAML"):
        wrote(root, f"catalog/blueprints/{path}", f'{{"identifier": "{path[0]}{path[-6]}"}}\n')
    wrote(root, "mappings/hook/webhook.yaml", HOOK)
    wrote(root, "mappings/hook/cases/webhook.yaml", "not: read")
    wrote(root, "mappings/hook/other.yaml", "not: read")

    found = folder.read(root)

    assert [(item.kind, item.source.path) for item in found.declared] == [
        (Kind.BLUEPRINT, "catalog/blueprints/B.YAML"),
        (Kind.BLUEPRINT, "catalog/blueprints/a/a.json"),
        (Kind.BLUEPRINT, "catalog/blueprints/a/z.yml"),
        (Kind.BLUEPRINT, "catalog/blueprints/b.yaml"),
        (Kind.WEBHOOK, "mappings/hook/webhook.yaml"),
    ]
    assert found.problems == ()


def test_files_that_nobody_reads_are_told_about_where_they_look_like_some_that_are_read(root):
    for path in ("catalog/service.yaml", "mappings/webhook.yaml", "mappings/hook/webhooks.yml", "mappings/hook/a.json"):
        wrote(root, path, HOOK)

    assert told(root) == [
        "catalog/service.yaml:1:1 ignored-file",
        "mappings/hook/webhooks.yml:1:1 ignored-file",
        "mappings/webhook.yaml:1:1 ignored-file",
    ]


def test_places_are_as_the_user_would_type_them(root):
    wrote(root, "catalog/blueprints/a.yaml", "a: [\n")

    assert told(root, "some/where/") == ["some/where/catalog/blueprints/a.yaml:2:1 yaml-syntax"]
    assert told(root, ".") == ["catalog/blueprints/a.yaml:2:1 yaml-syntax"]


def test_hidden_files_and_what_editors_leave_are_passed_over(root):
    for name in (".a.yaml", "a.yaml~", "#a.yaml#", ".#a.yaml", "a.yaml.bak", "README.md", ".git/a.yaml", "a"):
        wrote(root, f"catalog/blueprints/{name}", "a: [")

    assert folder.read(root) == folder.Folder(root, (), ())


@pytest.mark.parametrize("name", ["a.yam", "a.yaml.txt", "a.JSONC", "a.toml"])
def test_a_name_that_nearly_declares_something_gets_a_warning(root, name):
    wrote(root, f"catalog/blueprints/{name}", SERVICE)

    (problem,) = folder.read(root).problems

    assert (problem.code, problem.severity) == ("ignored-file", Severity.WARNING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "1:1 empty-file"),
        (b"# nothing\n", "1:1 empty-file"),
        (b"- a\n", "1:1 not-an-object"),
        (b"text\n", "1:1 not-an-object"),
        (b"a: b\nc: d\xff\n", "2:5 not-utf-8"),
        ("é: \xe9".encode() + b"\xe9\n", "1:5 not-utf-8"),
        (SERVICE.encode("utf-16"), "1:1 not-utf-8"),
        (b"a: b\0\n", "1:5 control-character"),
        (b"a: b\n" + b" " * SIZE_LIMIT, "1:1 too-big"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_be_is_told_and_the_others_are_read(root, text, expected):
    wrote(root, "catalog/blueprints/a.yaml", text)
    wrote(root, "catalog/blueprints/b.yaml", "\ufeff" + SERVICE)

    assert told(root) == [f"catalog/blueprints/a.yaml:{expected}"]
    assert [item.body["identifier"] for item in folder.read(root).declared] == ["service"]


def test_a_file_of_50_mb_is_not_read(root):
    with (root / "catalog/blueprints/a.yaml").open("wb") as file:
        file.truncate(50_000_000)

    (problem,) = folder.read(root).problems

    assert (problem.message, problem.hint) == (
        "this is bigger than 5 MB",
        "split it; a stream of many resources can be several files",
    )


def test_what_is_no_file_does_not_stop_or_hang_the_reading(root, tmp_path, monkeypatch):
    blueprints = root / "catalog/blueprints"
    (blueprints / "folder.yaml").mkdir()
    os.mkfifo(blueprints / "pipe.yaml")
    (blueprints / "loop.yaml").symlink_to("loop.yaml")
    (blueprints / "broken.yaml").symlink_to("nowhere.yaml")
    (blueprints / "device.yaml").symlink_to("/dev/zero")
    (blueprints / "outside.yaml").symlink_to(wrote(tmp_path, "secret.yaml", SERVICE))
    (blueprints / "passwd.yaml").symlink_to("/etc/passwd")
    (blueprints / "linked").symlink_to(blueprints)
    monkeypatch.chdir(blueprints)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.yaml")
        wrote(root, "catalog/blueprints/good.yaml", SERVICE)
        (blueprints / "twin.yml").symlink_to("good.yaml")

        assert told(root) == [
            "catalog/blueprints/broken.yaml:1:1 broken-link",
            "catalog/blueprints/device.yaml:1:1 not-a-file",
            "catalog/blueprints/folder.yaml:1:1 not-a-file",
            "catalog/blueprints/linked:1:1 linked-folder",
            "catalog/blueprints/loop.yaml:1:1 endless-link",
            "catalog/blueprints/outside.yaml:1:1 outside-root",
            "catalog/blueprints/passwd.yaml:1:1 outside-root",
            "catalog/blueprints/pipe.yaml:1:1 not-a-file",
            "catalog/blueprints/socket.yaml:1:1 not-a-file",
            "catalog/blueprints/twin.yml:1:13 duplicate-identifier",
        ]


def test_a_folder_of_declarations_that_leads_outside_is_not_read(root, tmp_path):
    wrote(tmp_path, "elsewhere/a.yaml", SERVICE)
    (root / "catalog/blueprints").rmdir()
    (root / "catalog/blueprints").symlink_to(tmp_path / "elsewhere")

    assert told(root) == ["catalog/blueprints:1:1 not-a-folder"]


def test_a_file_where_a_folder_should_be_is_told(root):
    (root / "catalog/blueprints").rmdir()
    wrote(root, "catalog/blueprints", "")

    assert told(root) == ["catalog/blueprints:1:1 not-a-folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it_is_told(root):
    wrote(root, "catalog/blueprints/a.yaml", SERVICE).chmod(0)
    (root / "catalog/blueprints/closed").mkdir(mode=0)

    assert told(root) == ["catalog/blueprints/a.yaml:1:1 unreadable", "catalog/blueprints/closed:1:1 unreadable"]


def test_one_identifier_declared_twice_is_told_with_both_places(root):
    wrote(root, "catalog/blueprints/a.yaml", "title: A\nidentifier: x\n---\nidentifier: x\n")
    wrote(root, "mappings/x/webhook.yaml", "identifier: x\n")

    (problem,) = folder.read(root).problems

    assert (str(problem.place), str(problem.also), problem.code) == (
        "catalog/blueprints/a.yaml:4:13",
        "catalog/blueprints/a.yaml:2:13",
        "duplicate-identifier",
    )


@pytest.mark.parametrize(
    ("name", "identifier", "expected"),
    [
        ("hook", "hook", []),
        ("a%2Fb", "a/b", []),
        ("Hook", "hook", ["mappings/Hook/webhook.yaml:1:13 folder-name"]),
        ("other", "a/b", ["mappings/other/webhook.yaml:1:13 folder-name"]),
    ],
)
def test_a_webhooks_folder_is_named_by_its_identifier(root, name, identifier, expected):
    wrote(root, f"mappings/{name}/webhook.yaml", f"identifier: {identifier}\n")

    assert told(root) == expected


def test_odd_identifiers_are_left_to_the_check_of_shapes(root):
    wrote(root, "catalog/blueprints/a.yaml", "identifier: [x]\n---\nidentifier: [x]\n---\n{}\n")

    assert told(root) == []


def test_a_root_that_declares_nothing_is_no_root(tmp_path):
    wrote(tmp_path, "file", "")

    for path, shown, sentence in (
        (tmp_path / "gone", "gone", "'gone' does not exist"),
        (tmp_path / "file", "file", "'file' is no folder"),
        (tmp_path, "", NEITHER),
    ):
        with pytest.raises(Unreadable) as error:
            folder.read(path, shown)
        assert str(error.value) == sentence


def test_an_empty_catalog_is_a_catalog(tmp_path):
    (tmp_path / "catalog").mkdir()

    assert folder.read(tmp_path) == folder.Folder(tmp_path, (), ())


def test_a_file_a_user_names_is_read_or_refused_in_a_sentence(tmp_path):
    assert folder.text_of(wrote(tmp_path, "a", "\ufeffé")) == "é"
    assert folder.bytes_of(wrote(tmp_path, "b", b"\xff")) == b"\xff"
    os.mkfifo(tmp_path / "pipe")

    for path, sentence in (
        (tmp_path / "b", "'{}' holds the byte 0xFF, which is no UTF-8; save it as UTF-8"),
        (tmp_path / "gone", "'{}' does not exist"),
        (tmp_path / "a/b", "'{}' does not exist"),
        (tmp_path, "'{}' is a folder, where a file should be"),
        (tmp_path / "pipe", "'{}' is a pipe, a socket or a device, not a file"),
        (tmp_path / "x\0y", "'{}' cannot be read: its name is none that a file can have"),
        (tmp_path / ("x" * 300), "'{}' cannot be read: file name too long"),
    ):
        with pytest.raises(Unreadable) as error:
            folder.text_of(path)
        assert str(error.value) == sentence.format(path)


def test_the_limit_of_a_file_a_user_names_can_be_set(tmp_path):
    path = wrote(tmp_path, "a", "12345")

    assert folder.bytes_of(path, limit=5) == b"12345"
    with pytest.raises(Unreadable) as error:
        folder.bytes_of(path, limit=4)
    assert str(error.value).startswith(f"'{path}' is bigger than")


def test_what_a_broken_file_seems_to_declare_is_kept(root):
    wrote(root, "catalog/blueprints/a.yaml", "identifier: service\ntitle: @x\n")
    wrote(root, "catalog/blueprints/b.json", '{"identifier": "team",}')
    wrote(root, "mappings/hook/webhook.yaml", "identifier: other\n\ttitle: x\n")

    found = folder.read(root)

    assert {str(ref) for ref in found.unread} >= {
        "blueprint/service",
        "blueprint/team",
        "webhook/other",
        "webhook/hook",
    }
