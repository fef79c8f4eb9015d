"""What a tensor of an ONNX graph is while the graph is imported.

Value     integers in the IR, with the scale that makes them real numbers (after DequantizeLinear) or not (before it)
Pending   real numbers that become integers once a QuantizeLinear says with which scale
Constant  an array, perhaps with the integers and scales that it was dequantised from

Layouts: ONNX keeps channels before rows and columns, the IR after them. A Value therefore says how the axes of its node
follow from the axes of the ONNX tensor, so that most transpositions cost nothing:

    factors   the ONNX tensor's shape, possibly split finer: `shape` is `factors` reshaped, in order
    axes      axis k of the node is axis axes[k] of `factors`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from edgegen.ir import Array, Node, Origin, QuantParams
from edgegen.ops.reshape import Reshape
from edgegen.ops.transpose import Transpose, moves_elements

#: axes of a channels-last node for an ONNX tensor of (n, c, h, w)
CHANNELS_LAST = (0, 2, 3, 1)


@dataclass(frozen=True)
class Value:
    """Integers computed by `node`."""

    node: Node
    shape: tuple[int, ...]
    factors: tuple[int, ...]
    axes: tuple[int, ...]
    #: None until a DequantizeLinear or QuantizeLinear tells
    quant: QuantParams | None
    #: True where the ONNX tensor holds the integers themselves, False where it holds real numbers
    integer: bool
    #: of integers: whether the ONNX tensor is uint8, 128 above the node's int8
    unsigned: bool = False

    @classmethod
    def plain(cls, node: Node, quant: QuantParams | None, integer: bool = False) -> Value:
        """A node whose axes are the ONNX tensor's."""
        shape = node.type.shape
        return cls(node, shape, shape, tuple(range(len(shape))), quant, integer)

    @classmethod
    def image(cls, node: Node, quant: QuantParams | None, shape: tuple[int, ...] | None = None) -> Value:
        """A channels-last node (n, h, w, c) for an ONNX tensor (n, c, h, w), or of another `shape` of its elements."""
        n, h, w, c = node.type.shape
        return cls(node, shape or (n, c, h, w), (n, c, h, w), CHANNELS_LAST, quant, False)

    def reshaped(self, shape: tuple[int, ...]) -> Value:
        """The same elements in ONNX order under another shape; no node."""
        return replace(self, shape=shape)

    def transposed(self, perm: tuple[int, ...], origin: Origin) -> Value:
        """Axis j of the result is axis perm[j] of this tensor; no node unless it was reshaped."""
        value = self.split(origin)
        axes = tuple(perm.index(axis) for axis in value.axes)
        shape = tuple(value.shape[axis] for axis in perm)
        return replace(value, shape=shape, factors=shape, axes=axes)

    def split(self, origin: Origin) -> Value:
        """The same value with factors equal to shape, rearranged when that needs it."""
        if self.factors == self.shape:
            return self
        node = reshape(self.arranged(self.factors, tuple(range(len(self.factors))), origin), self.shape, origin)
        return replace(self, node=node, factors=self.shape, axes=tuple(range(len(self.shape))))

    def arranged(self, factors: tuple[int, ...], axes: tuple[int, ...], origin: Origin) -> Node:
        """A node whose axis k is axis axes[k] of the elements shaped as `factors`."""
        if self.factors == factors:
            return transpose(self.node, tuple(self.axes.index(axis) for axis in axes), origin)
        back = transpose(self.node, tuple(self.axes.index(axis) for axis in range(len(self.axes))), origin)
        return transpose(reshape(back, factors, origin), axes, origin)

    def in_order(self, origin: Origin) -> Node:
        """A node with the ONNX tensor's own shape and order."""
        return self.arranged(self.shape, tuple(range(len(self.shape))), origin)


def reshape(node: Node, shape: tuple[int, ...], origin: Origin) -> Node:
    """node under another shape; of two reshapes in a row the last one is enough."""
    match node:
        case Reshape(x=inner):
            node = inner
    return node if node.type.shape == shape else Reshape(x=node, shape=shape, quant=node.type.quant, origin=origin)


def transpose(node: Node, perm: tuple[int, ...], origin: Origin) -> Node:
    """node with its axes in another order: a Transpose only where elements move."""
    if not moves_elements(node.type.shape, perm):
        return reshape(node, tuple(node.type.shape[axis] for axis in perm), origin)
    return Transpose(x=node, perm=perm, quant=node.type.quant, origin=origin)


@dataclass(frozen=True)
class Pending:
    """Real numbers in [low, high] that `build(quant, low, high)` computes as integers of a given scale."""

    shape: tuple[int, ...]
    build: Callable[[QuantParams, float, float], Value]
    low: float = -inf
    high: float = inf
    #: adds one real number per channel before anything is rounded; None where that is not possible
    add_bias: Callable[[Array], Pending] | None = None
    #: elementwise function of one Value, where it is that
    unary: tuple[Value, Callable[[Array], Array]] | None = None
    #: True where the ONNX tensor holds the integers (a graph input whose scale a DequantizeLinear tells)
    integer: bool = False
    unsigned: bool = False
    #: scale to use where the model leaves the output real (probabilities)
    default: QuantParams | None = None

    def clipped(self, low: float, high: float) -> Pending:
        """The same within narrower bounds."""
        lo, hi = max(self.low, low), min(self.high, high)
        return replace(self, low=min(lo, hi), high=max(lo, hi) if lo <= hi else hi, add_bias=None)

    def moved(self, shape: tuple[int, ...], move: Callable[[Value], Value]) -> Pending:
        """The same after an operator that moves or selects values, which commutes with rounding."""

        def build(quant: QuantParams, low: float, high: float) -> Value:
            return move(self.build(quant, low, high))

        return replace(self, shape=shape, build=build, add_bias=None, unary=None)

    def quantized(self, quant: QuantParams) -> Value:
        """The integers."""
        return self.build(quant, self.low, self.high)


@dataclass(frozen=True)
class Constant:
    """An array; with `stored` integers, `scale` and `zero` (per tensor or along `axis`) where it was dequantised."""

    array: Array
    stored: Array | None = None
    scale: Array | None = None
    axis: int | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(int(d) for d in self.array.shape)

    def transposed(self, perm: tuple[int, ...]) -> Constant:
        axis = None if self.axis is None else perm.index(self.axis)
        stored = None if self.stored is None else self.stored.transpose(perm)
        return replace(self, array=self.array.transpose(perm), stored=stored, axis=axis)

    def scales_along(self, axis: int) -> Array | None:
        """float64 scales, one or one per index of `axis`; None when they run along another axis."""
        if self.scale is None:
            return None
        if self.scale.size == 1:
            return self.scale.reshape(1).astype(np.float64)
        return self.scale.astype(np.float64) if self.axis == axis else None


Tensor = Value | Pending | Constant
