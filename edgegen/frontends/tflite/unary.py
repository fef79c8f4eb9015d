"""Operators on one tensor that become a table."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.activation import bounds
from edgegen.frontends.tflite.context import Context, Importer
from edgegen.frontends.tflite.tables import (
    float_table,
    hard_swish_table,
    leaky_relu_table,
    logistic,
    rescale_table,
)
from edgegen.ir import Node
from edgegen.ops.lut import Lut
from edgegen.ops.softmax import PROBABILITY


def lut(context: Context, function: str, table: tuple[int, ...]) -> Node:
    """The table as a node."""
    return Lut(x=context.int8(0), table=table, function=function, quant=context.out_quant, origin=context.origin)


def _float(function: str, compute: Callable[[float], float]) -> Importer:
    def importer(context: Context) -> Node:
        return lut(context, function, float_table(compute, context.quant(0), context.out_quant))

    return importer


def _logistic(context: Context) -> Node:
    if context.out_quant.scale != PROBABILITY.scale:
        raise context.error(f"its output {context.output} must have scale 1/256")
    return _float("logistic", logistic)(context)


def _relu(function: str, low: float | None, high: float | None) -> Importer:
    def importer(context: Context) -> Node:
        x, y = context.quant(0), context.out_quant
        lo, hi = bounds(low, high, y)
        if lo > hi:
            raise context.error(f"it leaves no value between {lo} and {hi}")
        ratio = float(np.float32(x.scale[0]) / np.float32(y.scale[0]))
        return lut(context, function, rescale_table(ratio, x, y, lo, hi))

    return importer


def _leaky_relu(context: Context) -> Node:
    alpha = float(context.option("Alpha"))
    if not 0 <= alpha < 1e6:
        raise RefuseError(f"its slope is {alpha}", "Use a slope of 0 or more")
    return lut(context, "leaky_relu", leaky_relu_table(alpha, context.quant(0), context.out_quant))


def _hard_swish(context: Context) -> Node:
    x, y = context.quant(0), context.out_quant
    if x.scale[0] / 128 > y.scale[0]:
        raise RefuseError("its output scale is too small for its input's scale", "Calibrate the output's range again")
    return lut(context, "hard_swish", hard_swish_table(x, y))


IMPORTERS: tuple[tuple[str, Importer], ...] = (
    ("HARD_SWISH", _hard_swish),
    ("LEAKY_RELU", _leaky_relu),
    ("LOGISTIC", _logistic),
    ("RELU", _relu("relu", 0.0, None)),
    ("RELU6", _relu("relu6", 0.0, 6.0)),
    ("RELU_N1_TO_1", _relu("relu_n1_to_1", -1.0, 1.0)),
    ("TANH", _float("tanh", math.tanh)),
)
