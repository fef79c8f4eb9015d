"""Let a window do the padding of the Pad before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from edgegen.ir import Graph, Op, rewrite
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.pad import Pad
from edgegen.passes.ranges import Range, element_ranges


def merge_pads(graph: Graph) -> Graph:
    """The same with Pads of rows and columns moved into the windows that read them, where that computes the same.

    Convolutions: when they pad with nothing of their own, or with the same value. Maximum pools: when the padding never
    exceeds what it stands beside, so that ignoring it is the same, and no window lies wholly in the padding.
    """
    if not any(isinstance(op, Pad) for op in graph.ops):
        return graph
    ranges = element_ranges(graph)

    def rule(op: Op) -> Op:
        merge = _MERGES.get(type(op))
        pad = getattr(op, "x", None)
        if merge is None or not isinstance(pad, Pad) or any(map(any, (pad.padding[0], pad.padding[-1]))):
            return op
        return merge(op, pad, ranges)

    return rewrite(graph, rule)


def _padded(window: Window, pad: Pad) -> Window:
    sums = zip(window.padding, (*pad.padding[1], *pad.padding[2]), strict=True)
    top, bottom, left, right = (own + more for own, more in sums)
    return replace(window, padding=(top, bottom, left, right))


def _convolution(op: Any, pad: Pad, ranges: dict[int, Range]) -> Op:
    if any(op.window.padding) and op.pad_value != pad.value:
        return op  # type: ignore[no-any-return]
    result: Op = replace(op, x=pad.x, window=_padded(op.window, pad), pad_value=pad.value)
    return result


def _max_pool(op: MaxPool2D, pad: Pad, ranges: dict[int, Range]) -> Op:
    window = _padded(op.window, pad)
    top, bottom, left, right = window.padding
    known = ranges.get(id(pad.x))
    if max(top, bottom) >= window.kernel[0] or max(left, right) >= window.kernel[1]:
        return op
    # A clamp from below hides what the padding would have been, too.
    least = max(op.lo, -128 if known is None else int(known.lo.min()))
    return replace(op, x=pad.x, window=window) if pad.value <= least else op


_MERGES: dict[type[Op], Callable[[Any, Pad, dict[int, Range]], Op]] = {
    Conv2D: _convolution,
    DepthwiseConv2D: _convolution,
    MaxPool2D: _max_pool,
}
