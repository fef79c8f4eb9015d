"""What an importer sees of its ONNX operator: operands, attributes and where to put what it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from edgegen.frontends.named import NamedContext, NamedState
from edgegen.frontends.onnx.values import Constant, Pending, Tensor, Value
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, QuantParams

#: most elements of a tensor that the import computes itself (shapes)
MAX_FOLDED = 256

QDQ_ADVICE = (
    "Quantise the model: give calibration data (--calibrate F.npz), or export it with QuantizeLinear / DequantizeLinear"
    " around every operator"
)


class State(NamedState[Tensor]):
    """The import of one file under way."""


@dataclass(frozen=True)
class Context(NamedContext[Tensor]):
    """One operator and its surroundings."""

    state: State

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
