"""Functions of one int8 value as 256-entry tables, each as TFLite's reference kernel computes it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from edgegen.fixedpoint import (
    IntArray,
    multiply_by_quantized_multiplier,
    quantize_multiplier,
    rounding_divide_by_pot,
)
from edgegen.ir import QuantParams

_INPUTS = np.arange(-128, 128, dtype=np.int64)


def _entries(values: IntArray) -> tuple[int, ...]:
    return tuple(int(value) for value in np.clip(values, -128, 127))


def float_table(function: Callable[[float], float], x: QuantParams, y: QuantParams) -> tuple[int, ...]:
    """Dequantise, apply, quantise: in float32, rounding half away from zero (LOGISTIC, TANH).

    The function itself is evaluated in double precision and rounded to float32.
    """
    inverse = np.float32(1) / np.float32(y.scale[0])
    real = np.float32(x.scale[0]) * (_INPUTS - x.zero_point[0]).astype(np.float32)
    applied = np.asarray([function(float(value)) for value in real], dtype=np.float32)
    scaled = (applied * inverse).astype(np.float64)
    rounded = np.copysign(np.floor(np.abs(scaled) + 0.5), scaled)
    return _entries(np.clip(rounded, -1e6, 1e6).astype(np.int64) + y.zero_point[0])


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), the steps in float32."""
    exponential = np.float32(math.exp(min(-value, 88.0)))
    return float(np.float32(1) / (np.float32(1) + exponential))


def rescale_table(real: float, x: QuantParams, y: QuantParams, lo: int = -128, hi: int = 127) -> tuple[int, ...]:
    """``clamp(rescale(x - x_zero) + y_zero, lo, hi)`` for a real scale (RELU, QUANTIZE of int8)."""
    multiplier, shift = quantize_multiplier(real)
    scaled = multiply_by_quantized_multiplier(_INPUTS - x.zero_point[0], multiplier, shift, "double")
    return _entries(np.clip(scaled + y.zero_point[0], lo, hi))


def leaky_relu_table(alpha: float, x: QuantParams, y: QuantParams) -> tuple[int, ...]:
    """LEAKY_RELU: one scale for positive inputs, alpha times it for negative ones; both scales in float32."""
    ratio = np.float32(x.scale[0]) / np.float32(y.scale[0])
    slope = np.float32(x.scale[0]) * np.float32(alpha) / np.float32(y.scale[0])
    positive = rescale_table(float(ratio), x, y)
    negative = rescale_table(float(slope), x, y)
    return tuple(p if value >= x.zero_point[0] else n for value, p, n in zip(_INPUTS, positive, negative, strict=True))


def _high_multiplier(real: float) -> tuple[int, int]:
    """A scale as (int16 mantissa, exponent), as HARD_SWISH rounds it."""
    multiplier, shift = quantize_multiplier(real)
    return min((multiplier + (1 << 15)) >> 16, 32767), shift


def _int16(values: IntArray) -> IntArray:
    return np.clip(values, -32768, 32767)


def _rounding_high_mul16(a: IntArray, b: int) -> IntArray:
    """Round half up of a*b / 2**15, saturated."""
    return _int16((a * b + (1 << 14)) >> 15)


def hard_swish_table(x: QuantParams, y: QuantParams) -> tuple[int, ...]:
    """HARD_SWISH ``x * relu6(x + 3) / 6`` in 16-bit fixed point; scales in float32."""
    fine = np.float32(1 / 128) * np.float32(x.scale[0])
    out_multiplier, out_shift = _high_multiplier(float(fine / np.float32(y.scale[0])))
    relu_multiplier, relu_shift = _high_multiplier(float(fine / np.float32(3 / 32768)))
    value = (_INPUTS - x.zero_point[0]) << 7
    preshift = _rounding_high_mul16(value, out_multiplier)
    gate = _int16(value << max(relu_shift - 1, 0))
    gate = _rounding_high_mul16(gate, relu_multiplier)
    if relu_shift > 0:
        gate = _int16(gate << 1)
    gate = rounding_divide_by_pot(gate, max(-relu_shift, 0))
    gate = (gate + (1 << 15)) >> 1
    product = gate * preshift
    # Division truncates toward zero.
    high = np.sign(product) * (np.abs(product) >> 15)
    return _entries(rounding_divide_by_pot(high, -out_shift) + y.zero_point[0])
