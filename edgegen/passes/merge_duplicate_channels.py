"""Compute channels that are equal for every input once.

Equal rows of weights, bias and requantization make equal channels; elementwise ops, pools and depthwise convolutions of
equal filters keep them equal. A layer that reads several equal channels needs one of them, times the sum of their
weights. Where the sum leaves int8, as many of the channels stay as can share it. Sums and outputs stay what they were,
bit for bit, and no partial sum grows: a sum of weights is never larger than its parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from edgegen.fixedpoint import IntArray
from edgegen.ir import Array, Const, Graph, Node, Op
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.threshold_dense import ThresholdDense
from edgegen.passes.channels import Facts, Mask, channels
from edgegen.passes.equal_channels import are_distinct, equal_channels, summed
from edgegen.passes.kept import demanded, difference, kept_channels, without_the_rest

#: ops that add up weighted channels of their first operand; weights (rows, ..., channels)
_READERS = (Conv2D, FullyConnected, ThresholdDense, AccumulateDense)


def merge_duplicate_channels(graph: Graph) -> Graph:
    """The same function of the inputs with equal channels computed once; the same graph when there are none."""
    labels = equal_channels(graph)
    if all(are_distinct(labels[id(op)]) for op in graph.ops):
        return graph
    facts = {id(node): _nothing(node) for node in graph.nodes}

    def demand(op: Op, kept: Mask) -> list[Mask]:
        found = demanded(op, kept, facts)
        if (weights := _weights(op)) is not None:
            found[0] = _needed(weights[kept], labels[id(op.operands[0])])
        return found

    kept = kept_channels(graph, facts, demand)
    if all(kept[id(op)].all() for op in graph.ops):
        return graph
    result = without_the_rest(graph, facts, kept, lambda op: _merged(op, labels, kept))
    merged, total, saved = difference(graph, result)
    return replace(result, notes=(*graph.notes, f"duplicate channels: {merged} of {total} merged; {saved}"))


def _nothing(node: Node) -> Facts:
    """No channel is known to be constant."""
    count = channels(node)
    return Facts(np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.int64))


def _weights(op: Op) -> Array | None:
    """Constant weights (rows, ..., channels) of an op that adds up channels, else None."""
    weights, bias = getattr(op, "w", None), getattr(op, "b", None)
    if not isinstance(op, _READERS) or not isinstance(weights, Const) or not isinstance(bias, Const | None):
        return None
    return weights.value


def _limits(w: Array) -> tuple[int, int]:
    """What a merged weight may be: int8, and -128 only where it was there before, as kernels prefer -127."""
    return min(-127, int(w.min(initial=0))), 127


def _needed(w: Array, labels: IntArray) -> Mask:
    """Channels that must stay for weights w (rows, ..., channels): of equal ones, the first, as many as it takes."""
    read: Mask = (w != 0).any(axis=tuple(range(w.ndim - 1)))
    if are_distinct(labels):
        return read
    lo, hi = _limits(w)
    total = summed(w, labels).reshape(-1, len(labels))
    least, most = total.min(axis=0, initial=0), total.max(axis=0, initial=0)
    count = np.maximum(-(-most // hi), -(least // -lo))
    needed: Mask = _rank(labels) < count[labels]
    return needed if _worth(w[..., read], _shared(w, labels, needed)[..., needed]) else read


def _rank(labels: IntArray) -> IntArray:
    """How many equal channels come before each channel."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], labels[order])
    rank = np.empty_like(labels)
    rank[order] = np.arange(len(labels)) - starts
    return rank


def _shared(w: Array, labels: IntArray, kept: Mask) -> Array:
    """w with the sums of equal channels over those of them that are kept, each as full as it can be; others are 0."""
    moved = ~kept & (w != 0).any(axis=tuple(range(w.ndim - 1)))
    lo, hi = _limits(w)
    total = summed(w, labels)
    result = w.copy()
    for first in np.unique(labels[moved]):
        rest = total[..., first]
        for channel in np.flatnonzero(labels == first):
            part = np.clip(rest, lo, hi) if kept[channel] else 0
            result[..., channel] = part
            rest = rest - part
        assert not rest.any(), "too few of the equal channels were kept"
    return result


def _worth(old: Array, new: Array) -> bool:
    """Whether the reader does not grow: sums of weights of one or two bits need more of them."""
    return new.size * _bits(new) <= old.size * _bits(old)


def _bits(w: Array) -> int:
    """Bits of a weight in a dense format that holds these values: a palette of them, or int8."""
    return min(8, max(1, int(np.unique(w).size - 1).bit_length()))


def _merged(op: Op, labels: Mapping[int, IntArray], kept: Mapping[int, Mask]) -> Op:
    """op with the weights of channels that are left out added to those of equal ones that are kept."""
    weights = _weights(op)
    if weights is None or kept[id(op.operands[0])].all():
        return op
    rows = kept[id(op)]
    value = weights.copy()
    value[rows] = _shared(weights[rows], labels[id(op.operands[0])], kept[id(op.operands[0])])
    merged: Op = replace(op, w=replace(op.w, value=value))  # type: ignore[attr-defined,call-arg]
    return merged
