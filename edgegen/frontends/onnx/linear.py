"""Conv, Gemm and MatMul with constant weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from edgegen.fixedpoint import INT32_MAX, INT32_MIN, Requant
from edgegen.frontends.onnx.context import QDQ_ADVICE, Context
from edgegen.frontends.onnx.quantization import bound
from edgegen.frontends.onnx.values import CHANNELS_LAST, Constant, Pending, Tensor, Value
from edgegen.frontends.refusal import RefuseError
from edgegen.ir import Array, Const, Node, Origin, QuantParams
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.fully_connected import FullyConnected

Make = Callable[[Const, Const, Requant, QuantParams], Value]


@dataclass(frozen=True)
class Linear:
    """A sum of products that waits for its output's scale.

    weights: int8, output channels along `channels`; scales: float64, one or one per output channel.
    """

    context: Context
    x_scale: float
    x_zero: int
    weights: Array
    channels: int
    scales: Array
    bias: Array
    make: Make

    @property
    def acc_scale(self) -> Array:
        """What one step of the accumulator is worth, float64, one or one per output channel."""
        return self.x_scale * self.scales

    def build(self, quant: QuantParams, low: float, high: float) -> Value:
        """The node, its input zero point folded into the bias."""
        others = tuple(axis for axis in range(self.weights.ndim) if axis != self.channels)
        folded = self.bias - self.x_zero * self.weights.sum(axis=others, dtype=np.int64)
        if folded.min() < INT32_MIN or folded.max() > INT32_MAX:
            raise RefuseError("its bias leaves int32 with the input zero point folded in")
        real = self.acc_scale / quant.scale[0]
        # A channel that is never written has scale 0 in some exporters: any scale serves, all its weights are 0.
        requant = Requant.from_scales(real, quant.zero_point[0], bound(low, quant), bound(high, quant), "single")
        origin = self.context.origin
        return self.make(
            Const(value=np.ascontiguousarray(self.weights), origin=origin),
            Const(value=folded.astype(np.int32), origin=origin),
            requant,
            quant,
        )

    def pending(self, shape: tuple[int, ...]) -> Pending:
        def add(real: Array) -> Pending:
            return replace(self, bias=self.bias + self.bias_steps(real)).pending(shape)

        return Pending(shape, self.build, add_bias=add)

    def bias_steps(self, real: Array) -> Array:
        """Real numbers per output channel in steps of the accumulator."""
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.where(self.acc_scale > 0, np.rint(real / self.acc_scale), 0)
        if not np.all(np.abs(steps) <= INT32_MAX):
            raise RefuseError("its bias does not fit int32", "Quantise its input with a larger scale")
        return steps.astype(np.int64)


def int8_weights(constant: Constant, context: Context) -> Array:
    """The weights as int8, their zero points subtracted."""
    if constant.stored is None or constant.scale is None:
        raise RefuseError("its weights are real numbers", QDQ_ADVICE)
    stored = constant.stored
    if stored.size == 0:
        raise context.error("its weights are empty")
    if stored.min() < -128 or stored.max() > 127:
        raise RefuseError("its weights less their zero point leave int8", "Quantise the weights symmetrically")
    return stored.astype(np.int8)


def _weight_scales(constant: Constant, axis: int) -> Array:
    scales = constant.scales_along(axis)
    if scales is None:
        raise RefuseError("its weights have scales along another axis than the output channels")
    return scales


def _with_bias(context: Context, linear: Linear, slot: int) -> Linear:
    """The operand `slot`, if there, as the bias."""
    if not context.has(slot):
        return linear
    constant = context.constant(slot)
    rows = linear.weights.shape[linear.channels]
    if constant.array.size not in (1, rows):
        raise context.error(f"its bias has {constant.array.size} elements; it must have {rows}")
    if constant.stored is not None and _same_scales(constant, linear.acc_scale):
        steps = np.broadcast_to(constant.stored.reshape(-1), (rows,)).astype(np.int64)
    else:
        steps = linear.bias_steps(np.broadcast_to(constant.array.reshape(-1).astype(np.float64), (rows,)))
    return replace(linear, bias=linear.bias + steps)


def _same_scales(bias: Constant, acc_scale: Array) -> bool:
    """Whether an integer bias counts steps of the accumulator, but for float32 rounding."""
    assert bias.scale is not None
    return bool(np.all(np.abs(bias.scale - acc_scale) <= 1e-6 * acc_scale))


def _spatial(context: Context, name: str, rank: int, default: int) -> tuple[int, int]:
    """An attribute with one number per spatial axis, as (rows, columns); one-dimensional tensors have one row."""
    values = context.attribute(name) or (default,) * rank
    if len(values) != rank or min(values) < 1:
        raise context.error(f"{name} is {values}; it must be {rank} positive numbers")
    return (1, int(values[0])) if rank == 1 else (int(values[0]), int(values[1]))


def sliding_window(context: Context, kernel: tuple[int, ...], size: tuple[int, int]) -> Window:
    """The operator's window over images of `size` with explicit padding."""
    rank = len(kernel)
    if rank not in (1, 2):
        raise RefuseError(f"it slides over {rank} axes", "Only one and two axes can be compiled")
    whole = (1, kernel[0]) if rank == 1 else (kernel[0], kernel[1])
    stride, dilation = _spatial(context, "strides", rank, 1), _spatial(context, "dilations", rank, 1)
    window = Window(whole, stride, dilation)
    auto = context.attribute("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        pairs = [_same(size[i], window, i, auto == "SAME_LOWER") for i in range(2)]
        return replace(window, padding=(*pairs[0], *pairs[1]))
    pads = (0,) * (2 * rank) if auto == "VALID" else tuple(context.attribute("pads") or (0,) * (2 * rank))
    if len(pads) != 2 * rank or min(pads) < 0 or max(pads) >= 1 << 16:
        raise context.error(f"pads is {pads}; it must be {2 * rank} numbers of 0 or more")
    if rank == 1:
        return replace(window, padding=(0, 0, pads[0], pads[1]))
    return replace(window, padding=(pads[0], pads[2], pads[1], pads[3]))


def _same(size: int, window: Window, axis: int, lower: bool) -> tuple[int, int]:
    span = (window.kernel[axis] - 1) * window.dilation[axis] + 1
    total = max(0, (-(-size // window.stride[axis]) - 1) * window.stride[axis] + span - size)
    small = total // 2
    return (total - small, small) if lower else (small, total - small)


def image(context: Context, value: Value) -> Node:
    """The node (n, h, w, c) of an ONNX tensor (n, c, h, w), or (n, c, w) with one row."""
    shape = value.shape
    if len(shape) not in (3, 4):
        raise RefuseError(f"its operand has shape {shape}; it must have 3 or 4 axes")
    factors = (shape[0], shape[1], 1, shape[2]) if len(shape) == 3 else shape
    return value.arranged(factors, CHANNELS_LAST, context.origin)


def from_image(node: Node, quant: QuantParams, rank: int) -> Value:
    """The ONNX tensor of a node (n, h, w, c), with `rank` axes."""
    n, _, w, c = node.type.shape
    return Value.image(node, quant, (n, c, w) if rank == 3 else None)


def image_shape(shape: tuple[int, ...], channels: int, sides: tuple[int, int]) -> tuple[int, ...]:
    """The ONNX shape of a result with these channels and sides for an operand of this shape."""
    return (shape[0], channels, sides[1]) if len(shape) == 3 else (shape[0], channels, *sides)


def conv(context: Context) -> Tensor:
    """Conv: weights (co, ci / group, kh, kw), or without kh."""
    x, x_scale, x_zero = context.scale(0)
    constant = context.constant(1)
    node = image(context, x)
    stored = int8_weights(constant, context)
    rank = len(x.shape)
    if stored.ndim != rank:
        raise context.error(f"its weights have {stored.ndim} axes, its operand {rank}")
    kernel = stored.shape[2:]
    if context.attribute("kernel_shape", kernel) != kernel:
        raise context.error(f"kernel_shape is {context.attribute('kernel_shape')}, its weights have {kernel}")
    _, height, width, channels = node.type.shape
    window = sliding_window(context, kernel, (height, width))
    weights = stored.reshape(*stored.shape[:2], *window.kernel)
    group = int(context.attribute("group", 1))
    make, weights, axis = _convolution(context, node, weights, group, window, x_zero, rank)
    sides = window.out_size(height, width)
    if min(sides) < 1 or weights.shape[axis] < 1 or channels < 1:
        raise context.error(f"its window {window} does not fit into {height}x{width}")
    rows = weights.shape[axis]
    linear = Linear(
        context, x_scale, x_zero, weights, axis, _weight_scales(constant, 0), np.zeros(rows, dtype=np.int64), make
    )
    return _with_bias(context, linear, 2).pending(image_shape(x.shape, rows, sides))


def _convolution(
    context: Context, node: Node, weights: Array, group: int, window: Window, zero: int, rank: int
) -> tuple[Make, Array, int]:
    """How to make the node, its weights as it wants them, and the axis of its output channels."""
    op: type[Conv2D] | type[DepthwiseConv2D]
    channels = node.type.shape[3]
    if group == 1 and weights.shape[1] == channels:
        op, arranged, axis = Conv2D, weights.transpose(0, 2, 3, 1), 0
    elif group == channels and weights.shape[1] == 1 and weights.shape[0] % channels == 0:
        op, arranged, axis = DepthwiseConv2D, weights[:, 0].transpose(1, 2, 0), 2
    else:
        raise RefuseError(
            f"it has {group} groups for {channels} channels", "Use 1 group, or one per channel (depthwise)"
        )

    def make(w: Const, b: Const, requant: Requant, quant: QuantParams) -> Value:
        made = op(x=node, w=w, b=b, window=window, pad_value=zero, requant=requant, quant=quant, origin=context.origin)
        return from_image(made, quant, rank)

    return make, np.ascontiguousarray(arranged), axis


def _rows(value: Value, columns: int, origin: Origin) -> tuple[Node, Array]:
    """The node (batch, columns) of an operand (..., columns), and where each of its columns is in the ONNX tensor.

    An image that was flattened stays channels last: the weights' columns move instead.
    """
    batch = value.shape[0]
    whole = len(value.shape) == 2 and value.factors[0] == batch and value.axes[0] == 0
    if whole and value.factors != value.shape:
        order = np.arange(columns).reshape(value.factors[1:]).transpose([axis - 1 for axis in value.axes[1:]])
        flat = Value.plain(value.node, value.quant).reshaped((batch, columns))
        return flat.in_order(origin), order.reshape(-1)
    flat = value.reshaped((prod(value.shape) // columns, columns))
    return flat.in_order(origin), np.arange(columns)


def _fully_connected(context: Context, constant: Constant, transposed: bool) -> tuple[Linear, tuple[int, ...]]:
    """The rows of a matrix product: constant weights (columns, rows), or (rows, columns) when `transposed`."""
    x, x_scale, x_zero = context.scale(0)
    stored = int8_weights(constant, context)
    if stored.ndim != 2:
        raise RefuseError(f"its weights have {stored.ndim} axes", "Only a matrix can be compiled")
    weights, axis = (stored, 0) if transposed else (stored.T, 1)
    rows, columns = weights.shape
    if not x.shape or x.shape[-1] != columns:
        raise context.error(f"its operand has shape {x.shape}, its weights take {columns} columns")
    node, order = _rows(x, columns, context.origin)
    shape = (*x.shape[:-1], rows)

    def make(w: Const, b: Const, requant: Requant, quant: QuantParams) -> Value:
        made = FullyConnected(x=node, w=w, b=b, requant=requant, quant=quant, origin=context.origin)
        return Value.plain(made, quant).reshaped(shape)

    scales = _weight_scales(constant, axis)
    zeros = np.zeros(rows, dtype=np.int64)
    return Linear(context, x_scale, x_zero, weights[:, order], 0, scales, zeros, make), shape


def gemm(context: Context) -> Tensor:
    """Gemm with alpha = beta = 1 and constant weights."""
    if (
        context.attribute("transA", 0)
        or context.attribute("alpha", 1.0) != 1.0
        or context.attribute("beta", 1.0) != 1.0
    ):
        raise RefuseError("it scales or transposes its operands", "Export it with transA = 0 and alpha = beta = 1")
    linear, shape = _fully_connected(context, context.constant(1), bool(context.attribute("transB", 0)))
    return _with_bias(context, linear, 2).pending(shape)


def matmul(context: Context) -> Tensor:
    """MatMul with constant weights on the right."""
    linear, shape = _fully_connected(context, context.constant(1), False)
    return linear.pending(shape)
