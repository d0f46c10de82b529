"""A disk that is full, and one that may not be written: what stood there stands there, and a sentence says why."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console import HOOK, SERVICE, TEAM, catalog, environment, portside, tree, write

DAC_OVERRIDE, DAC_READ_SEARCH, BOUNDING_SET_DROP = 1, 2, 24


def at_most(size: int) -> dict[str, Any]:
    """No file gets bigger than so many bytes: a disk that is full, for one process.

    Python writes no compiled modules then, for it would leave them as they came out.
    """
    env = environment(PYTHONDONTWRITEBYTECODE="1")
    return {"env": env, "preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))}


def kept(root: Path) -> dict[str, bytes | None]:
    """What must not change; locks and logs of a database come and go."""
    return {path: data for path, data in tree(root).items() if not path.startswith(".portside/catalog.db-")}


def lock_away() -> None:
    """In a new process: be bound by permissions even as root."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
            if libc.prctl(BOUNDING_SET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


@pytest.fixture
def bound(tmp_path: Path) -> Callable[[], None]:
    """`lock_away`, where this machine lets a process be bound."""
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0)
    try:
        read = subprocess.run(["cat", secret], preexec_fn=lock_away, capture_output=True)
    except subprocess.SubprocessError:
        read = None
    secret.unlink()
    if read is None or read.returncode == 0:
        pytest.skip("permissions bind nobody here")
    return lock_away


def test_a_plan_that_does_not_fit_leaves_the_one_that_was_saved(tmp_path):
    catalog(tmp_path)
    write(tmp_path / "plan.json", "old")
    before = tree(tmp_path)

    said = portside(tmp_path, "plan", "--output", "plan.json", **at_most(100))

    assert said == (1, "", "Error: 'plan.json' cannot be written: file too large\n")
    assert tree(tmp_path) == before


def test_a_report_that_does_not_fit_leaves_the_one_before(tmp_path):
    catalog(tmp_path)
    write(tmp_path / "report.json", "old")
    before = tree(tmp_path)

    said = portside(tmp_path, "validate", "--format", "sarif=report.json", **at_most(100))

    assert said == (1, "", "Error: 'report.json' cannot be written: file too large\n")
    assert tree(tmp_path) == before


def test_files_are_put_in_one_spelling_all_or_none(tmp_path):
    big = {**TEAM, "description": "much " * 400}
    write(tmp_path / "catalog/blueprints/a.yaml", "title:   Service\nidentifier: service\nschema: {properties: {}}\n")
    write(tmp_path / "catalog/blueprints/b.json", big)
    before = tree(tmp_path)

    said = portside(tmp_path, "fmt", **at_most(1000))

    assert said == (1, "", "Error: 'catalog/blueprints/b.json' cannot be written: file too large\n")
    assert tree(tmp_path) == before
    assert portside(tmp_path, "fmt").code == 0


def test_goldens_are_accepted_all_or_none(tmp_path):
    catalog(tmp_path)
    for number, tier in enumerate(["gold", "silver " * 200]):
        write(tmp_path / f"mappings/hook/cases/{number}.json", {"id": "x", "tier": tier})
    before = tree(tmp_path)

    said = portside(tmp_path, "test", "--accept", **at_most(1000))

    assert said == (1, "", "Error: 'mappings/hook/cases/1.golden.yaml' cannot be written: file too large\n")
    assert tree(tmp_path) == before


def test_a_pull_that_does_not_fit_writes_no_file(tmp_path):
    many = {f"property_number_{number}": {"type": "string", "title": "much " * 20} for number in range(500)}
    catalog(tmp_path, {**TEAM, "schema": {"properties": many}}, SERVICE, hook=None)
    assert portside(tmp_path, "apply", "--yes").code == 0
    for path in (tmp_path / "catalog/blueprints").iterdir():
        path.unlink()
    before = kept(tmp_path)

    said = portside(tmp_path, "pull", **at_most(40_000))  # enough to read the database, and not for its file

    assert said == (1, "", "Error: 'catalog/blueprints/team.yaml' cannot be written: file too large\n")
    assert kept(tmp_path) == before


@pytest.mark.parametrize("size", [0, 700, 5_000, 50_000])
def test_an_apply_on_a_full_disk_writes_whole_steps_and_can_be_finished(tmp_path, size):
    catalog(tmp_path)

    said = portside(tmp_path, "apply", "--yes", "--quiet", **at_most(size))

    assert said.code in (1, 3)
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert portside(tmp_path, "plan", "--detailed-exitcode").code == 2
    assert portside(tmp_path, "apply", "--yes", "--quiet").out.endswith("The plan is empty.\n")


def test_a_delivery_on_a_full_disk_is_not_half_kept(tmp_path):
    catalog(tmp_path)
    portside(tmp_path, "apply", "--yes")
    payload = write(tmp_path / "payload.json", {"id": "a", "tier": "x" * 100_000})

    said = portside(tmp_path, "send", "hook", str(payload), "--store", "--quiet", **at_most(90_000))

    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("Error: catalog 'local' (.portside/catalog.db) is on a disk that ")
    assert portside(tmp_path, "entities").out == "0 entities.\n"
    assert portside(tmp_path, "send", "hook", str(payload), "--store", "--quiet").out == (
        "created service/a\naccepted as delivery 1\n"
    )


