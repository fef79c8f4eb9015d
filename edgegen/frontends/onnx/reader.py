"""ONNX protobuf -> plain dataclasses, checked: nothing is read outside of the file, no size is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import onnx
from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

from edgegen.frontends.named import MAX_ELEMENTS, STANDARD, NodeInfo, node_info, operator_set, tensor_array
from edgegen.frontends.source import Source
from edgegen.ir import Array

#: oldest operator set whose meaning the importers know
OLDEST_OPSET = 13


@dataclass(frozen=True)
class EdgeInfo:
    """A graph input or output: name, element type as numpy names it, shape with 1 for axes left open."""

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class ModelInfo:
    """The main graph of a file."""

    nodes: tuple[NodeInfo, ...]
    constants: Mapping[str, Array]
    inputs: tuple[EdgeInfo, ...]
    outputs: tuple[EdgeInfo, ...]
    opset: int


def parse(data: bytes) -> ModelProto | None:
    """The message, or None when these bytes are no ONNX model."""
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, RuntimeError):
        return None
    return model if model.HasField("graph") and model.opset_import else None


def read(source: Source, model: ModelProto) -> ModelInfo:
    """Raises ModelError for anything that a sound file cannot hold."""
    graph = model.graph
    _refuse_external(source, graph)
    _check(source, model)
    if graph.sparse_initializer:
        raise source.error("it holds sparse initializers; save it with dense ones: edgegen finds zeros itself")
    constants = {tensor.name: tensor_array(source, tensor) for tensor in graph.initializer}
    return ModelInfo(
        nodes=tuple(node_info(source, index, node, _qualified(node)) for index, node in enumerate(graph.node)),
        constants=constants,
        inputs=tuple(_edge(source, info) for info in graph.input if info.name not in constants),
        outputs=tuple(_edge(source, info) for info in graph.output),
        opset=operator_set(model),
    )


def _refuse_external(source: Source, graph: GraphProto) -> None:
    """Data beside the file would let a model name any path; the checker would look there too."""
    for tensor in graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
            raise source.error(
                f"initializer '{tensor.name}' is stored in another file; save the model as one file"
                " (onnx.save with save_as_external_data=False)"
            )


def _check(source: Source, model: ModelProto) -> None:
    """The onnx package's own rules: names defined once and before use, attributes of the right kind, ..."""
    known = {opset.domain for opset in model.opset_import}
    for domain in {node.domain for node in model.graph.node} - known - set(STANDARD):
        # Some tools leave out the version of their own operators; whether those are known is the importers' matter.
        model.opset_import.add(domain=domain, version=1)
    try:
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, ValueError, RuntimeError, TypeError) as error:
        reason = str(error).strip().splitlines()
        raise source.error(f"it is no valid ONNX model: {reason[0] if reason else error!r}; export it again") from error


def _qualified(node: NodeProto) -> str:
    """The operator with its domain, unless that is the standard one."""
    return node.op_type if node.domain in STANDARD else f"{node.domain}:{node.op_type}"


def _edge(source: Source, info: ValueInfoProto) -> EdgeInfo:
    tensor = info.type.tensor_type
    shape = tuple(int(d.dim_value) if d.HasField("dim_value") else 1 for d in tensor.shape.dim)
    if any(d < 1 for d in shape) or prod(shape) > MAX_ELEMENTS:
        raise source.error(f"'{info.name}' has shape {shape}; every axis must be at least 1, the size at most 2**31")
    name = TensorProto.DataType.Name(tensor.elem_type) if tensor.elem_type in TensorProto.DataType.values() else "?"
    return EdgeInfo(info.name, {"FLOAT": "float32"}.get(name, name.lower()), shape)
