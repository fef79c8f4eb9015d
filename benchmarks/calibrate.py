"""Fits the cost coefficients of the portable kernels for a target, and prints its [cost] section.

    python -m benchmarks.calibrate cortex-m4

Every portable kernel predicts a sum of counts (taps, outputs, ...) times coefficients. Layers of many shapes are
compiled together, run under the profile plugin, and the coefficients are the non-negative least squares solution,
relative errors weighted alike (scipy.optimize.nnls). The compiler specialises a kernel that a model uses only once;
such a layer is cheaper than predicted.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

from edgegen.emit.artefacts import write
from edgegen.ir import Graph, Input, Node, Op, with_operands
from edgegen.kernels.base import registry
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.concat import Concat
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.transpose import Transpose
from edgegen.pipeline import compile_model
from edgegen.profile.measure import profile
from edgegen.selection.candidates import Options
from edgegen.target import Target, load_target
from edgegen.verify.check import interface_of
from tests import graphs as g


class Counting(Mapping[str, float]):
    """A [cost] section that remembers which coefficients are asked for, and has 1 for one of them."""

    def __init__(self, one: str = "") -> None:
        self.one = one
        self.asked: list[str] = []

    def __getitem__(self, key: str) -> float:
        self.asked.append(key)
        return 1.0 if key == self.one else 0.0

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)


def features(graph: Graph, target: Target) -> dict[str, float]:
    """Coefficient -> count, as the portable kernel of the graph's only op counts."""
    op = graph.ops[-1]
    kernel = next(k for k in registry() if k.op is type(op) and k.name == "portable")
    names = Counting()
    kernel.lower(op, kernel.formats[0], replace(target, cost=names))
    return {
        name: kernel.lower(op, kernel.formats[0], replace(target, cost=Counting(name))).instructions
        for name in dict.fromkeys(names.asked)
    }


def merged(graphs: list[Graph]) -> Graph:
    """One graph of many independent layers, so that they share one copy of their kernel as in a real model."""
    inputs: list[Input] = []
    outputs: list[Op] = []
    for graph in graphs:
        mapping: dict[int, Node] = {}
        for node in graph.inputs:
            inputs.append(replace(node, name=f"x{len(inputs)}"))
            mapping[id(node)] = inputs[-1]
        outputs.append(with_operands(graph.ops[-1], mapping))
    return Graph("layers", tuple(inputs), tuple(outputs), source="layers")


def instructions(graphs: list[Graph], target: Target) -> list[int]:
    """Measured instructions of the portable kernel on each graph's only op."""
    graph = merged(graphs)
    names = [f"n{i:02d}_{op.op_name}" for i, op in enumerate(graph.outputs) if isinstance(op, Op)]
    weight_format = "int8" if hasattr(graph.outputs[0], "w") else "-"
    options = Options(
        optimize="speed",
        kernels=tuple((name, "portable") for name in names),
        formats=tuple((name, weight_format) for name in names),
    )
    build = compile_model(graph, target, options, prefix="layers", selftest=False)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "layers", build.files)
        nodes = profile(Path(folder) / "layers", target, interface_of(build)).nodes
    return [node.instructions for node in nodes]


def _one(make: Any, *shape: int) -> Graph:
    x = g.source(shape)
    return g.graph(make(x), x)


def _two(make: Any, a: tuple[int, ...], b: tuple[int, ...]) -> Graph:
    first, second = g.source(a, "a"), g.source(b, "b")
    return g.graph(make(first, second), first, second)


def layers() -> Iterator[Graph]:
    """Layers of the shapes that real models have, and odd ones."""
    for size, channels, out, kernel, stride in (
        (8, 16, 16, 1, 1), (6, 64, 32, 1, 1), (12, 3, 8, 3, 2), (8, 8, 8, 3, 1), (6, 32, 16, 3, 1), (5, 5, 7, 3, 1),
        (10, 1, 16, 5, 2), (4, 128, 16, 1, 1),
    ):  # fmt: skip
        yield _one(lambda x, o=out, k=kernel, s=stride: g.conv2d(x, o, k, s, k // 2), 1, size, size, channels)
    for size, channels, times, stride in ((8, 8, 1, 1), (12, 16, 1, 2), (6, 64, 1, 1), (7, 3, 2, 1), (20, 4, 1, 1)):
        yield _one(lambda x, m=times, s=stride: g.depthwise(x, m, s), 1, size, size, channels)
    for columns, rows in ((640, 128), (128, 128), (64, 12), (8, 128), (256, 10), (33, 17)):
        yield _one(lambda x, r=rows: g.dense(x, r), 1, columns)
    for shape in ((1, 8, 8, 16), (1, 5, 7, 3), (1, 16, 16, 8), (1, 2, 2, 64)):
        yield _two(g.add, shape, shape)
        yield _two(g.mul, shape, (1, 1, 1, shape[3]))
        yield _one(g.lut, *shape)
        yield _one(g.mean, *shape)
        yield _one(g.pad, *shape)
        yield _one(lambda x: Transpose(x=x, perm=(0, 3, 1, 2), quant=g.QUANT), *shape)
        yield _two(lambda a, b: Concat(xs=(a, b), axis=3, quant=g.QUANT), shape, shape)
        yield _one(lambda x: ResizeNearest(x=x, rows=(0, 0, 1, 1), columns=(0, 0, 1, 1)), *shape)
        yield _one(lambda x: g.pool(AveragePool2D, x, 2, 2), *shape)
        yield _one(lambda x: g.pool(MaxPool2D, x, 2, 2), *shape)
    for kernel in (3, 5):
        yield _one(lambda x, k=kernel: g.pool(AveragePool2D, x, k, 2, 1), 1, 9, 9, 8)
        yield _one(lambda x, k=kernel: g.pool(MaxPool2D, x, k, 2, 1), 1, 9, 9, 8)
    for rows, classes in ((1, 12), (1, 2), (1, 100), (5, 10), (20, 3)):
        yield _one(g.softmax, rows, classes)


def fit(target: Target) -> dict[str, float]:
    """Coefficient -> instructions."""
    groups: dict[str, list[Graph]] = {}
    for graph in layers():
        groups.setdefault(graph.ops[-1].op_name, []).append(graph)
    samples = [
        (features(graph, target), total, op)
        for op, graphs in groups.items()
        for graph, total in zip(graphs, instructions(graphs, target), strict=True)
    ]
    names = sorted({name for counts, _, _ in samples for name in counts})
    matrix = np.array([[counts.get(name, 0.0) / total for name in names] for counts, total, _ in samples])
    solution, _ = nnls(matrix, np.ones(len(samples)))
    for row, (_, total, op) in zip(matrix, samples, strict=True):
        print(f"{op:20}{total:>10,}{float(row @ solution) - 1:>+8.1%}", file=sys.stderr)
    return {name: round(float(value), 3) for name, value in zip(names, solution, strict=True)}


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(f"# {argument}: fitted by python -m benchmarks.calibrate\n[cost]")
        for key, value in fit(load_target(argument)).items():
            print(f"{key} = {value}")
