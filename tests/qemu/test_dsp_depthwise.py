"""Depthwise kernels of the DSP extension: the bits of the reference on every shape, padding, scale and target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgegen.errors import UnsupportedError
from edgegen.kernels import dsp_requant
from edgegen.kernels.dsp_depthwise3x3 import Depthwise3x3Dsp
from edgegen.requant_forms import Kind
from edgegen.target import load_target
from tests.qemu.nodes import check, compile_strictly, compile_with, depthwise, graph_of, source

DSP_TARGETS = ("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55")
#: height, width, channels, stride, padding
SHAPES = [
    (5, 5, 4, 1, (1, 1, 1, 1)),
    (4, 6, 8, 1, (1, 1, 1, 1)),
    (3, 3, 5, 1, (0, 0, 0, 0)),
    (3, 4, 6, 1, (0, 0, 0, 0)),
    (1, 1, 7, 1, (1, 1, 1, 1)),
    (2, 1, 4, 1, (2, 2, 2, 2)),
    (6, 7, 9, 1, (0, 2, 2, 0)),
    (7, 2, 13, 1, (2, 0, 1, 1)),
    (6, 6, 8, 2, (0, 1, 0, 1)),
    (7, 7, 4, 2, (1, 1, 1, 1)),
    (5, 8, 6, 2, (0, 0, 0, 0)),
    (3, 3, 11, 2, (0, 0, 0, 0)),
    (1, 2, 5, 2, (1, 1, 1, 1)),
    (8, 5, 7, 2, (2, 2, 2, 1)),
]
#: zero point, clamp, spread of the scales, the form to use (kind, sums start with the bias)
FORMS = [
    (-128, -128, 127, 0.0, ("smmla", False)),
    (-128, -128, 127, 1.0, ("smmla", True)),
    (-128, -128, 100, 3.0, ("smmla_asr", True)),
    (7, -128, 127, 1.0, ("tie", True)),
    (7, -90, 101, 9.0, ("tie_asr", True)),
]


@pytest.fixture(autouse=True)
def tools(need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")


@pytest.mark.parametrize(("number", "shape"), list(enumerate(SHAPES)))
def test_3x3_equals_the_reference_on_odd_shapes(number: int, shape: tuple[int, ...], tmp_path: Path) -> None:
    rng = np.random.default_rng(number)
    height, width, channels, stride, padding = shape
    node = depthwise(
        rng,
        source("x", (1, height, width, channels)),
        (3, 3),
        stride=(stride, stride),
        padding=padding,  # type: ignore[arg-type]
        pad_value=int(rng.integers(-128, 128)),
        zero_point=(-128, 5)[number % 2],
    )
    check(graph_of(node), "dsp_3x3", tmp_path, rng)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_3x3_equals_the_reference_in_every_form(
    stride: int,
    portable: bool,
    form: tuple[int, int, int, float, tuple[Kind, bool]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(stride)
    zero_point, lo, hi, spread, kind = form
    monkeypatch.setattr(dsp_requant, "KINDS", (kind,))
    node = depthwise(
        rng,
        source("x", (1, 7, 8, 10)),
        (3, 3),
        stride=(stride, stride),
        padding=(1, 1, 1, 1),
        pad_value=-3,
        zero_point=zero_point,
        lo=lo,
        hi=hi,
        spread=spread,
    )
    check(graph_of(node), "dsp_3x3", tmp_path, rng, defines=("EG_PORTABLE",) if portable else ())


@pytest.mark.parametrize("target", DSP_TARGETS)
def test_3x3_in_place_equals_the_reference(target: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    node = source("x", (1, 5, 6, 7))
    for number in range(4):
        node = depthwise(rng, node, (3, 3), padding=(1, 1, 1, 1), pad_value=-128, spread=number)  # type: ignore[assignment]
    build = check(graph_of(node), "dsp_3x3", tmp_path, rng, target=target)
    places = {(step.inputs[0], step.output) for step in build.plan.steps[1:-1]}
    assert all(before == after for before, after in places)


@pytest.mark.parametrize("weight", [-128, 127])
def test_3x3_with_extreme_weights_and_a_large_bias(weight: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    node = depthwise(rng, source("x", (1, 5, 5, 6)), (3, 3), padding=(1, 1, 1, 1), zero_point=-7)
    bias = np.array([1 << 22, -(1 << 22), 1 << 24, 0, 70000, -70000], dtype=np.int32)
    w = np.full((3, 3, 6), weight, dtype=np.int8)
    node = replace(node, w=replace(node.w, value=w), b=replace(node.b, value=bias))  # type: ignore[call-arg, attr-defined]
    check(graph_of(node), "dsp_3x3", tmp_path, rng)


def test_3x3_compiles_strictly(need_tools: Callable[..., None], tmp_path: Path) -> None:
    need_tools("clang", "gcc")
    rng = np.random.default_rng(8)
    for number, (stride, zero_point) in enumerate([(1, -128), (2, -128), (1, 4), (2, 4)]):
        node = depthwise(
            rng, source("x", (1, 8, 9, 8)), (3, 3), stride=(stride, stride), padding=(1, 1, 1, 1), zero_point=zero_point
        )
        compile_strictly(compile_with(graph_of(node), "dsp_3x3"), tmp_path / str(number))


def test_3x3_refuses_what_it_cannot_do() -> None:
    rng = np.random.default_rng(9)
    kernel, target = Depthwise3x3Dsp(), load_target("cortex-m4")
    x = source("x", (1, 8, 8, 8))
    assert kernel.accepts(depthwise(rng, x, (3, 3)), target) is None
    assert "no DSP" in str(kernel.accepts(depthwise(rng, x, (3, 3)), load_target("cortex-m3")))
    assert "3x3" in str(kernel.accepts(depthwise(rng, x, (5, 5)), target))
    assert "3x3" in str(kernel.accepts(depthwise(rng, x, (3, 3), dilation=(2, 2)), target))
    assert "4 channels" in str(kernel.accepts(depthwise(rng, source("x", (1, 8, 8, 3)), (3, 3)), target))
    assert "padding" in str(kernel.accepts(depthwise(rng, x, (3, 3), padding=(3, 0, 0, 0)), target))
    with pytest.raises(UnsupportedError, match="dsp_3x3"):
        compile_with(graph_of(depthwise(rng, x, (5, 5))), "dsp_3x3")
