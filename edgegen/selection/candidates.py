"""Every way to execute every node: (kernel, format) pairs with exact flash and workspace and predicted instructions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from edgegen.errors import FormatError, Refusal, UnsupportedError, UsageError
from edgegen.formats.huffman import Code
from edgegen.ir import Graph, Op
from edgegen.kernels.base import Function, Kernel, Lowered
from edgegen.kernels.base import registry as kernel_registry
from edgegen.planning.order import best_order
from edgegen.selection.worth import hopeless
from edgegen.target import Target


@dataclass(frozen=True)
class Options:
    """What the user asks of the selection.

    optimize: size, speed or balanced. flash, ram: bytes; cycles: of one inference. formats, kernels: node
    name -> name forced by the user.
    """

    optimize: str = "balanced"
    flash: int | None = None
    ram: int | None = None
    cycles: int | None = None
    formats: tuple[tuple[str, str], ...] = ()
    kernels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Group:
    """A code that was made for several layers: number from 1, names of the layers."""

    number: int
    code: Code
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"code of group {self.number} ({', '.join(name.split('_')[0] for name in self.members)})"


@dataclass(frozen=True, eq=False)
class Candidate:
    """One way to execute one node. group: whose code the weights have, or None when the code is the layer's own."""

    kernel: Kernel
    format: str
    lowered: Lowered
    group: Group | None = None

    @property
    def functions(self) -> tuple[Function, ...]:
        return tuple(function for function, _ in self.lowered.functions)


@dataclass(frozen=True)
class Rejection:
    """A way that was not possible, and why."""

    kernel: str
    format: str
    reason: str


@dataclass(frozen=True, eq=False)
class NodeCandidates:
    """A node, its name in the generated code, and all ways to execute it."""

    op: Op
    name: str
    candidates: tuple[Candidate, ...]
    rejections: tuple[Rejection, ...] = field(default=())


def execution_order(graph: Graph, target: Target) -> tuple[Op, ...]:
    """The ops that run (views left out), in the order that keeps the fewest bytes alive at once."""
    in_place: dict[int, tuple[int, ...]] = {}
    for op in graph.ops:
        able = [k for k in kernel_registry() if k.op is type(op) and k.accepts(op, target) is None]
        in_place[id(op)] = able[0].in_place(op) if able else ()
    return tuple(op for op in best_order(graph, in_place) if not op.is_view)


def node_names(ops: Sequence[Op]) -> dict[int, str]:
    """id(op) -> n<index>_<op>, index in execution order."""
    return {id(op): f"n{index:02d}_{op.op_name}" for index, op in enumerate(ops)}


def enumerate_node(op: Op, name: str, target: Target, options: Options) -> NodeCandidates:
    """All candidates of one op, the user's overrides applied."""
    found: list[Candidate] = []
    rejected: list[Rejection] = []
    want_kernel, want_format = dict(options.kernels).get(name), dict(options.formats).get(name)
    for kernel in kernel_registry():
        if kernel.op is not type(op) or want_kernel not in (None, kernel.name):
            continue
        reason = kernel.accepts(op, target)
        for weight_format in kernel.formats:
            if want_format not in (None, weight_format):
                continue
            why = reason or (None if want_format or want_kernel else hopeless(op, weight_format))
            if why is not None:
                rejected.append(Rejection(kernel.name, weight_format, why))
                continue
            try:
                found.append(Candidate(kernel, weight_format, kernel.lower(op, weight_format, target)))
            except FormatError as error:
                rejected.append(Rejection(kernel.name, weight_format, str(error)))
    return NodeCandidates(op, name, tuple(found), tuple(rejected))


def check_overrides(names: list[str], options: Options) -> None:
    """Raise UsageError when an override names a node that is not there."""
    for kind, pairs in (("--format", options.formats), ("--kernel", options.kernels)):
        for node, _ in pairs:
            if node not in names:
                raise UsageError(f"{kind} names node '{node}'; there are: {', '.join(names)}")


def check_ways(nodes: Sequence[NodeCandidates], options: Options) -> None:
    """Raise UsageError when an override leaves a node without any kernel to try."""
    for node in nodes:
        formats: dict[str, list[str]] = {}
        for kernel in kernel_registry():
            if kernel.op is type(node.op):
                formats.setdefault(kernel.name, []).extend(kernel.formats)
        if node.candidates or node.rejections or not formats:
            continue
        pairs = (("--kernel", dict(options.kernels)), ("--format", dict(options.formats)))
        asked = " ".join(f"{kind} {node.name}={names[node.name]}" for kind, names in pairs if node.name in names)
        there = "; ".join(f"{name} ({', '.join(found)})" for name, found in formats.items())
        raise UsageError(f"{asked}: {node.op.op_name} has no such kernel; it has, with the formats they read: {there}")


def enumerate_graph(graph: Graph, target: Target, options: Options) -> tuple[NodeCandidates, ...]:
    """Candidates of every op that is not a view; raises UnsupportedError listing all nodes that have none."""
    ops = execution_order(graph, target)
    names = node_names(ops)
    check_overrides(list(names.values()), options)
    nodes = tuple(enumerate_node(op, names[id(op)], target, options) for op in ops)
    check_ways(nodes, options)
    refusals = [
        Refusal(
            f"{node.name} (from {node.op.origin})",
            "; ".join(f"kernel {r.kernel} ({r.format}): {r.reason}" for r in node.rejections) or "there is no kernel",
            "Choose another target, or remove the override of its kernel or format",
        )
        for node in nodes
        if not node.candidates
    ]
    if refusals:
        raise UnsupportedError(graph.source or graph.name, refusals)
    return nodes
