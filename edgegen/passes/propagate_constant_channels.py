"""Fold channels that hold one value for every input into the biases that follow, and drop channels that nobody reads.

A trained network is often partly dead: rows of zero weights, or clamps that no input leaves. Interval arithmetic
(edgegen.passes.ranges) finds the channels that are constant; going back from the outputs finds those that are read; the
rest leaves the graph. Every channel that stays keeps its values, bit for bit, and the model's inputs and outputs keep
their shapes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgegen.ir import Const, Graph, Node, Op, with_operands
from edgegen.ops.add import Add
from edgegen.ops.mul import Mul
from edgegen.passes.channels import Facts, channels, rule
from edgegen.passes.kept import demanded, difference, kept_channels, without_the_rest
from edgegen.passes.range_rules import accumulators
from edgegen.passes.ranges import Range, element_ranges

_LINEAR = ("conv2d", "depthwise_conv2d", "fully_connected")


def propagate_constant_channels(graph: Graph) -> Graph:
    """The same function of the inputs with fewer channels; the same graph when there is nothing to fold or drop."""
    before, (graph, facts) = graph, _with_constant_operands(graph)
    kept = kept_channels(graph, facts, lambda op, kept: demanded(op, kept, facts))
    whole = graph is before and all(kept[id(op)].all() for op in graph.ops)
    if whole and not any(_settles(op, facts[id(op)]) for op in graph.ops):
        return graph
    result = without_the_rest(graph, facts, kept)
    left, total, saved = difference(before, result)
    return replace(
        result, notes=(*graph.notes, f"constant and unread channels: {left} of {total} folded away; {saved}")
    )


def _with_constant_operands(graph: Graph) -> tuple[Graph, dict[int, Facts]]:
    """The graph and what is known of it; second operands of Add and Mul that hold one value per channel are constants.

    A gate of squeeze and excitation may be such a one: then nothing needs what it was computed from.
    """
    ranges = element_ranges(graph)
    facts = {id(node): _facts(node, ranges) for node in graph.nodes}
    mapping: dict[int, Node] = {}
    for op in graph.ops:
        new = with_operands(op, mapping)
        if isinstance(op, Add | Mul) and isinstance(op.b, Op) and facts[id(op.b)].constant.all():
            value = facts[id(op.b)].value.astype(op.b.type.numpy).reshape((1,) * (len(op.b.type.shape) - 1) + (-1,))
            new = replace(new, b=Const(value=value, quant=op.b.type.quant, origin=op.b.origin))  # type: ignore[call-arg]
        if new is not op:
            mapping[id(op)] = new
    if not mapping:
        return graph, facts
    return _with_constant_operands(
        replace(graph, outputs=tuple(mapping.get(id(node), node) for node in graph.outputs))
    )  # fmt: skip


def _facts(node: Node, ranges: dict[int, Range]) -> Facts:
    if isinstance(node, Const) and id(node) not in ranges:
        # weights and the like: never folded, so nothing need be known
        return Facts(np.zeros(channels(node), dtype=np.bool_), np.zeros(channels(node), dtype=np.int64))
    lo, hi = ranges[id(node)].channels()
    constant = lo == hi
    if not isinstance(node, Op) or node.op_name not in _LINEAR or not constant.any():
        return Facts(constant, lo)
    acc = accumulators(node, ranges[id(node.operands[0])])  # type: ignore[arg-type]
    if acc is None:
        return Facts(constant, lo)
    # Any accumulator between the bounds of one position requantizes to the constant; the one nearest to 0 is taken.
    spread = acc.expand(len(acc.index) - 1)
    first = (0,) * (len(acc.index) - 1)
    return Facts(constant, lo, np.clip(0, spread.lo[first], spread.hi[first]))


def _settles(op: Op, facts: Facts) -> bool:
    """Whether a constant channel of a linear op still has weights."""
    if not isinstance(weights := getattr(op, "w", None), Const):
        return False
    axis = 2 if op.op_name == "depthwise_conv2d" else 0
    return bool(np.moveaxis(weights.value, axis, 0)[rule(op).idle(op, facts)].any())
