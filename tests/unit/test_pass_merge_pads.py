"""merge_pads: the printed graph before and after, and the cases in which it would change values."""

from __future__ import annotations

from textwrap import dedent

import numpy as np
import pytest

from edgegen.fixedpoint import Requant
from edgegen.ir import Const, Graph, Input, Node, TensorType
from edgegen.ops.conv2d import Conv2D, Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.ops.lut import Lut
from edgegen.ops.max_pool2d import MaxPool2D
from edgegen.ops.pad import Pad
from edgegen.passes.merge_pads import merge_pads
from edgegen.printer import print_graph

ONE = Requant.from_scales([0.01], 0)


def image() -> Input:
    return Input(name="x", tensor=TensorType((1, 4, 4, 2)))


def pad(x: Node, value: int = 5, last: tuple[int, int] = (0, 0)) -> Pad:
    return Pad(x=x, padding=((0, 0), (1, 0), (2, 1), last), value=value)


def conv(x: Node, own: int = 0, pad_value: int = 5) -> Conv2D:
    channels = x.type.shape[3]
    return Conv2D(
        x=x, w=Const(value=np.ones((1, 3, 3, channels), np.int8)), b=Const(value=np.zeros(1, np.int32)),
        window=Window((3, 3), padding=(own,) * 4), pad_value=pad_value, requant=ONE,
    )  # fmt: skip


def test_a_convolution_pads_itself() -> None:
    x = image()
    before = Graph("net", (x,), (conv(pad(x)),))
    assert print_graph(before) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x4x4x2]
          %1 = pad(x=%0, padding=((0, 0), (1, 0), (2, 1), (0, 0)), value=5) : int8[1x5x7x2]
          %2 = const : int8[1x3x3x2]
          %3 = const : int32[1]
          %4 = conv2d(x=%1, w=%2, b=%3, window=window(k 3x3, s 1x1, d 1x1, p 0/0/0/0), pad_value=5, \
requant=requant(1 ch, zp 0, [-128, 127], double)) : int8[1x3x5x1]
          return %4
        """)
    assert print_graph(merge_pads(before)) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x4x4x2]
          %1 = const : int8[1x3x3x2]
          %2 = const : int32[1]
          %3 = conv2d(x=%0, w=%1, b=%2, window=window(k 3x3, s 1x1, d 1x1, p 1/0/2/1), pad_value=5, \
requant=requant(1 ch, zp 0, [-128, 127], double)) : int8[1x3x5x1]
          return %3
        """)


def test_a_depthwise_convolution_pads_itself() -> None:
    x = image()
    y = DepthwiseConv2D(
        x=pad(x), w=Const(value=np.ones((3, 3, 2), np.int8)), b=Const(value=np.zeros(2, np.int32)),
        window=Window((3, 3)), pad_value=0, requant=ONE,
    )  # fmt: skip
    (after,) = merge_pads(Graph("net", (x,), (y,))).ops
    assert isinstance(after, DepthwiseConv2D)
    assert (after.window.padding, after.pad_value) == ((1, 0, 2, 1), 5)


@pytest.mark.parametrize(("own", "pad_value", "merged"), [(0, 9, True), (1, 5, True), (1, 9, False)])
def test_padding_of_two_values_stays_apart(own: int, pad_value: int, merged: bool) -> None:
    """A window without padding takes the Pad's value; one with padding must agree."""
    x = image()
    after = merge_pads(Graph("net", (x,), (conv(pad(x), own, pad_value),)))
    assert [op.op_name for op in after.ops] == (["conv2d"] if merged else ["pad", "conv2d"])


def test_padded_channels_stay() -> None:
    x = image()
    before = Graph("net", (x,), (conv(pad(x, last=(0, 1))),))
    assert [op.op_name for op in merge_pads(before).ops] == ["pad", "conv2d"]


@pytest.mark.parametrize(("value", "lo", "merged"), [(-128, -128, True), (-127, -128, False), (3, 3, True)])
def test_a_pool_ignores_padding_that_never_wins(value: int, lo: int, merged: bool) -> None:
    x = image()
    y = MaxPool2D(x=pad(x, value), window=Window((3, 3)), lo=lo)
    after = merge_pads(Graph("net", (x,), (y,)))
    assert [op.op_name for op in after.ops] == (["max_pool2d"] if merged else ["pad", "max_pool2d"])


def test_the_range_of_the_padded_tensor_counts() -> None:
    """After a table whose least value is 7, padding with 6 never wins."""
    x = image()
    y = Lut(x=x, table=tuple(max(7, v) for v in range(-128, 128)), function="clamp")
    after = merge_pads(Graph("net", (x,), (MaxPool2D(x=pad(y, 6), window=Window((3, 3))),)))
    assert [op.op_name for op in after.ops] == ["lut", "max_pool2d"]


def test_a_pool_window_in_padding_alone_stays() -> None:
    """Two columns of padding before a window of two: its maximum would be of nothing."""
    x = image()
    y = MaxPool2D(x=pad(x, -128), window=Window((2, 2)))
    assert [op.op_name for op in merge_pads(Graph("net", (x,), (y,))).ops] == ["pad", "max_pool2d"]
