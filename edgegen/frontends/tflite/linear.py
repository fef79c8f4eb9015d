"""CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import tflite

from edgegen.fixedpoint import INT32_MAX, INT32_MIN, Requant, Rounding
from edgegen.frontends.refusal import QUANTIZE_ADVICE, RefuseError
from edgegen.frontends.tflite.activation import fused_bounds
from edgegen.frontends.tflite.context import Context
from edgegen.ir import Array, Const, Node
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape


def sliding_window(context: Context, kernel: tuple[int, int], dilation: tuple[int, int] = (1, 1)) -> Window:
    """The operator's window with SAME or VALID padding made explicit; odd padding goes to the bottom and right."""
    stride = (int(context.option("StrideH")), int(context.option("StrideW")))
    if min(*stride, *dilation, *kernel) < 1:
        raise context.error(f"stride {stride}, dilation {dilation} and kernel {kernel} must be at least 1")
    shape = context.info(0).shape
    if len(shape) != 4:
        raise context.error(f"its input {context.info(0)} must have 4 axes")
    pads = [(0, 0), (0, 0)]
    if context.option("Padding") == tflite.Padding.SAME:
        pads = [_same_padding(shape[axis + 1], kernel[axis], stride[axis], dilation[axis]) for axis in range(2)]
    return Window(kernel, stride, dilation, (*pads[0], *pads[1]))


