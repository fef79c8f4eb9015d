"""What an importer sees of its ONNX operator: operands, attributes and where to put what it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgegen.errors import ModelError
from edgegen.frontends.onnx.reader import EdgeInfo, ModelInfo, NodeInfo
from edgegen.frontends.onnx.values import Constant, Pending, Tensor, Value
from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.source import Source
from edgegen.ir import Array, Input, Origin, QuantParams, TensorType

#: most elements of a tensor that the import computes itself (shapes)
MAX_FOLDED = 256

QDQ_ADVICE = (
    "Quantise the model: give calibration data (--calibrate F.npz), or export it with QuantizeLinear / DequantizeLinear"
    " around every operator"
)


class UnknownError(Exception):
    """An operand comes from an operator that was refused, so that nothing can be said about this one."""


@dataclass
class State:
    """The import of one file under way."""

    source: Source
    model: ModelInfo
    tensors: dict[str, Tensor] = field(default_factory=dict)
    #: graph inputs that have become nodes
    inputs: dict[str, Input] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def edge_input(self, info: EdgeInfo, quant: QuantParams) -> Input:
        """The node of a graph input with these parameters, made once."""
        found = self.inputs.get(info.name)
        if found is None:
            origin = Origin(self.source.name, "INPUT", -1, info.name)
            found = Input(name=info.name, tensor=TensorType(info.shape, "int8", quant), origin=origin)
            self.inputs[info.name] = found
            if info.dtype != "int8":
                how = "the value less 128" if info.dtype == "uint8" else quant.formula
                self.notes.append(f"input '{info.name}': {info.dtype} in the file, int8 here ({how})")
        elif found.type.quant != quant:
            raise RefuseError(f"input '{info.name}' is quantised in two ways", "Quantise it once")
        return found


@dataclass(frozen=True)
class Context:
    """One operator and its surroundings."""

    state: State
    info: NodeInfo

    @property
    def origin(self) -> Origin:
        name = self.info.name or (self.info.outputs[0] if self.info.outputs else "")
        return Origin(self.state.source.name, self.info.op, self.info.index, name)

    def error(self, message: str) -> ModelError:
        """For a file that says something impossible."""
        return self.state.source.error(f"{self.info.op} '{self.origin.name}': {message}")

    # Operands

    def has(self, slot: int) -> bool:
        return slot < len(self.info.inputs) and self.info.inputs[slot] != ""

    def tensor(self, slot: int) -> Tensor:
        if not self.has(slot):
            raise self.error(f"operand {slot} is missing")
        name = self.info.inputs[slot]
        if name not in self.state.tensors:
            raise UnknownError(name)
        return self.state.tensors[name]

    def value(self, slot: int) -> Value:
        """An operand of real numbers that are quantised: the output of a DequantizeLinear."""
        match self.tensor(slot):
            case Value(integer=False, quant=quant) as value if quant is not None:
                return value
        raise RefuseError(f"its operand '{self.info.inputs[slot]}' is not quantised", QDQ_ADVICE)

    def scale(self, slot: int) -> tuple[Value, float, int]:
        """A quantised operand with its scale and zero point."""
        value = self.value(slot)
        assert value.quant is not None
        return value, value.quant.scale[0], value.quant.zero_point[0]

    def constant(self, slot: int) -> Constant:
        match self.tensor(slot):
            case Constant() as constant:
                return constant
        raise RefuseError(f"its operand '{self.info.inputs[slot]}' is computed at run time; it must be constant")

    def integers(self, slot: int) -> tuple[int, ...]:
        """A constant list of integers: a shape, axes, pads."""
        array = self.constant(slot).array
        if array.dtype.kind not in "iu" or array.size > MAX_FOLDED:
            raise self.error(f"operand '{self.info.inputs[slot]}' must be a short list of integers")
        return tuple(int(i) for i in array.reshape(-1))

    def scalar(self, slot: int) -> float:
        """A constant real number."""
        array = self.constant(slot).array
        if array.size != 1:
            raise RefuseError(f"its operand '{self.info.inputs[slot]}' has {array.size} elements; it must have one")
        return float(array.reshape(-1)[0])

    # Attributes

    def attribute(self, name: str, default: Any = None) -> Any:
        return self.info.attributes.get(name, default)

    def axis(self, rank: int, default: int = -1, name: str = "axis") -> int:
        """An axis attribute in 0..rank-1."""
        axis = int(self.attribute(name, default))
        if not -rank <= axis < rank:
            raise self.error(f"{name} is {axis}; its operand has {rank} axes")
        return axis % rank


def quant_params(context: Context, scale: Array, zero: Array | None) -> QuantParams:
    """One scale and zero point, uint8 shifted to int8."""
    if scale.size != 1 or (zero is not None and zero.size != 1):
        raise RefuseError("its activations have more than one scale", "Quantise activations per tensor")
    dtype = "uint8" if zero is None else str(zero.dtype)
    if dtype not in ("int8", "uint8"):
        raise RefuseError(f"its activations are {dtype}; only int8 and uint8 can be compiled")
    value = float(np.float32(scale.reshape(-1)[0]))
    if not np.isfinite(value) or value <= 0:
        raise context.error(f"its scale is {value}; it must be positive")
    shift = 128 if dtype == "uint8" else 0
    return QuantParams((value,), ((0 if zero is None else int(zero.reshape(-1)[0])) - shift,))


def is_pending(tensor: Tensor) -> bool:
    """Whether a tensor still waits for its scale."""
    match tensor:
        case Pending():
            return True
    return False
