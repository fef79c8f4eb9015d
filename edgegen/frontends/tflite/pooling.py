"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from __future__ import annotations

from edgegen.frontends.tflite.activation import fused_bounds
from edgegen.frontends.tflite.context import Context
from edgegen.frontends.tflite.linear import sliding_window
from edgegen.ir import Node
from edgegen.ops.average_pool2d import AveragePool2D
from edgegen.ops.max_pool2d import MaxPool2D


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


IMPORTERS = (
    ("AVERAGE_POOL_2D", average_pool_2d),
    ("MAX_POOL_2D", max_pool_2d),
)
