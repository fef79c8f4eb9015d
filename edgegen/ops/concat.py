"""Joining tensors along an axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class Concat(Op):
    """y = the operands one after another along `axis`; all int8, of one scale and zero point, equal on other axes."""

    op_name: ClassVar[str] = "concat"

    xs: tuple[Node, ...]
    axis: int

    def infer(self) -> TensorType:
        shapes = [x.type.shape for x in self.xs]
        if not shapes or not 0 <= self.axis < len(shapes[0]):
            raise self.error(f"operands have shapes {shapes}, which have no axis {self.axis}")
        rest = {(*shape[: self.axis], *shape[self.axis + 1 :]) for shape in shapes}
        if len(rest) != 1 or len({len(shape) for shape in shapes}) != 1:
            raise self.error(f"operands have shapes {shapes}; they must be equal on all axes but {self.axis}")
        first = shapes[0]
        size = sum(shape[self.axis] for shape in shapes)
        return TensorType((*first[: self.axis], size, *first[self.axis + 1 :]), "int8", self.quant)

    def reference(self, *values: Array) -> Array:
        return np.concatenate(values, axis=self.axis)
