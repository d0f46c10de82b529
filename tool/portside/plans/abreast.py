"""Steps side by side, as far as they have nothing to do with each other.

The rule: a step is announced before it is written, and once one has failed nothing new begins; what is under way is
waited for, so that its end can be told.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from portside.errors import PortsideError
from portside.plans.apply import Began, Done, Event, Failed
from portside.plans.plan import Step

Look = Callable[[Step], None]
Write = Callable[[int, Step], None]


def abreast(
    steps: Sequence[Step], needs: Sequence[frozenset[int]], width: int, *, look: Look, write: Write
) -> Iterator[Event]:
    """`look` and `write` each step in threads, `width` at most, in the order of the steps as far as `needs` lets them.

    Raises what the first failing one raised, after telling how those ended that were under way.
    """
    pool = ThreadPoolExecutor(width, thread_name_prefix="step")
    try:
        yield from _Abreast(steps, needs, width, pool, look, write).run()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Abreast:
    """Indexes of steps count from 0, their numbers from 1."""

    def __init__(
        self,
        steps: Sequence[Step],
        needs: Sequence[frozenset[int]],
        width: int,
        pool: ThreadPoolExecutor,
        look: Look,
        write: Write,
    ) -> None:
        self._steps, self._width, self._pool, self._look, self._write = steps, width, pool, look, write
        self._left = [set(before) for before in needs]
        self._waiting: list[list[int]] = [[] for _ in steps]
        for index, before in enumerate(needs):
            for other in before:
                self._waiting[other].append(index)
        self._ready = [index for index, before in enumerate(self._left) if not before]
        self._looking: dict[Future[None], int] = {}
        self._writing: dict[Future[None], int] = {}
        self._failure: BaseException | None = None

    def run(self) -> Iterator[Event]:
        self._fill()
        while self._looking or self._writing:
            ended, _ = wait([*self._looking, *self._writing], return_when=FIRST_COMPLETED)
            for future in sorted(ended, key=self._index):
                yield from self._seen(future) if future in self._looking else self._written(future)
            self._fill()
        if self._failure:
            raise self._failure

    def _index(self, future: Future[None]) -> int:
        return self._looking[future] if future in self._looking else self._writing[future]

    def _fill(self) -> None:
        """Begin what may begin, first steps first."""
        while self._ready and not self._failure and len(self._looking) + len(self._writing) < self._width:
            index = heapq.heappop(self._ready)
            self._looking[self._pool.submit(self._look, self._steps[index])] = index

    def _seen(self, future: Future[None]) -> Iterator[Event]:
        index = self._looking.pop(future)
        self._failure = self._failure or future.exception()
        if not self._failure:
            yield Began(index + 1, self._steps[index])
            self._writing[self._pool.submit(self._write, index + 1, self._steps[index])] = index

    def _written(self, future: Future[None]) -> Iterator[Event]:
        index = self._writing.pop(future)
        error = future.exception()
        self._failure = self._failure or error
        if error is None:
            self._settle(index)
            yield Done(index + 1, self._steps[index])
        elif isinstance(error, PortsideError):
            yield Failed(index + 1, self._steps[index], error)

    def _settle(self, index: int) -> None:
        for other in self._waiting[index]:
            self._left[other].discard(index)
            if not self._left[other]:
                heapq.heappush(self._ready, other)
