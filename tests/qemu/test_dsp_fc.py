"""Fully connected layers on the register tile equal their reference, on the target and in portable C."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.ops.fully_connected import FullyConnected
from edgegen.target import load_target
from tests.qemu.layers import Layers, Scales, compile_layers, fully_connected

#: (batch, columns, rows, scales, a scale per row)
LAYERS = (
    (1, 64, 16, Scales(rounding="single", zero_point=3), False),
    (1, 64, 12, Scales(zero_point=3), False),
    (1, 256, 2, Scales(), False),
    (3, 17, 13, Scales(zero_point=3, spread=6), True),
    (2, 5, 1, Scales(), True),
    (1, 37, 24, Scales(spread=6, hi=50), True),
    (1, 8, 40, Scales(rounding="single", lo=-10), False),
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    rng = np.random.default_rng(7)
    found: list[tuple[FullyConnected, str, str]] = []
    for weight_format in ("int8", "int16"):
        for batch, columns, rows, scales, per_channel in LAYERS:
            layer = fully_connected(rng, batch, columns, rows, scales, per_channel)
            found.append((layer, "dsp_fc", weight_format))
    found.append((fully_connected(rng, 1, 40, 11, Scales(), lowest=-128), "dsp_fc", "int16"))
    return compile_layers(found, tmp_path_factory.mktemp("dsp_fc"))


@pytest.mark.parametrize("shift", [False, True])
@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m7", "cortex-m33"])
def test_every_layer_is_bit_exact_at_any_alignment(
    core: str, shift: bool, compiled: Layers, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    compiled.check(compiled.firmware(load_target(core), shift=shift))


@pytest.mark.parametrize("name", ["cortex-m4", "host"])
def test_the_portable_twin_reads_the_same_tables(name: str, compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools(load_target(name).toolchain.cc)
    compiled.check(compiled.firmware(load_target(name), shift=True, defines=("EG_PORTABLE",)))


def test_predicted_instructions_are_within_a_tenth(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    rng = np.random.default_rng(3)
    single = Scales(rounding="single")
    found: list[tuple[FullyConnected, str, str]] = []
    for weight_format in ("int8", "int16"):
        for columns, rows, scales in ((640, 128, single), (128, 640, single), (8, 128, single), (64, 12, Scales(5))):
            found.append((fully_connected(rng, 1, columns, rows, scales), "dsp_fc", weight_format))
    compiled = compile_layers(found, tmp_path)
    firmware = compiled.firmware(load_target("cortex-m4"))
    for (layer, _, weight_format), (predicted, counted) in zip(found, compiled.instructions(firmware), strict=True):
        what = f"{weight_format} of {layer.w.type}: {predicted:.0f} predicted, {counted} counted"
        assert abs(predicted - counted) < 0.1 * counted, what
