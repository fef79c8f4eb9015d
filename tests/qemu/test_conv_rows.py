"""Convolutions whose rows of weights are decoded into RAM equal their reference, for every format and any window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgegen.ir import Array, Const
from edgegen.kernels.conv_rows import Conv2DRows
from edgegen.kernels.rows_decoders import DECODERS
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.target import load_target
from tests.qemu.layers import Layers, Scales, compile_layers, conv2d

#: (input shape, output channels, window)
SHAPES = (
    ((1, 5, 6, 8), 8, Window((1, 1))),
    ((1, 4, 4, 7), 5, Window((1, 1), stride=(2, 2))),
    ((1, 6, 7, 4), 9, Window((3, 3), padding=(1, 1, 1, 1))),
    ((1, 9, 8, 3), 6, Window((3, 2), stride=(2, 1), padding=(0, 1, 1, 0))),
    ((1, 9, 9, 4), 4, Window((3, 3), dilation=(2, 2), padding=(2, 2, 2, 2))),
    ((1, 10, 5, 8), 3, Window((4, 1), dilation=(2, 1), padding=(1, 2, 0, 0))),
)
#: least and largest weight, share of non-zeros
RANGES: dict[str, tuple[int, int, float]] = {
    "int4": (-8, 7, 1),
    "int2": (-2, 1, 1),
    "palette": (-5, 5, 1),
    "cser_mcu": (-100, 100, 0.4),
}
#: all values there are
FEW: dict[str, tuple[int, ...]] = {"ternary": (-7, 0, 7), "binary": (-128, 127)}


#: non-zeros in every so many columns, by the number of the shape
PATTERNS = ((2, 4), (4, 8), (1, 4), (2, 8), (1, 8))


def weights(rng: np.random.Generator, fmt: str, shape: tuple[int, ...], number: int) -> Array:
    if fmt in FEW:
        return rng.choice(np.array(FEW[fmt], dtype=np.int8), shape)
    if fmt == "nm_block":
        return structured(rng, shape, *PATTERNS[number % 5])
    low, high, density = RANGES.get(fmt, (-128, 127, (1.0, 0.4, 0.1)[number % 3]))
    w = np.where(rng.random(shape) < density, rng.integers(low, high + 1, shape), 0)
    w.reshape(-1)[:2] = low, high
    # a skewed distribution: code lengths from 1 to the limit
    return np.where(rng.random(shape) < 0.5, w, np.clip(w, -2, 1)).astype(np.int8)


def structured(rng: np.random.Generator, shape: tuple[int, ...], most: int, group: int) -> Array:
    """At most so many non-zeros in every group of a row's columns."""
    w = rng.integers(-128, 128, (shape[0], int(np.prod(shape[1:]))))
    whole = w.shape[1] // group
    rank = rng.permuted(np.tile(np.arange(group), (len(w), whole, 1)), axis=2).reshape(len(w), -1)
    w[:, : whole * group][rank >= most] = 0
    return w.reshape(shape).astype(np.int8)


def layers(rng: np.random.Generator) -> list[tuple[Conv2D, str, str]]:
    found = []
    for fmt in DECODERS:
        for number, (shape, out_c, window) in enumerate(SHAPES):
            scales = Scales(rounding="single" if number % 2 else "double", zero_point=number)
            node = conv2d(rng, shape, out_c, window, scales)
            found.append((replace(node, w=Const(value=weights(rng, fmt, node.w.type.shape, number))), "rows", fmt))
    return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    return compile_layers(layers(np.random.default_rng(5)), tmp_path_factory.mktemp("conv_rows"), "cortex-m3")


@pytest.mark.parametrize(("core", "shift"), [("cortex-m3", False), ("cortex-m0", True), ("cortex-m4", True)])
def test_every_format_is_bit_exact_at_any_alignment(
    core: str, shift: bool, compiled: Layers, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    compiled.check(compiled.firmware(load_target(core), shift=shift))


def test_the_host_reads_the_same_tables(compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools(load_target("host").toolchain.cc)
    compiled.check(compiled.firmware(load_target("host"), shift=True))


def test_the_register_tile_serves_cores_that_have_it() -> None:
    node = conv2d(np.random.default_rng(1), (1, 5, 6, 8), 8, Window((1, 1)))
    assert Conv2DRows().accepts(node, load_target("cortex-m4")) == "kernel unpack is faster here"


@pytest.mark.parametrize("core", ["cortex-m3", "cortex-m0"])
def test_predicted_instructions_are_within_a_tenth(core: str, tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    rng = np.random.default_rng(9)
    found: list[tuple[Conv2D, str, str]] = []
    for fmt in DECODERS:
        for shape, out_c, window in (
            ((1, 12, 12, 16), 16, Window((3, 3), padding=(1, 1, 1, 1))),
            ((1, 16, 16, 32), 32, Window((1, 1))),
            ((1, 8, 8, 32), 64, Window((3, 3), stride=(2, 2), padding=(0, 1, 0, 1))),
        ):
            node = conv2d(rng, shape, out_c, window)
            found.append((replace(node, w=Const(value=weights(rng, fmt, node.w.type.shape, 2))), "rows", fmt))
    compiled = compile_layers(found, tmp_path, core)
    counted = compiled.instructions(compiled.firmware(load_target(core)))
    far = {
        f"{fmt} {node.w.type}": (round(predicted), actual, round(actual / node.macs(), 2))
        for (node, _, fmt), (predicted, actual) in zip(found, counted, strict=True)
        if abs(predicted - actual) > 0.1 * actual
    }
    assert far == {}
