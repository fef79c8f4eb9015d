"""Elementwise sum of two quantised tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.base import InputScale


def broadcast_type(op: Op, a: Node, b: Node) -> TensorType:
    """Type of an elementwise result: a's shape, onto which b must broadcast as numpy does."""
    try:
        shape = np.broadcast_shapes(a.type.shape, b.type.shape)
    except ValueError:
        shape = ()
    if shape != a.type.shape:
        raise op.error(f"a is {a.type}, b is {b.type}; b must broadcast to a")
    return TensorType(a.type.shape, "int8", op.quant)


@dataclass(frozen=True, eq=False, kw_only=True)
class Add(Op):
    """``y = requant(a_scale(a) + b_scale(b))`` with ``scale(v) = rescale((v - zero_point) << left_shift)``.

    a: any shape, int8; b: the same shape or one that broadcasts to it (a constant per channel, a scalar), int8. Both
    are brought to twice the larger scale, times 2**left_shift (20 for int8), so that the sum fits int32; requant's
    zero point is the output's. Source: TensorFlow Lite's ADD.
    """

    op_name: ClassVar[str] = "add"

    a: Node
    b: Node
    a_scale: InputScale
    b_scale: InputScale
    requant: Requant
    left_shift: int = 20

    def infer(self) -> TensorType:
        return broadcast_type(self, self.a, self.b)

    def reference(self, *values: Array) -> Array:
        a, b = values
        total = self.a_scale.apply(a, self.left_shift) + self.b_scale.apply(b, self.left_shift)
        return self.requant.apply(total).astype(np.int8)
