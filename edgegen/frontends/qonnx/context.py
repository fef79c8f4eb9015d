"""What an importer sees of its operator."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from edgegen.errors import ModelError
from edgegen.frontends.qonnx.reader import Edge, Model, Operator
from edgegen.frontends.qonnx.tensors import Known, Real, Tensor
from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.source import Source
from edgegen.ir import Array, Input, Origin, QuantParams, TensorType


class UnknownError(Exception):
    """An operand comes from an operator that was refused, so that nothing can be said about this one."""


@dataclass
class State:
    """The import of one file under way."""

    source: Source
    model: Model
    tensors: dict[str, Tensor] = field(default_factory=dict)
    inputs: dict[str, Input] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def make_input(self, edge: Edge, quant: QuantParams) -> Input:
        """The node of a graph input with these parameters, made once, as one row."""
        found = self.inputs.get(edge.name)
        if found is None:
            size = 1
            for length in edge.shape:
                size *= length
            origin = Origin(self.source.name, "INPUT", -1, edge.name)
            found = Input(name=edge.name, tensor=TensorType((1, size), "int8", quant), origin=origin)
            self.inputs[edge.name] = found
            self.notes.append(f"input '{edge.name}': float32 in the file, int8 here ({quant.formula})")
        elif found.type.quant != quant:
            raise RefuseError(f"input '{edge.name}' is quantised in two ways", "Quantise it once")
        return found


@dataclass(frozen=True)
class Context:
    """One operator and its surroundings."""

    state: State
    info: Operator

    @property
    def origin(self) -> Origin:
        name = self.info.name or (self.info.outputs[0] if self.info.outputs else "")
        return Origin(self.state.source.name, self.info.op, self.info.index, name)

    def error(self, message: str) -> ModelError:
        """For a file that says something impossible."""
        return self.state.source.error(f"{self.info.op} '{self.origin.name}': {message}")

    def has(self, slot: int) -> bool:
        return slot < len(self.info.inputs) and self.info.inputs[slot] != ""

    def tensor(self, slot: int) -> Tensor:
        if not self.has(slot):
            raise self.error(f"operand {slot} is missing")
        name = self.info.inputs[slot]
        if name not in self.state.tensors:
            raise UnknownError(name)
        return self.state.tensors[name]

    def known(self, slot: int) -> Known:
        match self.tensor(slot):
            case Known() as known:
                return known
        raise RefuseError(f"its operand '{self.info.inputs[slot]}' is computed at run time; it must be constant")

    def array(self, slot: int) -> Array:
        return self.known(slot).array

    def scalar(self, slot: int) -> float:
        array = self.array(slot)
        if array.size < 1 or (array != array.flat[0]).any():
            raise RefuseError(f"its operand '{self.info.inputs[slot]}' has several values; it must have one")
        return float(array.flat[0])

    def real(self, slot: int) -> Real:
        match self.tensor(slot):
            case Real() as real:
                return real
        raise RefuseError(f"its operand '{self.info.inputs[slot]}' is not a tensor of real numbers")

    def number(self, name: str, default: float) -> float:
        """A finite number; 0 and 1 for false and true."""
        value = self.info.attributes.get(name, default)
        match value:
            case int() | float() if isfinite(value):
                return value
        raise self.error(f"{name} is {value}; it must be a number")

    def spread(self, array: Array, shape: tuple[int, ...]) -> Array:
        """array broadcast to a shape."""
        try:
            return np.broadcast_to(array, shape)
        except ValueError:
            raise self.error(f"its operands have shapes {shape} and {array.shape}") from None

    def integers(self, name: str, slot: int) -> tuple[int, ...]:
        """A list of integers: an attribute up to opset 12, an operand after."""
        found = self.info.attributes.get(name)
        if found is None and self.has(slot):
            found = tuple(int(v) for v in self.array(slot).reshape(-1))
        if found is None:
            raise self.error(f"{name} is missing")
        if np.asarray(found).ndim != 1 or any(abs(value) > 1 << 31 for value in found):
            raise self.error(f"{name} is {found}; it must be a list of small integers")
        return tuple(found)
