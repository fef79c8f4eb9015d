"""Integer Winograd convolutions equal their reference bit for bit, also with extreme weights and odd sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.kernels import winograd
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.target import load_target
from tests.qemu.layers import Layers, Scales, compile_layers, conv2d

SAME = Window((3, 3), padding=(1, 1, 1, 1))
#: (input shape, output channels, window, scales, least weight)
CASES = (
    ((1, 8, 8, 16), 6, SAME, Scales(), -127),
    ((1, 9, 11, 4), 5, SAME, Scales(spread=8), -128),
    ((1, 6, 13, 12), 1, Window((3, 3), padding=(0, 1, 2, 0)), Scales(zero_point=3, spread=8), -127),
    ((1, 6, 10, 68), 3, Window((3, 3)), Scales(zero_point=-20, lo=-20, hi=100), -128),
    ((1, 6, 10, 160), 2, Window((3, 3)), Scales(), -127),
    ((1, 7, 9, 8), 4, Window((3, 3), padding=(2, 2, 2, 2)), Scales(zero_point=7), -127),
)
FORMATS = ("winograd23", "winograd43")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    rng = np.random.default_rng(11)
    found: list[tuple[Conv2D, str, str]] = []
    for weight_format in FORMATS:
        for shape, channels, window, scales, least in CASES:
            if shape[3] > 80 and weight_format == "winograd43":
                continue  # not accepted: offsets leave the immediates
            found.append((conv2d(rng, shape, channels, window, scales, least), weight_format, weight_format))
    return compile_layers(found, tmp_path_factory.mktemp("winograd"))


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


def test_extreme_weights_and_inputs_do_not_overflow(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(4)
    found: list[tuple[Conv2D, str, str]] = []
    for weight_format in FORMATS:
        layer = conv2d(rng, (1, 8, 8, 32), 8, SAME, Scales(spread=0))
        value = layer.w.value.copy()  # type: ignore[attr-defined]
        value[0], value[1], value[2:4] = 127, -128, np.where(value[2:4] < 0, -128, 127)
        weights = type(layer.w)(value=value)  # type: ignore[call-arg]
        found.append((type(layer)(**{**_fields(layer), "w": weights}), weight_format, weight_format))
    compiled = compile_layers(found, tmp_path)
    compiled.check(compiled.firmware(load_target("cortex-m4")), vectors=2)


def _fields(layer: Conv2D) -> dict[str, object]:
    return {name: getattr(layer, name) for name in ("x", "w", "b", "window", "pad_value", "requant")}


def test_predicted_instructions_are_within_a_tenth(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    rng = np.random.default_rng(3)
    found: list[tuple[Conv2D, str, str]] = []
    for weight_format in FORMATS:
        for size, channels in ((32, 16), (16, 32), (8, 64)):
            layer = conv2d(rng, (1, size, size, channels), channels, SAME, Scales())
            found.append((layer, weight_format, weight_format))
    compiled = compile_layers(found, tmp_path)
    firmware = compiled.firmware(load_target("cortex-m4"))
    for (layer, _, weight_format), (predicted, counted) in zip(found, compiled.instructions(firmware), strict=True):
        what = f"{weight_format} of {layer.x.type}: {predicted:.0f} predicted, {counted} counted"
        assert abs(predicted - counted) < 0.1 * counted, what


@pytest.mark.parametrize("size", [4, 12])
def test_filters_are_stored_without_loss(size: int) -> None:
    w = np.random.default_rng(size).integers(-128, 128, (3, 3, 3, size)).astype(np.int8)
    for transform in (winograd.F23, winograd.F43):
        np.testing.assert_array_equal(transform.invert(transform.apply(w)), w)
        assert int(np.abs(transform.apply(np.full((1, 3, 3, 4), -128, dtype=np.int8))).max()) <= 18432
