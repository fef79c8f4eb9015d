"""Small graphs of one kernel, compiled, run on a target and compared with the ops' references."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgegen.build import Build
from edgegen.emit.artefacts import write
from edgegen.fixedpoint import Requant
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Const, Graph, Input, Node, Op, TensorType
from edgegen.ops.conv2d import Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.pipeline import compile_model
from edgegen.selection.candidates import Options, node_names
from edgegen.target import Target, load_target
from edgegen.verify.harness import Buffer, Firmware, ModelInterface, build_firmware, run_firmware

STRICT = [
    "-std=c99",
    "-pedantic",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Wcast-align",
    "-Wcast-qual",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wundef",
    "-Wdouble-promotion",
    "-Wvla",
    "-Werror",
]


def source(name: str, shape: tuple[int, ...]) -> Input:
    """An int8 model input."""
    return Input(name=name, tensor=TensorType(shape, "int8"))


def graph_of(*outputs: Node) -> Graph:
    """A graph of these outputs; its inputs are found, in the order in which they are met."""
    inputs: list[Input] = []
    pending, seen = list(reversed(outputs)), set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Input):
            inputs.append(node)
        pending.extend(reversed(node.operands))
    return Graph("unit", tuple(inputs), outputs)


def compile_with(graph: Graph, kernel: str, target: Target | str = "cortex-m4") -> Build:
    """Compile with the named kernel for every node that is no view."""
    names = node_names(graph.ops).values()
    return compile_model(
        graph, target, Options(kernels=tuple((name, kernel) for name in names)), prefix="unit", selftest=False
    )


def extremes_and_noise(rng: np.random.Generator, graph: Graph, count: int) -> list[tuple[Array, ...]]:
    """Inputs: all -128, all 127, -128 and 127 at random, then noise."""
    found = []
    for number in range(count):
        values = []
        for node in graph.inputs:
            shape = node.type.shape
            noise = rng.integers(-128, 128, shape, dtype=np.int8)
            ends = np.where(rng.random(shape) < 0.5, -128, 127).astype(np.int8)
            fixed = (np.full(shape, -128, np.int8), np.full(shape, 127, np.int8), ends)
            values.append(fixed[number] if number < 3 else noise)
        found.append(tuple(values))
    return found


def firmware_of(build: Build, folder: Path, *, shift: bool = False, defines: Sequence[str] = ()) -> Firmware:
    """Write and build it with the harness; shift: the caller's buffers at odd addresses."""
    write(folder, build.files)
    interface = ModelInterface(
        "unit",
        tuple(Buffer(node.type.c_type, node.type.size) for node in build.graph.inputs),
        tuple(Buffer(node.type.c_type, node.type.size) for node in build.graph.outputs),
        ("unit.c",),
        "unit.h",
    )
    return build_firmware(folder, build.target, folder / "work", interface, shift=shift, defines=defines)


def check(
    graph: Graph,
    kernel: str,
    folder: Path,
    rng: np.random.Generator,
    *,
    target: str = "cortex-m4",
    vectors: int = 5,
    shift: bool = True,
    defines: Sequence[str] = (),
) -> Build:
    """Compile, run and compare every output with the references, bit for bit."""
    build = compile_with(graph, kernel, load_target(target))
    firmware = firmware_of(build, folder, shift=shift, defines=defines)
    inputs = extremes_and_noise(rng, build.graph, vectors)
    result = run_firmware(firmware, [[value.tobytes() for value in vector] for vector in inputs])
    interpreter = Interpreter(build.graph)
    for vector, got in zip(inputs, result.outputs, strict=True):
        named = {node.name: value for node, value in zip(build.graph.inputs, vector, strict=True)}
        for want, data in zip(interpreter.run(named), got, strict=True):
            np.testing.assert_array_equal(np.frombuffer(data, want.dtype).reshape(want.shape), want)
    return build


def compile_strictly(build: Build, folder: Path) -> None:
    """The generated C has no warning under the project's flags, with GCC and clang, with and without assembly."""
    write(folder, build.files)
    arm = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-O2"]
    clang = ["clang", "--target=arm-none-eabi", "-ffreestanding", *arm]
    for compiler in (["arm-none-eabi-gcc", *arm], clang, ["gcc", "-O2"], ["clang", "-O1"]):
        for extra in ([], ["-DEG_PORTABLE"]):
            done = subprocess.run(
                [*compiler, *STRICT, *extra, "-c", "unit.c", "-o", "unit.o"], cwd=folder, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{' '.join(compiler)}: {done.stderr}"


def depthwise(
    rng: np.random.Generator,
    x: Node,
    kernel: tuple[int, int],
    *,
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    multiplier: int = 1,
    pad_value: int = 0,
    zero_point: int = -128,
    lo: int = -128,
    hi: int = 127,
    spread: float = 1.5,
) -> Op:
    """A depthwise convolution with random weights; its scales vary by 2**spread and make outputs use int8's range."""
    channels = x.type.shape[3] * multiplier
    w = rng.integers(-128, 128, (*kernel, channels), dtype=np.int8)
    b = rng.integers(-20000, 20000, channels).astype(np.int32)
    sigma = 75.0 * 74.0 * np.sqrt(kernel[0] * kernel[1])
    scales = 200.0 / sigma * 2.0 ** -rng.uniform(0, spread, channels)
    return DepthwiseConv2D(
        x=x,
        w=Const(value=w),
        b=Const(value=b),
        window=Window(kernel, stride, dilation, padding),
        pad_value=pad_value,
        requant=Requant.from_scales(scales, zero_point, lo, hi),
    )
