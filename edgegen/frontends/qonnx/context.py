"""What an importer sees of its operator."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, prod

import numpy as np

from edgegen.frontends.named import NamedContext, NamedState
from edgegen.frontends.qonnx.reader import Edge
from edgegen.frontends.qonnx.tensors import Known, Real, Tensor
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, Input, QuantParams


class State(NamedState[Tensor]):
    """The import of one file under way."""

    def make_input(self, edge: Edge, quant: QuantParams) -> Input:
        """The node of a graph input with these parameters, made once, as one row."""
        return self.input_node(edge.name, (1, prod(edge.shape)), "float32", quant)


@dataclass(frozen=True)
class Context(NamedContext[Tensor]):
    """One operator and its surroundings."""

    state: State

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
        if not isinstance(found, tuple) or any(not isinstance(v, int) or abs(v) > 1 << 31 for v in found):
            raise self.error(f"{name} is {found}; it must be a list of small integers")
        return tuple(found)
