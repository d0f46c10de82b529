"""Which column a vertex of a graph stands in, and in which order and how high in that column. Pure.

Its one rule: what comes first in the input comes first wherever nothing speaks against it, so that the same graph
always gives the same drawing. Vertices are numbers from 0.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

Arc = tuple[int, int]
SWEEPS = 12
"""Passes over the columns in search of fewer crossings; more seldom find any."""
ROUNDS = 8
"""Passes over the columns in search of straighter lines."""


def ranks(count: int, arcs: Sequence[Arc], first: Collection[int] = ()) -> list[int]:
    """The column of each vertex: `first` in column 0, the rest by the longest path that leads there.

    Of a circle one arc leads backwards. What nothing leads to stands right before the first that it leads to.
    """
    order = _order(count, arcs)
    at = {vertex: place for place, vertex in enumerate(order)}
    after: dict[int, list[int]] = defaultdict(list)
    for source, target in arcs:
        low, high = sorted((source, target), key=at.__getitem__)
        after[low].append(high)
    start = int(bool(first))
    rank = [0 if vertex in first else start for vertex in range(count)]
    for vertex in order:
        for later in after[vertex]:
            rank[later] = max(rank[later], rank[vertex] + 1)
    led_to = {later for some in after.values() for later in some}
    for vertex in order:
        if vertex not in led_to and vertex not in first and after[vertex]:
            rank[vertex] = min(rank[later] for later in after[vertex]) - 1
    return rank


def _order(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Every vertex after all that lead to it; where a circle leaves none, the one that leads on to most comes next."""
    before: dict[int, set[int]] = {vertex: set() for vertex in range(count)}
    after: dict[int, set[int]] = {vertex: set() for vertex in range(count)}
    for source, target in arcs:
        if source != target:
            before[target].add(source)
            after[source].add(target)
    order = []
    while before:
        free = next((vertex for vertex, some in before.items() if not some), None)
        vertex = max(before, key=lambda one: len(after[one]) - len(before[one])) if free is None else free
        order.append(vertex)
        for source in before.pop(vertex):
            after[source].discard(vertex)
        for target in after.pop(vertex):
            before[target].discard(vertex)
    return order


def arranged(columns: Sequence[Sequence[int]], arcs: Sequence[Arc]) -> list[list[int]]:
    """Each column in an order with few crossings. Every arc leads from one column to the next."""
    left, right = neighbours(arcs)
    best = now = [list(column) for column in columns]
    fewest = _crossings(now, right)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        now = _swept(now, left) if sweep % 2 == 0 else _swept(now[::-1], right)[::-1]
        if (count := _crossings(now, right)) < fewest:
            best, fewest = now, count
    return best


def neighbours(arcs: Sequence[Arc]) -> tuple[Mapping[int, list[int]], Mapping[int, list[int]]]:
    """What each vertex is joined with in the column before it, and in the column after it."""
    left: dict[int, list[int]] = defaultdict(list)
    right: dict[int, list[int]] = defaultdict(list)
    for source, target in arcs:
        left[target].append(source)
        right[source].append(target)
    return left, right


def _swept(columns: Sequence[Sequence[int]], near: Mapping[int, list[int]]) -> list[list[int]]:
    """Each column but the first sorted by where its vertices' neighbours stand on average in the one before it."""
    done: list[list[int]] = []
    for column in columns:
        above = {vertex: place for place, vertex in enumerate(done[-1])} if done else {}
        wanted = {
            vertex: sum(above[one] for one in near[vertex]) / len(near[vertex]) if near.get(vertex) and done else place
            for place, vertex in enumerate(column)
        }
        done.append(sorted(column, key=wanted.__getitem__))
    return done


def _crossings(columns: Sequence[Sequence[int]], right: Mapping[int, list[int]]) -> int:
    count = 0
    for column, following in pairwise(columns):
        place = {vertex: number for number, vertex in enumerate(following)}
        seen: list[int] = []
        for vertex in column:
            ends = [place[one] for one in right.get(vertex, ())]
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def heights(columns: Sequence[Sequence[int]], arcs: Sequence[Arc], room: Sequence[tuple[float, float]]) -> list[float]:
    """How far down each vertex stands: as near to its neighbours as the room above and below each allows."""
    left, right = neighbours(arcs)
    down = [0.0] * len(room)
    for column in columns:
        _place(column, [0.0] * len(column), room, down)
    for number in range(ROUNDS):
        back = number % 2 == 1
        for column in reversed(columns) if back else columns:
            near = right if back else left
            _place(column, [_mean(near.get(one), down, down[one]) for one in column], room, down)
    for column in columns:
        both = [[*left.get(one, ()), *right.get(one, ())] for one in column]
        _place(column, [_mean(some, down, down[one]) for one, some in zip(column, both, strict=True)], room, down)
    return down


def _mean(some: Sequence[int] | None, down: Sequence[float], otherwise: float) -> float:
    return sum(down[one] for one in some) / len(some) if some else otherwise


def _place(
    column: Sequence[int], wanted: Sequence[float], room: Sequence[tuple[float, float]], down: list[float]
) -> None:
    """Put a column where its vertices want to be, with the least sum of squares: stretches that collide move as one."""
    offsets = [0.0]
    for one, other in pairwise(column):
        offsets.append(offsets[-1] + room[one][1] + room[other][0])
    blocks: list[tuple[float, int]] = []  # where each stretch wants its start, and how many are in it
    for want, offset in zip(wanted, offsets, strict=False):
        mean, size = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, length = blocks.pop()
            mean, size = (before * length + mean * size) / (length + size), length + size
        blocks.append((mean, size))
    starts = [mean for mean, size in blocks for _ in range(size)]
    for vertex, start, offset in zip(column, starts, offsets, strict=False):
        down[vertex] = start + offset
