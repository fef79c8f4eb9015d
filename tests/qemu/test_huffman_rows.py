"""Rows of Huffman-coded weights, decoded one or up to four per lookup, whatever their length and their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from edgegen.ir import Array, Const
from edgegen.kernels.conv_unpack import Conv2DUnpack, Conv2DUnpack8
from edgegen.kernels.rows_decoders import ham
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.target import load_target
from tests.qemu.layers import Layers, compile_layers, conv2d

#: values and how often they occur, of 1000: lookups of several codes, codes longer than a lookup, one value per lookup
CODES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "one bit": ((-128, 127), (500, 500)),
    "few": ((-7, -1, 0, 1, 6), (20, 150, 640, 150, 40)),
    "long tail": (tuple(range(-9, 10)), (1, 1, 1, 1, 1, 1, 2, 40, 200, 500, 200, 40, 6, 1, 1, 1, 1, 1, 1)),
    "wide": (tuple(range(-120, 121, 3)), (12,) * 81),
}
COLUMNS = (1, 2, 3, 4, 7, 8, 9, 15, 17, 30, 33, 64, 101)


def matrix(rng: np.random.Generator, code: str, rows: int, columns: int) -> Array:
    values, often = CODES[code]
    w = rng.choice(np.array(values, dtype=np.int8), (rows, columns), p=np.array(often) / sum(often))
    w.ravel()[: min(w.size, 2)] = values[:2][: w.size]
    return w


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    rng, target = np.random.default_rng(21), load_target("cortex-m4")
    layers: list[tuple[Conv2D, str, str]] = []
    for code in CODES:
        for columns in COLUMNS:
            rows = 24 if code == "wide" or columns < 9 else 61
            node = conv2d(rng, (1, 2, 2, columns), rows, Window((1, 1)))
            w = matrix(rng, code, rows, columns).reshape(rows, 1, 1, columns)
            layers.append((replace(node, w=Const(value=w)), "unpack", "ham"))
    assert all(Conv2DUnpack().accepts(node, target) is None for node, _, _ in layers)
    return compile_layers(layers, tmp_path_factory.mktemp("huffman_rows"))


def test_both_decoders_are_chosen(compiled: Layers) -> None:
    symbols = {choice.chosen.lowered.function.symbol for choice in compiled.build.choices}
    assert {symbol.endswith("_single") for symbol in symbols} == {False, True}


@pytest.mark.parametrize(("core", "shift"), [("cortex-m4", False), ("cortex-m4", True), ("cortex-m33", False)])
def test_rows_of_any_length_are_bit_exact(
    core: str, shift: bool, compiled: Layers, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    compiled.check(compiled.firmware(load_target(core), shift=shift))


@pytest.mark.parametrize("name", ["cortex-m4", "host"])
def test_the_portable_twin_decodes_the_same(name: str, compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools(load_target(name).toolchain.cc)
    compiled.check(compiled.firmware(load_target(name), defines=("EG_PORTABLE",)))


def test_less_ram_takes_a_smaller_lookup() -> None:
    target = load_target("cortex-m4")
    w = matrix(np.random.default_rng(3), "long tail", 64, 512)
    free, small = ham(w, target), ham(w, target, most_bytes=800)
    assert small.lookup < 900 < free.lookup
    assert small.instructions > free.instructions


def test_the_kernel_for_little_ram_takes_a_small_lookup() -> None:
    rng, target = np.random.default_rng(4), load_target("cortex-m4")
    node = conv2d(rng, (1, 4, 4, 64), 64, Window((1, 1)))
    w = np.clip(np.rint(rng.laplace(0, 12, node.w.type.shape)), -127, 127).astype(np.int8)
    node = replace(node, w=Const(value=w))
    fast, small = (kernel.lower(node, "ham", target) for kernel in (Conv2DUnpack(), Conv2DUnpack8()))
    assert small.workspace < fast.workspace - 4096
    assert small.instructions > fast.instructions
