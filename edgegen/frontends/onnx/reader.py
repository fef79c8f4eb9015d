"""ONNX protobuf -> plain dataclasses, checked: nothing is read outside of the file, no size is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, numpy_helper

from edgegen.frontends.source import Source
from edgegen.ir import Array

#: oldest operator set whose meaning the importers know
OLDEST_OPSET = 13
#: most elements that a tensor may have: what a 32-bit target can address
_MAX_ELEMENTS = 1 << 31
#: the standard domain's two names
STANDARD = ("", "ai.onnx")


@dataclass(frozen=True)
class NodeInfo:
    """An operator as the file describes it; "" stands for an operand that is left out."""

    index: int
    name: str
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


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
        nodes=tuple(_node(source, index, node) for index, node in enumerate(graph.node)),
        constants=constants,
        inputs=tuple(_edge(source, info) for info in graph.input if info.name not in constants),
        outputs=tuple(_edge(source, info) for info in graph.output),
        opset=max((opset.version for opset in model.opset_import if opset.domain in STANDARD), default=0),
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


def tensor_array(source: Source, tensor: TensorProto) -> Array:
    """A constant's values; its data must be as long as its shape says."""
    dims = tuple(int(d) for d in tensor.dims)
    if any(d < 0 for d in dims) or prod(dims) > _MAX_ELEMENTS:
        raise source.error(f"constant '{tensor.name}' has shape {dims}, which cannot be")
    if tensor.data_location == TensorProto.EXTERNAL:
        raise source.error(f"constant '{tensor.name}' is stored in another file; save the model as one file")
    # A bound on the elements that the message can hold: packed 4-bit types have two in a byte.
    if prod(dims) > 2 * tensor.ByteSize():
        raise source.error(f"constant '{tensor.name}' has shape {dims} but {tensor.ByteSize()} bytes; it is truncated")
    try:
        values: Array = np.asarray(numpy_helper.to_array(tensor))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, NotImplementedError) as error:
        raise source.error(f"constant '{tensor.name}' of shape {dims} cannot be read: {error}") from error
    # Types of 4 bits arrive as extension types.
    return values.astype(np.int8) if values.dtype.name in ("int4", "uint4") else values


def _attribute(source: Source, attribute: AttributeProto) -> Any:
    """A Python value: int, float, str, tuple or array; graphs and sparse tensors stay None."""
    kind = attribute.type
    if kind == AttributeProto.TENSOR:
        return tensor_array(source, attribute.t)
    if kind == AttributeProto.STRING:
        return attribute.s.decode("utf-8", "replace")
    if kind == AttributeProto.INT:
        return int(attribute.i)
    if kind == AttributeProto.FLOAT:
        return float(attribute.f)
    if kind == AttributeProto.INTS:
        return tuple(int(i) for i in attribute.ints)
    if kind == AttributeProto.FLOATS:
        return tuple(float(f) for f in attribute.floats)
    return None


def _node(source: Source, index: int, node: NodeProto) -> NodeInfo:
    op = node.op_type if node.domain in STANDARD else f"{node.domain}:{node.op_type}"
    attributes = {attribute.name: _attribute(source, attribute) for attribute in node.attribute}
    return NodeInfo(index, node.name, op, tuple(node.input), tuple(node.output), attributes)


def _edge(source: Source, info: ValueInfoProto) -> EdgeInfo:
    tensor = info.type.tensor_type
    shape = tuple(int(d.dim_value) if d.HasField("dim_value") else 1 for d in tensor.shape.dim)
    if any(d < 1 for d in shape) or prod(shape) > _MAX_ELEMENTS:
        raise source.error(f"'{info.name}' has shape {shape}; every axis must be at least 1, the size at most 2**31")
    name = TensorProto.DataType.Name(tensor.elem_type) if tensor.elem_type in TensorProto.DataType.values() else "?"
    return EdgeInfo(info.name, {"FLOAT": "float32"}.get(name, name.lower()), shape)
