"""The short form of ADD equals the op on every pair of values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edgegen.add_search import SHIFTS, search, truth
from edgegen.fixedpoint import Requant, quantize_multiplier
from edgegen.ir import Input, TensorType
from edgegen.ops.add import Add
from edgegen.ops.base import InputScale

PAIRS = np.meshgrid(np.arange(-128, 128), np.arange(-128, 128), indexing="ij")


def layer(
    scales: tuple[float, float], zeros: tuple[int, int], out: float, zero: int, lo: int = -128, hi: int = 127
) -> Add:
    """An ADD as TensorFlow Lite prepares it."""
    twice = 2 * max(scales)
    a, b = (Input(name=name, tensor=TensorType((1, 4), "int8")) for name in "ab")
    first, second = (InputScale(z, *quantize_multiplier(s / twice)) for s, z in zip(scales, zeros, strict=True))
    return Add(
        a=a, b=b, a_scale=first, b_scale=second, requant=Requant.from_scales([twice / (2**20 * out)], zero, lo, hi)
    )


def everything(node: Add) -> np.ndarray:
    a, b = (grid.astype(np.int8).ravel() for grid in PAIRS)
    return node.reference(a, b)


@pytest.mark.parametrize("seed", range(12))
def test_a_found_form_equals_the_op_on_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scales = tuple(rng.uniform(0.02, 0.12, 2))
    zeros = tuple(int(z) for z in rng.integers(-128, 40, 2))
    lo, hi = ((-128, 127), (-30, 127), (-128, 60))[seed % 3]
    node = layer(scales, zeros, max(scales) * rng.uniform(0.6, 1.4), (-128, 11)[seed % 2], lo, hi)  # type: ignore[arg-type]
    form = search(node)
    assert form is not None and form.shift in SHIFTS
    a, b = (grid.ravel() for grid in PAIRS)
    np.testing.assert_array_equal(form.apply(a, b), everything(node))
    extreme = max(abs(form.slope_a), abs(form.slope_b)) * 256 + abs(form.constant)
    assert extreme < 2**31


@pytest.mark.parametrize("zero", [-128, -5, 0, 4, 127])
@pytest.mark.parametrize(
    ("scales", "out"), [((0.5, 0.5), 1.0), ((0.25, 0.5), 2.0), ((0.5, 0.125), 0.5), ((1.0, 1.0), 4.0)]
)
def test_ties_to_even_have_a_form_between_scales_that_are_powers_of_two(
    scales: tuple[float, float], out: float, zero: int
) -> None:
    node = layer(scales, (-3, 9), out, zero, *((-128, 127), (-40, 60))[zero % 2])
    node = replace(node, requant=replace(node.requant, rounding="even"))
    a, b = PAIRS
    real = ((a + 3) * scales[0] + (b - 9) * scales[1]) / out
    wanted = np.clip(np.rint(real) + zero, node.requant.lo, node.requant.hi)
    np.testing.assert_array_equal(everything(node), wanted.ravel())
    form = search(node)
    assert form is not None and form.even == zero % 2
    np.testing.assert_array_equal(form.apply(a.ravel(), b.ravel()), everything(node))


def test_truth_is_the_reference_on_all_pairs() -> None:
    node = layer((0.07, 0.11), (10, 31), 0.08, -21)
    np.testing.assert_array_equal(truth(node).ravel(), everything(node))


def test_slopes_that_cannot_fit_int32_give_no_form() -> None:
    assert search(layer((0.9, 0.00001), (0, 0), 0.000001, 0)) is None
