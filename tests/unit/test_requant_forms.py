"""Every form that `find` returns equals Requant.apply on the whole accumulator range, not only at its step points."""

from __future__ import annotations

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.requant_forms import Forms, Kind, accumulator_range, find, step_points


def assert_equal_everywhere(forms: Forms, requant: Requant, lo: int, hi: int) -> None:
    """Compare on every accumulator of [lo, hi]."""
    acc = np.arange(lo, hi + 1, dtype=np.int64)[:, None]
    want = requant.apply(acc)
    got = forms.apply(acc << forms.pre_scale.astype(np.int64))
    np.testing.assert_array_equal(got, want)


def bounds(value: int, channels: int = 1) -> tuple[np.ndarray, np.ndarray]:
    return np.full(channels, -value, dtype=np.int64), np.full(channels, value, dtype=np.int64)


@pytest.mark.parametrize("rounding", ["double", "single"])
@pytest.mark.parametrize(("zero_point", "lo", "hi"), [(-128, -128, 127), (-7, -128, 127), (12, 12, 127), (3, -20, 90)])
@pytest.mark.parametrize("pre_scale", [4, 6, 8])
def test_forms_equal_the_reference_on_the_whole_range(
    rounding: str, zero_point: int, lo: int, hi: int, pre_scale: int
) -> None:
    rng = np.random.default_rng(pre_scale)
    for spread in (0, 2, 6):
        scales = 2.0 ** -(5 + rng.uniform(0, 1 + spread, 4))
        requant = Requant.from_scales(scales, zero_point, lo, hi, rounding)  # type: ignore[arg-type]
        forms = find(requant, *bounds(60_000, 4), pre_scale)
        assert forms is not None
        assert_equal_everywhere(forms, requant, -60_000, 60_000)


def test_relu_from_the_lowest_zero_point_takes_two_instructions() -> None:
    forms = find(Requant.from_scales([0.004, 0.007], -128), *bounds(100_000, 2), 8)
    assert forms is not None and forms.kind == "smmla" and forms.instructions == 2 and forms.third is None


def test_single_rounding_takes_two_instructions_for_any_zero_point() -> None:
    forms = find(Requant.from_scales([0.004, 0.003], 11, rounding="single"), *bounds(100_000, 2), 8)
    assert forms is not None and forms.kind == "smmla"


def test_halves_below_the_zero_point_need_the_correction() -> None:
    requant = Requant.from_scales([0.0057], 5)
    assert find(requant, *bounds(100_000), 8, ("smmla",)) is None
    forms = find(requant, *bounds(100_000), 8)
    assert forms is not None and forms.kind == "tie" and forms.third is not None


def test_channels_of_very_different_scales_take_a_shift_each() -> None:
    requant = Requant.from_scales([0.02, 0.00002, 0.0007], -128)
    forms = find(requant, *bounds(500_000, 3), 8, ("smmla_asr",))
    assert forms is not None and forms.per_channel and len(set(forms.right.tolist())) > 1
    assert_equal_everywhere(forms, requant, -500_000, 500_000)


@pytest.mark.parametrize("scale", [0.0, 0.5, 0.99999, 1.0, 1.7, 3.0])
def test_scales_near_and_above_one_are_exact(scale: float) -> None:
    requant = Requant.from_scales([scale], -3)
    forms = find(requant, *bounds(3000), 8)
    assert forms is not None
    assert_equal_everywhere(forms, requant, -3000, 3000)


def test_a_constant_channel_does_not_narrow_the_others() -> None:
    requant = Requant(multiplier=(0, 1 << 30, 2147483647), shift=(0, -7, -6), zero_point=-128)
    forms = find(requant, np.array([-5, -9000, -9000]), np.array([5, 9000, 9000]), 8)
    assert forms is not None and forms.kind == "smmla" and forms.right.min() > 8
    acc = np.array([[-5, -9000, -9000], [0, 0, 0], [5, 9000, 9000]])
    np.testing.assert_array_equal(forms.apply(acc << 8), requant.apply(acc))


def test_a_scale_per_channel_of_the_weights_keeps_one_shift() -> None:
    requant = Requant.from_scales([0.01, 0.001], 4)
    forms = find(requant, *bounds(30_000, 2), np.array([8, 5]))
    assert forms is not None and not forms.per_channel and forms.shift == 13
    assert_equal_everywhere(forms, requant, -30_000, 30_000)


