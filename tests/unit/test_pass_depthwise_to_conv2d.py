"""depthwise_to_conv2d: the printed graph before and after, equal outputs, and what stays."""

from __future__ import annotations

from textwrap import dedent

import numpy as np

from edgegen.fixedpoint import Requant
from edgegen.interpreter import Interpreter
from edgegen.ir import Const, Graph, Input, TensorType
from edgegen.ops.conv2d import Window
from edgegen.ops.depthwise_conv2d import DepthwiseConv2D
from edgegen.passes.depthwise_to_conv2d import depthwise_to_conv2d
from edgegen.printer import print_graph

RNG = np.random.default_rng(4)


def net(channels: int, multiplier: int) -> Graph:
    out = channels * multiplier
    x = Input(name="x", tensor=TensorType((1, 6, 5, channels)))
    op = DepthwiseConv2D(
        x=x,
        w=Const(value=RNG.integers(-128, 128, (3, 2, out)).astype(np.int8)),
        b=Const(value=RNG.integers(-900, 900, out).astype(np.int32)),
        window=Window((3, 2), (2, 1), (1, 2), (1, 0, 1, 2)),
        pad_value=-7,
        requant=Requant.from_scales(RNG.uniform(0.001, 0.01, out), 3, -100, 90, "double"),
    )
    return Graph("net", (x,), (op,))


def test_one_input_channel_becomes_a_convolution() -> None:
    assert print_graph(depthwise_to_conv2d(net(1, 4))) == dedent("""\
        graph net
          %0 = input 'x' : int8[1x6x5x1]
          %1 = const : int8[4x3x2x1]
          %2 = const : int32[4]
          %3 = conv2d(x=%0, w=%1, b=%2, window=window(k 3x2, s 2x1, d 1x2, p 1/0/1/2), pad_value=-7, \
requant=requant(4 ch, zp 3, [-100, 90], double)) : int8[1x3x6x4]
          return %3
        """)


def test_both_compute_the_same() -> None:
    graph = net(1, 5)
    x = {"x": RNG.integers(-128, 128, (4, 6, 5, 1)).astype(np.int8)}
    (before,), (after,) = Interpreter(graph).run(x), Interpreter(depthwise_to_conv2d(graph)).run(x)
    np.testing.assert_array_equal(before, after)


def test_more_input_channels_stay_depthwise() -> None:
    graph = net(2, 3)
    assert depthwise_to_conv2d(graph).outputs == graph.outputs
