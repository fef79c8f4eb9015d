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


def elements_inside(x: Node, window: Window) -> Array:
    """Elements of x in each window: (out_h, out_w) int64."""
    ones = np.ones((1, *x.type.shape[1:3], 1), dtype=np.int8)
    counts: Array = window.patches(ones, 0).sum(axis=(0, 3, 4, 5), dtype=np.int64)
    return counts


@dataclass(frozen=True)
class EvenTies:
    """A mean of real numbers that is quantised half to even, computed exactly (source: ONNX QuantizeLinear).

    x_zero, y_zero: the zero points; a step of x is 2**shift steps of y, |shift| at most MAX_SHIFT.
    """

    x_zero: int
    y_zero: int
    shift: int = 0

    @property
    def up(self) -> int:
        """What the sum is multiplied by."""
        return 1 << max(self.shift, 0)

    @property
    def down(self) -> int:
        """What the count is multiplied by."""
        return 1 << max(-self.shift, 0)


MAX_SHIFT = 10
#: most elements in a window, times up or down: what int32 holds of sums and of twice a remainder
_MAX_ELEMENTS = 1 << 22


@dataclass(frozen=True, eq=False, kw_only=True)
class AveragePool2D(Op):
    """``y[n,i,j,c] = clamp(round(mean of the elements of x in the window), lo, hi)``.

    x: (n, h, w, c) int8. Padding is not counted: the divisor is the number of elements of x in the window. Without
    `even` x and y have one scale and zero point, and ties go away from zero, of the stored values (source: TensorFlow
    Lite). With it, they go to the value an even number of steps from y's zero point, and scales may be apart by a power
    of two.
    """

    op_name: ClassVar[str] = "average_pool2d"

    x: Node
    window: Window
    lo: int = -128
    hi: int = 127
    even: EvenTies | None = None

    def infer(self) -> TensorType:
        rows, columns = self.window.kernel
        most = _MAX_ELEMENTS >> (abs(self.even.shift) if self.even else 0)
        if rows * columns > most:
            raise self.error(f"the window is {rows}x{columns}; the int32 sum holds at most {most} elements")
        return pool_type(self, self.x, self.window)

    def rounded(self, total: Array, count: Array) -> Array:
        """Sums of so many stored values as y's, int64; not decreasing in total."""
        even = self.even or EvenTies(0, 0)
        above = (np.asarray(total, dtype=np.int64) - even.x_zero * count) * even.up
        whole = count * even.down
        magnitude, rest = np.divmod(np.abs(above), whole)
        more = (2 * rest >= whole) if self.even is None else (2 * rest + magnitude % 2 > whole)
        result: Array = np.clip(np.sign(above) * (magnitude + more) + even.y_zero, self.lo, self.hi)
        return result

    def reference(self, *values: Array) -> Array:
        total = self.window.patches(values[0], 0).sum(axis=(3, 4), dtype=np.int64)
        return self.rounded(total, elements_inside(self.x, self.window)[None, :, :, None]).astype(np.int8)
