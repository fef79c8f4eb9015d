"""ADD, SOFTMAX and other operators that compute on single elements."""

from __future__ import annotations

import math

import numpy as np

from edgegen.fixedpoint import (
    INT32_MAX,
    Requant,
    exp_on_negative_values,
    multiply_by_quantized_multiplier,
    quantize_multiplier,
)
from edgegen.frontends.refusal import RefuseError
from edgegen.frontends.tflite.activation import fused_bounds
from edgegen.frontends.tflite.context import Context
from edgegen.ir import Node
from edgegen.ops.add import Add
from edgegen.ops.base import InputScale
from edgegen.ops.mul import Mul
from edgegen.ops.softmax import PROBABILITY, Softmax

#: bits that ADD shifts its operands by before it scales them
LEFT_SHIFT = 20


def _broadcast_order(context: Context) -> tuple[int, int]:
    """The operand slots as (the one of the output's shape, the other)."""
    shape = context.output.shape
    for first, second in ((0, 1), (1, 0)):
        if context.info(first).shape == shape and not context.info(first).is_const:
            return first, second
    raise RefuseError("both of its operands are broadcast", "Give one operand the shape of the output")


def add(context: Context) -> Node:
    """ADD: both operands at twice the larger scale, times 2**20; the output scale in the same way."""
    first, second = _broadcast_order(context)
    a, b = context.quant(first), context.quant(second)
    twice = 2 * max(a.scale[0], b.scale[0])
    scales = [InputScale(q.zero_point[0], *quantize_multiplier(q.scale[0] / twice)) for q in (a, b)]
    lo, hi = fused_bounds(context)
    out = context.out_quant
    real = twice / ((1 << LEFT_SHIFT) * out.scale[0])
    if real > 1:
        raise RefuseError("its output scale is too small for its inputs' scales", "Calibrate the output's range again")
    return Add(
        a=context.int8(first),
        b=context.int8(second),
        a_scale=scales[0],
        b_scale=scales[1],
        requant=Requant.from_scales([real], out.zero_point[0], lo, hi, "double"),
        left_shift=LEFT_SHIFT,
        quant=out,
        origin=context.origin,
    )


def mul(context: Context) -> Node:
    """MUL: the scales' product and quotient in float32."""
    first, second = _broadcast_order(context)
    a, b, out = context.quant(first), context.quant(second), context.out_quant
    real = float(np.float32(a.scale[0]) * np.float32(b.scale[0]) / np.float32(out.scale[0]))
    lo, hi = fused_bounds(context)
    return Mul(
        a=context.int8(first),
        b=context.int8(second),
        a_zero=a.zero_point[0],
        b_zero=b.zero_point[0],
        requant=Requant.from_scales([real], out.zero_point[0], lo, hi, "double"),
        quant=out,
        origin=context.origin,
    )


def softmax_table(beta: float, scale: float) -> tuple[int, ...]:
    """exp(-d * scale * beta) for d = 0..255 as Q0.31, in TFLite's fixed point (5 integer bits for the exponent)."""
    integer_bits = 5
    real = beta * scale * (1 << (31 - integer_bits))
    if real >= 2**30:
        # One step already leaves the range of the fixed-point exp.
        return (INT32_MAX,) + (0,) * 255
    multiplier, shift = quantize_multiplier(real)
    if shift < 1:
        raise RefuseError("its input scale is too small for the fixed-point exp", "Calibrate the input's range again")
    radius = math.floor(((1 << integer_bits) - 1) * (1 << (31 - integer_bits)) / (1 << shift))
    difference = -np.arange(256, dtype=np.int64)
    scaled = multiply_by_quantized_multiplier(difference, multiplier, shift, "double")
    exps = np.where(difference >= -radius, exp_on_negative_values(scaled), 0)
    return tuple(int(value) for value in exps)


def softmax(context: Context) -> Node:
    """SOFTMAX over the last axis."""
    if context.out_quant != PROBABILITY:
        raise context.error(f"its output {context.output} must have scale 1/256 and zero point -128")
    beta = float(context.option("Beta"))
    if not 0 < beta < 1e6:
        raise context.error(f"its beta is {beta}; it must be positive")
    return Softmax(
        x=context.int8(0),
        table=softmax_table(beta, context.quant(0).scale[0]),
        quant=context.out_quant,
        origin=context.origin,
    )


IMPORTERS = (
    ("ADD", add),
    ("MUL", mul),
    ("SOFTMAX", softmax),
)
