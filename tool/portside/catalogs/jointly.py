"""Writes of several callers in one transaction: what waits for its turn meanwhile goes together, and is stored at once.

The rule: a job is refused before anything of it is written, so one that is refused spoils no other; when anything else
goes wrong nothing of the transaction is stored, and each is carried out by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from portside.catalogs.entities import Transaction
from portside.catalogs.faults import at_fault
from portside.errors import CatalogRefused, CatalogUnreachable

T = TypeVar("T")

TOGETHER = 8
"""So many jobs at most in one transaction: nobody waits long for others."""


class _Job(Generic[T]):
    """What one caller wants done, and what came of it."""

    def __init__(self, act: Callable[[Transaction], T]) -> None:
        self._act = act
        self._result: T
        self._error: BaseException | None = None
        self.done = False

    def run(self, within: Transaction) -> None:
        try:
            self._result, self._error = self._act(within), None
        except CatalogRefused as error:
            self._error = error

    def fail(self, error: BaseException) -> None:
        self._error = error

    def outcome(self) -> T:
        if self._error:
            raise self._error
        return self._result


class Jointly:
    """The jobs of one process. `writing` opens a transaction that is stored at its end."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Transaction]]) -> None:
        self._writing = writing
        self._waiting: list[_Job[Any]] = []
        self._turn = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many jobs nobody has begun."""
        return len(self._waiting)

    def do(self, act: Callable[[Transaction], T]) -> T:
        """Carry a job out; when this comes back it is stored. Raises what the job raises, and CatalogUnreachable.

        Whoever has the turn carries out what others left with it, so a job runs in any thread.
        """
        job = _Job(act)
        self._waiting.append(job)
        with self._turn:
            while not job.done:
                batch = self._waiting[:TOGETHER]
                del self._waiting[: len(batch)]  # others go on adding at its end
                self._carry_out(batch)
        return job.outcome()

    def _carry_out(self, batch: list[_Job[Any]]) -> None:
        try:
            with self._writing() as within:
                for job in batch:
                    job.run(within)
        except BaseException as error:  # nobody may wait for ever for what this thread took on
            if len(batch) > 1 and _of_one(error):
                for job in batch:
                    self._carry_out([job])
                return
            for job in batch:
                job.fail(error)
        for job in batch:
            job.done = True


def _of_one(error: BaseException) -> bool:
    """Whether it may be the fault of one of several; a database that is away is away for all of them."""
    return isinstance(error, Exception) and (not isinstance(error, CatalogUnreachable) or at_fault(error))
