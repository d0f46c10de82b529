"""An apply that is stopped anywhere, by kill -9 or Ctrl-C, tells how far it came, and planning again finishes it."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import random
import re
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGINT
from typing import Any

import pytest

from console import (
    HOOK,
    PATIENCE,
    SERVICE,
    TEAM,
    begun,
    catalog,
    ended,
    environment,
    hears_ctrl_c,
    portside,
    tree,
    until,
    write,
)

STOPS = Path(__file__).with_name("stops.py")


def blueprints(dice: random.Random) -> list[dict[str, Any]]:
    """Some blueprints that point at each other and at themselves, so that a plan has knots to cut."""
    names = sorted(dice.sample("abcd", dice.randint(2, 4)))
    return [
        {
            "identifier": name,
            "title": dice.choice(["One", "Another"]),
            "schema": {
                "properties": {key: {"type": dice.choice(["string", "number"])} for key in dice.sample("pq", 1)}
            },
            "relations": {f"to_{other}": {"target": other} for other in names if dice.random() < 0.6},
        }
        for name in names
    ]


def stopped(root: Path, seed: int, signal: str) -> list[dict[str, Any]]:
    """What came of an apply from one random state to another, for each point at which it was stopped."""
    dice = random.Random(seed)
    catalog(root, *blueprints(dice), hook=None)
    assert portside(root, "apply", "--yes").code == 0
    for path in (root / "catalog" / "blueprints").iterdir():
        path.unlink()
    after = blueprints(dice)
    mapping = {"blueprint": after[0]["identifier"], "entity": {"identifier": ".body.id"}}
    catalog(root, *after, hook={**HOOK, "mappings": [mapping]})
    command = [sys.executable, str(STOPS), str(root), signal]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def fates(at: list[Any], steps: int) -> list[str]:
    """What the journal should say: a step that is begun is unknown, whether it was written or not."""
    where, step = at
    done = step if where == "between" else step - 1
    unknown = where != "between"
    return ["done"] * done + ["unknown"] * unknown + ["not begun"] * (steps - done - unknown)


def told(counts: list[str]) -> str:
    each = {fate: counts.count(fate) for fate in ("done", "unknown", "not begun")}
    return ", ".join(f"{count} {fate}" for fate, count in each.items() if count)


@pytest.mark.parametrize("seed", [2, 3])
def test_kill_9_at_any_point_leaves_a_journal_that_is_right_and_work_that_can_be_finished(tmp_path, seed):
    rows = stopped(tmp_path, seed, "SIGKILL")

    assert len(rows) >= 9
    for row in rows:
        assert (row["code"], row["fates"]) == (-9, fates(row["at"], len(row["fates"])))
        assert row["again"][0] == 0
        assert row["again"][1].endswith("The plan is empty.") or row["again"][1] == "No changes."
        assert row["plan"] == [0, "No changes."]


@pytest.mark.parametrize("seed", [1])
def test_ctrl_c_at_any_point_is_told_in_a_sentence(tmp_path, seed):
    rows = stopped(tmp_path, seed, "SIGINT")

    for row in rows:
        counts = told(row["fates"])
        sentence = f"Error: interrupted: {counts}; plan again to see what is left, 'portside runs show' tells more"
        assert (row["code"], row["said"]) == (130, sentence)
        assert row["fates"] == fates(row["at"], len(row["fates"]))
        assert (row["again"][0], row["plan"]) == (0, [0, "No changes."])


def test_an_apply_killed_from_outside_is_told_and_finished(tmp_path):
    catalog(tmp_path, *({**TEAM, "identifier": f"team{number}"} for number in range(40)), hook=None)
    with begun(tmp_path, "apply", "--yes", "--quiet"):
        until(lambda: '"began":7,' in journal(tmp_path))
    steps = len(json.loads(journal(tmp_path).splitlines()[0])["steps"])

    shown = portside(tmp_path, "runs", "show")
    done, rest = shown.out.splitlines()[-1].split(" done, ")

    assert (shown.code, steps, 6 <= int(done) < 40) == (0, 40, True)
    assert rest in (f"1 unknown, {39 - int(done)} not begun.", f"{40 - int(done)} not begun.", "1 unknown.")
    assert portside(tmp_path, "runs").out.split("  ")[2] == f"cut short: {done} of 40 done\n"
    assert portside(tmp_path, "plan").code == 0
    assert portside(tmp_path, "apply", "--yes", "--quiet").out.endswith("The plan is empty.\n")
    assert portside(tmp_path, "plan", "--detailed-exitcode") == (0, "No changes.\n", "")


def journal(root: Path) -> str:
    """What the only run has written down so far."""
    return "".join(path.read_text() for path in root.glob(".portside/runs/*.jsonl"))


@pytest.mark.skipif(sys.platform != "linux", reason="another system tells in another way that a file is opened")
@pytest.mark.parametrize("command", [("validate",), ("plan",), ("apply", "--yes"), ("test",), ("fmt",)])
def test_ctrl_c_while_files_are_read_is_told_in_a_word(tmp_path, command):
    catalog(tmp_path, *({**SERVICE, "identifier": f"service{number:03}"} for number in range(300)), hook=None)
    before = tree(tmp_path)
    first_file = opening(tmp_path / "catalog/blueprints/service000.json")
    with begun(tmp_path, *command) as process:
        first_file()
        process.send_signal(SIGINT)
        said = ended(process)

    assert (said.code, said.out, said.err.strip()) == (130, "", "Error: interrupted")
    assert tree(tmp_path) == before


@pytest.mark.skipif(sys.platform != "linux", reason="another system tells in another way that a file is opened")
def test_ctrl_c_while_a_command_is_loaded_is_told_in_a_word(tmp_path):
    env = environment(PYTHONPYCACHEPREFIX=str(tmp_path / "cache"))
    portside(tmp_path, "--help", env=env)
    (module,) = tmp_path.rglob("streams.*.pyc")
    loaded = opening(module)
    with begun(tmp_path, "validate", env=env) as process:
        loaded()
        process.send_signal(SIGINT)
        said = ended(process)

    assert (said.code, said.out, said.err.strip()) == (130, "", "Error: interrupted")


@pytest.mark.parametrize("name", ["jsonschema_rs"])
def test_ctrl_c_while_a_compiled_module_sets_itself_up_is_no_error_of_that_module(tmp_path, name):
    """As those modules do it: what interrupts them is gone, and something else is wrong instead."""
    catalog(tmp_path)
    lines = ["import os, signal", "try:", "    os.kill(os.getpid(), signal.SIGINT)", "    list(range(9))"]
    lines += ["except KeyboardInterrupt:", "    raise ImportError('cannot initialise') from None"]
    write(tmp_path / f"modules/{name}.py", "\n".join(lines))
    env = environment(PYTHONPATH=str(tmp_path / "modules"))

    said = portside(tmp_path, "validate", env=env, preexec_fn=hears_ctrl_c)

    assert (said.code, said.out, said.err.strip()) == (130, "", "Error: interrupted")


def test_a_module_that_ends_too_soon_is_no_interruption(tmp_path):
    catalog(tmp_path)
    write(tmp_path / "modules/jsonschema_rs.py", "raise EOFError('marshal data too short')")

    said = portside(tmp_path, "validate", env=environment(PYTHONPATH=str(tmp_path / "modules")))

    assert (said.code, said.err.strip().splitlines()[-1]) == (1, "EOFError: marshal data too short")


def opening(path: Path) -> Callable[[], None]:
    """A function that waits until somebody opens the file, from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    queue, opened = libc.inotify_init1(0), 0x20
    assert libc.inotify_add_watch(queue, os.fsencode(path), opened) >= 0

    def waits() -> None:
        ready, _, _ = select.select([queue], [], [], PATIENCE)
        os.close(queue)
        assert ready

    return waits


