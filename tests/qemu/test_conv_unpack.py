"""Convolutions whose weights are unpacked into the register tile's stream equal their reference, in every format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgegen.ir import Array, Const
from edgegen.kernels.common import constant
from edgegen.kernels.conv_unpack import Conv2DUnpack
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.target import load_target
from tests.qemu.layers import Layers, Scales, compile_layers, conv2d, possible

#: (input shape, output channels, window, least weight): all drivers, odd channels, a window that fills several groups
SHAPES = (
    ((1, 5, 6, 8), 8, Window((1, 1)), -127),
    ((1, 4, 4, 7), 5, Window((1, 1), stride=(2, 2)), -128),
    ((1, 6, 7, 4), 9, Window((3, 3), padding=(1, 1, 1, 1)), -127),
    ((1, 9, 8, 3), 6, Window((3, 2), stride=(2, 1), padding=(0, 1, 1, 0)), -127),
    ((1, 9, 9, 4), 4, Window((3, 3), dilation=(2, 2), padding=(2, 2, 2, 2)), -128),
    ((1, 10, 5, 8), 3, Window((4, 1), dilation=(2, 1), padding=(1, 2, 0, 0)), -127),
    ((1, 3, 5, 6), 67, Window((1, 1)), -127),
    ((1, 5, 4, 40), 35, Window((3, 3), padding=(1, 1, 1, 1)), -127),
    ((1, 1, 1, 16), 1, Window((1, 1)), -127),
)
#: least and largest weight
RANGES = {"int4": (-8, 7), "int2": (-2, 1), "palette": (-5, 5), "cser_mcu": (-100, 100)}
#: all values there are
FEW: dict[str, tuple[int, ...]] = {"ternary": (-7, 0, 7), "binary": (-127, 127)}
#: formats that cannot hold just any zeros beside the weights
PADDED = ("binary", "nm_block")


def weights(rng: np.random.Generator, fmt: str, shape: tuple[int, ...], number: int, lowest: int) -> Array:
    if fmt in FEW:
        return rng.choice(np.array(FEW[fmt], dtype=np.int8), shape)
    low, high = RANGES.get(fmt, (lowest, 127))
    if fmt == "nm_block":
        kept = np.arange(shape[1] * shape[2] * shape[3]) % 4 == number % 4
        return np.where(kept, rng.integers(low, high + 1, (shape[0], kept.size)), 0).reshape(shape).astype(np.int8)
    w = np.where(rng.random(shape) < (1.0, 0.4, 0.1)[number % 3], rng.integers(low, high + 1, shape), 0)
    w.reshape(-1)[:2] = low, high
    # a skewed distribution: code lengths from 1 to the limit
    return np.where(rng.random(shape) < 0.5, w, np.clip(w, -2, 1)).astype(np.int8)


def layers(rng: np.random.Generator) -> list[tuple[Conv2D, str, str]]:
    found = []
    for fmt in Conv2DUnpack.formats:
        for number, (shape, out_c, window, lowest) in enumerate(SHAPES):
            scales = Scales(rounding="single" if number % 2 else "double", zero_point=number)
            node = conv2d(rng, shape, out_c, window, scales)
            node = replace(node, w=Const(value=weights(rng, fmt, node.w.type.shape, number, lowest)))
            kernel = "unpack8" if out_c > 30 and fmt in ("ham", "bitmap") else "unpack"
            if fmt in PADDED and not possible(Conv2DUnpack(), node, fmt):
                continue
            found.append((node, kernel, fmt))
    assert {fmt for _, _, fmt in found} == set(Conv2DUnpack.formats)
    for zero_point in (-128, 4):  # a shift of requantization per channel; constant outputs, kept for the shape
        uneven = conv2d(rng, (1, 4, 4, 32), 21, Window((1, 1)), Scales(zero_point=zero_point, spread=8))
        dead = conv2d(rng, (1, 6, 4, 8), 19, Window((1, 1)), Scales(zero_point=zero_point))
        w = np.where(np.arange(19)[:, None, None, None] % 3 == 1, 0, constant(dead.w)).astype(np.int8)
        found += [(uneven, "unpack", "int8"), (replace(dead, w=Const(value=w)), "unpack", "bitmap")]
    return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    return compile_layers(layers(np.random.default_rng(5)), tmp_path_factory.mktemp("conv_unpack"))


@pytest.mark.parametrize(("core", "shift"), [("cortex-m4", False), ("cortex-m4", True), ("cortex-m33", True)])
def test_every_format_is_bit_exact_at_any_alignment(
    core: str, shift: bool, compiled: Layers, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    compiled.check(compiled.firmware(load_target(core), shift=shift))


@pytest.mark.parametrize("name", ["cortex-m4", "host"])
def test_the_portable_twin_reads_the_same_tables(name: str, compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools(load_target(name).toolchain.cc)
    compiled.check(compiled.firmware(load_target(name), shift=True, defines=("EG_PORTABLE",)))


def test_random_convolutions_are_exact(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(11)
    found: list[tuple[Conv2D, str, str]] = []
    for _ in range(400):
        kernel, stride, dilation = (tuple(int(v) for v in rng.integers(1, top, 2)) for top in (5, 4, 3))
        window = Window(kernel, stride, dilation, tuple(int(v) for v in rng.integers(0, 4, 4)))  # type: ignore[arg-type]
        if len(found) % 4 == 0:
            window = Window((1, 1))
        height, width = (int(v) for v in rng.integers(1, 14, 2))
        if min(window.out_size(height, width)) < 1:
            continue
        scales = Scales(rounding=("double", "single")[len(found) % 2], zero_point=(-128, 4)[len(found) // 2 % 2])
        shape = (1, height, width, int(rng.integers(1, 33)))
        layer = conv2d(rng, shape, int(rng.integers(1, 40)), window, scales, lowest=-127 - len(found) % 3 // 2)
        fmt = ("ham", "int8", "bitmap")[len(found) % 3]
        if possible(Conv2DUnpack(), layer, fmt):  # a single weight has no code
            found.append((layer, "unpack", fmt))
        if len(found) == 40:
            break
    assert len(found) == 40
    compiled = compile_layers(found, tmp_path)
    compiled.check(compiled.firmware(load_target("cortex-m4")), vectors=1)


def test_predicted_instructions_are_within_a_tenth(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    rng = np.random.default_rng(9)
    found: list[tuple[Conv2D, str, str]] = []
    for number, fmt in enumerate(Conv2DUnpack.formats):
        for shape, out_c, window in (
            ((1, 12, 12, 16), 16, Window((3, 3), padding=(1, 1, 1, 1))),
            ((1, 16, 16, 32), 33, Window((1, 1))),
            ((1, 8, 8, 32), 64, Window((3, 3), stride=(2, 2), padding=(0, 1, 0, 1))),
            ((1, 24, 24, 3), 16, Window((3, 3), stride=(2, 2), padding=(0, 1, 0, 1))),
            ((1, 9, 9, 8), 20, Window((3, 3), dilation=(2, 2), padding=(2, 2, 2, 2))),
        ):
            node = conv2d(rng, shape, out_c, window)
            node = replace(node, w=Const(value=weights(rng, fmt, node.w.type.shape, 2, -127 - number % 2)))
            if fmt not in PADDED or possible(Conv2DUnpack(), node, fmt):
                found.append((node, "unpack8" if out_c > 30 and number % 2 else "unpack", fmt))
    assert {fmt for _, _, fmt in found} == set(Conv2DUnpack.formats)
    compiled = compile_layers(found, tmp_path)
    counted = compiled.instructions(compiled.firmware(load_target("cortex-m4")))
    far = {
        f"{kernel} {fmt} {node.w.type}": (round(predicted), actual, round(actual / node.macs(), 2))
        for (node, kernel, fmt), (predicted, actual) in zip(found, counted, strict=True)
        if abs(predicted - actual) > 0.1 * actual
    }
    assert far == {}
