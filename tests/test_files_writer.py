"""Whole files or none: whatever stops a write, what stood there still stands there, and nothing is left over."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from portside.errors import Unwritable
from portside.files.writer import write_all, write_whole


def tree(root: Path) -> dict[str, bytes | None]:
    """Everything below a folder, hidden files too; None for a folder."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if not path.is_symlink()
    }


def sentence(root: Path, files: dict[Path, bytes]) -> str:
    """What a write that cannot be done says; it has changed nothing."""
    before = tree(root)
    with pytest.raises(Unwritable) as told:
        write_all(files)
    assert tree(root) == before
    return str(told.value).replace(str(root), "")


def test_a_file_is_put_in_place_with_its_folders(tmp_path):
    write_whole(tmp_path / "a/b/c.yaml", b"new")

    assert tree(tmp_path) == {"a": None, "a/b": None, "a/b/c.yaml": b"new"}


def test_a_file_keeps_its_mode(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o751)

    write_whole(path, b"new")

    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o751)


def test_a_new_file_has_the_mode_that_new_files_have(tmp_path):
    (tmp_path / "other").touch()

    write_whole(tmp_path / "a", b"")

    assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_a_link_to_the_file_that_is_written(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")

    write_whole(tmp_path / "link", b"new")

    assert ((tmp_path / "link").is_symlink(), (tmp_path / "real").read_bytes()) == (True, b"new")


def test_what_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "loop").symlink_to("loop")

    assert sentence(tmp_path, {tmp_path / "folder": b""}) == "'/folder' cannot be written: it is a folder"
    assert sentence(tmp_path, {tmp_path / "file/x": b""}) == "'/file/x' cannot be written: not a directory"
    assert sentence(tmp_path, {tmp_path / ("x" * 300): b""}).endswith("cannot be written: file name too long")
    assert sentence(tmp_path, {tmp_path / "a\0b": b""}).endswith("cannot be written: embedded null byte")
    assert sentence(tmp_path, {tmp_path / "loop": b""}).startswith("'/loop' cannot be written: ")


def test_none_of_several_files_is_written_when_one_cannot_be(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "z").mkdir()

    said = sentence(tmp_path, {tmp_path / "a": b"new", tmp_path / "new/folder/b": b"new", tmp_path / "z": b"new"})

    assert said == "'/z' cannot be written: it is a folder"


def test_files_that_were_put_in_place_are_put_back_when_a_later_one_cannot_be(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    files = {tmp_path / "a": b"new", tmp_path / "b": b"new", tmp_path / "c/d": b"new", tmp_path / "c": b"new"}

    assert sentence(tmp_path, files).startswith("'/c' cannot be written: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_what_nobody_may_write_is_left_alone(tmp_path):
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "file").chmod(0o444)
    (tmp_path / "closed").mkdir(mode=0o555)

    assert sentence(tmp_path, {tmp_path / "file": b"new"}) == "'/file' cannot be written: it is read-only"
    assert sentence(tmp_path, {tmp_path / "closed/a": b""}) == "'/closed/a' cannot be written: permission denied"


FULL_DISK = """
import resource, sys
from pathlib import Path
from portside.errors import PortsideError
from portside.files import journal
from portside.files.writer import write_all

root = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    if sys.argv[3] == "files":
        write_all({root / "a": b"new", root / "made/b": b"x" * 100_000})
    else:
        with journal.begin(root, "local", [journal.Entry(1, "create", "blueprint/a")]) as log:
            log.began(1)
            log.failed(1, "x" * 100_000)
except PortsideError as error:
    sys.exit(str(error))
"""


def on_a_full_disk(root: Path, size: int, what: str) -> str:
    """What a process says that cannot write a file beyond a size."""
    command = [sys.executable, "-c", FULL_DISK, str(root), str(size), what]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 1
    return found.stderr.strip().replace(str(root), "")


def test_a_full_disk_changes_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    said = on_a_full_disk(tmp_path, 10_000, "files")

    assert (said, tree(tmp_path)) == ("'/made/b' cannot be written: file too large", {"a": b"old"})


def test_a_journal_on_a_full_disk_holds_no_half_line(tmp_path):
    from portside.files import journal

    said = on_a_full_disk(tmp_path, 10_000, "journal")
    found = journal.read(tmp_path)

    assert (said.split(": ")[1], found.fates) == ("file too large", {1: journal.Fate.UNKNOWN})


def test_a_journal_that_cannot_be_begun_leaves_no_file(tmp_path):
    said = on_a_full_disk(tmp_path, 10, "journal")

    assert (said.split(": ")[1], list((tmp_path / ".portside/runs").iterdir())) == ("file too large", [])


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from portside.files.writer import write_all

class Data(dict):
    def items(self):
        yield root / "a", b"new"
        yield root / "made/b", b"new"
        os.kill(os.getpid(), signal.SIGINT)
        yield root / "c", b"new"

root = Path(sys.argv[1])
try:
    write_all(Data())
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_changes_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    found = subprocess.run([sys.executable, "-c", INTERRUPTED, str(tmp_path)], check=False, timeout=60)

    assert (found.returncode, tree(tmp_path)) == (130, {"a": b"old"})
