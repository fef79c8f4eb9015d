"""Every kernel of few bits in every format: the C equals the reference, on cores with and without DSP, and is fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgegen.build import Build
from edgegen.frontends import load
from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph, Input, Node, Op, TensorType
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.arg_max import ArgMax
from edgegen.ops.lut import Lut
from edgegen.ops.threshold_dense import NEVER, ThresholdDense
from edgegen.pipeline import compile_model, integer_graph
from edgegen.profile.measure import profile_firmware
from edgegen.selection.candidates import Options, execution_order, node_names
from edgegen.target import load_target
from edgegen.verify.harness import run_firmware
from tests.qemu.nodes import compile_strictly, extremes_and_noise, firmware_of

SIZES = (1, 31, 32, 33, 64, 96, 97, 150)
BINARY, TERNARY = (-1, 1), (-1, 0, 1)


def quantized(x: Node, values: tuple[int, ...]) -> Op:
    """x as one of these values."""
    table = tuple(values[(v + 128) * len(values) // 256] for v in range(-128, 128))
    return Lut(x=x, table=table, function="quantize")


def dense(rng: np.random.Generator, x: Node, values: tuple[int, ...], rows: int, levels: int) -> Op:
    """A layer of `levels` thresholds (0: of sums) that random inputs spread over."""
    w = rng.choice(values, (rows, x.type.shape[1])).astype(np.int8)
    if not levels:
        return AccumulateDense(x=x, w=Const(value=w))
    spread = 1 + int(2 * np.abs(w.astype(int)).sum(axis=1).max() ** 0.5) * (60 if max(values) > 1 else 1)
    t = np.sort(rng.integers(-spread, spread + 1, (rows, levels)), axis=1)
    t[0, -1] = NEVER
    base = rng.integers(-100, 100 - levels, rows).astype(np.int8)
    return ThresholdDense(x=x, w=Const(value=w), t=Const(value=t.astype(np.int32)), base=Const(value=base), step=1)


def build(outputs: list[Op], inputs: list[Input], kernel: str, weight_format: str, target: str) -> Build:
    """Compiled with this kernel and format for every layer of few bits."""
    graph = Graph("unit", tuple(inputs), tuple(outputs))
    order = execution_order(integer_graph(graph), load_target(target))
    names = [name for op, name in zip(order, node_names(order).values(), strict=True) if "dense" in op.op_name]
    options = Options(
        kernels=tuple((name, kernel) for name in names), formats=tuple((name, weight_format) for name in names)
    )
    return compile_model(graph, target, options, prefix="unit", selftest=False)


def check(made: Build, folder: Path, rng: np.random.Generator, portable: bool = False) -> None:
    """Run and compare every output with the references, bit for bit."""
    firmware = firmware_of(made, folder, shift=True, defines=("EG_PORTABLE",) if portable else ())
    vectors = extremes_and_noise(rng, made.graph, 6)
    result = run_firmware(firmware, [[value.tobytes() for value in vector] for vector in vectors])
    interpreter = Interpreter(made.graph)
    seen = set()
    for vector, got in zip(vectors, result.outputs, strict=True):
        named = {node.name: value for node, value in zip(made.graph.inputs, vector, strict=True)}
        for want, data in zip(interpreter.run(named), got, strict=True):
            np.testing.assert_array_equal(np.frombuffer(data, want.dtype).reshape(want.shape), want)
            seen |= set(want.ravel().tolist())
    assert len(seen) > 5


CASES: dict[str, tuple[str, str, tuple[int, ...] | None, tuple[int, ...]]] = {
    "binary by binary": ("bits", "binary", BINARY, BINARY),
    "ternary by binary": ("bits", "ternary", BINARY, TERNARY),
    "binary by ternary": ("bits", "binary", TERNARY, BINARY),
    "int8": ("portable", "int8", None, tuple(range(-128, 128))),
    "int4": ("portable", "int4", None, tuple(range(-8, 8))),
    "int2": ("portable", "int2", None, (-2, -1, 0, 1)),
    "dsp int8": ("dsp", "int8", None, tuple(range(-128, 128))),
    "dsp int4": ("dsp", "int4", None, tuple(range(-8, 8))),
    "dsp int2": ("dsp", "int2", None, (-2, -1, 0, 1)),
}


#: (case, target, thresholds, without assembly)
RUNS = [
    *((case, "cortex-m4", levels, False) for case in CASES for levels in (0, 3, 40)),
    *((case, "cortex-m4", 1, True) for case in CASES if CASES[case][0] != "portable"),
    *((case, target, 3, False) for case in CASES for target in ("cortex-m0", "rv32imc") if CASES[case][0] != "dsp"),
]


@pytest.mark.parametrize(("case", "target", "levels", "portable"), RUNS)
def test_every_size_is_exact(
    case: str, target: str, levels: int, portable: bool, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    """Columns around the word size, several batches, thresholds compared one by one and searched."""
    need_tools("qemu-system-arm", "arm-none-eabi-gcc")
    if target == "rv32imc":
        need_tools("qemu-system-riscv32", "riscv64-unknown-elf-gcc")
    kernel, weight_format, inputs_of, weights_of = CASES[case]
    rng = np.random.default_rng(len(case) + levels)
    inputs, outputs = [], []
    for number, columns in enumerate(SIZES):
        x = Input(name=f"x{number}", tensor=TensorType((1 + number % 2, columns)))
        inputs.append(x)
        outputs.append(dense(rng, quantized(x, inputs_of) if inputs_of else x, weights_of, 5, levels))
    check(build(outputs, inputs, kernel, weight_format, target), tmp_path, rng, portable)


def test_the_position_of_the_largest(tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("qemu-system-arm", "arm-none-eabi-gcc")
    rng = np.random.default_rng(1)
    x = Input(name="x", tensor=TensorType((4, 20)))
    outputs: list[Op] = [ArgMax(x=x), ArgMax(x=AccumulateDense(x=x, w=Const(value=np.eye(20, dtype=np.int8))))]
    check(build(outputs, [x], "portable", "int8", "cortex-m4"), tmp_path, rng)


@pytest.mark.parametrize("case", CASES)
def test_no_warning_from_any_compiler(case: str, tmp_path: Path, need_tools: Callable[..., None]) -> None:
    need_tools("arm-none-eabi-gcc", "clang", "gcc")
    kernel, weight_format, inputs_of, weights_of = CASES[case]
    rng = np.random.default_rng(2)
    x = Input(name="x", tensor=TensorType((1, 70)))
    source = quantized(x, inputs_of) if inputs_of else x
    outputs = [dense(rng, source, weights_of, 5, levels) for levels in (0, 2, 30)]
    compile_strictly(build(outputs, [x], kernel, weight_format, "cortex-m4"), tmp_path)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("levels", [3, 40])
def test_predictions_are_within_a_tenth(
    case: str, levels: int, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    """Instructions on a Cortex-M4, of the layers of a network together."""
    need_tools("qemu-system-arm", "arm-none-eabi-gcc")
    kernel, weight_format, inputs_of, weights_of = CASES[case]
    rng = np.random.default_rng(3)
    inputs, outputs = [], []
    for number, (columns, rows) in enumerate([(784, 64), (64, 64), (256, 64), (600, 37)]):
        x = Input(name=f"x{number}", tensor=TensorType((1, columns)))
        inputs.append(x)
        outputs.append(dense(rng, quantized(x, inputs_of) if inputs_of else x, weights_of, rows, levels))
    made = build(outputs, inputs, kernel, weight_format, "cortex-m4")
    nodes = profile_firmware(firmware_of(made, tmp_path)).nodes
    pairs = [
        (step.choice.chosen.lowered.instructions, node.instructions)
        for step, node in zip(made.plan.steps, nodes, strict=True)
        if "dense" in step.name
    ]
    predicted, counted = (sum(column) for column in zip(*pairs, strict=True))
    assert abs(predicted - counted) <= 0.1 * counted, pairs


def test_one_bit_networks_take_less_than_0_7_instructions_per_weight(
    shared: Path, tmp_path: Path, need_tools: Callable[..., None]
) -> None:
    """TFC_1W1A: one bit per weight plus thresholds, all of the inference counted."""
    need_tools("qemu-system-arm", "arm-none-eabi-gcc")
    made = compile_model(load(shared / "models/onnx/qonnx/TFC_1W1A.onnx"), "cortex-m4", prefix="unit")
    weights = sum(op.macs() for op in made.graph.ops)
    stored = sum(choice.chosen.lowered.weight_bytes for choice in made.choices)
    assert weights == 59008
    # rows of whole words: 784 columns take 800 bits
    assert stored == (64 * 800 + 2 * 64 * 64 + 10 * 64) // 8
    assert profile_firmware(firmware_of(made, tmp_path)).instructions < 0.7 * weights
