"""Every fully connected kernel of a compressed format, on the matrices that break decoders, on targets and host."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.errors import FormatError
from edgegen.fixedpoint import Requant
from edgegen.formats.base import registry as formats
from edgegen.formats.measure import pruned_matrix
from edgegen.ir import Array, Const, Input, TensorType
from edgegen.kernels.base import registry as kernels
from edgegen.kernels.fc_common import CompressedFullyConnected
from edgegen.ops.fully_connected import FullyConnected
from edgegen.profile.measure import profile_firmware
from edgegen.target import load_target
from tests.qemu.layers import Layers, compile_layers
from tests.qemu.nodes import STRICT

KERNELS = [kernel for kernel in kernels() if isinstance(kernel, CompressedFullyConnected)]
RNG = np.random.default_rng(11)
N_OF_M = ((2, 4), (1, 4), (4, 8), (2, 8), (1, 8))
NM = np.random.default_rng(12)


def sparse(shape: tuple[int, int], density: float, low: int, high: int) -> Array:
    return np.where(RNG.random(shape) < density, RNG.integers(low, high, shape), 0)


def far_apart() -> Array:
    """Gaps on both sides of what 4 and 8 bits hold, an empty row and a last column."""
    w = np.zeros((7, 1000), dtype=np.int64)
    for row, gap in enumerate((14, 15, 16, 254, 255, 256)):
        w[row, [3, 4 + gap]] = 5, -7
    w[5, 999] = -128
    return w


def structured(shape: tuple[int, int], most: int, group: int) -> Array:
    """At most so many non-zeros in every group of columns, and any values behind the last whole group."""
    w = NM.integers(-128, 128, shape)
    whole = shape[1] // group
    rank = NM.permuted(np.tile(np.arange(group), (shape[0], whole, 1)), axis=2).reshape(shape[0], -1)
    w[:, : whole * group][rank >= most] = 0
    return w


#: name -> matrix; each kernel gets those that its format holds
MATRICES: dict[str, Array] = {
    "sparse": sparse((5, 37), 0.3, -128, 128),
    "odd": sparse((9, 101), 0.6, -8, 8),
    "far": far_apart(),
    "column": sparse((13, 1), 0.7, -8, 8),
    "row": sparse((1, 67), 0.9, -2, 2),
    "dense": RNG.integers(-128, 128, (6, 130)),
    "skewed": np.clip(RNG.geometric(0.4, (11, 83)) - 3, -8, 127),
    "two bits": RNG.integers(-2, 2, (5, 75)),
    "binary": RNG.choice([-1, 1], (7, 41)),
    "two values": RNG.choice([-100, 27], (4, 64)),
    "one value": np.full((3, 9), -7),
    "zeros": np.zeros((3, 40), dtype=np.int64),
    "ternary": RNG.choice([-3, 0, 3], (5, 70)),
    "negative mode": np.where(RNG.random((8, 90)) < 0.3, RNG.integers(-20, 100, (8, 90)), -9),
    **{f"{n}:{m} of {c}": structured((5, c), n, m) for n, m in N_OF_M for c in (75, 152)},
    "wide mode": np.where(RNG.random((2, 700)) < 0.1, 3, 0),
}


def layer(w: Array, number: int) -> FullyConnected:
    """Batch, rounding, clamp and scales vary with the number."""
    rows, columns = w.shape
    rounding = "single" if number % 2 else "double"
    spread = np.sqrt((w.astype(float) ** 2).sum(axis=1).max() + 1) * 74
    scales = 60 / spread * 2.0 ** -RNG.uniform(0, 3, rows if number % 3 == 0 else 1)
    return FullyConnected(
        x=Input(name="x", tensor=TensorType((1 + number % 2, columns))),
        w=Const(value=w.astype(np.int8)),
        b=Const(value=RNG.integers(-3000, 3000, rows).astype(np.int32)),
        requant=Requant.from_scales(list(scales), 3 - number, -128 + 20 * (number % 2), 127, rounding),
    )


def bound_layers() -> list[tuple[FullyConnected, str, str]]:
    """Every kernel with every matrix that it takes."""
    target = load_target("cortex-m4")
    found = []
    for kernel in KERNELS:
        for number, w in enumerate(MATRICES.values()):
            node = layer(w, number)
            try:
                kernel.lower(node, kernel.formats[0], target)
            except FormatError:
                continue
            found.append((node, kernel.name, kernel.formats[0]))
    return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    return compile_layers(bound_layers(), tmp_path_factory.mktemp("compressed_fc"))


def test_every_format_has_a_kernel_and_every_kernel_took_most_matrices() -> None:
    found = bound_layers()
    assert {fmt for _, _, fmt in found} == set(formats()) - {"int8"}
    least = {"binary": 3, "ternary": 4, "int2": 4, "int4": 8, "nm_block": 4}
    for kernel in KERNELS:
        taken = sum((name, fmt) == (kernel.name, kernel.formats[0]) for _, name, fmt in found)
        assert taken >= least.get(kernel.formats[0], 12), kernel.name


@pytest.mark.parametrize(("core", "shift"), [("cortex-m4", False), ("cortex-m4", True), ("cortex-m33", True)])
def test_every_kernel_is_bit_exact_at_any_alignment(
    core: str, shift: bool, compiled: Layers, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    compiled.check(compiled.firmware(load_target(core), shift=shift))


@pytest.mark.parametrize("name", ["cortex-m4", "host"])
def test_the_portable_twin_reads_the_same_tables(name: str, compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools(load_target(name).toolchain.cc)
    compiled.check(compiled.firmware(load_target(name), shift=True, defines=("EG_PORTABLE",)))


def test_a_core_without_unaligned_access_reads_them_too(
    tmp_path: Path, compiled: Layers, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")
    compiled.check(compiled.firmware(load_target("cortex-m0"), shift=True))


def test_the_generated_code_has_no_warning(tmp_path: Path, compiled: Layers, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "gcc", "clang")
    chosen: dict[str, tuple[FullyConnected, str, str]] = {}
    for node, kernel, fmt in bound_layers():
        chosen.setdefault(f"{kernel} {fmt} {node.w.type.shape[1] % 4 > 0}", (node, kernel, fmt))
    folder = compile_layers(list(chosen.values()), tmp_path).folder
    arm = ["-mcpu=cortex-m4", "-mthumb"]
    for compiler in (["arm-none-eabi-gcc", *arm, "-O2"], ["arm-none-eabi-gcc", *arm, "-O0"], ["gcc", "-O2"], ["clang"]):
        for extra in ([], ["-DEG_PORTABLE"]):
            words = [*compiler, *STRICT, *extra, "-c", "net.c", "-o", "net.o"]
            done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"


def test_predicted_instructions_are_within_a_tenth(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    matrices = [pruned_matrix(48, 400, "laplace", 4, pruned, 5) for pruned in (0.0, 0.8, 0.92)]
    matrices += [pruned_matrix(40, 320, "gauss", bits, 0.7, 6) for bits in (2, 8)]
    # two of each: gcc specialises a function that is called once
    matrices += [structured((48, columns), n, m) for n, m in N_OF_M for columns in (320, 400)]
    target = load_target("cortex-m4")
    found: list[tuple[FullyConnected, str, str]] = []
    for kernel in KERNELS:
        for w in matrices:
            node = layer(w, 1)
            try:
                kernel.lower(node, kernel.formats[0], target)
            except FormatError:
                continue
            if kernel.name != "straight" or np.count_nonzero(w) < 3000:
                found.append((node, kernel.name, kernel.formats[0]))
    compiled = compile_layers(found, tmp_path)
    counted = compiled.instructions(compiled.firmware(target))
    far = {
        f"{kernel} {fmt} {i}": (round(predicted), actual)
        for i, ((_, kernel, fmt), (predicted, actual)) in enumerate(zip(found, counted, strict=True))
        if abs(predicted - actual) > 0.1 * actual
    }
    assert far == {}


@pytest.mark.parametrize("case", ["4 bit .90 joint", "4 bit .50 ham"])
def test_cycles_per_weight_stay_below_those_of_the_design(
    case: str, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm", "cc")
    kernel, fmt, pruned, most = {
        "4 bit .90 joint": ("joint12", "joint_gap_sham", 0.9, 1.50),
        "4 bit .50 ham": ("multi10", "ham", 0.5, 6.0),
    }[case]
    node = layer(pruned_matrix(64, 512, "laplace", 4, pruned, 0), 1)
    compiled = compile_layers([(node, kernel, fmt)], tmp_path)
    cycles = profile_firmware(compiled.firmware(load_target("cortex-m4"))).nodes[0].cycles
    assert cycles is not None
    assert cycles / node.macs() <= most
