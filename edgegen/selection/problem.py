"""The integer program of the selection: columns, what they cost, and what needs what.

Variables: one binary per (node, candidate), one per shared C function, one per table that several nodes may share. A
candidate needs its functions and its tables; each of those counts once. One more variable is the RAM that workspaces
need beyond that of the tensors, the most of all nodes. Solved by HiGHS through scipy.optimize.milp.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from edgegen.ir import Array
from edgegen.selection.candidates import Candidate, NodeCandidates
from edgegen.selection.quiet import c_prints_dropped
from edgegen.sharing import candidates_for_sharing, stored_once

#: machine code, in bytes, of a node's own function and of its call, beside the kernels: 55 to 78 on a Cortex-M4
NODE_CODE = 60


@dataclass(frozen=True)
class Totals:
    """Predicted totals of a choice: bytes of constants and of kernels, instructions, largest workspace."""

    constants: int
    code: int
    instructions: float
    workspace: int

    @property
    def flash(self) -> int:
        return self.constants + self.code


def totals(candidates: list[Candidate]) -> Totals:
    """Sum of a choice, one candidate per node; functions and tables that nodes share count once."""
    code = {f.symbol: f.code_bytes for c in candidates for f in c.functions}
    return Totals(
        stored_once(c.lowered for c in candidates),
        sum(code.values()),
        sum(c.lowered.instructions for c in candidates),
        max((c.lowered.workspace for c in candidates), default=0),
    )


@dataclass(frozen=True)
class _Part:
    """What several candidates may need, and what it costs once."""

    flash: int
    code: int


def _beyond(candidate: Candidate, node: int, spare: Mapping[int, int] | None) -> float:
    """Bytes of workspace that do not fit into what is spare."""
    return 0.0 if spare is None else float(max(0, candidate.lowered.workspace - spare.get(node, 0)))


class Problem:
    """Columns of the integer program: candidates first, then the parts that candidates need, then RAM.

    flash, code, weights, instructions, ram: per column, for objectives and limits. ram_free: node index -> bytes of
    workspace its step can have. spare: node index -> bytes of workspace that cost no RAM, as tensors need it at other
    steps; None: RAM does not count.
    """

    def __init__(
        self, nodes: tuple[NodeCandidates, ...], ram_free: Mapping[int, int], spare: Mapping[int, int] | None = None
    ) -> None:
        self.pairs = [(n, c) for n, node in enumerate(nodes) for c in node.candidates]
        self.nodes = nodes
        tables = self._common_tables()
        parts: dict[str | bytes, _Part] = {}
        #: per candidate, the keys of the parts that it needs
        needs: list[list[str | bytes]] = []
        alone = []
        for _, candidate in self.pairs:
            own = {t.content: t.stored_bytes for t in candidate.lowered.tables if id(t) in tables}
            alone.append(stored_once([candidate.lowered]) - sum(own.values()))
            for function in candidate.functions:
                parts.setdefault(function.symbol, _Part(function.code_bytes, function.code_bytes))
            parts.update({content: _Part(size, 0) for content, size in own.items()})
            needs.append([*dict.fromkeys(f.symbol for f in candidate.functions), *own])
        position = {key: len(self.pairs) + i for i, key in enumerate(parts)}
        self._needs = [[position[key] for key in keys] for keys in needs]
        self.size = len(self.pairs) + len(parts) + 1
        self.flash = np.array([*alone, *(part.flash for part in parts.values()), 0], dtype=np.float64)
        self.code = np.array([0] * len(self.pairs) + [part.code for part in parts.values()] + [0], dtype=np.float64)
        self.weights = self.column(lambda _, c: float(c.lowered.weight_bytes))
        self.instructions = self.column(lambda _, c: c.lowered.instructions)
        self.ram = np.zeros(self.size)
        self.ram[-1] = 1.0
        self.beyond = self.column(lambda n, c: _beyond(c, n, spare))
        self.upper = np.ones(self.size)
        self.upper[-1] = np.inf
        for index, (n, candidate) in enumerate(self.pairs):
            if n in ram_free and candidate.lowered.workspace > ram_free[n]:
                self.upper[index] = 0.0

    def memory(self, choice: list[Candidate]) -> float:
        """Bytes of a choice: flash, and RAM beyond that of the tensors."""
        taken = {id(candidate) for candidate in choice}
        beyond = [self.beyond[index] for index, (_, candidate) in enumerate(self.pairs) if id(candidate) in taken]
        return totals(choice).flash + max(beyond, default=0.0)

    def column(self, value: Callable[[int, Candidate], float]) -> Array:
        """value(index of the node, candidate) of every candidate, 0 for the parts."""
        return np.array([value(n, c) for n, c in self.pairs] + [0.0] * (self.size - len(self.pairs)))

    def _common_tables(self) -> set[int]:
        """ids of the tables that candidates of different nodes have in common."""
        every = [(n, table) for n, candidate in self.pairs for table in candidate.lowered.tables]
        worth = candidates_for_sharing(table for _, table in every)
        users: dict[bytes, set[int]] = {}
        for n, table in every:
            if id(table) in worth:
                users.setdefault(table.content, set()).add(n)
        return {id(table) for _, table in every if id(table) in worth and len(users[table.content]) > 1}

    def structure(self) -> list[LinearConstraint]:
        """One candidate per node; a candidate needs each of its parts.

        One row per node and part: as a node has one candidate, those that need the part add up to at most 1, which is
        a tighter relaxation than a row per candidate.
        """
        count = len(self.pairs)
        chosen = csr_array(
            (np.ones(count), ([n for n, _ in self.pairs], range(count))), shape=(len(self.nodes), self.size)
        )
        rows: dict[tuple[int, int], int] = {}
        entries = []
        for index, ((n, _), parts) in enumerate(zip(self.pairs, self._needs, strict=True)):
            for part in parts:
                entries.append((rows.setdefault((n, part), len(rows)), index, 1.0))
        entries += [(row, part, -1.0) for (_, part), row in rows.items()]
        at_row, column, data = zip(*entries, strict=True)
        needs = csr_array((data, (at_row, column)), shape=(len(rows), self.size))
        return [LinearConstraint(chosen, 1, 1), LinearConstraint(needs, -np.inf, 0), *self._most_of_all()]

    def _most_of_all(self) -> list[LinearConstraint]:
        """RAM is at least what each node's workspace needs of it."""
        hungry = [(n, i, self.beyond[i]) for i, (n, _) in enumerate(self.pairs) if self.beyond[i] > 0]
        if not hungry:
            return []
        nodes = {n: row for row, n in enumerate(dict.fromkeys(n for n, _, _ in hungry))}
        entries = [(nodes[n], i, size) for n, i, size in hungry] + [
            (row, self.size - 1, -1.0) for row in nodes.values()
        ]
        at_row, column, data = zip(*entries, strict=True)
        return [LinearConstraint(csr_array((data, (at_row, column)), shape=(len(nodes), self.size)), -np.inf, 0)]

    def solve(self, objective: Array, limits: list[LinearConstraint]) -> list[Candidate] | None:
        """The best candidates, or None when the limits cannot be met."""
        with c_prints_dropped():
            result = milp(
                objective,
                integrality=np.append(np.ones(self.size - 1), 0),
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
