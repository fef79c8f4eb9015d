"""Fixed-point arithmetic of the integer contract, bit for bit as the generated C computes it.

Sources: TensorFlow Lite's QuantizeMultiplier, MultiplyByQuantizedMultiplier (double and single rounding) and gemmlowp's
fixed-point primitives. All functions are vectorised over int64 arrays holding int32 values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edgegen.errors import GraphError

IntArray = NDArray[Any]
#: an integer array or one integer
IntLike = NDArray[Any] | np.integer[Any] | int
Rounding = Literal["double", "single", "even"]

INT32_MIN = -(2**31)
INT32_MAX = 2**31 - 1


def quantize_multiplier(scale: float) -> tuple[int, int]:
    """Return ``(multiplier, shift)`` with ``scale ~= multiplier * 2**(shift - 31)``.

    multiplier is 0 or in [2**30, 2**31); shift > 0 means left. The mantissa is rounded half away from zero and carries
    into the shift at 2**31, as TFLite's QuantizeMultiplier does. Shifts below -31 flush to zero.

    Raises GraphError when the scale is negative, not finite, or 2**31 and more.
    """
    if not math.isfinite(scale) or scale < 0:
        raise GraphError(f"requantization scale is {scale}; it must be finite and not negative")
    if scale == 0.0:
        return 0, 0
    mantissa, shift = math.frexp(scale)
    fixed = math.floor(mantissa * (1 << 31) + 0.5)
    if fixed == 1 << 31:
        fixed //= 2
        shift += 1
    if shift < -31:
        return 0, 0
    if shift > 30:
        raise GraphError(f"requantization scale is {scale}; it must be below 2**30")
    return fixed, shift


def saturating_rounding_doubling_high_mul(a: IntLike, b: IntLike) -> IntArray:
    """gemmlowp SaturatingRoundingDoublingHighMul for int32 operands: round half up of a*b / 2**31.

    gemmlowp adds a signed nudge and divides with truncation; for every product that equals ``(a*b + 2**30) >> 31``.
    """
    a = np.asarray(a, dtype=np.int64)
    b = np.asarray(b, dtype=np.int64)
    result = (a * b + (1 << 30)) >> 31
    return np.where((a == INT32_MIN) & (b == INT32_MIN), INT32_MAX, result)


def rounding_divide_by_pot(x: IntLike, exponent: IntLike) -> IntArray:
    """gemmlowp RoundingDivideByPOT: x / 2**exponent, rounded to nearest, ties away from zero; exponent in 0..31."""
    x = np.asarray(x, dtype=np.int64)
    exponent = np.asarray(exponent, dtype=np.int64)
    mask = (np.int64(1) << exponent) - 1
    threshold = (mask >> 1) + (x < 0)
    result: IntArray = (x >> exponent) + ((x & mask) > threshold)
    return result


def wrap_int32(x: IntArray) -> IntArray:
    """x modulo 2**32 as a signed 32-bit value."""
    wrapped: IntArray = ((np.asarray(x, dtype=np.int64) + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
    return wrapped


def multiply_by_quantized_multiplier(x: IntLike, multiplier: IntLike, shift: IntLike, rounding: Rounding) -> IntArray:
    """x * multiplier * 2**(shift-31), rounded as TFLite does.

    "double": doubling high multiply with rounding, then a rounding right shift (TFLite's default; conv, TFLM).
    "single": one 64-bit product and one rounding shift, half up (LiteRT's reference FULLY_CONNECTED).
    "even": the same, half to even (ONNX QuantizeLinear); for Add, between scales that make ties frequent.
    """
    x = np.asarray(x, dtype=np.int64)
    multiplier = np.asarray(multiplier, dtype=np.int64)
    shift = np.asarray(shift, dtype=np.int64)
    if rounding != "double":
        total = 31 - shift
        up = x * multiplier + (np.int64(1) << (total - 1))
        result: IntArray = up >> total
        tie = (up & ((np.int64(1) << total) - 1)) == 0
        return result - (result & 1) * tie if rounding == "even" else result
    left = np.maximum(shift, 0)
    right = np.maximum(-shift, 0)
    return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(wrap_int32(x << left), multiplier), right)


def saturating_left_shift(x: IntArray, exponent: int) -> IntArray:
    """x * 2**exponent, saturated to int32 (gemmlowp SaturatingRoundingMultiplyByPOT for a positive exponent)."""
    shifted: IntArray = np.clip(np.asarray(x, dtype=np.int64) << exponent, INT32_MIN, INT32_MAX)
    return shifted


#: gemmlowp's barrel shifter: (bit of a Q5.26 remainder, exp(-2**(bit - 26)) as Q0.31)
_EXP_STEPS = (
    (24, 1672461947),
    (25, 1302514674),
    (26, 790015084),
    (27, 290630308),
    (28, 39332535),
    (29, 720401),
    (30, 242),
)


def _exp_near_zero(a: IntArray) -> IntArray:
    """exp(a) as Q0.31 for a in [-1/4, 0), Q0.31: Taylor's series around -1/8."""
    mul = saturating_rounding_doubling_high_mul
    x = a + (1 << 28)
    x2 = mul(x, x)
    x3 = mul(x2, x)
    x4_over_4 = rounding_divide_by_pot(mul(x2, x2), 2)
    tail = rounding_divide_by_pot(mul(x4_over_4 + x3, 715827883) + x2, 1)
    constant = 1895147668
    return constant + mul(constant, x + tail)


def exp_on_negative_values(a: IntArray) -> IntArray:
    """exp(a) as Q0.31 (int32) for a <= 0 as Q5.26 (int32): gemmlowp's fixed-point exponential, bit for bit."""
    a = np.asarray(a, dtype=np.int64)
    quarter = np.int64(1 << 24)
    a_mod_quarter = (a & (quarter - 1)) - quarter
    result = _exp_near_zero(saturating_left_shift(a_mod_quarter, 5))
    remainder = a_mod_quarter - a
    for bit, factor in _EXP_STEPS:
        step = saturating_rounding_doubling_high_mul(result, factor)
        result = np.where(remainder & (1 << bit), step, result)
    return np.where(a == 0, INT32_MAX, result)


def reciprocal_of_one_plus(a: IntArray) -> IntArray:
    """1 / (1 + a) as Q0.31 for a in [0, 1) as Q0.31: gemmlowp's three Newton-Raphson steps, bit for bit."""
    mul = saturating_rounding_doubling_high_mul
    # Half of the denominator, rounded half away from zero; both terms are non-negative.
    half_denominator = (np.asarray(a, dtype=np.int64) + INT32_MAX + 1) >> 1
    x: IntArray = 1515870810 + mul(half_denominator, -1010580540)
    for _ in range(3):
        error = (1 << 29) - mul(half_denominator, x)
        x = x + saturating_left_shift(mul(x, error), 2)
    return saturating_left_shift(x, 1)


@dataclass(frozen=True)
class Requant:
    """int32 accumulator -> output: ``clamp(rescale(acc) + zero_point, lo, hi)``.

    multiplier, shift: one entry for the whole tensor or one per output channel (last axis of the accumulator).
    shift follows TFLite: positive is left. rounding: see multiply_by_quantized_multiplier. Multipliers are 0 or in
    [2**30, 2**31) wherever quantize_multiplier made them; only Mean's may be smaller.
    """

    multiplier: tuple[int, ...]
    shift: tuple[int, ...]
    zero_point: int
    lo: int = -128
    hi: int = 127
    rounding: Rounding = "double"

    def __post_init__(self) -> None:
        if len(self.multiplier) != len(self.shift) or not self.multiplier:
            raise GraphError(f"requant has {len(self.multiplier)} multipliers and {len(self.shift)} shifts")
        if self.lo > self.hi:
            raise GraphError(f"requant clamps to [{self.lo}, {self.hi}], which is empty")
        if any(not 0 <= m < 1 << 31 for m in self.multiplier):
            raise GraphError("requant multipliers must be in [0, 2**31)")
        if any(not -31 <= s <= 30 for s in self.shift):
            raise GraphError("requant shifts must be in -31..30")

    @classmethod
    def from_scales(
        cls,
        scales: IntArray | list[float],
        zero_point: int,
        lo: int = -128,
        hi: int = 127,
        rounding: Rounding = "double",
    ) -> Requant:
        """From real output scales ``s_x * s_w / s_y``, one or one per channel."""
        pairs = [quantize_multiplier(float(scale)) for scale in np.atleast_1d(np.asarray(scales, dtype=np.float64))]
        return cls(tuple(m for m, _ in pairs), tuple(s for _, s in pairs), int(zero_point), lo, hi, rounding)

    @property
    def channels(self) -> int:
        """1 for one scale for all, else the number of output channels."""
        return len(self.multiplier)

    def broadcast(self, channels: int) -> Requant:
        """The same with one entry per channel."""
        if self.channels == channels:
            return self
        if self.channels != 1:
            raise GraphError(f"requant has {self.channels} channels, the accumulator {channels}")
        return replace(self, multiplier=self.multiplier * channels, shift=self.shift * channels)

    def apply(self, acc: IntArray) -> IntArray:
        """Apply to int accumulators of shape (..., channels); result is int64 in [lo, hi]."""
        multiplier = np.asarray(self.multiplier, dtype=np.int64)
        shift = np.asarray(self.shift, dtype=np.int64)
        scaled = multiply_by_quantized_multiplier(acc, multiplier, shift, self.rounding)
        clamped: IntArray = np.clip(scaled + self.zero_point, self.lo, self.hi)
        return clamped
