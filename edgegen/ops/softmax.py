"""Softmax over the last axis, in fixed point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.fixedpoint import (
    IntArray,
    reciprocal_of_one_plus,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)
from edgegen.ir import Array, Node, Op, QuantParams, TensorType

#: what int8 probabilities mean
PROBABILITY = QuantParams((1.0 / 256,), (-128,))

#: integer bits of the sum of exponentials (Q12.19)
SUM_INTEGER_BITS = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class Softmax(Op):
    """``y[i] = exp(x[i]) / sum(exp(x))`` over the last axis, scale 1/256, zero point -128.

    x: (..., classes) int8, at most 4095 classes. table[d] = exp of the scaled difference ``-d`` for d = max(x) - x[i]
    in 0..255, as Q0.31 (int32; 0 where the difference is below the range of the fixed-point exp: y = -128).

        sum   = sum of RoundingDivideByPOT(table[d], 12)                                        Q12.19, int32
        z     = leading zeros of sum
        r     = 1 / (1 + f) in Q0.31 with f = (sum << z) - 2**31 (edgegen.fixedpoint.reciprocal_of_one_plus)
        y     = clamp(RoundingDivideByPOT(SRDHM(r, table[d]), 12 - z + 31 - 8) - 128, -128, 127)

    Source: TensorFlow Lite's reference Softmax for int8, gemmlowp's exp_on_negative_values.
    """

    op_name: ClassVar[str] = "softmax"

    x: Node
    table: tuple[int, ...]

    def infer(self) -> TensorType:
        if not self.x.type.shape or self.x.type.dtype != "int8":
            raise self.error(f"x is {self.x.type}; it must be int8 with at least one axis")
        if self.x.type.shape[-1] > 4095:
            raise self.error(f"x has {self.x.type.shape[-1]} classes; the int32 sum holds at most 4095")
        if len(self.table) != 256 or min(self.table) < 0 or max(self.table) != self.table[0]:
            raise self.error("the table must hold 256 values that fall from the first")
        return TensorType(self.x.type.shape, "int8", self.quant or PROBABILITY)

    def reference(self, *values: Array) -> Array:
        x = values[0].astype(np.int64)
        exps = np.asarray(self.table, dtype=np.int64)[x.max(axis=-1, keepdims=True) - x]
        total = rounding_divide_by_pot(exps, SUM_INTEGER_BITS).sum(axis=-1, keepdims=True)
        # Sums are in 1..2**31 - 1, which float64 holds exactly.
        zeros = 32 - np.frexp(total.astype(np.float64))[1].astype(np.int64)
        scale: IntArray = reciprocal_of_one_plus((total << zeros) - (1 << 31))
        product = saturating_rounding_doubling_high_mul(scale, exps)
        shifted = rounding_divide_by_pot(product, SUM_INTEGER_BITS - zeros + 31 - 8)
        result: Array = np.clip(shifted - 128, -128, 127).astype(np.int8)
        return result
