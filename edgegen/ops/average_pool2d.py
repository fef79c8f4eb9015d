"""Average pooling, channels last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.conv2d import Window


def pool_type(op: Op, x: Node, window: Window) -> TensorType:
    """Type of a pooled tensor; every window must hold at least one element of x, not padding alone."""
    if len(x.type.shape) != 4:
        raise op.error(f"x is {x.type}; it must have 4 axes")
    if window.dilation != (1, 1):
        raise op.error(f"the window {window} is dilated; pooling has no dilation")
    n, height, width, channels = x.type.shape
    rows, columns = window.out_size(height, width)
    top, bottom, left, right = window.padding
    if rows < 1 or columns < 1 or max(top, bottom) >= window.kernel[0] or max(left, right) >= window.kernel[1]:
        raise op.error(f"the window {window} does not fit into {height}x{width}")
    return TensorType((n, rows, columns, channels), "int8", op.quant or x.type.quant)


@dataclass(frozen=True, eq=False, kw_only=True)
class AveragePool2D(Op):
    """``y[n,i,j,c] = clamp(round(mean of the elements of x in the window), lo, hi)``, ties away from zero.

    x: (n, h, w, c) int8, with y's scale and zero point. Padding is not counted: the divisor is the number of elements
    of x in the window. The sum is over the stored values, zero point included. Source: TensorFlow Lite.
    """

    op_name: ClassVar[str] = "average_pool2d"

    x: Node
    window: Window
    lo: int = -128
    hi: int = 127

    def infer(self) -> TensorType:
        return pool_type(self, self.x, self.window)

    def counts(self) -> Array:
        """Elements of x in each window: (out_h, out_w) int64."""
        ones = np.ones((1, *self.x.type.shape[1:3], 1), dtype=np.int8)
        counts: Array = self.window.patches(ones, 0).sum(axis=(0, 3, 4, 5), dtype=np.int64)
        return counts

    def reference(self, *values: Array) -> Array:
        total = self.window.patches(values[0], 0).sum(axis=(3, 4), dtype=np.int64)
        count = self.counts()[None, :, :, None]
        magnitude = (np.abs(total) + count // 2) // count
        result: Array = np.clip(np.sign(total) * magnitude, self.lo, self.hi).astype(np.int8)
        return result
