"""Fully connected layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.ir import Array, Node, Op, TensorType
from edgegen.ops.base import exact_matmul, weighted_range


@dataclass(frozen=True, eq=False, kw_only=True)
class FullyConnected(Op):
    """``y[i, :] = requant(w @ x[i, :] + b)`` for every batch row i.

    x: (batch, columns) int8; w: (rows, columns) int8; b: (rows,) int32, the input zero point folded in, so that a
    kernel never has to visit the weights that a sparse format leaves out.
    """

    op_name: ClassVar[str] = "fully_connected"

    x: Node
    w: Node
    b: Node
    requant: Requant

    def infer(self) -> TensorType:
        if len(self.x.type.shape) != 2 or len(self.w.type.shape) != 2:
            raise self.error(f"x is {self.x.type}, w is {self.w.type}; both must have 2 axes")
        rows, columns = self.w.type.shape
        batch, length = self.x.type.shape
        if length != columns:
            raise self.error(f"x has {length} columns, w takes {columns}")
        if self.b.type.shape != (rows,):
            raise self.error(f"b is {self.b.type}, it must have {rows} entries")
        if self.requant.channels not in (1, rows):
            raise self.error(f"requant has {self.requant.channels} channels, w {rows} rows")
        return TensorType((batch, rows), "int8", self.quant)

    def accumulate(self, x: Array, w: Array, b: Array) -> Array:
        """The accumulators before requantization, int64 (batch, rows)."""
        return exact_matmul(x, w.T) + b.astype(np.int64)

    def reference(self, *values: Array) -> Array:
        x, w, b = values
        return self.requant.apply(self.accumulate(x, w, b)).astype(np.int8)

    def accumulator_range(self) -> tuple[int, int]:
        """Bounds of the accumulator over all inputs and all orders of summation, from the actual weights."""
        return weighted_range(self, self.x, self.w, self.b, 0)

    def macs(self) -> int:
        return self.x.type.shape[0] * self.w.type.size
