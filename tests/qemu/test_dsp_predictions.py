"""What depthwise, elementwise and pooling kernels predict is within a tenth of what QEMU counts.

Layers of several shapes share one build, as in a model: what only one layer uses is compiled for its constants.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.ir import Op
from edgegen.ops.average_pool2d import AveragePool2D, EvenTies
from edgegen.ops.conv2d import Window
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D
from edgegen.profile.measure import profile_firmware
from tests.qemu.nodes import compile_with, depthwise, firmware_of, graph_of, source
from tests.qemu.test_dsp_add import add, even_add, mul

SAME = (1, 1, 1, 1)


def assert_predictions(nodes: list[Op], kernel: str, folder: Path, tolerance: float = 0.1) -> None:
    build = compile_with(graph_of(*nodes), kernel)
    counted = profile_firmware(firmware_of(build, folder)).nodes
    assert len(counted) == len(nodes)
    pairs = [
        (f"{step.name} {step.op.type}", step.choice.chosen.lowered.instructions, node.instructions)
        for step, node in zip(build.plan.steps, counted, strict=True)
    ]
    wrong = [pair for pair in pairs if abs(pair[1] - pair[2]) > tolerance * pair[2]]
    assert not wrong, f"(layer, predicted, counted): {wrong}"


@pytest.fixture(autouse=True)
def tools(need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")


@pytest.mark.parametrize("zero_point", [-128, 5])
def test_depthwise_3x3(zero_point: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    shapes = [
        (25, 5, 64, 1),
        (12, 12, 20, 1),
        (6, 6, 30, 1),
        (3, 3, 64, 1),
        (24, 24, 8, 2),
        (6, 6, 32, 2),
        (7, 9, 10, 2),
    ]
    nodes = [
        depthwise(
            rng, source(f"x{i}", (1, h, w, c)), (3, 3), stride=(s, s), padding=SAME, zero_point=zero_point, spread=0.5
        )
        for i, (h, w, c, s) in enumerate(shapes)
    ]
    assert_predictions(nodes, "dsp_3x3", tmp_path)


@pytest.mark.parametrize("zero_point", [-128, 5])
def test_depthwise_1d(zero_point: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    nodes = [
        depthwise(rng, source(f"x{i}", (1, t, 1, c)), (k, 1), padding=(p, p, 0, 0), zero_point=zero_point, spread=0.5)
        for i, (t, c, k, p) in enumerate(
            [(30, 40, 3, 0), (28, 64, 5, 0), (24, 32, 10, 0), (20, 18, 7, 3), (40, 16, 4, 1)]
        )
    ]
    assert_predictions(nodes, "dsp_1d", tmp_path)


def test_depthwise_with_any_window(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    nodes = [
        depthwise(
            rng,
            source(f"x{i}", (1, h, h, c)),
            (k, k),
            stride=(s, s),
            dilation=(d, d),
            padding=(k // 2,) * 4,  # type: ignore[arg-type]
            spread=0.5,
        )
        for i, (h, c, k, s, d) in enumerate([(12, 32, 5, 1, 1), (10, 16, 7, 2, 1), (12, 24, 3, 1, 2), (9, 10, 3, 2, 1)])
    ]
    assert_predictions(nodes, "dsp_taps", tmp_path)


@pytest.mark.parametrize("make", [add, even_add, mul])
def test_elementwise(make: Callable[..., Op], tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    shapes = [((1, 16, 16, 16), (1, 16, 16, 16)), ((1, 9, 9, 7), (1, 9, 9, 7)), ((1, 8, 8, 32), (32,))]
    nodes = [make(rng, source(f"a{i}", a), source(f"b{i}", b), 3) for i, (a, b) in enumerate(shapes)]
    assert_predictions(nodes, "dsp", tmp_path)


def test_pools_and_mean(tmp_path: Path) -> None:
    shapes = [
        (25, 5, 64, (25, 5), (1, 1), (0, 0, 0, 0)),
        (8, 8, 32, (8, 8), (1, 1), (0, 0, 0, 0)),
        (12, 12, 40, (3, 3), (2, 2), (0, 1, 0, 1)),
        (16, 16, 16, (2, 2), (2, 2), (0, 0, 0, 0)),
        (10, 10, 8, (3, 3), (2, 2), (1, 1, 1, 1)),
        (9, 9, 12, (3, 3), (1, 1), (1, 1, 1, 1)),
    ]
    nodes: list[Op] = []
    for i, (h, w, c, kernel, stride, padding) in enumerate(shapes):
        window = Window(kernel, stride, (1, 1), padding)
        nodes.append(AveragePool2D(x=source(f"a{i}", (1, h, w, c)), window=window))
        even = EvenTies(-3, 4, i % 3 - 1)
        nodes.append(AveragePool2D(x=source(f"e{i}", (1, h, w, c)), window=window, even=even))
        nodes.append(MaxPool2D(x=source(f"m{i}", (1, h, w, c)), window=window))
        requant = Requant.from_scales([1.2 / (h * w)], 5)
        if h * w <= 256:
            nodes.append(Mean(x=source(f"x{i}", (1, h, w, c)), zero_point=1, requant=requant))
    assert_predictions(nodes, "dsp", tmp_path)


def test_portable_average_pools(tmp_path: Path) -> None:
    shapes = [
        (8, 8, 32, (8, 8), (1, 1), (0, 0, 0, 0)),
        (12, 12, 40, (3, 3), (2, 2), (0, 1, 0, 1)),
        (16, 16, 16, (2, 2), (2, 2), (0, 0, 0, 0)),
        (9, 9, 12, (3, 3), (1, 1), (1, 1, 1, 1)),
    ]
    nodes: list[Op] = []
    for i, (h, w, c, kernel, stride, padding) in enumerate(shapes):
        window = Window(kernel, stride, (1, 1), padding)
        scales = [1.3 / count for count in range(1, kernel[0] * kernel[1] + 1)]
        requant = Requant.from_scales(scales, 3, rounding="single")
        even = EvenTies(-3, 4, i % 2)  # two layers of each, as gcc specialises a kernel that is called once
        nodes.append(AveragePool2D(x=source(f"e{i}", (1, h, w, c)), window=window, even=even))
        x = source(f"s{i}", (1, h, w, c))
        nodes.append(ScaledAveragePool2D(x=x, window=window, zero_point=-3, requant=requant))
    assert_predictions(nodes, "portable", tmp_path)


def test_tables(tmp_path: Path) -> None:
    table = tuple(range(127, -129, -1))
    nodes: list[Op] = [
        Lut(x=source(f"x{i}", (1, count)), table=table, function="noise") for i, count in enumerate((400, 1023))
    ]
    assert_predictions(nodes, "fours", tmp_path)
