"""Mean over rows and columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class Mean(Op):
    """``y[n,0,0,c] = requant(sum over i, j of (x[n,i,j,c] - zero_point))``; 1 / (h w) is part of requant's scale.

    x: (n, h, w, c) int8 -> (n, 1, 1, c). requant's multiplier may be below 2**30: TensorFlow Lite divides it by the
    number of elements and truncates.
    """

    op_name: ClassVar[str] = "mean"

    x: Node
    zero_point: int
    requant: Requant

    def infer(self) -> TensorType:
        if len(self.x.type.shape) != 4:
            raise self.error(f"x is {self.x.type}; it must have 4 axes")
        if self.requant.channels != 1:
            raise self.error(f"requant has {self.requant.channels} channels; it must have one scale")
        n, height, width, channels = self.x.type.shape
        if height * width > 1 << 22:
            raise self.error(f"x is {self.x.type}; the int32 sum holds at most 2**22 elements")
        return TensorType((n, 1, 1, channels), "int8", self.quant)

    def reference(self, *values: Array) -> Array:
        x = values[0].astype(np.int64) - self.zero_point
        return self.requant.apply(x.sum(axis=(1, 2), keepdims=True)).astype(np.int8)
