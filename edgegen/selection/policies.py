"""What the goals of --optimize mean: size, speed, balanced."""

from __future__ import annotations

from math import log

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from edgegen.ir import Array
from edgegen.selection.candidates import Candidate
from edgegen.selection.problem import Problem, totals

#: --optimize speed spends at most this many bytes on a weight, in total over the model ...
SPEED_BYTES = 1.5
#: ... and this many on one whose layer becomes a Winograd convolution (9 weights become 32 bytes)
WINOGRAD_BYTES = 3.6
#: --optimize size pays this share of memory for half the instructions
HALVING_WORTH = 0.05
_EXPONENT = log(1 + HALVING_WORTH) / log(2)


def at_most(row: Array, limit: float) -> LinearConstraint:
    """What is chosen, weighted by row, adds up to at most limit."""
    return LinearConstraint(csr_array(row[np.newaxis, :]), -np.inf, limit)


def _growth(problem: Problem, n: int, candidate: Candidate) -> float:
    """Bytes of weights beyond what --optimize speed allows the candidate's layer."""
    weights = getattr(problem.nodes[n].op, "w", None)
    count = weights.type.size if weights is not None else 0
    allowed = WINOGRAD_BYTES if candidate.format.startswith("winograd") else SPEED_BYTES
    return candidate.lowered.weight_bytes - allowed * count


def _balanced(problem: Problem, limits: list[LinearConstraint]) -> list[Candidate] | None:
    """Least sum of relative memory and relative instructions, no worse than fast dense int8 in flash or time."""
    dense = problem.column(lambda _, c: 0.0 if c.format in ("int8", "-") else 1.0)
    fast = problem.solve(problem.instructions + 1e-4 * (problem.flash + problem.ram), [*limits, at_most(dense, 0)])
    if fast is None:
        return problem.solve(problem.instructions + 1e-4 * (problem.flash + problem.ram), limits)
    base = totals(fast)
    memory = problem.flash + problem.ram
    objective = memory / max(base.flash, 1) + problem.instructions / max(base.instructions, 1.0)
    bounded = [
        at_most(problem.flash, base.flash),
        at_most(problem.weights, sum(c.lowered.weight_bytes for c in fast)),
        at_most(problem.instructions, base.instructions * (1 + 1e-9)),
    ]
    return problem.solve(objective, [*limits, *bounded]) or fast


def _smallest(problem: Problem, limits: list[LinearConstraint]) -> list[Candidate] | None:
    """Fewest bytes, but no network many times slower for a handful of them: least memory * instructions ** _EXPONENT.

    The logarithm of that is concave in both, so a tangent lies above it: minimising the tangent at one choice, a linear
    objective, finds a choice that is as good or better. This is repeated until it stays, from both ends.
    """
    least = problem.solve(problem.flash + problem.ram + 1e-7 * problem.instructions, limits)
    fastest = problem.solve(problem.instructions + 1e-4 * (problem.flash + problem.ram), limits)
    if least is None or fastest is None:
        return None
    ends = [_descended(problem, limits, start) for start in (least, fastest)]
    return min(ends, key=lambda choice: _score(problem, choice))


def _descended(problem: Problem, limits: list[LinearConstraint], best: list[Candidate]) -> list[Candidate]:
    while True:
        memory, instructions = max(problem.memory(best), 1.0), max(totals(best).instructions, 1.0)
        slope = (problem.flash + problem.ram) / memory + _EXPONENT * problem.instructions / instructions
        found = problem.solve(slope, limits)
        if found is None or _score(problem, found) >= _score(problem, best) - 1e-9:
            return best
        best = found


def _score(problem: Problem, choice: list[Candidate]) -> float:
    return log(max(problem.memory(choice), 1.0)) + _EXPONENT * log(max(totals(choice).instructions, 1.0))


def solve_for(problem: Problem, optimize: str, limits: list[LinearConstraint]) -> list[Candidate] | None:
    """The best candidates within the limits, or None when those cannot be met."""
    if optimize == "balanced":
        return _balanced(problem, limits)
    if optimize == "size":
        return _smallest(problem, limits)
    objective = problem.instructions + 1e-4 * (problem.flash + problem.ram)
    growth = at_most(problem.column(lambda n, c: _growth(problem, n, c)), 0)
    return problem.solve(objective, [*limits, growth]) or problem.solve(objective, limits)
