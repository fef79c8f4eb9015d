"""Many single layers in one firmware: each compared with its reference, on the target and on the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgegen.build import Build
from edgegen.emit.artefacts import write
from edgegen.errors import FormatError
from edgegen.fixedpoint import Requant
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Const, Graph, Input, Op, TensorType, with_operands
from edgegen.kernels.base import Kernel
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.fully_connected import FullyConnected
from edgegen.pipeline import compile_model, integer_graph
from edgegen.profile.measure import profile_firmware
from edgegen.selection.candidates import Options
from edgegen.target import Target, load_target
from edgegen.verify.harness import Buffer, Firmware, ModelInterface, build_firmware, run_firmware


@dataclass(frozen=True)
class Scales:
    """How a layer requantises: outputs spread over about `spread` powers of two; clamp and rounding as given."""

    zero_point: int = -128
    lo: int = -128
    hi: int = 127
    rounding: str = "double"
    spread: float = 1.5


def requant_for(rng: np.random.Generator, fan_in: int, channels: int, scales: Scales) -> Requant:
    """Multipliers under which random sums of fan_in products fill the output range and sometimes saturate."""
    base = 60.0 / (74.0 * 74.0 * np.sqrt(fan_in))
    values = base * 2.0 ** -rng.uniform(0, scales.spread, channels)
    rounding = "single" if scales.rounding == "single" else "double"
    return Requant.from_scales(values, scales.zero_point, scales.lo, scales.hi, rounding)


def conv2d(
    rng: np.random.Generator,
    shape: tuple[int, int, int, int],
    out_c: int,
    window: Window,
    scales: Scales | None = None,
    lowest: int = -127,
) -> Conv2D:
    """A random convolution of an input of its own."""
    fan_in = shape[3] * window.kernel[0] * window.kernel[1]
    w = rng.integers(lowest, 128, (out_c, *window.kernel, shape[3])).astype(np.int8)
    return Conv2D(
        x=Input(name="x", tensor=TensorType(shape)),
        w=Const(value=w),
        b=Const(value=rng.integers(-3000, 3000, out_c).astype(np.int32)),
        window=window,
        pad_value=int(rng.integers(-128, 128)),
        requant=requant_for(rng, fan_in, out_c, scales or Scales()),
    )


def fully_connected(
    rng: np.random.Generator,
    batch: int,
    columns: int,
    rows: int,
    scales: Scales | None = None,
    per_channel: bool = False,
    lowest: int = -127,
) -> FullyConnected:
    """A random fully connected layer of an input of its own."""
    return FullyConnected(
        x=Input(name="x", tensor=TensorType((batch, columns))),
        w=Const(value=rng.integers(lowest, 128, (rows, columns)).astype(np.int8)),
        b=Const(value=rng.integers(-3000, 3000, rows).astype(np.int32)),
        requant=requant_for(rng, columns, rows if per_channel else 1, scales or Scales()),
    )


def possible(kernel: Kernel, layer: Op, weight_format: str) -> bool:
    """Whether a kernel takes what the passes make of a layer, with its weights in a format, on a Cortex-M4."""
    inputs = tuple(node for node in layer.data_operands if isinstance(node, Input))
    ops = [op for op in integer_graph(Graph("layer", inputs, (layer,), ("y",))).ops if not op.is_view]
    target = load_target("cortex-m4")
    if len(ops) != 1 or type(ops[0]) is not kernel.op or kernel.accepts(ops[0], target) is not None:
        return False
    try:
        kernel.lower(ops[0], weight_format, target)
    except FormatError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Layers:
    """A graph of independent layers, compiled."""

    build: Build
    interface: ModelInterface
    folder: Path

    def values(self, seed: int) -> tuple[Array, ...]:
        """Inputs, one in four made of extremes only."""
        rng = np.random.default_rng(seed)
        found = []
        for node in self.build.graph.inputs:
            x = rng.integers(-128, 128, node.type.shape).astype(np.int8)
            found.append(np.where(x < 0, -128, 127).astype(np.int8) if seed % 4 == 3 else x)
        return tuple(found)

    def firmware(self, target: Target, *, shift: bool = False, defines: Sequence[str] = ()) -> Firmware:
        """Compiled and linked for a target."""
        name = f"{target.name}_{shift}_{len(defines)}"
        return build_firmware(
            self.folder, target, self.folder.parent / name, self.interface, shift=shift, defines=defines
        )

    def instructions(self, firmware: Firmware) -> list[tuple[float, int]]:
        """(predicted, counted) instructions of every layer."""
        nodes = profile_firmware(firmware).nodes
        return [
            (choice.chosen.lowered.instructions, node.instructions)
            for choice, node in zip(self.build.choices, nodes, strict=True)
        ]

    def check(self, firmware: Firmware, vectors: int = 2) -> None:
        """Run and compare every layer's output with its reference."""
        interpreter = Interpreter(self.build.graph)
        inputs = [self.values(seed) for seed in range(4 - vectors, 4)]
        result = run_firmware(firmware, [[value.tobytes() for value in vector] for vector in inputs])
        for vector, outputs in zip(inputs, result.outputs, strict=True):
            names = [node.name for node in self.build.graph.inputs]
            expected = interpreter.run(dict(zip(names, vector, strict=True)))
            for number, (want, raw) in enumerate(zip(expected, outputs, strict=True)):
                got = np.frombuffer(raw, dtype=want.dtype).reshape(want.shape)
                choice = self.build.choices[number]
                np.testing.assert_array_equal(got, want, f"layer {number}: {choice.node.name} {choice.chosen.format}")


def compile_layers(layers: Sequence[tuple[Op, str, str]], folder: Path, target: str = "cortex-m4") -> Layers:
    """layers: (op with inputs of its own, kernel, format); every one is forced onto its kernel and format."""
    ops: list[Op] = []
    inputs: list[Input] = []
    for number, (op, _, _) in enumerate(layers):
        own = Input(name=f"x{number}", tensor=op.data_operands[0].type)
        inputs.append(own)
        ops.append(with_operands(op, {id(op.data_operands[0]): own}))
    graph = Graph("layers", tuple(inputs), tuple(ops), tuple(f"y{i}" for i in range(len(ops))))
    names = [f"n{number:02d}_{op.op_name}" for number, op in enumerate(ops)]
    options = Options(
        optimize="speed",
        kernels=tuple((name, kernel) for name, (_, kernel, _) in zip(names, layers, strict=True)),
        formats=tuple((name, fmt) for name, (_, _, fmt) in zip(names, layers, strict=True)),
    )
    build = compile_model(graph, target, options, prefix="net", selftest=False)
    write(folder / "net", build.files)
    interface = ModelInterface(
        prefix="net",
        inputs=tuple(Buffer(node.type.c_type, node.type.size) for node in build.graph.inputs),
        outputs=tuple(Buffer(node.type.c_type, node.type.size) for node in build.graph.outputs),
        sources=("net.c",),
        header="net.h",
    )
    return Layers(build, interface, folder / "net")
