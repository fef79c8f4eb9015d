"""What op modules share: exact integer contractions, shape helpers, and the registry that finds the modules."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache

import numpy as np

from edgegen.fixedpoint import IntArray, multiply_by_quantized_multiplier
from edgegen.ir import Array, Const, Node, Op


def exact_matmul(a: Array, b: Array) -> Array:
    """a @ b for integer arrays, exact in int64.

    Uses float64 BLAS, which is exact while every partial sum stays below 2**53: true for int8/int16 operands and any
    reduction below 2**21 terms.
    """
    if a.shape[-1] >= 1 << 21:
        return a.astype(np.int64) @ b.astype(np.int64)
    return np.rint(a.astype(np.float64) @ b.astype(np.float64)).astype(np.int64)


@dataclass(frozen=True)
class InputScale:
    """How ADD brings an operand to the common scale: ``rescale((x - zero_point) << left_shift)``.

    multiplier and shift are those of quantize_multiplier; shift <= 0, rounding "double".
    """

    zero_point: int
    multiplier: int
    shift: int

    def apply(self, x: Array, left_shift: int) -> IntArray:
        """x: int8; the result fits int32 when left_shift <= 22."""
        wide = (x.astype(np.int64) - self.zero_point) << left_shift
        return multiply_by_quantized_multiplier(wide, self.multiplier, self.shift, "double")


def value_range(node: Node) -> tuple[int, int]:
    """Smallest and largest value that a node can hold, from its type or its constant."""
    if isinstance(node, Const) and node.value.size:
        return int(node.value.min()), int(node.value.max())
    info = np.iinfo(node.type.numpy.name)
    return int(info.min), int(info.max)


def weighted_range(op: Op, x: Node, w: Node, b: Node, channel_axis: int) -> tuple[int, int]:
    """Smallest and largest value that any partial sum of ``b + w x`` can take, over all orders of accumulation.

    channel_axis: the axis of w that b runs along. Raises GraphError when w or b is not constant.
    """
    if not isinstance(w, Const) or not isinstance(b, Const):
        raise op.error("weights and bias must be constants")
    lo, hi = value_range(x)
    weights = np.moveaxis(w.value, channel_axis, 0).reshape(w.value.shape[channel_axis], -1)
    # Sums of the positive and of the negative weights, without a copy wider than one row's totals.
    total = weights.sum(axis=1, dtype=np.int64)
    positive = np.maximum(weights, 0).sum(axis=1, dtype=np.int64)
    negative = total - positive
    bias = b.value.astype(np.int64)
    highest = np.maximum(bias, 0) + positive * max(hi, 0) + negative * min(lo, 0)
    lowest = np.minimum(bias, 0) + positive * min(lo, 0) + negative * max(hi, 0)
    return int(lowest.min()), int(highest.max())


@cache
def registry() -> dict[str, type[Op]]:
    """op_name -> class, for every module of edgegen.ops, in alphabetical order."""
    import edgegen.ops as package

    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        importlib.import_module(f"{package.__name__}.{info.name}")
    found: dict[str, type[Op]] = {}
    pending = list(Op.__subclasses__())
    while pending:
        cls = pending.pop()
        pending.extend(cls.__subclasses__())
        if cls.op_name:
            found[cls.op_name] = cls
    return dict(sorted(found.items()))
