"""Constants of requantization that go by the length of the multiplier are exact for every accumulator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.requant_forms import Forms, Kind, find
from edgegen.requant_shared import Classes, classes, share

LO, HI = np.full(24, -30000), np.full(24, 30000)


def problem(zero_point: int, rounding: str, kinds: tuple[Kind, ...] = ("smmla", "tie")) -> tuple[Requant, Forms]:
    scales = 0.01 * 2.0 ** -np.random.default_rng(zero_point + 200).uniform(0, 4, 24)
    requant = Requant.from_scales(scales, zero_point, -128, 127, "single" if rounding == "single" else "double")
    forms = find(requant, LO, HI, 8, kinds)
    assert forms is not None
    return requant, forms


def bound(forms: Forms, shared: Classes) -> Forms:
    """The form with each channel's constants looked up as the C does."""
    index = shared.index
    if shared.first is not None:
        index = np.array([32 - int(m).bit_length() for m in shared.multiplier]) - shared.first
    words = shared.words[index]
    found = replace(forms, multiplier=shared.multiplier, constant=words[:, 0])
    if forms.per_channel:
        return replace(found, right=words[:, 1])
    return replace(found, correction=words[:, 1]) if forms.tie else found


@pytest.mark.parametrize("rounding", ["single", "double"])
@pytest.mark.parametrize("zero_point", [-128, 0, 17])
@pytest.mark.parametrize("kinds", [("smmla", "tie"), ("smmla_asr", "tie_asr")])
def test_every_accumulator_gives_the_reference_output(
    zero_point: int, rounding: str, kinds: tuple[Kind, ...]
) -> None:
    requant, forms = problem(zero_point, rounding, kinds)
    shared = classes(requant, LO, HI, forms)
    assert len(shared.words) < 8
    assert (shared.first is None) == forms.per_channel == (share(requant, LO, HI, forms) is None)
    acc = np.arange(-30000, 30001)[:, None] + np.zeros(24, dtype=np.int64)
    np.testing.assert_array_equal(bound(forms, shared).apply(acc << 8), requant.apply(acc))


def test_a_channel_without_multiplier_keeps_its_own_constant() -> None:
    requant, forms = problem(-128, "double")
    multiplier, constant = forms.multiplier.copy(), forms.constant.copy()
    multiplier[3], constant[3] = 0, 77
    shared = classes(requant, LO, HI, replace(forms, multiplier=multiplier, constant=constant))
    assert shared.first is None
    assert shared.words[shared.index[3], 0] == 77
    others = np.delete(np.arange(24), 3)
    assert len(np.unique(shared.index[others])) == len(shared.words) - 1
