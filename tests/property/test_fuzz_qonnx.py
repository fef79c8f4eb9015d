"""Whatever a QONNX file holds, loading it ends in a graph or in a message: operators and numbers exchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from edgegen.errors import EdgegenError
from edgegen.frontends import load

MODELS = ("TFC_1W1A", "TFC_1W2A", "finn_examples_fpga_flow", "qkeras_jettagging", "unsw_nb15-mlp-w2a2")
CASES = 120
FLOATS = (0.0, float("nan"), float("inf"), -1e38, 3.7, -128.0, 1e-40)
WHOLE = (0, 1, -1, 5, 100, -128, 1 << 40)


def tensors(graph: Any) -> list[str]:
    """Names of everything that an operator could read."""
    return [t.name for t in graph.initializer] + [name for node in graph.node for name in node.output]


def exchange_operand(graph: Any, rng: np.random.Generator) -> None:
    node = graph.node[rng.integers(len(graph.node))]
    if node.input:
        node.input[rng.integers(len(node.input))] = str(rng.choice(tensors(graph)))


def drop_operand(graph: Any, rng: np.random.Generator) -> None:
    node = graph.node[rng.integers(len(graph.node))]
    if node.input:
        del node.input[-1]


def exchange_operator(graph: Any, rng: np.random.Generator) -> None:
    node, other = (graph.node[rng.integers(len(graph.node))] for _ in range(2))
    node.op_type = other.op_type


def drop_operator(graph: Any, rng: np.random.Generator) -> None:
    del graph.node[rng.integers(len(graph.node))]


def change_attribute(graph: Any, rng: np.random.Generator) -> None:
    node = graph.node[rng.integers(len(graph.node))]
    if node.attribute:
        attribute = node.attribute[rng.integers(len(node.attribute))]
        attribute.i, attribute.f = int(rng.choice(WHOLE)), float(rng.choice(FLOATS))
        if attribute.ints:
            attribute.ints[0] = int(rng.choice(WHOLE))


def change_value(graph: Any, rng: np.random.Generator) -> None:
    tensor = graph.initializer[rng.integers(len(graph.initializer))]
    values = numpy_helper.to_array(tensor).copy().reshape(-1)
    values[rng.integers(values.size)] = rng.choice(FLOATS if values.dtype.kind == "f" else WHOLE)
    tensor.CopyFrom(numpy_helper.from_array(values.reshape(tuple(tensor.dims)), tensor.name))


def change_shape(graph: Any, rng: np.random.Generator) -> None:
    tensor = graph.initializer[rng.integers(len(graph.initializer))]
    shape = rng.choice([1, 2, 64, 10, 0], rng.integers(0, 4)).tolist()
    tensor.CopyFrom(numpy_helper.from_array(np.resize(numpy_helper.to_array(tensor), shape), tensor.name))


def change_input(graph: Any, rng: np.random.Generator) -> None:
    axes = graph.input[0].type.tensor_type.shape.dim
    axes[rng.integers(len(axes))].dim_value = int(rng.choice([0, 1, 2, 28, -5, 1 << 33]))


def rename_output(graph: Any, rng: np.random.Generator) -> None:
    graph.output[0].name = str(rng.choice(tensors(graph)))


CHANGES = (
    exchange_operand, drop_operand, exchange_operator, drop_operator, change_attribute, change_value, change_shape,
    change_input, rename_output,
)  # fmt: skip


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.models
@pytest.mark.parametrize("name", MODELS)
def test_damaged_networks_end_in_a_graph_or_a_message(name: str, shared: Path, tmp_path: Path) -> None:
    data = (shared / f"models/onnx/qonnx/{name}.onnx").read_bytes()
    path = tmp_path / "model.onnx"
    endings = {"graph": 0, "message": 0}
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        message = onnx.load_from_string(data)
        for _ in range(rng.integers(1, 4)):
            CHANGES[rng.integers(len(CHANGES))](message.graph, rng)
        path.write_bytes(message.SerializeToString())
        try:
            load(path)
            endings["graph"] += 1
        except EdgegenError as error:
            assert str(error)
            endings["message"] += 1
    assert endings["message"] > CASES // 4
