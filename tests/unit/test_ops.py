"""Each op's reference equals a slow, obvious twin written from its docstring, and refuses operands that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgegen.errors import GraphError
from edgegen.fixedpoint import Requant
from edgegen.ir import Const, Input, Op, QuantParams, TensorType
from edgegen.ops.add import Add
from edgegen.ops.average_pool2d import AveragePool2D, EvenTies
from edgegen.ops.base import InputScale, registry
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
from edgegen.ops.transpose import Transpose, moves_elements

Array = NDArray[Any]

QUANT = QuantParams((0.1,), (3,))
RNG = np.random.default_rng(5)


def x_of(*shape: int) -> Input:
    return Input(name="x", tensor=TensorType(shape, "int8", QUANT))


def int8(*shape: int) -> Array:
    return RNG.integers(-128, 128, shape).astype(np.int8)


def const(array: Array) -> Const:
    return Const(value=array)


def rescaled(acc: int, requant: Requant, channel: int) -> int:
    """One accumulator through one channel's requantization, in Python integers."""
    q = requant.broadcast(max(channel + 1, requant.channels)) if requant.channels == 1 else requant
    m, s = q.multiplier[channel], q.shift[channel]
    if q.rounding == "single":
        total = 31 - s
        value = (acc * m + (1 << (total - 1))) >> total
    else:
        high = ((acc << max(s, 0)) * m + (1 << 30)) >> 31
        right = max(-s, 0)
        # Round half away from zero.
        value = (abs(high) + ((1 << right) >> 1)) >> right if right else abs(high)
        value = value if high >= 0 else -value
    return min(max(value + q.zero_point, q.lo), q.hi)


def positions(window: Window, height: int, width: int, i: int, j: int) -> Iterator[tuple[int, int, int, int, bool]]:
    """(kernel row, kernel column, row, column, inside) of one output position."""
    top, _, left, _ = window.padding
    for ky, kx in np.ndindex(*window.kernel):
        row = i * window.stride[0] - top + ky * window.dilation[0]
        column = j * window.stride[1] - left + kx * window.dilation[1]
        yield ky, kx, row, column, 0 <= row < height and 0 <= column < width


WINDOWS = [
    Window((1, 1)),
    Window((3, 3), padding=(1, 1, 1, 1)),
    Window((3, 2), stride=(2, 1), padding=(0, 1, 1, 0)),
    Window((2, 3), dilation=(2, 2), padding=(1, 2, 0, 3)),
    Window((5, 4), stride=(3, 2)),
]


@pytest.mark.parametrize("rounding", ["single", "double"])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_conv2d_equals_its_definition(window: Window, rounding: Any) -> None:
    x, w, b = int8(2, 7, 6, 3), int8(4, *window.kernel, 3), RNG.integers(-9999, 9999, 4).astype(np.int32)
    requant = Requant.from_scales([0.001, 0.0007, 0.02, 0.9], 5, -100, 90, rounding)
    op = Conv2D(x=x_of(1, 7, 6, 3), w=const(w), b=const(b), window=window, pad_value=-4, requant=requant)
    y = op.reference(x, w, b)
    assert y.shape[1:] == op.type.shape[1:]
    for n, i, j, o in np.ndindex(*y.shape):
        acc = int(b[o])
        for ky, kx, row, column, inside in positions(window, 7, 6, i, j):
            for c in range(3):
                acc += int(w[o, ky, kx, c]) * (int(x[n, row, column, c]) if inside else -4)
        assert y[n, i, j, o] == rescaled(acc, requant, o)


