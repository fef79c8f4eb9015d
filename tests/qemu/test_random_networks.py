"""Networks that nobody thought of, executed in ways that nobody would choose: every output equals the reference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.interpreter import Interpreter
from edgegen.target import load_target
from edgegen.verify.harness import run_firmware
from tests.qemu.nodes import extremes_and_noise, firmware_of
from tests.qemu.random_networks import Maker, build_at_random


def _tools(name: str) -> tuple[str, ...]:
    target = load_target(name)
    return (target.toolchain.cc, *((target.emulator.argv[0],) if target.emulator else ()))


def check(seed: int, target: str, folder: Path, defines: tuple[str, ...] = ()) -> None:
    """Compile, run, compare with the graph as it was before any pass."""
    network = Maker(seed).network()
    build = build_at_random(network, seed, target)
    firmware = firmware_of(build, folder, shift=seed % 2 == 0, defines=defines)
    inputs = extremes_and_noise(np.random.default_rng(seed), network, 5)
    result = run_firmware(firmware, [[value.tobytes() for value in vector] for vector in inputs])
    interpreter = Interpreter(network)
    ways = [(c.node.name, c.chosen.kernel.name, c.chosen.format) for c in build.choices]
    for vector, got in zip(inputs, result.outputs, strict=True):
        named = {node.name: value for node, value in zip(network.inputs, vector, strict=True)}
        for want, data in zip(interpreter.run(named), got, strict=True):
            np.testing.assert_array_equal(
                np.frombuffer(data, want.dtype).reshape(want.shape), want, err_msg=f"seed {seed} on {target}: {ways}"
            )


#: ways that must be possible somewhere in the networks below, so that they are drawn now and then
NEEDED = {
    ("add", "dsp"), ("mul", "dsp"), ("concat", "portable"), ("average_pool2d", "dsp"), ("max_pool2d", "dsp"),
    ("lut", "fours"), ("conv2d", "dsp_band"), ("conv2d", "dsp_conv"), ("conv2d", "dsp_narrow"),
    ("conv2d", "dsp_pointwise"), ("conv2d", "dsp_sparse"), ("conv2d", "unpack"), ("depthwise_conv2d", "dsp_3x3"),
    ("depthwise_conv2d", "dsp_1d"), ("depthwise_conv2d", "dsp_taps"), ("depthwise_conv2d", "unpack"),
    ("fully_connected", "dsp_fc"), ("fully_connected", "groups"), ("fully_connected", "sparse"),
}  # fmt: skip
SEEDS = (0, 3, 5, 15, 20, 34, 50, 58, 68, 85, 131, 136, 179, 204)


def test_the_networks_can_be_executed_in_every_kind_of_way() -> None:
    builds = [build_at_random(Maker(seed).network(), seed, "cortex-m4") for seed in SEEDS]
    possible = {(c.node.op.op_name, way.kernel.name) for b in builds for c in b.choices for way in c.node.candidates}
    assert NEEDED - possible == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_random_networks_in_random_ways_are_exact(seed: int, tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools(*_tools("cortex-m4"))
    check(seed, "cortex-m4", tmp_path)


@pytest.mark.parametrize("target", ["cortex-m0", "cortex-m3", "rv32imc"])
def test_random_networks_are_exact_on_cores_without_dsp(
    target: str, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    need_tools(*_tools(target))
    for seed in (101, 102):
        check(seed, target, tmp_path / str(seed))


def test_the_portable_twin_of_random_networks_is_exact(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools(*_tools("cortex-m4"))
    for seed in (201, 202):
        check(seed, "cortex-m4", tmp_path / str(seed), ("EG_PORTABLE",))
