"""What a tensor of a QONNX graph is while the graph is imported.

Known   an array, perhaps the integers and scales that its quantiser made
Real    real numbers that are a function of each element of an integer tensor, with batch 1:
            Edge    the model's input, not yet quantised
            Codes   an int8 node q; the real number is scale * (q - zero)
            Sums    the products of codes with integer weights, summed: a fully connected layer that waits for the
                    quantiser after it
        then `steps`, each a function that never turns back (it only rises, or only falls, along each element)
Index   the position of a largest element, an int32 node
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from edgegen.errors import GraphError
from edgegen.frontends.qonnx.reader import Edge
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, Node, Origin

#: (k, n) float64 -> (k, n) float64, column by column, for k values of each of the n elements
Step = Callable[[Array], Array]


@dataclass(frozen=True)
class Known:
    """A constant; with `ints` and `scale` (float64, of the array's shape) where array = scale * ints."""

    array: Array
    ints: Array | None = None
    scale: Array | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    def mapped(self, function: Callable[[Array], Array]) -> Known:
        """The same after an operation that moves elements."""
        parts = (None if part is None else function(part) for part in (self.ints, self.scale))
        return Known(function(self.array), *parts)

    def integers(self) -> tuple[Array, Array]:
        """(ints, scale) in the array's shape; raises RefuseError when it is no int8 matrix times scales."""
        ints, scale = self.ints, self.scale
        if ints is None or scale is None:
            ints, scale = np.rint(self.array), np.ones(self.array.shape)
            if not np.array_equal(ints, self.array):
                raise RefuseError("its weights are real numbers", "Quantise the weights with Quant or BipolarQuant")
        if ints.size and (ints.min() < -128 or ints.max() > 127):
            raise RefuseError(f"its weights reach {ints.min():.0f}..{ints.max():.0f}; they must fit 8 bits")
        return ints.astype(np.int8), scale


@dataclass(frozen=True)
class Codes:
    """real = scale * (q - zero) for the int8 values q of a node."""

    node: Node
    scale: float
    zero: float


@dataclass(frozen=True)
class Sums:
    """w @ x for int8 codes x of shape (1, columns) and int8 weights of shape (rows, columns)."""

    x: Node
    w: Array
    origin: Origin

    def bounds(self, values: Array) -> tuple[Array, Array]:
        """Least and greatest sum of each row, for x elements among `values`."""
        wide = self.w.astype(np.int64)
        positive = np.maximum(wide, 0).sum(axis=1)
        negative = wide.sum(axis=1) - positive
        lo, hi = int(values.min()), int(values.max())
        return positive * lo + negative * hi, positive * hi + negative * lo


@dataclass(frozen=True)
class Real:
    """`steps` applied to every element of `source`; shape as the ONNX tensor has it."""

    source: Edge | Codes | Sums
    shape: tuple[int, ...]
    steps: tuple[Step, ...] = ()

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def then(self, step: Step) -> Real:
        return replace(self, steps=(*self.steps, step))

    def vector(self, array: Array) -> Array:
        """A constant that broadcasts to the tensor, as one float64 per element."""
        try:
            return np.broadcast_to(array.astype(np.float64), self.shape).reshape(-1)
        except ValueError:
            raise RefuseError(f"its operands have shapes {self.shape} and {array.shape}") from None

    def __call__(self, values: Array) -> Array:
        """(k, n) float64 values of the source's elements -> the real numbers."""
        with np.errstate(all="ignore"):
            for step in self.steps:
                values = step(values)
        if not np.isfinite(values).all():
            raise RefuseError("the real numbers that it computes overflow", "Check the scales of the model")
        return values

    def affine(self, points: Array) -> tuple[Array, Array]:
        """(a, b), float64 (n,): the real number is a * v + b at all points v; raises RefuseError when it is not.

        points: (k,) or (k, n), rising.
        """
        points = np.broadcast_to(points.astype(np.float64).reshape(len(points), -1), (len(points), self.size))
        got = self(points)
        with np.errstate(all="ignore"):
            a = (got[-1] - got[0]) / (points[-1] - points[0])
            b = got[0] - a * points[0]
            error = np.abs(a * points + b - got).max(initial=0)
        if not error <= 1e-9 * max(1.0, float(np.abs(got).max(initial=0))):
            raise RefuseError("it takes real numbers that nothing quantised", "Quantise every activation")
        return a, b

    def uniform(self, points: Array) -> tuple[float, float]:
        """affine() of a tensor whose elements all have the same a and b."""
        a, b = self.affine(points)
        if not (np.allclose(a, a[0], rtol=1e-12, atol=0) and np.allclose(b, b[0], rtol=1e-12, atol=1e-300)):
            raise RefuseError("its elements have different scales", "Quantise activations per tensor")
        return float(a[0]), float(b[0])


@dataclass(frozen=True)
class Index:
    """Position of a largest element."""

    node: Node

    @property
    def shape(self) -> tuple[int, ...]:
        return self.node.type.shape


Tensor = Known | Real | Index


def sums_of(tensor: Real) -> Sums:
    """The layer that a tensor is a function of; it must be one."""
    match tensor.source:
        case Sums() as sums:
            return sums
    raise GraphError("internal: a tensor that is no sum was taken for one")
