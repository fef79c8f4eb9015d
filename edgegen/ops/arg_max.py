"""Position of the largest element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class ArgMax(Op):
    """``y[i, 0]`` = index of the largest element of x[i, :], the first of equal ones.

    x: (batch, classes) int8 or int32; y: (batch, 1) int32.
    """

    op_name: ClassVar[str] = "arg_max"

    x: Node

    def infer(self) -> TensorType:
        if len(self.x.type.shape) != 2 or self.x.type.dtype not in ("int8", "int32"):
            raise self.error(f"x is {self.x.type}; it must be int8 or int32 with 2 axes")
        return TensorType((self.x.type.shape[0], 1), "int32", self.quant)

    def reference(self, *values: Array) -> Array:
        y: Array = values[0].argmax(axis=1, keepdims=True).astype(np.int32)
        return y
