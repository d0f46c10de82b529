"""The worker: an expression cannot run for ever, eat the memory, crash anything or see anything."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console import until
from portside.jq import libjq
from portside.jq.programs import Block, Ran, Result, Row
from portside.jq.worker import Answer, Worker

SHORT = 0.1
ENDLESS = "def f: f; f"
LATE = Result(error="takes more than 0.1 seconds, and Port ends it there", ended=True)
LATE_AGAIN = Result(error=f"{LATE.error}; after 3 times it is not run again", ended=True)
MEMORY = Result(error="takes more than 512 MiB of memory, and is ended there", ended=True)
EVENT = {"body": {"id": "A", "tags": ["x", "y", "z"]}}


def ask(worker: Worker, program: str, text: str = "null", *, room: int = 1000) -> Answer:
    return worker.ask(program, text, seconds=5, room=room, patience=3)


@pytest.fixture
def worker() -> Iterator[Worker]:
    """One that nothing else uses."""
    own = Worker()
    yield own
    own.close()


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.mark.parametrize(
    ("program", "text", "kind", "value"),
    [
        (".a", '{"a": [1.0, "é😀"]}', "value", [1, "é😀"]),
        ("empty", "null", "nothing", None),
        ("1, error", "null", "value", 1),
        ('error("x")', "null", "error", "x"),
        (".a", "{", "error", "parse error: Unfinished JSON term at EOF at line 1, column 1"),
        (".a", "", "nothing", None),
        ("reduce range(1000) as $i (0; [.])", "null", "deep", None),
    ],
)
def test_an_answer_says_what_a_program_gave_first(worker: Worker, program: str, text: str, kind: str, value: object):
    assert ask(worker, program, text)[:2] == (kind, value)


def test_a_program_that_does_not_compile_is_told_in_libjq_s_words(worker: Worker):
    answer = ask(worker, "f")

    assert (answer.kind, answer.value.splitlines()[0]) == (
        "broken",
        "jq: error: f/0 is not defined at <top-level>, line 1, column 1:",
    )


def test_an_answer_has_no_more_characters_than_there_is_room(worker: Worker):
    assert ask(worker, '"x" * 100', room=50) == Answer("large", None, 16)
    assert ask(worker, 'error("x" * 100)', room=50) == Answer("large", None, 16)


@pytest.mark.parametrize(
    "text", [ENDLESS, "last(repeat(1))", "reduce range(1e12) as $i (0; . + 1)", "until(false; .)", "[range(1e12)]"]
)
def test_what_never_ends_is_ended(text: str):
    assert libjq.first(text, None, seconds=SHORT) == LATE


@pytest.mark.parametrize("text", ['"a" * 1e9 | length', "def f: 1 + f; f", "[] | .[2e8] = 1", "[1e8] | implode * 5e8"])
def test_what_takes_all_memory_is_ended(text: str):
    assert libjq.first(text, None) == MEMORY


def test_what_crashes_libjq_is_an_error_of_that_expression():
    assert libjq.first("reduce range(1e5) as $i (null; {a: .})", None) == Result(
        error="takes jq itself down, as a value nested far too deeply does (SIGSEGV)", ended=True
    )


def test_a_regex_that_backtracks_without_end_fails_as_in_jq():
    assert libjq.first('"a" * 30 + "!" | test("^(a|a)*$")', None) == Result(
        error="Regex failure: retry-limit-in-match over"
    )


def test_a_value_too_large_is_an_error():
    assert libjq.first('"x" * 2e7', None) == Result(error="gives more than 16 MiB, together with what ran before it")


def test_values_that_are_too_large_together_are_errors_from_there_on():
    texts = ('"x" * 1e7', ".body.id", '"y" * 1e7', ".body.id")

    given = libjq.run([Block(None, None, texts)], EVENT)[0].rows[0].results or ()

    assert [result.error or len(result.value) for result in given] == [
        10_000_000,
        1,
        "gives more than 16 MiB, together with what ran before it",
        1,
    ]


def test_the_rest_goes_on():
    blocks = [
        Block(None, None, (".body.id", f"1 | {ENDLESS}", '"a" * 1e9', ".body.tags[0]", ".body.")),
        Block(f"2 | {ENDLESS}", None, (".body.id",)),
        Block(None, f"3 | {ENDLESS}", (".item",), 500),
        Block(".item != 'y'", ".body.tags", (".item", ".body.id"), 500),
    ]

    assert libjq.run(blocks, EVENT, seconds=SHORT) == (
        Ran(
            None,
            (
                Row(
                    None,
                    (
                        Result("A"),
                        LATE,
                        MEMORY,
                        Result("x"),
                        Result(error="the expression ends after '.'", broken=True),
                    ),
                ),
            ),
        ),
        Ran(None, (Row(LATE, None),)),
        Ran(LATE, ()),
        Ran(
            Result(["x", "y", "z"]),
            (
                Row(Result(True), (Result("x"), Result("A"))),
                Row(Result(False), None),
                Row(Result(True), (Result("z"), Result("A"))),
            ),
        ),
    )


def test_one_item_of_many_may_be_the_one():
    text = f"if .item == 'y' then ({ENDLESS}) else .item end"

    (ran,) = libjq.run([Block(None, ".body.tags", (text,), 500)], EVENT, seconds=SHORT)

    assert [row.results for row in ran.rows] == [(Result("x"),), (LATE,), (Result("z"),)]


def test_what_was_ended_three_times_is_not_run_again():
    (ran,) = libjq.run([Block(None, "[range(5)]", (f"4 | {ENDLESS}",), 500)], EVENT, seconds=SHORT)

    assert [row.results for row in ran.rows] == [(LATE,), (LATE,), (LATE,), (LATE_AGAIN,), (LATE_AGAIN,)]


def test_an_error_is_told_only_so_far():
    assert libjq.first('error("x" * 5000)', None) == Result(error="x" * 1000 + "…")


def test_nothing_is_known_of_the_environment_even_without_the_prelude(worker: Worker):
    os.environ["PORTSIDE_TEST_SECRET"] = "secret"

    assert ask(worker, "[env.PORTSIDE_TEST_SECRET, $ENV.HOME, $ENV.PATH]").value == [None, None, None]


def test_no_file_is_read_even_without_the_prelude(worker: Worker, tmp_path: Path):
    (tmp_path / "leak.json").write_text('"secret"')

    answer = ask(worker, f'import "leak" as $leak {{search: "{tmp_path}"}}; $leak')

    assert answer.kind == "broken"
    assert "secret" not in answer.value


def test_threads_get_their_own_answers(worker: Worker):
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: ask(worker, ". + 1", str(number)).value, range(200)))

    assert answers == list(range(1, 201))


def test_a_worker_that_was_ended_from_outside_is_started_again(worker: Worker):
    assert ask(worker, "1").value == 1
    worker.close()

    assert ask(worker, "2").value == 2


def test_a_fork_starts_its_own():
    text = """
