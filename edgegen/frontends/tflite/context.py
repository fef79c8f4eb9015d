"""What an importer sees of its operator: operands as nodes, constants, scales and options, with every check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from edgegen.errors import ModelError
from edgegen.fixedpoint import Rounding
from edgegen.frontends.refusal import QUANTIZE_ADVICE, RefuseError
from edgegen.frontends.source import Source
from edgegen.frontends.tflite.reader import ModelInfo, OperatorInfo, TensorInfo, tensor_data
from edgegen.ir import Array, Const, Input, Node, Origin, QuantParams

Runtime = Literal["litert", "tflm"]


@dataclass
class State:
    """The import of one file under way."""

    source: Source
    model: ModelInfo
    runtime: Runtime
    #: tensor index -> the node that computes it
    values: dict[int, Node] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def fully_connected_rounding(self) -> Rounding:
        """The one place where LiteRT's reference kernels and TFLite Micro round differently."""
        return "single" if self.runtime == "litert" else "double"

    def consumers(self, tensor: int) -> list[OperatorInfo]:
        return [operator for operator in self.model.operators if tensor in operator.inputs]


@dataclass(frozen=True)
class Context:
    """One operator and its surroundings."""

    state: State
    operator: OperatorInfo

    @property
    def origin(self) -> Origin:
        outputs = self.operator.outputs
        name = self.state.model.tensors[outputs[0]].name if outputs else ""
        return Origin(self.state.source.name, self.operator.name, self.operator.index, name)

    def error(self, message: str) -> ModelError:
        """For a file that says something impossible."""
        return self.state.source.error(f"{self.operator.name} #{self.operator.index}: {message}")

    # Operands

    def has(self, slot: int) -> bool:
        """Whether an optional operand is there."""
        return slot < len(self.operator.inputs) and self.operator.inputs[slot] >= 0

    def info(self, slot: int) -> TensorInfo:
        if not self.has(slot):
            raise self.error(f"operand {slot} is missing; it has {len(self.operator.inputs)}")
        return self._filled(self.state.model.tensors[self.operator.inputs[slot]])

    @property
    def output(self) -> TensorInfo:
        if not self.operator.outputs:
            raise self.error("it has no output")
        return self._filled(self.state.model.tensors[self.operator.outputs[0]])

    def _filled(self, info: TensorInfo) -> TensorInfo:
        if 0 in info.shape:
            raise self.error(f"tensor {info} is empty; every axis must be at least 1")
        return info

    def node(self, slot: int) -> Node:
        """The node of an operand, whatever its type; a Const for constants."""
        info = self.info(slot)
        if info.index in self.state.values:
            return self.state.values[info.index]
        if info.is_const:
            return Const(value=self.constant(slot), quant=info.quant, origin=self._tensor_origin(info))
        raise self.error(f"operand {info} is computed by no earlier operator")

    def int8(self, slot: int) -> Node:
        """An int8 operand with one scale; refuses any other type."""
        self.quant_of(self.info(slot))
        node = self.node(slot)
        if isinstance(node, Const) and node.value.dtype != np.int8:
            raise RefuseError(f"operand {self.info(slot)} is constant and not int8", QUANTIZE_ADVICE)
        return node

    def quant(self, slot: int) -> QuantParams:
        """One scale and zero point of an int8 operand."""
        return self.quant_of(self.info(slot))

    @property
    def out_quant(self) -> QuantParams:
        """One scale and zero point of the int8 output."""
        return self.quant_of(self.output)

    def quant_of(self, info: TensorInfo) -> QuantParams:
        """Quantization of a tensor that must be int8 with one scale."""
        if info.dtype != "int8":
            raise RefuseError(f"tensor {info} is {info.dtype}; only int8 activations can be compiled", QUANTIZE_ADVICE)
        if info.quant is None or len(info.quant.scale) != 1:
            raise RefuseError(f"tensor {info} must have one scale and zero point", QUANTIZE_ADVICE)
        if not -128 <= info.quant.zero_point[0] <= 127:
            raise self.error(f"tensor {info} has zero point {info.quant.zero_point[0]}; it must be in -128..127")
        return info.quant

    def constant(self, slot: int) -> Array:
        """The values of a constant operand."""
        info = self.info(slot)
        if not info.is_const:
            raise RefuseError(f"operand {info} is computed at run time; it must be constant")
        return tensor_data(self.state.source, info)

    def const(self, slot: int, value: Array | None = None) -> Const:
        """A constant operand as a node, optionally with other values (transposed, folded)."""
        info = self.info(slot)
        return Const(
            value=self.constant(slot) if value is None else value, quant=info.quant, origin=self._tensor_origin(info)
        )

    def _tensor_origin(self, info: TensorInfo) -> Origin:
        return Origin(self.state.source.name, "TENSOR", info.index, info.name)

    # Options

    def option(self, name: str) -> Any:
        """An option field; raises ModelError when the operator's options are left out."""
        if name not in self.operator.options:
            raise self.error(f"its option {name} is missing")
        return self.operator.options[name]

    def require_same_quant(self, slot: int = 0) -> None:
        """Refuse an operator that only moves values when its output has another scale than its input."""
        if self.quant(slot) != self.out_quant:
            raise RefuseError(
                f"its input {self.info(slot)} and output have different scales or zero points",
                "Export the model so that both share them",
            )


Importer = Callable[[Context], Node]


def table(*importers: Iterable[tuple[str, Importer]]) -> dict[str, Importer]:
    """One table from the tables of several modules."""
    return {name: importer for part in importers for name, importer in part}


def placeholder(info: TensorInfo, origin: Origin) -> Input:
    """Stands for the output of a refused operator, so that the operators behind it are examined too."""
    from edgegen.ir import TensorType

    return Input(name=info.name, tensor=TensorType(info.shape, info.dtype, info.quant), origin=origin)
