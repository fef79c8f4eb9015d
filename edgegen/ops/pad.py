"""Padding with a constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class Pad(Op):
    """y = x with `padding[axis] = (before, after)` elements of `value` around it; x: any shape, int8."""

    op_name: ClassVar[str] = "pad"

    x: Node
    padding: tuple[tuple[int, int], ...]
    value: int

    def infer(self) -> TensorType:
        if len(self.padding) != len(self.x.type.shape) or min(min(pair) for pair in self.padding) < 0:
            raise self.error(f"x is {self.x.type}, padding is {self.padding}; it must be one pair >= 0 per axis")
        if not -128 <= self.value <= 127:
            raise self.error(f"the padding's value is {self.value}; it must be int8")
        shape = tuple(
            before + size + after for size, (before, after) in zip(self.x.type.shape, self.padding, strict=True)
        )
        return TensorType(shape, "int8", self.quant or self.x.type.quant)

    def reference(self, *values: Array) -> Array:
        return np.pad(values[0], self.padding, constant_values=self.value)
