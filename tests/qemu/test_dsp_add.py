"""ADD and MUL of the DSP extension: the bits of the reference on all pairs of values, shapes and targets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.fixedpoint import Requant, quantize_multiplier
from edgegen.ir import Const, Node, Op
from edgegen.kernels.dsp_elementwise import AddDsp, MulDsp
from edgegen.ops.add import Add
from edgegen.ops.base import InputScale
from edgegen.ops.lut import Lut
from edgegen.ops.mul import Mul
from edgegen.target import load_target
from edgegen.verify.harness import run_firmware
from tests.qemu.nodes import check, compile_strictly, compile_with, firmware_of, graph_of, source


@pytest.fixture(autouse=True)
def tools(need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "qemu-system-arm")


def add(rng: np.random.Generator, a: Node, b: Node, zero: int, lo: int = -128, hi: int = 127) -> Op:
    scales = rng.uniform(0.02, 0.12, 2)
    twice = 2 * float(scales.max())
    first, second = (InputScale(int(rng.integers(-128, 100)), *quantize_multiplier(s / twice)) for s in scales)
    out = float(scales.max() * rng.uniform(0.6, 1.6))
    requant = Requant.from_scales([twice / (2**20 * out)], zero, lo, hi)
    return Add(a=a, b=b, a_scale=first, b_scale=second, requant=requant)


def even_add(rng: np.random.Generator, a: Node, b: Node, zero: int, lo: int = -128, hi: int = 127) -> Op:
    """Between scales that are powers of two, ties to even."""
    scales = 2.0 ** rng.integers(-7, -4, 2)
    twice = 2 * float(scales.max())
    first, second = (InputScale(int(rng.integers(-128, 100)), *quantize_multiplier(s / twice)) for s in scales)
    requant = Requant.from_scales([2 / 2**20 / 2.0 ** rng.integers(0, 3)], zero, lo, hi, "even")
    return Add(a=a, b=b, a_scale=first, b_scale=second, requant=requant)


def mul(rng: np.random.Generator, a: Node, b: Node, zero: int, lo: int = -128, hi: int = 127) -> Op:
    zeros = rng.integers(-128, 128, 2)
    requant = Requant.from_scales([float(rng.uniform(0.002, 0.02))], zero, lo, hi)
    return Mul(a=a, b=b, a_zero=int(zeros[0]), b_zero=int(zeros[1]), requant=requant)


@pytest.mark.parametrize("make", [add, even_add, mul])
@pytest.mark.parametrize(("zero", "lo", "hi"), [(-128, -128, 127), (13, -128, 127), (4, -60, 70)])
def test_all_pairs_of_values_equal_the_reference(
    make: Callable[..., Op], zero: int, lo: int, hi: int, tmp_path: Path
) -> None:
    rng = np.random.default_rng(abs(zero))
    node = make(rng, source("a", (256, 256)), source("b", (256, 256)), zero, lo, hi)
    build = compile_with(graph_of(node), "dsp")
    grid = np.meshgrid(np.arange(-128, 128), np.arange(-128, 128), indexing="ij")
    a, b = (value.astype(np.int8) for value in grid)
    result = run_firmware(firmware_of(build, tmp_path, shift=True), [[a.tobytes(), b.tobytes()]])
    got = np.frombuffer(result.outputs[0][0], np.int8).reshape(256, 256)
    np.testing.assert_array_equal(got, node.reference(a, b))


@pytest.mark.parametrize("make", [add, even_add, mul])
@pytest.mark.parametrize(
    ("a", "b"),
    [((1, 3), (1, 3)), ((1, 3, 3, 7), (1, 3, 3, 7)), ((1, 4, 5, 6), (6,)), ((2, 3, 9), (3, 9)), ((1, 2, 2, 2), (2,))],
)
@pytest.mark.parametrize("portable", [False, True])
def test_shapes_and_broadcasts_equal_the_reference(
    make: Callable[..., Op], a: tuple[int, ...], b: tuple[int, ...], portable: bool, tmp_path: Path
) -> None:
    rng = np.random.default_rng(len(a))
    node = make(rng, source("a", a), source("b", b), 3)
    check(graph_of(node), "dsp", tmp_path, rng, defines=("EG_PORTABLE",) if portable else ())


@pytest.mark.parametrize("target", ["cortex-m4", "cortex-m0", "rv32imc"])
@pytest.mark.parametrize("zero", [-3, 8])
def test_portable_sums_with_ties_to_even_equal_the_reference(
    zero: int, target: str, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    need_tools("riscv64-unknown-elf-gcc", "qemu-system-riscv32")
    rng = np.random.default_rng(zero + 9)
    node = even_add(rng, source("a", (1, 8, 9, 16)), source("b", (16,)), zero)
    check(graph_of(node), "portable", tmp_path, rng, target=target)


@pytest.mark.parametrize("make", [add, even_add, mul])
def test_constant_operands_equal_the_reference(make: Callable[..., Op], tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    table = Const(value=rng.integers(-128, 128, 10, dtype=np.int8))
    node = make(rng, make(rng, source("a", (1, 3, 10)), table, -5), table, 9)
    check(graph_of(node), "dsp", tmp_path, rng)


@pytest.mark.parametrize("target", ["cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"])
def test_in_place_equals_the_reference(target: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    x, z = source("x", (1, 5, 7)), source("z", (1, 5, 7))
    first = add(rng, x, z, 1)
    second = mul(rng, first, z, -2)
    third = add(rng, x, second, 3)
    build = check(graph_of(mul(rng, third, x, 0)), "dsp", tmp_path, rng, target=target)
    places = [step.output for step in build.plan.steps[:-1]]
    assert all(place == places[0] for place in places)


@pytest.mark.parametrize("make", [add, even_add, mul])
def test_they_compile_strictly(make: Callable[..., Op], need_tools: Callable[..., None], tmp_path: Path) -> None:
    need_tools("clang", "gcc")
    rng = np.random.default_rng(4)
    node = make(rng, source("a", (1, 9, 7)), source("b", (7,)), 3, -100, 90)
    compile_strictly(compile_with(graph_of(node), "dsp"), tmp_path)


def test_they_refuse_what_they_cannot_do() -> None:
    rng = np.random.default_rng(5)
    target = load_target("cortex-m4")
    along = add(rng, source("a", (1, 4, 4, 8)), source("b", (1, 4, 4, 1)), 0)
    assert "does not run along" in str(AddDsp().accepts(along, target))
    equal = mul(rng, source("a", (1, 8)), source("b", (1, 8)), 0)
    assert "no DSP" in str(MulDsp().accepts(equal, load_target("cortex-m0")))
    assert MulDsp().accepts(equal, target) is None


@pytest.mark.parametrize("count", [256, 1, 3, 1022])
@pytest.mark.parametrize("target", ["cortex-m4", "cortex-m3"])
def test_a_table_of_fours_equals_the_reference(count: int, target: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(count)
    table = tuple(int(v) for v in rng.integers(-128, 128, 256))
    node = Lut(x=source("x", (1, count)), table=table, function="noise")
    check(graph_of(node), "fours", tmp_path, rng, target=target)