import os
from portside.jq.engine import first
print(first("1", None).value, flush=True)
if os.fork() == 0:
    print(first("2", None).value, flush=True)
else:
    os.wait()
    print(first("3", None).value, flush=True)
"""
    done = subprocess.run(script(text), capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("1\n2\n3\n", "")


def test_ctrl_c_ends_it_at_once():
    text = """
import os, signal, threading
from portside.jq import libjq
libjq.first("1", None)
threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    libjq.first("def f: f; f", None)
except KeyboardInterrupt:
    print(libjq.first('"and it goes on"', None).value)
"""
    done = subprocess.run(script(text), capture_output=True, text=True, timeout=4)

    assert (done.stdout, done.stderr) == ("and it goes on\n", "")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells of children")
def test_nothing_outlives_a_parent_that_is_killed():
    text = """
import os
from portside.jq import libjq
libjq.first("1", None)
with open(f"/proc/self/task/{os.getpid()}/children") as children:
    print(children.read(), flush=True)
libjq.first("def f: f; f", None, seconds=0.3)
"""
    with subprocess.Popen(script(text), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        process = int(parent.stdout.readline())
        parent.kill()

    until(lambda: not _runs(process))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_no_worker_is_an_error_that_says_so():
    text = """
import sys
from portside.errors import PortsideError
from portside.jq.worker import Worker
sys.executable = "/nowhere/python"
try:
    Worker().ask("1", "null", seconds=5, room=9, patience=1)
except PortsideError as error:
    print(error)
"""
    done = subprocess.run(script(text), capture_output=True, text=True)

    assert done.stdout == "the process that runs jq cannot be started: No such file or directory\n"


def test_a_worker_without_libjq_says_so():
    text = """
import sys
from portside.errors import PortsideError
from portside.jq.worker import Worker
sys.path = [path for path in sys.path if "site-packages" not in path]
try:
    Worker().ask("1", "null", seconds=5, room=9, patience=1)
except PortsideError as error:
    print(error)
"""
    done = subprocess.run(script(text), capture_output=True, text=True)

    assert done.stdout == "the process that runs jq cannot be started: ModuleNotFoundError: No module named 'jq'\n"