def test_the_second_of_two_applies_is_told_who_holds_the_catalog_and_the_first_is_not_disturbed(tmp_path):
    catalog(tmp_path, *({**TEAM, "identifier": f"team{number}"} for number in range(200)), hook=None)
    with begun(tmp_path, "apply", "--yes") as process:
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)  # its plan does not fit, so it waits for a reader
        until(lambda: "process" in (tmp_path / ".portside/catalog.db.lock").read_text())
        second = portside(tmp_path, "apply", "--yes")
        reader = portside(tmp_path, "plan", "--quiet")
        first = ended(process)
    told = re.fullmatch(r"Error: catalog 'local' is held by (.+) since (.+Z); wait for it to end\n", second.err)

    assert (second.code, second.out) == (3, "")
    assert told
    assert told[1].endswith(f", process {process.pid}")
    assert reader == (0, "Plan: 200 to create, 0 to change, 0 to delete.\n", "")
    assert first.out.endswith("[200/200] + blueprint/team99\nApplied 200 of 200. The plan is empty.\n")
    assert portside(tmp_path, "apply", "--yes").out == "No changes.\n"


def test_a_catalog_that_another_process_writes_is_told_in_a_sentence_and_nothing_is_unknown(tmp_path):
    catalog(tmp_path)
    portside(tmp_path, "apply", "--yes")
    write(tmp_path / "catalog/blueprints/team.json", {**TEAM, "title": "Squad"})
    other = sqlite3.connect(tmp_path / ".portside/catalog.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    said = portside(tmp_path, "apply", "--yes", "--quiet")
    plan = portside(tmp_path, "plan", "--quiet")
    other.execute("ROLLBACK")
    other.close()

    assert said.code == 3
    assert said.err == (
        "Error: step 1 of 1, blueprint/team: catalog 'local' (.portside/catalog.db) is being written by another"
        " process; wait for it to end (1 failed; plan again to see what is left, 'portside runs show' tells more)\n"
    )
    assert plan == (0, "Plan: 0 to create, 1 to change, 0 to delete.\n", "")
    assert portside(tmp_path, "apply", "--yes", "--quiet").code == 0
