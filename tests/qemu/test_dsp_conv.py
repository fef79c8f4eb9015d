"""Convolutions on the register tile equal their reference on every core with the DSP extension, and in portable C."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.kernels.dsp_band import Conv2DDspBand
from edgegen.kernels.dsp_conv import Conv2DDsp
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.target import load_target
from tests.qemu.layers import Layers, Scales, compile_layers, conv2d, fully_connected, possible

RELU = Scales()
LINEAR = Scales(zero_point=5)
NARROW = Scales(zero_point=-20, lo=-20, hi=90)
UNEVEN = Scales(spread=8)
UNEVEN_LINEAR = Scales(zero_point=3, spread=8)
SINGLE = Scales(zero_point=9, rounding="single")

POINT = Window((1, 1))
#: (input shape, output channels, scales): channel tails, position tails, every form of requantization
POINTWISE = (
    ((1, 4, 5, 24), 8, RELU),
    ((1, 3, 3, 8), 16, LINEAR),
    ((1, 7, 1, 13), 7, LINEAR),
    ((1, 1, 1, 20), 10, RELU),
    ((1, 1, 3, 9), 1, NARROW),
    ((1, 4, 4, 33), 6, UNEVEN),
    ((1, 4, 4, 32), 6, UNEVEN_LINEAR),
    ((2, 2, 5, 16), 5, SINGLE),
)
#: (input shape, output channels, window, scales): stride, dilation, padding, few channels, few positions
CONVOLUTIONS = (
    ((1, 9, 11, 4), 6, Window((3, 3), padding=(1, 1, 1, 1)), RELU),
    ((1, 10, 12, 3), 8, Window((3, 3), (2, 2), padding=(0, 1, 0, 1)), RELU),
    ((1, 17, 10, 1), 9, Window((10, 4), (2, 2), padding=(4, 5, 1, 1)), LINEAR),
    ((1, 9, 11, 5), 3, Window((3, 2), (1, 2), (2, 2), (2, 1, 0, 3)), NARROW),
    ((1, 9, 11, 8), 4, Window((3, 3), (1, 1), (2, 1), (2, 2, 1, 1)), RELU),
    ((1, 3, 3, 8), 4, Window((3, 3), (2, 2)), RELU),
    ((1, 4, 3, 8), 5, Window((3, 3)), RELU),
    ((1, 6, 6, 8), 1, Window((1, 1), (2, 2)), RELU),
    ((1, 6, 7, 7), 2, Window((1, 1), (2, 2)), RELU),
    ((1, 3, 4, 2), 2, Window((5, 5), padding=(2, 2, 2, 2)), UNEVEN),
    ((1, 6, 30, 12), 2, Window((1, 5), padding=(0, 0, 6, 7)), SINGLE),
    ((1, 9, 30, 12), 2, Window((3, 3), (3, 1), (1, 3), (1, 1, 6, 7)), SINGLE),
)
#: for the kernel of few channels: whole images and bands, every rest of a row modulo 4, dilated rows
NARROW_INPUTS = (
    ((1, 10, 12, 3), 8, Window((3, 3), (2, 2), padding=(0, 1, 0, 1)), RELU),
    ((1, 17, 10, 1), 9, Window((10, 4), (2, 2), padding=(4, 5, 1, 1)), LINEAR),
    ((1, 9, 11, 2), 3, Window((3, 3), (1, 2), (2, 1), (2, 1, 0, 3)), NARROW),
    ((1, 9, 11, 1), 1, Window((5, 5), (1, 1), (2, 1), (2, 2, 1, 1)), RELU),
    ((1, 6, 7, 5), 2, Window((3, 3), (2, 1)), SINGLE),
    ((1, 75, 60, 1), 2, Window((5, 5), (2, 3), padding=(2, 2, 2, 2)), UNEVEN),
    ((1, 60, 44, 2), 2, Window((3, 3), (2, 3), (3, 1), (2, 2, 2, 2)), UNEVEN_LINEAR),
    ((1, 6, 30, 12), 2, Window((1, 5), padding=(0, 0, 6, 7)), RELU),
    ((1, 9, 9, 1), 4, Window((3, 2), padding=(1, 1, 0, 1)), RELU),
)

#: for padded copies: whole images and bands, every rest of a row modulo 4, strides, dilated rows, a window of one row
BANDS = (
    ((1, 9, 11, 4), 6, Window((3, 3), padding=(1, 1, 1, 1)), RELU),
    ((1, 16, 16, 24), 7, Window((3, 3), padding=(1, 1, 1, 1)), LINEAR),
    ((1, 33, 18, 12), 4, Window((3, 3), (2, 2), padding=(0, 1, 0, 1)), NARROW),
    ((1, 20, 14, 20), 3, Window((3, 1), (2, 1), (2, 1), (2, 1, 0, 3)), UNEVEN),
    ((1, 9, 11, 8), 5, Window((3, 3), (1, 1), (2, 1), (2, 2, 1, 1)), SINGLE),
    ((1, 40, 23, 8), 4, Window((1, 1), (2, 2)), RELU),
    ((1, 4, 2, 8), 5, Window((3, 2), padding=(1, 1, 1, 0)), UNEVEN_LINEAR),
)


def layers(folder: Path) -> Layers:
    rng = np.random.default_rng(5)
    found: list[tuple[Conv2D, str, str]] = []
    for weight_format in ("int8", "int16"):
        for shape, channels, scales in POINTWISE:
            found.append((conv2d(rng, shape, channels, POINT, scales), "dsp_pointwise", weight_format))
        for shape, channels, window, scales in CONVOLUTIONS:
            found.append((conv2d(rng, shape, channels, window, scales), "dsp_conv", weight_format))
        for shape, channels, window, scales in NARROW_INPUTS:
            found.append((conv2d(rng, shape, channels, window, scales), "dsp_narrow", weight_format))
        for shape, channels, window, scales in BANDS:
            found.append((conv2d(rng, shape, channels, window, scales), "dsp_band", weight_format))
    found.append((conv2d(rng, (1, 3, 4, 24), 8, POINT, RELU, lowest=-128), "dsp_pointwise", "int16"))
    return compile_layers(found, folder)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    return layers(tmp_path_factory.mktemp("dsp_conv"))


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


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m7", "cortex-m33"])
def test_clang_accepts_the_assembly(core: str, compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools("clang")
    flags = ["--target=arm-none-eabi", f"-mcpu={core}", "-ffreestanding", "-std=c99", "-O2", "-Wall", "-Wextra"]
    source, target = compiled.folder / "net.c", compiled.folder.parent / "clang.o"
    done = subprocess.run(
        ["clang", *flags, "-Wpedantic", "-Werror", "-c", str(source), "-o", str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_random_convolutions_are_exact(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(12)
    found: list[tuple[Conv2D, str, str]] = []
    for _ in range(400):
        kernel, stride, dilation = (tuple(int(v) for v in rng.integers(1, top, 2)) for top in (5, 4, 3))
        window = Window(kernel, stride, dilation, tuple(int(v) for v in rng.integers(0, 4, 4)))  # type: ignore[arg-type]
        height, width = (int(v) for v in rng.integers(1, 14, 2))
        if min(window.out_size(height, width)) < 1 or (kernel == (1, 1) and stride == (1, 1)):
            continue
        shape = (1, height, width, int(rng.integers(1, 14)))
        scales = (RELU, LINEAR, NARROW, UNEVEN, UNEVEN_LINEAR, SINGLE)[len(found) % 6]
        layer = conv2d(rng, shape, int(rng.integers(1, 10)), window, scales)
        weight_format = ("int8", "int16")[len(found) // 6 % 2]
        kernels = [k for k in (Conv2DDspBand(), Conv2DDsp()) if possible(k, layer, weight_format)]
        if kernels:  # some single inputs have no short requantization
            found.append((layer, kernels[0].name, weight_format))
        if len(found) == 24:
            break
    assert len(found) == 24 and {kernel for _, kernel, _ in found} == {"dsp_band", "dsp_conv"}
    compiled = compile_layers(found, tmp_path)
    compiled.check(compiled.firmware(load_target("cortex-m4")), vectors=1)


def test_a_batch_of_fully_connected_rows_is_a_pointwise_convolution(
    tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(2)
    found = [
        (fully_connected(rng, 6, 21, 9, LINEAR, per_channel), "dsp_batch", "int8") for per_channel in (False, True)
    ]
    compiled = compile_layers(found, tmp_path)
    compiled.check(compiled.firmware(load_target("cortex-m4"), shift=True))


def test_a_convolution_at_few_positions_is_fully_connected(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    rng = np.random.default_rng(2)
    found = [
        (conv2d(rng, (1, 1, 1, 24), 30, POINT, RELU), "dsp_fc_conv", "int8"),
        (conv2d(rng, (1, 1, 3, 21), 9, POINT, LINEAR), "dsp_fc_conv", "int16"),
        (conv2d(rng, (2, 4, 3, 5), 7, Window((4, 3)), RELU), "dsp_fc_conv", "int8"),
    ]
    compiled = compile_layers(found, tmp_path)
    compiled.check(compiled.firmware(load_target("cortex-m4"), shift=True))


def test_predicted_instructions_are_within_a_tenth(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    rng = np.random.default_rng(3)
    found: list[tuple[Conv2D, str, str]] = []
    for weight_format in ("int8", "int16"):
        found += [
            (conv2d(rng, (1, 25, 5, 64), 64, POINT, RELU), "dsp_pointwise", weight_format),
            (conv2d(rng, (1, 20, 20, 8), 16, POINT, RELU), "dsp_pointwise", weight_format),
            (conv2d(rng, (1, 3, 3, 57), 31, POINT, LINEAR), "dsp_pointwise", weight_format),
            (conv2d(rng, (1, 16, 16, 32), 32, CONVOLUTIONS[0][2], RELU), "dsp_conv", weight_format),
            (conv2d(rng, (1, 32, 32, 3), 8, CONVOLUTIONS[1][2], RELU), "dsp_conv", weight_format),
            (conv2d(rng, (1, 49, 10, 1), 64, CONVOLUTIONS[2][2], RELU), "dsp_conv", weight_format),
            (conv2d(rng, (1, 96, 96, 3), 8, CONVOLUTIONS[1][2], RELU), "dsp_narrow", weight_format),
            (conv2d(rng, (1, 32, 32, 3), 16, CONVOLUTIONS[0][2], RELU), "dsp_narrow", weight_format),
            (conv2d(rng, (1, 49, 10, 1), 64, CONVOLUTIONS[2][2], RELU), "dsp_narrow", weight_format),
            (conv2d(rng, (1, 16, 16, 16), 32, Window((1, 1), (2, 2)), LINEAR), "dsp_conv", weight_format),
            (conv2d(rng, (1, 16, 16, 32), 32, CONVOLUTIONS[0][2], RELU), "dsp_band", weight_format),
            (conv2d(rng, (1, 33, 18, 12), 4, CONVOLUTIONS[1][2], RELU), "dsp_band", weight_format),
            (conv2d(rng, (1, 8, 8, 16), 16, CONVOLUTIONS[0][2], LINEAR), "dsp_band", weight_format),
        ]
    compiled = compile_layers(found, tmp_path)
    firmware = compiled.firmware(load_target("cortex-m4"))
    for (layer, kernel, weight_format), (predicted, counted) in zip(
        found, compiled.instructions(firmware), strict=True
    ):
        what = (
            f"{kernel} {weight_format} of {layer.x.type} to {layer.type}: {predicted:.0f} predicted, {counted} counted"
        )
        assert abs(predicted - counted) < 0.1 * counted, what
