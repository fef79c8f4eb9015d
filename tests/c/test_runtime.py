"""The runtime's arithmetic alone, on the host under sanitizers and on targets: each function equals its Python twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen.fixedpoint import (
    multiply_by_quantized_multiplier,
    reciprocal_of_one_plus,
    rounding_divide_by_pot,
    saturating_left_shift,
    saturating_rounding_doubling_high_mul,
    wrap_int32,
)
from edgegen.resources import root
from edgegen.target import Target, load_target
from edgegen.verify.harness import Buffer, ModelInterface, build_firmware, run_firmware
from tests.c.compilers import SANITIZERS, run

Array = NDArray[Any]
COUNT = 4000
HEADERS = ("eg_requant.h", "eg_softmax.h", "eg_dsp.h", "eg_lanes.h", "eg_binary.h", "eg_bits.h")


def s8(x: Array, byte: int) -> Array:
    return ((x.astype(np.int64) >> (8 * byte)) & 0xFF).astype(np.uint8).astype(np.int8).astype(np.int64)


def s16(x: Array, half: int) -> Array:
    return ((x.astype(np.int64) >> (16 * half)) & 0xFFFF).astype(np.uint16).astype(np.int16).astype(np.int64)


def halves(low: Array, high: Array) -> Array:
    return wrap_int32((low & 0xFFFF) | ((high & 0xFFFF) << 16))


def bytewise(a: Array, b: Array, pick: Callable[[Array, Array], Array]) -> Array:
    return wrap_int32(sum((pick(s8(a, i), s8(b, i)) & 0xFF) << (8 * i) for i in range(4)))


def positive(x: Array) -> Array:
    """A multiplier: 2^30 .. 2^31 - 1."""
    return (x.astype(np.int64) & 0x3FFFFFFF) | 0x40000000


def amount(x: Array, limit: int) -> Array:
    return (x.astype(np.int64) & 0xFFFF) % limit


#: C expression in int32 a, b, c -> its meaning; the conversions are the same on both sides
FUNCTIONS: dict[str, Callable[[Array, Array, Array], Array]] = {
    "eg_clamp(a, -5, c & 0xFFFF)": lambda a, b, c: np.minimum(np.maximum(a, -5), c & 0xFFFF),
    "eg_shift_left(a, b & 31)": lambda a, b, c: wrap_int32(a.astype(np.int64) << (b.astype(np.int64) & 31)),
    "eg_doubling_high_mul(a, MULTIPLIER(b))": lambda a, b, c: saturating_rounding_doubling_high_mul(a, positive(b)),
    "eg_rounding_shift_right(a, AMOUNT(b, 32))": lambda a, b, c: rounding_divide_by_pot(a, amount(b, 32)),
    "eg_requantize_double(a / 256, MULTIPLIER(b), 8 - AMOUNT(c, 39))": lambda a, b, c: (
        multiply_by_quantized_multiplier(truncated(a, 256), positive(b), 8 - amount(c, 39), "double")
    ),
    "eg_requantize_single(a / 256, MULTIPLIER(b), 8 - AMOUNT(c, 39))": lambda a, b, c: (
        multiply_by_quantized_multiplier(truncated(a, 256), positive(b), 8 - amount(c, 39), "single")
    ),
    "eg_requantize_double_down(a / 2, MULTIPLIER(b), -1 - AMOUNT(c, 31))": lambda a, b, c: (
        multiply_by_quantized_multiplier(truncated(a, 2), positive(b), -1 - amount(c, 31), "double")
    ),
    "eg_requantize_single_down(a, MULTIPLIER(b), -2 - AMOUNT(c, 30))": lambda a, b, c: (
        multiply_by_quantized_multiplier(a, positive(b), -2 - amount(c, 30), "single")
    ),
    "eg_requantize_even(a / 256, MULTIPLIER(b), 8 - AMOUNT(c, 39))": lambda a, b, c: (
        multiply_by_quantized_multiplier(truncated(a, 256), positive(b), 8 - amount(c, 39), "even")
    ),
    "eg_requantize_even(a >> AMOUNT(b, 24), 1 << 30, -AMOUNT(c, 8))": lambda a, b, c: (
        multiply_by_quantized_multiplier(a.astype(np.int64) >> amount(b, 24), 1 << 30, -amount(c, 8), "even")
    ),
    "eg_saturating_shift_left(a, 2)": lambda a, b, c: saturating_left_shift(a, 2),
    "eg_reciprocal_of_one_plus(a & 0x7FFFFFFF)": lambda a, b, c: reciprocal_of_one_plus(a & 0x7FFFFFFF),
    "eg_leading_zeros((uint32_t)a | 1U)": lambda a, b, c: np.array(
        [32 - int((int(v) & 0xFFFFFFFF) | 1).bit_length() for v in a]
    ),
    "eg_smlad((uint32_t)a, (uint32_t)b, c)": lambda a, b, c: wrap_int32(
        c.astype(np.int64) + s16(a, 0) * s16(b, 0) + s16(a, 1) * s16(b, 1)
    ),
    "(int32_t)eg_sxtb16((uint32_t)a)": lambda a, b, c: halves(s8(a, 0), s8(a, 2)),
    "eg_smmla(a, b, c)": lambda a, b, c: wrap_int32(c.astype(np.int64) + ((a.astype(np.int64) * b) >> 32)),
    "eg_add(a, b)": lambda a, b, c: wrap_int32(a.astype(np.int64) + b),
    "eg_saturate8(a, -100, 90)": lambda a, b, c: np.clip(a, -100, 90),
    "(int32_t)eg_add_even((uint32_t)a, (uint32_t)b)": lambda a, b, c: halves(
        s16(a, 0) + s8(b, 0), s16(a, 1) + s8(b, 2)
    ),
    "(int32_t)eg_add_odd((uint32_t)a, (uint32_t)b)": lambda a, b, c: halves(
        s16(a, 0) + s8(b, 1), s16(a, 1) + s8(b, 3)
    ),
    "(int32_t)eg_max4((uint32_t)a, (uint32_t)b)": lambda a, b, c: bytewise(a, b, np.maximum),
    "(int32_t)eg_min4((uint32_t)a, (uint32_t)b)": lambda a, b, c: bytewise(a, b, np.minimum),
    "eg_dot4((uint32_t)a, (uint32_t)b, c / 4)": lambda a, b, c: (
        truncated(c, 4) + sum(s8(a, i) * s8(b, i) for i in range(4))
    ),
    "eg_signed_byte((uint32_t)a)": lambda a, b, c: s8(a, 0),
    "COUNT_ONES(a, b)": lambda a, b, c: np.array(
        [bin(int(x) & 0xFFFFFFFF).count("1") + bin(int(y) & 0xFFFFFFFF).count("1") for x, y in zip(a, b, strict=True)]
    ),
}

SOURCE = """#include "rt.h"
%s
#define MULTIPLIER(x) (((x) & 0x3FFFFFFF) | 0x40000000)
#define AMOUNT(x, limit) (((x) & 0xFFFF) %% (limit))

