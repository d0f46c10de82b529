"""Whole files or none.

The rule: a file's old content stands until the new one is complete on the disk, so that a full disk, a kill or a
Ctrl-C leaves either the one or the other.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from portside.errors import Unwritable


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place in one step; its folder is made. Raises Unwritable, and then nothing has changed."""
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Put files in place, none before all are complete on the disk. Raises Unwritable, and then nothing has changed."""
    made: list[Path] = []
    ready: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            with _told(path):
                target = _target(path)
                made += _made(target.parent)
                ready[target] = _free_name(target)
                _write(ready[target], data, like=target)
        _put_in_place(ready)
    except BaseException:
        _remove(ready.values())
        _remove_folders(made)
        raise


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a loop of links, to pathlib before 3.13
        reason = getattr(error, "strerror", None) or str(error)
        raise Unwritable(f"'{path}' cannot be written: {reason[:1].lower()}{reason[1:]}") from error


def _target(path: Path) -> Path:
    """The file that is meant: a link is written through, so that it stays a link."""
    target = path.resolve() if path.is_symlink() else path
    if target.is_dir():
        raise Unwritable(f"'{path}' cannot be written: it is a folder")
    if target.exists() and not os.access(target, os.W_OK):
        raise Unwritable(f"'{path}' cannot be written: it is read-only")
    return target


def _made(folder: Path) -> list[Path]:
    """Make a folder, and say which ones had to be made for it, the outermost first."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error
    return missing[::-1]


def _free_name(target: Path) -> Path:
    """A name beside a file that nothing has; hidden, so that no reader of a catalog takes it for a part of it."""
    number = 0
    while (found := target.parent / f".portside-{os.getpid()}-{number}.tmp").exists():
        number += 1
    return found


def _write(path: Path, data: bytes, *, like: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    if like.exists():
        path.chmod(like.stat().st_mode & 0o7777)


def _put_in_place(ready: Mapping[Path, Path]) -> None:
    """Replace all; when one cannot be replaced, or somebody interrupts, put back those that were."""
    replaced: dict[Path, Path | None] = {}
    try:
        for target, temporary in ready.items():
            with _told(target):
                replaced[target] = _kept(target)
                temporary.replace(target)
    except BaseException:
        for target, old in replaced.items():
            _put_back(target, old, written=not ready[target].exists())
        raise
    _remove(old for old in replaced.values() if old)
    for folder in {target.parent for target in ready}:
        _sync(folder)


def _kept(target: Path) -> Path | None:
    """A second name for a file that stands already, until all are replaced; None where there is none."""
    if not target.exists():
        return None
    kept = _free_name(target)
    try:
        kept.hardlink_to(target)
    except OSError:  # a disk without hard links
        from shutil import copy2

        copy2(target, kept)
    return kept


def _put_back(target: Path, old: Path | None, *, written: bool) -> None:
    if not written:
        _remove([old] if old else [])
    elif old:
        old.replace(target)
    else:
        target.unlink()


def _sync(folder: Path) -> None:
    """Make the new names last through a power cut, where folders can be synced at all."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _remove_folders(made: Iterable[Path]) -> None:
    for folder in reversed(list(made)):
        with contextlib.suppress(OSError):
            folder.rmdir()
