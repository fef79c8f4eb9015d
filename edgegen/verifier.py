"""What must hold after every pass, checked; a wrong pass is named by the pipeline, not found in the generated C."""

from __future__ import annotations

from edgegen.errors import GraphError, Refusal, UnsupportedError
from edgegen.fixedpoint import INT32_MAX, INT32_MIN
from edgegen.ir import Const, Graph, Input, Op


def verify_structure(graph: Graph, stage: str) -> None:
    """Types infer, inputs are the graph's own, operands come before users."""
    inputs = set(map(id, graph.inputs))
    for node in graph.nodes:
        if isinstance(node, Input) and id(node) not in inputs:
            raise GraphError(f"after {stage}: input '{node.name}' is used but is not an input of {graph.name}")
        if any(size < 1 for size in node.type.shape):
            raise GraphError(f"after {stage}: {node.origin} has shape {node.type.shape}; every axis must be 1 or more")
    if not graph.outputs:
        raise GraphError(f"after {stage}: {graph.name} has no output")


def verify_integer(graph: Graph, stage: str) -> None:
    """Nothing is left in float, and every accumulator fits int32 for the actual weights and any input.

    Raises UnsupportedError with the complete list of layers that could overflow.
    """
    refusals = []
    for op in graph.ops:
        for node in (op, *op.operands):
            if isinstance(node, Const) and node.value.dtype.kind not in "iu":
                raise GraphError(f"after {stage}: {op.origin} has a constant of type {node.value.dtype}")
        low, high = accumulator_range(op)
        if low < INT32_MIN or high > INT32_MAX:
            refusals.append(
                Refusal(
                    str(op.origin),
                    f"its accumulator can reach {low}..{high}, beyond int32",
                    "Use smaller weights or split the layer's reduction",
                )
            )
    if refusals:
        raise UnsupportedError(graph.source, refusals)


def accumulator_range(op: Op) -> tuple[int, int]:
    """(least, greatest) accumulator value that any input can cause; (0, 0) for ops without one."""
    method = getattr(op, "accumulator_range", None)
    return method() if method is not None else (0, 0)
