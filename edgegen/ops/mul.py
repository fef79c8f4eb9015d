"""Elementwise product of two quantised tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.add import broadcast_type


@dataclass(frozen=True, eq=False, kw_only=True)
class Mul(Op):
    """``y = requant((a - a_zero) * (b - b_zero))``.

    a: any shape, int8; b: the same shape or one that broadcasts to it ((n, 1, 1, c) of a squeeze-and-excite block, a
    constant per channel, a scalar), int8.
    """

    op_name: ClassVar[str] = "mul"

    a: Node
    b: Node
    a_zero: int
    b_zero: int
    requant: Requant

    def infer(self) -> TensorType:
        return broadcast_type(self, self.a, self.b)

    def reference(self, *values: Array) -> Array:
        a, b = values
        product = (a.astype(np.int64) - self.a_zero) * (b.astype(np.int64) - self.b_zero)
        return self.requant.apply(product).astype(np.int8)
