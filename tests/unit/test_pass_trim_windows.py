"""trim_windows: the printed graph before and after, and random windows on small maps."""

from __future__ import annotations

from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgegen.fixedpoint import Requant
from edgegen.interpreter import Interpreter
from edgegen.ir import Array, Const, Graph, Input, Op, TensorType
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.passes.trim_windows import trim_windows
from edgegen.printer import print_graph
from edgegen.verifier import accumulator_range, verify_structure

ONE = Requant.from_scales([2.0**-7], 0)


def image(height: int, width: int, channels: int = 2) -> Input:
    return Input(name="x", tensor=TensorType((1, height, width, channels)))


def depthwise(x: Input, w: Array, window: Window, pad_value: int = 3, bias: int = 0) -> Op:
    """w: (rows, columns, channels)."""
    return DepthwiseConv2D(
        x=x, w=Const(value=w.astype(np.int8)), b=Const(value=np.full(w.shape[2], bias, np.int32)), window=window,
        pad_value=pad_value, requant=ONE,
    )  # fmt: skip


def conv(x: Input, w: Array, window: Window, pad_value: int = 3) -> Op:
    """w: (outputs, rows, columns, channels)."""
    return Conv2D(
        x=x, w=Const(value=w.astype(np.int8)), b=Const(value=np.zeros(len(w), np.int32)), window=window,
        pad_value=pad_value, requant=ONE,
    )  # fmt: skip


def trimmed(op: Op, x: Input) -> Graph:
    """The graph after the pass, whose outputs are proven to be what they were."""
    before = Graph("net", (x,), (op,))
    after = trim_windows(before)
    verify_structure(after, "trim_windows")
    samples = np.random.default_rng(1).integers(-128, 128, (6, *x.type.shape[1:])).astype(np.int8)
    samples[0], samples[1] = -128, 127
    for sample in samples[:, None]:
        (want,), (got,) = (Interpreter(graph).run({"x": sample}) for graph in (before, after))
        assert want.shape == got.shape
        assert np.array_equal(want, got)
    (least, most), (new_least, new_most) = (accumulator_range(graph.ops[0]) for graph in (before, after))
    assert least <= new_least <= new_most <= most
    return after


def window_of(graph: Graph) -> Window:
    (op,) = graph.ops
    assert isinstance(op, Conv2D | DepthwiseConv2D)
    return op.window


def test_taps_that_only_meet_padding_become_bias() -> None:
    """Of 3 x 3 taps over one pixel only the middle one sees it: the other eight add 8 * 5 * 3."""
    x = image(1, 1)
    before = Graph("net", (x,), (depthwise(x, np.full((3, 3, 2), 5), Window((3, 3), padding=(1, 1, 1, 1)), bias=7),))
    after = trim_windows(before)
    requant = "requant(1 ch, zp 0, [-128, 127], double)"
    assert print_graph(before) == dedent(f"""\
        graph net
          %0 = input 'x' : int8[1x1x1x2]
          %1 = const : int8[3x3x2]
          %2 = const : int32[2]
          %3 = depthwise_conv2d(x=%0, w=%1, b=%2, window=window(k 3x3, s 1x1, d 1x1, p 1/1/1/1), pad_value=3, \
requant={requant}) : int8[1x1x1x2]
          return %3
        """)
    assert print_graph(after) == dedent(f"""\
        graph net
          %0 = input 'x' : int8[1x1x1x2]
          %1 = const : int8[1x1x2]
          %2 = const : int32[2]
          %3 = depthwise_conv2d(x=%0, w=%1, b=%2, window=window(k 1x1, s 1x1, d 1x1, p 0/0/0/0), pad_value=3, \
requant={requant}) : int8[1x1x1x2]
          return %3
        """)
    bias = after.ops[0].operands[2]
    assert isinstance(bias, Const)
    assert bias.value.tolist() == [7 + 120, 7 + 120]
    assert after.notes == ("taps that only meet padding or zeros: 1 windows; MACs 18 to 2, weights 18 to 2 bytes",)


