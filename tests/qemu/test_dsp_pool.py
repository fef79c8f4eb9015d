"""Pools and mean of the DSP extension: the bits of the reference on every window, border and target."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.kernels.dsp_pool import AveragePoolDsp, MaxPoolDsp, MeanDsp
from edgegen.ops.average_pool2d import AveragePool2D, EvenTies
from edgegen.ops.conv2d import Window
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D
from edgegen.target import load_target
from tests.qemu.nodes import check, compile_strictly, compile_with, graph_of, source

#: height, width, channels, kernel, stride, padding
WINDOWS = [
    (25, 5, 64, (25, 5), (1, 1), (0, 0, 0, 0)),
    (16, 16, 17, (16, 16), (1, 1), (0, 0, 0, 0)),
    (6, 6, 16, (2, 2), (2, 2), (0, 0, 0, 0)),
    (7, 7, 5, (3, 3), (1, 1), (1, 1, 1, 1)),
    (5, 8, 9, (2, 3), (2, 1), (0, 1, 1, 1)),
    (4, 4, 31, (3, 3), (2, 2), (0, 1, 0, 1)),
    (3, 3, 4, (1, 1), (1, 1), (0, 0, 0, 0)),
]


@pytest.fixture(autouse=True)
def tools(need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")


@pytest.mark.parametrize("pool", [AveragePool2D, MaxPool2D])
@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize(("number", "window"), list(enumerate(WINDOWS)))
def test_pools_equal_the_reference(
    pool: type, number: int, window: tuple[Any, ...], portable: bool, tmp_path: Path
) -> None:
    rng = np.random.default_rng(number)
    height, width, channels, kernel, stride, padding = window
    lo, hi = ((-128, 127), (-40, 50))[number % 2]
    node = pool(
        x=source("x", (1, height, width, channels)), window=Window(kernel, stride, (1, 1), padding), lo=lo, hi=hi
    )
    check(graph_of(node), "dsp", tmp_path, rng, defines=("EG_PORTABLE",) if portable else ())


@pytest.mark.parametrize(("number", "window"), list(enumerate(WINDOWS)))
def test_average_pools_into_another_scale_equal_the_reference(
    number: int, window: tuple[Any, ...], tmp_path: Path
) -> None:
    height, width, channels, size, stride, padding = window
    elements = size[0] * size[1]
    lo, hi = ((-128, 127), (-40, 50))[number % 2]
    scales = [(0.4, 1.9)[number % 2] / count for count in range(1, elements + 1)]
    node = ScaledAveragePool2D(
        x=source("x", (1, height, width, channels)),
        window=Window(size, stride, (1, 1), padding),
        zero_point=(0, -128, 77)[number % 3],
        requant=Requant.from_scales(scales, 9, lo, hi, "single"),
    )
    check(graph_of(node), "portable", tmp_path, np.random.default_rng(number))


@pytest.mark.parametrize("target", ["cortex-m7", "cortex-m33", "cortex-m55"])
def test_pools_and_mean_equal_the_reference_on_every_target(target: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    node = MaxPool2D(x=source("x", (1, 9, 9, 10)), window=Window((3, 3), (2, 2), (1, 1), (1, 1, 1, 1)))
    pooled = AveragePool2D(x=node, window=Window((2, 2), (1, 1)))
    mean = Mean(x=pooled, zero_point=-4, requant=Requant.from_scales([0.05], 7))
    check(graph_of(mean), "dsp", tmp_path, rng, target=target)


@pytest.mark.parametrize("even", [None, EvenTies(0, 0), EvenTies(-128, 127), EvenTies(127, -3, 1), EvenTies(-3, 5, -2)])
def test_average_rounds_ties_as_asked_for_every_sum_of_two(even: EvenTies | None, tmp_path: Path) -> None:
    # Two columns of many channels hold many pairs of values: the sum of a pair is odd for half of them.
    rng = np.random.default_rng(2)
    node = AveragePool2D(x=source("x", (1, 1, 2, 4096)), window=Window((1, 2)), even=even)
    check(graph_of(node), "dsp", tmp_path, rng, vectors=12)


@pytest.mark.parametrize("kernel", ["dsp", "portable"])
@pytest.mark.parametrize(("number", "window"), list(enumerate(WINDOWS)))
def test_average_pools_that_round_ties_to_even_equal_the_reference(
    kernel: str, number: int, window: tuple[Any, ...], tmp_path: Path
) -> None:
    rng = np.random.default_rng(number)
    height, width, channels, size, stride, padding = window
    lo, hi = ((-128, 127), (-40, 50))[number % 2]
    node = AveragePool2D(
        x=source("x", (1, height, width, channels)),
        window=Window(size, stride, (1, 1), padding),
        lo=lo,
        hi=hi,
        even=(EvenTies(0, 3), EvenTies(-128, 100, -3), EvenTies(77, -60, 2))[number % 3],
    )
    check(graph_of(node), kernel, tmp_path, rng)


@pytest.mark.parametrize(("height", "width", "channels"), [(25, 5, 16), (3, 3, 31), (1, 1, 4), (16, 16, 9)])
@pytest.mark.parametrize(("lo", "hi"), [(-128, 127), (-50, 60)])
def test_mean_equals_the_reference(height: int, width: int, channels: int, lo: int, hi: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(channels)
    scale = 1.3 / (height * width)
    x = source("x", (1, height, width, channels))
    node = Mean(x=x, zero_point=-9, requant=Requant.from_scales([scale], 5, lo, hi))
    check(graph_of(node), "dsp", tmp_path, rng, defines=("EG_PORTABLE",) if channels == 31 else ())


def test_they_compile_strictly(need_tools: Callable[..., None], tmp_path: Path) -> None:
    need_tools("clang", "gcc")
    for channels in (4, 8, 16):
        x = source("x", (1, 6, 6, channels))
        window = Window((3, 3), (2, 2), (1, 1), (1, 1, 1, 1))
        nodes = (
            AveragePool2D(x=x, window=window),
            AveragePool2D(x=x, window=window, even=EvenTies(-3, 4)),
            AveragePool2D(x=x, window=window, even=EvenTies(-3, 4, -1)),
            MaxPool2D(x=x, window=window),
            Mean(x=x, zero_point=0, requant=Requant.from_scales([0.05], 7)),
        )
        for number, node in enumerate(nodes):
            compile_strictly(compile_with(graph_of(node), "dsp"), tmp_path / f"{channels}_{number}")


def test_they_refuse_what_they_cannot_do() -> None:
    target = load_target("cortex-m4")
    large = source("x", (1, 17, 17, 8))
    assert "256" in str(AveragePoolDsp().accepts(AveragePool2D(x=large, window=Window((17, 17))), target))
    assert MaxPoolDsp().accepts(MaxPool2D(x=large, window=Window((17, 17))), target) is None
    requant = Requant.from_scales([0.01], 0)
    assert "256" in str(MeanDsp().accepts(Mean(x=large, zero_point=0, requant=requant), target))
    few = source("x", (1, 4, 4, 3))
    assert "4 channels" in str(MaxPoolDsp().accepts(MaxPool2D(x=few, window=Window((2, 2))), target))
    assert "no DSP" in str(MeanDsp().accepts(Mean(x=few, zero_point=0, requant=requant), load_target("cortex-m0")))
