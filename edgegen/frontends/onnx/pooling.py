"""Pools and means."""

from __future__ import annotations

from dataclasses import replace
from math import frexp

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.frontends.onnx.context import Context
from edgegen.frontends.onnx.linear import from_image, image, image_shape, sliding_window
from edgegen.frontends.onnx.quantization import bound
from edgegen.frontends.onnx.shape import moved
from edgegen.frontends.onnx.values import Pending, Tensor, Value
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, Const, QuantParams
from edgegen.ops.average_pool2d import MAX_SHIFT, AveragePool2D, EvenTies
from edgegen.ops.conv2d import Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.pad import Pad
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D


def _window(context: Context, shape: tuple[int, ...]) -> tuple[Window, tuple[int, int]]:
    """The window and the sides of the result; ceil_mode becomes padding at the bottom and right."""
    if len(shape) not in (3, 4):
        raise RefuseError(f"its operand has shape {shape}; it must have 3 or 4 axes")
    kernel = context.attribute("kernel_shape")
    if not kernel or len(kernel) != len(shape) - 2 or min(kernel) < 1:
        raise context.error(f"kernel_shape is {kernel}; its operand has shape {shape}")
    size = (1, shape[2]) if len(shape) == 3 else (shape[2], shape[3])
    window = sliding_window(context, kernel, size)
    if window.dilation != (1, 1):
        raise RefuseError("its window is dilated")
    if context.attribute("ceil_mode", 0):
        window = _ceiled(window, size)
    sides = window.out_size(*size)
    if min(sides) < 1:
        raise context.error(f"its window {window} does not fit into {size[0]}x{size[1]}")
    return window, sides


def _ceiled(window: Window, size: tuple[int, int]) -> Window:
    padding = list(window.padding)
    for axis in range(2):
        before, after = padding[2 * axis], padding[2 * axis + 1]
        rest = (size[axis] + before + after - window.kernel[axis]) % window.stride[axis]
        extra = window.stride[axis] - rest if rest else 0
        start = size[axis] + before + after + extra - window.kernel[axis]
        # A window that would begin in the padding behind the image does not count.
        if extra and start < size[axis] + before:
            padding[2 * axis + 1] += extra
    return replace(window, padding=(padding[0], padding[1], padding[2], padding[3]))


def max_pool(context: Context) -> Tensor:
    """MaxPool, on integers or real numbers."""
    if len(context.info.outputs) > 1:
        raise RefuseError("it returns indices too")
    tensor = context.tensor(0)
    shape = tensor.shape
    window, sides = _window(context, shape)
    if context.attribute("storage_order", 0):
        raise RefuseError("its storage order is column-major")

    def pool(value: Value) -> Value:
        node = MaxPool2D(x=image(context, value), window=window, quant=value.node.type.quant, origin=context.origin)
        made = from_image(node, value.quant or QuantParams((1.0,), (0,)), len(shape))
        return replace(made, quant=value.quant, integer=value.integer, unsigned=value.unsigned)

    return moved(context, tensor, image_shape(shape, shape[1], sides), pool)


def _averaged(
    context: Context, value: Value, window: Window, shift: int, quant: QuantParams, low: float, high: float
) -> Value:
    """The mean over what is inside x, ties to even; a step of x is 2**shift steps of the output."""
    _, _, x_zero = context.scale(0)
    node = AveragePool2D(
        x=image(context, value),
        window=window,
        lo=bound(low, quant),
        hi=bound(high, quant),
        even=EvenTies(x_zero, quant.zero_point[0], shift),
        quant=quant,
        origin=context.origin,
    )
    return from_image(node, quant, len(value.shape))


def _shift(x_scale: float, quant: QuantParams) -> int | None:
    """The power of two that x's scale is of the output's, where a pool can compute with it; None where it is none."""
    mantissa, exponent = frexp(x_scale / quant.scale[0])
    return exponent - 1 if mantissa == 0.5 and abs(exponent - 1) <= MAX_SHIFT else None


def _summed(context: Context, value: Value, window: Window, quant: QuantParams, low: float, high: float) -> Value:
    """The mean as a depthwise sum: padding counts, 1 / count is part of the scale."""
    _, x_scale, x_zero = context.scale(0)
    channels, count = value.shape[1], window.kernel[0] * window.kernel[1]
    node = DepthwiseConv2D(
        x=image(context, value),
        w=Const(value=np.ones((*window.kernel, channels), dtype=np.int8), origin=context.origin),
        b=Const(value=np.full(channels, -x_zero * count, dtype=np.int32), origin=context.origin),
        window=window,
        pad_value=x_zero,
        requant=_mean_requant(x_scale, count, quant, low, high),
        quant=quant,
        origin=context.origin,
    )
    return from_image(node, quant, len(value.shape))


