"""The best total choice of kernels and formats under the user's budgets: a multiple-choice knapsack, solved exactly.

Variables: one binary per (node, candidate), one per shared C function. A candidate needs its functions; a function's
code counts once. Solved by HiGHS through scipy.optimize.milp.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from edgegen.errors import BudgetError, UsageError
from edgegen.ir import Array
from edgegen.selection.candidates import Candidate, NodeCandidates, Options
from edgegen.selection.quiet import c_prints_dropped
from edgegen.target import Target


@dataclass(frozen=True, eq=False)
class Choice:
    """What was chosen for one node, and all that it was chosen from."""

    node: NodeCandidates
    chosen: Candidate


@dataclass(frozen=True)
class Totals:
    """Predicted totals of a choice: bytes of constants, bytes of code, instructions, largest workspace."""

    constants: int
    code: int
    instructions: float
    workspace: int

    @property
    def flash(self) -> int:
        return self.constants + self.code


class _Problem:
    """Columns of the integer program: candidates first, then functions."""

    def __init__(self, nodes: tuple[NodeCandidates, ...], ram_free: Mapping[int, int]) -> None:
        self.pairs = [(n, c) for n, node in enumerate(nodes) for c in node.candidates]
        symbols: dict[str, int] = {}
        for _, candidate in self.pairs:
            for function in candidate.functions:
                symbols.setdefault(function.symbol, function.code_bytes)
        self.symbols = list(symbols)
        self.nodes = nodes
        self.size = len(self.pairs) + len(self.symbols)
        self.flash = self._column(lambda c: float(c.lowered.flash), [float(v) for v in symbols.values()])
        self.code = np.array([0.0] * len(self.pairs) + [float(v) for v in symbols.values()])
        self.weights = self._column(lambda c: float(c.lowered.weight_bytes), [0.0] * len(symbols))
        self.instructions = self._column(lambda c: c.lowered.instructions, [0.0] * len(symbols))
        self.upper = np.ones(self.size)
        for index, (n, candidate) in enumerate(self.pairs):
            if n in ram_free and candidate.lowered.workspace > ram_free[n]:
                self.upper[index] = 0.0

    def _column(self, value: Callable[[Candidate], float], tail: list[float]) -> Array:
        return np.array([value(c) for _, c in self.pairs] + tail)

    def structure(self) -> list[LinearConstraint]:
        """One candidate per node; a candidate needs each of its functions."""
        rows, columns, data = [], [], []
        for index, (n, _) in enumerate(self.pairs):
            rows.append(n)
            columns.append(index)
            data.append(1.0)
        one = csr_array((data, (rows, columns)), shape=(len(self.nodes), self.size))
        rows, columns, data = [], [], []
        count = 0
        base = len(self.pairs)
        position = {symbol: base + i for i, symbol in enumerate(self.symbols)}
        for index, (_, candidate) in enumerate(self.pairs):
            for function in candidate.functions:
                rows += [count, count]
                columns += [index, position[function.symbol]]
                data += [1.0, -1.0]
                count += 1
        needs = csr_array((data, (rows, columns)), shape=(count, self.size))
        return [LinearConstraint(one, 1, 1), LinearConstraint(needs, -np.inf, 0)]

    def solve(self, objective: Array, limits: list[LinearConstraint]) -> list[Candidate] | None:
        """The best candidates, or None when the limits cannot be met."""
        with c_prints_dropped():
            result = milp(
                objective,
                integrality=np.ones(self.size),
                bounds=Bounds(np.zeros(self.size), self.upper),
                constraints=[*self.structure(), *limits],
                options={"mip_rel_gap": 1e-6, "time_limit": 60.0},
            )
        if result.x is None:
            return None
        chosen: list[Candidate | None] = [None] * len(self.nodes)
        for index, (n, candidate) in enumerate(self.pairs):
            if result.x[index] > 0.5:
                chosen[n] = candidate
        return [c for c in chosen if c is not None]


def totals(candidates: list[Candidate]) -> Totals:
    """Sum of a choice."""
    code = {f.symbol: f.code_bytes for c in candidates for f in c.functions}
    return Totals(
        sum(c.lowered.flash for c in candidates),
        sum(code.values()),
        sum(c.lowered.instructions for c in candidates),
        max((c.lowered.workspace for c in candidates), default=0),
    )


def _upper(row: Array, limit: float) -> LinearConstraint:
    return LinearConstraint(csr_array(row[np.newaxis, :]), -np.inf, limit)


#: the kernels of a model stay below this many bytes of code wherever there is such a choice
CODE_BYTES = 15_000
#: --optimize speed spends at most this many bytes on a weight, in total over the model ...
SPEED_BYTES = 1.5
#: ... and this many on one whose layer becomes a Winograd convolution (9 weights become 32 bytes)
WINOGRAD_BYTES = 3.6


def _weight_growth(problem: _Problem) -> Array:
    """Per column, bytes of weights beyond what --optimize speed allows the candidate's layer."""
    allowed = {True: WINOGRAD_BYTES, False: SPEED_BYTES}
    growth = []
    for n, candidate in problem.pairs:
        weights = getattr(problem.nodes[n].op, "w", None)
        count = weights.type.size if weights is not None else 0
        growth.append(candidate.lowered.weight_bytes - allowed[candidate.format.startswith("winograd")] * count)
    return np.array(growth + [0.0] * len(problem.symbols))


