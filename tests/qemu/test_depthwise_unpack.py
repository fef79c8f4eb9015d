"""Depthwise layers with weights decoded into RAM for the dense kernels: the bits of the reference, as predicted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgegen.ir import Array, Const, Op
from edgegen.kernels.depthwise_unpack import FORMATS, DepthwiseUnpack
from edgegen.target import load_target
from tests.qemu.layers import Layers, compile_layers
from tests.qemu.nodes import check, compile_strictly, compile_with, depthwise, graph_of, source

#: input shape, kernel, arguments of depthwise(): paddings, strides, channels that are no multiple of four, every form
SHAPES: tuple[tuple[tuple[int, int, int], tuple[int, int], dict[str, Any]], ...] = (
    ((6, 7, 8), (3, 3), {"padding": (1, 1, 1, 1)}),
    ((5, 8, 11), (3, 3), {"stride": (2, 2), "padding": (0, 1, 0, 1)}),
    ((5, 4, 5), (3, 3), {"pad_value": 7, "zero_point": 5}),
    (
        (7, 7, 6),
        (3, 3),
        {"stride": (2, 2), "padding": (1, 1, 1, 1), "zero_point": 7, "lo": -90, "hi": 101, "spread": 9.0},
    ),
    ((4, 6, 7), (3, 3), {"padding": (2, 0, 1, 1), "hi": 100, "spread": 4.0}),
    ((15, 1, 9), (5, 1), {}),
    ((1, 9, 6), (1, 4), {"padding": (0, 0, 2, 1), "zero_point": 3}),
    ((6, 1, 5), (9, 1), {"padding": (1, 8, 0, 0), "pad_value": -9}),
    ((7, 8, 4), (5, 5), {"padding": (2, 2, 2, 2)}),
    ((6, 5, 37), (3, 3), {"dilation": (2, 2), "padding": (2, 2, 2, 2), "zero_point": 4}),
    ((5, 5, 71), (2, 4), {"stride": (3, 1), "padding": (0, 1, 2, 1), "pad_value": 3}),
    ((5, 5, 7), (1, 1), {"stride": (2, 2), "zero_point": 11}),
)
#: all values that there are
FEW: dict[str, tuple[int, ...]] = {
    "int4": tuple(range(-8, 8)),
    "int2": (-2, -1, 0, 1),
    "palette": (-128, -5, 0, 9, 127),
    "ternary": (-7, 0, 7),
    "binary": (-128, 127),
    "bitmap": (0, 0, 0, -128, 99),
}


def layer(rng: np.random.Generator, shape: tuple[int, int, int], kernel: tuple[int, int], fmt: str, **more: Any) -> Op:
    node = depthwise(rng, source("x", (1, *shape)), kernel, **more)
    if fmt not in FEW:
        return node
    w: Array = rng.choice(np.array(FEW[fmt], dtype=np.int8), (*kernel, shape[2]))
    return replace(node, w=Const(value=w))  # type: ignore[call-arg]


def layers(shapes: Sequence[tuple[Any, Any, dict[str, Any]]], seed: int) -> list[tuple[Op, str, str]]:
    rng = np.random.default_rng(seed)
    return [
        (layer(rng, shape, kernel, fmt, **more), "unpack", fmt) for fmt in FORMATS for shape, kernel, more in shapes
    ]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, need_tools: Callable[..., None]) -> Layers:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    return compile_layers(layers(SHAPES, 5), tmp_path_factory.mktemp("depthwise_unpack"))


@pytest.mark.parametrize(("core", "shift"), [("cortex-m4", False), ("cortex-m4", True), ("cortex-m33", True)])
def test_every_format_is_bit_exact_at_any_alignment(core: str, shift: bool, compiled: Layers) -> None:
    compiled.check(compiled.firmware(load_target(core), shift=shift), vectors=3)


@pytest.mark.parametrize("name", ["cortex-m4", "host"])
def test_the_portable_twin_reads_the_same_tables(name: str, compiled: Layers) -> None:
    compiled.check(compiled.firmware(load_target(name), shift=True, defines=("EG_PORTABLE",)))


#: shapes of layers as they are in models, for predictions
USUAL: tuple[tuple[tuple[int, int, int], tuple[int, int], dict[str, Any]], ...] = (
    ((12, 12, 16), (3, 3), {"padding": (1, 1, 1, 1)}),
    ((12, 12, 34), (3, 3), {"stride": (2, 2), "padding": (0, 1, 0, 1)}),
    ((6, 6, 106), (3, 3), {"padding": (1, 1, 1, 1)}),
    ((6, 5, 31), (3, 3), {"padding": (1, 1, 1, 1), "zero_point": 5}),
    ((30, 1, 40), (9, 1), {}),
    ((12, 1, 64), (4, 1), {"zero_point": 5}),
    ((10, 10, 72), (5, 5), {"padding": (2, 2, 2, 2)}),
    ((8, 8, 40), (7, 7), {"padding": (3, 3, 3, 3), "zero_point": 5}),
)


def test_predicted_instructions_are_within_a_tenth(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    found = layers(USUAL, 7)
    counted = compile_layers(found, tmp_path)
    far = {
        f"{fmt} {node.data_operands[0].type} {node.type}": (round(predicted), actual)
        for (node, _, fmt), (predicted, actual) in zip(
            found, counted.instructions(counted.firmware(load_target("cortex-m4"))), strict=True
        )
        if abs(predicted - actual) > 0.1 * actual
    }
    assert far == {}


@pytest.mark.parametrize("weight", [-128, 127])
def test_extreme_weights_and_large_biases_survive(weight: int, tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(6)
    node: Any = depthwise(rng, source("x", (1, 5, 5, 6)), (3, 3), padding=(1, 1, 1, 1))
    bias = np.array([(1 << 23) - 200000, -(1 << 23) + 200000, 1 << 20, 0, 70000, -70000], dtype=np.int32)
    w = np.full((3, 3, 6), weight, dtype=np.int8)
    node = replace(node, w=replace(node.w, value=w), b=replace(node.b, value=bias))
    check(graph_of(node), "unpack", tmp_path, rng)


def test_layers_in_place_equal_the_reference(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(4)
    node: Any = source("x", (1, 5, 6, 7))
    for number in range(4):
        node = depthwise(rng, node, (3, 3), padding=(1, 1, 1, 1), pad_value=-128, spread=number)
    build = check(graph_of(node), "unpack", tmp_path, rng)
    assert all(step.inputs[0] == step.output for step in build.plan.steps[1:-1])


def test_constants_take_6_bytes_a_channel_and_more_only_where_nothing_is_shared() -> None:
    rng = np.random.default_rng(1)
    kernel, target = DepthwiseUnpack(), load_target("cortex-m4")

    def constants(**more: Any) -> int:
        node = depthwise(rng, source("x", (1, 6, 6, 40)), (3, 3), **more)
        sizes = {table.name: table.nbytes for table in kernel.lower(node, "int8", target).tables}
        assert sizes["weights"] == 360
        return sizes["constants"]

    assert 240 <= constants(padding=(1, 1, 1, 1)) <= 240 + 12 + 4 * 4
    assert 240 <= constants(zero_point=5) <= 240 + 12 + 8 * 4
    assert constants(zero_point=7, lo=-90, hi=101, spread=9.0) > 240 + 40 * 8


def test_what_the_dense_kernels_refuse_is_refused() -> None:
    rng = np.random.default_rng(9)
    kernel = DepthwiseUnpack()
    few = depthwise(rng, source("x", (1, 8, 8, 3)), (3, 3))
    assert "4 channels" in str(kernel.accepts(few, load_target("cortex-m4")))
    assert "no DSP" in str(kernel.accepts(few, load_target("cortex-m0")))


def test_the_generated_code_has_no_warning(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("clang", "gcc", "arm-none-eabi-gcc")
    rng = np.random.default_rng(8)
    for number, more in enumerate([{}, {"stride": (2, 2)}, {"zero_point": 4}]):
        node = depthwise(rng, source("x", (1, 8, 9, 8)), (3, 3), padding=(1, 1, 1, 1), **more)  # type: ignore[arg-type]
        compile_strictly(compile_with(graph_of(node), "unpack"), tmp_path / str(number))