static int32_t ones(int32_t a, int32_t b)
{
    const uint32_t words[2] = { (uint32_t)a, (uint32_t)b };
    return (int32_t)eg_count_ones(words, 2);
}
#define COUNT_ONES(a, b) ones((a), (b))

void rt_run(struct rt *net, const int32_t input[%d], int32_t output[%d])
{
    (void)net;
    for (int32_t i = 0; i < %d; i++) {
        const int32_t a = input[3 * i], b = input[3 * i + 1], c = input[3 * i + 2];
        int32_t *const y = &output[%d * i];
%s    }
}
"""


def truncated(a: Array, divisor: int) -> Array:
    """C's division."""
    wide = a.astype(np.int64)
    quotient: Array = np.sign(wide) * (np.abs(wide) // divisor)
    return quotient


def operands() -> Array:
    """(COUNT, 3) int32: random ones of all sizes, and all triples of edge values."""
    rng = np.random.default_rng(17)
    edges = [0, 1, -1, 127, -128, 255, 32767, -32768, 2**30, -(2**30), 2**31 - 1, -(2**31), 0x55555555, 0x00FF00FF]
    grid = np.array(np.meshgrid(edges, edges, edges)).reshape(3, -1).T
    rest = rng.integers(-(2**31), 2**31, (COUNT - len(grid), 3)) >> rng.integers(0, 31, (COUNT - len(grid), 3))
    return np.concatenate([grid, rest]).astype(np.int32)


def host() -> Target:
    """The host with sanitizers, left-shifts of signed values included."""
    target = load_target("host")
    tools = target.toolchain
    return replace(
        target,
        toolchain=replace(tools, cflags=(*tools.cflags, *SANITIZERS), ldflags=(*tools.ldflags, *SANITIZERS)),
    )


@pytest.mark.parametrize("name", ["host", "cortex-m0", "cortex-m4", "cortex-m4 portable", "cortex-m55", "rv32imc"])
def test_every_function_equals_its_twin(name: str, tmp_path: Path, need_tools: Callable[..., None]) -> None:
    target = host() if name == "host" else load_target(name.split()[0])
    assert target.emulator is not None
    need_tools(target.toolchain.cc, *(word for word in target.emulator.argv[:1] if "{" not in word))
    for path in root("runtime_c").glob("*.h"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    width = len(FUNCTIONS)
    lines = "".join(f"        y[{i}] = {expression};\n" for i, expression in enumerate(FUNCTIONS))
    includes = "\n".join(f'#include "{header}"' for header in HEADERS)
    sizes = (3 * COUNT, width * COUNT)
    (tmp_path / "rt.c").write_text(SOURCE % (includes, *sizes, COUNT, width, lines))
    declared = f"void rt_run(struct rt *net, const int32_t input[{sizes[0]}], int32_t output[{sizes[1]}]);"
    (tmp_path / "rt.h").write_text(f"#include <stdint.h>\nstruct rt {{ int32_t unused; }};\n{declared}\n")
    ports = (Buffer("int32_t", sizes[0]),), (Buffer("int32_t", sizes[1]),)
    interface = ModelInterface("rt", *ports, ("rt.c",), "rt.h")
    defines = ("EG_PORTABLE",) if "portable" in name else ()
    firmware = build_firmware(tmp_path, target, tmp_path / "work", interface, defines=defines)
    values = operands()
    ((raw,),) = run_firmware(firmware, [[values.tobytes()]]).outputs
    got = np.frombuffer(raw, dtype=np.int32).reshape(COUNT, width)
    a, b, c = values.T
    for index, (expression, twin) in enumerate(FUNCTIONS.items()):
        np.testing.assert_array_equal(got[:, index], wrap_int32(twin(a, b, c)), err_msg=expression)


def test_every_runtime_header_stands_alone_in_c_and_cpp(need_tools: Callable[..., None], tmp_path: Path) -> None:
    need_tools("g++", "clang++")
    folder = root("runtime_c")
    for header in sorted(path.name for path in folder.glob("*.h")):
        (tmp_path / "one.cpp").write_text(f'#include "{header}"\n#include "{header}"\n')
        for compiler in ("g++", "clang++"):
            flags = ["-std=c++11", "-Wall", "-Wextra", "-Werror", f"-I{folder}", "-fsyntax-only"]
            run([compiler, *flags, "one.cpp"], tmp_path)
