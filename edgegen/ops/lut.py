"""A function of one int8 value, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class Lut(Op):
    """``y = table[x + 128]`` elementwise: logistic, tanh, hard-swish, leaky ReLU, ... computed when the model is read.

    x: any shape, int8; table: 256 int8 values. `function` names what the table holds, for reports and comments.
    """

    op_name: ClassVar[str] = "lut"

    x: Node
    table: tuple[int, ...]
    function: str

    def infer(self) -> TensorType:
        if self.x.type.dtype != "int8":
            raise self.error(f"x is {self.x.type}; it must be int8")
        if len(self.table) != 256 or min(self.table) < -128 or max(self.table) > 127:
            raise self.error(f"the table of {self.function} must hold 256 int8 values")
        return TensorType(self.x.type.shape, "int8", self.quant)

    def reference(self, *values: Array) -> Array:
        return np.asarray(self.table, dtype=np.int8)[values[0].astype(np.int16) + 128]
