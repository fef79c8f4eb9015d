"""Maximum pooling, channels last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.average_pool2d import pool_type
from edgegen.ops.conv2d import Window


@dataclass(frozen=True, eq=False, kw_only=True)
class MaxPool2D(Op):
    """``y[n,i,j,c] = clamp(max of the elements of x in the window, lo, hi)``; padding never wins.

    x: (n, h, w, c) int8, with y's scale and zero point.
    """

    op_name: ClassVar[str] = "max_pool2d"

    x: Node
    window: Window
    lo: int = -128
    hi: int = 127

    def infer(self) -> TensorType:
        return pool_type(self, self.x, self.window)

    def reference(self, *values: Array) -> Array:
        largest = self.window.patches(values[0], -128).max(axis=(3, 4))
        result: Array = np.clip(largest, self.lo, self.hi).astype(np.int8)
        return result
