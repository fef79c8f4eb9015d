"""Where every tensor of the arena lies: offsets such that tensors alive at the same time never share a byte.

This is dynamic storage allocation, which is NP-hard in general. `assign` runs a family of greedy placements, which
nearly always reach the lower bound on real networks; when none does, an exact search (edgegen.planning.search) closes
the gap or proves that it cannot be closed, within a fixed amount of work, so that the result is a function of the
input alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from edgegen.errors import GraphError, VerificationError


@dataclass(frozen=True)
class Buffer:
    """Bytes that must stay untouched from step `first` to step `last`, both included.

    size: bytes, 0 or more. align: the offset is a multiple of it, 1 or more.
    """

    name: str
    size: int
    first: int
    last: int
    align: int = 4

    def overlaps(self, other: Buffer) -> bool:
        """True when both are alive at some step."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Assignment:
    """Offsets in bytes by buffer name, and how good they are.

    total: bytes of the arena, the largest end of any buffer. lower_bound: bytes that no assignment can undercut.
    method: the placement that gave the offsets. optimal: proved that no assignment has a smaller total, by the bound
    or by search.
    """

    offsets: dict[str, int]
    total: int
    lower_bound: int
    method: str
    optimal: bool

    @property
    def gap(self) -> float:
        """(total - lower_bound) / lower_bound; 0.0 when the bound is reached."""
        return (self.total - self.lower_bound) / self.lower_bound if self.lower_bound else 0.0


Offsets = dict[int, int]
Order = Callable[[int, Buffer], tuple[int, ...]]

#: work of the exact search, in evaluated placements: about one second of CPython
SEARCH_BUDGET = 400_000
#: greedy placements tried with reordered buffers before the search
SHUFFLES = 60


