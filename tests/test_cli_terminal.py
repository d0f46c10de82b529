"""A person at a terminal, and nobody at the other end: questions, colours, streams that are closed, full or narrow."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from json import loads
from pathlib import Path

import pytest

from console import (
    PATIENCE,
    PORTSIDE,
    SERVICE,
    TEAM,
    Said,
    begun,
    catalog,
    ended,
    environment,
    hears_ctrl_c,
    portside,
    settled,
    tree,
    until,
    write,
)

QUESTION = "Apply this plan? [y/N]: "


class Terminal:
    """A command at a terminal of its own; `text` is everything that stands on it."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self._descriptor, self._process, self.text = descriptor, process, ""

    def asks(self, question: str) -> None:
        """Wait until the question stands there and the command sleeps over it."""
        while not self.text.endswith(question):
            assert self._more(), self.text
        state = Path(f"/proc/{self._process.pid}/stat")
        if state.exists():  # where it does not, a key pressed too early is still one pressed
            until(lambda: state.read_text().rpartition(") ")[2].startswith("S"))

    def types(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def ends(self) -> int:
        """Wait for the command to end; gives its exit code."""
        while self._more():
            pass
        return self._process.wait(PATIENCE)

    def _more(self) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], PATIENCE)
        try:
            came = os.read(self._descriptor, 4096) if ready else b""
        except OSError:  # Linux's way to say that nobody has the other end open any more
            came = b""
        self.text = settled(self.text + came.decode().replace("\r\n", "\n"))
        return bool(came)


@contextmanager
def terminal(root: Path, *arguments: str, **variables: str) -> Iterator[Terminal]:
    ours, its = pty.openpty()
    env = environment(TERM="xterm-256color", **variables)

    def sits_down() -> None:
        hears_ctrl_c()
        os.login_tty(its)

    process = subprocess.Popen([PORTSIDE, *arguments], cwd=root, env=env, preexec_fn=sits_down, pass_fds=[its])
    os.close(its)
    with process:
        try:
            yield Terminal(ours, process)
        finally:
            process.kill()
            os.close(ours)


@pytest.mark.parametrize(
    ("keys", "code", "told"),
    [
        ("n\n", 1, "n\nError: nothing is applied: the answer was not yes\n"),
        ("\n", 1, "\nError: nothing is applied: the answer was not yes\n"),
        ("\x03", 130, "^C\nError: interrupted\n"),
        ("\x04", 130, "\nError: interrupted\n"),
    ],
    ids=["no", "enter", "ctrl-c", "ctrl-d"],
)
def test_a_plan_that_nobody_says_yes_to_is_not_applied(tmp_path, keys, code, told):
    plan = portside(catalog(tmp_path), "plan").out

    with terminal(tmp_path, "apply", "--no-color") as screen:
        screen.asks(QUESTION)
        screen.types(keys)
        ended_with = screen.ends()

    assert (ended_with, screen.text) == (code, plan + QUESTION + told)
    assert portside(tmp_path, "runs").out == "Nothing was applied here yet.\n"
    assert portside(tmp_path, "plan").out == plan


def test_a_plan_that_somebody_says_yes_to_is_applied(tmp_path):
    plan = portside(catalog(tmp_path), "plan").out

    with terminal(tmp_path, "apply", "--no-color") as screen:
        screen.asks(QUESTION)
        screen.types("y\n")
        code = screen.ends()

    steps = "[1/3] + blueprint/service\n[2/3] + blueprint/team\n[3/3] + webhook/hook\n"
    assert code == 0
    assert screen.text == f"{plan}{QUESTION}y\n{steps}Applied 3 of 3. The plan is empty.\n"


def test_a_second_apply_while_the_first_still_asks_is_told_so(tmp_path):
    catalog(tmp_path)

    with terminal(tmp_path, "apply") as screen:
        screen.asks(QUESTION)
        second = portside(tmp_path, "apply", "--yes")
        screen.types("y\n")
        code = screen.ends()

    assert (code, second.code, second.out) == (0, 3, "")
    assert second.err.startswith("Error: catalog 'local' is held by ")


@pytest.mark.parametrize(
    ("options", "variables", "coloured"),
    [((), {"NO_COLOR": ""}, True), (("--no-color",), {}, False), ((), {"NO_COLOR": "1"}, False)],
)
def test_a_terminal_has_colours_unless_somebody_says_no(tmp_path, options, variables, coloured):
    catalog(tmp_path)

    with terminal(tmp_path, "plan", *options, **variables) as screen:
        code = screen.ends()

    assert (code, "\x1b[32m+" in screen.text) == (0, coloured)


def test_an_error_has_colour_as_everything_else_has(tmp_path):
    catalog(tmp_path)

    with terminal(tmp_path, "plan", "--catalog", "x") as coloured:
        coloured.ends()
    with terminal(tmp_path, "plan", "--catalog", "x", NO_COLOR="1") as plain:
        plain.ends()

    assert coloured.text.startswith("\x1b[31mError\x1b[0m: there is no catalog 'x'")
    assert plain.text.startswith("Error: there is no catalog 'x'")


def test_what_is_no_terminal_has_no_colours(tmp_path):
    said = portside(catalog(tmp_path), "plan")

    assert (said.code, said.err, "\x1b" in said.out) == (0, "", False)


def shell(root: Path, line: str, **variables: str) -> Said:
    """A line as typed into a shell."""
    path = f"{Path(PORTSIDE).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=root,
        env=environment(**{"PATH": path, **variables}),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    return Said(done.returncode, done.stdout, settled(done.stderr))


