"""Fused activations as bounds of the quantised output, as TFLite computes them."""

from __future__ import annotations

import math

import numpy as np
import tflite

from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.context import Context
from edgegen.ir import QuantParams

_A = tflite.ActivationFunctionType

#: activation -> real bounds, None where the type's own bound holds
REAL_BOUNDS: dict[int, tuple[float | None, float | None]] = {
    _A.NONE: (None, None),
    _A.RELU: (0.0, None),
    _A.RELU6: (0.0, 6.0),
    _A.RELU_N1_TO_1: (-1.0, 1.0),
}


def round_half_away(value: float) -> int:
    """C's round()."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def quantized(value: float, quant: QuantParams) -> int:
    """zero_point + round(value / scale), the division in float32 as TFLite does it."""
    ratio = float(np.float32(value) / np.float32(quant.scale[0]))
    # Beyond this every int8 bound is passed anyway.
    return quant.zero_point[0] + round_half_away(max(-1e9, min(1e9, ratio)))


def bounds(low: float | None, high: float | None, quant: QuantParams) -> tuple[int, int]:
    """Real bounds -> (lo, hi) within int8."""
    lo = -128 if low is None else max(-128, quantized(low, quant))
    hi = 127 if high is None else min(127, quantized(high, quant))
    return lo, hi


def fused_bounds(context: Context) -> tuple[int, int]:
    """(lo, hi) of the operator's fused activation."""
    function = context.option("FusedActivationFunction")
    if function not in REAL_BOUNDS:
        raise RefuseError(f"its fused activation {function} cannot be a bound", "Use RELU, RELU6 or none")
    lo, hi = bounds(*REAL_BOUNDS[function], context.out_quant)
    if lo > hi:
        raise context.error(f"its activation leaves no value between {lo} and {hi}")
    return lo, hi