def align_up(offset: int, align: int) -> int:
    """The smallest multiple of align that is not below offset."""
    return -(-offset // align) * align


def lower_bound(buffers: Sequence[Buffer]) -> int:
    """Bytes that no assignment can undercut: the largest sum of live sizes over all steps, alignment considered.

    Every offset is a multiple of g = gcd of all alignments, so of the buffers alive at a step all but the topmost
    take a multiple of g bytes; the bound lets the one with the most padding be the topmost.
    """
    used = [buffer for buffer in buffers if buffer.size]
    if not used:
        return 0
    unit = math.gcd(*(buffer.align for buffer in used))
    best = 0
    for step in sorted({buffer.first for buffer in used}):
        live = [buffer.size for buffer in used if buffer.first <= step <= buffer.last]
        padded = [align_up(size, unit) for size in live]
        best = max(best, sum(padded) - max(full - size for full, size in zip(padded, live, strict=True)))
    return best


def verify_assignment(buffers: Sequence[Buffer], assignment: Assignment) -> None:
    """Raise VerificationError unless every buffer has an aligned place in the arena that no live neighbour touches."""
    for buffer in buffers:
        offset = assignment.offsets.get(buffer.name, -1)
        if offset < 0 or offset % buffer.align:
            raise VerificationError(f"arena: {buffer.name} has offset {offset}, it needs a multiple of {buffer.align}")
        if offset + buffer.size > assignment.total:
            raise VerificationError(
                f"arena: {buffer.name} ends at {offset + buffer.size}, beyond the arena's {assignment.total} bytes"
            )
    placed = sorted(buffers, key=lambda item: assignment.offsets[item.name])
    for index, low in enumerate(placed):
        end = assignment.offsets[low.name] + low.size
        for high in placed[index + 1 :]:
            if assignment.offsets[high.name] >= end:
                break
            if high.size and low.overlaps(high):
                step = max(low.first, high.first)
                raise VerificationError(
                    f"arena: {low.name} and {high.name} share bytes and are both alive at step {step}"
                )
    if assignment.total < assignment.lower_bound:
        raise VerificationError(f"arena: {assignment.total} bytes are below the bound {assignment.lower_bound}")


class Problem:
    """Buffers with what every placement needs: neighbours in time and the bound."""

    def __init__(self, buffers: Sequence[Buffer]) -> None:
        self.buffers = tuple(buffers)
        self.bound = lower_bound(buffers)

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """For each buffer the indices of the others that are alive at a common step."""
        indices = range(len(self.buffers))
        return tuple(tuple(j for j in indices if j != i and self.buffers[i].overlaps(self.buffers[j])) for i in indices)

    def total(self, offsets: Offsets) -> int:
        """The largest end of any buffer."""
        return max((offset + self.buffers[i].size for i, offset in offsets.items()), default=0)

    def place(self, order: Sequence[int], best_fit: bool) -> Offsets:
        """Place buffers one after the other, each at the lowest offset that fits, or in the tightest gap."""
        offsets: Offsets = {}
        for index in order:
            taken = sorted(
                (offsets[j], offsets[j] + self.buffers[j].size) for j in self.neighbours[index] if j in offsets
            )
            offsets[index] = _fit(self.buffers[index], taken, best_fit)
        return offsets

    def pressure(self) -> list[int]:
        """For each buffer the largest sum of live sizes at any step of its life."""
        starts = sorted({buffer.first for buffer in self.buffers})
        live = {s: sum(b.size for b in self.buffers if b.first <= s <= b.last) for s in starts}
        return [max(live[s] for s in starts if b.first <= s <= b.last) for b in self.buffers]


def _fit(buffer: Buffer, taken: Sequence[tuple[int, int]], best_fit: bool) -> int:
    """An offset for `buffer` between the sorted (start, end) intervals of its neighbours."""
    chosen, slack, end = -1, 0, 0
    for start, stop in taken:
        offset = align_up(end, buffer.align)
        room = start - offset - buffer.size
        if room >= 0 and (chosen < 0 or room < slack):
            chosen, slack = offset, room
            if not best_fit:
                return chosen
        end = max(end, stop)
    return chosen if chosen >= 0 else align_up(end, buffer.align)


def _orders(problem: Problem) -> dict[str, list[int]]:
    """The greedy family: name -> order of placement."""
    pressure = problem.pressure()
    keys: dict[str, Order] = {
        "size": lambda i, b: (-b.size, b.first),
        "pressure": lambda i, b: (-pressure[i], -b.size, b.first),
        "area": lambda i, b: (-b.size * (b.last - b.first + 1), b.first),
        "duration": lambda i, b: (b.first - b.last, -b.size),
        "start": lambda i, b: (b.first, -b.size),
        "end": lambda i, b: (-b.last, -b.size),
    }
    items = list(enumerate(problem.buffers))
    return {name: [i for i, _ in sorted(items, key=lambda p: (*key(*p), p[0]))] for name, key in keys.items()}


def _greedy(problem: Problem) -> tuple[Offsets, int, str, list[int]]:
    """The best greedy placement: offsets, total, name, and the order that gave it."""
    best: tuple[Offsets, int, str, list[int]] | None = None
    for name, order in _orders(problem).items():
        for best_fit in (False, True):
            offsets = problem.place(order, best_fit)
            total = problem.total(offsets)
            if best is None or total < best[1]:
                best = (offsets, total, f"greedy by {name}, {'best' if best_fit else 'first'} fit", order)
            if total == problem.bound:
                return best
    if best is None:
        raise GraphError("arena: no greedy order is defined")
    return best


def _repair(problem: Problem, offsets: Offsets, total: int, order: list[int]) -> tuple[Offsets, int]:
    """Move the buffer that reaches the top towards the front of the order and place again, a fixed number of times."""
    best, best_total, current = offsets, total, list(order)
    for round_number in range(SHUFFLES):
        ends = {i: offset + problem.buffers[i].size for i, offset in offsets.items()}
        top = max(ends, key=lambda i: (ends[i], -current.index(i)))
        current.remove(top)
        current.insert(0 if round_number % 3 else len(current) // 3, top)
        offsets = problem.place(current, best_fit=bool(round_number % 2))
        total = problem.total(offsets)
        if total < best_total:
            best, best_total = offsets, total
        if best_total == problem.bound:
            break
    return best, best_total


def assign(buffers: Sequence[Buffer], budget: int = SEARCH_BUDGET) -> Assignment:
    """Offsets for all buffers with the smallest total found; deterministic.

    budget bounds the exact search, in evaluated placements; 0 leaves it out. Raises GraphError for a malformed or
    twice named buffer.
    """
    _check(buffers)
    problem = Problem([buffer for buffer in buffers if buffer.size])
    offsets: Offsets = {}
    total, method, optimal = 0, "empty", True
    if problem.buffers:
        offsets, total, method, order = _greedy(problem)
        if total > problem.bound:
            repaired, repaired_total = _repair(problem, offsets, total, order)
            if repaired_total < total:
                offsets, total, method = repaired, repaired_total, "greedy, reordered"
        optimal = total == problem.bound
        if not optimal and budget:
            from edgegen.planning.search import improve

            found, optimal = improve(problem, offsets, total, budget)
            if found is not None:
                offsets, total, method = found, problem.total(found), "branch and bound"
    named = {problem.buffers[i].name: offset for i, offset in offsets.items()}
    result = Assignment({b.name: named.get(b.name, 0) for b in buffers}, total, problem.bound, method, optimal)
    verify_assignment(buffers, result)
    return result


def _check(buffers: Sequence[Buffer]) -> None:
    seen: set[str] = set()
    for buffer in buffers:
        if buffer.size < 0 or buffer.first > buffer.last or buffer.align < 1:
            raise GraphError(f"arena: {buffer} must have size >= 0, first <= last and align >= 1")
        if buffer.name in seen:
            raise GraphError(f"arena: two buffers are named {buffer.name}")
        seen.add(buffer.name)
