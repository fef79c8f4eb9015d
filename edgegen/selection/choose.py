"""The best total choice of kernels and formats under the user's budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgegen.errors import BudgetError, UsageError
from edgegen.selection.candidates import Candidate, NodeCandidates, Options
from edgegen.selection.policies import at_most, solve_for
from edgegen.selection.problem import NODE_CODE, Problem, totals
from edgegen.target import Target


@dataclass(frozen=True, eq=False)
class Choice:
    """What was chosen for one node, and all that it was chosen from."""

    node: NodeCandidates
    chosen: Candidate


#: the kernels of a model stay below this many bytes of code wherever there is such a choice
CODE_BYTES = 15_000


def cycles_per_instruction(target: Target) -> float:
    """The target's own ratio for whole networks; UsageError where no honest cycle model gives one."""
    if "cycles_per_instruction" not in target.cost:
        raise UsageError(
            f"target {target.name} has no cycle model, so there is no budget in cycles; give --flash and --ram, "
            "or set cost.cycles_per_instruction in the target's file"
        )
    return target.cost["cycles_per_instruction"]


def _impossible(problem: Problem, options: Options, target: Target) -> BudgetError:
    smallest = problem.solve(problem.flash, [])
    fastest = problem.solve(problem.instructions, [])
    lines = []
    if smallest and options.flash is not None:
        largest = sorted(zip(smallest, problem.nodes, strict=True), key=lambda pair: -pair[0].lowered.flash)[:3]
        names = ", ".join(f"{n.name} {c.lowered.flash} bytes as {c.format}" for c, n in largest)
        least = totals(smallest).flash + NODE_CODE * len(problem.nodes)
        lines.append(f"flash: asked {options.flash}, smallest reachable {least} bytes ({names})")
    if fastest and options.cycles is not None:
        slowest = sorted(zip(fastest, problem.nodes, strict=True), key=lambda pair: -pair[0].lowered.instructions)[:3]
        ratio = cycles_per_instruction(target)
        names = ", ".join(f"{n.name} {c.lowered.instructions * ratio:.0f} with {c.kernel.name}" for c, n in slowest)
        lines.append(f"cycles: asked {options.cycles}, fewest {totals(fastest).instructions * ratio:.0f} ({names})")
    if options.ram is not None:
        lines.append(f"ram: asked {options.ram} bytes; tensors and workspaces of some layer do not fit")
    return BudgetError("the budget cannot be met; " + "; ".join(lines))


def choose(
    nodes: tuple[NodeCandidates, ...],
    options: Options,
    target: Target,
    ram_free: Mapping[int, int] | None = None,
    spare: Mapping[int, int] | None = None,
) -> tuple[Choice, ...]:
    """The best choice.

    ram_free: node index -> bytes of workspace its step can have under the RAM budget. spare: node index -> bytes of
    workspace that lie where tensors lie at other steps; what is more counts as memory, None: it does not count.

    Raises BudgetError with the best reachable figures and the layers that block.
    """
    if not nodes:
        return ()
    problem = Problem(nodes, ram_free or {}, spare)
    limits = []
    if options.flash is not None:
        limits.append(at_most(problem.flash, options.flash - NODE_CODE * len(nodes)))
    if options.cycles is not None:
        limits.append(at_most(problem.instructions, options.cycles / cycles_per_instruction(target)))
    code = at_most(problem.code, CODE_BYTES)
    chosen = solve_for(problem, options.optimize, [*limits, code]) or solve_for(problem, options.optimize, limits)
    if chosen is None:
        raise _impossible(problem, options, target)
    return tuple(Choice(node, candidate) for node, candidate in zip(nodes, chosen, strict=True))
