"""Constants of requantization that go by the length of the multiplier are exact for every accumulator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.requant_forms import Forms, find
from edgegen.requant_shared import Shared, share

LO, HI = np.full(24, -30000), np.full(24, 30000)


def problem(zero_point: int, rounding: str) -> tuple[Requant, Forms]:
    scales = 0.01 * 2.0 ** -np.random.default_rng(zero_point + 200).uniform(0, 4, 24)
    requant = Requant.from_scales(scales, zero_point, -128, 127, "single" if rounding == "single" else "double")
    forms = find(requant, LO, HI, 8, ("smmla", "tie"))
    assert forms is not None
    return requant, forms


def bound(forms: Forms, shared: Shared) -> Forms:
    """The form with each channel's constants looked up as the C does: by leading zeros."""
    lengths = np.array([32 - int(m).bit_length() for m in shared.multiplier]) - shared.first
    words = shared.words[lengths]
    correction = words[:, 1] if forms.tie else np.zeros(24, dtype=np.int32)
    return replace(forms, multiplier=shared.multiplier, constant=words[:, 0], correction=correction)


@pytest.mark.parametrize("rounding", ["single", "double"])
@pytest.mark.parametrize("zero_point", [-128, 0, 17])
def test_every_accumulator_gives_the_reference_output(zero_point: int, rounding: str) -> None:
    requant, forms = problem(zero_point, rounding)
    shared = share(requant, LO, HI, forms)
    assert shared is not None and len(shared.words) < 8
    acc = np.arange(-30000, 30001)[:, None] + np.zeros(24, dtype=np.int64)
    np.testing.assert_array_equal(bound(forms, shared).apply(acc << 8), requant.apply(acc))


def test_forms_with_a_shift_per_channel_have_no_lengths_to_go_by() -> None:
    requant, _ = problem(-128, "double")
    forms = find(requant, LO, HI, 8, ("smmla_asr",))
    assert forms is not None and share(requant, LO, HI, forms) is None


def test_a_channel_without_multiplier_keeps_its_own_constant() -> None:
    requant, forms = problem(-128, "double")
    multiplier = forms.multiplier.copy()
    multiplier[3] = 0
    assert share(requant, LO, HI, replace(forms, multiplier=multiplier)) is None
