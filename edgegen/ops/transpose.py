"""Another order of the axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgegen.ir import Array, Node, Op, TensorType


@dataclass(frozen=True, eq=False, kw_only=True)
class Transpose(Op):
    """``y[i[perm[0]], i[perm[1]], ...] = x[i[0], i[1], ...]``: axis k of y is axis perm[k] of x, as numpy's transpose.

    x: any shape, int8. An order that leaves the elements in place is a Reshape instead.
    """

    op_name: ClassVar[str] = "transpose"

    x: Node
    perm: tuple[int, ...]

    def infer(self) -> TensorType:
        if sorted(self.perm) != list(range(len(self.x.type.shape))):
            raise self.error(f"x is {self.x.type}, perm is {self.perm}; it must name every axis once")
        shape = tuple(self.x.type.shape[axis] for axis in self.perm)
        return TensorType(shape, self.x.type.dtype, self.quant or self.x.type.quant)

    def reference(self, *values: Array) -> Array:
        return np.ascontiguousarray(values[0].transpose(self.perm))


def moves_elements(shape: tuple[int, ...], perm: tuple[int, ...]) -> bool:
    """Whether a transposition changes the order of the elements in memory: only axes of size 1 move freely."""
    kept = [axis for axis in perm if shape[axis] > 1]
    return kept != sorted(kept)
