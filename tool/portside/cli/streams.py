"""Standard output and standard error as commands need them: nothing is unspeakable, and nobody listening is no bug.

Its one rule: what a command prints arrives, or Unheard is raised; what it says on standard error never stops it.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TextIO

from portside.errors import PortsideError

_SPELT_OUT = "portside.spelt-out"


class Unheard(PortsideError):
    """Standard output takes nothing more: whoever read it has had enough (`| head`), or its disk is full."""

    code = "unheard"

    @property
    def reader_gone(self) -> bool:
        return isinstance(self.__cause__, BrokenPipeError)


def ready() -> None:
    """Put both in the place of Python's own, before anything is printed."""
    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # a number that was closed would be given to the next file, and what is said would be written into it
    os.close(spare)
    codecs.register_error(_SPELT_OUT, _spelt_out)
    sys.stdout = _stream(_Output(1, "wb", closefd=False), sys.stdout)
    sys.stderr = _stream(_Words(2, "wb", closefd=False), sys.stderr)


class _Output(io.FileIO):
    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]  # any buffer
        except OSError as error:
            _forget(self)
            reason = (error.strerror or str(error)).lower()
            raise Unheard(f"standard output cannot be written: {reason}") from error


class _Words(io.FileIO):
    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]  # any buffer
        except OSError:
            _forget(self)
            return len(data)  # type: ignore[arg-type]


def _forget(file: io.FileIO) -> None:
    """Let what is still to come go nowhere: the interpreter writes once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, file.fileno())
    os.close(nowhere)


def _stream(file: io.FileIO, instead_of: TextIO | None) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(file),
        encoding=instead_of.encoding if instead_of else "utf-8",
        errors=_SPELT_OUT,
        line_buffering=file.isatty() or isinstance(file, _Words),
    )


def _spelt_out(error: UnicodeError) -> tuple[str, int]:
    r"""`→` as \u2192 where the encoding has no such character: as JSON spells it, so that JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)), error.end