def _same_padding(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    span = (kernel - 1) * dilation + 1
    out = -(-size // stride)
    total = max(0, (out - 1) * stride + span - size)
    return total // 2, total - total // 2


def dilation_of(context: Context) -> tuple[int, int]:
    """(rows, columns) of the operator's dilation."""
    return int(context.option("DilationHFactor")), int(context.option("DilationWFactor"))


def _weights(context: Context, axes: int, channel_axis: int) -> Array:
    """The int8 weights, checked: symmetric, one scale or one per output channel."""
    info = context.info(1)
    if info.dtype not in ("int8", "int4"):
        raise RefuseError(f"its weights {info} are {info.dtype}; only int8 and int4 can be compiled", QUANTIZE_ADVICE)
    if info.quant is None:
        raise RefuseError(f"its weights {info} have no scale", QUANTIZE_ADVICE)
    if any(info.quant.zero_point):
        raise RefuseError(f"its weights {info} have a zero point", "Quantise the weights symmetrically")
    weights = context.constant(1)
    if weights.ndim != axes:
        raise context.error(f"its weights {info} must have {axes} axes")
    if len(info.quant.scale) not in (1, weights.shape[channel_axis]):
        raise context.error(f"its weights {info} have {len(info.quant.scale)} scales")
    return weights


def _bias(context: Context, weights: Array, axis: int) -> Const:
    """The int32 bias with the input zero point folded in: ``b - zero_point * sum(w)`` per output channel.

    axis: the axis of `weights` that counts output channels.
    """
    channels = weights.shape[axis]
    bias = np.zeros(channels, dtype=np.int64)
    if context.has(2):
        info = context.info(2)
        if info.dtype != "int32":
            raise RefuseError(f"its bias {info} is {info.dtype}; only int32 can be compiled", QUANTIZE_ADVICE)
        values = context.constant(2)
        if values.size != channels:
            raise context.error(f"its bias {info} must have {channels} elements")
        bias = values.reshape(-1).astype(np.int64)
    others = tuple(i for i in range(weights.ndim) if i != axis)
    folded = bias - context.quant(0).zero_point[0] * weights.sum(axis=others, dtype=np.int64)
    if folded.min() < INT32_MIN or folded.max() > INT32_MAX:
        raise RefuseError("its bias leaves int32 with the input zero point folded in", "Retrain with smaller weights")
    value = folded.astype(np.int32)
    return context.const(2, value) if context.has(2) else Const(value=value, origin=context.origin)


def _channel_requant(context: Context, channels: int) -> Requant:
    """Convolutions: all scales in double precision, per output channel, double rounding."""
    weight_scales = context.info(1).quant
    assert weight_scales is not None
    scales = np.asarray(weight_scales.scale, dtype=np.float64)
    real = context.quant(0).scale[0] * scales / context.out_quant.scale[0]
    lo, hi = fused_bounds(context)
    requant = Requant.from_scales(real, context.out_quant.zero_point[0], lo, hi, "double")
    return requant if requant.channels == 1 else requant.broadcast(channels)


def _unpadded(context: Context, kernel: tuple[int, int]) -> tuple[Node, Window]:
    """The operand and the window; a PAD with the zero point in front of rows and columns becomes part of the window."""
    x, window = context.int8(0), sliding_window(context, kernel, dilation_of(context))
    match x:
        case Pad(x=inner, padding=((0, 0), rows, columns, (0, 0)), value=value) if (
            value == context.quant(0).zero_point[0]
        ):
            top, bottom, left, right = window.padding
            padding = (top + rows[0], bottom + rows[1], left + columns[0], right + columns[1])
            return inner, replace(window, padding=padding)
    return x, window


def conv_2d(context: Context) -> Node:
    """CONV_2D: weights (co, kh, kw, ci)."""
    weights = _weights(context, 4, 0)
    x, window = _unpadded(context, (weights.shape[1], weights.shape[2]))
    if context.info(0).shape[-1] != weights.shape[3]:
        raise RefuseError(
            f"it is grouped: its input {context.info(0)} has more channels than its weights take",
            "Export it as one convolution per group",
        )
    return Conv2D(
        x=x,
        w=context.const(1, weights),
        b=_bias(context, weights, 0),
        window=window,
        pad_value=context.quant(0).zero_point[0],
        requant=_channel_requant(context, weights.shape[0]),
        quant=context.out_quant,
        origin=context.origin,
    )


def depthwise_conv_2d(context: Context) -> Node:
    """DEPTHWISE_CONV_2D: weights (1, kh, kw, co)."""
    weights = _weights(context, 4, 3)
    x, window = _unpadded(context, (weights.shape[1], weights.shape[2]))
    if weights.shape[0] != 1:
        raise context.error(f"its weights {context.info(1)} must have 1 as the first axis")
    return DepthwiseConv2D(
        x=x,
        w=context.const(1, weights[0]),
        b=_bias(context, weights, 3),
        window=window,
        pad_value=context.quant(0).zero_point[0],
        requant=_channel_requant(context, weights.shape[3]),
        quant=context.out_quant,
        origin=context.origin,
    )


def fully_connected(context: Context) -> Node:
    """FULLY_CONNECTED: weights (rows, columns); the input is flattened to (batch, columns)."""
    x, weights = context.int8(0), _weights(context, 2, 0)
    if context.option("WeightsFormat") != tflite.FullyConnectedOptionsWeightsFormat.DEFAULT:
        raise RefuseError("its weights are shuffled", "Export it with the default weights format")
    rows, columns = weights.shape
    size = prod(context.info(0).shape)
    if size % columns:
        raise context.error(f"its input {context.info(0)} does not divide into rows of {columns}")
    flat = (size // columns, columns)
    if x.type.shape != flat:
        x = Reshape(x=x, shape=flat, quant=context.quant(0), origin=context.origin)
    node: Node = FullyConnected(
        x=x,
        w=context.const(1, weights),
        b=_bias(context, weights, 0),
        requant=_row_requant(context, rows, context.state.fully_connected_rounding),
        quant=context.out_quant,
        origin=context.origin,
    )
    shape = context.output.shape
    if shape != (flat[0], rows) and prod(shape) == flat[0] * rows:
        node = Reshape(x=node, shape=shape, quant=context.out_quant, origin=context.origin)
    return node


def _row_requant(context: Context, rows: int, rounding: Rounding) -> Requant:
    """Scales are multiplied and divided in double, as LiteRT does.

    TFLite Micro (rounding "double") multiplies the scales of input and weights in float32 when the weights have one.
    """
    weight_scales = context.info(1).quant
    assert weight_scales is not None
    scales = np.asarray(weight_scales.scale, dtype=np.float64)
    product = context.quant(0).scale[0] * scales
    if len(scales) == 1 and rounding == "double":
        product = (np.float32(context.quant(0).scale[0]) * scales.astype(np.float32)).astype(np.float64)
    lo, hi = fused_bounds(context)
    return Requant.from_scales(product / context.out_quant.scale[0], context.out_quant.zero_point[0], lo, hi, rounding)


IMPORTERS = (
    ("CONV_2D", conv_2d),
    ("DEPTHWISE_CONV_2D", depthwise_conv_2d),
    ("FULLY_CONNECTED", fully_connected),
)
