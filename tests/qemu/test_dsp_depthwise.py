"""Depthwise kernels of the DSP extension: the bits of the reference on every shape, padding, scale and target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgegen.errors import UnsupportedError
from edgegen.kernels import dsp_requant
from edgegen.kernels.dsp_depthwise1d import Depthwise1dDsp
from edgegen.kernels.dsp_depthwise3x3 import Depthwise3x3Dsp
from edgegen.kernels.dsp_depthwise_taps import DepthwiseTapsDsp
from edgegen.requant_forms import Kind
from edgegen.target import load_target
from tests.qemu.nodes import check, compile_strictly, compile_with, depthwise, graph_of, source

DSP_TARGETS = ("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55")
#: height, width, channels, stride, padding
SHAPES = [
    (5, 5, 4, 1, (1, 1, 1, 1)),
    (4, 6, 8, 1, (1, 1, 1, 1)),
    (5, 4, 5, 1, (0, 0, 0, 0)),
    (3, 4, 6, 1, (0, 0, 0, 0)),
    (2, 2, 7, 1, (1, 1, 1, 1)),
    (2, 1, 4, 1, (2, 2, 2, 2)),
    (6, 7, 9, 1, (0, 2, 2, 0)),
    (7, 2, 13, 1, (2, 0, 1, 1)),
    (6, 6, 8, 2, (0, 1, 0, 1)),
    (7, 7, 4, 2, (1, 1, 1, 1)),
    (5, 8, 6, 2, (0, 0, 0, 0)),
    (3, 3, 11, 2, (0, 0, 0, 0)),
    (3, 4, 5, 2, (1, 1, 1, 1)),
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
    assert "2 columns" in str(kernel.accepts(depthwise(rng, source("x", (1, 8, 3, 8)), (3, 3)), target))
    assert "padding" in str(kernel.accepts(depthwise(rng, x, (3, 3), padding=(3, 0, 0, 0)), target))
    with pytest.raises(UnsupportedError, match="dsp_3x3"):
        compile_with(graph_of(depthwise(rng, x, (5, 5))), "dsp_3x3")


#: length, channels, taps, padding before and after, zero point
LINES = [
    (12, 4, 3, 0, 0, -128),
    (15, 9, 5, 0, 0, 5),
    (14, 6, 10, 0, 0, -3),
    (8, 7, 8, 0, 0, 3),
    (9, 5, 7, 3, 3, -128),
    (6, 4, 4, 2, 1, -128),
    (3, 11, 2, 0, 0, 9),
    (2, 4, 5, 4, 4, -128),
    (5, 13, 9, 1, 8, 4),
]


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("number", "line"), list(enumerate(LINES)))
def test_1d_equals_the_reference_on_odd_shapes(
    number: int, line: tuple[int, int, int, int, int, int], axis: int, tmp_path: Path
) -> None:
    rng = np.random.default_rng(number)
    length, channels, taps, before, after, zero_point = line
    upright = axis == 0
    node = depthwise(
        rng,
        source("x", (1, length, 1, channels) if upright else (1, 1, length, channels)),
        (taps, 1) if upright else (1, taps),
        padding=(before, after, 0, 0) if upright else (0, 0, before, after),
        pad_value=int(rng.integers(-128, 128)),
        zero_point=zero_point,
    )
    check(graph_of(node), "dsp_1d", tmp_path, rng, defines=("EG_PORTABLE",) if number % 3 == 2 else ())


@pytest.mark.parametrize("target", DSP_TARGETS)
def test_1d_in_place_equals_the_reference(target: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    node = source("x", (1, 11, 1, 6))
    for taps in (3, 5, 3, 9):
        half = taps // 2
        node = depthwise(rng, node, (taps, 1), padding=(half, half, 0, 0), pad_value=7, zero_point=7)  # type: ignore[assignment]
    build = check(graph_of(node), "dsp_1d", tmp_path, rng, target=target)
    assert all(step.inputs[0] == step.output for step in build.plan.steps[1:-1])


#: height, width, channels, kernel, stride, dilation, padding, zero point
WINDOWS = [
    (7, 8, 4, (5, 5), (1, 1), (1, 1), (2, 2, 2, 2), -128),
    (9, 9, 6, (3, 3), (1, 1), (2, 2), (2, 2, 2, 2), 4),
    (8, 5, 9, (2, 4), (3, 1), (1, 1), (0, 1, 2, 1), -128),
    (6, 10, 5, (1, 3), (1, 2), (1, 3), (0, 0, 3, 3), -7),
    (4, 4, 8, (4, 4), (1, 1), (1, 1), (0, 0, 0, 0), -128),
    (5, 5, 7, (1, 1), (2, 2), (1, 1), (0, 0, 0, 0), 11),
    (3, 3, 4, (7, 7), (1, 1), (1, 1), (3, 3, 3, 3), -128),
]


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize(("number", "window"), list(enumerate(WINDOWS)))
def test_any_window_equals_the_reference(number: int, window: tuple[Any, ...], portable: bool, tmp_path: Path) -> None:
    rng = np.random.default_rng(number)
    height, width, channels, kernel, stride, dilation, padding, zero_point = window
    node = depthwise(
        rng,
        source("x", (1, height, width, channels)),
        kernel,
        stride=stride,
        dilation=dilation,
        padding=padding,
        pad_value=int(rng.integers(-128, 128)),
        zero_point=zero_point,
    )
    check(graph_of(node), "dsp_taps", tmp_path, rng, defines=("EG_PORTABLE",) if portable else ())


@pytest.mark.parametrize("target", DSP_TARGETS[1:])
def test_any_window_equals_the_reference_on_every_target(target: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    node = depthwise(rng, source("x", (1, 6, 6, 10)), (5, 3), padding=(2, 2, 1, 1), pad_value=-128)
    check(graph_of(node), "dsp_taps", tmp_path, rng, target=target)


def test_lines_and_windows_compile_strictly(need_tools: Callable[..., None], tmp_path: Path) -> None:
    need_tools("clang", "gcc")
    rng = np.random.default_rng(8)
    for taps, zero_point in ((5, -128), (6, 4)):
        node = depthwise(rng, source("x", (1, 12, 1, 8)), (taps, 1), zero_point=zero_point)
        for kernel in ("dsp_1d", "dsp_taps"):
            compile_strictly(compile_with(graph_of(node), kernel), tmp_path / f"{kernel}{taps}")


def test_lines_refuse_what_they_cannot_do() -> None:
    rng = np.random.default_rng(9)
    kernel, target = Depthwise1dDsp(), load_target("cortex-m4")
    x = source("x", (1, 8, 1, 8))
    assert kernel.accepts(depthwise(rng, x, (3, 1)), target) is None
    assert "one axis" in str(kernel.accepts(depthwise(rng, x, (3, 1), stride=(2, 1)), target))
    assert "one axis" in str(kernel.accepts(depthwise(rng, x, (1, 1)), target))
    assert "one axis" in str(kernel.accepts(depthwise(rng, source("x", (1, 8, 2, 8)), (3, 1)), target))
    assert "4 channels" in str(kernel.accepts(depthwise(rng, source("x", (1, 8, 1, 3)), (3, 1)), target))
    assert "no DSP" in str(DepthwiseTapsDsp().accepts(depthwise(rng, x, (3, 1)), load_target("cortex-m0")))
    assert "one output" in str(DepthwiseTapsDsp().accepts(depthwise(rng, x, (3, 1), multiplier=2), target))
