"""Fully connected layer whose sums leave as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Const, Node, Op, TensorType
from edgegen.ops.base import exact_matmul, weighted_range


def dense_shape(op: Op, x: Node, w: Node) -> tuple[int, int]:
    """(batch, rows) of ``w @ x[i, :]``; raises GraphError when x and w do not fit."""
    if len(x.type.shape) != 2 or len(w.type.shape) != 2 or (x.type.dtype, w.type.dtype) != ("int8", "int8"):
        raise op.error(f"x is {x.type}, w is {w.type}; both must be int8 with 2 axes")
    rows, columns = w.type.shape
    batch, length = x.type.shape
    if length != columns:
        raise op.error(f"x has {length} columns, w takes {columns}")
    return batch, rows


def sum_range(op: Op, x: Node, w: Node) -> tuple[int, int]:
    """Bounds of the sums over all inputs and all orders of summation, from the actual weights."""
    return weighted_range(op, x, w, Const(value=np.zeros(w.type.shape[0], dtype=np.int32)), 0)


@dataclass(frozen=True, eq=False, kw_only=True)
class AccumulateDense(Op):
    """``y[i, :] = w @ x[i, :]`` as int32: the last layer of a network that nothing quantises after it.

    x: (batch, columns) int8; w: (rows, columns) int8; y: (batch, rows) int32.
    """

    op_name: ClassVar[str] = "accumulate_dense"

    x: Node
    w: Node

    def infer(self) -> TensorType:
        return TensorType(dense_shape(self, self.x, self.w), "int32", self.quant)

    def reference(self, *values: Array) -> Array:
        x, w = values
        return exact_matmul(x, w.T).astype(np.int32)

    def accumulator_range(self) -> tuple[int, int]:
        """Bounds of the sums; see sum_range."""
        return sum_range(self, self.x, self.w)

    def macs(self) -> int:
        return self.x.type.shape[0] * self.w.type.size
