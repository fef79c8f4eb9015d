"""Pools and reductions."""

from __future__ import annotations

from math import prod

from edgegen.errors import GraphError
from edgegen.fixedpoint import Requant, quantize_multiplier
from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.activation import fused_bounds
from edgegen.frontends.tflite.context import Context
from edgegen.frontends.tflite.linear import sliding_window
from edgegen.ir import Node
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.conv2d import Window
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.reshape import Reshape


def _pool(context: Context, op: type[AveragePool2D] | type[MaxPool2D]) -> Node:
    context.require_same_quant()
    kernel = (int(context.option("FilterHeight")), int(context.option("FilterWidth")))
    lo, hi = fused_bounds(context)
    return op(
        x=context.int8(0),
        window=sliding_window(context, kernel),
        lo=lo,
        hi=hi,
        quant=context.out_quant,
        origin=context.origin,
    )


def average_pool_2d(context: Context) -> Node:
    """AVERAGE_POOL_2D: padding is not counted."""
    return _pool(context, AveragePool2D)


def max_pool_2d(context: Context) -> Node:
    """MAX_POOL_2D."""
    return _pool(context, MaxPool2D)


def _spatial(context: Context) -> Node:
    """The operand with its reduced axes, which must be neighbours, as rows and columns of (n, rows, columns, c)."""
    x = context.int8(0)
    shape = x.type.shape
    axes = sorted({int(axis) + len(shape) * (axis < 0) for axis in context.constant(1).reshape(-1)})
    if not axes or axes[0] < 0 or axes[-1] >= len(shape):
        raise context.error(f"it reduces the axes {axes} of {context.info(0)}")
    if axes != list(range(axes[0], axes[-1] + 1)):
        raise RefuseError(f"it reduces the axes {axes} at once", "Reduce neighbouring axes only")
    if len(shape) == 4 and axes == [1, 2]:
        return x
    flat = (prod(shape[: axes[0]]), prod(shape[axes[0] : axes[-1] + 1]), 1, prod(shape[axes[-1] + 1 :]))
    return Reshape(x=x, shape=flat, quant=context.quant(0), origin=context.origin)


def _shaped(context: Context, node: Node) -> Node:
    """The reduced tensor in the output's shape."""
    if node.type.shape == context.output.shape:
        return node
    return Reshape(x=node, shape=context.output.shape, quant=context.out_quant, origin=context.origin)


def mean_requant(scale: float, count: int, zero_point: int) -> Requant:
    """Scale of a sum of `count` elements: TFLite divides the mantissa, shifted as far as it goes, and truncates."""
    multiplier, shift = quantize_multiplier(scale)
    extra = min(count.bit_length() - 1, 32, 31 + shift)
    if extra < 0:
        raise GraphError(f"mean's scale {scale} is too small")
    return Requant(((multiplier << extra) // count,), (shift - extra,), zero_point)


def mean(context: Context) -> Node:
    """MEAN over neighbouring axes."""
    x = _spatial(context)
    quant = context.out_quant
    count = x.type.shape[1] * x.type.shape[2]
    requant = mean_requant(context.quant(0).scale[0] / quant.scale[0], count, quant.zero_point[0])
    zero = context.quant(0).zero_point[0]
    return _shaped(context, Mean(x=x, zero_point=zero, requant=requant, quant=quant, origin=context.origin))


def reduce_max(context: Context) -> Node:
    """REDUCE_MAX over neighbouring axes: one window over all of them."""
    context.require_same_quant()
    x = _spatial(context)
    window = Window((x.type.shape[1], x.type.shape[2]))
    return _shaped(context, MaxPool2D(x=x, window=window, quant=context.out_quant, origin=context.origin))


IMPORTERS = (
    ("AVERAGE_POOL_2D", average_pool_2d),
    ("MAX_POOL_2D", max_pool_2d),
    ("MEAN", mean),
    ("REDUCE_MAX", reduce_max),
)