def test_files_that_may_not_be_read_are_problems_like_others(tmp_path, bound):
    catalog(tmp_path)
    (tmp_path / "catalog/blueprints/team.json").chmod(0)
    write(tmp_path / "mappings/hook/cases/a.json", {"id": "x"}).chmod(0)

    validated = portside(tmp_path, "validate", preexec_fn=bound)
    tested = portside(tmp_path, "test", preexec_fn=bound)
    sent = portside(tmp_path, "send", "hook", "mappings/hook/cases/a.json", preexec_fn=bound)
    applied = portside(tmp_path, "apply", "catalog/blueprints/team.json", preexec_fn=bound)

    assert validated.code == 1
    assert validated.out.startswith(
        "catalog/blueprints/team.json:1:1: this cannot be read: permission denied [unreadable]\n"
    )
    assert tested.code == 1
    assert "mappings/hook/cases/a.json:1:1: this cannot be read: permission denied [unreadable]" in tested.out
    assert (sent.code, sent.err) == (
        64,
        "Error: mappings/hook/cases/a.json:1:1: this cannot be read: permission denied [unreadable]\n",
    )
    assert (applied.code, applied.err) == (
        64,
        "Error: 'catalog/blueprints/team.json' cannot be read: permission denied\n",
    )


@pytest.mark.parametrize("folder", ["catalog/blueprints", "catalog", "mappings/hook", "mappings", "."])
def test_folders_that_may_not_be_read_are_told_in_a_sentence(tmp_path, bound, folder):
    root = catalog(tmp_path / "root")
    (root / folder).chmod(0)

    said = [portside(tmp_path, command, "--root", "root", preexec_fn=bound) for command in ("validate", "plan", "test")]
    (root / folder).chmod(0o755)

    assert [one.code in (1, 64) for one in said] == [True] * 3
    assert ["Traceback" in one.err for one in said] == [False] * 3
    assert ["ermission denied" in one.out + one.err for one in said] == [True] * 3


@pytest.mark.parametrize("place", [".portside", ".portside/catalog.db", ".portside/runs", "."])
def test_a_catalog_that_may_not_be_written_is_told_in_a_sentence(tmp_path, bound, place):
    catalog(tmp_path)
    portside(tmp_path, "apply", "--yes")
    write(tmp_path / "catalog/blueprints/team.json", {**TEAM, "title": "Squad"})
    (tmp_path / place).chmod(0o555 if (tmp_path / place).is_dir() else 0o444)

    said = portside(tmp_path, "apply", "--yes", "--quiet", preexec_fn=bound)
    (tmp_path / place).chmod(0o755)

    if place == ".":  # nothing new stands in the root itself
        assert said.code == 0
    else:
        assert said.code in (1, 3)
        assert said.err.startswith("Error: ")
        assert said.err.count("\n") == 1
        assert portside(tmp_path, "plan", "--detailed-exitcode").code == 2


@pytest.mark.parametrize("mode", [0, 0o444])
def test_a_catalog_that_may_not_be_read_is_told_in_a_sentence(tmp_path, bound, mode):
    catalog(tmp_path)
    portside(tmp_path, "apply", "--yes")
    (tmp_path / ".portside").chmod(mode)

    said = [portside(tmp_path, *words, preexec_fn=bound) for words in (("plan",), ("entities",), ("apply", "--yes"))]
    (tmp_path / ".portside").chmod(0o755)

    assert [(one.code, one.err[:7], one.err.count("\n")) for one in said] == [(3, "Error: ", 1)] * 3


def test_files_that_may_not_be_written_stay_as_they_are(tmp_path, bound):
    catalog(tmp_path, hook={**HOOK, "title": "Hook  "})
    portside(tmp_path, "apply", "--yes")
    write(tmp_path / "catalog/blueprints/team.json", {**TEAM, "title": "Squad"}).chmod(0o444)
    write(tmp_path / "mappings/hook/cases/a.json", {"id": "x"})
    (tmp_path / "mappings/hook/cases").chmod(0o555)
    before = kept(tmp_path)

    pulled = portside(tmp_path, "pull", preexec_fn=bound)
    accepted = portside(tmp_path, "test", "--accept", preexec_fn=bound)
    saved = portside(tmp_path, "plan", "--output", "mappings/hook/cases/plan.json", preexec_fn=bound)
    (tmp_path / "mappings/hook/cases").chmod(0o755)

    assert pulled == (1, "", "Error: 'catalog/blueprints/team.json' cannot be written: it is read-only\n")
    assert accepted == (
        1,
        "",
        "Error: 'mappings/hook/cases/a.golden.yaml' cannot be written: permission denied\n",
    )
    assert saved == (1, "", "Error: 'mappings/hook/cases/plan.json' cannot be written: permission denied\n")
    assert kept(tmp_path) == before
