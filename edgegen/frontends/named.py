"""Operators whose operands are names of tensors, as ONNX files have them: what the ONNX and QONNX frontends share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, Generic, TypeVar

import numpy as np
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, numpy_helper

from edgegen.errors import ModelError
from edgegen.frontends.refusal import RefuseError, UnknownError
from edgegen.frontends.source import Source
from edgegen.ir import Array, Input, Origin, QuantParams, TensorType

T = TypeVar("T")

#: the standard domain's two names
STANDARD = ("", "ai.onnx")
#: most elements that a tensor may have: what a 32-bit target can address
MAX_ELEMENTS = 1 << 31


@dataclass(frozen=True)
class NodeInfo:
    """An operator as the file describes it; "" stands for an operand that is left out."""

    index: int
    name: str
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


def node_info(source: Source, index: int, node: NodeProto, op: str) -> NodeInfo:
    """The operator `op`, its attributes as Python values."""
    attributes = {attribute.name: _attribute(source, attribute) for attribute in node.attribute}
    return NodeInfo(index, node.name, op, tuple(node.input), tuple(node.output), attributes)


def operator_set(model: ModelProto) -> int:
    """Version of the standard operators; 0 when the file names none."""
    return max((opset.version for opset in model.opset_import if opset.domain in STANDARD), default=0)


def _attribute(source: Source, attribute: AttributeProto) -> Any:
    """A Python value: int, float, str, tuple or array; graphs and sparse tensors stay None."""
    match attribute.type:
        case AttributeProto.TENSOR:
            return tensor_array(source, attribute.t)
        case AttributeProto.STRING:
            return attribute.s.decode("utf-8", "replace")
        case AttributeProto.INT:
            return int(attribute.i)
        case AttributeProto.FLOAT:
            return float(attribute.f)
        case AttributeProto.INTS:
            return tuple(int(i) for i in attribute.ints)
        case AttributeProto.FLOATS:
            return tuple(float(f) for f in attribute.floats)
    return None


def tensor_array(source: Source, tensor: TensorProto) -> Array:
    """A constant's values; its data must be as long as its shape says."""
    dims = tuple(int(d) for d in tensor.dims)
    if any(d < 0 for d in dims) or prod(dims) > MAX_ELEMENTS:
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


@dataclass
class NamedState(Generic[T]):
    """The import of one file under way; T: what a tensor is while it is imported."""

    source: Source
    tensors: dict[str, T] = field(default_factory=dict)
    #: graph inputs that have become nodes
    inputs: dict[str, Input] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def input_node(self, name: str, shape: tuple[int, ...], dtype: str, quant: QuantParams) -> Input:
        """The int8 node of a graph input with these parameters, made once; dtype: as the file has it."""
        found = self.inputs.get(name)
        if found is None:
            origin = Origin(self.source.name, "INPUT", -1, name)
            found = Input(name=name, tensor=TensorType(shape, "int8", quant), origin=origin)
            self.inputs[name] = found
            if dtype != "int8":
                how = "the value less 128" if dtype == "uint8" else quant.formula
                self.notes.append(f"input '{name}': {dtype} in the file, int8 here ({how})")
        elif found.type.quant != quant:
            raise RefuseError(f"input '{name}' is quantised in two ways", "Quantise it once")
        return found


@dataclass(frozen=True)
class NamedContext(Generic[T]):
    """One operator and its surroundings."""

    state: NamedState[T]
    info: NodeInfo

    @property
    def origin(self) -> Origin:
        name = self.info.name or (self.info.outputs[0] if self.info.outputs else "")
        return Origin(self.state.source.name, self.info.op, self.info.index, name)

    def error(self, message: str) -> ModelError:
        """For a file that says something impossible."""
        return self.state.source.error(f"{self.info.op} '{self.origin.name}': {message}")

    def has(self, slot: int) -> bool:
        return slot < len(self.info.inputs) and self.info.inputs[slot] != ""

    def tensor(self, slot: int) -> T:
        if not self.has(slot):
            raise self.error(f"operand {slot} is missing")
        name = self.info.inputs[slot]
        if name not in self.state.tensors:
            raise UnknownError(name)
        return self.state.tensors[name]
