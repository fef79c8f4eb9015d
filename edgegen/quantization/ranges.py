"""Ranges of real tensors and the int8 parameters that cover them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from edgegen.ir import Array, QuantParams


@dataclass(frozen=True)
class Range:
    """The least and the greatest value seen; low > high before any."""

    low: float = inf
    high: float = -inf

    @classmethod
    def of(cls, values: Array) -> Range:
        return cls(float(values.min()), float(values.max()))

    def __or__(self, other: Range) -> Range:
        return Range(min(self.low, other.low), max(self.high, other.high))


def activation_params(found: Range) -> QuantParams:
    """int8, asymmetric: -128..127 spans the range, 0 included and exact (padding, ReLU), scale a float32 number.

    A tensor that is 0 on all samples gets scale 1.
    """
    low, high = min(found.low, 0.0), max(found.high, 0.0)
    scale = float(np.float32((high - low) / 255))
    if scale <= float(np.finfo(np.float32).tiny):
        return QuantParams((1.0,), (0,))
    return QuantParams((scale,), (int(np.clip(np.rint(-128 - low / scale), -128, 127)),))


def symmetric_params(values: Array) -> QuantParams:
    """int8 around 0 for a constant that is no weight."""
    scale = float(np.float32(np.abs(values).max(initial=0.0) / 127))
    return QuantParams((scale if scale > 0 else 1.0,), (0,))


def stored(values: Array, quant: QuantParams) -> Array:
    """Real numbers -> int8 of one scale, rounded half to even."""
    codes = np.rint(values.astype(np.float64) / quant.scale[0]) + quant.zero_point[0]
    result: Array = np.clip(codes, -128, 127).astype(np.int8)
    return result


def real(values: Array, quant: QuantParams) -> Array:
    """int8 of one scale -> float32 real numbers."""
    result: Array = ((values.astype(np.int32) - quant.zero_point[0]) * np.float32(quant.scale[0])).astype(np.float32)
    return result
