"""Take the outer taps off windows where they only ever meet padding, or have no weights.

On a map of 3 x 3, a window of 7 x 7 that is padded by 3 never sees more than 5 x 5 of its taps: the others multiply the
padding's value at every position, which is a part of the bias.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgegen.fixedpoint import INT32_MAX
from edgegen.ir import Array, Const, Graph, Op, rewrite
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.passes.kept import difference


def trim_windows(graph: Graph) -> Graph:
    """The same with smaller windows of convolutions, the padding under dropped taps folded into the biases."""
    result = rewrite(graph, _trimmed)
    before, after = ([op.window for op in g.ops if isinstance(op, Conv2D | DepthwiseConv2D)] for g in (graph, result))
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    if not changed:
        return graph
    _, _, saved = difference(graph, result)
    return replace(result, notes=(*graph.notes, f"taps that only meet padding or zeros: {changed} windows; {saved}"))


def _trimmed(op: Op) -> Op:
    if not isinstance(op, Conv2D | DepthwiseConv2D) or not isinstance(op.w, Const) or not isinstance(op.b, Const):
        return op
    if op.window.kernel == (1, 1):
        return op
    axis = 1 if isinstance(op, Conv2D) else 0
    weights, window = op.w.value, op.window
    for which in range(2):
        first, last = _lines(op, window, np.moveaxis(weights, axis + which, 0), which)
        weights = weights.take(range(first, last), axis + which)
        window = _cut(window, which, first, window.kernel[which] - last)
    # every dropped tap without data under it met the padding's value at each position; the others hold zeros
    lost = _per_output(op, op.w.value) - _per_output(op, weights)
    bias = op.b.value.astype(np.int64) + op.pad_value * lost
    if window == op.window or np.abs(bias).max() > INT32_MAX:
        return op
    w, b = replace(op.w, value=np.ascontiguousarray(weights)), replace(op.b, value=bias.astype(op.b.value.dtype))
    return replace(op, w=w, b=b, window=window)


def _per_output(op: Conv2D | DepthwiseConv2D, w: Array) -> Array:
    """Sums of the weights of every output channel, int64."""
    total: Array = w.sum(axis=(1, 2, 3) if isinstance(op, Conv2D) else (0, 1), dtype=np.int64)
    return total


def _lines(op: Conv2D | DepthwiseConv2D, window: Window, w: Array, which: int) -> tuple[int, int]:
    """First line of taps that stays and the first behind those that do, on axis `which` (0: rows, 1: columns).

    w: (lines, ...). Lines are dropped as far as padding goes with them and the output keeps its size.
    """
    size, outputs = op.x.type.shape[1 + which], op.type.shape[1 + which]
    stride, dilation, before = window.stride[which], window.dilation[which], window.padding[2 * which]
    under = np.arange(len(w))[:, None] * dilation + np.arange(outputs) * stride - before
    needed = ((under >= 0) & (under < size)).any(axis=1) & (w != 0).any(axis=tuple(range(1, w.ndim)))
    found = np.flatnonzero(needed)
    first, last = (int(found[0]), int(found[-1]) + 1) if found.size else (0, 1)
    first = min(first, before // dilation)
    while _cut(window, which, first, len(w) - last).out_size(*op.x.type.shape[1:3]) != op.type.shape[1:3]:
        last += 1
    return first, last


def _cut(window: Window, which: int, first: int, behind: int) -> Window:
    """The window without some lines at both ends, moved so that the others stay where they were."""
    kernel, padding = list(window.kernel), list(window.padding)
    kernel[which] -= first + behind
    padding[2 * which] -= first * window.dilation[which]
    padding[2 * which + 1] = max(0, padding[2 * which + 1] - behind * window.dilation[which])
    return replace(
        window, kernel=(kernel[0], kernel[1]), padding=(padding[0], padding[1], padding[2], padding[3])
    )  # fmt: skip