def test_no_form_when_the_scaled_accumulator_leaves_int32() -> None:
    assert find(Requant.from_scales([0.01], -128), *bounds(1 << 23), 8) is None
    assert find(Requant.from_scales([0.01], -128), *bounds((1 << 23) - 1), 8) is not None


def test_no_form_when_a_left_shift_wraps() -> None:
    requant = Requant(multiplier=(1 << 30,), shift=(12,), zero_point=0)
    assert find(requant, *bounds(1 << 20), 1) is None


def test_no_form_without_fraction_bits_for_the_rounding() -> None:
    scales = np.random.default_rng(1).uniform(0.002, 0.01, 64)
    assert find(Requant.from_scales(scales, 4), *bounds(100_000, 64), 1) is None


def test_extreme_multipliers_are_exact() -> None:
    for multiplier in (1 << 30, (1 << 30) + 1, (1 << 31) - 1):
        for shift in (-1, -8, -15):
            requant = Requant((multiplier,), (shift,), -128)
            forms = find(requant, *bounds(1 << 20), 8)
            assert forms is not None
            assert_equal_everywhere(forms, requant, -(1 << 20), 1 << 20)


def test_step_points_are_where_the_output_rises() -> None:
    requant = Requant.from_scales([0.013], -5)
    lo, hi = np.array([[-40_000]]), np.array([[40_000]])
    acc = np.arange(-40_000, 40_001)
    out = requant.apply(acc[:, None])[:, 0]
    steps = step_points(requant, lo, hi)[0]
    for level, step in zip(range(-127, 128), steps, strict=True):
        reached = np.flatnonzero(out >= level)
        assert step == (acc[reached[0]] if len(reached) else 40_001)


def test_accumulator_range_is_attained() -> None:
    w = np.array([[3, -2, 0], [-128, 127, 1]], dtype=np.int8)
    lo, hi = accumulator_range(w, np.array([10, -10]))
    assert lo.tolist() == [10 - 3 * 128 - 2 * 127, -10 - 128 * 127 - 127 * 128 - 128]
    assert hi.tolist() == [10 + 3 * 127 + 2 * 128, -10 + 128 * 128 + 127 * 127 + 127]


def test_a_bias_left_out_of_the_sum_is_made_up_for_by_the_constant() -> None:
    requant = Requant.from_scales([0.004, 0.007, 0.0001], -128)
    bias = np.array([9000, -25_000, 3], dtype=np.int64)
    lo, hi = bounds(60_000, 3)
    forms = find(requant, lo + bias, hi + bias, 8, ("smmla", "smmla_asr"), offset=bias)
    assert forms is not None
    acc = np.arange(-60_000, 60_001, dtype=np.int64)[:, None]
    np.testing.assert_array_equal(forms.apply(acc << 8), requant.apply(acc + bias))


def test_a_bias_left_out_does_not_go_with_the_tie_forms() -> None:
    lo, hi = bounds(1000)
    assert find(Requant.from_scales([0.004], 3), lo, hi, 8, ("smmla", "tie"), offset=lo) is None


def test_a_preferred_shift_is_taken_where_it_is_exact() -> None:
    requant = Requant.from_scales([0.004, 0.003], -128)
    assert find(requant, *bounds(60_000, 2), 8).shift == 14  # type: ignore[union-attr]
    forms = find(requant, *bounds(60_000, 2), 8, ("smmla",), shifts=(20, 12))
    assert forms is not None and forms.shift == 12
    assert_equal_everywhere(forms, requant, -60_000, 60_000)


@pytest.mark.parametrize(("kind", "zero_point"), [("smmla_asr", -128), ("tie_asr", -9)])
def test_a_shift_can_ride_in_the_low_byte_of_the_multiplier(kind: Kind, zero_point: int) -> None:
    requant = Requant.from_scales([0.02, 0.00002, 0.0007], zero_point)
    forms = find(requant, *bounds(150_000, 3), 8, (kind,), embed=True)
    assert forms is not None
    assert (forms.multiplier & 255).tolist() == forms.right.tolist()
    assert_equal_everywhere(forms, requant, -150_000, 150_000)
