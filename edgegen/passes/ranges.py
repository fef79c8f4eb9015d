"""Value ranges: bounds of every element of every tensor that hold for every input, exact at borders.

A range keeps equal slices of a tensor once: a row of a feature map belongs to a class, and the bounds are stored per
class. At the input there is one class; a padded window adds a few at the borders. So the analysis visits a handful of
positions where a feature map has thousands, and its bounds are still those of interval arithmetic on every element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from edgegen.fixedpoint import INT32_MAX, INT32_MIN, IntArray, Requant
from edgegen.ir import Const, Graph, Node, Op, TensorType


@dataclass(frozen=True, eq=False)
class Range:
    """Inclusive bounds of the elements of one tensor.

    lo, hi: int64, one axis per axis of the tensor, one entry per class. index[axis]: the class of every index of that
    axis, int64.
    """

    lo: IntArray
    hi: IntArray
    index: tuple[IntArray, ...]

    @classmethod
    def uniform(cls, shape: tuple[int, ...], lo: int, hi: int) -> Range:
        """The same bounds for every element."""
        ones = (1,) * len(shape)
        index = tuple(np.zeros(size, dtype=np.int64) for size in shape)
        return cls(np.full(ones, lo, dtype=np.int64), np.full(ones, hi, dtype=np.int64), index)

    @classmethod
    def full(cls, lo: IntArray, hi: IntArray) -> Range:
        """Bounds given for every element."""
        index = tuple(np.arange(size, dtype=np.int64) for size in lo.shape)
        return cls(lo.astype(np.int64), hi.astype(np.int64), index)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the tensor."""
        return tuple(len(classes) for classes in self.index)

    def expand(self, *axes: int) -> Range:
        """The same with one class per index on the given axes; on all of them when none is given."""
        result = self
        for axis in axes or range(len(self.index)):
            result = result.take(axis, result.index[axis], np.arange(result.shape[axis], dtype=np.int64))
        return result

    def take(self, axis: int, classes: IntArray, index: IntArray) -> Range:
        """The same bounds with other classes on one axis: new class k is the old one classes[k]."""
        changed = (*self.index[:axis], index, *self.index[axis + 1 :])
        return Range(self.lo.take(classes, axis), self.hi.take(classes, axis), changed)

    def compress(self) -> Range:
        """The same with equal classes merged on every axis but the last."""
        result = self
        for axis in range(len(self.index) - 1):
            size = result.lo.shape[axis]
            if size == 1:
                continue
            both = np.stack([np.moveaxis(bounds, axis, 0).reshape(size, -1) for bounds in (result.lo, result.hi)], 1)
            _, first, inverse = np.unique(both.reshape(size, -1), axis=0, return_index=True, return_inverse=True)
            if len(first) < size:
                result = result.take(axis, first, inverse.reshape(-1)[result.index[axis]])
        return result

    def channels(self) -> tuple[IntArray, IntArray]:
        """(lo, hi) over everything but the last axis: int64 (channels,)."""
        spread = self.expand(-1 % len(self.index)) if self.index else self
        axes = tuple(range(spread.lo.ndim - 1))
        return spread.lo.min(axis=axes), spread.hi.max(axis=axes)

    def hull(self) -> Range:
        """One class on every axis but the last: coarser, still bounds."""
        lo, hi = self.channels()
        ones = (1,) * (len(self.index) - 1)
        index = tuple(np.zeros(size, dtype=np.int64) for size in self.shape[:-1])
        last = np.arange(len(lo), dtype=np.int64)
        return Range(lo.reshape(*ones, -1), hi.reshape(*ones, -1), (*index, last))


def joint(ranges: Iterable[Range], keep: int = -1) -> list[Range]:
    """Ranges of one shape, brought to common classes on every axis but `keep`."""
    result = list(ranges)
    for axis in range(len(result[0].index)):
        if axis == keep:
            continue
        tuples = np.stack([r.index[axis] for r in result], axis=1)
        classes, inverse = np.unique(tuples, axis=0, return_inverse=True)
        index = inverse.reshape(-1).astype(np.int64)
        result = [r.take(axis, classes[:, k], index) for k, r in enumerate(result)]
    return result


def broadcast(x: Range, shape: tuple[int, ...]) -> Range:
    """x as numpy broadcasts it to `shape`."""
    missing = len(shape) - len(x.index)
    lo, hi = (bounds.reshape((1,) * missing + bounds.shape) for bounds in (x.lo, x.hi))
    index = (np.zeros(1, dtype=np.int64),) * missing + x.index
    spread = tuple(np.broadcast_to(classes, (size,)) for classes, size in zip(index, shape, strict=True))
    return Range(lo, hi, spread)


def requant_bounds(requant: Requant, lo: IntArray, hi: IntArray) -> tuple[IntArray, IntArray]:
    """Bounds of requant over accumulators lo..hi of shape (..., channels).

    Requantization never decreases with the accumulator unless its left shift wraps int32; where it could, or where the
    accumulator itself leaves int32, the clamp's own bounds are all that is known.
    """
    left = np.maximum(np.asarray(requant.shift, dtype=np.int64), 0)
    wraps = (lo < INT32_MIN) | (hi > INT32_MAX)
    if requant.rounding == "double":
        wraps |= (lo < INT32_MIN >> left) | (hi > INT32_MAX >> left)
    least, most = (requant.apply(np.where(wraps, 0, bound)) for bound in (lo, hi))
    return np.where(wraps, requant.lo, least), np.where(wraps, requant.hi, most)


#: op class -> its range from a function that gives its operands'; filled by edgegen.passes.range_rules
RULES: dict[type[Op], Callable[[Op, Callable[[Node], Range]], Range]] = {}


def type_range(tensor: TensorType) -> Range:
    """All that the element type can hold."""
    info = np.iinfo(tensor.numpy)
    return Range.uniform(tensor.shape, int(info.min), int(info.max))


def _default(op: Op) -> Range:
    """Bounds of an op without a rule: its clamp, else its type."""
    requant = getattr(op, "requant", None)
    if isinstance(requant, Requant):
        return Range.uniform(op.type.shape, requant.lo, requant.hi)
    return type_range(op.type)


def element_ranges(graph: Graph) -> dict[int, Range]:
    """id(node) -> its range, for inputs and ops, and for constants that an op's rule asked for."""
    import edgegen.passes.range_rules  # noqa: F401  (fills RULES)

    found: dict[int, Range] = {}

    def of(node: Node) -> Range:
        if id(node) not in found:
            match node:
                case Const():
                    found[id(node)] = Range.full(node.value, node.value)
                case Op() if type(node) in RULES:
                    found[id(node)] = RULES[type(node)](node, of).compress()
                case Op():
                    found[id(node)] = _default(node)
                case _:
                    found[id(node)] = type_range(node.type)
        return found[id(node)]

    for node in graph.nodes:
        if not isinstance(node, Const):
            of(node)
    return found


def value_ranges(graph: Graph) -> dict[int, tuple[IntArray, IntArray]]:
    """id(node) -> (lo, hi) per channel (last axis), int64: what the node's values can be, for every input."""
    return {key: value.channels() for key, value in element_ranges(graph).items()}
