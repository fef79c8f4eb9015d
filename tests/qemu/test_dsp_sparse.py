"""Direct sparse convolution: exact on every core, at any density, and as cheap as predicted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from edgegen.ir import Const
from edgegen.kernels.dsp_sparse import Conv2DDspSparse
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.target import load_target
from tests.qemu.layers import Layers, Scales, compile_layers, conv2d

POINT = Window((1, 1))
SAME = Window((3, 3), padding=(1, 1, 1, 1))
RELU, LINEAR, NARROW = Scales(), Scales(zero_point=7), Scales(zero_point=-20, lo=-20, hi=90)


def pruned(layer: Conv2D, density: float, seed: int) -> Conv2D:
    """The layer with all but a share of its weights zero."""
    assert isinstance(layer.w, Const)
    keep = np.random.default_rng(seed).random(layer.w.value.shape) < density
    return replace(layer, w=Const(value=np.where(keep, layer.w.value, 0).astype(np.int8)))


def layers() -> list[Conv2D]:
    rng = np.random.default_rng(5)
    return [
        pruned(conv2d(rng, (1, 6, 6, 64), 32, POINT, RELU), 0.1, 0),
        pruned(conv2d(rng, (1, 5, 5, 37), 9, POINT, LINEAR, -128), 0.2, 1),
        pruned(conv2d(rng, (1, 8, 7, 8), 6, SAME, NARROW), 0.3, 2),
        pruned(conv2d(rng, (1, 9, 9, 3), 5, Window((3, 2), (2, 1), (2, 1), (1, 0, 2, 1)), LINEAR), 0.4, 3),
        pruned(conv2d(rng, (1, 2, 4, 16), 3, POINT, RELU), 0.0, 4),
        pruned(conv2d(rng, (1, 4, 4, 12), 1, SAME, Scales(rounding="single")), 0.5, 5),
        # more than 255 columns between weights; 11 positions: the last block of 4 overlaps
        pruned(conv2d(rng, (1, 1, 11, 1500), 7, POINT, RELU), 0.003, 6),
    ]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    ways = [(layer, "dsp_sparse", "csr") for layer in layers()]
    return compile_layers(ways, tmp_path_factory.mktemp("sparse"))


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m7", "cortex-m33"])
def test_every_layer_is_bit_exact_at_any_alignment(
    core: str, compiled: Layers, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    compiled.check(compiled.firmware(load_target(core), shift=True), vectors=4)


@pytest.mark.parametrize("name", ["cortex-m4", "host"])
def test_the_portable_twin_reads_the_same_stream(name: str, compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools(load_target(name).toolchain.cc)
    compiled.check(compiled.firmware(load_target(name), shift=True, defines=("EG_PORTABLE",)))


def test_instructions_are_predicted_within_ten_percent(compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    for predicted, counted in compiled.instructions(compiled.firmware(load_target("cortex-m4"))):
        assert predicted == pytest.approx(counted, rel=0.1)


def test_sums_that_could_leave_their_lane_are_not_accepted() -> None:
    layer = layers()[0]
    wide = Const(value=np.full((32, 1, 1, 64), 127, dtype=np.int8))
    many = conv2d(np.random.default_rng(1), (1, 3, 3, 600), 1, POINT, RELU)
    loud = replace(many, w=Const(value=np.full((1, 1, 1, 600), 127, dtype=np.int8)))
    target = load_target("cortex-m4")
    assert Conv2DDspSparse().accepts(layer, target) is None
    assert "not zero" in str(Conv2DDspSparse().accepts(replace(layer, w=wide), target))
    assert "24 bits" in str(Conv2DDspSparse().accepts(loud, target))
