"""Which int8 values a tensor can hold, where an op of few levels makes it."""

from __future__ import annotations

import numpy as np

from edgegen.ir import Array, Const, Node
from edgegen.ops.lut import Lut
from edgegen.ops.reshape import Reshape
from edgegen.ops.threshold_dense import NEVER, ThresholdDense


def levels(node: Node) -> Array:
    """Sorted distinct int64 values that hold every element of an int8 node, for every input."""
    match node:
        case Reshape():
            return levels(node.x)
        case Lut():
            return np.unique(np.asarray(node.table, dtype=np.int64))
        case ThresholdDense(t=Const() as t, base=Const() as base):
            counts = (t.value < NEVER).sum(axis=1)
            spread = np.arange(t.value.shape[1] + 1)
            values = base.value.astype(np.int64)[:, None] + node.step * np.minimum(spread[None, :], counts[:, None])
            return np.unique(values)
        case _:
            return np.arange(-128, 128)