def test_a_reader_that_has_had_enough_is_no_error(tmp_path):
    catalog(tmp_path, *({**TEAM, "identifier": f"team{number}"} for number in range(250)), hook=None)

    assert shell(tmp_path, "portside plan --format json | head -n 1") == (0, "{\n", "")
    assert shell(tmp_path, "portside --help | true") == (0, "", "")


@pytest.mark.parametrize("line", ["plan", "validate", "runs", "fmt --check", "--help"])
def test_closed_streams_are_no_reason_to_stop(tmp_path, line):
    catalog(tmp_path)

    assert shell(tmp_path, f"portside {line} <&- >&-; echo $?").err == ""
    assert shell(tmp_path, f"portside {line} >&- 2>&-; echo $?").out == ("1\n" if line == "fmt --check" else "0\n")


def test_an_apply_whose_streams_are_closed_writes_what_was_said_into_no_file(tmp_path):
    catalog(tmp_path)

    said = shell(tmp_path, "portside apply --yes <&- >&- 2>&-; echo $?")

    assert said == (0, "0\n", "")
    assert portside(tmp_path, "runs").out.endswith("applied: 3 of 3 done\n")
    assert portside(tmp_path, "plan", "--detailed-exitcode") == (0, "No changes.\n", "")


@pytest.mark.parametrize("line", ["plan", "validate --format json", "--help"])
def test_a_full_disk_behind_standard_output_is_told_in_a_sentence(tmp_path, line):
    catalog(tmp_path)

    said = shell(tmp_path, f"portside {line} >/dev/full")

    assert said == (1, "", "Error: standard output cannot be written: no space left on device\n")


def test_a_full_disk_behind_standard_error_keeps_the_exit_code(tmp_path):
    assert shell(tmp_path, "portside plan --catalog 2>/dev/full; echo $?").out == "64\n"


GONE = "Error: standard output cannot be written: broken pipe"
AGAIN = "; plan again to see what is left, 'portside runs show' tells more)\n"


def test_an_apply_whose_reader_goes_stops_between_two_steps_and_says_where(tmp_path):
    catalog(tmp_path)
    with begun(tmp_path, "apply", "--yes") as process:
        process.stdout.close()
        process.stdout = None
        said = ended(process)
    assert said == (1, "", "")
    assert portside(tmp_path, "runs").out == "Nothing was applied here yet.\n"

    said = shell(
        tmp_path,
        "portside apply --yes | while read line; do test \"$line\" = '[1/3] + blueprint/service' && exit; done",
    )

    # Nothing when it was quicker than its reader.
    assert re.fullmatch(rf"({re.escape(GONE)} \(\d done(, \d not begun)?{re.escape(AGAIN)})?", said.err)
    assert portside(tmp_path, "apply", "--yes").code == 0


ODD = {**SERVICE, "title": "Zürich → 東京 🚢"}
SHOWN = "Zürich → 東京 🚢"


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({"LANG": "C"}, SHOWN),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, SHOWN),
        ({"PYTHONIOENCODING": "ascii"}, SHOWN),
        ({"PYTHONIOENCODING": "latin-1"}, "Z\\u2192"),
    ],
    ids=["C", "no UTF-8 at all", "ascii", "latin-1"],
)
def test_what_a_terminal_cannot_spell_is_spelt_out(tmp_path, variables, shown):
    catalog(tmp_path, ODD, hook=None)

    done = subprocess.run([PORTSIDE, "plan"], cwd=tmp_path, env=environment(**variables), capture_output=True)
    title = done.stdout.splitlines()[1]

    assert (done.returncode, b"Error" in done.stderr) == (0, False)
    if shown == SHOWN:
        assert title.decode() == f'    title: "{SHOWN}"'
    else:
        assert title == b'    title: "Z\xfcrich \\u2192 \\u6771\\u4eac \\ud83d\\udea2"'


def test_json_stays_json_in_any_encoding(tmp_path):
    catalog(tmp_path, ODD, hook=None)
    env = environment(PYTHONIOENCODING="latin-1")

    done = subprocess.run([PORTSIDE, "plan", "--format", "json"], cwd=tmp_path, env=env, capture_output=True)

    assert SHOWN in str(loads(done.stdout.decode("latin-1")))


def test_bytes_that_are_no_utf_8_can_stand_in_arguments(tmp_path):
    folder = tmp_path / os.fsdecode(b"r\xff")
    write(folder / "catalog/blueprints/a.json", {"identifier": "a"})

    missing = portside(tmp_path, "entities", b"x\xff")
    wrong = portside(tmp_path, "validate", "--root", b"r\xff", "--format", "json", "--format", "json=wrong.json")

    assert (missing.code, missing.out) == (64, "")
    assert missing.err == "Error: there is no blueprint 'x\\udcff' in catalog 'local'; there is none\n"
    assert (wrong.code, wrong.err) == (1, "")
    assert loads(wrong.out) == loads((tmp_path / "wrong.json").read_text())
    assert loads(wrong.out)["problems"][0]["path"] == "r\udcff/catalog/blueprints/a.json"


def test_a_home_that_is_not_set_is_not_missed(tmp_path):
    catalog(tmp_path)

    assert portside(tmp_path, "apply", "--yes", "--quiet", env={}).code == 0
    assert "portside" not in {path.split("/")[0] for path in tree(tmp_path)}
