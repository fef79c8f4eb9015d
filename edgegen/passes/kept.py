"""Which channels stay, found backwards from the outputs, and the graph that is made of these alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from edgegen.ir import Const, Graph, Node, Op, with_operands
from edgegen.passes.channels import Facts, Mask, channels, rule

#: op, channels of its output that are kept -> channels of each operand without which these cannot be made
Demand = Callable[[Op, Mask], list[Mask]]


def demanded(op: Op, kept: Mask, facts: Mapping[int, Facts]) -> list[Mask]:
    """What the op's own rule demands of its operands."""
    return rule(op).demand(op, kept, [facts[id(x)] for x in op.operands], facts[id(op)])


def kept_channels(graph: Graph, facts: Mapping[int, Facts], demand: Demand) -> dict[int, Mask]:
    """id(node) -> channels that stay: the least sets that hold the outputs' channels and all that these need."""
    kept = {id(node): np.full(channels(node), not isinstance(node, Op), dtype=np.bool_) for node in graph.nodes}
    for node in graph.outputs:
        kept[id(node)][:] = True
    changed = True
    while changed:
        changed = False
        for op in reversed(graph.ops):
            if kept[id(op)].any():
                for node, mask in zip(op.operands, demand(op, kept[id(op)]), strict=True):
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


def without_the_rest(
    graph: Graph,
    facts: Mapping[int, Facts],
    kept: Mapping[int, Mask],
    prepare: Callable[[Op], Op] = lambda op: op,
) -> Graph:
    """The graph of the kept channels; prepare(op) gives an op its weights before channels are taken out of them."""
    mapping: dict[int, Node] = {}
    for op in graph.ops:
        masks = [kept[id(node)] for node in op.operands]
        known = [facts[id(node)] for node in op.operands], facts[id(op)]
        new = with_operands(op, mapping)
        mapping[id(op)] = rule(op).rebuild(prepare(op), new, masks, kept[id(op)], known)
    return replace(graph, outputs=tuple(mapping.get(id(node), node) for node in graph.outputs))


def difference(before: Graph, after: Graph) -> tuple[int, int, str]:
    """(channels that left, channels before, what that saves as text)."""
    totals = []
    for graph in (before, after):
        made = [op for op in graph.ops if not op.is_view]
        macs = sum(op.macs() for op in made)
        weights = sum(w.type.size for op in made if isinstance(w := getattr(op, "w", None), Const))
        totals.append((sum(map(channels, made)), macs, weights))
    (old, old_macs, old_weights), (new, macs, weights) = totals
    return old - new, old, f"MACs {old_macs} to {macs}, weights {old_weights} to {weights} bytes"
