"""Reshape: another shape for the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class Reshape(Op):
    """``y = x.reshape(shape)``: a view; it costs nothing and has no kernel."""

    op_name: ClassVar[str] = "reshape"
    is_view: ClassVar[bool] = True

    x: Node
    shape: tuple[int, ...]

    def infer(self) -> TensorType:
        if not self.shape or prod(self.shape) != self.x.type.size:
            raise self.error(f"x is {self.x.type}, which does not hold {prod(self.shape)} elements of {self.shape}")
        return TensorType(self.shape, self.x.type.dtype, self.quant or self.x.type.quant)

    def reference(self, *values: Array) -> Array:
        # The first axis follows from the size, so that several samples may be stacked along it.
        return values[0].reshape((-1, *self.shape[1:]))
