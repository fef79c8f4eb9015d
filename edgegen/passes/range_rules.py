"""How each op carries value ranges: exact interval arithmetic on the classes of its operands' elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from edgegen.fixedpoint import IntArray
from edgegen.ir import Array, Const, Node
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.add import Add
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.concat import Concat
from edgegen.ops.conv2d import Conv2D, Window
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
from edgegen.passes.ranges import RULES, Range, broadcast, joint, requant_bounds, type_range

Of = Callable[[Node], Range]
#: windows with more elements than this are analysed on the hull of their input: a bound on time and memory
_MOST_ELEMENTS = 1 << 22


def _taps(classes: IntArray, kernel: int, stride: int, dilation: int, before: int, after: int) -> IntArray:
    """(out, kernel): the class under every tap; -1 is padding."""
    padded = np.pad(classes, (before, after), constant_values=-1)
    outputs = (len(padded) - (kernel - 1) * dilation - 1) // stride + 1
    taps: IntArray = padded[np.arange(outputs)[:, None] * stride + np.arange(kernel)[None, :] * dilation]
    return taps


class _Patches:
    """The distinct windows over a range: lo, hi of shape (n, rows, columns, kh, kw, c), and who stands where."""

    def __init__(self, x: Range, window: Window, pad_value: int) -> None:
        x = x.expand(3)
        top, bottom, left, right = window.padding
        (kh, kw), (sh, sw), (dh, dw) = window.kernel, window.stride, window.dilation
        rows, self.rows = np.unique(_taps(x.index[1], kh, sh, dh, top, bottom), axis=0, return_inverse=True)
        columns, self.columns = np.unique(_taps(x.index[2], kw, sw, dw, left, right), axis=0, return_inverse=True)
        self.batch = x.index[0]
        at = (slice(None), rows[:, None, :, None], columns[None, :, None, :])
        inside = (rows >= 0)[:, None, :, None] & (columns >= 0)[None, :, None, :]
        #: (1, rows, columns, kh, kw, 1): which taps are not padding
        self.inside: Array = inside[None, ..., None]
        self.lo: IntArray = np.where(self.inside, x.lo[at], pad_value)
        self.hi: IntArray = np.where(self.inside, x.hi[at], pad_value)

    def range(self, lo: IntArray, hi: IntArray) -> Range:
        """A range over the windows' results, lo and hi of shape (n, rows, columns, channels)."""
        last = np.arange(lo.shape[-1], dtype=np.int64)
        return Range(lo, hi, (self.batch, self.rows.reshape(-1), self.columns.reshape(-1), last))


def patches(x: Range, window: Window, pad_value: int) -> _Patches:
    """Distinct windows of x; of its hull where there would be too many."""
    size = (x.lo.shape[1] + window.kernel[0]) * (x.lo.shape[2] + window.kernel[1])
    elements = size * window.kernel[0] * window.kernel[1] * x.shape[3]
    return _Patches(x if elements <= _MOST_ELEMENTS else x.hull(), window, pad_value)


def _exact(product: Array) -> IntArray:
    result: IntArray = np.rint(product).astype(np.int64)
    return result


def contract(lo: IntArray, hi: IntArray, w: Array, b: Array) -> tuple[IntArray, IntArray]:
    """Bounds of ``x @ w.T + b`` for x in lo..hi: (..., k); w: (rows, k) int; b: (rows,) int.

    Through float64, exact while the sums stay below 2**53 (int8 operands, k below 2**38).
    """
    wide = w.astype(np.float64)
    positive, negative = np.maximum(wide, 0).T, np.minimum(wide, 0).T
    low, high = lo.astype(np.float64), hi.astype(np.float64)
    bias = b.astype(np.int64)
    return _exact(low @ positive + high @ negative) + bias, _exact(high @ positive + low @ negative) + bias


def _weights(op: Conv2D | DepthwiseConv2D | FullyConnected) -> tuple[Array, Array] | None:
    """Weights and bias when both are constants."""
    if isinstance(op.w, Const) and isinstance(op.b, Const):
        return op.w.value, op.b.value
    return None


def accumulators(op: Conv2D | DepthwiseConv2D | FullyConnected, x: Range) -> Range | None:
    """Bounds of the accumulators before requantization; None when weights or bias are not constants."""
    found = _weights(op)
    if found is None:
        return None
    w, b = found
    match op:
        case FullyConnected():
            spread = x.expand(1)
            lo, hi = contract(spread.lo, spread.hi, w, b)
            return Range(lo, hi, (x.index[0], np.arange(len(b), dtype=np.int64)))
        case Conv2D():
            windows = patches(x, op.window, op.pad_value)
            low, high = (bounds.reshape(*bounds.shape[:3], -1) for bounds in (windows.lo, windows.hi))
            return windows.range(*contract(low, high, w.reshape(len(w), -1), b))
        case _:
            windows = patches(x, op.window, op.pad_value)
            low, high = (np.repeat(bounds, op.multiplier, axis=-1) for bounds in (windows.lo, windows.hi))
            wide = w.astype(np.int64)
            ends = low * wide, high * wide
            bias = b.astype(np.int64)
            lo = np.minimum(*ends).sum(axis=(3, 4)) + bias
            return windows.range(lo, np.maximum(*ends).sum(axis=(3, 4)) + bias)


def _linear(op: Any, of: Of) -> Range:
    acc = accumulators(op, of(op.x))
    if acc is None:
        return Range.uniform(op.type.shape, op.requant.lo, op.requant.hi)
    return Range(*requant_bounds(op.requant, acc.lo, acc.hi), acc.index)