def _balanced(problem: _Problem, limits: list[LinearConstraint]) -> list[Candidate] | None:
    """Least sum of relative flash and relative instructions, no worse than fast dense int8 in either."""
    packed = [0.0 if c.format in ("int8", "-") else 1.0 for _, c in problem.pairs]
    dense = np.array(packed + [0.0] * len(problem.symbols))
    fast = problem.solve(problem.instructions + 1e-4 * problem.flash, [*limits, _upper(dense, 0)])
    if fast is None:
        return problem.solve(problem.instructions + 1e-4 * problem.flash, limits)
    base = totals(fast)
    objective = problem.flash / max(base.flash, 1) + problem.instructions / max(base.instructions, 1.0)
    bounded = [
        _upper(problem.flash, base.flash),
        _upper(problem.weights, sum(c.lowered.weight_bytes for c in fast)),
        _upper(problem.instructions, base.instructions * (1 + 1e-9)),
    ]
    return problem.solve(objective, [*limits, *bounded]) or fast


#: --optimize size takes the fastest network among those within this share of the smallest flash
SIZE_SLACK = 0.01


def _smallest(problem: _Problem, limits: list[LinearConstraint]) -> list[Candidate] | None:
    """Fewest bytes, but no many times slower layer for a handful of them."""
    least = problem.solve(problem.flash + 1e-7 * problem.instructions, limits)
    if least is None:
        return None
    room = _upper(problem.flash, totals(least).flash * (1 + SIZE_SLACK))
    return problem.solve(problem.instructions + 1e-4 * problem.flash, [*limits, room]) or least


def _solve_for(problem: _Problem, optimize: str, limits: list[LinearConstraint]) -> list[Candidate] | None:
    if optimize == "balanced":
        return _balanced(problem, limits)
    if optimize == "size":
        return _smallest(problem, limits)
    objective = problem.instructions + 1e-4 * problem.flash
    return problem.solve(objective, [*limits, _upper(_weight_growth(problem), 0)]) or problem.solve(objective, limits)


def cycles_per_instruction(target: Target) -> float:
    """The target's own ratio for whole networks; UsageError where no honest cycle model gives one."""
    if "cycles_per_instruction" not in target.cost:
        raise UsageError(
            f"target {target.name} has no cycle model, so there is no budget in cycles; give --flash and --ram, "
            "or set cost.cycles_per_instruction in the target's file"
        )
    return target.cost["cycles_per_instruction"]


def _impossible(problem: _Problem, options: Options, target: Target) -> BudgetError:
    smallest = problem.solve(problem.flash, [])
    fastest = problem.solve(problem.instructions, [])
    lines = []
    if smallest and options.flash is not None:
        largest = sorted(zip(smallest, problem.nodes, strict=True), key=lambda pair: -pair[0].lowered.flash)[:3]
        names = ", ".join(f"{n.name} {c.lowered.flash} bytes as {c.format}" for c, n in largest)
        lines.append(f"flash: asked {options.flash}, smallest reachable {totals(smallest).flash} bytes ({names})")
    if fastest and options.cycles is not None:
        slowest = sorted(zip(fastest, problem.nodes, strict=True), key=lambda pair: -pair[0].lowered.instructions)[:3]
        ratio = cycles_per_instruction(target)
        names = ", ".join(f"{n.name} {c.lowered.instructions * ratio:.0f} with {c.kernel.name}" for c, n in slowest)
        lines.append(f"cycles: asked {options.cycles}, fewest {totals(fastest).instructions * ratio:.0f} ({names})")
    if options.ram is not None:
        lines.append(f"ram: asked {options.ram} bytes; tensors and workspaces of some layer do not fit")
    return BudgetError("the budget cannot be met; " + "; ".join(lines))


def choose(
    nodes: tuple[NodeCandidates, ...], options: Options, target: Target, ram_free: Mapping[int, int] | None = None
) -> tuple[Choice, ...]:
    """The best choice. ram_free: node index -> bytes of workspace its step can have under the RAM budget.

    Raises BudgetError with the best reachable figures and the layers that block.
    """
    if not nodes:
        return ()
    problem = _Problem(nodes, ram_free or {})
    limits = []
    if options.flash is not None:
        limits.append(_upper(problem.flash, options.flash))
    if options.cycles is not None:
        limits.append(_upper(problem.instructions, options.cycles / cycles_per_instruction(target)))
    code = _upper(problem.code, CODE_BYTES)
    chosen = _solve_for(problem, options.optimize, [*limits, code]) or _solve_for(problem, options.optimize, limits)
    if chosen is None:
        raise _impossible(problem, options, target)
    return tuple(Choice(node, candidate) for node, candidate in zip(nodes, chosen, strict=True))
