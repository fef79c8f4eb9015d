"""Fixed-point arithmetic against exact rational arithmetic in Python integers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.errors import GraphError
from edgegen.fixedpoint import (
    INT32_MAX,
    INT32_MIN,
    Requant,
    exp_on_negative_values,
    multiply_by_quantized_multiplier,
    quantize_multiplier,
    reciprocal_of_one_plus,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)

INT32 = st.integers(INT32_MIN, INT32_MAX)


def truncated(a: int, b: int) -> int:
    """C's division."""
    return abs(a) // b * (1 if a >= 0 else -1)


@given(a=INT32, b=INT32)
def test_doubling_high_mul_is_gemmlowps(a: int, b: int) -> None:
    product = a * b
    nudge = (1 << 30) if product >= 0 else 1 - (1 << 30)
    expected = INT32_MAX if a == b == INT32_MIN else truncated(product + nudge, 1 << 31)
    assert int(saturating_rounding_doubling_high_mul(a, b)) == expected


@given(x=INT32, exponent=st.integers(0, 31))
def test_divide_by_pot_rounds_ties_away_from_zero(x: int, exponent: int) -> None:
    magnitude = math.floor(Fraction(abs(x), 1 << exponent) + Fraction(1, 2))
    assert int(rounding_divide_by_pot(x, exponent)) == (magnitude if x >= 0 else -magnitude)


@given(scale=st.floats(2.0**-31, 2.0**29))
def test_multiplier_is_the_scale_to_31_bits(scale: float) -> None:
    multiplier, shift = quantize_multiplier(scale)
    assert 1 << 30 <= multiplier < 1 << 31
    assert abs(Fraction(multiplier) * Fraction(2) ** (shift - 31) - Fraction(scale)) <= Fraction(2) ** (shift - 32)


def test_a_mantissa_that_rounds_up_to_one_carries_into_the_shift() -> None:
    assert quantize_multiplier(1 - 2.0**-40) == (1 << 30, 1)


@pytest.mark.parametrize("scale", [-1.0, math.nan, math.inf, 2.0**40])
def test_impossible_scales_are_refused(scale: float) -> None:
    with pytest.raises(GraphError, match="scale"):
        quantize_multiplier(scale)


def test_tiny_scales_flush_to_zero() -> None:
    assert quantize_multiplier(0.0) == quantize_multiplier(2.0**-40) == (0, 0)


@given(x=st.integers(-(1 << 24), 1 << 24), scale=st.floats(1e-6, 0.99))
def test_single_rounding_is_half_up_of_the_exact_product(x: int, scale: float) -> None:
    multiplier, shift = quantize_multiplier(scale)
    exact = Fraction(x * multiplier) * Fraction(2) ** (shift - 31)
    assert int(multiply_by_quantized_multiplier(x, multiplier, shift, "single")) == math.floor(exact + Fraction(1, 2))


@given(x=st.integers(-(1 << 24), 1 << 24), scale=st.floats(1e-6, 0.99))
def test_double_rounding_is_within_one_of_single_rounding(x: int, scale: float) -> None:
    multiplier, shift = quantize_multiplier(scale)
    pair = [int(multiply_by_quantized_multiplier(x, multiplier, shift, mode)) for mode in ("single", "double")]
    assert abs(pair[0] - pair[1]) <= 1


def test_exp_is_within_a_few_steps_of_the_real_function() -> None:
    a = -np.arange(0, 1 << 31, (1 << 31) // 999, dtype=np.int64)
    real = np.exp(a / 2.0**26)
    assert np.abs(exp_on_negative_values(a) / 2.0**31 - real).max() < 2e-7


def test_reciprocal_is_within_a_few_steps_of_the_real_function() -> None:
    a = np.arange(0, 1 << 31, (1 << 31) // 999, dtype=np.int64)
    assert np.abs(reciprocal_of_one_plus(a) / 2.0**31 - 1 / (1 + a / 2.0**31)).max() < 1e-7


@pytest.mark.parametrize(
    ("multiplier", "shift", "lo", "hi"),
    [((1, 2), (0,), 0, 1), ((), (), 0, 1), ((1,), (0,), 2, 1), ((-1,), (0,), 0, 1), ((1,), (31,), 0, 1)],
)
def test_impossible_requantizations_are_refused(
    multiplier: tuple[int, ...], shift: tuple[int, ...], lo: int, hi: int
) -> None:
    with pytest.raises(GraphError, match="requant"):
        Requant(multiplier, shift, 0, lo, hi)


def test_requant_of_one_scale_serves_any_number_of_channels() -> None:
    one = Requant.from_scales([0.25], 3)
    assert one.broadcast(5).channels == 5
    acc = np.arange(-20, 20).reshape(8, 5)
    np.testing.assert_array_equal(one.apply(acc), one.broadcast(5).apply(acc))
    with pytest.raises(GraphError, match="channels"):
        one.broadcast(5).broadcast(6)