@pytest.mark.parametrize("multiplier", [1, 2])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_depthwise_conv2d_equals_its_definition(window: Window, multiplier: int) -> None:
    channels = 3 * multiplier
    x, w = int8(1, 7, 6, 3), int8(*window.kernel, channels)
    b = RNG.integers(-9999, 9999, channels).astype(np.int32)
    requant = Requant.from_scales(RNG.uniform(0.001, 0.1, channels), -7)
    op = DepthwiseConv2D(x=x_of(1, 7, 6, 3), w=const(w), b=const(b), window=window, pad_value=9, requant=requant)
    y = op.reference(x, w, b)
    for n, i, j, o in np.ndindex(*y.shape):
        acc = int(b[o])
        for ky, kx, row, column, inside in positions(window, 7, 6, i, j):
            acc += int(w[ky, kx, o]) * (int(x[n, row, column, o // multiplier]) if inside else 9)
        assert y[n, i, j, o] == rescaled(acc, requant, o)


def test_fully_connected_equals_its_definition() -> None:
    x, w, b = int8(2, 33), int8(5, 33), RNG.integers(-9999, 9999, 5).astype(np.int32)
    requant = Requant.from_scales([0.003], 1, rounding="single")
    op = FullyConnected(x=x_of(2, 33), w=const(w), b=const(b), requant=requant)
    y = op.reference(x, w, b)
    for n, o in np.ndindex(*y.shape):
        acc = int(b[o]) + sum(int(w[o, k]) * int(x[n, k]) for k in range(33))
        assert y[n, o] == rescaled(acc, requant, 0)


@pytest.mark.parametrize("window", [window for window in WINDOWS if window.dilation == (1, 1)], ids=str)
def test_pools_equal_their_definitions(window: Window) -> None:
    x = int8(1, 7, 6, 2)
    average = AveragePool2D(x=x_of(1, 7, 6, 2), window=window, lo=-90, hi=100)
    largest = MaxPool2D(x=x_of(1, 7, 6, 2), window=window, lo=-90, hi=100)
    y, z = average.reference(x), largest.reference(x)
    assert y.shape == z.shape == average.type.shape == largest.type.shape
    for n, i, j, c in np.ndindex(*y.shape):
        seen = [int(x[n, r, k, c]) for _, _, r, k, inside in positions(window, 7, 6, i, j) if inside]
        total, count = abs(sum(seen)), len(seen)
        mean = (total + count // 2) // count * (1 if sum(seen) >= 0 else -1)
        assert y[n, i, j, c] == min(max(mean, -90), 100)
        assert z[n, i, j, c] == min(max(max(seen), -90), 100)


@pytest.mark.parametrize(
    "even", [EvenTies(-3, -3), EvenTies(0, 40), EvenTies(127, -128, 1), EvenTies(40, 9, -2)], ids=str
)
@pytest.mark.parametrize(
    "window", [Window((2, 2), (1, 1), (1, 1), (1, 0, 1, 1)), Window((2, 4)), Window((3, 3))], ids=str
)
def test_a_pool_that_rounds_to_even_is_the_quantised_mean_of_real_numbers(window: Window, even: EvenTies) -> None:
    """With a scale of 1/4 every sum and mean of these is exact in float32, as onnxruntime computes them."""
    x, y_scale = int8(1, 9, 8, 5), np.float32(0.25 / 2**even.shift)
    op = AveragePool2D(x=x_of(1, 9, 8, 5), window=window, lo=-120, hi=100, even=even)
    y = op.reference(x)
    for n, i, j, c in np.ndindex(*y.shape):
        seen = [x[n, r, k, c] for _, _, r, k, inside in positions(window, 9, 8, i, j) if inside]
        real = (np.array(seen, np.float32) - even.x_zero) * np.float32(0.25)
        mean = np.float32(real.sum() / np.float32(len(seen)))
        assert y[n, i, j, c] == np.clip(np.rint(mean / y_scale) + even.y_zero, -120, 100)


def test_a_pool_of_more_elements_than_its_sum_holds_is_refused() -> None:
    op = AveragePool2D(x=x_of(1, 70, 70, 1), window=Window((70, 70)), even=EvenTies(0, 0, -10))
    with pytest.raises(GraphError, match="at most 4096 elements"):
        _ = op.type
    assert replace(op, even=EvenTies(0, 0, -9)).type.shape == (1, 1, 1, 1)


def test_a_scaled_average_pool_requantizes_by_the_number_of_elements() -> None:
    x, window = int8(1, 9, 8, 5), Window((2, 3), (2, 2), (1, 1), (1, 0, 1, 2))
    requant = Requant.from_scales([1.3 / count for count in range(1, 7)], 5, -90, 100, "single")
    op = ScaledAveragePool2D(x=x_of(1, 9, 8, 5), window=window, zero_point=-7, requant=requant)
    y, counts = op.reference(x), set()
    for n, i, j, c in np.ndindex(*y.shape):
        seen = [int(x[n, r, k, c]) + 7 for _, _, r, k, inside in positions(window, 9, 8, i, j) if inside]
        counts.add(len(seen))
        assert y[n, i, j, c] == rescaled(sum(seen), requant, len(seen) - 1)
    assert len(counts) > 3
    with pytest.raises(GraphError, match="has 6 scales; it must have 4"):
        _ = replace(op, window=Window((2, 2))).type


def test_add_and_mul_broadcast_and_equal_their_definitions() -> None:
    a, b = int8(1, 3, 2, 4), int8(1, 1, 1, 4)
    scales = InputScale(3, 1 << 30, 0), InputScale(-8, 1518500250, -2)
    requant = Requant.from_scales([2.0**-19], -5)
    add = Add(a=x_of(1, 3, 2, 4), b=const(b), a_scale=scales[0], b_scale=scales[1], requant=requant)
    mul = Mul(a=x_of(1, 3, 2, 4), b=const(b), a_zero=3, b_zero=-8, requant=Requant.from_scales([0.004], 1))
    y, z = add.reference(a, b), mul.reference(a, b)
    for n, i, j, c in np.ndindex(*a.shape):
        terms = []
        for value, scale in ((int(a[n, i, j, c]), scales[0]), (int(b[0, 0, 0, c]), scales[1])):
            plain = Requant((scale.multiplier,), (scale.shift,), 0, -(2**31), 2**31 - 1)
            terms.append(rescaled((value - scale.zero_point) << 20, plain, 0))
        assert y[n, i, j, c] == rescaled(sum(terms), requant, 0)
        product = (int(a[n, i, j, c]) - 3) * (int(b[0, 0, 0, c]) + 8)
        assert z[n, i, j, c] == rescaled(product, mul.requant, 0)


def test_add_of_halves_is_exact() -> None:
    """Equal scales and zero points: y = a + b - zero, since nothing is rounded."""
    half = InputScale(2, 1 << 30, 0)
    add = Add(a=x_of(1, 9), b=x_of(1, 9), a_scale=half, b_scale=half, requant=Requant.from_scales([2.0**-19], 2))
    a, b = int8(1, 9), int8(1, 9)
    expected = np.clip(a.astype(int) + b - 2, -128, 127)
    np.testing.assert_array_equal(add.reference(a, b), expected)


def test_mean_equals_its_definition() -> None:
    x = int8(1, 5, 4, 3)
    op = Mean(x=x_of(1, 5, 4, 3), zero_point=6, requant=Requant.from_scales([1 / 20 * 0.7], -3))
    for c in range(3):
        total = int((x[0, :, :, c].astype(int) - 6).sum())
        assert op.reference(x)[0, 0, 0, c] == rescaled(total, op.requant, 0)


def test_softmax_is_within_one_step_of_the_real_function() -> None:
    from edgegen.frontends.tflite.elementwise import softmax_table

    for scale in (0.01, 0.1, 0.3):
        x = int8(50, 12)
        op = Softmax(x=x_of(50, 12), table=softmax_table(1.0, scale))
        real = np.exp((x.astype(int) - x.max(axis=1, keepdims=True)) * scale)
        expected = np.clip(np.rint(real / real.sum(axis=1, keepdims=True) * 256) - 128, -128, 127)
        assert np.abs(op.reference(x) - expected).max() <= 1


def test_softmax_of_one_class_is_certain() -> None:
    from edgegen.frontends.tflite.elementwise import softmax_table

    op = Softmax(x=x_of(1, 1), table=softmax_table(1.0, 0.1))
    assert op.reference(np.array([[-7]], dtype=np.int8)).item() == 127


def test_moving_ops_equal_numpy() -> None:
    x, other = int8(2, 3, 4, 5), int8(2, 3, 7, 5)
    transpose = Transpose(x=x_of(2, 3, 4, 5), perm=(0, 3, 1, 2))
    np.testing.assert_array_equal(transpose.reference(x), x.transpose(0, 3, 1, 2))
    concat = Concat(xs=(x_of(2, 3, 4, 5), x_of(2, 3, 7, 5)), axis=2)
    np.testing.assert_array_equal(concat.reference(x, other), np.concatenate([x, other], 2))
    pad = Pad(x=x_of(2, 3, 4, 5), padding=((0, 0), (1, 2), (0, 3), (0, 0)), value=-9)
    np.testing.assert_array_equal(pad.reference(x)[:, 1:4, :4], x)
    assert (pad.reference(x)[:, 0] == -9).all()
    resize = ResizeNearest(x=x_of(2, 3, 4, 5), rows=(0, 0, 2), columns=(3, 1))
    np.testing.assert_array_equal(resize.reference(x), x[:, [0, 0, 2]][:, :, [3, 1]])
    lut = Lut(x=x_of(2, 3, 4, 5), table=tuple(range(127, -129, -1)), function="negate")
    np.testing.assert_array_equal(lut.reference(x), -1 - x)
    reshape = Reshape(x=x_of(2, 3, 4, 5), shape=(2, 60))
    np.testing.assert_array_equal(reshape.reference(x), x.reshape(2, 60))
    for op in (transpose, concat, pad, resize, lut, reshape):
        values = [x, other][: len(op.operands)]
        assert op.reference(*values).shape == op.type.shape


def test_only_a_transposition_that_moves_elements_needs_work() -> None:
    assert not moves_elements((1, 1, 5, 7), (0, 2, 3, 1))
    assert not moves_elements((1, 6, 1, 1), (0, 2, 3, 1))
    assert moves_elements((1, 2, 5, 7), (0, 2, 3, 1))


def test_accumulator_range_bounds_every_partial_sum_and_is_reached() -> None:
    w = np.array([[3, -2, 0], [-128, 127, 1]], dtype=np.int8)
    b = np.array([10, -20], dtype=np.int32)
    op = FullyConnected(x=x_of(1, 3), w=const(w), b=const(b), requant=Requant.from_scales([0.01], 0))
    lo, hi = op.accumulator_range()
    corners = [
        int(w[r].astype(int) @ np.array(x)) + int(b[r])
        for r in range(2)
        for x in np.ndindex(2, 2, 2)
        for x in [[-128 if v else 127 for v in x]]
    ]
    assert lo <= min(corners) and hi >= max(corners)
    # Row 1: the bias may come last, so that it does not shrink the largest sum.
    assert hi == 128 * 128 + 127 * 127 + 127
    assert lo == -20 - 128 * 127 - 127 * 128 - 128


def test_accumulator_range_of_computed_weights_is_an_error() -> None:
    op = FullyConnected(
        x=x_of(1, 3), w=x_of(2, 3), b=const(np.zeros(2, np.int32)), requant=Requant.from_scales([0.01], 0)
    )
    with pytest.raises(GraphError, match="constants"):
        op.accumulator_range()


ZERO4 = const(np.zeros(4, np.int32))
ONE = Requant.from_scales([0.5], 0)
HALF = InputScale(0, 1 << 30, 0)
MISFITS: list[Op] = [
    Conv2D(x=x_of(1, 5, 5, 3), w=const(int8(4, 3, 3, 2)), b=ZERO4, window=Window((3, 3)), pad_value=0, requant=ONE),
    Conv2D(x=x_of(1, 5, 5, 3), w=const(int8(4, 3, 3, 3)), b=ZERO4, window=Window((2, 3)), pad_value=0, requant=ONE),
    Conv2D(x=x_of(1, 2, 5, 3), w=const(int8(4, 3, 3, 3)), b=ZERO4, window=Window((3, 3)), pad_value=0, requant=ONE),
    Conv2D(x=x_of(5, 5, 3), w=const(int8(4, 3, 3, 3)), b=ZERO4, window=Window((3, 3)), pad_value=0, requant=ONE),
    DepthwiseConv2D(
        x=x_of(1, 5, 5, 3), w=const(int8(3, 3, 4)), b=ZERO4, window=Window((3, 3)), pad_value=0, requant=ONE
    ),
    DepthwiseConv2D(
        x=x_of(1, 5, 5, 2), w=const(int8(3, 3, 6)), b=ZERO4, window=Window((3, 3)), pad_value=0, requant=ONE
    ),
    FullyConnected(x=x_of(1, 5), w=const(int8(4, 6)), b=ZERO4, requant=ONE),
    FullyConnected(x=x_of(1, 6), w=const(int8(3, 6)), b=ZERO4, requant=ONE),
    FullyConnected(x=x_of(1, 6), w=const(int8(4, 6)), b=ZERO4, requant=Requant.from_scales([0.5, 0.5], 0)),
    Add(a=x_of(1, 5), b=x_of(1, 4), a_scale=HALF, b_scale=HALF, requant=ONE),
    Mul(a=x_of(1, 1, 5), b=x_of(1, 4, 5), a_zero=0, b_zero=0, requant=ONE),
    AveragePool2D(x=x_of(1, 5, 5, 3), window=Window((2, 2), padding=(2, 0, 0, 0))),
    MaxPool2D(x=x_of(1, 5, 5, 3), window=Window((2, 2), dilation=(2, 2))),
    MaxPool2D(x=x_of(5, 5, 3), window=Window((2, 2))),
    Mean(x=x_of(1, 5, 3), zero_point=0, requant=ONE),
    Pad(x=x_of(1, 5), padding=((0, 0),), value=0),
    Pad(x=x_of(1, 5), padding=((0, 0), (-1, 0)), value=0),
    Pad(x=x_of(1, 5), padding=((0, 0), (1, 0)), value=128),
    Transpose(x=x_of(1, 5), perm=(0, 0)),
    Concat(xs=(x_of(1, 5), x_of(2, 4)), axis=1),
    Concat(xs=(), axis=0),
    ResizeNearest(x=x_of(1, 2, 2, 1), rows=(0, 2), columns=(0,)),
    Lut(x=x_of(1, 2), table=(0,) * 255, function="f"),
    Lut(x=x_of(1, 2), table=(128,) * 256, function="f"),
    Softmax(x=x_of(1, 4096), table=(1,) * 256),
    Softmax(x=x_of(1, 4), table=(1,) * 255),
    Reshape(x=x_of(1, 4), shape=(1, 5)),
    Reshape(x=x_of(1, 4), shape=()),
]


@pytest.mark.parametrize("op", MISFITS, ids=lambda op: type(op).__name__)
def test_operands_that_do_not_fit_are_refused(op: Op) -> None:
    with pytest.raises(GraphError, match=type(op).__name__):
        _ = op.type


def test_every_op_of_the_registry_is_made_by_a_test() -> None:
    source = "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))
    missing = [cls.__name__ for cls in registry().values() if f"{cls.__name__}(" not in source]
    assert not missing
