"""Which channels (last axis) of a tensor hold equal values at every position, for every input.

Labels of a tensor are int64 (channels,): the first channel that is equal to this one. Two channels with one label are
equal, proven from the weights alone; with different labels they may be.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np

from edgegen.fixedpoint import IntArray, Requant
from edgegen.ir import Array, Const, Graph, Node, Op
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.add import Add
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.concat import Concat
from edgegen.ops.conv2d import Conv2D
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.mul import Mul
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D
from edgegen.ops.threshold_dense import ThresholdDense
from edgegen.ops.transpose import Transpose
from edgegen.passes.channels import Fold, SameUnless, channels

Of = Callable[[Node], IntArray]


def equal_channels(graph: Graph) -> dict[int, IntArray]:
    """id(node) -> its labels, for every node."""
    found: dict[int, IntArray] = {}

    def of(node: Node) -> IntArray:
        return found[id(node)]

    for node in graph.nodes:
        rule = _RULES.get(type(node)) if isinstance(node, Op) else None
        found[id(node)] = distinct(channels(node)) if rule is None else rule(node, of)
    return found


def distinct(count: int) -> IntArray:
    """Labels of channels of which no two are known to be equal."""
    return np.arange(count, dtype=np.int64)


def are_distinct(labels: IntArray) -> bool:
    """Whether no two channels are known to be equal."""
    return bool((labels == np.arange(len(labels))).all())


def summed(w: Array, labels: IntArray) -> Array:
    """w: (..., channels) with each channel's weights added to those of the first equal channel; int64, or w itself."""
    twins = np.flatnonzero(labels != np.arange(len(labels)))
    if not twins.size:
        return w
    total: Array = w.astype(np.int64)
    for channel in twins:
        total[..., labels[channel]] += total[..., channel]
    total[..., twins] = 0
    return total


def _first(keys: Iterable[Hashable]) -> IntArray:
    """Labels of channels that are equal where their keys are."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(key, index) for index, key in enumerate(keys)], dtype=np.int64)


def _scales(requant: Requant, count: int) -> Iterable[tuple[int, int]]:
    """(multiplier, shift) of every channel."""
    repeats = count // requant.channels
    return zip(requant.multiplier * repeats, requant.shift * repeats, strict=True)


def _rows(w: Array, labels: IntArray) -> list[bytes]:
    """One key per row of w: (rows, ..., channels): what it makes of an operand with these labels."""
    total = np.ascontiguousarray(summed(w, labels)).reshape(w.shape[0], -1)
    return [row.tobytes() for row in total]


def _linear(op: Any, of: Of) -> IntArray:
    if not isinstance(op.w, Const) or not isinstance(op.b, Const):
        return distinct(channels(op))
    count = channels(op)
    return _first(
        zip(_rows(op.w.value, of(op.x)), op.b.value.tolist(), _scales(op.requant, count), strict=True)
    )  # fmt: skip


def _depthwise(op: Any, of: Of) -> IntArray:
    if not isinstance(op.w, Const) or not isinstance(op.b, Const):
        return distinct(channels(op))
    count = channels(op)
    source = np.repeat(of(op.x), op.multiplier).tolist()
    filters = [row.tobytes() for row in np.ascontiguousarray(op.w.value.reshape(-1, count).T)]
    return _first(zip(source, filters, op.b.value.tolist(), _scales(op.requant, count), strict=True))


def _thresholds(op: Any, of: Of) -> IntArray:
    if not isinstance(op.w, Const):
        return distinct(channels(op))
    levels = [row.tobytes() for row in op.t.value]
    return _first(zip(_rows(op.w.value, of(op.x)), levels, op.base.value.tolist(), strict=True))


def _sums(op: Any, of: Of) -> IntArray:
    return _first(_rows(op.w.value, of(op.x))) if isinstance(op.w, Const) else distinct(channels(op))


def _columns(node: Node, count: int, of: Of) -> list[Hashable]:
    """One key per channel of an elementwise op's operand, which may be spread over its channels."""
    if channels(node) == 1:
        return [0] * count
    if isinstance(node, Const):
        return [column.tobytes() for column in np.ascontiguousarray(node.value.reshape(-1, count).T)]
    return list(of(node).tolist())


def _elementwise(op: Any, of: Of) -> IntArray:
    count = channels(op)
    return _first(zip(_columns(op.a, count, of), _columns(op.b, count, of), strict=True))


def _concat(op: Any, of: Of) -> IntArray:
    if op.axis != len(op.type.shape) - 1:
        return _first(zip(*(of(x).tolist() for x in op.xs), strict=True))
    return _first((id(x), label) for x in op.xs for label in of(x).tolist())


def _fold(op: Any, of: Of) -> IntArray:
    times = Fold().repeats(op)
    if times is None:
        return distinct(channels(op))
    labels = of(op.x)
    if times[1] > 1:  # equal in every part of a row
        return _first(map(tuple, labels.reshape(times[1], -1).T.tolist()))
    return (np.arange(times[0], dtype=np.int64)[:, None] * len(labels) + labels).reshape(-1)


def _same(op: Any, of: Of) -> IntArray:
    return of(op.x)


def _same_unless(op: Any, of: Of) -> IntArray:
    return of(op.x) if SameUnless().keeps(op) else distinct(channels(op))


#: op class -> labels of its output from those of its operands; an op that is not here has distinct channels
_RULES: dict[type[Op], Callable[[Any, Of], IntArray]] = {
    Conv2D: _linear,
    FullyConnected: _linear,
    DepthwiseConv2D: _depthwise,
    ThresholdDense: _thresholds,
    AccumulateDense: _sums,
    Add: _elementwise,
    Mul: _elementwise,
    Concat: _concat,
    Reshape: _fold,
    Pad: _same_unless,
    Transpose: _same_unless,
    **dict.fromkeys((Lut, MaxPool2D, AveragePool2D, ScaledAveragePool2D, Mean, ResizeNearest), _same),
}