def _mean_requant(x_scale: float, count: int | Array, quant: QuantParams, low: float, high: float) -> Requant:
    """From the sum of `count` elements of x_scale to their mean."""
    scales = x_scale / (quant.scale[0] * np.atleast_1d(count))
    return Requant.from_scales(scales, quant.zero_point[0], bound(low, quant), bound(high, quant), "single")


def _padded(context: Context, value: Value, window: Window) -> Value:
    """value with the window's padding around it, as elements that count."""
    own = value.quant
    assert own is not None
    top, bottom, left, right = window.padding
    padding = ((0, 0), (top, bottom), (left, right), (0, 0))
    node = Pad(x=image(context, value), padding=padding, value=own.zero_point[0], quant=own, origin=context.origin)
    return from_image(node, own, len(value.shape))


def _rescaled(context: Context, value: Value, window: Window, quant: QuantParams, low: float, high: float) -> Value:
    """The mean over what is inside x, in steps of another scale: each number of elements has a scale of its own."""
    _, x_scale, x_zero = context.scale(0)
    counts = np.arange(1, window.kernel[0] * window.kernel[1] + 1)
    node = ScaledAveragePool2D(
        x=image(context, value),
        window=window,
        zero_point=x_zero,
        requant=_mean_requant(x_scale, counts, quant, low, high),
        quant=quant,
        origin=context.origin,
    )
    return from_image(node, quant, len(value.shape))


def average_pool(context: Context) -> Tensor:
    """AveragePool: exact between scales that are a power of two apart, most often one scale; else one rounding."""
    value, x_scale, _ = context.scale(0)
    shape = value.shape
    window, sides = _window(context, shape)
    padded = any(window.padding)
    counted = bool(context.attribute("count_include_pad", 0)) or not padded
    if counted and context.attribute("ceil_mode", 0) and padded:
        raise RefuseError("it counts padding in windows that reach beyond it", "Export it with ceil_mode = 0")

    def build(quant: QuantParams, low: float, high: float) -> Value:
        shift = _shift(x_scale, quant)
        if shift is None:
            other = _summed if counted else _rescaled
            return other(context, value, window, quant, low, high)
        if counted and padded:
            bare = replace(window, padding=(0, 0, 0, 0))
            return _averaged(context, _padded(context, value, window), bare, shift, quant, low, high)
        return _averaged(context, value, window, shift, quant, low, high)

    return Pending(image_shape(shape, shape[1], sides), build)


def _global_mean(context: Context, shape: tuple[int, ...]) -> Tensor:
    """The mean over rows and columns, as a tensor of this shape."""
    value, x_scale, x_zero = context.scale(0)

    def build(quant: QuantParams, low: float, high: float) -> Value:
        node = image(context, value)
        sides = (node.type.shape[1], node.type.shape[2])
        shift = _shift(x_scale, quant)
        if shift is not None:
            return _averaged(context, value, Window(sides), shift, quant, low, high).reshaped(shape)
        requant = _mean_requant(x_scale, sides[0] * sides[1], quant, low, high)
        mean = Mean(x=node, zero_point=x_zero, requant=requant, quant=quant, origin=context.origin)
        return Value.image(mean, quant, shape)

    return Pending(shape, build)


def global_average_pool(context: Context) -> Tensor:
    """GlobalAveragePool."""
    shape = context.value(0).shape
    return _global_mean(context, (*shape[:2], *(1,) * (len(shape) - 2)))


def reduce_mean(context: Context) -> Tensor:
    """ReduceMean over all spatial axes."""
    shape = context.value(0).shape
    given = context.integers(1) if context.has(1) else context.attribute("axes") or tuple(range(len(shape)))
    axes = sorted({axis + len(shape) * (axis < 0) for axis in given})
    if len(shape) not in (3, 4) or axes != list(range(2, len(shape))):
        raise RefuseError(f"it reduces the axes {axes} of {shape}", "Only the spatial axes can be reduced")
    keep = bool(context.attribute("keepdims", 1))
    return _global_mean(context, (*shape[:2], *(1,) * (len(axes) if keep else 0)))


IMPORTERS = (
    ("AveragePool", average_pool),
    ("GlobalAveragePool", global_average_pool),
    ("MaxPool", max_pool),
    ("ReduceMean", reduce_mean),
)
