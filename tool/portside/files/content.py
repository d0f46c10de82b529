"""What a file holds, or why that cannot be had: the one place where files that people wrote are opened.

The rule: nothing here waits, and nothing is read that is too big or lies outside of the folder it should be in.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from portside.files.written import Text

SIZE_LIMIT = 5_000_000
"""Bytes. Port takes bodies of 1 MiB, so a file is either a stream of many resources, or not what it should be."""

_MISTAKEN = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"))


class Refused(Exception):
    """Why a file cannot be read: a clause that follows the file's name, and what would help; `at`: line, column."""

    def __init__(self, code: str, message: str, hint: str = "", *, at: tuple[int, int] = (1, 1)) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.at = code, message, hint, at


def text(path: Path, *, within: Path | None = None, limit: int = SIZE_LIMIT) -> str:
    """A file's text, which must be UTF-8. Raises Refused."""
    data = content(path, within=within, limit=limit)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start) from error


def _not_utf8(data: bytes, offset: int) -> Refused:
    for sign, name in _MISTAKEN:
        if data.startswith(sign):
            return Refused("not-utf-8", f"is {name}, not UTF-8", "save it as UTF-8 text")
    before = data[:offset].decode("utf-8")
    message = f"holds the byte 0x{data[offset]:02X}, which is no UTF-8"
    return Refused("not-utf-8", message, "save it as UTF-8", at=Text(before, json=False).position(len(before)))


def content(path: Path, *, within: Path | None = None, limit: int = SIZE_LIMIT) -> bytes:
    """A file's bytes. `within`: a symbolic link that leads out of this folder is not followed. Raises Refused."""
    try:
        _must_be_a_file(path.stat().st_mode)
        if within is not None and path.is_symlink() and not path.resolve().is_relative_to(within.resolve()):
            message = "is a link to a file outside of the catalog's folder"
            raise Refused("outside-root", message, "put the file itself there")
        return _opened(path, limit)
    except (OSError, RuntimeError, ValueError) as error:
        # pathlib calls a loop of links a RuntimeError before Python 3.13
        raise _refusal(path, error) from error


def _opened(path: Path, limit: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        _must_be_a_file(found.st_mode)  # again: it may have become a pipe since
        if found.st_size > limit or len(data := file.read(limit + 1)) > limit:
            message = f"is bigger than {limit / 1_000_000:g} MB"
            raise Refused("too-big", message, "split it; a stream of many resources can be several files")
        return data


def _must_be_a_file(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise Refused("not-a-file", "is a folder, where a file should be", "rename it, or put the file in its place")
    if not stat.S_ISREG(mode):
        raise Refused("not-a-file", "is a pipe, a socket or a device, not a file", "put a file in its place")


def _refusal(path: Path, error: OSError | RuntimeError | ValueError) -> Refused:
    link = os.path.islink(path)  # noqa: PTH114 - says no where pathlib raises once more
    match error:
        case FileNotFoundError() if link:
            return Refused("broken-link", "is a link to a file that does not exist", "put the file there, or remove it")
        case FileNotFoundError() | NotADirectoryError():
            return Refused("missing-file", "does not exist")
        case PermissionError():
            return Refused("unreadable", "cannot be read: permission denied", "give yourself the right to read it")
        case OSError() if not link or error.errno is None:
            return Refused("unreadable", f"cannot be read: {(error.strerror or str(error)).lower()}")
        case ValueError():
            return Refused("unreadable", "cannot be read: its name is none that a file can have")
    return Refused("endless-link", "is a link that leads back to itself", "put a file in its place")