def _sums(op: Any, of: Of) -> Range:
    x = of(op.x)
    if not isinstance(op.w, Const):
        return type_range(op.type)
    spread = x.expand(1)
    lo, hi = contract(spread.lo, spread.hi, op.w.value, np.zeros(1, dtype=np.int64))
    return Range(lo, hi, (x.index[0], np.arange(lo.shape[1], dtype=np.int64)))


def _levels(op: Any, of: Of) -> Range:
    acc = _sums(op, of)
    if not isinstance(op.w, Const):
        return type_range(op.type)
    lo, hi = (
        op.base.value.astype(np.int64) + op.step * (bounds[:, :, None] >= op.t.value[None]).sum(axis=2)
        for bounds in (acc.lo, acc.hi)
    )
    return Range(lo, hi, acc.index)


def _add(op: Any, of: Of) -> Range:
    a, b = joint(broadcast(of(node), op.type.shape) for node in (op.a, op.b))
    lo, hi = (
        op.a_scale.apply(left, op.left_shift) + op.b_scale.apply(right, op.left_shift)
        for left, right in ((a.lo, b.lo), (a.hi, b.hi))
    )
    return Range(*requant_bounds(op.requant, lo, hi), a.index)


def _mul(op: Any, of: Of) -> Range:
    a, b = joint(broadcast(of(node), op.type.shape) for node in (op.a, op.b))
    corners = [(x - op.a_zero) * (y - op.b_zero) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return Range(*requant_bounds(op.requant, np.minimum.reduce(corners), np.maximum.reduce(corners)), a.index)


def _lut(op: Any, of: Of) -> Range:
    x = of(op.x)
    table = np.asarray(op.table, dtype=np.int64)
    pairs, inverse = np.unique(np.stack([x.lo.ravel(), x.hi.ravel()], axis=1), axis=0, return_inverse=True)
    spans = [table[low + 128 : high + 129] for low, high in pairs]
    lo, hi = (np.array(ends)[inverse.reshape(-1)] for ends in ([s.min() for s in spans], [s.max() for s in spans]))
    return Range(lo.reshape(x.lo.shape), hi.reshape(x.hi.shape), x.index)


def _max_pool(op: Any, of: Of) -> Range:
    windows = patches(of(op.x), op.window, -128)
    lo, hi = (np.clip(bounds.max(axis=(3, 4)), op.lo, op.hi) for bounds in (windows.lo, windows.hi))
    return windows.range(lo, hi)


def _average_pool(op: Any, of: Of) -> Range:
    windows = patches(of(op.x), op.window, 0)
    count = windows.inside.sum(axis=(3, 4))
    lo, hi = (op.rounded(bounds.sum(axis=(3, 4)), count) for bounds in (windows.lo, windows.hi))
    return windows.range(lo, hi)


def _mean(op: Any, of: Of) -> Range:
    x = of(op.x).expand(3)
    rows, columns = (np.bincount(x.index[axis], minlength=x.lo.shape[axis]) for axis in (1, 2))
    weights = (rows[:, None] * columns[None, :])[None, :, :, None]
    lo, hi = (((bounds - op.zero_point) * weights).sum(axis=(1, 2), keepdims=True) for bounds in (x.lo, x.hi))
    one = np.zeros(1, dtype=np.int64)
    return Range(*requant_bounds(op.requant, lo, hi), (x.index[0], one, one, x.index[3]))


def _concat(op: Any, of: Of) -> Range:
    found = joint((of(x).expand(op.axis) for x in op.xs), keep=op.axis)
    lo, hi = (np.concatenate(bounds, axis=op.axis) for bounds in ([r.lo for r in found], [r.hi for r in found]))
    index = list(found[0].index)
    index[op.axis] = np.arange(lo.shape[op.axis], dtype=np.int64)
    return Range(lo, hi, tuple(index))


def _pad(op: Any, of: Of) -> Range:
    x = of(op.x)
    for axis, (before, after) in enumerate(op.padding):
        if before == after == 0:
            continue
        classes = x.lo.shape[axis]
        room = [(0, int(k == axis)) for k in range(x.lo.ndim)]
        lo, hi = (np.pad(bounds, room, constant_values=op.value) for bounds in (x.lo, x.hi))
        index = np.pad(x.index[axis], (before, after), constant_values=classes)
        x = Range(lo, hi, (*x.index[:axis], index, *x.index[axis + 1 :]))
    return x


def _resize(op: Any, of: Of) -> Range:
    x = of(op.x)
    return Range(x.lo, x.hi, (x.index[0], x.index[1][list(op.rows)], x.index[2][list(op.columns)], x.index[3]))


def _transpose(op: Any, of: Of) -> Range:
    x = of(op.x)
    return Range(x.lo.transpose(op.perm), x.hi.transpose(op.perm), tuple(x.index[axis] for axis in op.perm))


def _reshape(op: Any, of: Of) -> Range:
    x = of(op.x)
    if x.lo.size == 1:
        return Range.uniform(op.type.shape, int(x.lo.min()), int(x.hi.max()))
    spread = x.expand()
    return Range.full(spread.lo.reshape(op.type.shape), spread.hi.reshape(op.type.shape))


RULES.update(
    {
        Conv2D: _linear,
        DepthwiseConv2D: _linear,
        FullyConnected: _linear,
        AccumulateDense: _sums,
        ThresholdDense: _levels,
        Add: _add,
        Mul: _mul,
        Lut: _lut,
        MaxPool2D: _max_pool,
        AveragePool2D: _average_pool,
        ScaledAveragePool2D: _average_pool,
        Mean: _mean,
        Concat: _concat,
        Pad: _pad,
        ResizeNearest: _resize,
        Transpose: _transpose,
        Reshape: lambda op, of: type_range(op.type) if op.type.dtype != "int8" else _reshape(op, of),
    }
)
