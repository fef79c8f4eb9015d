"""Tiny graphs made by hand, one or more per op, for tests of what comes after the frontends.

`cases(op_name)` walks the shapes that kernels ask for (channels that are and are not multiples of four, pointwise,
strided, one column) times the weight styles that formats ask for (any int8, few values, mostly zeros, +-1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgegen.fixedpoint import Requant
from edgegen.ir import Const, Graph, Input, Node, Op, Origin, QuantParams, TensorType
from edgegen.ops.accumulate_dense import AccumulateDense
from edgegen.ops.add import Add
from edgegen.ops.arg_max import ArgMax
from edgegen.ops.average_pool2d import AveragePool2D, EvenTies
from edgegen.ops.base import InputScale
from edgegen.ops.concat import Concat
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.fully_connected import FullyConnected
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.mean import Mean
from edgegen.ops.mul import Mul
from edgegen.ops.pad import Pad
from edgegen.ops.reshape import Reshape
from edgegen.ops.resize_nearest import ResizeNearest
from edgegen.ops.scaled_average_pool2d import ScaledAveragePool2D
from edgegen.ops.softmax import Softmax
from edgegen.ops.threshold_dense import ThresholdDense
from edgegen.ops.transpose import Transpose

Array = NDArray[Any]

#: scale and zero point of all activations here
QUANT = QuantParams((0.05,), (3,))
STYLES = ("any", "zeros", "few", "ternary", "binary")
Shape = tuple[int, ...]


def made(op: str) -> Origin:
    """Where an op of these graphs claims to come from."""
    return Origin("tiny.tflite", op.upper(), 0, op)


def weights(shape: Shape, style: str = "any", seed: int = 1) -> Const:
    """An int8 constant: any values, 80 % zeros, four values, -1/0/1, two of every four in a row, or -1/1."""
    rng = np.random.default_rng(seed)
    match style:
        case "any":
            values = rng.integers(-127, 128, shape)
        case "zeros":
            values = rng.integers(-127, 128, shape) * (rng.random(shape) < 0.2)
        case "few":
            values = rng.choice([-90, -7, 0, 33], shape)
        case "ternary":
            values = rng.integers(-1, 2, shape)
        case "2:4":
            places = rng.permuted(np.broadcast_to(np.arange(shape[-1]) % 4, shape).reshape(-1, 4), axis=1)
            values = rng.integers(-127, 128, shape) * (places.reshape(shape) < 2)
        case _:
            values = rng.choice([-1, 1], shape)
    return Const(value=values.astype(np.int8))


def bias(count: int, seed: int = 2) -> Const:
    return Const(value=np.random.default_rng(seed).integers(-500, 500, count).astype(np.int32))


def requant(channels: int, scale: float = 0.004, rounding: Any = "double", zero_point: int = 3) -> Requant:
    """Scales that differ from channel to channel; one entry when channels is 1."""
    return Requant.from_scales([scale * (1 + 0.1 * c) for c in range(channels)], zero_point, rounding=rounding)


def source(shape: Shape, name: str = "x") -> Input:
    return Input(name=name, tensor=TensorType(shape, "int8", QUANT), origin=Origin("tiny", "INPUT", 0, name))


def graph(output: Op | tuple[Op, ...], *inputs: Input, name: str = "tiny") -> Graph:
    """A graph with names and digest, as a frontend would make it."""
    outputs = output if isinstance(output, tuple) else (output,)
    names = tuple(f"y{i}" for i in range(len(outputs)))
    return Graph(name, inputs, outputs, names, sha256="00" * 32, source=f"{name}.tflite")


def conv2d(x: Node, out: int, kernel: int = 3, stride: int = 1, pad: int = 1, style: str = "any", seed: int = 1) -> Op:
    channels = x.type.shape[3]
    window = Window((kernel, kernel), (stride, stride), (1, 1), (pad, pad, pad, pad))
    w = weights((out, kernel, kernel, channels), style, seed)
    return Conv2D(
        x=x, w=w, b=bias(out), window=window, pad_value=3, requant=requant(out), quant=QUANT,
        origin=Origin("tiny.tflite", "CONV_2D", seed, "conv"),
    )  # fmt: skip


def depthwise(
    x: Node,
    multiplier: int = 1,
    stride: int = 1,
    style: str = "any",
    seed: int = 1,
    kernel: tuple[int, int] = (3, 3),
    padding: tuple[int, int, int, int] = (1, 1, 1, 1),
) -> Op:
    out = x.type.shape[3] * multiplier
    window = Window(kernel, (stride, stride), (1, 1), padding)
    return DepthwiseConv2D(
        x=x, w=weights((*kernel, out), style, seed), b=bias(out), window=window, pad_value=3, requant=requant(out),
        quant=QUANT, origin=Origin("tiny.tflite", "DEPTHWISE_CONV_2D", seed, "depthwise"),
    )  # fmt: skip


def dense(x: Node, rows: int, style: str = "any", seed: int = 1, channels: int = 1, rounding: Any = "double") -> Op:
    w = weights((rows, x.type.shape[1]), style, seed)
    return FullyConnected(
        x=x, w=w, b=bias(rows), requant=requant(channels, rounding=rounding), quant=QUANT,
        origin=Origin("tiny.tflite", "FULLY_CONNECTED", seed, "dense"),
    )  # fmt: skip


def add(a: Node, b: Node) -> Op:
    scale = InputScale(3, 1 << 30, 0)
    return Add(a=a, b=b, a_scale=scale, b_scale=scale, requant=requant(1, 2.0**-20), quant=QUANT, origin=made("add"))


def even_add(a: Node, b: Node) -> Op:
    """As ONNX has it between scales that are powers of two: half of the sums are ties."""
    scale, even = InputScale(3, 1 << 30, 0), Requant.from_scales([2.0**-20], 3, rounding="even")
    return Add(a=a, b=b, a_scale=scale, b_scale=scale, requant=even, quant=QUANT, origin=made("add"))


def mul(a: Node, b: Node) -> Op:
    return Mul(a=a, b=b, a_zero=3, b_zero=-5, requant=requant(1, 0.02), quant=QUANT, origin=made("mul"))


def softmax(x: Node) -> Op:
    table = [2**31 - 1]
    while len(table) < 256:
        table.append(table[-1] * 95 // 100)  # integers: the same on every machine
    return Softmax(x=x, table=tuple(table), origin=made("softmax"))


def lut(x: Node) -> Op:
    table = tuple(127 * v // (40 + abs(v)) for v in range(-128, 128))
    return Lut(x=x, table=table, function="softsign", quant=QUANT, origin=made("softsign"))


def pool(kind: type[AveragePool2D] | type[MaxPool2D], x: Node, kernel: int = 2, stride: int = 2, pad: int = 0) -> Op:
    window = Window((kernel, kernel), (stride, stride), (1, 1), (pad, pad, pad, pad))
    return kind(x=x, window=window, quant=QUANT, origin=made(kind.op_name))


def even_pool(x: Node) -> Op:
    """Ties to even, into half the scale, and a window that leaves out padding."""
    window = Window((2, 2), (2, 2), (1, 1), (0, 1, 0, 1))
    return AveragePool2D(x=x, window=window, even=EvenTies(3, -5, 1), quant=QUANT, origin=made("average_pool2d"))


def scaled_pool(x: Node) -> Op:
    """A window that leaves out padding, into another scale."""
    window = Window((3, 2), (2, 1), (1, 1), (1, 2, 0, 1))
    scales = Requant.from_scales([1.7 / count for count in range(1, 7)], -9, -120, 120, "single")
    return ScaledAveragePool2D(
        x=x, window=window, zero_point=3, requant=scales, quant=QUANT, origin=made("scaled_average_pool2d")
    )


def mean(x: Node) -> Op:
    count = x.type.shape[1] * x.type.shape[2]
    return Mean(x=x, zero_point=3, requant=requant(1, 1 / count), quant=QUANT, origin=made("mean"))


def pad(x: Node) -> Op:
    return Pad(x=x, padding=((0, 0), (1, 2), (0, 1), (0, 0)), value=3, origin=made("pad"))


def concat(a: Node, b: Node) -> Op:
    return Concat(xs=(a, b), axis=3, quant=QUANT, origin=made("concat"))


def _unary(make: Callable[[Node], Op], *shapes: Shape) -> Iterator[Graph]:
    for shape in shapes:
        x = source(shape)
        yield graph(make(x), x)


def _pair(make: Callable[[Node, Node], Op], *shapes: tuple[Shape, Shape]) -> Iterator[Graph]:
    for first, second in shapes:
        a, b = source(first, "a"), source(second, "b")
        yield graph(make(a, b), a, b)


def _conv_cases() -> Iterator[Graph]:
    for style in STYLES:
        for shape, out, kernel, stride, padding in (
            ((1, 6, 6, 8), 8, 1, 1, 0),
            ((1, 6, 6, 8), 8, 3, 1, 1),
            ((1, 7, 5, 3), 5, 3, 2, 1),
            ((1, 1, 1, 64), 16, 1, 1, 0),
            ((1, 1, 1, 128), 64, 1, 1, 0),
            ((1, 10, 18, 8), 8, 3, 1, 1),
        ):
            x = source(shape)
            yield graph(conv2d(x, out, kernel, stride, padding, style), x)
    x = source((1, 6, 6, 8))
    yield graph(conv2d(x, 8, style="2:4"), x)
    yield graph(conv2d(x, 24, style="2:4"), x)


def _depthwise_cases() -> Iterator[Graph]:
    for style in STYLES:
        for shape, multiplier, stride in (((1, 6, 6, 8), 1, 1), ((1, 7, 5, 3), 2, 1), ((1, 8, 8, 4), 1, 2)):
            x = source(shape)
            yield graph(depthwise(x, multiplier, stride, style), x)
        x = source((1, 1, 12, 8))
        yield graph(depthwise(x, style=style, kernel=(1, 5), padding=(0, 0, 2, 2)), x)


def _dense_cases() -> Iterator[Graph]:
    for style in STYLES:
        for shape, rows in (((1, 16), 8), ((1, 13), 5), ((5, 12), 4), ((1, 128), 64)):
            x = source(shape)
            yield graph(dense(x, rows, style), x)
    x = source((1, 44))
    yield graph(dense(x, 6, "2:4"), x)


def _constant_operand(make: Callable[[Node, Node], Op]) -> Iterator[Graph]:
    a = source((1, 4, 4, 6), "a")
    yield graph(make(a, weights((6,))), a)


def few_levels(x: Node, *values: int) -> Op:
    """x as the nearest of these rising values."""
    table = tuple(values[int(np.abs(np.array(values) * 40 - v).argmin())] for v in range(-128, 128))
    return Lut(x=x, table=table, function="quantize", quant=QUANT, origin=made("quantize"))


def threshold_dense(x: Node, rows: int, levels: int, style: str) -> Op:
    """A layer whose sums spread over all its levels; row 0 has one level less."""
    w = weights((rows, x.type.shape[1]), style, 6)
    spread = 4 * max(1, int(np.abs(w.value.astype(int)).sum(axis=1).mean() ** 0.5))
    t = np.sort(np.random.default_rng(9).integers(-spread, spread, (rows, levels)), axis=1)
    t[0, -1] = 2**31 - 1
    return ThresholdDense(
        x=x, w=w, t=Const(value=t.astype(np.int32)), base=Const(value=np.full(rows, -levels // 2, np.int8)), step=1,
        quant=QUANT, origin=made("threshold"),
    )  # fmt: skip


def _low_bit_cases(make: Callable[[Node, str], Op]) -> Iterator[Graph]:
    """Binary and ternary weights with binary and ternary inputs; any input and weights of 4 bits and more."""
    for style, values in (("binary", (-1, 1)), ("ternary", (-1, 1)), ("binary", (-1, 0, 1)), ("ternary", ())):
        for columns in (40, 160):
            x = source((1, columns))
            yield graph(make(few_levels(x, *values) if values else x, style), x)
    for style in STYLES:
        x = source((2, 45))
        yield graph(make(x, style), x)


IMAGE = (1, 6, 6, 8)
ODD = (1, 5, 7, 3)

_CASES: dict[str, Callable[[], Iterator[Graph]]] = {
    "conv2d": _conv_cases,
    "depthwise_conv2d": _depthwise_cases,
    "fully_connected": _dense_cases,
    "add": lambda: _chain(
        _pair(add, (IMAGE, IMAGE), (ODD, ODD), (IMAGE, (1, 1, 1, 8))),
        _constant_operand(add),
        _pair(even_add, (IMAGE, IMAGE), (ODD, ODD)),
    ),
    "mul": lambda: _chain(_pair(mul, (IMAGE, IMAGE), (ODD, ODD), (IMAGE, (1, 1, 1, 8))), _constant_operand(mul)),
    "lut": lambda: _unary(lut, IMAGE, ODD),
    "softmax": lambda: _unary(softmax, (1, 12), (3, 5)),
    "average_pool2d": lambda: _chain(
        _unary(lambda x: pool(AveragePool2D, x, min(x.type.shape[1:3]), 1), (1, 4, 4, 8), (1, 5, 5, 3)),
        _unary(even_pool, (1, 4, 4, 8), (1, 5, 5, 3)),
    ),
    "scaled_average_pool2d": lambda: _unary(scaled_pool, (1, 4, 4, 8), (1, 5, 7, 3)),
    "max_pool2d": lambda: _unary(lambda x: pool(MaxPool2D, x, 3, 2, 1), IMAGE, ODD),
    "mean": lambda: _unary(mean, IMAGE, ODD),
    "pad": lambda: _unary(pad, IMAGE, ODD),
    "concat": lambda: _pair(concat, (IMAGE, IMAGE), (ODD, ODD)),
    "reshape": lambda: _unary(lambda x: lut(Reshape(x=x, shape=(1, x.type.size))), IMAGE),
    "resize_nearest": lambda: _unary(
        lambda x: ResizeNearest(x=x, rows=(0, 0, 1, 1, 2), columns=(0, 1, 1, 2), origin=made("resize")), IMAGE, ODD
    ),
    "threshold_dense": lambda: _chain(
        _low_bit_cases(lambda x, style: threshold_dense(x, 9, 2, style)),
        _low_bit_cases(lambda x, style: threshold_dense(x, 5, 20, style)),
    ),
    "accumulate_dense": lambda: _low_bit_cases(
        lambda x, style: AccumulateDense(x=x, w=weights((7, x.type.shape[1]), style, 6), origin=made("sums"))
    ),
    "arg_max": lambda: _unary(lambda x: ArgMax(x=x, origin=made("largest")), (1, 12), (3, 5)),
    "transpose": lambda: _unary(lambda x: Transpose(x=x, perm=(0, 2, 1, 3), origin=made("transpose")), IMAGE, ODD),
}


def _chain(*parts: Iterator[Graph]) -> Iterator[Graph]:
    for part in parts:
        yield from part


def cases(op_name: str) -> tuple[Graph, ...]:
    """Graphs whose output is the named op (a view: an op that reads it)."""
    return tuple(_CASES[op_name]())


def covered() -> set[str]:
    """Ops that have a case here."""
    return set(_CASES)


def network(style: str = "any", seed: int = 1) -> Graph:
    """A small classifier with a residual branch: convolution, depthwise, pointwise, add, pool, dense, softmax."""
    x = source((1, 8, 8, 3), "image")
    first = conv2d(x, 8, 3, 2, 1, style, seed)
    branch = conv2d(depthwise(first, 1, 1, style, seed + 1), 8, 1, 1, 0, style, seed + 2)
    joined = add(first, branch)
    pooled = pool(AveragePool2D, joined, 4, 1)
    scores = dense(Reshape(x=pooled, shape=(1, 8)), 6, style, seed + 3)
    return graph(softmax(scores), x, name=f"net{seed}")


def two_by_two() -> Graph:
    """Two inputs, two outputs."""
    a, b = source((1, 4, 4, 4), "left"), source((1, 4, 4, 4), "right")
    total = add(a, b)
    return graph((dense(Reshape(x=total, shape=(1, 64)), 3), mul(total, b)), a, b, name="duo")
