"""QONNX protobuf -> plain dataclasses. The models name operator domains that the onnx checker does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, ValueInfoProto

from edgegen.frontends.named import STANDARD, NodeInfo, node_info, operator_set, tensor_array
from edgegen.frontends.source import Source
from edgegen.ir import Array

#: operators that make a model a QONNX model
QUANTISERS = ("Quant", "IntQuant", "BipolarQuant", "MultiThreshold")
OLDEST_OPSET = 7
_MAX_NODES = 100_000


@dataclass(frozen=True)
class Edge:
    """A graph input or output: shape with 1 for axes left open, and FINN's annotation of its type, if any."""

    name: str
    shape: tuple[int, ...]
    annotation: str = ""


@dataclass(frozen=True)
class Model:
    """The main graph of a file."""

    operators: tuple[NodeInfo, ...]
    constants: Mapping[str, Array]
    inputs: tuple[Edge, ...]
    outputs: tuple[Edge, ...]
    opset: int


def matches(message: ModelProto) -> bool:
    """Whether the model has quantisers of brevitas, FINN or QONNX."""
    return any(node.op_type in QUANTISERS and node.domain not in STANDARD for node in message.graph.node)


def read(source: Source, message: ModelProto) -> Model:
    """Raises ModelError for anything that a sound file cannot hold."""
    graph = message.graph
    if len(graph.node) > _MAX_NODES:
        raise source.error(f"it has {len(graph.node)} operators; at most {_MAX_NODES} are read")
    constants = {tensor.name: tensor_array(source, tensor) for tensor in graph.initializer}
    for name, array in constants.items():
        if array.dtype.kind not in "fiub" or not np.isfinite(array).all():
            raise source.error(f"constant '{name}' is {array.dtype} or holds a value that is not finite")
    types = {
        note.tensor_name: entry.value
        for note in graph.quantization_annotation
        for entry in note.quant_parameter_tensor_names
        if entry.key == "finn_datatype"
    }
    return Model(
        operators=tuple(node_info(source, index, node, node.op_type) for index, node in enumerate(graph.node)),
        constants=constants,
        inputs=tuple(_edge(source, info, types) for info in graph.input if info.name not in constants),
        outputs=tuple(_edge(source, info, types) for info in graph.output),
        opset=operator_set(message),
    )


def _edge(source: Source, info: ValueInfoProto, types: Mapping[str, str]) -> Edge:
    """Brevitas writes 0 for axes that it does not know."""
    shape = tuple(max(1, int(d.dim_value)) for d in info.type.tensor_type.shape.dim)
    if sum(shape) > 1 << 24:
        raise source.error(f"'{info.name}' has shape {shape}, which cannot be")
    return Edge(info.name, shape, types.get(info.name, ""))
