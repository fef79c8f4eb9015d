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
from edgegen.passes.channels import Facts, Mask, channels, rule
from edgegen.passes.range_rules import accumulators
from edgegen.passes.ranges import Range, element_ranges

_LINEAR = ("conv2d", "depthwise_conv2d", "fully_connected")


def propagate_constant_channels(graph: Graph) -> Graph:
    """The same function of the inputs with fewer channels; the same graph when there is nothing to fold or drop."""
    ranges = element_ranges(graph)
    facts = {id(node): _facts(node, ranges) for node in graph.nodes}
    kept = kept_channels(graph, facts)
    if all(kept[id(op)].all() for op in graph.ops) and not any(_settles(op, facts[id(op)]) for op in graph.ops):
        return graph
    mapping: dict[int, Node] = {}
    for op in graph.ops:
        masks = [kept[id(node)] for node in op.operands]
        known = [facts[id(node)] for node in op.operands]
        new = rule(op).rebuild(op, with_operands(op, mapping), masks, kept[id(op)], (known, facts[id(op)]))
        mapping[id(op)] = new
    result = replace(graph, outputs=tuple(mapping.get(id(node), node) for node in graph.outputs))
    return replace(result, notes=(*graph.notes, _note(graph, result)))


def kept_channels(graph: Graph, facts: dict[int, Facts]) -> dict[int, Mask]:
    """id(node) -> channels that stay: the least sets that hold the outputs' channels and all that these need."""
    kept = {id(node): np.full(channels(node), not isinstance(node, Op), dtype=np.bool_) for node in graph.nodes}
    for node in graph.outputs:
        kept[id(node)][:] = True
    changed = True
    while changed:
        changed = False
        for op in reversed(graph.ops):
            if kept[id(op)].any():
                needed = rule(op).demand(op, kept[id(op)], [facts[id(x)] for x in op.operands], facts[id(op)])
                for node, mask in zip(op.operands, needed, strict=True):
                    changed |= _add(kept[id(node)], mask if mask.any() else _one(facts[id(node)]))
        for op in graph.ops:
            changed |= _add(kept[id(op)], rule(op).implied(op, [kept[id(x)] for x in op.operands]))
    return kept


def _one(facts: Facts) -> Mask:
    """A tensor of no channels is none: keep one, a constant if there is any."""
    mask = np.zeros(len(facts.constant), dtype=np.bool_)
    mask[np.argmax(facts.constant)] = True
    return mask


def _add(mask: Mask, more: Mask) -> bool:
    """mask |= more; whether that changed it."""
    new = bool((more & ~mask).any())
    mask |= more
    return new


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


def _note(before: Graph, after: Graph) -> str:
    """What left, in one sentence."""
    totals = []
    for graph in (before, after):
        made = [op for op in graph.ops if not op.is_view]
        macs = sum(op.macs() for op in made)
        weights = sum(w.type.size for op in made if isinstance(w := getattr(op, "w", None), Const))
        totals.append((sum(map(channels, made)), macs, weights))
    (old, old_macs, old_weights), (new, macs, weights) = totals
    return (
        f"constant and unread channels: {old - new} of {old} folded away; "
        f"MACs {old_macs} to {macs}, weights {old_weights} to {weights} bytes"
    )
