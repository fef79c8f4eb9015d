"""Fully connected layer whose sums become a few levels by comparison with thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import INT32_MAX
from edgegen.ir import Array, Const, Node, Op, TensorType
from edgegen.ops.accumulate_dense import dense_shape, sum_range
from edgegen.ops.base import exact_matmul

#: a threshold that no sum reaches
NEVER = INT32_MAX


@dataclass(frozen=True, eq=False, kw_only=True)
class ThresholdDense(Op):
    """``y[i, r] = base[r] + step * (number of k with w[r, :] @ x[i, :] >= t[r, k])``.

    x: (batch, columns) int8; w: (rows, columns) int8; t: (rows, levels) int32, rising along levels; base: (rows,) int8.
    A threshold of NEVER stands for a level that the row does not have. Batch normalisation, activation and
    quantisation to few levels are such a function of the integer sum, exactly: see edgegen.frontends.qonnx.
    """

    op_name: ClassVar[str] = "threshold_dense"

    x: Node
    w: Node
    t: Node
    base: Node
    step: int

    def infer(self) -> TensorType:
        shape = dense_shape(self, self.x, self.w)
        rows = shape[1]
        if len(self.t.type.shape) != 2 or self.t.type.shape[0] != rows or self.t.type.dtype != "int32":
            raise self.error(f"t is {self.t.type}; it must be int32 with {rows} rows")
        if self.base.type.shape != (rows,) or self.base.type.dtype != "int8" or self.step < 1:
            raise self.error(f"base is {self.base.type}, step {self.step}; they must be int8[{rows}] and 1 or more")
        if not isinstance(self.t, Const) or not isinstance(self.base, Const):
            raise self.error("thresholds and bases must be constants")
        if (self.t.value[:, 1:] < self.t.value[:, :-1]).any():  # a difference could leave int32
            raise self.error("its thresholds must rise along each row")
        levels = (self.t.value < NEVER).sum(axis=1)
        if (self.base.value + self.step * levels > 127).any():
            raise self.error("its highest level is above 127")
        return TensorType(shape, "int8", self.quant)

    def reference(self, *values: Array) -> Array:
        x, w, t, base = values
        acc = exact_matmul(x, w.T)
        reached = (acc[:, :, None] >= t[None, :, :]).sum(axis=2)
        y: Array = (base.astype(np.int64) + self.step * reached).astype(np.int8)
        return y

    def accumulator_range(self) -> tuple[int, int]:
        """Bounds of the sums; see sum_range."""
        return sum_range(self, self.x, self.w)

    def macs(self) -> int:
        return self.x.type.shape[0] * self.w.type.size
