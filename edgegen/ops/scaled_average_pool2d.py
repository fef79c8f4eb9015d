"""Average pooling into another scale, channels last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import Requant, multiply_by_quantized_multiplier
from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.average_pool2d import elements_inside, pool_type
from edgegen.ops.conv2d import Window


@dataclass(frozen=True, eq=False, kw_only=True)
class ScaledAveragePool2D(Op):
    """``y[n,i,j,c] = requant(sum of (x - zero_point) over the elements of x in the window)``, 1 / count in the scale.

    x: (n, h, w, c) int8. Padding is not counted. requant: one scale per number of elements that a window may hold, 1 to
    all of the kernel's, as a window at a border holds fewer. One rounding, where average_pool2d and a conversion of its
    output would round twice. Source: ONNX AveragePool between DequantizeLinear and QuantizeLinear.
    """

    op_name: ClassVar[str] = "scaled_average_pool2d"

    x: Node
    window: Window
    zero_point: int
    requant: Requant

    def infer(self) -> TensorType:
        rows, columns = self.window.kernel
        if rows * columns > 1 << 16:
            raise self.error(
                f"the window is {rows}x{columns}; there is a scale for each number of at most 2**16 elements"
            )
        if self.requant.channels != rows * columns:
            raise self.error(f"requant has {self.requant.channels} scales; it must have {rows * columns}")
        return pool_type(self, self.x, self.window)

    def rounded(self, total: Array, count: Array) -> Array:
        """Sums of so many stored values as y's, int64; not decreasing in total."""
        q = self.requant
        multiplier, shift = (np.asarray(values, dtype=np.int64)[count - 1] for values in (q.multiplier, q.shift))
        above = np.asarray(total, dtype=np.int64) - self.zero_point * count
        scaled = multiply_by_quantized_multiplier(above, multiplier, shift, q.rounding)
        result: Array = np.clip(scaled + q.zero_point, q.lo, q.hi)
        return result

    def reference(self, *values: Array) -> Array:
        total = self.window.patches(values[0], 0).sum(axis=(3, 4), dtype=np.int64)
        return self.rounded(total, elements_inside(self.x, self.window)[None, :, :, None]).astype(np.int8)
