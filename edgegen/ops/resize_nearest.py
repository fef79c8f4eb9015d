"""Nearest-neighbour resizing, channels last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class ResizeNearest(Op):
    """``y[n,i,j,c] = x[n, rows[i], columns[j], c]``: the source of each output row and column, computed at import.

    x: (n, h, w, c) int8; rows: one index below h per output row; columns: one below w per output column.
    """

    op_name: ClassVar[str] = "resize_nearest"

    x: Node
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    def infer(self) -> TensorType:
        if len(self.x.type.shape) != 4 or not self.rows or not self.columns:
            raise self.error(f"x is {self.x.type}; it must have 4 axes, and the output at least one row and column")
        n, height, width, channels = self.x.type.shape
        for name, indices, size in (("row", self.rows, height), ("column", self.columns, width)):
            if min(indices) < 0 or max(indices) >= size:
                raise self.error(f"a {name} is taken from {max(indices)}; x has {size}")
        return TensorType((n, len(self.rows), len(self.columns), channels), "int8", self.quant or self.x.type.quant)

    def reference(self, *values: Array) -> Array:
        y: Array = values[0][:, list(self.rows)][:, :, list(self.columns)]
        return y
