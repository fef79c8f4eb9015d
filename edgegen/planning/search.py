"""Exact arena assignment by branch and bound, for the graphs where greedy placement leaves a gap.

Buffers are placed in order of non-decreasing offset, each on the skyline: the highest end of what lies below it
during its life. That loses nothing: dropping every buffer of an optimal assignment as far as it goes gives an
assignment of this kind. Of those only the one with the smallest sum of offsets matters, so a buffer is never placed
at or above the end that another unplaced buffer would have now. The idea is that of Moffitt, "MiniMalloc" (ASPLOS
2023); the code is not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgegen.planning.arena import Offsets, Problem

#: buffers of one component beyond which the depth of the search is not worth having
LARGEST = 300


class _Exhausted(Exception):  # noqa: N818 - not an error: the end of the budget
    """The budget is used up."""


def improve(problem: Problem, offsets: Offsets, total: int, budget: int) -> tuple[Offsets | None, bool]:
    """A better assignment than `offsets` (None when there is none), and whether the result is proved optimal."""
    merged, better, proved = dict(offsets), False, True
    floor = problem.bound
    for component in _components(problem):
        height = max(merged[i] + problem.buffers[i].size for i in component)
        if height <= floor:
            continue
        if len(component) > LARGEST:
            floor, proved = max(floor, height), False
            continue
        search = _Search(problem, component, floor, height, budget)
        finished = search.run()
        if search.found is not None:
            merged.update(search.found)
            better = True
        # What is left above the bound in this component is no longer worth undercutting in the others.
        floor = max(floor, search.best)
        proved = proved and (finished or search.best == problem.bound)
    return (merged if better and problem.total(merged) < total else None), proved


def _components(problem: Problem) -> list[list[int]]:
    """Groups of buffers that no lifetime connects, largest demand first."""
    groups: list[list[int]] = []
    last = None
    for i in sorted(range(len(problem.buffers)), key=lambda i: problem.buffers[i].first):
        buffer = problem.buffers[i]
        if last is None or buffer.first > last:
            groups.append([])
        groups[-1].append(i)
        last = buffer.last if last is None else max(last, buffer.last)
    return sorted(groups, key=lambda group: (-sum(problem.buffers[i].size for i in group), group))


class _Search:
    """Depth-first search of one component for a total below `best`, down to `floor`."""

    def __init__(self, problem: Problem, component: Sequence[int], floor: int, best: int, budget: int) -> None:
        self.problem, self.floor, self.best, self.left = problem, floor, best, budget
        self.found: Offsets | None = None
        self.items = list(component)
        self.size = {i: problem.buffers[i].size for i in self.items}
        self.align = {i: problem.buffers[i].align for i in self.items}
        # Only steps at which something starts can be the fullest.
        starts = sorted({problem.buffers[i].first for i in self.items})
        self.span = {
            i: (bisect_left(starts, problem.buffers[i].first), bisect_right(starts, problem.buffers[i].last))
            for i in self.items
        }
        self.skyline = [0] * len(starts)
        self.demand = [0] * len(starts)
        for i in self.items:
            for step in range(*self.span[i]):
                self.demand[step] += self.size[i]
        self.offsets: Offsets = {}

    def run(self) -> bool:
        """Search; True when the result is proved best (or reaches the floor)."""
        try:
            self._descend(tuple(self.items), (0, -1))
        except _Exhausted:
            return False
        return True

    def _candidates(self, rest: Sequence[int], last: tuple[int, int]) -> list[tuple[int, int]]:
        """(offset, index) of the buffers that may come next, the most pressing first."""
        places = []
        ceiling = None
        for i in rest:
            begin, end = self.span[i]
            top = max(self.skyline[begin:end])
            offset = -(-top // self.align[i]) * self.align[i]
            places.append((offset, i))
            ceiling = offset + self.size[i] if ceiling is None else min(ceiling, offset + self.size[i])
        self.left -= len(places)
        if self.left <= 0:
            raise _Exhausted
        twins: set[tuple[int, int, tuple[int, int]]] = set()
        chosen = []
        for offset, i in places:
            twin = (self.size[i], self.align[i], self.span[i])
            if (offset, i) > last and (ceiling is None or offset < ceiling) and twin not in twins:
                twins.add(twin)
                begin, end = self.span[i]
                urgency = max(self.skyline[t] + self.demand[t] for t in range(begin, end))
                chosen.append((offset, -urgency, -self.size[i], i))
        return [(offset, i) for offset, _, _, i in sorted(chosen)]

    def _descend(self, rest: tuple[int, ...], last: tuple[int, int]) -> bool:
        """Place what is left; True when the floor is reached and the search can stop."""
        if not rest:
            self.found, self.best = dict(self.offsets), max(self.skyline)
            return self.best <= self.floor
        for offset, i in self._candidates(rest, last):
            begin, end = self.span[i]
            saved = self.skyline[begin:end]
            self.skyline[begin:end] = [offset + self.size[i]] * (end - begin)
            for step in range(begin, end):
                self.demand[step] -= self.size[i]
            if all(top + more < self.best for top, more in zip(self.skyline, self.demand, strict=True)):
                self.offsets[i] = offset
                if self._descend(tuple(j for j in rest if j != i), (offset, i)):
                    return True
            self.skyline[begin:end] = saved
            for step in range(begin, end):
                self.demand[step] += self.size[i]
        return False
