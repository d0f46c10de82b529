"""A run's journal tells, whatever ended the run, what is done, what is unknown and what was not begun."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portside.errors import Unreadable, Unwritable, Usage
from portside.files import journal
from portside.files.journal import Entry, Fate

STEPS = (
    Entry(1, "create", "blueprint/a", fingerprint="f1"),
    Entry(2, "update", "blueprint/a", "adds b; a and b point at each other", "f2"),
    Entry(3, "delete", "webhook/c"),
)


def test_a_run_that_went_well_says_so(tmp_path):
    with journal.begin(tmp_path, "local", STEPS) as log:
        for number in (1, 2, 3):
            log.began(number)
            log.done(number, f"f{number}")
        log.ended("applied")

    found = journal.read(tmp_path)

    assert (found.id, found.catalog, found.entries, found.outcome) == (log.id, "local", STEPS, "applied")
    assert found.fates == {1: Fate.DONE, 2: Fate.DONE, 3: Fate.DONE}
    assert found.started <= found.ended


def test_a_run_that_was_cut_off_says_what_is_unknown(tmp_path):
    with journal.begin(tmp_path, "local", STEPS) as log:
        log.began(1)
        log.done(1)
        log.began(2)

    found = journal.read(tmp_path, log.id)

    assert (found.of(Fate.DONE), found.of(Fate.UNKNOWN), found.of(Fate.NOT_BEGUN)) == (STEPS[:1], STEPS[1:2], STEPS[2:])
    assert (found.ended, found.outcome) == ("", "")


def test_a_refused_step_is_not_done(tmp_path):
    with journal.begin(tmp_path, "local", STEPS) as log:
        log.began(1)
        log.failed(1, "POST /v1/blueprints was refused: 401")
        log.ended("failed")

    found = journal.read(tmp_path)

    assert (found.fates[1], found.reasons, found.outcome) == (
        Fate.FAILED,
        {1: "POST /v1/blueprints was refused: 401"},
        "failed",
    )


@given(st.data())
def test_a_torn_last_line_never_says_more_than_happened(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("root")
    with journal.begin(root, "local", STEPS) as log:
        log.began(1)
        log.done(1)
        log.began(2)
    (path,) = (root / journal.RUNS).iterdir()
    whole = path.read_bytes()
    size = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:size])

    found = journal.read(root)

    complete = whole[:size].count(b"\n")
    expected = [{}, {1: "not begun"}, {1: "unknown"}, {1: "done"}, {1: "done", 2: "unknown"}][complete]
    assert {number: fate for number, fate in found.fates.items() if fate != "not begun" or number == 1} == expected


KILLED = """
import os, signal, sys
from pathlib import Path
from portside.files import journal

log = journal.begin(Path(sys.argv[1]), "local", [journal.Entry(1, "create", "blueprint/a")])
log.began(1)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_what_it_began(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=60)

    assert journal.read(tmp_path).fates == {1: Fate.UNKNOWN}


def test_runs_are_listed_in_the_order_in_which_they_began(tmp_path):
    begun = []
    for _ in range(20):
        with journal.begin(tmp_path, "local", ()) as log:
            begun.append(log.id)

    assert journal.listed(tmp_path) == tuple(begun)
    assert journal.read(tmp_path, journal.LAST).id == begun[-1]


MANY = """
import sys
from pathlib import Path
from portside.files import journal

for _ in range(50):
    journal.begin(Path(sys.argv[1]), "local", ())
"""


def test_runs_begun_at_once_have_names_of_their_own(tmp_path):
    processes = [subprocess.Popen([sys.executable, "-c", MANY, str(tmp_path)]) for _ in range(3)]

    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert len(journal.listed(tmp_path)) == 150


def test_a_journal_holds_names_and_times_and_no_bodies(tmp_path):
    with journal.begin(tmp_path, "local", STEPS[:1]) as log:
        log.began(1)
    (path,) = (tmp_path / journal.RUNS).iterdir()
    head, began = map(json.loads, path.read_text().splitlines())

    assert {**head, "started": ""} == {
        "portside": 1,
        "catalog": "local",
        "started": "",
        "steps": [{"number": 1, "action": "create", "ref": "blueprint/a", "because": "", "fingerprint": "f1"}],
    }
    assert began == {"began": 1, "at": began["at"]}


def test_a_run_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(Usage, match=r"^nothing was applied here yet$"):
        journal.read(tmp_path)
    journal.begin(tmp_path, "local", ())
    with pytest.raises(Usage, match=r"^there is no run '../x'; 'portside runs' lists them$"):
        journal.read(tmp_path, "../x")


@pytest.mark.parametrize("text", ["{\n", "[]\n", '{"steps": 1}\n', '{"steps": [{"x": 1}]}\n', "\xff\n", "{}\nx\n"])
def test_a_file_that_is_no_journal_is_told_in_a_sentence(tmp_path, text):
    (tmp_path / journal.RUNS).mkdir(parents=True)
    (tmp_path / journal.RUNS / "x.jsonl").write_text(text, encoding="latin-1")

    with pytest.raises(Unreadable) as told:
        journal.read(tmp_path, "x")

    assert str(told.value) == f"'{tmp_path / journal.RUNS / 'x.jsonl'}' is not the journal of a run"


def test_a_journal_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    (tmp_path / ".portside").write_text("in the way")

    with pytest.raises(Unwritable) as told:
        journal.begin(tmp_path, "local", STEPS)

    assert str(told.value) == f"'{tmp_path / journal.RUNS}' cannot be written: not a directory"