@pytest.mark.parametrize(
    ("size", "window", "expected"),
    [
        ((3, 3), Window((7, 7), padding=(3, 3, 3, 3)), Window((5, 5), padding=(2, 2, 2, 2))),
        ((2, 1), Window((9, 1), padding=(4, 4, 0, 0)), Window((3, 1), padding=(1, 1, 0, 0))),
        ((2, 2), Window((3, 3), (2, 2), padding=(0, 1, 0, 1)), Window((2, 2), (2, 2))),
        ((4, 4), Window((3, 3), padding=(1, 1, 1, 1)), Window((3, 3), padding=(1, 1, 1, 1))),
        ((2, 2), Window((3, 3), dilation=(2, 2), padding=(2, 2, 2, 2)), Window((1, 1), dilation=(2, 2))),
        ((1, 5), Window((3, 3), padding=(1, 1, 1, 1)), Window((1, 3), padding=(0, 0, 1, 1))),
    ],
    ids=["7x7 on 3x3", "9x1 on 2x1", "stride", "all are needed", "dilation", "one row"],
)
def test_windows_beyond_small_maps_shrink(size: tuple[int, int], window: Window, expected: Window) -> None:
    rng = np.random.default_rng(2)
    x = image(*size)
    assert window_of(trimmed(depthwise(x, rng.integers(1, 127, (*window.kernel, 2)), window), x)) == expected
    assert window_of(trimmed(conv(x, rng.integers(1, 127, (3, *window.kernel, 2)), window), x)) == expected


def test_outer_taps_of_zeros_go_with_their_padding() -> None:
    """A 3 x 3 kernel of which only the middle is used is a pointwise convolution; without padding to take, it stays."""
    x = image(4, 4)
    w = np.zeros((3, 3, 3, 2))
    w[:, 1, 1] = 9
    assert window_of(trimmed(conv(x, w, Window((3, 3), padding=(1, 1, 1, 1))), x)) == Window((1, 1))
    assert window_of(trimmed(conv(x, w, Window((3, 3))), x)) == Window((3, 3))


def test_a_line_that_one_channel_needs_stays() -> None:
    x = image(4, 4)
    w = np.zeros((3, 3, 2))
    w[1, 1] = 9
    w[0, 2, 1] = -1
    after = window_of(trimmed(depthwise(x, w, Window((3, 3), padding=(1, 1, 1, 1))), x))
    assert after == Window((2, 2), padding=(1, 0, 0, 1))


def test_a_kernel_of_zeros_keeps_one_tap() -> None:
    x = image(4, 4)
    assert window_of(trimmed(conv(x, np.zeros((1, 3, 3, 2)), Window((3, 3), padding=(0, 2, 0, 2))), x)) == Window(
        (1, 1)
    )


def test_a_bias_that_would_leave_int32_keeps_the_window() -> None:
    x = image(1, 1)
    before = Graph(
        "net", (x,), (depthwise(x, np.full((3, 3, 2), 127), Window((3, 3), padding=(1, 1, 1, 1)), 127, 2**31 - 9),)
    )
    assert trim_windows(before) is before


def test_a_network_without_such_taps_is_left_alone() -> None:
    x = image(4, 4)
    before = Graph("net", (x,), (conv(x, np.ones((2, 3, 3, 2)), Window((3, 3), padding=(1, 1, 1, 1))),))
    assert trim_windows(before) is before


@given(st.integers(0, 2**32))
def test_random_windows_on_small_maps_keep_every_output(seed: int) -> None:
    """Windows larger than the map, any stride, dilation and padding, taps of zeros at random edges."""
    rng = np.random.default_rng(seed)
    x = image(*(int(v) for v in rng.integers(1, 5, 2)))
    kernel, stride, dilation = ((int(a), int(b)) for a, b in (rng.integers(1, n, 2) for n in (8, 4, 3)))
    before = rng.integers(0, 6, 4)
    for axis in range(2):  # the window must fit
        span = (kernel[axis] - 1) * dilation[axis] + 1
        short = span - x.type.shape[1 + axis] - int(before[2 * axis : 2 * axis + 2].sum())
        before[2 * axis + int(rng.integers(2))] += max(0, short)
    window = Window(kernel, stride, dilation, tuple(int(v) for v in before))  # type: ignore[arg-type]
    w = rng.integers(-128, 128, (*kernel, 2))
    for axis in range(2):
        first, last = sorted(int(v) for v in rng.integers(0, kernel[axis] + 1, 2))
        if rng.random() < 0.5:
            np.moveaxis(w, axis, 0)[:first] = 0
            np.moveaxis(w, axis, 0)[last:] = 0
    pad_value = int(rng.integers(-128, 128))
    op = depthwise(x, w, window, pad_value) if rng.random() < 0.5 else conv(x, w[None], window, pad_value)
    trimmed(op, x)
